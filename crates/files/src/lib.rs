#![doc = include_str!("../README.md")]

mod acts;
mod clean;
pub mod domain;
mod error;
mod intake;
mod jobs;
pub mod offers;
mod pages;
mod personal;
pub mod scan;
mod store;

use linli_web::{Gate, Route};

pub use error::FileError;
pub use jobs::FOLLOW_PERSON;

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "files", migrations: linli_db::migrations![1 => "0001_files.sql"] };

linli_rules::rule! {
    /// Largest file.
    pub LARGEST = "files.largest_mb", "单个文件的最大大小", "Largest single file",
        ("MB", "MB"), 10, 1..=50, Ours, "手机拍摄的证件照片一般不超过 5 MB";
    /// Files of one person in one day.
    pub PER_DAY = "files.per_day", "每人每天可上传的文件数", "Files of one person in a day",
        ("个", "files"), 60, 1..=1000, Ours, "防止滥用";
    /// Megabytes of one person in one day.
    pub MB_PER_DAY = "files.mb_per_day", "每人每天可上传的总大小", "Megabytes of one person in a day",
        ("MB", "MB"), 200, 1..=5000, Ours, "防止滥用";
}

/// What a route that takes a file allows at most; the rule may allow less.
pub const ROUTE_LIMIT: usize = 51 * 1024 * 1024;

/// Addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/my/files", Gate::Resident, pages::list),
        Route::get("/my/files/{id}", Gate::Resident, pages::download),
        Route::post("/my/files/{id}/remove", Gate::Resident, pages::remove),
    ]
}

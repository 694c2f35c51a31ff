#![doc = include_str!("../README.md")]

mod api;
pub mod assets;
mod developers;
mod form;
mod incoming;
mod kept;
pub mod openapi;
mod page;
mod problems;
mod reply;
mod request;
mod route;
mod server;
pub mod session;
pub mod ui;

pub use api::Api;
pub use form::{Form, Upload};
pub use incoming::Incoming;
pub use kept::Stamp;
pub use page::{Frame, RailGroup, RailLink, encode, safe_back};
pub use reply::{Blocks, Changed, Cut, Fault, Malformed, Missing, Reply, TooLarge, TooMany, WrongOrigin};
pub use request::Req;
pub use route::{Gate, Route};
pub use server::{Site, Tls, router, serve, session_cookie};
pub use session::{Directory, DirectoryService, Scope, Session, SessionId, SessionKind};

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room = linli_db::Room {
    name: "web",
    migrations: linli_db::migrations![1 => "0001_sessions.sql", 2 => "0002_tokens.sql", 3 => "0003_serving.sql"],
};

/// Choice of language and type size, which only set a cookie and go back; what the API is, for programs and for people.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/set", Gate::Public, page::set),
        Route::get("/developers", Gate::Public, developers::show),
        Route::get(openapi::PATH, Gate::Public, openapi::show).api(
            Api::new("接口说明（OpenAPI 3.1）", "This description (OpenAPI 3.1)")
                .answer::<std::collections::BTreeMap<String, serde_json::Value>>(
                    200,
                    "接口说明",
                    "The description",
                ),
        ),
    ]
}

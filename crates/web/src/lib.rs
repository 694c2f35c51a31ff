#![doc = include_str!("../README.md")]

pub mod assets;
mod form;
mod incoming;
mod page;
mod problems;
mod reply;
mod request;
mod route;
mod server;
pub mod session;
pub mod ui;

pub use form::{Form, Upload};
pub use incoming::Incoming;
pub use page::{Frame, RailGroup, RailLink, encode, safe_back};
pub use reply::{Blocks, Changed, Fault, Malformed, Missing, Reply, TooLarge, TooMany, WrongOrigin};
pub use request::Req;
pub use route::{Gate, Route};
pub use server::{Site, Tls, router, serve, session_cookie};
pub use session::{Directory, DirectoryService, Session, SessionId, SessionKind};

linli_words::include_words!();

/// Tables of this crate.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "web", migrations: linli_db::migrations![1 => "0001_sessions.sql"] };

/// Choice of language and type size; both only set a cookie and go back.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![Route::get("/set", Gate::Public, page::set)]
}

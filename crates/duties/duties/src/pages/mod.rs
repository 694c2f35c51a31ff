//! HTTP into acts. No rule here.

use linli_web::Route;

/// Every address of this room.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![]
}

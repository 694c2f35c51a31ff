//! Style sheet, script and icons, in the binary; kept by browsers for a year under an address that bears their version.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

const FILES: &[(&str, &str, &[u8])] = &[
    ("/assets/linli.css", "text/css; charset=utf-8", include_bytes!("../assets/linli.css")),
    ("/assets/linli.js", "text/javascript; charset=utf-8", include_bytes!("../assets/linli.js")),
    ("/assets/icons.svg", "image/svg+xml", include_bytes!("../assets/icons.svg")),
    ("/assets/icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
    (
        "/robots.txt",
        "text/plain",
        b"User-agent: *\nDisallow: /me\nDisallow: /my\nDisallow: /office\nDisallow: /desk\n",
    ),
];

/// Bytes of first view: style sheet, script, icons.
#[must_use]
pub fn weight() -> usize {
    FILES.iter().map(|(_, _, bytes)| bytes.len()).sum()
}

pub(crate) fn reply(path: &str, headers: &HeaderMap) -> Option<Response> {
    let (_, kind, bytes) = FILES.iter().find(|(p, _, _)| *p == path)?;
    let tag = HeaderValue::from_static(concat!("\"", env!("ASSETS"), "\""));
    let fresh = headers.get(header::IF_NONE_MATCH) == Some(&tag);
    let mut response = Response::new(if fresh { Body::empty() } else { Body::from(*bytes) });
    if fresh {
        *response.status_mut() = axum::http::StatusCode::NOT_MODIFIED;
    }
    let h = response.headers_mut();
    h.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    h.insert(header::ETAG, tag);
    h.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    h.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Some(response)
}

//! A bare axum handler that answers the same bytes under the same headers to whatever is asked, as a process of its own: the peer of
//! `guide-page`, and the SMS gateway that `lifecycle` sends to.

use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue};
use axum::response::IntoResponse;
use axum::routing::any;

/// Answers the file at every address; the file's first part, up to an empty line, are the headers.
///
/// # Errors
/// If the file cannot be read or no port is free.
pub async fn serve(file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file)?;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or(("", &text));
    let headers: Vec<(HeaderName, HeaderValue)> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(k, _)| !matches!(*k, "content-length" | "date" | "transfer-encoding"))
        .filter_map(|(k, v)| Some((k.parse().ok()?, v.parse().ok()?)))
        .collect();
    let body = Bytes::from(body.to_owned());
    let answer = move || {
        let (headers, body) = (headers.clone(), body.clone());
        async move {
            let mut response = body.into_response();
            response.headers_mut().extend(headers);
            response
        }
    };
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("bare → http://{}", listener.local_addr()?);
    axum::serve(listener, Router::new().fallback(any(answer))).await?;
    Ok(())
}

//! The smallest HTTP/1.1 client that keeps its connection: the load generator shares two cores with the server, so what it does
//! not do counts.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer; body and head as they came.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

/// One kept connection.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: Vec::with_capacity(64 * 1024) }
    }

    /// Sends the bytes of a request and reads the answer. Where the connection fails the next request opens another.
    ///
    /// # Errors
    /// If the connection fails or the answer has no length.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        let out = self.exchange(request).await;
        if out.is_err() {
            self.stream = None;
        }
        out
    }

    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                none.insert(stream)
            }
        };
        stream.write_all(request).await?;
        self.buffer.clear();
        let head_end = loop {
            if let Some(at) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
        };
        let head = String::from_utf8_lossy(self.buffer.get(..head_end).unwrap_or_default()).into_owned();
        let status = head.get(9..12).and_then(|s| s.parse().ok()).context("a status")?;
        let length = header(&head, "content-length").and_then(|v| v.parse::<usize>().ok());
        let length = match (length, status) {
            (Some(n), _) => n,
            (None, 204 | 304) => 0,
            _ => bail!("an answer without a length"),
        };
        while self.buffer.len() < head_end + length {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
        }
        let body = self.buffer.get(head_end..head_end + length).unwrap_or_default().to_vec();
        Ok(Answer { status, head, body })
    }
}

/// A header of an answer, by its name in small letters.
#[must_use]
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (k, v) = line.split_once(':')?;
        k.eq_ignore_ascii_case(name).then_some(v.trim())
    })
}

/// The bytes of a GET; `more` are header lines, each ended by `\r\n`.
#[must_use]
pub fn get(path: &str, more: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: linli.bench\r\n{more}\r\n").into_bytes()
}

/// The bytes of a POST of a form, sent by a page of the site itself.
#[must_use]
pub fn post_form(path: &str, more: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: linli.bench\r\norigin: http://linli.bench\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n{more}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The bytes of a POST of JSON.
#[must_use]
pub fn post_json(path: &str, more: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: linli.bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{more}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

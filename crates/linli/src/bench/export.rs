//! `export-rows`: a list of some hundred thousand open cases as CSV: rows in a second, and what the server holds meanwhile.

use std::time::Instant;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Settings;
use super::child::{Server, Watch, configure};
use super::client::get;
use super::figure::{Figure, Told};
use super::load::count;
use super::queue::ground;

/// Reads a body in chunks and counts the lines of it; keeps nothing.
#[derive(Default)]
struct Chunks {
    head: Vec<u8>,
    in_body: bool,
    /// Digits of the size that is being read.
    size: String,
    left: usize,
    lines: usize,
    bytes: usize,
    done: bool,
}

impl Chunks {
    fn take(&mut self, piece: &[u8]) -> anyhow::Result<()> {
        let mut rest = piece;
        if !self.in_body {
            self.head.extend_from_slice(piece);
            let Some(at) = self.head.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(()) };
            let body = self.head.split_off(at + 4);
            ensure!(self.head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.head));
            self.in_body = true;
            return self.take(&body);
        }
        while let Some((&byte, more)) = rest.split_first() {
            if self.left > 0 {
                let n = self.left.min(rest.len());
                let (data, after) = rest.split_at_checked(n).context("a chunk")?;
                self.lines += data.iter().filter(|b| **b == b'\n').count();
                self.bytes += n;
                self.left -= n;
                rest = after;
                continue;
            }
            rest = more;
            match byte {
                b'\n' if !self.size.is_empty() => {
                    self.left = usize::from_str_radix(&self.size, 16)?;
                    self.done = self.left == 0;
                    self.size.clear();
                }
                b'\r' | b'\n' => {}
                digit => self.size.push(char::from(digit)),
            }
        }
        Ok(())
    }
}

/// Measures it.
///
/// # Errors
/// If the cases cannot be made or served, or the list breaks off.
pub async fn run(set: &Settings, told: &Told) -> anyhow::Result<()> {
    // So many streets that about a hundred thousand of the cases are in reach.
    let streets = (100_000 * 18_u64).div_ceil(u64::try_from(set.cases.max(1))?).clamp(1, 18);
    let cases = ground(set, told, streets).await?;
    let config = configure(&cases.ground.folder, None)?;
    let server = Server::start(&["serve", "--config", &config.to_string_lossy()], set.cgroup.as_deref())?;
    let before = server.memory();
    let watch = Watch::on(&server);
    let begin = Instant::now();
    let mut stream = TcpStream::connect(server.address).await?;
    let cookie = format!("cookie: linli={}\r\n", cases.many);
    stream.write_all(&get("/desk/export.csv", &cookie)).await?;
    let (mut chunks, mut buffer) = (Chunks::default(), vec![0u8; 64 * 1024]);
    while !chunks.done {
        let n = stream.read(&mut buffer).await?;
        ensure!(n > 0, "the list broke off after {} lines", chunks.lines);
        chunks.take(buffer.get(..n).unwrap_or_default())?;
    }
    let seconds = begin.elapsed().as_secs_f64();
    let most = watch.most();
    let rows = chunks.lines.saturating_sub(1);
    told.note(&format!("{rows} rows, {} bytes, {seconds:.1} s", chunks.bytes));
    told.figure(&Figure::new(format!("export-rows-of-{rows}"), count(rows) / seconds, "/s"));
    told.figure(&Figure::new("export-memory-more", most.anonymous - before.anonymous, "MB"));
    server.end();
    cases.ground.remove();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Chunks;

    #[test]
    fn lines_are_counted_over_the_edges_of_chunks_and_reads() {
        let whole = b"HTTP/1.1 200 OK\r\nx: y\r\n\r\n5\r\na\r\nb\r\r\n3\r\n\nc\n\r\n0\r\n\r\n";
        for cut in 1..whole.len() {
            let mut chunks = Chunks::default();
            for piece in whole.chunks(cut) {
                chunks.take(piece).unwrap_or_else(|e| panic!("{e}"));
            }
            assert!(chunks.done);
            assert_eq!((chunks.lines, chunks.bytes), (3, 8));
        }
    }
}

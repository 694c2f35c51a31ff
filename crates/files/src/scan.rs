//! The seam to a virus scanner, and ClamAV's side of it (`INSTREAM`, clamd(8)) over TCP or a local socket.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use linli_web::Blocks;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What a scanner says of a whole file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Clean,
    Infected,
    /// No scanner is connected.
    NotScanned,
}

/// The scanner could not be asked, or gave no answer. For the engineer; never shown.
#[derive(Debug, thiserror::Error)]
#[error("the scanner gave no answer: {0}")]
pub struct ScannerDown(pub String);

/// An answer on its way.
pub type Call<'a> = Pin<Box<dyn Future<Output = Result<Verdict, ScannerDown>> + Send + 'a>>;

/// Looks through files as they are kept.
pub trait Scanner: Send + Sync {
    fn scan(&self, blocks: Blocks) -> Call<'_>;
}

/// The scanner of the house.
pub struct ScannerService(pub Box<dyn Scanner>);

/// Stands where none is connected: every file is marked as not scanned.
pub struct NoScanner;

impl Scanner for NoScanner {
    fn scan(&self, _: Blocks) -> Call<'_> {
        Box::pin(async { Ok(Verdict::NotScanned) })
    }
}

/// Where clamd listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clamd {
    Tcp(String),
    Unix(PathBuf),
}

impl Clamd {
    /// `tcp://127.0.0.1:3310` or `unix:/run/clamav/clamd.ctl`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(at) = text.strip_prefix("tcp://") {
            let (host, port) = at.rsplit_once(':')?;
            return (!host.is_empty() && port.parse::<u16>().is_ok()).then(|| Self::Tcp(at.to_owned()));
        }
        let path = text.strip_prefix("unix:")?;
        path.starts_with('/').then(|| Self::Unix(PathBuf::from(path)))
    }

    async fn ask(&self, blocks: Blocks) -> Result<Verdict, std::io::Error> {
        match self {
            Self::Tcp(at) => instream(tokio::net::TcpStream::connect(at).await?, blocks).await,
            #[cfg(unix)]
            Self::Unix(path) => instream(tokio::net::UnixStream::connect(path).await?, blocks).await,
            #[cfg(not(unix))]
            Self::Unix(_) => Err(std::io::Error::other("no local sockets on this system")),
        }
    }
}

impl Scanner for Clamd {
    fn scan(&self, blocks: Blocks) -> Call<'_> {
        Box::pin(async move { self.ask(blocks).await.map_err(|e| ScannerDown(e.to_string())) })
    }
}

async fn instream(
    mut clamd: impl AsyncRead + AsyncWrite + Unpin,
    mut blocks: Blocks,
) -> Result<Verdict, std::io::Error> {
    clamd.write_all(b"zINSTREAM\0").await?;
    while let Some(block) = blocks.recv().await {
        let size = u32::try_from(block.len()).map_err(std::io::Error::other)?;
        clamd.write_all(&size.to_be_bytes()).await?;
        clamd.write_all(&block).await?;
    }
    clamd.write_all(&0u32.to_be_bytes()).await?;
    let mut answer = Vec::new();
    clamd.take(512).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    match answer.trim_end_matches(['\0', '\n']) {
        "stream: OK" => Ok(Verdict::Clean),
        found if found.ends_with(" FOUND") => Ok(Verdict::Infected),
        other => Err(std::io::Error::other(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        assert_eq!(Clamd::parse("tcp://127.0.0.1:3310"), Some(Clamd::Tcp("127.0.0.1:3310".into())));
        assert_eq!(Clamd::parse("unix:/run/clamd.ctl"), Some(Clamd::Unix("/run/clamd.ctl".into())));
        for wrong in ["tcp://host", "tcp://:1", "unix:here", "http://x:1", ""] {
            assert_eq!(Clamd::parse(wrong), None, "{wrong}");
        }
    }

    /// A clamd that reads a whole stream and answers.
    async fn clamd(answer: &'static str) -> (Clamd, tokio::task::JoinHandle<Vec<u8>>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let heard = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = [0; 10];
            stream.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut heard = Vec::new();
            loop {
                let size = stream.read_u32().await.unwrap();
                if size == 0 {
                    break;
                }
                let mut block = vec![0; usize::try_from(size).unwrap()];
                stream.read_exact(&mut block).await.unwrap();
                heard.extend(block);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            heard
        });
        (Clamd::Tcp(at), heard)
    }

    #[tokio::test]
    async fn a_stream_is_sent_whole_and_its_answer_read() {
        for (answer, verdict) in [
            ("stream: OK\0", Some(Verdict::Clean)),
            ("stream: Eicar-Signature FOUND\0", Some(Verdict::Infected)),
            ("INSTREAM size limit exceeded. ERROR\0", None),
        ] {
            let (clamd, heard) = clamd(answer).await;
            let (send, blocks) = tokio::sync::mpsc::channel(2);
            send.send(b"one".to_vec().into()).await.unwrap();
            send.send(b"two".to_vec().into()).await.unwrap();
            drop(send);
            assert_eq!(clamd.scan(blocks).await.ok(), verdict);
            assert_eq!(heard.await.unwrap(), b"onetwo");
        }
    }
}

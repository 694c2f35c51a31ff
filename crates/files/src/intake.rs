//! A file comes in: told by content, cleaned, sealed and stored block by block as it streams, then scanned. A quarter of a
//! megabyte is held at a time. Until the last act it is "incoming" and no room can use it, so a cut at any moment leaves
//! nothing but blocks that the sweep takes.

use std::time::Duration;

use linli_acts::{Actor, House};
use linli_web::{Blocks, Incoming};
use sha2::{Digest, Sha256};

use crate::acts::{self, Whole};
use crate::clean::{Cleaner, HEAD};
use crate::domain::{About, FileId, Refusal, Scan, shown_name};
use crate::error::FileError;
use crate::scan::{ScannerDown, ScannerService, Verdict};
use crate::store;

/// What is sealed together.
const BLOCK: usize = 256 * 1024;

/// Longest wait for the scanner while somebody waits; after that a job goes on asking.
const SCANNER_DEADLINE: Duration = Duration::from_secs(20);

/// Takes the file of a form in for the resident who acts.
///
/// # Errors
/// [`FileError::Refused`] with what she can do; then nothing of it is kept.
pub async fn receive(house: &House, actor: &Actor, incoming: Option<Incoming>) -> Result<FileId, FileError> {
    let mut incoming = incoming.ok_or(FileError::from(Refusal::None))?;
    let (id, most) = match house.act(actor, acts::begin).await {
        Ok(begun) => begun,
        Err(e) => {
            incoming.drain().await;
            return Err(e);
        }
    };
    match take_in(house, actor, id, most, &mut incoming).await {
        Ok(()) => Ok(id),
        Err(e) => {
            if matches!(e, FileError::Refused(..)) {
                incoming.drain().await;
            }
            house.act(actor, move |act| acts::drop_incoming(act, id)).await?;
            Err(e)
        }
    }
}

/// Cleaned bytes on their way into sealed blocks.
struct Sink<'a> {
    house: &'a House,
    id: FileId,
    waiting: Vec<u8>,
    digest: Sha256,
    size: i64,
    blocks: i64,
}

impl Sink<'_> {
    async fn flush(&mut self, all: bool) -> Result<(), FileError> {
        while self.waiting.len() >= BLOCK || (all && !self.waiting.is_empty()) {
            let rest = self.waiting.split_off(BLOCK.min(self.waiting.len()));
            let block = std::mem::replace(&mut self.waiting, rest);
            self.digest.update(&block);
            self.size += i64::try_from(block.len()).unwrap_or(i64::MAX);
            let (id, no) = (self.id, self.blocks);
            let sealed = self.house.vault().seal(store::block_place(id, no), &block);
            self.house.db().write(move |tx| tx.run(&store::ADD_BLOCK, (id, no, sealed.clone()))).await?;
            self.blocks += 1;
        }
        Ok(())
    }
}

async fn take_in(
    house: &House,
    actor: &Actor,
    id: FileId,
    most: i64,
    incoming: &mut Incoming,
) -> Result<(), FileError> {
    let mut sink = Sink { house, id, waiting: Vec::new(), digest: Sha256::new(), size: 0, blocks: 0 };
    let (mut head, mut cleaner, mut seen) = (Vec::new(), None::<Cleaner>, 0i64);
    while let Some(block) = incoming.block().await.map_err(|e| FileError::from_door(&e))? {
        seen = seen.saturating_add(i64::try_from(block.len()).unwrap_or(i64::MAX));
        if seen > most {
            return Err(Refusal::Large.into());
        }
        match &mut cleaner {
            Some(cleaner) => cleaner.push(&block, &mut sink.waiting)?,
            None => {
                head.extend_from_slice(&block);
                if head.len() >= HEAD {
                    let begun = cleaner.insert(Cleaner::for_head(&head)?);
                    begun.push(&std::mem::take(&mut head), &mut sink.waiting)?;
                }
            }
        }
        sink.flush(false).await?;
    }
    // Shorter than any file of a kind that we take.
    let Some(cleaner) = cleaner else {
        return Err(if head.is_empty() { Refusal::Empty } else { Refusal::Unknown }.into());
    };
    let (kind, marks) = cleaner.finish()?;
    if kind.belies(&incoming.name) {
        return Err(Refusal::Lying.into());
    }
    sink.flush(true).await?;
    let scan = match ask_scanner(house, id, sink.blocks).await {
        Ok(Verdict::Infected) => return Err(Refusal::Virus.into()),
        Ok(Verdict::Clean) => Scan::Clean,
        Ok(Verdict::NotScanned) => Scan::NotScanned,
        Err(down) => {
            tracing::warn!("{down}");
            Scan::Waiting
        }
    };
    let digest = sink.digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
    let about = About { name: shown_name(&incoming.name), digest, marks };
    let whole = Whole { kind, scan, size: sink.size, blocks: sink.blocks, about };
    house.act(actor, move |act| acts::store(act, id, &whole)).await
}

/// Has the stored blocks of a file scanned.
pub(crate) async fn ask_scanner(house: &House, id: FileId, count: i64) -> Result<Verdict, ScannerDown> {
    let (blocks, feeding) = blocks(house, id, count);
    let scanner = house.service::<ScannerService>();
    let asked = tokio::time::timeout(SCANNER_DEADLINE, scanner.0.scan(blocks));
    let verdict = asked.await.map_err(|_| ScannerDown("no answer in time".to_owned()))??;
    // A scanner that read half a file has said nothing. One that is content with less, or is none, is believed.
    match feeding.await {
        Ok(Err(e)) => Err(ScannerDown(e.to_string())),
        _ => Ok(verdict),
    }
}

/// The content of a file, block by block. The task fails if a block does not open; then the stream ends early.
pub(crate) fn blocks(
    house: &House,
    id: FileId,
    count: i64,
) -> (Blocks, tokio::task::JoinHandle<Result<(), FileError>>) {
    let (send, receive) = tokio::sync::mpsc::channel(2);
    let house = house.clone();
    let task = tokio::spawn(async move {
        for no in 0..count {
            let (sealed,) =
                house.read(move |r| r.opt(&store::BLOCK, (id, no))?.ok_or(FileError::Missing)).await?;
            let block = house.vault().open_sealed(store::block_place(id, no), &sealed)?.to_vec();
            if send.send(block.into()).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    });
    (receive, task)
}

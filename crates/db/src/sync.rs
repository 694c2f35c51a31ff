//! What is committed is put on the disk beside the writer: while one batch is being synced the next one runs. Nobody is answered before
//! the sync of the WAL that holds his commit; who has read what is not yet synced waits with [`Synced::settled`].
//!
//! The writer commits with `synchronous=NORMAL`: its frames are in the file when COMMIT returns, in their order, and SQLite syncs by
//! itself only where the WAL begins anew and before pages are moved out of it. The sync of each commit is made here.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::watch;

use crate::error::DbError;
use crate::sqlite::Queued;

/// Batches that wait for the disk: with one under way and one waiting the writer waits too.
const WAITING: usize = 1;

/// A batch whose commit was made or failed.
pub(crate) struct Batch {
    pub number: u64,
    pub acts: Vec<Queued>,
    pub fate: Result<(), DbError>,
    /// Somebody waits for what was committed.
    pub wake: bool,
}

/// How far the WAL is written and synced.
#[derive(Default)]
pub(crate) struct Synced {
    /// The last batch whose COMMIT was begun: what it wrote may be seen.
    begun: AtomicU64,
    /// The last batch that is on the disk, or failed.
    done: watch::Sender<u64>,
}

impl Synced {
    /// Starts the thread that syncs and answers the batches handed over, until nobody can hand one over any more. `committed` is told of
    /// batches for which somebody waits.
    pub(crate) fn start(
        self: &Arc<Self>,
        database: &Path,
        committed: watch::Sender<u64>,
    ) -> Result<(SyncSender<Batch>, JoinHandle<()>), DbError> {
        let (hand, handed) = sync_channel(WAITING);
        let mut name = database.as_os_str().to_owned();
        name.push("-wal");
        let (wal, synced) = (PathBuf::from(name), Arc::clone(self));
        let thread = std::thread::Builder::new()
            .name("linli-sync".into())
            .spawn(move || synced.work(&wal, &handed, &committed))
            .map_err(|e| DbError::lost(format!("thread of the sync: {e}")))?;
        Ok((hand, thread))
    }

    fn work(&self, wal: &Path, handed: &Receiver<Batch>, committed: &watch::Sender<u64>) {
        let mut file = None;
        while let Ok(first) = handed.recv() {
            let mut batches = vec![first];
            batches.extend(handed.try_iter());
            if batches.iter().any(|b| b.fate.is_ok()) {
                sync(wal, &mut file);
            }
            let mut wake = false;
            for batch in batches {
                self.done.send_modify(|done| *done = batch.number.max(*done));
                wake |= batch.wake && batch.fate.is_ok();
                for queued in batch.acts {
                    (queued.answer)(batch.fate.clone());
                }
            }
            if wake {
                committed.send_modify(|n| *n += 1);
            }
        }
    }

    /// The number of the next batch, whose COMMIT begins now.
    pub(crate) fn begin(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Whether a batch is still on its way to the disk.
    pub(crate) fn is_busy(&self) -> bool {
        *self.done.borrow() < self.begun.load(Ordering::SeqCst)
    }

    /// Waits until all that can be seen at this moment is on the disk. To be called after reading and before telling.
    pub(crate) async fn settled(&self) {
        let seen = self.begun.load(Ordering::SeqCst);
        if *self.done.borrow() < seen {
            let mut done = self.done.subscribe();
            // It ends only with the program.
            let _ = done.wait_for(|done| *done >= seen).await;
        }
    }
}

/// Syncs the WAL. After a sync that failed nobody can know what is on the disk, neither may anybody be told anything any more: the
/// program ends at once, and the next start reads what is there.
fn sync(wal: &Path, file: &mut Option<File>) {
    let done = match file {
        Some(file) => file.sync_data(),
        None => File::open(wal).and_then(|opened| file.insert(opened).sync_data()),
    };
    if let Err(e) = done {
        tracing::error!("the WAL of the database was not synced, the program ends: {e}");
        std::process::abort();
    }
}

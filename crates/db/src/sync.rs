//! What is committed is put on the disk beside the writer: while one batch is being synced the next one runs. Nobody is answered before
//! the sync of the log that holds his commit, and nobody who has read what is not yet synced.
//!
//! The writer commits with `synchronous=NORMAL`: its frames are in the file when COMMIT returns, in their order, and SQLite syncs by
//! itself only where the log begins anew and before pages are moved out of it. The sync of each commit is made here.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
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

/// How far the log is written and synced.
pub(crate) struct Synced {
    /// The last batch whose COMMIT was begun: what it wrote may be seen.
    begun: AtomicU64,
    /// The last batch that is on the disk, or failed.
    done: watch::Sender<u64>,
    handed: Mutex<Option<SyncSender<Batch>>>,
}

impl Synced {
    /// The thread that syncs, and what the others see of it. `committed` is told of batches for which somebody waits.
    pub(crate) fn start(
        database: &Path,
        committed: watch::Sender<u64>,
    ) -> Result<(Arc<Self>, JoinHandle<()>), DbError> {
        let (hand, handed) = sync_channel(WAITING);
        let (begun, done) = (AtomicU64::new(0), watch::Sender::new(0));
        let synced = Arc::new(Self { begun, done, handed: Mutex::new(Some(hand)) });
        let mut name = database.as_os_str().to_owned();
        name.push("-wal");
        let (log, told) = (PathBuf::from(name), Arc::clone(&synced));
        let thread = std::thread::Builder::new()
            .name("linli-sync".into())
            .spawn(move || told.work(&log, &handed, &committed))
            .map_err(|e| DbError::lost(format!("thread of the sync: {e}")))?;
        Ok((synced, thread))
    }

    fn work(&self, log: &Path, handed: &Receiver<Batch>, committed: &watch::Sender<u64>) {
        let mut file = None;
        while let Ok(first) = handed.recv() {
            let mut batches = vec![first];
            batches.extend(handed.try_iter());
            if batches.iter().any(|b| b.fate.is_ok()) {
                sync(log, &mut file);
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

    /// Hands a batch over to be synced and answered.
    pub(crate) fn hand_over(&self, batch: Batch) {
        let hand = self.handed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(hand) = hand
            && let Err(back) = hand.send(batch)
        {
            let lost = DbError::lost("nobody syncs any more");
            for queued in back.0.acts {
                (queued.answer)(Err(lost.clone()));
            }
        }
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

    /// Ends the thread once it has answered what was handed over.
    pub(crate) fn end(&self) {
        drop(self.handed.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Syncs the log. After a sync that failed nobody can know what is on the disk, neither may anybody be told anything any more: the
/// program ends at once, and the next start reads what is there.
fn sync(log: &Path, file: &mut Option<File>) {
    let done = match file {
        Some(file) => file.sync_data(),
        None => File::open(log).and_then(|opened| file.insert(opened).sync_data()),
    };
    if let Err(e) = done {
        tracing::error!("the log of the database was not synced, the program ends: {e}");
        std::process::abort();
    }
}

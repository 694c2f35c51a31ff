//! The chain over the log, sealed after the commit so that acts do not wait for each other, and its signed checkpoints.
//!
//! Form (also in `scripts/check_log.py`, which needs none of this program):
//! a field is its length (4 bytes, big-endian; `ffffffff` for an absent one) and its bytes; numbers are decimal text;
//! row hash = SHA-256 of the fields of [`LogRow`] in order; seal hash = SHA-256 of `linli-seal-1`, n (8 bytes), the previous
//! hash (32 bytes; zeros for n = 1), at (8 bytes), then every row hash.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use ed25519_dalek::{Signature, Signer, Verifier, VerifyingKey};
use linli_base::{IdGen, Instant};
use linli_db::{DbError, Engine, Kind, Read, row, sql};
use sha2::{Digest, Sha256};

use crate::house::House;
use crate::jobs::{JobError, JobRow, Recurring};
use crate::log::LogRow;

/// Most rows in one seal.
pub const SEAL_LIMIT: u16 = 2_000;
/// PostgreSQL: a transaction lives at most 30 s, so a row may appear with an id up to this much older than others.
const LOOK_BACK_MS: i64 = 60_000;
const LOOK_BACK_EVERY_MS: i64 = 10_000;
const LEASE_MS: i64 = 5_000;

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct SealRow {
        pub n: i64,
        pub prev: Vec<u8>,
        pub hash: Vec<u8>,
        pub ids: Vec<u8>,
        pub top: i64,
        pub at: Instant,
    }
}

row! {
    struct CheckpointRow { n: i64, hash: Vec<u8>, at: Instant, signature: Vec<u8> }
}

sql! {
    LAST_SEAL: SealRow = "SELECT n, prev, hash, ids, top, at FROM log_seals ORDER BY n DESC LIMIT 1";
    SEALS_SINCE: (Vec<u8>,) = "SELECT ids FROM log_seals WHERE top >= $1 ORDER BY n";
    pub(crate) SEALS_AFTER: SealRow = "SELECT n, prev, hash, ids, top, at FROM log_seals WHERE n > $1 ORDER BY n LIMIT $2";
    pub(crate) ROWS_AFTER: LogRow = "SELECT id, subject_kind, subject, rev, act, actor_kind, actor, duty, channel, for_person, person, place, state, digest, at
        FROM log WHERE id > $1 ORDER BY id LIMIT $2";
    ADD_SEAL: (i64,) = "INSERT INTO log_seals (n, prev, hash, ids, top, at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (n) DO NOTHING RETURNING n";
    LEASE: (String,) = "INSERT INTO leases (name, holder, until) VALUES ('sealer', $1, $2)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE leases.until < $3 OR leases.holder = excluded.holder RETURNING name";
    ADD_CHECKPOINT: () = "INSERT INTO checkpoints (n, hash, at, signature) VALUES ($1, $2, $3, $4) ON CONFLICT (n) DO NOTHING";
    LATEST_CHECKPOINT: CheckpointRow = "SELECT n, hash, at, signature FROM checkpoints ORDER BY n DESC LIMIT 1";
    pub(crate) HASH_OF: (Vec<u8>,) = "SELECT hash FROM log_seals WHERE n = $1";
}

fn field(out: &mut Sha256, bytes: Option<&[u8]>) {
    match bytes {
        None => out.update([0xff; 4]),
        Some(b) => {
            out.update(u32::try_from(b.len()).unwrap_or(u32::MAX - 1).to_be_bytes());
            out.update(b);
        }
    }
}

pub(crate) fn row_hash(row: &LogRow) -> [u8; 32] {
    let number = |n: i64| n.to_string().into_bytes();
    let mut h = Sha256::new();
    field(&mut h, Some(&number(row.id.raw())));
    field(&mut h, Some(row.subject_kind.as_bytes()));
    field(&mut h, Some(&number(row.subject)));
    field(&mut h, Some(&number(row.rev)));
    field(&mut h, Some(row.act.as_bytes()));
    field(&mut h, Some(row.actor_kind.as_bytes()));
    field(&mut h, row.actor.map(number).as_deref());
    field(&mut h, row.duty.map(|d| number(d.raw())).as_deref());
    field(&mut h, Some(row.channel.word().as_bytes()));
    field(&mut h, row.for_person.map(|p| number(p.raw())).as_deref());
    field(&mut h, row.person.map(|p| number(p.raw())).as_deref());
    field(&mut h, row.place.map(|p| number(p.raw())).as_deref());
    field(&mut h, row.state.as_deref().map(str::as_bytes));
    field(&mut h, row.digest.as_deref());
    field(&mut h, Some(&number(row.at.millis())));
    h.finalize().into()
}

pub(crate) fn seal_hash(n: i64, prev: &[u8], at: Instant, rows: impl Iterator<Item = [u8; 32]>) -> [u8; 32] {
    let mut h = Sha256::new();
    h.update(b"linli-seal-1");
    h.update(n.to_be_bytes());
    h.update(prev);
    h.update(at.millis().to_be_bytes());
    for row in rows {
        h.update(row);
    }
    h.finalize().into()
}

pub(crate) fn unpack(ids: &[u8]) -> Vec<i64> {
    ids.chunks_exact(8).filter_map(|c| c.try_into().ok().map(i64::from_be_bytes)).collect()
}

/// Seals what is not yet sealed, at most [`SEAL_LIMIT`] rows a turn until none is left. Returns how many rows it sealed.
///
/// # Errors
/// If the database fails.
pub async fn seal_once(house: &House) -> Result<usize, DbError> {
    if house.db().engine() == Engine::Postgres && !take_lease(house).await? {
        return Ok(0);
    }
    let mut sealed = 0;
    loop {
        let n = seal_turn(house, 0).await?;
        sealed += n;
        if n < usize::from(SEAL_LIMIT) {
            break;
        }
    }
    // SQLite has one writer, so its ids come in the order of commits. On PostgreSQL a later commit may carry a smaller id:
    // look back over twice the life of a transaction, less often.
    let now = house.now().millis();
    let looked = &house.0.looked_back;
    if house.db().engine() == Engine::Postgres && now - looked.load(Ordering::SeqCst) > LOOK_BACK_EVERY_MS {
        sealed += seal_turn(house, LOOK_BACK_MS).await?;
        looked.store(now, Ordering::SeqCst);
    }
    Ok(sealed)
}

async fn take_lease(house: &House) -> Result<bool, DbError> {
    let holder = house.holder();
    house
        .db()
        .write(move |tx| {
            let now = tx.now();
            Ok(tx.opt(&LEASE, (holder, now.plus_millis(LEASE_MS), now))?.is_some())
        })
        .await
}

async fn seal_turn(house: &House, look_back_ms: i64) -> Result<usize, DbError> {
    let found = house
        .db()
        .read(move |r: &mut Read<'_>| {
            let last = r.opt(&LAST_SEAL, ())?;
            let top = last.as_ref().map_or(0, |s| s.top);
            if look_back_ms == 0 {
                let rows = r.all(&ROWS_AFTER, (top, SEAL_LIMIT))?;
                return Ok::<_, DbError>((last, rows));
            }
            let from = IdGen::floor_at(IdGen::instant_of(top).plus_millis(-look_back_ms));
            let mut known: HashSet<i64> = HashSet::new();
            r.each(&SEALS_SINCE, (from,), |(ids,)| {
                known.extend(unpack(&ids));
                Ok(())
            })?;
            let mut rows = Vec::new();
            let mut after = from;
            loop {
                let page = r.all(&ROWS_AFTER, (after, SEAL_LIMIT))?;
                let full = page.len() == usize::from(SEAL_LIMIT);
                after = page.last().map_or(after, |row| row.id.raw());
                rows.extend(page.into_iter().filter(|row| !known.contains(&row.id.raw())));
                if !full || rows.len() >= usize::from(SEAL_LIMIT) {
                    break;
                }
            }
            rows.truncate(usize::from(SEAL_LIMIT));
            Ok((last, rows))
        })
        .await?;
    let (last, rows) = found;
    if rows.is_empty() {
        return Ok(0);
    }
    let (n, prev, top) = last.map_or((1, vec![0; 32], 0), |s| (s.n + 1, s.hash, s.top));
    let ids: Vec<u8> = rows.iter().flat_map(|row| row.id.raw().to_be_bytes()).collect();
    let top = rows.iter().map(|row| row.id.raw()).max().unwrap_or(0).max(top);
    let hashes: Vec<[u8; 32]> = rows.iter().map(row_hash).collect();
    let added = house
        .db()
        .write(move |tx| {
            let now = tx.now();
            let hash = seal_hash(n, &prev, now, hashes.iter().copied());
            // Another sealer may have been first: then nothing is added, and the next turn starts from its seal.
            Ok::<_, DbError>(tx.opt(&ADD_SEAL, (n, &prev, hash, &ids, top, now))?.is_some())
        })
        .await?;
    Ok(if added { rows.len() } else { 0 })
}

/// A signed statement of how the chain stood: printed on papers, kept by whoever likes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    pub n: i64,
    pub hash: [u8; 32],
    pub at: Instant,
    pub signature: [u8; 64],
}

impl Checkpoint {
    fn message(n: i64, hash: &[u8; 32], at: Instant) -> String {
        format!("linli-checkpoint-1\n{n}\n{}\n{}\n", at.millis(), hex(hash))
    }

    /// As printed: time, number, the first 8 bytes of the hash in groups.
    #[must_use]
    pub fn short(&self) -> String {
        let hash = hex(&self.hash);
        let groups: Vec<String> =
            hash.chars().take(16).collect::<Vec<_>>().chunks(4).map(|c| c.iter().collect()).collect();
        format!("{} · {} · {}", self.at.minute().replace(' ', "T"), self.n, groups.join(" "))
    }

    /// The file that `linli check log --against` reads.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}{}\n", Self::message(self.n, &self.hash, self.at), hex(&self.signature))
    }

    /// Reads [`Checkpoint::file`]; `None` if it has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != "linli-checkpoint-1" {
            return None;
        }
        let n = lines.next()?.parse().ok()?;
        let at = Instant::from_millis(lines.next()?.parse().ok()?);
        let hash = unhex(lines.next()?)?.try_into().ok()?;
        let signature = unhex(lines.next()?)?.try_into().ok()?;
        Some(Self { n, hash, at, signature })
    }

    /// Whether it was signed by this key.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let message = Self::message(self.n, &self.hash, self.at);
        key.verify(message.as_bytes(), &Signature::from_bytes(&self.signature)).is_ok()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || text.len() % 2 != 0 {
        return None;
    }
    text.as_bytes().chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).ok()?, 16).ok()).collect()
}

/// Seals what waits and publishes a checkpoint of the head of the chain, unless it has one already.
///
/// # Errors
/// If the database fails.
pub async fn publish_checkpoint(house: &House) -> Result<Option<Checkpoint>, DbError> {
    seal_once(house).await?;
    let Some(head) = house.db().read(|r| r.opt(&LAST_SEAL, ())).await? else { return Ok(None) };
    let hash: [u8; 32] = head
        .hash
        .try_into()
        .map_err(|_| DbError { kind: Kind::Shape, what: "hash of another length".into() })?;
    let key = house.vault().checkpoint_key();
    let n = head.n;
    house
        .db()
        .write(move |tx| {
            let now = tx.now();
            let signature = key.sign(Checkpoint::message(n, &hash, now).as_bytes()).to_bytes();
            tx.run(&ADD_CHECKPOINT, (n, hash, now, signature))?;
            Ok::<_, DbError>(())
        })
        .await?;
    house.db().read(latest_checkpoint).await
}

/// The checkpoint published last.
///
/// # Errors
/// If the database fails.
pub fn latest_checkpoint(read: &mut Read<'_>) -> Result<Option<Checkpoint>, DbError> {
    let wrong = || DbError { kind: Kind::Shape, what: "checkpoint of another length".into() };
    let Some(row) = read.opt(&LATEST_CHECKPOINT, ())? else { return Ok(None) };
    Ok(Some(Checkpoint {
        n: row.n,
        hash: row.hash.try_into().map_err(|_| wrong())?,
        at: row.at,
        signature: row.signature.try_into().map_err(|_| wrong())?,
    }))
}

async fn checkpoint_job(house: House, _: JobRow) -> Result<(), JobError> {
    publish_checkpoint(&house).await?;
    Ok(())
}

crate::job! { "acts.checkpoint" => checkpoint_job; }
inventory::submit! { Recurring { kind: "acts.checkpoint", every_seconds: 3_600 } }

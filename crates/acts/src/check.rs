//! What `linli check` proves: the chain over the log, the contents against their digests, the status columns against the log.

use linli_base::Instant;
use linli_db::{DbError, Read, Sql, sql};

use crate::chain::{Checkpoint, HASH_OF, ROWS_AFTER, SEALS_AFTER, row_hash, seal_hash, unpack};
use crate::house::House;
use crate::log::{LogId, LogRow, content_fits};

/// A table whose state column the log proves, declared by `inventory::submit!` beside the table.
pub struct StateProof {
    pub subject_kind: &'static str,
    /// `(id, state)` of rows with id above `$1`, in order, at most `$2`.
    pub page: &'static Sql<(i64, Option<String>)>,
}

inventory::collect!(StateProof);

/// A table of sums that the records behind it prove, declared by `inventory::submit!` beside the table.
pub struct SumProof {
    pub table: &'static str,
    /// Compares some rows after a mark (empty at first) with what they sum up. Gives how many, those that do not fit, and the mark from
    /// which to go on; none when all were compared.
    pub page: fn(&mut Read<'_>, &str) -> Result<Compared, DbError>,
}

/// A page of a [`SumProof`].
#[derive(Clone, Debug, Default)]
pub struct Compared {
    pub rows: u64,
    pub wrong: Vec<String>,
    pub next: Option<String>,
}

inventory::collect!(SumProof);

sql! {
    LAST_STATE: (Option<String>,) = "SELECT state FROM log WHERE subject_kind = $1 AND subject = $2 AND state IS NOT NULL ORDER BY rev DESC LIMIT 1";
    GAPS: (String, i64) = "SELECT subject_kind, subject FROM log GROUP BY subject_kind, subject HAVING max(rev) <> count(*) ORDER BY subject_kind, subject LIMIT 100";
    ROW: LogRow = "SELECT id, subject_kind, subject, rev, act, actor_kind, actor, duty, channel, for_person, person, place, state, digest, at
        FROM log WHERE id = $1";
    RANGE: LogRow = "SELECT id, subject_kind, subject, rev, act, actor_kind, actor, duty, channel, for_person, person, place, state, digest, at
        FROM log WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT 2001";
    CONTENTS_AFTER: (LogId, linli_vault::Sealed, Option<Vec<u8>>) = "SELECT c.log, c.sealed, l.digest FROM log_contents c JOIN log l ON l.id = c.log
        WHERE c.log > $1 ORDER BY c.log LIMIT $2";
}

/// Something that is not as it should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A seal does not continue the one before.
    BrokenChain { n: i64 },
    /// The rows under a seal are not what was sealed.
    RowsChanged { n: i64 },
    /// A sealed row is gone.
    RowMissing { n: i64, id: i64 },
    /// A row stands under two seals.
    SealedTwice { id: i64 },
    /// A row older than the sealer's window is under no seal.
    NotSealed { id: i64 },
    /// Revisions of a subject are not contiguous.
    Gap { subject_kind: String, subject: i64 },
    /// A content does not fit its digest.
    ContentChanged { log: i64 },
    /// A status column says other than the log.
    State { subject_kind: &'static str, subject: i64, column: Option<String>, log: Option<String> },
    /// A row of sums is not what the records behind it add up to.
    Sum { table: &'static str, row: String },
    /// A kept checkpoint does not fit the chain.
    Checkpoint { n: i64, what: &'static str },
}

/// What a walk of the chain found.
#[derive(Clone, Debug, Default)]
pub struct ChainReport {
    pub seals: u64,
    pub rows: u64,
    pub contents: u64,
    pub head: Option<(i64, [u8; 32])>,
    /// At most 100.
    pub faults: Vec<Fault>,
}

/// What a comparison of status columns with the log found.
#[derive(Clone, Debug, Default)]
pub struct StateReport {
    /// Subject kind and how many were compared.
    pub compared: Vec<(&'static str, u64)>,
    /// At most 100.
    pub faults: Vec<Fault>,
}

const PAGE: u16 = 1_000;
const MOST_FAULTS: usize = 100;

/// Walks the chain from the first seal: hashes, order, missing and doubled rows, gaps in revisions, contents.
///
/// # Errors
/// If the database fails.
pub async fn check_chain(house: &House) -> Result<ChainReport, DbError> {
    let mut report = ChainReport::default();
    let mut sealed: Vec<i64> = Vec::new();
    let (mut n, mut prev) = (0i64, vec![0u8; 32]);
    loop {
        let page = house.db().scan(move |r| r.all(&SEALS_AFTER, (n, 20))).await?;
        if page.is_empty() {
            break;
        }
        for seal in page {
            if seal.n != n + 1 || seal.prev != prev {
                report.faults.push(Fault::BrokenChain { n: seal.n });
            }
            let ids = unpack(&seal.ids);
            let wanted = ids.clone();
            let rows = house.db().scan(move |r| rows_of(r, &wanted)).await?;
            for (id, row) in ids.iter().zip(&rows) {
                if row.is_none() {
                    report.faults.push(Fault::RowMissing { n: seal.n, id: *id });
                }
            }
            let hash = seal_hash(seal.n, &seal.prev, seal.at, rows.iter().flatten().map(row_hash));
            if hash.as_slice() != seal.hash {
                report.faults.push(Fault::RowsChanged { n: seal.n });
            }
            report.seals += 1;
            report.rows += u64::try_from(ids.len()).unwrap_or(u64::MAX);
            sealed.extend(ids);
            n = seal.n;
            prev.clone_from(&seal.hash);
            report.head = prev.as_slice().try_into().ok().map(|hash| (n, hash));
        }
        if report.faults.len() >= MOST_FAULTS {
            return Ok(report);
        }
    }
    sealed.sort_unstable();
    for pair in sealed.windows(2) {
        if let [a, b] = pair
            && a == b
        {
            report.faults.push(Fault::SealedTwice { id: *a });
        }
    }
    check_unsealed(house, &sealed, &mut report).await?;
    let gaps = house.db().scan(|r| r.all(&GAPS, ())).await?;
    report
        .faults
        .extend(gaps.into_iter().map(|(subject_kind, subject)| Fault::Gap { subject_kind, subject }));
    check_contents(house, &mut report).await?;
    report.faults.truncate(MOST_FAULTS);
    Ok(report)
}

/// The rows of a seal in its order. Ids of one seal lie close together, so they are read as a range where that is whole.
fn rows_of(read: &mut Read<'_>, ids: &[i64]) -> Result<Vec<Option<LogRow>>, DbError> {
    let (Some(low), Some(high)) = (ids.iter().min(), ids.iter().max()) else { return Ok(Vec::new()) };
    let range = read.all(&RANGE, (*low, *high))?;
    if range.len() == ids.len() && range.iter().zip(ids).all(|(row, id)| row.id.raw() == *id) {
        return Ok(range.into_iter().map(Some).collect());
    }
    ids.iter().map(|id| read.opt(&ROW, (*id,))).collect()
}

async fn check_unsealed(house: &House, sealed: &[i64], report: &mut ChainReport) -> Result<(), DbError> {
    // The sealer's window: what is younger may still wait.
    let young: Instant = house.now().plus_seconds(-120);
    let mut after = 0i64;
    loop {
        let page = house.db().scan(move |r| r.all(&ROWS_AFTER, (after, PAGE))).await?;
        for row in &page {
            if row.at < young && sealed.binary_search(&row.id.raw()).is_err() {
                report.faults.push(Fault::NotSealed { id: row.id.raw() });
            }
        }
        match page.last() {
            Some(row) if report.faults.len() < MOST_FAULTS => after = row.id.raw(),
            _ => return Ok(()),
        }
    }
}

async fn check_contents(house: &House, report: &mut ChainReport) -> Result<(), DbError> {
    let mut after = LogId::from_raw(0);
    loop {
        let page = house.db().scan(move |r| r.all(&CONTENTS_AFTER, (after, PAGE))).await?;
        for (id, content, digest) in &page {
            report.contents += 1;
            if !digest.as_ref().is_some_and(|d| content_fits(house.vault(), *id, content, d)) {
                report.faults.push(Fault::ContentChanged { log: id.raw() });
            }
        }
        match page.last() {
            Some((id, _, _)) if report.faults.len() < MOST_FAULTS => after = *id,
            _ => return Ok(()),
        }
    }
}

/// Compares every status column with the last state in the log, and every table of sums with the records behind it.
///
/// # Errors
/// If the database fails.
pub async fn check_states(house: &House) -> Result<StateReport, DbError> {
    let mut report = StateReport::default();
    for proof in inventory::iter::<StateProof>() {
        let mut compared = 0u64;
        let mut after = 0i64;
        loop {
            let page = house
                .db()
                .scan(move |r| {
                    let mut out = Vec::new();
                    for (id, column) in r.all(proof.page, (after, PAGE))? {
                        let log = r.opt(&LAST_STATE, (proof.subject_kind, id))?.and_then(|(state,)| state);
                        out.push((id, column, log));
                    }
                    Ok::<_, DbError>(out)
                })
                .await?;
            let Some((last, _, _)) = page.last() else { break };
            after = *last;
            for (subject, column, log) in page {
                compared += 1;
                if column != log && report.faults.len() < MOST_FAULTS {
                    report.faults.push(Fault::State {
                        subject_kind: proof.subject_kind,
                        subject,
                        column,
                        log,
                    });
                }
            }
        }
        report.compared.push((proof.subject_kind, compared));
    }
    for proof in inventory::iter::<SumProof>() {
        let (mut compared, mut mark) = (0u64, String::new());
        loop {
            let from = mark.clone();
            let page = house.db().scan(move |r| (proof.page)(r, &from)).await?;
            compared += page.rows;
            let room = MOST_FAULTS.saturating_sub(report.faults.len());
            let wrong = page.wrong.into_iter().take(room);
            report.faults.extend(wrong.map(|row| Fault::Sum { table: proof.table, row }));
            let Some(next) = page.next else { break };
            mark = next;
        }
        report.compared.push((proof.table, compared));
    }
    Ok(report)
}

/// Whether a checkpoint kept outside is of this chain: signed by this district's key, and the same hash at the same number.
///
/// # Errors
/// If the database fails.
pub async fn check_against(house: &House, kept: &Checkpoint) -> Result<Vec<Fault>, DbError> {
    let mut faults = Vec::new();
    let n = kept.n;
    if !kept.is_signed_by(&house.vault().checkpoint_key().verifying_key()) {
        faults.push(Fault::Checkpoint { n, what: "not signed by this district's key" });
    }
    match house.db().read(move |r| r.opt(&HASH_OF, (n,))).await? {
        None => faults.push(Fault::Checkpoint { n, what: "the chain is shorter than the checkpoint" }),
        Some((hash,)) if hash != kept.hash => {
            faults.push(Fault::Checkpoint { n, what: "the chain has another hash at this number" });
        }
        Some(_) => {}
    }
    Ok(faults)
}

//! How long each table keeps what, and why; one job sweeps them all.

use linli_base::Instant;
use linli_db::{DbError, Sql, sql};

use crate::house::House;
use crate::jobs::{JobError, JobRow, Recurring};

/// The rule for one table, declared by `retention!` beside its migration.
pub struct Retention {
    pub table: &'static str,
    /// Days after which `sweep` takes a row; `None`: kept.
    pub days: Option<u32>,
    pub why_zh: &'static str,
    pub why_en: &'static str,
    /// Deletes or empties what is older than `$1`, at most about 1,000 rows.
    pub sweep: Option<&'static Sql<()>>,
}

inventory::collect!(Retention);

/// All rules, by table.
#[must_use]
pub fn retentions() -> Vec<&'static Retention> {
    let mut all: Vec<_> = inventory::iter::<Retention>().collect();
    all.sort_by_key(|r| r.table);
    all
}

/// Declares retention rules: `retention! { "jobs", days: 30, "…", "…", sweep: SWEEP_JOBS; "log", keep, "…", "…"; }`.
#[macro_export]
macro_rules! retention {
    ($table:literal, days: $days:literal, $zh:literal, $en:literal, sweep: $sweep:path; $($rest:tt)*) => {
        $crate::inventory::submit! {
            $crate::Retention { table: $table, days: Some($days), why_zh: $zh, why_en: $en, sweep: Some(&$sweep) }
        }
        $crate::retention! { $($rest)* }
    };
    ($table:literal, keep, $zh:literal, $en:literal; $($rest:tt)*) => {
        $crate::inventory::submit! {
            $crate::Retention { table: $table, days: None, why_zh: $zh, why_en: $en, sweep: None }
        }
        $crate::retention! { $($rest)* }
    };
    () => {};
}

sql! {
    SWEEP_JOBS: () = "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE done_at < $1 LIMIT 1000)";
    SWEEP_KEYS: () = "DELETE FROM idempotency WHERE (actor_kind, actor, key) IN (SELECT actor_kind, actor, key FROM idempotency WHERE at < $1 LIMIT 1000)";
}

retention! {
    "log", keep, "办理记录是信任的根本；不含内容，长期保存。", "The log is what trust rests on; it holds no content and is kept.";
    "log_contents", keep, "随本人删除请求或所属记录一并删除。", "Erased on the person's request or with the record it belongs to.";
    "log_seals", keep, "封存链长期保存。", "The chain is kept.";
    "checkpoints", keep, "校验点印在每份证明上，长期保存。", "Checkpoints are printed on every paper and kept.";
    "leases", keep, "每个名称一行，随用随改。", "One row a name, overwritten.";
    "jobs", days: 30, "已完成的任务保存三十天，便于排查。", "Done jobs are kept 30 days for finding faults.", sweep: SWEEP_JOBS;
    "idempotency", days: 7, "防重复提交的标记保存七天。", "Keys against doing things twice are kept 7 days.", sweep: SWEEP_KEYS;
    "migrations", keep, "建表记录。", "What was applied to the database.";
}

/// Sweeps every table once, in steps of about 1,000 rows; returns how many rows went.
///
/// # Errors
/// If the database fails.
pub async fn sweep_retention(house: &House) -> Result<u64, DbError> {
    let mut swept = 0;
    for rule in retentions() {
        let (Some(days), Some(sweep)) = (rule.days, rule.sweep) else { continue };
        loop {
            let before: Instant = house.now().plus_seconds(-i64::from(days) * 86_400);
            let n = house.db().write(move |tx| tx.run(sweep, (before,))).await?;
            swept += n;
            if n < 1000 {
                break;
            }
        }
    }
    Ok(swept)
}

async fn sweep_job(house: House, _: JobRow) -> Result<(), JobError> {
    sweep_retention(&house).await?;
    Ok(())
}

crate::job! { "acts.retention" => sweep_job; }
inventory::submit! { Recurring { kind: "acts.retention", every_seconds: 86_400 } }

//! What `linli check` prints. Every fault on its own line, then one line that says what was looked at.

use anyhow::Context;
use linli_acts::{Checkpoint, House, check_against, check_chain, check_states};

/// Status columns against the log.
///
/// # Errors
/// If the database fails.
pub async fn states(house: &House) -> anyhow::Result<bool> {
    let report = check_states(house).await?;
    for fault in &report.faults {
        println!("{fault:?}");
    }
    for (kind, n) in &report.compared {
        println!("{kind}: {n} compared");
    }
    println!("{}", if report.faults.is_empty() { "sound" } else { "NOT sound" });
    Ok(report.faults.is_empty())
}

/// The chain, and a kept checkpoint if there is one.
///
/// # Errors
/// If the database fails or the checkpoint has another form.
pub async fn log(house: &House, kept: Option<&str>) -> anyhow::Result<bool> {
    let report = check_chain(house).await?;
    let mut faults = report.faults;
    if let Some(text) = kept {
        let kept = Checkpoint::parse(text).context("the file is no checkpoint")?;
        faults.extend(check_against(house, &kept).await?);
    }
    for fault in &faults {
        println!("{fault:?}");
    }
    println!("{} seals over {} rows, {} contents", report.seals, report.rows, report.contents);
    if let Some((n, hash)) = report.head {
        let hash: String = hash.iter().map(|b| format!("{b:02x}")).collect();
        println!("head {n} {hash}");
    }
    println!("{}", if faults.is_empty() { "sound" } else { "NOT sound" });
    Ok(faults.is_empty())
}

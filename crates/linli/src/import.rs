//! `linli import`: files in, with a report of every row that does not fit.

use linli_acts::{Actor, House};
use linli_people::import::{ImportError, LIMITS, fault_words, import};
use linli_sheets::sheet_words;
use linli_words::Lang;

/// Takes residents from a file; prints the faults. True if nothing was bad or the good rows were wanted.
///
/// # Errors
/// If the file is none of ours as a whole, or the database fails.
pub async fn people(house: &House, bytes: Vec<u8>, partial: bool) -> anyhow::Result<bool> {
    let told = |n: u64| {
        if n % 50_000 < 500 {
            eprintln!("… {n}");
        }
    };
    let report = match import(house, &Actor::system(), bytes, LIMITS, partial, told).await {
        Err(ImportError::Sheet(e)) => {
            println!("{}", sheet_words(&e, Lang::ZhHans));
            return Ok(false);
        }
        other => other?,
    };
    for fault in &report.faults {
        println!("{}:{}: {}", fault.line, fault.column, fault_words(fault, Lang::ZhHans));
    }
    if report.faults_total > 1_000 {
        println!("… {} faults in all", report.faults_total);
    }
    for column in &report.ignored {
        println!("column not read: {column}");
    }
    println!(
        "{} rows, {} bad; {} new, {} changed, {} the same",
        report.rows, report.bad_rows, report.created, report.changed, report.same
    );
    if !report.applied {
        println!("nothing was written; --partial takes the good rows");
    }
    Ok(report.applied)
}

/// Takes divisions, or buildings and units, from a file; prints the faults. True unless the file was refused.
///
/// # Errors
/// If the database fails.
pub async fn places(house: &House, name: &str, bytes: Vec<u8>, partial: bool) -> anyhow::Result<bool> {
    use linli_places::import::{ImportError, fault_words, run};
    let report = match run(house, name, bytes, partial).await {
        Err(ImportError::Sheet(e)) => {
            println!("{}", sheet_words(&e, Lang::ZhHans));
            return Ok(false);
        }
        other => other?,
    };
    for fault in &report.faults {
        println!("{}:{}: {}", fault.line, fault.column, fault_words(fault, Lang::ZhHans));
    }
    let done = &report.import;
    if done.faults_total > 1_000 {
        println!("… {} faults in all", done.faults_total);
    }
    println!(
        "{} rows, {} bad; {} new, {} changed",
        done.rows_total, done.rows_bad, done.created, done.changed
    );
    if report.refused() {
        println!("nothing was written; --partial takes the good rows");
    }
    Ok(!report.refused())
}

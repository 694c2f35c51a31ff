//! `linli bench`: the figures of the design, each measured by one command on the machine in front of you.
//!
//! Load generator and server are two processes; the server is this program as it is always run. How to
//! read the figures and what was found: `docs/BENCHMARKS.md`.

pub mod bare;
mod cases;
mod child;
mod client;
mod export;
mod figure;
mod form_flow;
mod ground;
mod http;
mod lifecycle;
mod load;
mod queue;
mod replay;
mod seam;
mod search;
mod start;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Suite {
    /// Until the first answer; memory.
    Start,
    /// Pages and requests: `guide-page`, `form-flow`, `lifecycle`.
    Http,
    /// Acts straight on the database seam: `durable-acts`.
    Db,
    /// The desk with many open cases: `queue`, `export`.
    Desk,
    /// Finding among the 1,203 items: `catalogue-search`, `catalogue-index`.
    Search,
}

/// Measure this program on this machine.
#[derive(Args)]
pub struct Settings {
    suite: Suite,
    /// A line of JSON for each figure.
    #[arg(long)]
    json: bool,
    /// Where districts are made and kept for the next run.
    #[arg(long, default_value = "linli-bench")]
    data: PathBuf,
    /// How many residents the district has, up to 1,819,037.
    #[arg(long, default_value_t = 20_000)]
    residents: u64,
    /// How many cases are on file before the run.
    #[arg(long, default_value_t = 0)]
    cases: usize,
    /// How long each load lasts.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How often each is measured; the median is told.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only this figure.
    #[arg(long)]
    only: Option<String>,
    /// A control group whose limits the server shall have.
    #[arg(long)]
    cgroup: Option<PathBuf>,
}

/// Runs a suite.
///
/// # Errors
/// If something cannot be made, served or asked.
pub async fn run(set: Settings) -> anyhow::Result<()> {
    std::fs::create_dir_all(&set.data)?;
    let told = figure::Told::new(set.json);
    if cfg!(debug_assertions) {
        told.note("this is not a release build: these figures tell nothing");
    }
    let wanted = |name: &str| set.only.as_deref().is_none_or(|only| only == name);
    match set.suite {
        Suite::Start => start::run(&set, &told).await?,
        Suite::Http => {
            if wanted("guide-page") {
                http::guide_page(&set, &told).await?;
            }
            if wanted("form-flow") {
                form_flow::run(&set, &told).await?;
            }
            if wanted("lifecycle") {
                lifecycle::run(&set, &told).await?;
            }
        }
        Suite::Db => seam::run(&set, &told).await?,
        Suite::Desk => {
            if wanted("queue") {
                queue::run(&set, &told).await?;
            }
            if wanted("export") {
                export::run(&set, &told).await?;
            }
        }
        Suite::Search => search::run(&set, &told)?,
    }
    Ok(())
}

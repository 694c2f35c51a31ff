//! Commands: each reads a conversation in Polis' export format, or its saved state, and writes JSON, CSV or SVG.

mod bench;
mod compute;
mod export;
mod watch;

use clap::{Args, Parser, Subcommand, ValueEnum};
use opinions::polis::{self, Comment};
use opinions::raw::{self, AgreeIs};
use opinions::state::{self, State};
use opinions::{Cast, Error, History, Limits, Params, Ratings, Result, Statement};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Opinion groups from agree, disagree and pass.
#[derive(Parser)]
#[command(name = "opinions", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Groups, lists and priorities of a conversation
    Compute(compute::Compute),
    /// Follow a conversation: votes from standard input, a line of JSON for each new picture
    Watch(watch::Watch),
    /// Write a conversation as Polis' export, or as open data without identities
    Export(export::Export),
    /// Measure speed and memory on made conversations
    Bench(bench::Bench),
}

/// Runs the command line of this process.
pub fn run() -> Result<()> {
    match Cli::parse().command {
        Command::Compute(c) => c.run(),
        Command::Watch(c) => c.run(),
        Command::Export(c) => c.run(),
        Command::Bench(c) => c.run(),
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Sign {
    /// +1 is agree, as in exports
    Plus,
    /// −1 is agree, as inside Polis
    Minus,
}

/// Where a conversation comes from.
#[derive(Args)]
pub struct Source {
    /// Folder with votes.csv and, if there, comments.csv and summary.csv; or with votes.json and comments.json
    pub folder: Option<PathBuf>,
    /// Saved state, taken up if the file exists; compute and watch write it back
    #[arg(long)]
    pub state: Option<PathBuf>,
    /// Which number means agree in votes.json: the file does not tell
    #[arg(long)]
    agree_is: Option<Sign>,
    /// Leave statements out until a moderator has let them in
    #[arg(long)]
    pub strict: bool,
}

/// A conversation as it was read.
pub struct Conversation {
    pub ratings: Ratings,
    pub history: History,
    pub tick: u64,
    pub comments: Vec<Comment>,
    pub about: BTreeMap<String, String>,
    /// All votes as they were cast, where the source tells.
    pub casts: Vec<Cast>,
}

impl Source {
    pub fn params(&self) -> Params {
        Params { strict: self.strict, ..Params::default() }
    }

    /// Reads what there is. Votes of the folder are added to those of the state.
    pub fn load(&self) -> Result<Conversation> {
        let limits = Limits::default();
        let saved = match &self.state {
            Some(path) if path.exists() => Some(state::load(path, limits)?),
            _ => None,
        };
        let Some(folder) = &self.folder else {
            let Some(State { ratings, history, tick }) = saved else {
                return Err(Error::Argument(
                    "give a folder with votes, or a saved state with --state".into(),
                ));
            };
            let (comments, about, casts) = (Vec::new(), BTreeMap::new(), Vec::new());
            return Ok(Conversation { ratings, history, tick, comments, about, casts });
        };
        let comments =
            match (optional(&folder.join("comments.csv"))?, optional(&folder.join("comments.json"))?) {
                (Some(csv), _) => polis::read_comments(&csv, &limits)?,
                (None, Some(json)) => raw::read_comments(&json, &limits)?,
                (None, None) => Vec::new(),
            };
        let about = optional(&folder.join("summary.csv"))?
            .map(|b| polis::read_summary(&b))
            .transpose()?
            .unwrap_or_default();
        let casts = match optional(&folder.join("votes.csv"))? {
            Some(csv) => polis::read_votes(&csv)?,
            None => {
                let json = read(&folder.join("votes.json"))?;
                let sign = match self.agree_is {
                    Some(Sign::Plus) => AgreeIs::Plus,
                    Some(Sign::Minus) => AgreeIs::Minus,
                    None => {
                        let text =
                            "votes.json does not tell which number means agree: say --agree-is plus or minus";
                        return Err(Error::Argument(text.into()));
                    }
                };
                raw::read_votes(&json, sign)?
            }
        };
        let statements: Vec<Statement> = comments.iter().map(|c| c.statement).collect();
        let (ratings, history, tick) = match saved {
            None => (Ratings::from_votes(&statements, &casts, limits)?, History::default(), 0),
            Some(State { mut ratings, history, tick }) => {
                for s in &statements {
                    ratings.put_statement(*s)?;
                }
                let mut order: Vec<&Cast> = casts.iter().collect();
                order.sort_by_key(|c| c.at_ms);
                for c in order {
                    if ratings.statement_index(c.statement).is_none() {
                        ratings.put_statement(Statement::new(c.statement.0))?;
                    }
                    ratings.vote(c.person, c.statement, c.vote)?;
                }
                (ratings, history, tick)
            }
        };
        Ok(Conversation { ratings, history, tick, comments, about, casts })
    }
}

/// Reads a file that is not too large.
fn read(path: &Path) -> Result<Vec<u8>> {
    let at = |source| Error::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(at)?;
    if file.metadata().map_err(at)?.len() > polis::MAX_FILE {
        return Err(Error::TooLarge { what: "bytes in one file", limit: polis::MAX_FILE });
    }
    let mut out = Vec::new();
    // a pipe has no length beforehand
    file.take(polis::MAX_FILE + 1).read_to_end(&mut out).map_err(at)?;
    Ok(out)
}

fn optional(path: &Path) -> Result<Option<Vec<u8>>> {
    if path.exists() { read(path).map(Some) } else { Ok(None) }
}

/// Where output goes: a file, or standard output for `-`.
pub fn output(path: &Path) -> Result<Box<dyn Write>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufWriter::new(std::io::stdout().lock())));
    }
    let file = File::create(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
    Ok(Box::new(BufWriter::new(file)))
}

pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut out = output(path)?;
    out.write_all(bytes)?;
    Ok(out.flush()?)
}

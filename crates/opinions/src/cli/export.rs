//! `opinions export`.

use super::{Source, write};
use clap::Args;
use opinions::open::{Rules, files};
use opinions::polis::{self, Comment};
use opinions::{Cast, Error, Result, compute};
use std::path::PathBuf;

/// Write a conversation.
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    source: Source,
    /// Folder to write into; it is made if it is not there
    #[arg(short, long)]
    output: PathBuf,
    /// Without identities, small numbers left out, instead of Polis' export
    #[arg(long)]
    open: bool,
    /// Open data: smallest group that is shown
    #[arg(long, default_value_t = Rules::default().min_group, requires = "open")]
    min_group: u32,
    /// Open data: fewest people behind counts of a statement in a group
    #[arg(long, default_value_t = Rules::default().min_cell, requires = "open")]
    min_cell: u32,
    /// Open data: also rows of votes, numbered anew by this seed; keep the seed to yourself
    #[arg(long, value_name = "SEED", requires = "open")]
    rows: Option<u64>,
}

impl Export {
    pub fn run(&self) -> Result<()> {
        let c = self.source.load()?;
        let (picture, _) = compute(&c.ratings, &self.source.params(), &c.history);
        std::fs::create_dir_all(&self.output)
            .map_err(|source| Error::File { path: self.output.clone(), source })?;
        if self.open {
            let rules = Rules {
                min_group: self.min_group,
                min_cell: self.min_cell,
                rows: self.rows.is_some(),
                seed: self.rows.unwrap_or(0),
            };
            for (name, bytes) in files(&c.ratings, &picture, &c.comments, &rules)? {
                write(&self.output.join(name), &bytes)?;
            }
            return Ok(());
        }
        // a saved state holds no words and no times, only the votes that count
        let mut comments = c.comments;
        for s in c.ratings.statements() {
            if !comments.iter().any(|x| x.statement.id == s.id) {
                comments.push(Comment { statement: *s, author: None, at_ms: 0, text: String::new() });
            }
        }
        comments.sort_by_key(|x| x.statement.id);
        let casts = if c.casts.is_empty() || self.source.state.is_some() {
            let people = c.ratings.people().iter().enumerate();
            people
                .flat_map(|(i, &person)| {
                    c.ratings.votes_of(i).map(move |(statement, vote)| Cast {
                        person,
                        statement,
                        vote,
                        at_ms: 0,
                    })
                })
                .collect()
        } else {
            c.casts
        };
        let mut file = Vec::new();
        polis::write_votes(&mut file, &casts)?;
        write(&self.output.join("votes.csv"), &file)?;
        file.clear();
        polis::write_comments(&mut file, &comments, &c.ratings)?;
        write(&self.output.join("comments.csv"), &file)?;
        file.clear();
        polis::write_participants(&mut file, &c.ratings, &picture, &comments)?;
        write(&self.output.join("participants-votes.csv"), &file)?;
        file.clear();
        polis::write_summary(&mut file, &c.about, &c.ratings, &picture, &comments)?;
        write(&self.output.join("summary.csv"), &file)
    }
}

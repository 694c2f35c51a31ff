//! `opinions compute`.

use super::{Conversation, Source, write};
use clap::Args;
use opinions::kmeans::Kept;
use opinions::lists::Side;
use opinions::result::Stamp;
use opinions::{
    Error, PersonId, Picture, Result, StatementId, compute, compute_with_base, explain, result, state, svg,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Groups, lists and priorities of a conversation.
#[derive(Args)]
pub struct Compute {
    #[command(flatten)]
    source: Source,
    /// The whole result as JSON, with Polis' names (`-` for standard output)
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Picture of the groups
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Table that says the same, as an HTML fragment
    #[arg(long)]
    table: Option<PathBuf>,
    /// Every dot of the picture as CSV
    #[arg(long)]
    dots: Option<PathBuf>,
    /// Explain a statement: counts, tests and why it is listed, as JSON (may be repeated)
    #[arg(long, value_name = "STATEMENT")]
    explain: Vec<u64>,
    /// Take the base clusters of another result, to check groups and lists against it
    #[arg(long, value_name = "RESULT.json")]
    base_of: Option<PathBuf>,
}

impl Compute {
    pub fn run(&self) -> Result<()> {
        let c = self.source.load()?;
        let params = self.source.params();
        let (picture, history) = match &self.base_of {
            None => compute(&c.ratings, &params, &c.history),
            Some(path) => compute_with_base(&c.ratings, &params, &c.history, &base_of(path)?),
        };
        let tick = c.tick + 1;
        if let Some(path) = &self.output {
            let last_vote_ms = c.casts.iter().map(|v| v.at_ms).max();
            let json = result::json(&picture, &c.ratings, Stamp { last_vote_ms, tick });
            write(path, format!("{json}\n").as_bytes())?;
        }
        let words = svg::Words::default();
        if let Some(path) = &self.svg {
            write(path, svg::svg(&picture, &words).as_bytes())?;
        }
        if let Some(path) = &self.table {
            write(path, svg::table(&picture, &words).as_bytes())?;
        }
        if let Some(path) = &self.dots {
            write(path, svg::dots_csv(&picture).as_bytes())?;
        }
        if let Some(path) = &self.source.state {
            state::save(path, &c.ratings, &history, tick)?;
        }
        let stdout = Path::new("-");
        for &id in &self.explain {
            let e = explain::explain(&picture, StatementId(id))
                .ok_or_else(|| Error::Argument(format!("there is no statement {id}")))?;
            let json = serde_json::to_string_pretty(&e).map_err(|e| Error::Argument(e.to_string()))?;
            write(stdout, format!("{json}\n").as_bytes())?;
        }
        let quiet =
            [&self.output, &self.svg, &self.table, &self.dots].iter().any(|p| p.as_deref() == Some(stdout));
        if self.explain.is_empty() && !quiet {
            write(stdout, told(&picture, &c).as_bytes())?;
        }
        Ok(())
    }
}

/// The base clusters of a result in Polis' form.
fn base_of(path: &Path) -> Result<Vec<Kept<PersonId>>> {
    let bytes = super::read(path)?;
    let bad = |what: &str| Error::Argument(format!("{}: {what}", path.display()));
    let json: Value = serde_json::from_slice(&bytes).map_err(|e| bad(&e.to_string()))?;
    let base = &json["base-clusters"];
    let (Some(ids), Some(members)) = (base["id"].as_array(), base["members"].as_array()) else {
        return Err(bad("no base-clusters with id and members"));
    };
    ids.iter()
        .zip(members)
        .map(|(id, members)| {
            let id = id.as_u64().and_then(|n| u32::try_from(n).ok());
            let members: Option<Vec<PersonId>> =
                members.as_array().and_then(|m| m.iter().map(|p| p.as_u64().map(PersonId)).collect());
            match (id, members) {
                (Some(id), Some(members)) => Ok(Kept { id, members }),
                _ => Err(bad("a base cluster that is not numbers")),
            }
        })
        .collect()
}

/// The result for people.
fn told(p: &Picture, c: &Conversation) -> String {
    let text: BTreeMap<StatementId, &str> =
        c.comments.iter().map(|c| (c.statement.id, c.text.as_str())).collect();
    let words = |id: StatementId| text.get(&id).map(|t| format!("  {t}")).unwrap_or_default();
    let mut out = format!(
        "{} people, {} statements, {} votes; {} people are in; {} groups; the picture shows {:.0} % of the differences\n",
        p.people,
        p.statements.len(),
        c.ratings.votes(),
        p.placed.len(),
        p.split.groups.len(),
        p.shown() * 100.0
    );
    for cand in &p.split.candidates {
        let _ = writeln!(out, "  {} groups: silhouette {:.3}", cand.k, cand.silhouette);
    }
    for (r, g) in svg::rows(p).iter().zip(&p.split.groups) {
        let _ = writeln!(
            out,
            "\nGroup {} (number {}): {} people, {:.0} %",
            r.letter,
            r.id,
            r.people,
            r.share * 100.0
        );
        for r in &g.representative {
            let side = if r.repful_for == Side::Agree { "agree" } else { "disagree" };
            let _ = writeln!(
                out,
                "  {:>5}  {} of {} {side}, {:.1} times the others (z {:.1}, {:.1}){}",
                r.tid.0,
                r.n_success,
                r.n_trials,
                r.repness,
                r.p_test,
                r.repness_test,
                words(r.tid)
            );
        }
    }
    for (side, list) in [("agree", &p.consensus.agree), ("disagree", &p.consensus.disagree)] {
        let _ = writeln!(out, "\nMost {side}:{}", if list.is_empty() { " nothing" } else { "" });
        for s in list {
            let (id, n, of) = (s.tid.0, s.n_success, s.n_trials);
            let _ = writeln!(out, "  {id:>5}  {n} of {of} (z {:.1}){}", s.p_test, words(s.tid));
        }
    }
    out
}

//! A picture as JSON, with the field's names: those of Polis' own result, which other tools read.
//!
//! `pca` (`center`, `comps`, `comment-projection`, `comment-extremity`), `base-clusters` (`id`, `members`, `x`, `y`,
//! `count`), `group-clusters`, `group-votes`, `repness`, `consensus`, `group-aware-consensus`, `comment-priorities`,
//! `votes-base`, `user-vote-counts`, `in-conv`, `tids`, `mod-in`, `mod-out`, `meta-tids`, `n`, `n-cmts`. Beside them
//! stands `computation`: how it came about, with what was random, and `subgroup-clusters`.
//!
//! It holds people's numbers. For publication use [`crate::open`].

use crate::compute::{Picture, Split};
use crate::ratings::Ratings;
use crate::vote::{Moderation, Tally};
use serde_json::{Map, Value, json};

/// What the computation does not know and a result tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stamp {
    /// Time of the last vote, in milliseconds since 1970.
    pub last_vote_ms: Option<i64>,
    /// Number of the picture, from 1, in a conversation with history.
    pub tick: u64,
}

fn map<T: Into<Value>>(picture: &Picture, values: impl IntoIterator<Item = T>) -> Value {
    let keys = picture.statements.iter().map(|s| s.id.to_string());
    Value::Object(keys.zip(values.into_iter().map(Into::into)).collect())
}

fn tally(t: &Tally) -> Value {
    json!({"A": t.agree, "D": t.disagree, "S": t.seen})
}

fn clusters(picture: &Picture, split: &Split) -> Vec<Value> {
    split
        .groups
        .iter()
        .map(|g| {
            let members: Vec<u32> = g.base.iter().map(|&b| picture.base[b as usize].id).collect();
            json!({"id": g.id, "members": members, "center": g.center})
        })
        .collect()
}

fn by_group(split: &Split, f: impl Fn(&crate::compute::Group) -> Value) -> Value {
    Value::Object(split.groups.iter().map(|g| (g.id.to_string(), f(g))).collect())
}

fn chosen(split: &Split) -> Value {
    json!({
        "candidates": split.candidates,
        "smoothing": {
            "last-k": split.smoothing.last_k,
            "last-k-count": split.smoothing.count,
            "smoothed-k": split.smoothing.smoothed_k,
        },
    })
}

/// The whole result. `ratings` are the votes that the picture was computed from.
#[must_use]
pub fn json(picture: &Picture, ratings: &Ratings, stamp: Stamp) -> Value {
    let statements = &picture.statements;
    let axis = |k: usize, points: &[[f64; 2]]| points.iter().map(|p| p[k]).collect::<Vec<f64>>();
    let centers: Vec<[f64; 2]> = picture.base.iter().map(|b| b.center).collect();
    let which = |f: &dyn Fn(usize) -> bool| {
        (0..statements.len()).filter(|&s| f(s)).map(|s| statements[s].id).collect::<Vec<_>>()
    };
    let votes = |split: &Split| {
        by_group(
            split,
            |g| json!({"id": g.id, "n-members": g.people, "votes": map(picture, g.votes.iter().map(tally))}),
        )
    };
    let lists = |split: &Split| by_group(split, |g| json!(g.representative));
    let subgroups: Map<String, Value> = picture
        .split
        .groups
        .iter()
        .zip(&picture.subgroups)
        .map(|(g, s)| {
            let inner = json!({
                "group-clusters": clusters(picture, s),
                "group-votes": votes(s),
                "repness": lists(s),
                "choice": chosen(s),
            });
            (g.id.to_string(), inner)
        })
        .collect();
    let user_votes: Map<String, Value> = ratings
        .people()
        .iter()
        .zip(ratings.rows())
        .map(|(p, row)| (p.to_string(), row.len().into()))
        .collect();
    json!({
        "n": picture.people,
        "n-cmts": statements.len(),
        "tids": statements.iter().map(|s| s.id).collect::<Vec<_>>(),
        "mod-in": which(&|s| statements[s].moderation == Moderation::Accepted),
        "mod-out": which(&|s| picture.out[s]),
        "meta-tids": which(&|s| statements[s].meta),
        "in-conv": picture.placed.iter().map(|p| p.person).collect::<Vec<_>>(),
        "user-vote-counts": user_votes,
        "pca": {
            "center": picture.pca.center,
            "comps": picture.pca.comps,
            "comment-projection": [axis(0, &picture.statement_projection), axis(1, &picture.statement_projection)],
            "comment-extremity": picture.extremity,
        },
        "base-clusters": {
            "id": picture.base.iter().map(|b| b.id).collect::<Vec<_>>(),
            "members": picture.base.iter().map(|b| &b.members).collect::<Vec<_>>(),
            "x": axis(0, &centers),
            "y": axis(1, &centers),
            "count": picture.base.iter().map(|b| b.members.len()).collect::<Vec<_>>(),
        },
        "group-clusters": clusters(picture, &picture.split),
        "group-votes": votes(&picture.split),
        "repness": lists(&picture.split),
        "consensus": picture.consensus,
        "group-aware-consensus": map(picture, picture.group_aware_consensus.iter().copied()),
        "comment-priorities": map(picture, picture.priorities.iter().copied()),
        "votes-base": votes_base(picture, ratings),
        "subgroup-clusters": subgroups,
        "lastVoteTimestamp": stamp.last_vote_ms,
        "math_tick": stamp.tick,
        "computation": {
            "version": env!("CARGO_PKG_VERSION"),
            "pca": {
                "method": "Lanczos, fully reorthogonalised",
                "start-seed": crate::pca::START_SEED,
                "steps": picture.pca.steps,
                "eigenvalues": picture.pca.eigenvalues,
                "total": picture.pca.total,
                "residuals": picture.pca.residuals,
                "shown": picture.shown(),
            },
            "groups": chosen(&picture.split),
        },
    })
}

/// For each statement what each base cluster said.
fn votes_base(picture: &Picture, ratings: &Ratings) -> Value {
    let (n, m) = (picture.statements.len(), picture.base.len());
    let mut counts = vec![Tally::default(); n * m];
    for p in &picture.placed {
        if let Some(i) = ratings.person_index(p.person) {
            for c in ratings.row(i) {
                counts[usize::from(c.statement) * m + p.base as usize].add(c.sign);
            }
        }
    }
    map(
        picture,
        counts.chunks(m.max(1)).map(|row| {
            let of = |f: fn(&Tally) -> u32| row.iter().map(f).collect::<Vec<u32>>();
            json!({"A": of(|t| t.agree), "D": of(|t| t.disagree), "S": of(|t| t.seen)})
        }),
    )
}

//! The whole computation, as one function of votes, parameters and history.

use crate::groups::{Candidate, Params, group, in_conversation};
use crate::history::{History, KeptComponents, KeptGroups, Smoothing};
use crate::kmeans::{Cluster, KMeans, Kept};
use crate::lists::{Consensus, Representative, consensus, group_aware_consensus, priority, representative};
use crate::pca::{Pca, Projector, length, pca};
use crate::ratings::Ratings;
use crate::stats::Measure;
use crate::vote::{PersonId, Statement, StatementId, Tally};

/// A person who is in, and where she stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Who.
    pub person: PersonId,
    /// Where, on the two components.
    pub at: [f64; 2],
    /// Index of her base cluster.
    pub base: u32,
    /// Index of her group; `None` only where there are no groups.
    pub group: Option<u32>,
}

/// People who stand so close together that they are taken as one.
#[derive(Debug, Clone, PartialEq)]
pub struct BaseCluster {
    /// Its number, kept from picture to picture.
    pub id: u32,
    /// Who is in it, by number.
    pub members: Vec<PersonId>,
    /// Mean of their places.
    pub center: [f64; 2],
}

/// An opinion group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its number, kept from picture to picture.
    pub id: u32,
    /// Indices of its base clusters.
    pub base: Vec<u32>,
    /// Weighted mean of their centres.
    pub center: [f64; 2],
    /// How many people it has.
    pub people: u32,
    /// What its people said, by statement; raw votes, on statements that are out too.
    pub votes: Vec<Tally>,
    /// What represents it.
    pub representative: Vec<Representative>,
}

/// Groups, and how their number was chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Split {
    /// The groups, by number.
    pub groups: Vec<Group>,
    /// Every k that was tried, with its silhouette.
    pub candidates: Vec<Candidate>,
    /// How k was chosen.
    pub smoothing: Smoothing,
}

impl Split {
    /// Measures a statement (by index) in a group (by index) against the other groups of this split.
    #[must_use]
    pub fn measure(&self, group: usize, statement: usize) -> Measure {
        let own = self.groups[group].votes[statement];
        let rest = self
            .groups
            .iter()
            .enumerate()
            .filter(|&(g, _)| g != group)
            .map(|(_, g)| g.votes[statement])
            .sum();
        Measure::of(own, rest)
    }

    /// Counts of a statement (by index) over all groups.
    #[must_use]
    pub fn tally(&self, statement: usize) -> Tally {
        self.groups.iter().map(|g| g.votes[statement]).sum()
    }
}

/// Everything computed from a conversation at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picture {
    /// The statements, by number.
    pub statements: Vec<Statement>,
    /// Which of them are out: their columns were zero.
    pub out: Vec<bool>,
    /// Counts over everybody.
    pub tallies: Vec<Tally>,
    /// How many people ever voted.
    pub people: usize,
    /// Centre and components.
    pub pca: Pca,
    /// Where the statements stand.
    pub statement_projection: Vec<[f64; 2]>,
    /// How far out the statements stand.
    pub extremity: Vec<f64>,
    /// Who is in, by number, and where.
    pub placed: Vec<Placed>,
    /// Base clusters, in order of their numbers on a cold start.
    pub base: Vec<BaseCluster>,
    /// Groups.
    pub split: Split,
    /// Subgroups, one split for each group.
    pub subgroups: Vec<Split>,
    /// What everybody shares.
    pub consensus: Consensus,
    /// Group-aware consensus, by statement.
    pub group_aware_consensus: Vec<f64>,
    /// Priorities of the next statement, by statement.
    pub priorities: Vec<f64>,
}

impl Picture {
    /// The group (by index) a person is in.
    #[must_use]
    pub fn group_of(&self, person: PersonId) -> Option<usize> {
        let i = self.placed.binary_search_by_key(&person, |p| p.person).ok()?;
        self.placed[i].group.map(|g| g as usize)
    }

    /// Index of a statement.
    #[must_use]
    pub fn statement_index(&self, id: StatementId) -> Option<usize> {
        self.statements.binary_search_by_key(&id, |s| s.id).ok()
    }

    /// Share of all squared deviations that the two components show, 0 to 1.
    #[must_use]
    pub fn shown(&self) -> f64 {
        let [a, b] = self.pca.eigenvalues;
        if self.pca.total > 0.0 { ((a + b) / self.pca.total).min(1.0) } else { 0.0 }
    }
}

/// Computes a picture, and what to remember for the next.
#[must_use]
pub fn compute(ratings: &Ratings, params: &Params, history: &History) -> (Picture, History) {
    let inside = in_conversation(ratings, params, &history.in_conversation);
    finish(ratings, params, history, &inside, None)
}

/// The same with base clusters given instead of computed: their members are who is in. For checking against results
/// of others, whose base clusters depend on a history that is not known.
#[must_use]
pub fn compute_with_base(
    ratings: &Ratings,
    params: &Params,
    history: &History,
    base: &[Kept<PersonId>],
) -> (Picture, History) {
    let mut inside: Vec<u32> = base
        .iter()
        .flat_map(|b| &b.members)
        .filter_map(|&m| ratings.person_index(m))
        .map(|i| i as u32)
        .collect();
    inside.sort_unstable();
    inside.dedup();
    finish(ratings, params, history, &inside, Some(base))
}

fn finish(
    ratings: &Ratings,
    params: &Params,
    history: &History,
    inside: &[u32],
    given: Option<&[Kept<PersonId>]>,
) -> (Picture, History) {
    let statements = ratings.statements().to_vec();
    let out: Vec<bool> = statements.iter().map(|s| s.is_out(params.strict)).collect();
    let pca = pca(ratings, &out, history.components.as_ref());
    let place = Projector::new(&pca, &out);
    let places: Vec<[f64; 2]> = inside.iter().map(|&i| place.place(ratings.row(i as usize))).collect();
    let people: Vec<PersonId> = inside.iter().map(|&i| ratings.people()[i as usize]).collect();

    // base clusters: members are indices into `places`
    let ones = vec![1.0; places.len()];
    let find = |id: PersonId| people.binary_search(&id).ok();
    let clusters = match given {
        Some(base) => {
            // somebody given twice counts in the first
            let mut taken = vec![false; places.len()];
            let mut find = |id| find(id).filter(|&i| !std::mem::replace(&mut taken[i], true));
            base.iter().filter_map(|b| given_cluster(b, &places, &mut find)).collect()
        }
        None => {
            let means = KMeans {
                points: &places,
                weights: &ones,
                rounds: params.base_rounds,
                threshold: params.threshold,
            };
            if history.base.is_empty() {
                means.fresh(params.base_k)
            } else {
                means.continued(&history.base, find, params.base_k, history.next_base)
            }
        }
    };
    let base: Vec<BaseCluster> = clusters
        .iter()
        .map(|c| BaseCluster {
            id: c.id,
            members: c.members.iter().map(|&m| people[m as usize]).collect(),
            center: c.center,
        })
        .collect();
    let mut base_of = vec![0u32; places.len()];
    for (b, c) in (0u32..).zip(&clusters) {
        c.members.iter().for_each(|&m| base_of[m as usize] = b);
    }

    // groups, and subgroups inside each
    let all: Vec<u32> = (0..base.len() as u32).collect();
    let (split, kept_groups) = split(&base, &all, params, &history.groups);
    let (mut split, mut subgroups, mut kept_subgroups) =
        (split, Vec::new(), std::collections::BTreeMap::new());
    let none = KeptGroups::default();
    for g in &split.groups {
        let kept = history.subgroups.get(&g.id).unwrap_or(&none);
        let (inner, remembered) = self::split(&base, &g.base, params, kept);
        subgroups.push(inner);
        kept_subgroups.insert(g.id, remembered);
    }
    // what each group and each subgroup said: one pass over the votes of those who are in
    let group_of = owners(&split, base.len());
    let subgroup_of: Vec<Vec<Option<u32>>> = subgroups.iter().map(|s| owners(s, base.len())).collect();
    let blank = vec![Tally::default(); statements.len()];
    for s in std::iter::once(&mut split).chain(&mut subgroups) {
        s.groups.iter_mut().for_each(|g| g.votes.clone_from(&blank));
    }
    for (&person, &b) in inside.iter().zip(&base_of) {
        let Some(g) = group_of[b as usize] else { continue };
        let sub = subgroup_of[g as usize][b as usize];
        let votes = &mut split.groups[g as usize].votes;
        for c in ratings.row(person as usize) {
            votes[usize::from(c.statement)].add(c.sign);
        }
        if let Some(sub) = sub {
            let votes = &mut subgroups[g as usize].groups[sub as usize].votes;
            for c in ratings.row(person as usize) {
                votes[usize::from(c.statement)].add(c.sign);
            }
        }
    }
    for s in std::iter::once(&mut split).chain(&mut subgroups) {
        represent(s, &statements, &out);
    }

    let statement_projection = pca.statement_projection();
    let extremity: Vec<f64> = statement_projection.iter().map(|&p| length(p)).collect();
    let tallies = ratings.tallies().to_vec();
    let open: Vec<(StatementId, Tally)> = statements
        .iter()
        .zip(&tallies)
        .zip(&out)
        .filter(|&(_, &out)| !out)
        .map(|((s, t), _)| (s.id, *t))
        .collect();
    let by_statement = |f: &dyn Fn(usize) -> f64| (0..statements.len()).map(f).collect();
    let picture = Picture {
        group_aware_consensus: by_statement(&|s| {
            group_aware_consensus(split.groups.iter().map(|g| g.votes[s]))
        }),
        priorities: by_statement(&|s| priority(split.tally(s), extremity[s], statements[s].meta)),
        consensus: consensus(&open),
        placed: people
            .iter()
            .zip(&places)
            .zip(&base_of)
            .map(|((&person, &at), &base)| Placed { person, at, base, group: group_of[base as usize] })
            .collect(),
        people: ratings.people().len(),
        statement_projection,
        extremity,
        tallies,
        out,
        base,
        split,
        subgroups,
        statements,
        pca,
    };
    let next = remember(&picture, history, people, kept_groups, kept_subgroups);
    (picture, next)
}

/// Groups some of the base clusters.
fn split(base: &[BaseCluster], some: &[u32], params: &Params, kept: &KeptGroups) -> (Split, KeptGroups) {
    let chosen: Vec<&BaseCluster> = some.iter().map(|&b| &base[b as usize]).collect();
    let points: Vec<[f64; 2]> = chosen.iter().map(|b| b.center).collect();
    let ids: Vec<u32> = chosen.iter().map(|b| b.id).collect();
    let weights: Vec<f64> = chosen.iter().map(|b| b.members.len() as f64).collect();
    let (grouping, next) = group(&points, &ids, &weights, params, kept);
    let mut groups: Vec<Group> = grouping
        .clusters
        .iter()
        .map(|c| Group {
            id: c.id,
            base: c.members.iter().map(|&m| some[m as usize]).collect(),
            center: c.center,
            people: c.members.iter().map(|&m| chosen[m as usize].members.len() as u32).sum(),
            votes: Vec::new(),
            representative: Vec::new(),
        })
        .collect();
    groups.sort_by_key(|g| g.id);
    (Split { groups, candidates: grouping.candidates, smoothing: grouping.smoothing }, next)
}

/// For each base cluster the index of its group.
fn owners(split: &Split, base: usize) -> Vec<Option<u32>> {
    let mut out = vec![None; base];
    for (i, g) in (0u32..).zip(&split.groups) {
        g.base.iter().for_each(|&b| out[b as usize] = Some(i));
    }
    out
}

/// Makes the lists of all groups of a split.
fn represent(split: &mut Split, statements: &[Statement], out: &[bool]) {
    let lists: Vec<Vec<Representative>> = (0..split.groups.len())
        .map(|g| {
            let measures: Vec<(StatementId, Measure)> = (0..statements.len())
                .filter(|&s| !out[s])
                .map(|s| (statements[s].id, split.measure(g, s)))
                .collect();
            representative(&measures)
        })
        .collect();
    for (g, list) in split.groups.iter_mut().zip(lists) {
        g.representative = list;
    }
}

/// A base cluster as it was given, without the people who are not there.
fn given_cluster(
    kept: &Kept<PersonId>,
    places: &[[f64; 2]],
    find: impl FnMut(PersonId) -> Option<usize>,
) -> Option<Cluster> {
    let mut members: Vec<u32> = kept.members.iter().copied().filter_map(find).map(|i| i as u32).collect();
    members.sort_unstable();
    members.dedup();
    let n = members.len() as f64;
    let sum = members.iter().fold([0.0; 2], |[x, y], &m| {
        let [px, py] = places[m as usize];
        [x + px, y + py]
    });
    (n > 0.0).then(|| Cluster { id: kept.id, members, center: sum.map(|s| s / n) })
}

fn remember(
    picture: &Picture,
    history: &History,
    in_conversation: Vec<PersonId>,
    groups: KeptGroups,
    subgroups: std::collections::BTreeMap<u32, KeptGroups>,
) -> History {
    let highest = picture.base.iter().map(|b| b.id.saturating_add(1)).max().unwrap_or(0);
    // somebody who was in and is not among the voters any more (there is no such act) stays remembered
    let mut inside = history.in_conversation.clone();
    inside.extend(in_conversation);
    inside.sort_unstable();
    inside.dedup();
    History {
        in_conversation: inside,
        components: Some(KeptComponents {
            statements: picture.statements.iter().map(|s| s.id).collect(),
            comps: picture.pca.comps.clone(),
        }),
        base: picture.base.iter().map(|b| Kept { id: b.id, members: b.members.clone() }).collect(),
        next_base: history.next_base.max(highest),
        groups,
        subgroups,
    }
}

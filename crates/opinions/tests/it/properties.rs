//! What must not change anything, and what must always hold.

use opinions::synth::{self, Plan};
use opinions::{
    Cast, History, Limits, Live, Moderation, Params, PersonId, Picture, Ratings, Statement, StatementId,
    Vote, compute, polis, state,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A random conversation: votes at distinct times, some of them changed later; some statements out.
#[derive(Debug, Clone)]
struct Talk {
    statements: Vec<Statement>,
    votes: Vec<Cast>,
}

fn talk() -> impl Strategy<Value = Talk> {
    let vote = prop_oneof![4 => Just(Vote::Agree), 1 => Just(Vote::Pass), 3 => Just(Vote::Disagree)];
    (2u64..14, 1u64..40).prop_flat_map(move |(statements, people)| {
        let moderation = prop_oneof![
            6 => Just((Moderation::Accepted, false)),
            2 => Just((Moderation::Pending, false)),
            1 => Just((Moderation::Rejected, false)),
            1 => Just((Moderation::Accepted, true)),
        ];
        (
            prop::collection::vec(moderation, statements as usize),
            prop::collection::vec((0..people, 0..statements, vote.clone()), 0..300),
        )
            .prop_map(|(moderation, votes)| Talk {
                statements: (0..)
                    .zip(moderation)
                    .map(|(i, (moderation, meta))| Statement { id: StatementId(i), moderation, meta })
                    .collect(),
                votes: (0..)
                    .zip(votes)
                    .map(|(at_ms, (p, s, vote))| Cast {
                        person: PersonId(p),
                        statement: StatementId(s),
                        vote,
                        at_ms,
                    })
                    .collect(),
            })
    })
}

fn ratings(t: &Talk) -> Ratings {
    Ratings::from_votes(&t.statements, &t.votes, Limits::default()).unwrap()
}

fn same(a: [f64; 2], b: [f64; 2]) -> bool {
    a.iter().zip(b).all(|(x, y)| x.total_cmp(&y).is_eq())
}

fn cold(r: &Ratings) -> Picture {
    compute(r, &Params::default(), &History::default()).0
}

/// People and statements renamed: numbers mapped by functions.
fn renamed(t: &Talk, person: impl Fn(u64) -> u64, statement: impl Fn(u64) -> u64) -> Talk {
    let mut out = t.clone();
    out.statements.iter_mut().for_each(|s| s.id.0 = statement(s.id.0));
    for v in &mut out.votes {
        v.person.0 = person(v.person.0);
        v.statement.0 = statement(v.statement.0);
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_votes_changes_nothing(t in talk(), seed in any::<u64>()) {
        let mut other = t.clone();
        opinions::chance::Chance::new(seed).shuffle(&mut other.votes);
        opinions::chance::Chance::new(seed ^ 1).shuffle(&mut other.statements);
        let (a, b) = (ratings(&t), ratings(&other));
        prop_assert!(a == b);
        prop_assert!(cold(&a) == cold(&b));
    }

    #[test]
    fn voting_again_changes_nothing(t in talk(), which in prop::collection::vec(any::<prop::sample::Index>(), 0..20)) {
        let r = ratings(&t);
        prop_assume!(r.votes() > 0);
        let before = cold(&r);
        let mut live = Live::new(r.clone(), Params::default(), History::default(), 0);
        for i in which {
            let person = i.index(r.people().len());
            let (statement, vote) = r.votes_of(person).next().unwrap();
            // the same, and once another and back again
            live.vote(r.people()[person], statement, vote, 0).unwrap();
            let other = if vote == Vote::Pass { Vote::Agree } else { Vote::Pass };
            live.vote(r.people()[person], statement, other, 0).unwrap();
            live.vote(r.people()[person], statement, vote, 0).unwrap();
        }
        let mut kept = r;
        kept.keep_pairs();
        prop_assert!(*live.ratings() == kept && cold(live.ratings()) == cold(&kept));
        // and the picture from kept pairs is the one from the votes
        let after = cold(live.ratings());
        prop_assert!(after.tallies == before.tallies && after.consensus == before.consensus);
        for (a, b) in after.pca.eigenvalues.iter().zip(before.pca.eigenvalues) {
            prop_assert!((a - b).abs() <= 1e-9 * after.pca.total.max(1.0));
        }
    }

    #[test]
    fn new_numbers_in_the_same_order_change_numbers_only(t in talk()) {
        let (p, s) = (|n| n * 7 + 1_000, |n| n * n + 3);
        let (a, b) = (cold(&ratings(&t)), cold(&ratings(&renamed(&t, p, s))));
        prop_assert!(a.pca == b.pca && a.priorities == b.priorities);
        prop_assert!(a.group_aware_consensus == b.group_aware_consensus);
        prop_assert_eq!(a.placed.len(), b.placed.len());
        for (x, y) in a.placed.iter().zip(&b.placed) {
            prop_assert!(p(x.person.0) == y.person.0 && same(x.at, y.at) && x.group == y.group && x.base == y.base);
        }
        for (g, h) in a.split.groups.iter().zip(&b.split.groups) {
            let list = |g: &compute::Group| g.representative.iter().map(|r| r.tid.0).collect::<Vec<_>>();
            prop_assert_eq!(list(g).into_iter().map(s).collect::<Vec<_>>(), list(h));
        }
    }

    #[test]
    fn new_numbers_in_another_order_leave_the_plane_as_it_is(t in talk()) {
        // only the order in which starts are taken may change: centre, spread, counts and consensus may not
        let turn = |n: u64| 1_000 - n;
        let (a, b) = (cold(&ratings(&t)), cold(&ratings(&renamed(&t, turn, turn))));
        prop_assert_eq!(a.placed.is_empty(), b.placed.is_empty());
        let scale = a.pca.total.max(1.0);
        for (x, y) in a.pca.eigenvalues.iter().zip(b.pca.eigenvalues) {
            prop_assert!((x - y).abs() <= 1e-9 * scale, "{x} {y}");
        }
        for (i, s) in a.statements.iter().enumerate() {
            let j = b.statement_index(StatementId(turn(s.id.0))).unwrap();
            prop_assert!(a.tallies[i] == b.tallies[j] && a.out[i] == b.out[j]);
            prop_assert!((a.pca.center[i] - b.pca.center[j]).abs() <= 0.0);
            // a component is well defined where its eigenvalue stands apart
            let [first, second] = a.pca.eigenvalues;
            if first - second > 1e-3 * first {
                let (x, y) = (a.pca.comps[0][i].abs(), b.pca.comps[0][j].abs());
                prop_assert!((x - y).abs() < 1e-9, "{x} {y}");
            }
        }
        let values = |p: &Picture| {
            let mut v: Vec<(u32, u32)> = p.consensus.agree.iter().map(|s| (s.n_success, s.n_trials)).collect();
            v.sort_unstable();
            v
        };
        prop_assert_eq!(values(&a), values(&b));
    }

    #[test]
    fn what_always_holds(t in talk()) {
        let r = ratings(&t);
        let p = cold(&r);
        let grouped: u32 = p.split.groups.iter().map(|g| g.people).sum();
        if !p.split.groups.is_empty() {
            prop_assert_eq!(grouped as usize, p.placed.len());
        }
        for b in &p.base {
            prop_assert!(!b.members.is_empty() && b.members.is_sorted());
        }
        for comp in &p.pca.comps {
            let length: f64 = comp.iter().map(|x| x * x).sum();
            prop_assert!(length < 1e-300 || (length - 1.0).abs() < 1e-12);
        }
        let along: f64 = p.pca.comps[0].iter().zip(&p.pca.comps[1]).map(|(x, y)| x * y).sum();
        prop_assert!(along.abs() < 1e-10);
        prop_assert!(p.pca.residuals.iter().all(|r| *r <= 1e-12), "{:?}", p.pca.residuals);
        prop_assert!(p.pca.eigenvalues[0] >= p.pca.eigenvalues[1] - 1e-9 && p.shown() <= 1.0);
        for c in &p.split.candidates {
            prop_assert!(c.silhouette.abs() <= 1.0);
        }
        for (i, s) in p.statements.iter().enumerate() {
            prop_assert!(p.group_aware_consensus[i] > 0.0 && p.group_aware_consensus[i] <= 1.0);
            prop_assert!(p.priorities[i] > 0.0 && (!s.meta || (p.priorities[i] - 49.0).abs() < 1e-12));
            prop_assert!(!p.out[i] || p.extremity[i] < 1e-300);
        }
        for g in &p.split.groups {
            prop_assert!(g.representative.len() <= 5);
            prop_assert!(g.representative.is_sorted_by_key(|r| r.repful_for));
            for r in &g.representative {
                prop_assert!(!p.out[p.statement_index(r.tid).unwrap()]);
            }
        }
        for (split, g) in p.subgroups.iter().zip(&p.split.groups) {
            let inner: u32 = split.groups.iter().map(|s| s.people).sum();
            prop_assert!(split.groups.is_empty() || inner == g.people);
        }
    }

    #[test]
    fn everybody_who_was_in_stays_in_and_numbers_stay(t in talk(), more in talk()) {
        let mut live = Live::new(ratings(&t), Params::default(), History::default(), 0);
        for s in &more.statements {
            live.put_statement(*s, 0).unwrap();
        }
        for v in &more.votes {
            let before: Vec<PersonId> = live.picture().placed.iter().map(|p| p.person).collect();
            live.vote(v.person, v.statement, v.vote, 0).unwrap();
            if v.at_ms % 9 == 0 {
                let ids: BTreeMap<u32, u32> = live.picture().base.iter().map(|b| (b.id, 0)).collect();
                let next = live.history().next_base;
                live.catch_up();
                let p = live.picture();
                prop_assert!(before.iter().all(|id| p.placed.iter().any(|x| x.person == *id)));
                prop_assert!(p.base.iter().all(|b| ids.contains_key(&b.id) || b.id >= next));
            }
        }
    }

    #[test]
    fn saved_and_exported_conversations_come_back(t in talk()) {
        let r = ratings(&t);
        let (picture, history) = compute(&r, &Params::default(), &History::default());
        let bytes = state::to_bytes(&r, &history, 3).unwrap();
        let back = state::from_bytes(&bytes, Limits::default()).unwrap();
        prop_assert!(back.ratings == r && back.history == history && back.tick == 3);
        let (again, _) = compute(&back.ratings, &Params::default(), &back.history);
        let (kept, _) = compute(&r, &Params::default(), &history);
        prop_assert!(again == kept);

        let comments: Vec<polis::Comment> = t
            .statements
            .iter()
            .map(|s| polis::Comment { statement: *s, author: None, at_ms: 5, text: format!("=said {}, \"so\"\n", s.id) })
            .collect();
        let (mut votes, mut words, mut people) = (Vec::new(), Vec::new(), Vec::new());
        polis::write_votes(&mut votes, &t.votes).unwrap();
        polis::write_comments(&mut words, &comments, &r).unwrap();
        polis::write_participants(&mut people, &r, &picture, &comments).unwrap();
        prop_assert!(polis::read_votes(&votes).unwrap() == t.votes);
        let read = polis::read_comments(&words, &Limits::default()).unwrap();
        // a field is trimmed when it is read
        prop_assert!(read.iter().zip(&comments).all(|(a, b)| a.statement == b.statement && a.text == b.text.trim_end()));
        let read = polis::read_participants(&people, &Limits::default()).unwrap();
        prop_assert_eq!(read.len(), r.people().len());
        for (i, p) in read.iter().enumerate() {
            prop_assert!(p.votes.iter().copied().eq(r.votes_of(i)));
            let group = picture.group_of(p.person).map(|g| picture.split.groups[g].id);
            prop_assert_eq!(p.group, group);
        }
    }
}

#[test]
fn the_same_picture_again_and_again() {
    let plan = Plan { people: 250, statements: 40, ..Plan::default() };
    let r = synth::conversation(&plan).unwrap();
    assert!(cold(&r) == cold(&r.clone()));
    assert_eq!(cold(&r).base.len(), 100);
}

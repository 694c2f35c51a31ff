//! Each rule of the computation by itself, on a conversation small enough to check by hand.

use opinions::lists::Side;
use opinions::{
    Cast, History, Limits, Moderation, Params, PersonId, Picture, Ratings, Statement, StatementId, Vote,
    compute,
};

/// Votes written as rows: `+` agree, `-` disagree, `o` pass, `.` not seen. People and statements are numbered from 0.
fn rows(rows: &[&str]) -> Ratings {
    let statements: Vec<Statement> = (0..rows[0].len() as u64).map(Statement::new).collect();
    let mut votes = Vec::new();
    for (p, row) in (0..).zip(rows) {
        for (s, c) in (0..).zip(row.chars()) {
            let vote = match c {
                '+' => Vote::Agree,
                '-' => Vote::Disagree,
                'o' => Vote::Pass,
                _ => continue,
            };
            votes.push(Cast { person: PersonId(p), statement: StatementId(s), vote, at_ms: 0 });
        }
    }
    Ratings::from_votes(&statements, &votes, Limits::default()).unwrap()
}

fn cold(r: &Ratings) -> Picture {
    compute(r, &Params::default(), &History::default()).0
}

/// Two camps of six who agree on statement 0 and differ on 1 to 3; statement 4 almost nobody saw.
const CAMPS: [&str; 12] = [
    "+++-.", "+++-.", "+++-.", "+++-.", "++o-.", "+++-+", "+---.", "+--+.", "+--+.", "+--+.", "o--+.",
    "+--+.",
];

#[test]
fn two_camps_are_two_groups() {
    let p = cold(&rows(&CAMPS));
    assert_eq!(p.split.groups.len(), 2);
    for (person, group) in [(0, 0), (5, 0), (6, 1), (11, 1)] {
        assert_eq!(p.group_of(PersonId(person)), Some(group), "{person}");
    }
    assert_eq!(p.group_of(PersonId(99)), None);
    let [a, b] = [&p.split.groups[0], &p.split.groups[1]];
    assert_eq!((a.people, b.people), (6, 6));
    // counts by hand
    let t = |g: &compute::Group, s: usize| (g.votes[s].agree, g.votes[s].disagree, g.votes[s].seen);
    assert_eq!((t(a, 1), t(b, 1)), ((6, 0, 6), (0, 6, 6)));
    assert_eq!((t(a, 3), t(b, 3)), ((0, 6, 6), (5, 1, 6)));
    // group A: statement 1 agreed by all of A and none of B
    assert_eq!((a.representative[0].tid.0, a.representative[0].repful_for), (1, Side::Agree));
    assert!(a.representative[0].best_agree);
    let ra = (7.0 / 8.0) / (1.0 / 8.0);
    assert!((a.representative[0].repness - ra).abs() < 1e-12);
    // B's best agreement is statement 0: it comes first, and as ra ≤ 1 there only a larger pa·pat would replace it, which
    // that of statement 3 (5 of 6 as well) is not; then what is B's own: 3, and what it disagrees with: 1 and 2
    let list: Vec<_> = b.representative.iter().map(|r| (r.tid.0, r.repful_for, r.best_agree)).collect();
    let (yes, no) = (Side::Agree, Side::Disagree);
    assert_eq!(list, [(0, yes, true), (3, yes, false), (1, no, false), (2, no, false)]);
    // what bridges: statement 0, (6+1)/(6+2) · (5+1)/(6+2)
    assert!((p.group_aware_consensus[0] - 7.0 / 8.0 * 6.0 / 8.0).abs() < 1e-12);
    assert_eq!(p.consensus.agree[0].tid, StatementId(0));
    assert_eq!((p.consensus.agree[0].n_success, p.consensus.agree[0].n_trials), (11, 12));
    // one person saw statement 4 and agreed: its centre is −1, so it stands at the origin (extremity 0)
    let importance = (1.0 - 1.0 / 3.0) * 1.0 * (2.0 / 3.0);
    let by_hand = importance * (1.0 + 8.0 * 2f64.powf(-0.2));
    assert!((p.priorities[4] - by_hand * by_hand).abs() < 1e-12);
}

#[test]
fn a_rejected_statement_shapes_nothing_and_is_in_no_list() {
    let mut r = rows(&CAMPS);
    r.moderate(StatementId(1), Moderation::Rejected).unwrap();
    let p = cold(&r);
    assert!(p.pca.center[1].abs() < 1e-300 && p.extremity[1] < 1e-300);
    let listed = p.split.groups.iter().flat_map(|g| &g.representative).any(|x| x.tid.0 == 1);
    assert!(!listed && p.consensus.agree.iter().chain(&p.consensus.disagree).all(|s| s.tid.0 != 1));
    // its votes are still counted
    assert_eq!(p.split.tally(1).seen, 12);
    // and everybody counts as having seen it: seen = own votes on others + 1
    let place = |person: usize| p.placed[person].at[0];
    let by_hand = |votes: [f64; 3]| {
        let sum: f64 =
            [0, 2, 3].iter().zip(votes).map(|(&s, v)| (v - p.pca.center[s]) * p.pca.comps[0][s]).sum();
        (5.0f64 / 4.0).sqrt() * sum
    };
    assert!((place(0) - by_hand([-1.0, -1.0, 1.0])).abs() < 1e-12);
}

#[test]
fn meta_and_in_a_strict_conversation_pending_statements_are_out() {
    let mut r = rows(&CAMPS);
    r.set_meta(StatementId(2), true).unwrap();
    let p = cold(&r);
    assert_eq!(p.out, [false, false, true, false, false]);
    assert!((p.priorities[2] - 49.0).abs() < 1e-12);
    r.moderate(StatementId(0), Moderation::Accepted).unwrap();
    let strict = Params { strict: true, ..Params::default() };
    let (p, _) = compute(&r, &strict, &History::default());
    assert_eq!(p.out, [false, true, true, true, true]);
}

#[test]
fn people_without_a_group_still_count_for_consensus() {
    // fifteen with all votes are in; a sixteenth with one vote is not
    let mut all: Vec<&str> = CAMPS.to_vec();
    all.extend(["+++--", "+--++", "+--+-", "-...."]);
    // not in: fewer than min(7, 5) votes, and fifteen are in already
    let with_votes: Vec<String> = all.iter().map(|r| r.replace('.', "o")).collect();
    let mut text: Vec<&str> = with_votes.iter().map(String::as_str).collect();
    text[15] = "-....";
    let p = cold(&rows(&text));
    assert_eq!(p.placed.len(), 15);
    assert_eq!(p.group_of(PersonId(15)), None);
    assert_eq!(p.tallies[0].seen, 16);
    assert_eq!(p.split.tally(0).seen, 15);
}

#[test]
fn people_at_one_place_are_one_base_cluster() {
    let p = cold(&rows(&CAMPS));
    // identical rows stand at one place; which of them are identical is seen above
    assert_eq!(p.base.iter().map(|b| b.members.len()).max(), Some(4));
    assert_eq!(p.base.iter().map(|b| b.members.len()).sum::<usize>(), 12);
    // weighted centre of a group: mean over people, not over base clusters
    let a = &p.split.groups[0];
    let mean: f64 = p.placed.iter().filter(|x| x.group == Some(0)).map(|x| x.at[0]).sum::<f64>() / 6.0;
    assert!((a.center[0] - mean).abs() < 1e-12);
}

#[test]
fn more_than_a_hundred_people_make_at_most_a_hundred_base_clusters() {
    let plan = opinions::synth::Plan { people: 400, statements: 30, ..Default::default() };
    let p = cold(&opinions::synth::conversation(&plan).unwrap());
    assert!(p.base.len() <= 100 && p.base.len() > 90);
    assert_eq!(p.base.iter().map(|b| b.members.len()).sum::<usize>(), p.placed.len());
}

#[test]
fn history_keeps_numbers_when_one_person_comes() {
    let mut r = rows(&CAMPS);
    let (before, history) = compute(&r, &Params::default(), &History::default());
    for (s, vote) in (0..).zip([Vote::Agree, Vote::Agree, Vote::Agree, Vote::Disagree, Vote::Pass]) {
        r.vote(PersonId(50), StatementId(s), vote).unwrap();
    }
    let (after, next) = compute(&r, &Params::default(), &history);
    for b in &before.base {
        let same = after.base.iter().find(|x| x.id == b.id).unwrap();
        assert_eq!(same.members, b.members);
    }
    assert_eq!(after.base.len(), before.base.len() + 1);
    assert_eq!(next.next_base, history.next_base + 1);
    let ids = |p: &Picture| p.split.groups.iter().map(|g| g.id).collect::<Vec<_>>();
    assert_eq!(ids(&before), ids(&after));
    assert_eq!(after.group_of(PersonId(50)), Some(0));
    // signs follow the last components even where the sum of entries would turn them
    let mut turned = history.clone();
    if let Some(c) = &mut turned.components {
        c.comps[0].iter_mut().for_each(|x| *x = -*x);
    }
    let (mirror, _) = compute(&r, &Params::default(), &turned);
    for (a, b) in mirror.pca.comps[0].iter().zip(&after.pca.comps[0]) {
        assert!((a + b).abs() < 1e-12);
    }
}

#[test]
fn empty_and_tiny_conversations_have_a_picture() {
    for text in [&["."][..], &["+"], &["+", "-"], &["o", "o", "o"], &["+-", "..", "-+"]] {
        let p = cold(&rows(text));
        assert!(p.split.groups.len() <= 2);
        assert!(p.priorities.iter().all(|x| x.is_finite()));
    }
    let p = cold(&Ratings::new(Limits::default()));
    assert!(p.split.groups.is_empty() && p.placed.is_empty());
}

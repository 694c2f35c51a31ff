//! What a document is, how it goes from draft to published to withdrawn, who may object until when. Pure.

use linli_base::Day;

linli_db::id! {
    /// A document that is published.
    pub struct PublicationId;
}
linli_db::id! {
    /// One wording of it.
    pub struct VersionId;
}
linli_db::id! {
    /// An objection to it.
    pub struct ObjectionId;
}

linli_db::codes! {
    /// What kind of document it is.
    pub enum DocumentKind {
        /// 公示: before something is settled, so that whoever knows better can say so.
        Notice = "notice",
        /// 计划和方案: enrolment plans, work plans.
        Plan = "plan",
        /// 政策文件.
        Policy = "policy",
        /// 办事规程.
        Procedure = "procedure",
        /// 公告: something everybody should know.
        Announcement = "announcement",
        /// 结果公布.
        Result = "result",
    }
}

linli_db::codes! {
    /// What it is about.
    pub enum Topic {
        Education = "education",
        Elderly = "elderly",
        Health = "health",
        Work = "work",
        Housing = "housing",
        Transport = "transport",
        Environment = "environment",
        Community = "community",
        Culture = "culture",
        Safety = "safety",
        Money = "money",
    }
}

linli_db::codes! {
    /// How a document stands.
    pub enum DocumentState {
        /// No version of it was approved yet.
        Draft = "draft",
        Published = "published",
        Withdrawn = "withdrawn",
    }
}

linli_db::codes! {
    /// How a wording stands.
    pub enum VersionState {
        Draft = "draft",
        /// One officer proposes it, another has to approve it.
        Proposed = "proposed",
        Live = "live",
        Archived = "archived",
    }
}

linli_db::codes! {
    /// How an objection stands.
    pub enum ObjectionState {
        Open = "open",
        Answered = "answered",
    }
}

linli_db::codes! {
    /// What the body found.
    pub enum Finding {
        Upheld = "upheld",
        Partly = "partly",
        NotUpheld = "not-upheld",
    }
}

linli_db::codes! {
    /// What a resident subscribes to.
    pub enum SubscriptionKind {
        Body = "body",
        Topic = "topic",
        Place = "place",
    }
}

impl VersionState {
    /// Where a wording may go from here.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft, Self::Proposed)
                | (Self::Proposed, Self::Draft | Self::Live)
                | (Self::Live, Self::Archived)
        )
    }
}

/// Whether an objection is taken on a day.
#[must_use]
pub fn takes_objections(state: DocumentState, until: Option<Day>, today: Day) -> bool {
    state == DocumentState::Published && until.is_some_and(|last| today <= last)
}

/// Longest title, text and number, in characters.
pub const LONGEST_TITLE: usize = 120;
pub const LONGEST_TEXT: usize = 20_000;
pub const LONGEST_NUMBER: usize = 40;
/// Longest reason, objection and answer.
pub const LONGEST_REASON: usize = 300;
pub const LONGEST_OBJECTION: usize = 2_000;

/// Pairs kept of a document: its beginning is what it is found by.
const MOST_GRAMS: usize = 700;

/// Pairs of neighbouring letters or digits, small letters, each once, in order of appearance.
#[must_use]
pub fn grams(texts: &[&str]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut out = Vec::new();
    for text in texts {
        let mut last: Option<char> = None;
        for c in text.chars().flat_map(char::to_lowercase) {
            if !c.is_alphanumeric() {
                last = None;
                continue;
            }
            if let Some(before) = last {
                let gram: String = [before, c].iter().collect();
                if out.len() < MOST_GRAMS && seen.insert(gram.clone()) {
                    out.push(gram);
                }
            }
            last = Some(c);
        }
    }
    out
}

/// The pairs by which something typed is looked for: four of them, spread over it.
#[must_use]
pub fn wanted(typed: &str) -> Vec<String> {
    let all = grams(&[typed]);
    if all.len() <= 4 {
        return all;
    }
    let step = (all.len() - 1) / 3;
    all.into_iter().step_by(step.max(1)).take(4).collect()
}

/// A line of what changed between two wordings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    Same,
    Gone,
    New,
}

/// Most lines that are compared one by one; longer texts are shown as wholly new.
const MOST_LINES: usize = 500;

/// What changed, line by line (longest common subsequence).
#[must_use]
pub fn changes<'a>(before: &'a str, after: &'a str) -> Vec<(Change, &'a str)> {
    let a: Vec<&str> = before.lines().filter(|l| !l.trim().is_empty()).collect();
    let b: Vec<&str> = after.lines().filter(|l| !l.trim().is_empty()).collect();
    if a.len() > MOST_LINES || b.len() > MOST_LINES {
        let gone = a.into_iter().map(|l| (Change::Gone, l));
        return gone.chain(b.into_iter().map(|l| (Change::New, l))).collect();
    }
    let width = b.len() + 1;
    let mut common = vec![0u16; (a.len() + 1) * width];
    let at = |table: &[u16], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for (i, x) in a.iter().enumerate().rev() {
        for (j, y) in b.iter().enumerate().rev() {
            let best = if x == y {
                at(&common, i + 1, j + 1) + 1
            } else {
                at(&common, i + 1, j).max(at(&common, i, j + 1))
            };
            if let Some(cell) = common.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    loop {
        match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) if x == y => {
                out.push((Change::Same, *x));
                (i, j) = (i + 1, j + 1);
            }
            (Some(x), other) if other.is_none() || at(&common, i + 1, j) >= at(&common, i, j + 1) => {
                out.push((Change::Gone, *x));
                i += 1;
            }
            (_, Some(y)) => {
                out.push((Change::New, *y));
                j += 1;
            }
            (_, None) => return out,
        }
    }
}

/// A piece of a text as it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    Heading(String),
    Paragraph(String),
}

/// A text in pieces: a line that begins with `# ` is a heading, every other line a paragraph.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    text.lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(|l| match l.strip_prefix("# ") {
            Some(heading) => Piece::Heading(heading.trim().to_owned()),
            None => Piece::Paragraph(l.to_owned()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_proposed_is_not_written_over() {
        use VersionState::{Archived, Draft, Live, Proposed};
        assert!(Draft.may_become(Proposed) && Proposed.may_become(Draft) && Proposed.may_become(Live));
        assert!(!Draft.may_become(Live), "four eyes");
        for next in VersionState::ALL {
            assert!(!Archived.may_become(*next));
            assert!(*next == Archived || !Live.may_become(*next));
        }
    }

    #[test]
    fn the_last_day_counts() {
        let day = |d| Day::new(2026, 11, d).unwrap();
        let takes = |today| takes_objections(DocumentState::Published, Some(day(20)), today);
        assert!(takes(day(20)) && !takes(day(21)));
        assert!(!takes_objections(DocumentState::Withdrawn, Some(day(20)), day(1)));
        assert!(!takes_objections(DocumentState::Published, None, day(1)));
    }

    #[test]
    fn words_are_found_by_their_pairs() {
        assert_eq!(grams(&["招生 计划", "Plan"]), ["招生", "计划", "pl", "la", "an"]);
        assert_eq!(wanted("招生"), ["招生"]);
        assert_eq!(wanted("义务教育阶段学校招生计划").len(), 4);
        assert!(wanted("。").is_empty() && wanted("学").is_empty());
    }

    #[test]
    fn what_changed_is_told_line_by_line() {
        let told = changes("一\n二\n三", "一\n二乙\n三\n四");
        use Change::{Gone, New, Same};
        assert_eq!(told, [(Same, "一"), (Gone, "二"), (New, "二乙"), (Same, "三"), (New, "四")]);
    }

    proptest! {
        #[test]
        fn changes_tell_both_texts(a in "[ab\n]{0,30}", b in "[ab\n]{0,30}") {
            let told = changes(&a, &b);
            let side = |keep: Change| told.iter().filter(|(c, _)| *c == Change::Same || *c == keep).map(|(_, l)| *l).collect::<Vec<_>>();
            prop_assert_eq!(side(Change::Gone), a.lines().filter(|l| !l.is_empty()).collect::<Vec<_>>());
            prop_assert_eq!(side(Change::New), b.lines().filter(|l| !l.is_empty()).collect::<Vec<_>>());
        }

        #[test]
        fn nothing_typed_panics(text in "\\PC{0,60}") {
            let _ = (grams(&[&text]), wanted(&text), pieces(&text));
        }
    }
}

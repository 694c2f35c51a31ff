//! Open data without identities.
//!
//! `statements.csv` holds the statements with counts over everybody, `groups.csv` what each group said, `about.txt` the
//! rules. Rejected statements are left away with their words, authors and times always.
//!
//! **Small numbers.** A group with fewer people than [`Rules::min_group`] is not shown; nor is one more, the next
//! smallest, if its numbers would follow by subtraction from the totals. Within the groups shown, a statement's counts
//! in a group where fewer than [`Rules::min_cell`] saw it are left blank, and as many of the next smallest as it takes
//! so that the blank ones of a statement are at least two and hold at least that many people together.
//!
//! **Rows.** With [`Rules::rows`] also `votes.csv` and `participants-votes.csv` are written, people numbered anew in an
//! order shuffled by a seed and votes without times. A row of votes can still be recognised by somebody who knows a few
//! of a person's votes, so this is off unless asked for, and the seed must not be published. People of groups that are
//! not shown stand without a group.

use crate::chance::Chance;
use crate::compute::Picture;
use crate::error::Result;
use crate::polis::{Comment, Lines, guarded};
use crate::ratings::Ratings;
use crate::vote::{Moderation, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// What may be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Smallest group that is shown.
    pub min_group: u32,
    /// Fewest people behind counts of a statement in a group.
    pub min_cell: u32,
    /// Whether rows of votes are published too.
    pub rows: bool,
    /// Seed of the new numbers; keep it, do not publish it.
    pub seed: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { min_group: 10, min_cell: 5, rows: false, seed: 0 }
    }
}

/// Files by name.
pub type Files = BTreeMap<&'static str, Vec<u8>>;

/// Indices of the groups that are shown.
#[must_use]
pub fn shown_groups(picture: &Picture, rules: &Rules) -> BTreeSet<usize> {
    let mut by_size: Vec<(u32, usize)> =
        picture.split.groups.iter().enumerate().map(|(i, g)| (g.people, i)).collect();
    by_size.sort_unstable();
    let mut hidden = by_size.iter().filter(|(n, _)| *n < rules.min_group).count();
    if hidden == 1 {
        hidden = 2;
    }
    by_size.into_iter().skip(hidden).map(|(_, i)| i).collect()
}

/// Which of a statement's counts by group are blank, given how many saw it in each group shown.
fn blanks(seen: &[u32], min: u32) -> Vec<bool> {
    let mut order: Vec<usize> = (0..seen.len()).collect();
    order.sort_by_key(|&i| (seen[i], i));
    let mut blank = vec![false; seen.len()];
    let (mut count, mut together) = (0u32, 0u32);
    for i in order {
        let small = seen[i] < min;
        let covers = count > 0 && (count < 2 || together < min);
        if small || covers {
            blank[i] = true;
            count += 1;
            together += seen[i];
        }
    }
    blank
}

fn counts(t: &Tally, blank: bool) -> [String; 4] {
    if blank { Default::default() } else { [t.agree, t.disagree, t.pass(), t.seen].map(|n| n.to_string()) }
}

/// The open files of a conversation. Statements without a comment have no words.
///
/// # Errors
/// None in practice: the files are made in memory.
pub fn files(ratings: &Ratings, picture: &Picture, comments: &[Comment], rules: &Rules) -> Result<Files> {
    let shown = shown_groups(picture, rules);
    let text: BTreeMap<_, _> = comments.iter().map(|c| (c.statement.id, c.text.as_str())).collect();
    let public: Vec<usize> = (0..picture.statements.len())
        .filter(|&s| picture.statements[s].moderation != Moderation::Rejected)
        .collect();
    let mut out = Files::new();

    let mut file = Vec::new();
    let mut lines = Lines::new(&mut file);
    let headings =
        "comment-id,moderated,is-meta,agrees,disagrees,passes,seen,group-aware-consensus,comment-body";
    lines.line(headings.split(','))?;
    for &s in &public {
        let statement = &picture.statements[s];
        // the product over groups tells about small ones too
        let all_shown = shown.len() == picture.split.groups.len();
        let [agree, disagree, pass, seen] =
            counts(&picture.tallies[s], picture.tallies[s].seen < rules.min_cell);
        let small = picture.split.groups.iter().any(|g| g.votes[s].seen < rules.min_cell);
        let consensus = if all_shown && !small {
            format!("{:.6}", picture.group_aware_consensus[s])
        } else {
            String::new()
        };
        lines.line([
            statement.id.to_string(),
            statement.moderation.number().to_string(),
            u8::from(statement.meta).to_string(),
            agree,
            disagree,
            pass,
            seen,
            consensus,
            guarded(text.get(&statement.id).copied().unwrap_or("")),
        ])?;
    }
    lines.end()?;
    out.insert("statements.csv", file);

    let mut file = Vec::new();
    let mut lines = Lines::new(&mut file);
    lines.line("group-id,people,comment-id,agrees,disagrees,passes,seen".split(','))?;
    let groups: Vec<_> = shown.iter().map(|&g| &picture.split.groups[g]).collect();
    // where a group is hidden it counts as one blank that already is there
    let hidden: Vec<&crate::compute::Group> =
        picture.split.groups.iter().enumerate().filter(|(i, _)| !shown.contains(i)).map(|(_, g)| g).collect();
    for &s in &public {
        let mut seen: Vec<u32> = groups.iter().map(|g| g.votes[s].seen).collect();
        let visible = seen.len();
        seen.extend(hidden.iter().map(|g| g.votes[s].seen.min(rules.min_cell.saturating_sub(1))));
        let blank = blanks(&seen, rules.min_cell);
        for (g, &blank) in groups.iter().zip(blank.iter().take(visible)) {
            let [agree, disagree, pass, seen] = counts(&g.votes[s], blank);
            let id = picture.statements[s].id.to_string();
            lines.line([g.id.to_string(), g.people.to_string(), id, agree, disagree, pass, seen])?;
        }
    }
    lines.end()?;
    out.insert("groups.csv", file);

    if rules.rows {
        rows(ratings, picture, &shown, &public, rules, &mut out)?;
    }
    out.insert("about.txt", about(rules, picture, &shown).into_bytes());
    Ok(out)
}

fn rows(
    ratings: &Ratings,
    picture: &Picture,
    shown: &BTreeSet<usize>,
    public: &[usize],
    rules: &Rules,
    out: &mut Files,
) -> Result<()> {
    let mut order: Vec<usize> = (0..ratings.people().len()).collect();
    Chance::new(rules.seed).shuffle(&mut order);
    let (mut votes, mut participants) = (Vec::new(), Vec::new());
    let mut vote_lines = Lines::new(&mut votes);
    vote_lines.line(["comment-id", "voter-id", "vote"])?;
    let mut people_lines = Lines::new(&mut participants);
    let fixed = ["participant", "group-id", "n-votes", "n-agree", "n-disagree"].map(String::from);
    people_lines
        .line(fixed.into_iter().chain(public.iter().map(|&s| picture.statements[s].id.to_string())))?;
    let mut column = vec![None; picture.statements.len()];
    for (i, &s) in public.iter().enumerate() {
        column[s] = Some(i);
    }
    for (number, &p) in order.iter().enumerate() {
        let mut fields = vec![String::new(); public.len()];
        let mut tally = Tally::default();
        for c in ratings.row(p) {
            let s = usize::from(c.statement);
            if let Some(i) = column[s] {
                fields[i] = (-c.sign).to_string();
                tally.add(c.sign);
                let id = picture.statements[s].id.to_string();
                vote_lines.line([id, number.to_string(), (-c.sign).to_string()])?;
            }
        }
        let group = picture.group_of(ratings.people()[p]).filter(|g| shown.contains(g));
        let group = group.map(|g| picture.split.groups[g].id.to_string()).unwrap_or_default();
        let head = [tally.seen, tally.agree, tally.disagree].map(|n| n.to_string());
        people_lines.line([number.to_string(), group].into_iter().chain(head).chain(fields))?;
    }
    vote_lines.end()?;
    people_lines.end()?;
    out.insert("votes.csv", votes);
    out.insert("participants-votes.csv", participants);
    Ok(())
}

fn about(rules: &Rules, picture: &Picture, shown: &BTreeSet<usize>) -> String {
    let rows = if rules.rows {
        "votes.csv, participants-votes.csv: one row of votes per person, numbered anew in random order, without times.\n"
    } else {
        "Rows of single people are not published.\n"
    };
    format!(
        "statements.csv: statements with counts over everybody who voted; rejected ones are left out.\n\
         groups.csv: counts by opinion group.\n{rows}\
         {} of {} groups are shown: none with fewer than {} people, and none whose numbers would follow from the others.\n\
         Counts of fewer than {} people are blank, and further ones where a blank one would follow from the others.\n\
         In votes +1 is agree, 0 pass, -1 disagree.\n",
        shown.len(),
        picture.split.groups.len(),
        rules.min_group,
        rules.min_cell
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::Params;
    use crate::history::History;
    use crate::synth;
    use crate::vote::{PersonId, StatementId};

    #[test]
    fn one_blank_never_stands_alone() {
        assert_eq!(blanks(&[20, 30, 3], 5), [true, false, true]);
        assert_eq!(blanks(&[20, 30, 9], 5), [false, false, false]);
        // two small ones that are small together draw a third in
        assert_eq!(blanks(&[1, 2, 40, 50], 5), [true, true, true, false]);
        assert_eq!(blanks(&[4, 4, 40], 5), [true, true, false]);
        assert_eq!(blanks(&[0], 5), [true]);
    }

    fn sample() -> (Ratings, Picture) {
        let plan = synth::Plan { people: 120, statements: 30, votes_each: 12, ..synth::Plan::default() };
        let mut r = synth::conversation(&plan).unwrap();
        r.moderate(StatementId(4), Moderation::Rejected).unwrap();
        let (p, _) = crate::compute(&r, &Params::default(), &History::default());
        (r, p)
    }

    #[test]
    fn small_groups_are_hidden_never_one_alone() {
        let (_, mut p) = sample();
        assert!(p.split.groups.len() >= 3);
        let rules = Rules { min_group: 1, ..Rules::default() };
        assert_eq!(shown_groups(&p, &rules).len(), p.split.groups.len());
        let least = p.split.groups.iter().map(|g| g.people).min().unwrap();
        let rules = Rules { min_group: least + 1, ..Rules::default() };
        assert!(shown_groups(&p, &rules).len() <= p.split.groups.len() - 2);
        p.split.groups.truncate(1);
        assert!(shown_groups(&p, &Rules { min_group: 1_000, ..Rules::default() }).is_empty());
    }

    #[test]
    fn nothing_below_the_limits_is_written() {
        let (r, p) = sample();
        let rules = Rules { min_cell: 14, ..Rules::default() };
        let files = files(&r, &p, &[], &rules).unwrap();
        assert_eq!(files.keys().copied().collect::<Vec<_>>(), ["about.txt", "groups.csv", "statements.csv"]);
        let text = String::from_utf8(files["groups.csv"].clone()).unwrap();
        let mut blank = 0;
        for line in text.lines().skip(1) {
            let f: Vec<&str> = line.split(',').collect();
            assert!(f[1].parse::<u32>().unwrap() >= rules.min_group);
            assert_ne!(f[2], "4");
            match f[6].parse::<u32>() {
                Ok(n) => assert!(n >= rules.min_cell),
                Err(_) => blank += 1,
            }
        }
        assert!(blank > 0);
    }

    #[test]
    fn rows_carry_new_numbers_and_no_times() {
        let (r, p) = sample();
        let rules = Rules { rows: true, seed: 5, ..Rules::default() };
        let files = files(&r, &p, &[], &rules).unwrap();
        let text = String::from_utf8(files["votes.csv"].clone()).unwrap();
        assert_eq!(text.lines().next().unwrap(), "comment-id,voter-id,vote");
        let rejected = r.tallies()[4].seen as usize;
        assert_eq!(text.lines().count() - 1, r.votes() - rejected);
        // the first person's row stands elsewhere than at her own number
        let own: BTreeSet<String> =
            text.lines().filter(|l| l.split(',').nth(1) == Some("0")).map(String::from).collect();
        let before: BTreeSet<String> = r
            .votes_of(r.person_index(PersonId(0)).unwrap())
            .map(|(s, v)| format!("{s},0,{}", v.exported()))
            .collect();
        assert_ne!(own, before);
    }
}

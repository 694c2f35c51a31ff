//! One item as its editors and approvers see it: how it stands, the draft in hand, what is other in it, its history.

use askama::Template;
use linli_acts::StaffId;
use linli_base::Instant;
use linli_catalogue::offers::{self as catalogue, Counts, ItemState, Standing};
use linli_guide::Guide;
use linli_guide::visits::best_and_worst;
use linli_rules::proposals::{ProposalId, ProposalRow, ProposalState};
use linli_web::ui::{Chip, Errors, Fact, Facts, Field, Kind, Moment, Tick, Timeline, Tone};
use linli_web::{DirectoryService, Fault, Frame, Missing, Reply, Req};

use super::{chip, terms, told};
use crate::codec::{self, at};
use crate::compare::{self, Line};
use crate::domain::{DraftState, What};
use crate::error::DraftingError;
use crate::shape::SECTIONS;
use crate::store::{self, DraftRow, StepRow};
use crate::{APPROVER, EDITOR, Words, acts, proposals};

/// A section on the way through a draft.
struct Task {
    name: &'static str,
    label: String,
    wrong: usize,
    changed: bool,
}

struct Version {
    n: i64,
    when: String,
    wrote: String,
    approved: String,
    now: bool,
}

/// A figure of the letter before and after.
struct Moved {
    label: String,
    before: i64,
    after: i64,
}

struct InHand {
    state: DraftState,
    rev: i64,
    chip: Chip,
    changed: String,
    sent_back: String,
    note: String,
    new: bool,
    moved: bool,
    sections: Vec<Task>,
    faults: Vec<(String, String)>,
    lines: Vec<Line>,
    visits: Option<(String, String)>,
    more: bool,
    figures: Vec<Moved>,
    can_write: bool,
    can_decide: bool,
    same_person: bool,
    note_field: Field,
    more_tick: Tick,
    why_field: Field,
}

#[derive(Template)]
#[template(path = "item.html")]
struct ItemPage {
    f: Frame,
    w: Words,
    errors: Errors,
    key: String,
    name: String,
    chip: Option<Chip>,
    facts: Facts,
    live: bool,
    retired: bool,
    rev: i64,
    newer: Option<String>,
    draft: Option<InHand>,
    versions: Vec<Version>,
    steps: Timeline,
    editor: bool,
    /// It is proposed to retire it or to bring it back: proposal, words.
    waiting: Option<(ProposalId, String)>,
    why: Field,
}

struct Loaded {
    /// Proposals to retire it and to bring it back, newest first, each with who proposed and who decided.
    proposals: Vec<(ProposalRow, String, String)>,
    standing: Option<Standing>,
    draft: Option<DraftRow>,
    newer: Option<String>,
    versions: Vec<(i64, Instant)>,
    steps: Vec<(StepRow, String)>,
    who: String,
    counts: Counts,
    editor: bool,
    approver: bool,
    wrote: bool,
    abolished: Vec<linli_catalogue::abolished::Abolished>,
}

async fn load(req: &Req, key: &str) -> Result<Loaded, Fault> {
    let (key, actor, house) = (key.to_owned(), req.actor().clone(), req.house().clone());
    let me = req.officer()?;
    Ok(req
        .read(move |r| {
            let standing = catalogue::standing(r, &key)?;
            let draft = r.opt(&store::OPEN, (key.as_str(),))?;
            let department = match (&draft, &standing) {
                (Some(d), _) => d.document.0.department.code.clone(),
                (None, Some(s)) => s.guide.department.code.clone(),
                (None, None) => return Err(DraftingError::Missing),
            };
            let directory = house.service::<DirectoryService>();
            let name = |r: &mut linli_db::Read<'_>, id: StaffId| {
                Ok::<_, DraftingError>(directory.0.staff_name(r, id)?.unwrap_or_default())
            };
            let mut steps = Vec::new();
            for row in r.all(&store::STEPS, (key.as_str(),))? {
                let who = name(r, row.by_staff)?;
                steps.push((row, who));
            }
            let mut found = Vec::new();
            for kind in [proposals::RETIRE, proposals::REINSTATE] {
                for p in linli_rules::proposals::of(r, kind, &key)? {
                    let by = name(r, p.proposed_by)?;
                    let decider = match p.decided_by {
                        Some(id) => name(r, id)?,
                        None => String::new(),
                    };
                    found.push((p, by, decider));
                }
            }
            let (newer, versions) = match &standing {
                Some(s) => (
                    catalogue::newer(r, s.id)?.map(|(_, at)| at.day().to_string()),
                    catalogue::versions(r, s.id)?,
                ),
                None => (None, Vec::new()),
            };
            let who = match &draft {
                Some(d) => name(r, d.begun_by)?,
                None => String::new(),
            };
            let wrote = match &draft {
                Some(d) => d.proposed_by == Some(me) || r.one(&store::HAS_WRITTEN, (d.id, me))?.0 > 0,
                None => false,
            };
            Ok(Loaded {
                editor: acts::allowed(r, &actor, &EDITOR, &department)?,
                approver: acts::allowed(r, &actor, &APPROVER, &department)?,
                abolished: linli_catalogue::abolished::all(r)?,
                counts: catalogue::counts(r)?,
                proposals: found,
                standing,
                draft,
                newer,
                versions,
                steps,
                who,
                wrote,
            })
        })
        .await?)
}

/// Visits in words: of whoever holds everything, and of whoever holds nothing.
pub(super) fn visits(w: Words, guide: &Guide) -> String {
    let (best, worst) = best_and_worst(guide);
    if best == worst { w.visits_are(&worst) } else { w.visits_between(&best, &worst) }
}

fn in_hand(req: &Req, l: &Loaded, d: &DraftRow, terms: &crate::terms::Terms, errors: &Errors) -> InHand {
    let (w, lang) = (req.words::<Words>(), req.lang());
    let guide = &d.document.0;
    let live = l.standing.as_ref().map(|s| &s.guide);
    let (before, after) = (live.map(codec::document).unwrap_or_default(), codec::document(guide));
    let lines = if live.is_some() { compare::lines(terms, &before, &after) } else { Vec::new() };
    let faults = acts::faults(guide, &l.abolished, &terms.papers);
    let sections = SECTIONS
        .iter()
        .filter(|s| !at(&after, s.base).is_null())
        .map(|s| {
            let label = terms.by_key(s.label);
            let here = |path: &str| match s.base {
                "" => s.record.parts.iter().map(|p| p.key).chain(s.record.lists.iter().map(|l| l.key)).any(
                    |k| {
                        path == k
                            || path.strip_prefix(k).is_some_and(|rest| rest.starts_with('.') && k != "begin")
                    },
                ),
                base => path.starts_with(base),
            };
            Task {
                name: s.name,
                wrong: faults.iter().filter(|(at, _, _)| here(at)).count(),
                changed: lines.iter().any(|line| line.section == label),
                label,
            }
        })
        .collect();
    let told = faults
        .iter()
        .map(|(at, code, arg)| (page_of(at), fault_words(w, &after, at, code, arg, terms)))
        .collect();
    let after_counts = l
        .counts
        .with(live.filter(|_| l.standing.as_ref().is_some_and(|s| s.state == ItemState::Live)), Some(guide));
    let figures = [
        ("items.total", l.counts.total, after_counts.total),
        ("items.hr", l.counts.hr, after_counts.hr),
        ("items.hr.zero", l.counts.zero, after_counts.zero),
        ("items.hr.one", l.counts.one, after_counts.one),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(key, before, after)| {
        let figure = linli_figures::find(key);
        Moved { label: figure.map(|f| lang.pick(f.zh, f.en).into_owned()).unwrap_or_default(), before, after }
    })
    .collect();
    let form = req.form();
    let more = acts::asks_more(live, guide);
    InHand {
        state: d.state,
        rev: d.rev,
        chip: chip(w, d.state),
        changed: w.changed_by(&d.changed_at.day().to_string(), &l.who),
        sent_back: d.sent_back.clone(),
        note: d.note.clone(),
        new: live.is_none(),
        moved: l.standing.as_ref().map_or(0, |s| s.version) != d.base,
        sections,
        faults: told,
        lines,
        visits: live.map(|live| (visits(w, live), visits(w, guide))),
        more,
        figures,
        can_write: l.editor && d.state == DraftState::Draft,
        can_decide: l.approver && d.state == DraftState::Proposed && !l.wrote,
        same_person: l.approver && d.state == DraftState::Proposed && l.wrote,
        note_field: Field::new("note", w.l_note(), if form.has("note") { form.raw("note") } else { &d.note })
            .hint(w.h_note())
            .kind(Kind::Lines)
            .error(errors.of("note")),
        more_tick: Tick::new("more", w.l_more(), form.has("more")).hint(w.h_more()).error(errors.of("more")),
        why_field: Field::new("why", w.l_send_back_why(), form.raw("why"))
            .kind(Kind::Lines)
            .error(errors.of("why")),
    }
}

/// The page of the editor on which a path of the document stands.
fn page_of(path: &str) -> String {
    let steps: Vec<&str> = path.split('.').collect();
    // The longest beginning that has a page of its own.
    let longest = (1..=steps.len()).rev().find_map(|n| {
        let at = steps.get(..n)?.join(".");
        crate::shape::spot(&at).filter(|s| s.list.is_some()).map(|_| at)
    });
    longest.unwrap_or_else(|| {
        let first = steps.first().copied().unwrap_or_default();
        let has = |s: &&crate::shape::Section| {
            s.base.is_empty()
                && (s.record.parts.iter().any(|p| p.key == first)
                    || s.record.lists.iter().any(|l| l.key == first))
        };
        SECTIONS.iter().find(has).map_or("basics", |s| s.name).to_owned()
    })
}

fn fault_words(
    w: Words,
    document: &serde_json::Value,
    path: &str,
    code: &str,
    arg: &str,
    terms: &crate::terms::Terms,
) -> String {
    let said = match code {
        "bad-abolished" => w.bad_abolished(&arg),
        "bad-rule" => w.bad_rule(&arg),
        code => terms.by_key(code),
    };
    let page = page_of(path);
    let name = terms.title(at(document, &page));
    if page.contains('.') && !name.is_empty() { format!("{name}：{said}") } else { said }
}

async fn page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let key: String = req.path("key")?;
    let l = load(req, &key).await?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let shown =
        l.draft.as_ref().map(|d| &d.document.0).or(l.standing.as_ref().map(|s| &s.guide)).ok_or(Missing)?;
    let form = shown.form().map(std::borrow::Cow::into_owned);
    let terms = terms(req, form.as_ref()).await?;
    let draft = l.draft.as_ref().map(|d| in_hand(req, &l, d, &terms, &errors));
    let live = l.standing.as_ref().is_some_and(|s| s.state == ItemState::Live);
    let mut facts = vec![
        Fact::new(w.l_department(), lang.pick(&shown.department.zh, &shown.department.en)),
        Fact::new(w.l_key(), &key),
    ];
    if let Some(s) = &l.standing {
        facts.push(Fact::new(w.l_version(), s.version));
        facts.push(Fact::new(w.l_visits(), visits(w, &s.guide)));
        if let Some((at, why)) = &s.retired {
            facts.push(Fact::new(w.state_retired(), format!("{} {why}", at.day())));
        }
    }
    let of = |version: i64, what: What| {
        let found = l.steps.iter().find(|(s, _)| s.version == Some(version) && s.what == what);
        found.map(|(_, who)| who.clone()).unwrap_or_default()
    };
    let versions = l
        .versions
        .iter()
        .map(|(n, at)| Version {
            n: *n,
            when: at.day().to_string(),
            wrote: of(*n, What::Proposed),
            approved: of(*n, What::Approved),
            now: l.standing.as_ref().is_some_and(|s| s.version == *n),
        })
        .collect();
    let mut moments: Vec<(Instant, Moment)> = Vec::new();
    for (p, by, decider) in &l.proposals {
        let what = proposals::what(w, &p.kind);
        let of = |what: String, at: Instant, detail: &str| {
            (at, Moment { what, when: at.day().to_string(), detail: detail.to_owned() })
        };
        if let Some(at) = p.decided_at {
            let said = match p.state {
                ProposalState::Approved => w.step_agreed(&what, decider),
                ProposalState::Refused => w.step_refused(&what, decider),
                _ => w.step_withdrawn(&what, decider),
            };
            moments.push(of(said, at, &p.decided_why));
        }
        moments.push(of(w.step_asked(&what, by), p.proposed_at, &proposals::reason(p)));
    }
    let steps = l.steps.iter().map(|(s, who)| {
        let moment = Moment {
            what: match s.what {
                What::Begun => w.step_begun(who),
                What::Proposed => w.step_proposed(who),
                What::TakenBack => w.step_taken_back(who),
                What::SentBack => w.step_sent_back(who),
                What::Approved => w.step_approved(who),
                What::Dropped => w.step_dropped(who),
            },
            when: s.at.day().to_string(),
            detail: s.words.clone(),
        };
        (s.at, moment)
    });
    moments.extend(steps);
    // Newest first; what was done at the same instant stays in its order.
    moments.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let moments = moments.into_iter().map(|(_, moment)| moment).collect();
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&ItemPage {
        name: lang.pick(&shown.name.zh, &shown.name.en).into_owned(),
        chip: l.standing.as_ref().map(|s| match s.state {
            ItemState::Live => Chip::new(Tone::Done, w.state_live()),
            ItemState::Retired => Chip::new(Tone::Plain, w.state_retired()),
            ItemState::Draft => Chip::new(Tone::Plain, w.state_draft()),
        }),
        facts: Facts { facts, why: f.words().why() },
        live,
        retired: l.standing.as_ref().is_some_and(|s| s.state == ItemState::Retired),
        rev: l.standing.as_ref().map_or(0, |s| s.rev),
        newer: l.newer.clone(),
        draft,
        versions,
        steps: Timeline { moments },
        editor: l.editor,
        waiting: l
            .proposals
            .iter()
            .find(|(p, ..)| p.state == ProposalState::Proposed)
            .map(|(p, by, _)| (p.id, w.step_asked(&proposals::what(w, &p.kind), by))),
        why: Field::new("why", w.l_retire_why(), req.form().raw("why"))
            .hint(w.h_retire_why())
            .kind(Kind::Lines)
            .error(errors.of("why")),
        errors,
        key,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Vec::new()).await
}

/// The document with which a draft is begun: what is live, or an earlier version.
async fn begin(req: &Req, key: &str) -> Result<(), DraftingError> {
    let (key, n) = (key.to_owned(), req.form().raw("version").parse::<i64>().ok());
    req.act(move |act| {
        let item = catalogue::standing(act, &key)?.ok_or(DraftingError::Missing)?;
        let guide = match n {
            Some(n) => (*catalogue::version(act, item.id, n)?.ok_or(DraftingError::Missing)?).clone(),
            None => item.guide,
        };
        acts::begin(act, &key, &guide).map(drop)
    })
    .await
}

/// What the buttons of an item do, by the last part of the address.
pub(crate) async fn act(req: Req) -> Result<Reply, Fault> {
    let key: String = req.path("key")?;
    let what: String = req.path("act")?;
    let w: Words = req.words();
    let form = req.form();
    let back = format!("/office/catalogue/{key}");
    let (note, why, more) = (form.lines("note"), form.lines("why"), form.has("more"));
    let item = key.clone();
    let done = match what.as_str() {
        "begin" => begin(&req, &key).await.map(|()| w.said_begun()),
        "take" => req.act(move |act| acts::newer(act, &item, true)).await.map(|()| w.said_begun()),
        "put-aside" => req.act(move |act| acts::newer(act, &item, false)).await.map(|()| w.said_put_aside()),
        _ => {
            let rev: i64 = form.parse_as("rev")?;
            match what.as_str() {
                "propose" => {
                    let done = req.act(move |act| acts::propose(act, &item, rev, &note, more)).await;
                    done.map(|()| w.said_proposed())
                }
                "take-back" => {
                    req.act(move |act| acts::take_back(act, &item, rev)).await.map(|()| w.said_taken_back())
                }
                "send-back" => req
                    .act(move |act| acts::send_back(act, &item, rev, &why))
                    .await
                    .map(|()| w.was_sent_back()),
                "approve" => {
                    req.act(move |act| acts::approve(act, &item, rev)).await.map(|_| w.said_approved())
                }
                "rebase" => req.act(move |act| acts::rebase(act, &item, rev)).await.map(|()| w.saved()),
                "drop" => req.act(move |act| acts::give_up(act, &item, rev)).await.map(|()| w.said_dropped()),
                "retire" => req
                    .act(move |act| proposals::retire(act, &item, rev, &why))
                    .await
                    .map(|_| w.said_proposed()),
                "reinstate" => {
                    req.act(move |act| proposals::reinstate(act, &item, rev)).await.map(|_| w.said_proposed())
                }
                _ => return Err(Missing.into()),
            }
        }
    };
    match done {
        // A new item that is given up is nowhere any more.
        Ok(said) if what == "drop" => Ok(Reply::see_other("/office/catalogue?show=draft").flash(said)),
        Ok(said) => Ok(Reply::see_other(&back).flash(said)),
        Err(DraftingError::Moved) => page(&req, vec![(String::new(), w.went_on().to_owned())]).await,
        Err(DraftingError::Retired) => {
            page(&req, vec![("reinstate".to_owned(), w.item_retired().to_owned())])
                .await
                .map(|r| r.status(409))
        }
        Err(DraftingError::Unsound) => page(&req, vec![("faults".to_owned(), w.unsound().to_owned())]).await,
        // What was typed stands on the page again.
        Err(DraftingError::Changed) if !note_or_why(&req).is_empty() => {
            page(&req, vec![(String::new(), w.changed_meanwhile().to_owned())]).await.map(|r| r.status(409))
        }
        Err(e) => page(&req, told(w, e)?).await,
    }
}

fn note_or_why(req: &Req) -> String {
    format!("{}{}", req.form().raw("note"), req.form().raw("why"))
}

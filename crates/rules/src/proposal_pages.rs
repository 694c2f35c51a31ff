//! What waits to be decided, what was decided, and one of them with what it would change.

use askama::Template;
use linli_acts::Actor;
use linli_web::ui::{Chip, Errors, Field, Pager, Tone};
use linli_web::{DirectoryService, Fault, Frame, Malformed, Reply, Req};

use crate::error::RuleError;
use crate::pages::told;
use crate::proposals::{self, ProposalId, ProposalRow, ProposalState, Shown, kind};
use crate::{EDITORS, Words};

const PAGE: u16 = 50;

pub(crate) struct Line {
    pub id: ProposalId,
    pub kind: String,
    pub title: String,
    pub from: String,
    pub by: String,
    pub chip: Chip,
}

#[derive(Template)]
#[template(path = "proposals.html")]
struct ListPage {
    f: Frame,
    w: Words,
    decided: bool,
    /// Whether she keeps rules: the way to them.
    rules: bool,
    rows: Vec<Line>,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "proposal.html")]
struct ShowPage {
    f: Frame,
    w: Words,
    errors: Errors,
    id: ProposalId,
    rev: i64,
    kind: String,
    chip: Chip,
    from: String,
    why: String,
    by: String,
    decided: String,
    shown: Shown,
    can_decide: bool,
    same_person: bool,
    can_take_back: bool,
    reason: Field,
}

pub(crate) fn chip(w: Words, state: ProposalState) -> Chip {
    match state {
        ProposalState::Proposed => Chip::new(Tone::Due, w.state_proposed()),
        ProposalState::Approved => Chip::new(Tone::Done, w.state_approved()),
        ProposalState::Refused => Chip::new(Tone::Late, w.state_refused()),
        ProposalState::TakenBack => Chip::new(Tone::Plain, w.state_taken_back()),
    }
}

fn kind_name(w: Words, key: &str) -> String {
    kind(key).map(|k| w.lang().pick(k.zh, k.en).into_owned()).unwrap_or_default()
}

fn shown(r: &mut linli_db::Read<'_>, row: &ProposalRow, lang: linli_words::Lang) -> Result<Shown, RuleError> {
    match kind(&row.kind) {
        Some(kind) => (kind.shown)(r, row, lang),
        None => Ok(Shown { title: row.key.clone(), ..Shown::default() }),
    }
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let decided = req.query().raw("show") == "decided";
    let asked: Option<ProposalId> = req.ask("before");
    let before = asked.unwrap_or(ProposalId::from_raw(i64::MAX));
    let (lang, w, house, actor) =
        (req.lang(), req.words::<Words>(), req.house().clone(), req.actor().clone());
    let (rows, last) = req
        .read(move |r| {
            let directory = house.service::<DirectoryService>();
            let mut out = Vec::new();
            let mut last = None;
            let list = if decided { &proposals::DECIDED } else { &proposals::WAITING };
            for row in r.all(list, (before, PAGE))? {
                last = Some((row.id, last.map_or(1, |(_, n): (_, u16)| n + 1)));
                // Only what she has to do with.
                if may_see(&actor, &row.kind).is_err() {
                    continue;
                }
                let by = directory.0.staff_name(r, row.proposed_by)?.unwrap_or_default();
                out.push(Line {
                    id: row.id,
                    kind: kind_name(w, &row.kind),
                    title: shown(r, &row, lang)?.title,
                    from: row.from_day.to_string(),
                    by,
                    chip: chip(w, row.state),
                });
            }
            Ok::<_, RuleError>((out, last))
        })
        .await?;
    let f = req.frame();
    let way = if decided { "/office/proposals?show=decided" } else { "/office/proposals" };
    let next = match last {
        Some((last, PAGE)) => format!("{way}{}before={last}", if decided { "&" } else { "?" }),
        _ => String::new(),
    };
    Ok(Reply::page(&ListPage {
        decided,
        rules: EDITORS.iter().any(|d| req.actor().holds_any(d).is_ok()),
        rows,
        pager: Pager {
            next,
            first: if asked.is_some() { way.to_owned() } else { String::new() },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        f,
        w,
    }))
}

/// Whether the officer has to do with proposals of a kind: she keeps what it changes, or decides.
fn may_see(actor: &Actor, of: &str) -> Result<(), RuleError> {
    let keeps = |duty| actor.holds_any(duty).is_ok();
    let hers = kind(of).is_some_and(|k| keeps(k.proposer) || keeps(k.approver));
    if hers || EDITORS.iter().any(|d| keeps(d)) { Ok(()) } else { Err(RuleError::Missing) }
}

async fn page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let id: ProposalId = req.path("id")?;
    let (lang, w, house, me) = (req.lang(), req.words::<Words>(), req.house().clone(), req.officer()?);
    let (row, shown, by, decider) = req
        .read(move |r| {
            let row = r.opt(&proposals::BY_ID, (id,))?.ok_or(RuleError::Missing)?;
            let directory = house.service::<DirectoryService>();
            let by = directory.0.staff_name(r, row.proposed_by)?.unwrap_or_default();
            let decider = match row.decided_by {
                Some(id) => directory.0.staff_name(r, id)?.unwrap_or_default(),
                None => String::new(),
            };
            let shown = shown(r, &row, lang)?;
            Ok::<_, RuleError>((row, shown, by, decider))
        })
        .await?;
    may_see(req.actor(), &row.kind)?;
    let f = req.frame();
    let errors = Errors::new(f.words().errors_title(), wrong);
    let status = if errors.is_empty() { 200 } else { 422 };
    let (open, hers) = (row.state == ProposalState::Proposed, row.proposed_by == me);
    let approver = kind(&row.kind).is_some_and(|k| req.actor().holds_any(k.approver).is_ok());
    Ok(Reply::page(&ShowPage {
        id,
        rev: row.rev,
        kind: kind_name(w, &row.kind),
        chip: chip(w, row.state),
        from: row.from_day.to_string(),
        why: row.why,
        by: format!("{by} · {}", row.proposed_at.minute()),
        decided: row
            .decided_at
            .map(|at| format!("{decider} · {} {}", at.minute(), row.decided_why))
            .unwrap_or_default(),
        shown,
        can_decide: open && approver && !hers,
        same_person: open && approver && hers,
        can_take_back: open && hers,
        reason: Field::new("why", w.why(), req.form().raw("why")).error(errors.of("why")),
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Vec::new()).await
}

pub(crate) async fn decide(req: Req) -> Result<Reply, Fault> {
    let id: ProposalId = req.path("id")?;
    let w: Words = req.words();
    let rev: i64 = req.form().parse_as("rev")?;
    let why = req.form().text("why");
    let what = req.form().raw("decision").to_owned();
    let said = match what.as_str() {
        "approve" => w.said_approved(),
        "refuse" => w.said_refused(),
        "take-back" => w.said_taken_back(),
        _ => return Err(Malformed.into()),
    };
    let done = req
        .act(move |act| match what.as_str() {
            "take-back" => proposals::take_back(act, id, rev),
            other => proposals::decide(act, id, rev, other == "approve", &why),
        })
        .await;
    match done {
        Ok(()) => Ok(Reply::see_other(&format!("/office/proposals/{id}")).flash(said)),
        Err(RuleError::Changed) => page(&req, vec![("why".to_owned(), w.changed_meanwhile().to_owned())])
            .await
            .map(|r| r.status(409)),
        Err(e) => page(&req, told(w, e)?).await,
    }
}

//! One case at the desk: what was told, how it stands, and the steps that can be taken from here.

use askama::Template;
use linli_casework::offers::{self as casework, CaseError, CaseId, Outcome, State, TaskKind, TaskState};
use linli_casework::shown::{
    day_words, delivery_words, due_of, level_words, light_chip, state_chip, task_words, timeline, title,
    under, way_words, wrong_words,
};
use linli_casework::view::{Decision, Supplement, Task, View, view};
use linli_casework::{CaseRow, DECIDER, HANDLER};
use linli_web::ui::{Chip, Choice, Choose, Errors, Fact, Facts, Field, Kind, Timeline};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req};
use linli_words::Lang;

use super::forms::{Others, StepForm, forms};
use crate::Words;

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    f: Frame,
    w: Words,
    errors: Errors,
    title: String,
    state: Chip,
    light: Chip,
    rev: i64,
    base: String,
    facts: Facts,
    told: Vec<(String, Facts)>,
    supplements: Vec<ShownSupplement>,
    decisions: Vec<ShownDecision>,
    refused: String,
    review: String,
    comment: String,
    timeline: Timeline,
    steps: Steps,
    forms: Vec<StepForm>,
    here: String,
    tasks: Vec<ShownTask>,
    slips: Vec<(String, String)>,
    routes: Vec<(String, String)>,
    co_open: bool,
}

struct ShownTask {
    head: String,
    question: String,
    points: Vec<(String, String)>,
    answer: String,
    by: String,
}

struct ShownSupplement {
    head: String,
    points: Vec<(String, String)>,
}

struct ShownDecision {
    /// A corrected text stands in its place.
    superseded: bool,
    head: String,
    reason: String,
    lines: Vec<(String, Vec<String>)>,
    answer: String,
    returned: String,
}

/// What can be done from here by whoever looks; a form each.
#[derive(Default)]
struct Steps {
    accept: bool,
    take: bool,
    supplement: Option<SupplementForm>,
    refuse: Option<Field>,
    propose: Option<(Choose, Field)>,
    two_persons: bool,
    decide: bool,
    send_back: Option<Field>,
    /// She proposed it herself: somebody else has to decide.
    own_proposal: bool,
    pause: Option<(Choose, Field, Field)>,
    resume: bool,
    extend: Option<(Field, Field)>,
}

struct SupplementForm {
    points: Vec<Field>,
    /// Asked for only when something was asked before.
    new_facts: Option<Field>,
}

/// What was typed into a step's form, kept when it is shown again.
pub(crate) struct Typed<'a> {
    pub req: &'a Req,
    /// The step whose form was sent; empty: none.
    pub step: &'static str,
}

impl Typed<'_> {
    pub(crate) fn value(&self, step: &str, field: &str) -> String {
        if self.step == step { self.req.form().raw(field).to_owned() } else { String::new() }
    }
}

fn wide(field: Field) -> Field {
    field.kind(Kind::Lines)
}

fn steps(w: Words, v: &View, req: &Req, typed: &Typed<'_>, errors: &Errors) -> Steps {
    let (case, actor) = (&v.case, req.actor());
    let handles = actor.holds(&HANDLER, case.body, case.place).is_ok();
    let decides = actor.holds(&DECIDER, case.body, case.place).is_ok();
    let of = |step: &str, field: &str| if typed.step == step { errors.of(field) } else { None };
    let mut s = Steps { two_persons: case.two_persons(), ..Steps::default() };
    if handles && case.state.is_open() {
        s.take = case.handler.is_none() || case.handler != req.officer().ok();
    }
    match case.state {
        State::Submitted if handles => {
            s.accept = true;
            let again = !v.supplements.is_empty();
            let points = v
                .points
                .iter()
                .map(|(key, name)| {
                    let field = format!("point.{key}");
                    Field::new(&field, name, &typed.value("supplement", &field))
                        .error(of("supplement", &field))
                })
                .collect();
            let new_facts = again.then(|| {
                Field::new("new_facts", w.new_facts(), &typed.value("supplement", "new_facts"))
                    .hint(w.new_facts_hint())
                    .error(of("supplement", "new_facts"))
            });
            s.supplement = Some(SupplementForm { points, new_facts });
            s.refuse = Some(wide(
                Field::new("why", w.refuse_why(), &typed.value("refuse", "why"))
                    .hint(w.refuse_hint())
                    .error(of("refuse", "why")),
            ));
        }
        State::Accepted if handles => {
            let choices = vec![
                Choice::new(Outcome::Granted.word(), w.grant()),
                Choice::new(Outcome::Denied.word(), w.deny()),
            ];
            let outcome =
                Choose::new("outcome", w.outcome_label(), &typed.value("propose", "outcome"), choices)
                    .error(of("propose", "outcome"));
            let why = Field::new("why", w.propose_why(), &typed.value("propose", "why"))
                .hint(w.propose_hint())
                .error(of("propose", "why"));
            s.propose = Some((outcome, wide(why)));
            let kinds = ["hearing", "inspection", "expert", "notice"];
            let kinds = kinds
                .into_iter()
                .map(|k| Choice::new(k, w.by_key(&format!("stop-{k}")).unwrap_or_default()))
                .collect();
            s.pause = Some((
                Choose::new("kind", w.pause_kind(), &typed.value("pause", "kind"), kinds)
                    .list()
                    .error(of("pause", "kind")),
                Field::new("until", w.pause_until(), &typed.value("pause", "until"))
                    .kind(Kind::Day)
                    .error(of("pause", "until")),
                Field::new("pause_why", w.pause_why(), &typed.value("pause", "pause_why"))
                    .error(of("pause", "pause_why")),
            ));
        }
        State::Paused if handles => s.resume = true,
        _ => {}
    }
    if decides && case.state == State::Proposed {
        s.own_proposal = v.decisions.last().is_some_and(|d| d.mine);
        s.decide = !s.own_proposal;
        if s.decide {
            s.send_back = Some(wide(
                Field::new("why", w.send_back_why(), &typed.value("decide", "why"))
                    .error(of("decide", "why")),
            ));
        }
    }
    if decides && case.state == State::Accepted && case.extended_days == 0 {
        s.extend = Some((
            Field::new("days", w.extend_days(), &typed.value("extend", "days"))
                .kind(Kind::Number)
                .error(of("extend", "days")),
            Field::new("extend_why", w.extend_why(), &typed.value("extend", "extend_why"))
                .error(of("extend", "extend_why")),
        ));
    }
    s
}

fn shown_decision(w: Words, d: &Decision) -> ShownDecision {
    let outcome = match d.outcome {
        Outcome::Granted => w.grant(),
        Outcome::Denied => w.deny(),
    };
    let by = d.proposed_by.clone().unwrap_or_else(|| w.by_system().to_owned());
    let answer = match (d.answered_at, d.agreed) {
        (Some(at), true) => {
            w.agreed_by(&at.minute(), &d.answered_by.clone().unwrap_or_else(|| w.by_system().to_owned()))
        }
        (Some(at), false) => w.returned_by(&at.minute(), &d.answered_by.clone().unwrap_or_default()),
        (None, _) => w.waits_for_second().to_owned(),
    };
    ShownDecision {
        superseded: d.superseded,
        head: w.proposal_head(&d.proposed_at.minute(), &by, &outcome),
        reason: d.text.reason.clone(),
        lines: d.text.lines.iter().map(|l| l.shown(w.lang())).collect(),
        answer,
        returned: d.text.returned.clone(),
    }
}

fn shown_supplement(w: Words, lang: Lang, s: &Supplement) -> ShownSupplement {
    let due = day_words(lang, s.due);
    ShownSupplement {
        head: match s.supplied_at {
            Some(at) => w.asked_and_supplied(&s.asked_at.minute(), &at.minute()),
            None => w.asked_until(&s.asked_at.minute(), &due),
        },
        points: s.points.iter().map(|(name, p)| (name.clone(), p.what.clone())).collect(),
    }
}

/// The page of a case; `errors` belong to the step that was tried.
pub(crate) async fn page(req: &Req, typed: &Typed<'_>, errors: Errors) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    req.act(move |act| casework::look(act, id).map(|_| ())).await?;
    let (house, lang, me) = (req.house().clone(), req.lang(), req.officer().ok());
    let v = req.read(move |r| view(r, &house, id, lang, me)).await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let case = &v.case;
    let handles = req.actor().holds(&HANDLER, case.body, case.place).is_ok();
    let decides = req.actor().holds(&DECIDER, case.body, case.place).is_ok();
    let others = if handles && case.state.is_open() { others(req, case).await? } else { Others::none() };
    let forms = forms(w, &v, handles, decides, others, typed, &errors);
    let body = lang.pick(&v.body.0, &v.body.1).into_owned();
    let mut facts = vec![
        Fact::new(w.number(), &case.number),
        Fact::new(w.applicant(), v.applicant.clone().unwrap_or_else(|| w.erased().to_owned())),
        Fact::new(w.place(), &v.place),
        Fact::new(w.body(), body),
        Fact::new(w.handler(), v.handler.clone().unwrap_or_else(|| w.nobody().to_owned())),
        Fact::new(w.filed_at(), case.filed_at.minute()),
        Fact::new(w.channel(), w.by_key(&format!("channel-{}", case.channel.word())).unwrap_or_default()),
    ];
    if case.state.is_open() {
        facts.push(Fact::new(w.due(), day_words(lang, case.due)).why(v.why.clone()));
        if let Some(day) = case.delivery_due {
            facts.push(Fact::new(w.delivery_due(), day_words(lang, day)));
        }
        if let Some(legal) = case.legal_due {
            facts.push(Fact::new(w.legal_due(), day_words(lang, legal)));
        }
    }
    if let Some(day) = case.received {
        facts.push(Fact::new(w.received(), day_words(lang, day)));
    }
    if let Some(d) = &v.delivery {
        let state = delivery_words(lang, d.state);
        facts.push(Fact::new(
            w.deliver_title(),
            format!("{} · {state} {}", way_words(lang, d.way), v.delivery_note),
        ));
    }
    let why = f.words().why();
    let shown = CasePage {
        title: title(lang, case),
        state: state_chip(lang, case),
        light: light_chip(lang, v.light, v.left, due_of(case)),
        rev: case.rev,
        base: format!("/desk/cases/{id}"),
        facts: Facts { facts, why },
        told: v.told.iter().map(|g| (g.title.clone(), under(g, &format!("/desk/cases/{id}"), why))).collect(),
        supplements: v.supplements.iter().map(|s| shown_supplement(w, lang, s)).collect(),
        decisions: v.decisions.iter().map(|d| shown_decision(w, d)).collect(),
        refused: v.refused.clone(),
        review: v.review.as_ref().map(|(r, _)| level_words(lang, r.level)).unwrap_or_default(),
        comment: v.review.as_ref().map(|(_, c)| c.clone()).unwrap_or_default(),
        timeline: timeline(lang, &v, true),
        steps: steps(w, &v, req, typed, &errors),
        forms,
        here: v.here.iter().map(|(name, at)| w.here(&at.minute(), name)).collect::<Vec<_>>().join(" "),
        co_open: v.tasks.iter().any(|t| t.row.kind == TaskKind::Co && t.row.state == TaskState::Open),
        tasks: v.tasks.iter().map(|t| shown_task(w, lang, t)).collect(),
        slips: v
            .slips
            .iter()
            .map(|s| (w.slip_head(&s.row.asked_at.minute(), &s.words), s.answer.clone()))
            .collect(),
        routes: v.routes.iter().map(|x| (w.routed(&x.at.minute(), &x.from, &x.to), x.why.clone())).collect(),
        errors,
        f,
        w,
    };
    Ok(Reply::page(&shown))
}

/// A task with who answered it and when: what it says comes from there.
fn shown_task(w: Words, lang: Lang, t: &Task) -> ShownTask {
    let due = day_words(lang, t.row.due);
    let state = task_words(lang, t.row.state);
    let head = match t.row.kind {
        TaskKind::Co => w.co_head(&t.body, &due, &state),
        TaskKind::Later => w.later_head(&due, &state),
    };
    let by = match (t.row.answered_at, &t.by) {
        (Some(at), Some(name)) => w.co_by(&at.minute(), &t.body, name),
        _ => String::new(),
    };
    ShownTask {
        head,
        question: t.question.clone(),
        points: t.points.iter().map(|(name, p)| (name.clone(), p.what.clone())).collect(),
        answer: t.answer.clone(),
        by,
    }
}

/// To whom the case may go: other bodies that handle cases, colleagues of this one, the body from which it came.
async fn others(req: &Req, case: &CaseRow) -> Result<Others, Fault> {
    let (house, lang, case) = (req.house().clone(), req.lang(), case.clone());
    req.read(move |r| {
        let directory = house.service::<DirectoryService>();
        let mut bodies = vec![Choice::new("", "—")];
        for (body, zh, en) in directory.0.bodies_with(r, &HANDLER)? {
            if body != case.body {
                bodies.push(Choice::new(&body.to_string(), &lang.pick(&zh, &en)));
            }
        }
        if bodies.len() == 1 {
            bodies.clear();
        }
        let mut colleagues = vec![Choice::new("", "—")];
        for (staff, name) in directory.0.holders(r, &HANDLER, case.body)? {
            colleagues.push(Choice::new(&staff.to_string(), &name));
        }
        let home = match casework::came_from(r, case.id, case.body)? {
            Some(body) => directory.0.body_name(r, body)?.map(|(zh, en)| lang.pick(&zh, &en).into_owned()),
            None => None,
        };
        Ok::<_, CaseError>(Others { bodies, colleagues, home })
    })
    .await
    .map_err(Fault::from)
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, &Typed { req: &req, step: "" }, Errors::default()).await
}

/// Shows the case again with what went wrong, or passes on what no officer can mend.
pub(crate) async fn again(req: &Req, step: &'static str, e: CaseError) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let (status, list) = match e {
        CaseError::Wrong(fields) => (
            422,
            fields
                .into_iter()
                .map(|e| {
                    // A point of a supplement is a field of its own.
                    let field = match (step, e.field.as_str()) {
                        ("supplement", "new_facts") | (_, "points" | "later_due") => e.field.clone(),
                        ("supplement", key) => format!("point.{key}"),
                        ("accept-later", key) => format!("later.{key}"),
                        ("send-home", _) => "home_why".to_owned(),
                        ("post", _) => "post_note".to_owned(),
                        (_, key) => key.to_owned(),
                    };
                    (field, wrong_words(req.lang(), e.kind))
                })
                .collect(),
        ),
        CaseError::Changed | CaseError::State(_) => (409, vec![(String::new(), w.changed().to_owned())]),
        CaseError::AskedBefore => (409, vec![("new_facts".to_owned(), w.asked_before().to_owned())]),
        CaseError::StillToFollow => (409, vec![(String::new(), w.still_to_follow().to_owned())]),
        CaseError::ExtendedBefore => (409, vec![(String::new(), w.extended_before().to_owned())]),
        CaseError::Denied(linli_acts::Denied::SamePerson) => {
            (403, vec![(String::new(), w.own_proposal().to_owned())])
        }
        other => return Err(other.into()),
    };
    let errors = Errors::new(req.frame().words().errors_title(), list);
    Ok(page(req, &Typed { req, step }, errors).await?.status(status))
}

//! "My matters": the same cases from the applicant's side.

use askama::Template;
use linli_casework::offers::{
    self as casework, CaseError, CaseId, DeliveryState, Matters, Outcome, SlipState, State, Step, Way,
};
use linli_casework::shown::{
    day_words, delivery_words, level_words, state_chip, timeline, title, under, way_words, wrong_words,
};
use linli_casework::view::{View, view};
use linli_casework::{APPEAL_DAYS, CaseRow, REVIEW_DAYS, SUIT_MONTHS};
use linli_web::ui::{
    Button, Chip, Choice, Choose, Errors, Fact, Facts, Field, Kind, Pager, Row, Rows, Timeline,
};
use linli_web::{Fault, Frame, Missing, Reply, Req};

use crate::Words;

/// Rows of a page.
const ROWS: u16 = 20;

#[derive(Template)]
#[template(path = "my.html")]
struct MinePage {
    f: Frame,
    w: Words,
    /// What waits for her, by day.
    todo: Vec<Row>,
    rows: Rows,
    pager: Pager,
    others: Vec<Row>,
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let person = req.resident()?;
    let before: CaseId = req.ask("before").unwrap_or(CaseId::from_raw(i64::MAX));
    let lang = req.lang();
    let herself = req.actor().for_person.is_none();
    let (cases, waiting, later, others) = req
        .read(move |r| {
            let cases = casework::of_person(r, person, before, ROWS + 1)?;
            let (waiting, later) = (casework::to_mend(r, person)?, casework::to_follow(r, person)?);
            let mut others = Vec::new();
            // What lies in other rooms is hers alone, or a helper's at the counter who has them open anyway.
            for room in linli_acts::inventory::iter::<Matters>() {
                others.extend((room.of)(r, person, lang)?);
            }
            Ok::<_, CaseError>((cases, waiting, later, others))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let officer = req.actor().officer().is_ok();
    let others = if herself || officer { others } else { Vec::new() };
    // One who acts for her in certain items sees those alone.
    let mine = |c: &CaseRow| req.actor().resident_for(&c.item).is_ok();
    let todo_row = |c: &CaseRow, words: String| Row {
        href: format!("/my/cases/{}", c.id),
        title: title(lang, c),
        detail: words,
        chip: None,
    };
    let mut todo: Vec<Row> = waiting
        .iter()
        .filter(|c| mine(c))
        .map(|c| todo_row(c, w.mend_until(&day_words(lang, c.due))))
        .collect();
    todo.extend(
        later
            .iter()
            .filter(|(c, _)| mine(c))
            .map(|(c, due)| todo_row(c, w.follow_until(&day_words(lang, *due)))),
    );
    let more = cases.len() > usize::from(ROWS);
    let next = cases.get(usize::from(ROWS) - 1).filter(|_| more).map(|c| format!("/my?before={}", c.id));
    let rows = cases
        .iter()
        .take(usize::from(ROWS))
        .filter(|c| mine(c))
        .map(|c| Row {
            href: format!("/my/cases/{}", c.id),
            title: title(lang, c),
            detail: detail(w, lang, c),
            chip: Some(state_chip(lang, c)),
        })
        .collect();
    let others = others
        .into_iter()
        .map(|m| Row { href: m.href, title: m.title, detail: m.detail, chip: None })
        .collect();
    Ok(Reply::page(&MinePage {
        todo,
        rows: Rows::new(rows, w.none_yet()),
        pager: Pager {
            next: next.unwrap_or_default(),
            first: if req.query().raw("before").is_empty() { String::new() } else { "/my".to_owned() },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        others,
        f,
        w,
    }))
}

/// What she has to know before she opens it.
fn detail(w: Words, lang: linli_words::Lang, c: &CaseRow) -> String {
    let due = day_words(lang, c.due);
    match c.state {
        State::Supplementing => w.mend_until(&due),
        State::Submitted => w.answer_until(&due),
        State::Accepted | State::Proposed => w.done_until(&due),
        _ => c.number.clone(),
    }
}

#[derive(Template)]
#[template(path = "my_case.html")]
struct MyCasePage {
    f: Frame,
    w: Words,
    errors: Errors,
    title: String,
    state: Chip,
    facts: Facts,
    now: String,
    now_more: String,
    tone: &'static str,
    asked: Vec<(String, String)>,
    mend: String,
    lines: Vec<(String, Vec<String>)>,
    reason: String,
    appeal: String,
    told: Vec<(String, Facts)>,
    timeline: Timeline,
    review: Option<(Choose, Field)>,
    reviewed: String,
    reviewed_words: String,
    withdraw: Option<Button>,
    slip: Option<Field>,
    slips: Vec<(String, String)>,
    way: Option<Choose>,
    action: String,
    base: String,
}

/// What is to be done now, in one sentence and one more; and how the panel looks.
fn now(w: Words, lang: linli_words::Lang, v: &View) -> (String, String, &'static str) {
    let due = day_words(lang, v.case.due);
    match (v.case.state, v.case.outcome) {
        (State::Submitted, _) => (w.answer_until(&due), w.submitted_more().to_owned(), ""),
        (State::Supplementing, _) => (w.mend_until(&due), w.mend_more().to_owned(), "wait"),
        (State::Accepted | State::Proposed | State::Paused, _) if v.to_follow().is_some() => {
            let by = v.to_follow().map(|t| day_words(lang, t.row.due)).unwrap_or_default();
            (w.follow_until(&by), w.to_follow_more().to_owned(), "wait")
        }
        (State::Accepted | State::Proposed, _) => (w.done_until(&due), w.accepted_more().to_owned(), ""),
        (State::Paused, _) => (w.paused_until(&due), w.paused_more().to_owned(), "wait"),
        (State::Decided, _) if v.to_follow().is_some() => {
            (w.decided_to_follow().to_owned(), w.to_follow_more().to_owned(), "wait")
        }
        (State::Decided | State::Closed, Some(Outcome::Denied)) => {
            (w.denied().to_owned(), w.denied_more().to_owned(), "no")
        }
        (State::Decided | State::Closed, _) => (w.granted().to_owned(), String::new(), ""),
        (State::Refused, _) => (w.refused().to_owned(), w.refused_more().to_owned(), "no"),
        (State::Lapsed, _) => (w.lapsed().to_owned(), w.again_more().to_owned(), "wait"),
        (State::Withdrawn, _) => (w.withdrawn().to_owned(), w.again_more().to_owned(), "wait"),
    }
}

async fn page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let person = req.resident()?;
    let (house, lang, today, actor) = (req.house().clone(), req.lang(), req.now().day(), req.actor().clone());
    let (v, appeal, open_days) = req
        .read(move |r| {
            let case = casework::case(r, id)?;
            if case.person != person || actor.resident_for(&case.item).is_err() {
                return Err(CaseError::Missing);
            }
            let v = view(r, &house, id, lang, None)?;
            let days = linli_rules::value(r, &APPEAL_DAYS, today)?.value;
            let months = linli_rules::value(r, &SUIT_MONTHS, today)?.value;
            let review = linli_rules::value(r, &REVIEW_DAYS, today)?.value;
            Ok((v, (days, months), review))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let case = &v.case;
    let (now, now_more, tone) = now(w, lang, &v);
    let why = f.words().why();
    let mut facts = vec![
        Fact::new(w.number(), &case.number),
        Fact::new(w.body(), lang.pick(&v.body.0, &v.body.1)),
        Fact::new(w.filed_at(), case.filed_at.minute()),
    ];
    if case.state.clock_runs() {
        facts.push(Fact::new(w.due(), day_words(lang, case.due)).why(v.why.clone()));
    }
    if let Some(legal) = case.legal_due.filter(|_| case.state.clock_runs()) {
        facts.push(Fact::new(w.legal_due(), day_words(lang, legal)));
    }
    if let Some(day) = case.decided_on {
        facts.push(Fact::new(w.decided_on(), day_words(lang, day)));
    }
    let asked: Vec<(String, String)> = v
        .supplements
        .last()
        .filter(|s| s.supplied_at.is_none() && case.state == State::Supplementing)
        .map(|s| s.points.iter().map(|(name, p)| (name.clone(), p.what.clone())).collect())
        .unwrap_or_default();
    let decision = v.decisions.iter().rev().find(|d| d.agreed);
    let lines = decision.map(|d| d.text.lines.iter().map(|l| l.shown(lang)).collect()).unwrap_or_default();
    let reason = match case.state {
        State::Refused => v.refused.clone(),
        _ => decision.map(|d| d.text.reason.clone()).unwrap_or_default(),
    };
    let unfavourable = case.state == State::Refused || case.outcome == Some(Outcome::Denied);
    let may_review = matches!(case.state, State::Closed | State::Refused)
        && v.review.is_none()
        && case.closed_at.is_some_and(|at| today.days_since(at.day()) <= open_days);
    let review = may_review.then(|| {
        let choices = (1..=5).rev().map(|n| Choice::new(&n.to_string(), &level_words(lang, n))).collect();
        (
            Choose::new("level", w.review_label(), req.form().raw("level"), choices)
                .error(errors.of("level")),
            Field::new("comment", w.comment_label(), req.form().raw("comment"))
                .kind(Kind::Lines)
                .optional(f.words().optional())
                .error(errors.of("comment")),
        )
    });
    let rev = case.rev.to_string();
    let withdraw = case.state.after(Step::Withdraw, case.two_persons()).map(|_| {
        Button::quiet(&format!("/my/cases/{id}/withdraw"), w.withdraw(), f.hidden()).with(&[("rev", &rev)])
    });
    let to_follow = v.to_follow();
    let asked: Vec<(String, String)> = match to_follow {
        Some(task) => task.points.iter().map(|(name, p)| (name.clone(), p.what.clone())).collect(),
        None => asked,
    };
    let mend = if case.state == State::Supplementing || to_follow.is_some() {
        (linli_casework::kind(&case.kind)?.mend)(id)
    } else {
        String::new()
    };
    if let Some(task) = to_follow {
        facts.push(Fact::new(w.later_due(), day_words(lang, task.row.due)));
    }
    if let Some(d) = &v.delivery {
        let state = delivery_words(lang, d.state);
        facts.push(Fact::new(
            w.way_label(),
            format!("{} · {state} {}", way_words(lang, d.way), v.delivery_note),
        ));
        if let Some(day) = case.delivery_due {
            facts.push(Fact::new(w.delivery_due(), day_words(lang, day)));
        }
    }
    let way = v.delivery.as_ref().filter(|d| {
        case.state == State::Decided && matches!(d.state, DeliveryState::Ready | DeliveryState::Back)
    });
    let way = way.map(|d| {
        let ways = [Way::Post, Way::PickUp, Way::Proxy];
        let choices = ways.into_iter().map(|x| Choice::new(x.word(), way_words(lang, x))).collect();
        Choose::new("way", w.way_choose(), d.way.word(), choices).error(errors.of("way"))
    });
    let decided = matches!(case.state, State::Decided | State::Closed) && case.decided_on.is_some();
    let slip = (decided && !v.slips.iter().any(|s| s.row.state == SlipState::Open)).then(|| {
        Field::new("slip", w.slip_label(), req.form().raw("slip"))
            .kind(Kind::Lines)
            .hint(w.slip_hint())
            .error(errors.of("slip"))
    });
    Ok(Reply::page(&MyCasePage {
        title: title(lang, case),
        state: state_chip(lang, case),
        facts: Facts { facts, why },
        now,
        now_more,
        tone,
        asked,
        mend,
        lines,
        reason,
        appeal: if unfavourable { w.appeal(&appeal.0, &appeal.1) } else { String::new() },
        told: v.told.iter().map(|g| (g.title.clone(), under(g, &format!("/my/cases/{id}"), why))).collect(),
        timeline: timeline(lang, &v, false),
        review,
        reviewed: v.review.as_ref().map(|(r, _)| level_words(lang, r.level)).unwrap_or_default(),
        reviewed_words: v.review.as_ref().map(|(_, c)| c.clone()).unwrap_or_default(),
        withdraw,
        slip,
        slips: v
            .slips
            .iter()
            .map(|s| (w.slip_head(&s.row.asked_at.minute(), &s.words), s.answer.clone()))
            .collect(),
        way,
        action: format!("/my/cases/{id}/review"),
        base: format!("/my/cases/{id}"),
        errors,
        f,
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default()).await
}

pub(crate) async fn again(req: &Req, e: CaseError) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let (status, list) = match e {
        CaseError::Wrong(fields) => {
            (422, fields.into_iter().map(|e| (e.field, wrong_words(req.lang(), e.kind))).collect())
        }
        CaseError::Changed | CaseError::State(_) => (409, vec![(String::new(), w.my_changed().to_owned())]),
        CaseError::Missing => return Err(Missing.into()),
        other => return Err(other.into()),
    };
    let errors = Errors::new(req.frame().words().errors_title(), list);
    Ok(page(req, errors).await?.status(status))
}

pub(crate) async fn withdraw(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    match req.act(move |act| casework::withdraw(act, id, rev)).await {
        Ok(()) => {
            Ok(Reply::see_other(&format!("/my/cases/{id}")).flash(req.words::<Words>().said_withdrawn()))
        }
        Err(e) => again(&req, e).await,
    }
}

pub(crate) async fn review(req: Req) -> Result<Reply, Fault> {
    let id: CaseId = req.path("id")?;
    let level: u8 = req.form().text("level").parse().unwrap_or(0);
    let comment = req.form().lines("comment");
    match req.act(move |act| casework::review(act, id, level, &comment)).await {
        Ok(()) => {
            Ok(Reply::see_other(&format!("/my/cases/{id}")).flash(req.words::<Words>().said_reviewed()))
        }
        Err(e) => again(&req, e).await,
    }
}

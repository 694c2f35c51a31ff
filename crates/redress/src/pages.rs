//! The officer's queue of bad reviews, one of them, and the resident's side.

use askama::Template;
use linli_acts::{House, StaffId};
use linli_casework::offers as casework;
use linli_casework::shown;
use linli_db::Read;
use linli_vault::Place;
use linli_web::ui::{
    Chip, Choice, Choose, Errors, Fact, Facts, Field, Kind, Moment, Pager, Row, Rows, Timeline, Tone,
};
use linli_web::{DirectoryService, Fault, Frame, Missing, Reply, Req};
use linli_words::Lang;

use crate::acts;
use crate::domain::{Call, OrderState, Verdict};
use crate::error::RedressError;
use crate::store::{self, OrderId, OrderRow};
use crate::{OFFICER, Words};

const ROWS: u16 = 50;

#[derive(Template)]
#[template(path = "orders.html")]
struct ListPage {
    f: Frame,
    w: Words,
    rows: Rows,
    pager: Pager,
}

fn light(r: &mut Read<'_>, order: &OrderRow, lang: Lang) -> Result<Chip, RedressError> {
    let today = r.now().day();
    if matches!(order.state, OrderState::Closed | OrderState::Called) {
        let w = Words::from(lang);
        return Ok(Chip::new(
            Tone::Done,
            w.by_key(&format!("state-{}", order.state.word())).unwrap_or_default(),
        ));
    }
    let (near, calendar) = (shown::soon(r, today)?, linli_rules::calendar(r)?);
    let light = linli_casework::domain::light(casework::State::Accepted, order.due, today, near);
    let left = shown::days_left(&calendar, today, order.due);
    Ok(shown::light_chip(lang, light, left, order.due))
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let mut reach: Vec<_> =
        req.actor().held.iter().filter(|h| h.kind == OFFICER.key).map(|h| (h.body, h.place)).collect();
    reach.sort_unstable();
    reach.dedup();
    let after = match (req.ask("due"), req.ask("after")) {
        (Some(due), Some(id)) => (due, id),
        _ => (linli_casework::search::start().0, OrderId::from_raw(0)),
    };
    let lang = req.lang();
    let (rows, next) = req
        .read(move |r| {
            let w = Words::from(lang);
            let mut found: Vec<OrderRow> = Vec::new();
            for (body, place) in &reach {
                let (low, high) = place.range();
                found.extend(r.all(&store::QUEUE, (*body, low, high, after.0, after.1, ROWS + 1))?);
            }
            found.sort_by_key(|o| (o.due, o.id));
            found.dedup_by_key(|o| o.id);
            let more = found.len() > usize::from(ROWS);
            found.truncate(usize::from(ROWS));
            let next =
                found.last().filter(|_| more).map(|o| format!("/desk/redress?due={}&after={}", o.due, o.id));
            let mut rows = Vec::new();
            for order in found {
                let case = casework::case(r, order.case_id)?;
                let state = w.by_key(&format!("state-{}", order.state.word())).unwrap_or_default();
                rows.push(Row {
                    href: format!("/desk/redress/{}", order.id),
                    title: shown::title(lang, &case),
                    detail: format!("{} · {} · {state}", case.number, w.stars(&order.level)),
                    chip: Some(light(r, &order, lang)?),
                });
            }
            Ok::<_, RedressError>((rows, next))
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    Ok(Reply::page(&ListPage {
        rows: Rows::new(rows, w.none()),
        pager: Pager {
            next: next.unwrap_or_default(),
            first: if req.query().raw("after").is_empty() {
                String::new()
            } else {
                "/desk/redress".to_owned()
            },
            next_words: f.words().next_page(),
            first_words: f.words().first_page(),
        },
        f,
        w,
    }))
}

/// What both sides see of an order.
struct Seen {
    title: String,
    facts: Vec<Fact>,
    review: String,
    timeline: Timeline,
    light: Chip,
    own_case: bool,
}

fn seen(
    r: &mut Read<'_>,
    house: &House,
    order: &OrderRow,
    lang: Lang,
    me: Option<StaffId>,
) -> Result<Seen, RedressError> {
    let (w, vault) = (Words::from(lang), house.vault());
    let directory = house.service::<DirectoryService>();
    let case = casework::case(r, order.case_id)?;
    let (_, review) = casework::review_of(r, vault, order.case_id)?.unwrap_or_default();
    let mut moments = Vec::new();
    for n in r.all(&store::NOTES, (order.id,))? {
        let words = n.words.and_then(|x| vault.open_text(Place::new("redress_notes.words", n.id), &x).ok());
        let name = match (n.by_staff, me) {
            (Some(staff), Some(_)) => directory.0.staff_name(r, staff)?.unwrap_or_default(),
            _ => String::new(),
        };
        moments.push(Moment {
            what: linli_acts::act_words(&n.step)
                .map(|(zh, en)| lang.pick(zh, en).into_owned())
                .unwrap_or_default(),
            when: n.at.minute(),
            detail: format!("{} {name}", words.unwrap_or_default()).trim().to_owned(),
        });
    }
    moments.reverse();
    let body = directory.0.body_name(r, order.body)?.unwrap_or_default();
    let mut facts = vec![
        Fact::new(w.number(), &case.number),
        Fact::new(w.body(), lang.pick(&body.0, &body.1)),
        Fact::new(w.level(), w.stars(&order.level)),
        Fact::new(w.due(), shown::day_words(lang, order.due)).why(
            lang.prose(
                linli_rules::calendar_at(r, order.due_at)?
                    .due(
                        order.opened_on,
                        u16::try_from(linli_rules::value(r, &crate::FIX_DAYS, order.opened_on)?.value)
                            .unwrap_or(0),
                    )
                    .derivation
                    .lines(lang.is_en()),
            ),
        ),
    ];
    if let Some(v) = order.verdict {
        facts.push(Fact::new(w.verdict(), w.by_key(&format!("verdict-{}", v.word())).unwrap_or_default()));
    }
    if let Some(c) = order.call {
        facts.push(Fact::new(
            w.call(),
            w.by_key(&format!("call-{}", c.word().replace('_', "-"))).unwrap_or_default(),
        ));
    }
    Ok(Seen {
        title: shown::title(lang, &case),
        facts,
        review,
        timeline: Timeline { moments },
        light: light(r, order, lang)?,
        own_case: me.is_some() && case.handler == me,
    })
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    f: Frame,
    w: Words,
    errors: Errors,
    title: String,
    light: Chip,
    facts: Facts,
    review: String,
    timeline: Timeline,
    own_case: bool,
    base: String,
    rev: i64,
    verify: Option<(Choose, Field)>,
    fix: Option<Field>,
    call: Option<(Choose, Field)>,
    close: bool,
}

fn choices(w: Words, prefix: &str, words: &[&str]) -> Vec<Choice> {
    words
        .iter()
        .map(|x| Choice::new(x, w.by_key(&format!("{prefix}-{}", x.replace('_', "-"))).unwrap_or_default()))
        .collect()
}

async fn page(req: &Req, errors: Errors) -> Result<Reply, Fault> {
    let id: OrderId = req.path("id")?;
    let order = req.act(move |act| acts::look(act, id)).await?;
    let (house, lang, me) = (req.house().clone(), req.lang(), req.officer().ok());
    let row = order.clone();
    let s = req.read(move |r| seen(r, &house, &row, lang, me)).await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let form = req.form();
    let words = |label: &str| {
        Field::new("words", label, form.raw("words")).kind(Kind::Lines).error(errors.of("words"))
    };
    let may = !s.own_case;
    let to_mend = order.verdict == Some(Verdict::Valid);
    let call = order.state == OrderState::Fixed || (order.state == OrderState::Verified && !to_mend);
    let verdicts: Vec<&str> = Verdict::ALL.iter().map(|v| v.word()).collect();
    let calls: Vec<&str> = Call::ALL.iter().map(|c| c.word()).collect();
    Ok(Reply::page(&OrderPage {
        title: s.title,
        light: s.light,
        facts: Facts { facts: s.facts, why: f.words().why() },
        review: s.review,
        timeline: s.timeline,
        own_case: s.own_case,
        base: format!("/desk/redress/{id}"),
        rev: order.rev,
        verify: (may && order.state == OrderState::Opened).then(|| {
            (
                Choose::new("verdict", w.verdict(), form.raw("verdict"), choices(w, "verdict", &verdicts))
                    .error(errors.of("verdict")),
                words(w.found()),
            )
        }),
        fix: (may && order.state == OrderState::Verified && to_mend).then(|| words(w.mended())),
        call: (may && call).then(|| {
            (
                Choose::new("call", w.call(), form.raw("call"), choices(w, "call", &calls))
                    .error(errors.of("call")),
                words(w.said()),
            )
        }),
        close: may && order.state == OrderState::Called,
        errors,
        f,
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default()).await
}

async fn done(req: &Req, result: Result<(), RedressError>) -> Result<Reply, Fault> {
    let id: OrderId = req.path("id")?;
    let w: Words = req.words();
    let (status, list) = match result {
        Ok(()) => return Ok(Reply::see_other(&format!("/desk/redress/{id}")).flash(w.noted())),
        Err(RedressError::Wrong(fields)) => (
            422,
            fields.into_iter().map(|e| (e.field, w.by_key(e.kind).unwrap_or_default().to_owned())).collect(),
        ),
        Err(RedressError::Changed) => (409, vec![(String::new(), w.changed().to_owned())]),
        Err(e) => return Err(e.into()),
    };
    let errors = Errors::new(req.frame().words().errors_title(), list);
    Ok(page(req, errors).await?.status(status))
}

fn id_and_rev(req: &Req) -> Result<(OrderId, i64), Fault> {
    Ok((req.path("id")?, req.form().parse_as("rev")?))
}

pub(crate) async fn verify(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let words = req.form().lines("words");
    let result = match Verdict::from_word(req.form().raw("verdict")) {
        Some(verdict) => req.act(move |act| acts::verify(act, id, rev, verdict, &words)).await,
        None => Err(RedressError::field("verdict", "choose")),
    };
    done(&req, result).await
}

pub(crate) async fn fix(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let words = req.form().lines("words");
    let result = req.act(move |act| acts::fix(act, id, rev, &words)).await;
    done(&req, result).await
}

pub(crate) async fn call(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let words = req.form().lines("words");
    let result = match Call::from_word(req.form().raw("call")) {
        Some(call) => req.act(move |act| acts::call(act, id, rev, call, &words)).await,
        None => Err(RedressError::field("call", "choose")),
    };
    done(&req, result).await
}

pub(crate) async fn close(req: Req) -> Result<Reply, Fault> {
    let (id, rev) = id_and_rev(&req)?;
    let result = req.act(move |act| acts::close(act, id, rev)).await;
    done(&req, result).await
}

#[derive(Template)]
#[template(path = "mine.html")]
struct MinePage {
    f: Frame,
    w: Words,
    title: String,
    light: Chip,
    facts: Facts,
    review: String,
    timeline: Timeline,
}

pub(crate) async fn mine(req: Req) -> Result<Reply, Fault> {
    let id: OrderId = req.path("id")?;
    let (person, house, lang) = (req.resident()?, req.house().clone(), req.lang());
    let s = req
        .read(move |r| {
            let order = r.opt(&store::ORDER, (id,))?.filter(|o| o.person == person);
            let Some(order) = order else { return Ok(None) };
            Ok::<_, RedressError>(Some(seen(r, &house, &order, lang, None)?))
        })
        .await?
        .ok_or(Missing)?;
    let (f, w) = (req.frame(), req.words::<Words>());
    Ok(Reply::page(&MinePage {
        title: w.mine_title(&s.title),
        light: s.light,
        facts: Facts { facts: s.facts, why: f.words().why() },
        review: s.review,
        timeline: s.timeline,
        f,
        w,
    }))
}

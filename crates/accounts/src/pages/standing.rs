//! Acting for family and friends: who acts for me, for whom I act.

use askama::Template;
use linli_base::Day;
use linli_web::ui::{Chip, Choice, Choose, Errors, Field, Kind, Tone};
use linli_web::{DirectoryService, Fault, Frame, Missing, Reply, Req};

use crate::Words;
use crate::acts::delegations::{self, Delegation, DelegationId, DelegationState};
use crate::error::AccountError;
use crate::pages::{errors, wrong_fields};

#[derive(Template)]
#[template(path = "standing.html")]
struct StandingPage {
    f: Frame,
    w: Words,
    errors: Errors,
    /// Shown once, after it was made.
    code: String,
    mine: Vec<Line>,
    others: Vec<Line>,
    scope: Choose,
    items: Vec<(String, String, bool)>,
    items_error: String,
    until: Field,
    code_field: Field,
}

struct Line {
    id: DelegationId,
    name: String,
    chip: Chip,
    detail: String,
    /// It can still be ended.
    open: bool,
    /// She can act by it now.
    ready: bool,
}

async fn page(req: &Req, wrong: Errors, code: String) -> Result<Reply, Fault> {
    let (me, house, lang, today) = (req.resident()?, req.house().clone(), req.lang(), req.now().day());
    let w: Words = req.words();
    let (mine, others, items) = req
        .read(move |r| {
            let directory = house.service::<DirectoryService>();
            let (mine, others) = delegations::both_sides(r, me)?;
            let items = directory.0.items(r)?;
            let mut line =
                |d: Delegation, other: Option<linli_acts::PersonId>| -> Result<Line, AccountError> {
                    let name = match other {
                        Some(other) => directory.0.person_name(r, house.vault(), other)?,
                        None => None,
                    };
                    let over = d.until < today && d.state != DelegationState::Ended;
                    let (tone, words) = match d.state {
                        _ if over => (Tone::Plain, w.standing_over()),
                        DelegationState::Offered => (Tone::Due, w.standing_offered()),
                        DelegationState::Active => (Tone::Done, w.standing_active()),
                        DelegationState::Ended => (Tone::Plain, w.standing_ended()),
                    };
                    let until = if lang.is_en() { d.until.en() } else { d.until.zh() };
                    let scope = match &d.items {
                        None => w.scope_all().to_owned(),
                        Some(keys) => keys
                            .0
                            .iter()
                            .map(|k| {
                                let named = items.iter().find(|(key, _, _)| key == k);
                                named.map_or_else(|| k.clone(), |(_, zh, en)| lang.pick(zh, en).into_owned())
                            })
                            .collect::<Vec<_>>()
                            .join("、"),
                    };
                    Ok(Line {
                        id: d.id,
                        name: name.unwrap_or_else(|| w.standing_nobody().to_owned()),
                        chip: Chip::new(tone, words),
                        detail: w.standing_detail(&scope, &until),
                        open: d.state != DelegationState::Ended && !over,
                        ready: d.state == DelegationState::Active && !over,
                    })
                };
            let mut mine_lines = Vec::new();
            for d in mine {
                let other = d.helper;
                mine_lines.push(line(d, other)?);
            }
            let mut other_lines = Vec::new();
            for d in others {
                let other = Some(d.person);
                other_lines.push(line(d, other)?);
            }
            Ok::<_, AccountError>((mine_lines, other_lines, items))
        })
        .await?;
    let form = req.form();
    let ticked: Vec<String> = form.all("items").collect();
    let scope = form.raw("scope");
    Ok(Reply::page(&StandingPage {
        code,
        mine,
        others,
        scope: Choose::new(
            "scope",
            w.scope(),
            if scope.is_empty() { "all" } else { scope },
            vec![Choice::new("all", w.scope_all()), Choice::new("items", w.scope_items())],
        )
        .error(wrong.of("scope")),
        items: items
            .into_iter()
            .map(|(key, zh, en)| {
                let on = ticked.contains(&key);
                (key, lang.pick(&zh, &en).into_owned(), on)
            })
            .collect(),
        items_error: wrong.of("items").unwrap_or_default(),
        until: Field::new("until", w.standing_until(), form.raw("until"))
            .kind(Kind::Day)
            .error(wrong.of("until")),
        code_field: Field::new("code", w.standing_code(), form.raw("code"))
            .hint(w.standing_code_hint())
            .autocomplete("off")
            .error(wrong.of("code")),
        errors: wrong,
        f: req.frame(),
        w,
    }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    page(&req, Errors::default(), String::new()).await
}

pub(crate) async fn offer(req: Req) -> Result<Reply, Fault> {
    let form = req.form();
    let items = (form.raw("scope") == "items").then(|| form.all("items").collect::<Vec<_>>());
    let until = form.text("until").parse::<Day>().map_err(|_| AccountError::field("until", "until-range"));
    let result = match until {
        Ok(until) => req.act(move |act| delegations::delegate(act, items.clone(), until)).await,
        Err(e) => Err(e),
    };
    match result {
        Ok((_, code)) => {
            // In two halves, as it is read out.
            let (a, b) = code.split_at_checked(5).unwrap_or((code.as_str(), ""));
            page(&req, Errors::default(), format!("{a} {b}")).await
        }
        Err(e) => {
            let wrong = wrong_fields(e)?;
            Ok(page(&req, errors(&req, &wrong), String::new()).await?.status(422))
        }
    }
}

pub(crate) async fn accept(req: Req) -> Result<Reply, Fault> {
    let (code, w) = (req.form().text("code"), req.words::<Words>());
    match req.act(move |act| delegations::accept(act, &code)).await {
        Ok(_) => Ok(Reply::see_other("/me/standing").flash(w.standing_accepted())),
        Err(e) => {
            let wrong = wrong_fields(e)?;
            Ok(page(&req, errors(&req, &wrong), String::new()).await?.status(422))
        }
    }
}

pub(crate) async fn end(req: Req) -> Result<Reply, Fault> {
    let id: DelegationId = req.path("id")?;
    req.act(move |act| delegations::end(act, id)).await?;
    Ok(Reply::see_other("/me/standing").flash(req.words::<Words>().standing_was_ended()))
}

pub(crate) async fn begin(req: Req) -> Result<Reply, Fault> {
    let id: DelegationId = req.path("id")?;
    let session = req.session().map(|s| s.id).ok_or(Missing)?;
    req.act(move |act| delegations::begin(act, session, id)).await?;
    Ok(Reply::see_other("/my"))
}

pub(crate) async fn stop(req: Req) -> Result<Reply, Fault> {
    let session = req.session().map(|s| s.id).ok_or(Missing)?;
    req.act(move |act| delegations::stop(act, session)).await?;
    Ok(Reply::see_other("/me/standing").flash(req.words::<Words>().standing_stopped()))
}

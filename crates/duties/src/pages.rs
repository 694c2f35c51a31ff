//! Bodies, staff, duties, the log: the office's pages.

use askama::Template;
use linli_acts::{BodyId, DutyId, LogId, StaffId, duty_kinds};
use linli_base::{Day, Level, PlaceCode};
use linli_web::session::{self, SessionKind};
use linli_web::ui::{Choice, Choose, Errors, Field, Pager, Row, Rows};
use linli_web::{Fault, Frame, Malformed, Reply, Req, SessionId};
use linli_words::Lang;

use crate::domain::{BodyKind, BodyState, StaffState};
use crate::door_pages::told;
use crate::error::OfficeError;
use crate::store::{self, Body, DutyRow, StaffRow};
use crate::{ADMINISTRATOR, SECURITY, Words, acts, offers};

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    f: Frame,
    w: Words,
    duties: Rows,
    sessions: Vec<(SessionId, String, String, bool)>,
}

#[derive(Template)]
#[template(path = "bodies.html")]
struct BodiesPage {
    f: Frame,
    w: Words,
    errors: Errors,
    rows: Vec<ShownBody>,
    pager: Pager,
    fields: Vec<Field>,
    kind: Choose,
    place: Choose,
}

struct ShownBody {
    id: BodyId,
    rev: i64,
    code: String,
    zh: String,
    en: String,
    kind: &'static str,
    place: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "staff.html")]
struct StaffPage {
    f: Frame,
    w: Words,
    errors: Errors,
    rows: Rows,
    pager: Pager,
    administrator: bool,
    login: Field,
    name: Field,
    link: Option<String>,
}

#[derive(Template)]
#[template(path = "member.html")]
struct MemberPage {
    f: Frame,
    w: Words,
    errors: Errors,
    id: StaffId,
    rev: i64,
    name: String,
    login: String,
    state: StaffState,
    factor: bool,
    duties: Vec<ShownDuty>,
    administrator: bool,
    security: bool,
    kind: Choose,
    body: Choose,
    place: Choose,
    link: Option<String>,
}

struct ShownDuty {
    id: DutyId,
    rev: i64,
    kind: String,
    body: String,
    place: String,
    since: String,
    ended: String,
    deputies: Vec<String>,
}

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    f: Frame,
    w: Words,
    rows: Vec<ShownLog>,
    pager: Pager,
    act: Field,
}

struct ShownLog {
    at: String,
    act: String,
    subject: String,
    rev: i64,
    actor: String,
    duty: String,
    state: String,
}

pub(crate) fn kind_name(lang: Lang, key: &str) -> String {
    duty_kinds()
        .into_iter()
        .find(|k| k.key == key)
        .map_or_else(|| key.to_owned(), |k| lang.pick(k.zh, k.en).into_owned())
}

pub(crate) fn body_name(lang: Lang, body: Option<&Body>) -> String {
    body.map(|b| lang.pick(&b.name_zh, &b.name_en).into_owned()).unwrap_or_default()
}

fn pager(f: &Frame, next: Option<String>, first: String) -> Pager {
    Pager {
        next: next.unwrap_or_default(),
        first,
        next_words: f.words().next_page(),
        first_words: f.words().first_page(),
    }
}

pub(crate) async fn me(req: Req) -> Result<Reply, Fault> {
    let id = req.officer()?;
    let here = req.session().map(|s| s.id);
    let (f, lang) = (req.frame(), req.lang());
    let doors = f.clone();
    let (held, sessions) = req
        .read(move |r| {
            let now = r.now();
            let mut rows = Vec::new();
            for h in offers::held(r, id, now)? {
                let body = offers::body(r, h.body)?;
                let place = linli_places::offers::name(r, h.place, now.day())?;
                rows.push(Row {
                    href: doors.door_of(&h.kind).to_owned(),
                    title: kind_name(lang, &h.kind),
                    detail: format!("{} · {}", body_name(lang, body.as_ref()), lang.pick(&place.0, &place.1)),
                    chip: None,
                });
            }
            Ok::<_, OfficeError>((rows, session::of_subject(r, SessionKind::Staff, id.raw())?))
        })
        .await?;
    let w: Words = req.words();
    let sessions =
        sessions.into_iter().map(|s| (s.id, s.device, s.seen_at.minute(), Some(s.id) == here)).collect();
    Ok(Reply::page(&MePage { f, w, duties: Rows::new(held, w.no_duties()), sessions }))
}

pub(crate) async fn end_session(req: Req) -> Result<Reply, Fault> {
    let (id, session): (StaffId, SessionId) = (req.officer()?, req.path("id")?);
    req.act(move |act| session::end(act, session, SessionKind::Staff, id.raw()).map_err(OfficeError::from))
        .await?;
    Ok(Reply::see_other("/office/me").flash(req.words::<Words>().session_ended()))
}

/// Every place of the district that holds, to choose from.
fn places(r: &mut linli_db::Read<'_>, lang: Lang, day: Day) -> Result<Vec<Choice>, OfficeError> {
    let Some(district) = linli_places::offers::district(r, day)? else { return Ok(Vec::new()) };
    let levels = [Level::District, Level::Street, Level::Community];
    let all = linli_places::offers::to_choose(r, lang, &[district.code], &levels, day)?;
    Ok(all.into_iter().map(|(code, name)| Choice::new(&code.to_string(), &name)).collect())
}

fn choose_place(label: &str, typed: &str, places: Vec<Choice>, errors: &Errors) -> Choose {
    Choose::new("place", label, typed, places).list().error(errors.of("place"))
}

async fn bodies_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let after: BodyId = req.ask("after").unwrap_or(BodyId::from_raw(0));
    let lang = req.lang();
    let (found, places) = req
        .read(move |r| {
            let today = r.now().day();
            let mut out = Vec::new();
            for b in r.all(&store::BODIES, (after, 50))? {
                let place = linli_places::offers::name(r, b.place, today)?;
                out.push((b, lang.pick(&place.0, &place.1).into_owned()));
            }
            Ok::<_, OfficeError>((out, places(r, lang, today)?))
        })
        .await?;
    let (f, w, form) = (req.frame(), req.words::<Words>(), req.form());
    let next =
        found.last().filter(|_| found.len() == 50).map(|(b, _)| format!("/office/bodies?after={}", b.id));
    let first = if after.raw() == 0 { String::new() } else { "/office/bodies".to_owned() };
    let errors = Errors::new(f.words().errors_title(), wrong);
    let rows = found
        .into_iter()
        .map(|(b, place)| ShownBody {
            id: b.id,
            rev: b.rev,
            code: b.code,
            zh: b.name_zh,
            en: b.name_en,
            kind: match b.kind {
                BodyKind::Department => w.department(),
                BodyKind::Street => w.street(),
                BodyKind::Committee => w.committee(),
            },
            place,
            open: b.state == BodyState::Open,
        })
        .collect();
    let kinds = vec![
        Choice::new("department", w.department()),
        Choice::new("street", w.street()),
        Choice::new("committee", w.committee()),
    ];
    let chosen = if form.raw("kind").is_empty() { "department" } else { form.raw("kind") };
    let fields = vec![
        Field::new("code", w.body_code(), form.raw("code")).hint(w.body_code_hint()).error(errors.of("code")),
        Field::new("name_zh", w.name_zh(), form.raw("name_zh")).error(errors.of("name_zh")),
        Field::new("name_en", w.name_en(), form.raw("name_en")).optional(f.words().optional()),
    ];
    let place = choose_place(w.place(), form.raw("place"), places, &errors);
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&BodiesPage {
        pager: pager(&f, next, first),
        kind: Choose::new("kind", w.body_kind(), chosen, kinds),
        place,
        errors,
        rows,
        fields,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn bodies(req: Req) -> Result<Reply, Fault> {
    bodies_page(&req, Vec::new()).await
}

pub(crate) async fn add_body(req: Req) -> Result<Reply, Fault> {
    let (w, form) = (req.words::<Words>(), req.form().clone());
    let kind = BodyKind::from_word(form.raw("kind")).ok_or(Malformed)?;
    let Ok(place) = form.text("place").parse::<PlaceCode>() else {
        return bodies_page(&req, vec![("place".to_owned(), w.place_wrong().to_owned())]).await;
    };
    let (code, zh, en) = (form.text("code"), form.text("name_zh"), form.text("name_en"));
    match req.act(move |act| acts::add_body(act, &code, kind, &zh, &en, place)).await {
        Ok(_) => Ok(Reply::see_other("/office/bodies").flash(w.saved())),
        Err(e) => {
            let wrong = told(&w, e)?;
            bodies_page(&req, wrong).await
        }
    }
}

pub(crate) async fn change_body(req: Req) -> Result<Reply, Fault> {
    let id: BodyId = req.path("id")?;
    let (w, form) = (req.words::<Words>(), req.form().clone());
    let rev: i64 = form.parse_as("rev")?;
    let state = BodyState::from_word(form.raw("state")).ok_or(Malformed)?;
    let (zh, en) = (form.text("name_zh"), form.text("name_en"));
    match req.act(move |act| acts::change_body(act, id, rev, &zh, &en, state)).await {
        Ok(()) => Ok(Reply::see_other("/office/bodies").flash(w.saved())),
        Err(e) => {
            let wrong = told(&w, e)?;
            bodies_page(&req, wrong).await
        }
    }
}

fn state_word(w: &Words, state: StaffState) -> &'static str {
    match state {
        StaffState::Invited => w.state_invited(),
        StaffState::Active => w.state_active(),
        StaffState::Locked => w.state_locked(),
        StaffState::Left => w.state_left(),
    }
}

async fn staff_page(req: &Req, wrong: Vec<(String, String)>, link: Option<String>) -> Result<Reply, Fault> {
    let after: StaffId = req.ask("after").unwrap_or(StaffId::from_raw(0));
    let found: Vec<StaffRow> = req.read(move |r| r.all(&store::STAFF_LIST, (after, 50))).await?;
    let (f, w, form) = (req.frame(), req.words::<Words>(), req.form());
    let next = found.last().filter(|_| found.len() == 50).map(|s| format!("/office/staff?after={}", s.id));
    let first = if after.raw() == 0 { String::new() } else { "/office/staff".to_owned() };
    let errors = Errors::new(f.words().errors_title(), wrong);
    let rows = found
        .into_iter()
        .map(|s| Row {
            href: format!("/office/staff/{}", s.id),
            title: s.name,
            detail: format!("{} · {}", s.login, state_word(&w, s.state)),
            chip: None,
        })
        .collect();
    let status = if errors.is_empty() { 200 } else { 422 };
    let keep = |name: &str| if link.is_some() { "" } else { form.raw(name) }.to_owned();
    Ok(Reply::page(&StaffPage {
        rows: Rows::new(rows, w.no_staff()),
        pager: pager(&f, next, first),
        administrator: req.actor().holds_any(&ADMINISTRATOR).is_ok(),
        login: Field::new("login", w.login(), &keep("login"))
            .hint(w.login_hint())
            .autocomplete("off")
            .error(errors.of("login")),
        name: Field::new("name", w.name(), &keep("name")).autocomplete("off").error(errors.of("name")),
        link,
        errors,
        f,
        w,
    })
    .status(status))
}

pub(crate) async fn staff(req: Req) -> Result<Reply, Fault> {
    staff_page(&req, Vec::new(), None).await
}

pub(crate) async fn invite(req: Req) -> Result<Reply, Fault> {
    let w: Words = req.words();
    let (login, name) = (req.form().text("login"), req.form().text("name"));
    match req.act(move |act| acts::invite(act, &login, &name)).await {
        Ok((_, secret)) => {
            let link = format!("{}/office/setup/{secret}", req.origin());
            staff_page(&req, Vec::new(), Some(link)).await
        }
        Err(e) => {
            let wrong = told(&w, e)?;
            staff_page(&req, wrong, None).await
        }
    }
}

async fn member_page(
    req: &Req,
    id: StaffId,
    wrong: Vec<(String, String)>,
    link: Option<String>,
) -> Result<Reply, Fault> {
    let lang = req.lang();
    let w: Words = req.words();
    let (row, duties, bodies, places) = req
        .read(move |r| {
            let row = r.opt(&store::STAFF, (id,))?.ok_or(OfficeError::Missing)?;
            let today = r.now().day();
            let mut duties = Vec::new();
            for d in r.all(&store::OF_STAFF, (id,))? {
                duties.push(shown_duty(r, lang, &w, d, today)?);
            }
            let bodies = r.all(&store::OPEN_BODIES, ())?;
            Ok::<_, OfficeError>((row, duties, bodies, places(r, lang, today)?))
        })
        .await?;
    let (f, form) = (req.frame(), req.form());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let kinds: Vec<Choice> =
        duty_kinds().into_iter().map(|k| Choice::new(k.key, &lang.pick(k.zh, k.en))).collect();
    let bodies: Vec<Choice> =
        bodies.iter().map(|b| Choice::new(&b.id.to_string(), &lang.pick(&b.name_zh, &b.name_en))).collect();
    let actor = req.actor();
    let other = actor.officer().is_ok_and(|me| me != id);
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&MemberPage {
        id,
        rev: row.rev,
        name: row.name,
        login: row.login,
        state: row.state,
        factor: row.totp_proven_at.is_some(),
        duties,
        administrator: other && actor.holds_any(&ADMINISTRATOR).is_ok(),
        security: other && actor.holds_any(&SECURITY).is_ok(),
        kind: Choose::new("kind", w.duty(), form.raw("kind"), kinds).list().error(errors.of("kind")),
        body: Choose::new("body", w.body(), form.raw("body"), bodies).list().error(errors.of("body")),
        place: choose_place(w.duty_place(), form.raw("place"), places, &errors),
        link,
        errors,
        f,
        w,
    })
    .status(status))
}

fn shown_duty(
    r: &mut linli_db::Read<'_>,
    lang: Lang,
    w: &Words,
    d: DutyRow,
    today: Day,
) -> Result<ShownDuty, OfficeError> {
    let body = offers::body(r, d.body)?;
    let place = linli_places::offers::name(r, d.place, today)?;
    let mut deputies = Vec::new();
    for p in r.all(&store::DEPUTIES, (d.id,))? {
        let name = offers::staff_name(r, p.staff)?.unwrap_or_default();
        deputies.push(w.deputy_line(&p.from_day, &name, &p.to_day));
    }
    Ok(ShownDuty {
        id: d.id,
        rev: d.rev,
        kind: kind_name(lang, &d.kind),
        body: body_name(lang, body.as_ref()),
        place: lang.pick(&place.0, &place.1).into_owned(),
        since: d.since.day().to_string(),
        ended: d.ended_at.map(|e| e.day().to_string()).unwrap_or_default(),
        deputies,
    })
}

pub(crate) async fn member(req: Req) -> Result<Reply, Fault> {
    let id: StaffId = req.path("id")?;
    member_page(&req, id, Vec::new(), None).await
}

pub(crate) async fn change_state(req: Req) -> Result<Reply, Fault> {
    let id: StaffId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let next = StaffState::from_word(req.form().raw("state")).ok_or(Malformed)?;
    req.act(move |act| acts::change_state(act, id, rev, next)).await?;
    Ok(Reply::see_other(&format!("/office/staff/{id}")).flash(req.words::<Words>().saved()))
}

pub(crate) async fn leave(req: Req) -> Result<Reply, Fault> {
    let id: StaffId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    req.act(move |act| acts::leave(act, id, rev)).await?;
    Ok(Reply::see_other(&format!("/office/staff/{id}")).flash(req.words::<Words>().has_left()))
}

pub(crate) async fn new_link(req: Req) -> Result<Reply, Fault> {
    let id: StaffId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let secret = req.act(move |act| acts::new_link(act, id, rev)).await?;
    let link = format!("{}/office/setup/{secret}", req.origin());
    member_page(&req, id, Vec::new(), Some(link)).await
}

pub(crate) async fn give(req: Req) -> Result<Reply, Fault> {
    let id: StaffId = req.path("id")?;
    let (w, form) = (req.words::<Words>(), req.form().clone());
    let body: BodyId = form.parse_as("body")?;
    let kind = form.text("kind");
    let Ok(place) = form.text("place").parse::<PlaceCode>() else {
        return member_page(&req, id, vec![("place".to_owned(), w.place_wrong().to_owned())], None).await;
    };
    match req.act(move |act| acts::give(act, id, &kind, body, place)).await {
        Ok(_) => Ok(Reply::see_other(&format!("/office/staff/{id}")).flash(w.given())),
        Err(e) => {
            let wrong = told(&w, e)?;
            member_page(&req, id, wrong, None).await
        }
    }
}

pub(crate) async fn end_duty(req: Req) -> Result<Reply, Fault> {
    let id: DutyId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let staff = req.act(move |act| acts::end_duty(act, id, rev)).await?;
    Ok(Reply::see_other(&format!("/office/staff/{staff}")).flash(req.words::<Words>().duty_ended()))
}

pub(crate) async fn deputise(req: Req) -> Result<Reply, Fault> {
    let id: DutyId = req.path("id")?;
    let (w, form) = (req.words::<Words>(), req.form().clone());
    let of: StaffId = form.parse_as("of")?;
    let days = (form.text("from").parse::<Day>(), form.text("to").parse::<Day>());
    let (Ok(from), Ok(to)) = days else {
        return member_page(&req, of, vec![("to".to_owned(), w.term().to_owned())], None).await;
    };
    let deputy = form.text("deputy");
    match req.act(move |act| acts::deputise(act, id, &deputy, from, to)).await {
        Ok(staff) => Ok(Reply::see_other(&format!("/office/staff/{staff}")).flash(w.saved())),
        Err(e) => {
            let wrong = told(&w, e)?;
            member_page(&req, of, wrong, None).await
        }
    }
}

/// The log without content: what, when, by whom, on which duty. Persons stand as numbers.
pub(crate) async fn log(req: Req) -> Result<Reply, Fault> {
    let before: LogId = req.ask("before").unwrap_or(LogId::from_raw(i64::MAX));
    let act = Some(req.query().text("act")).filter(|a| !a.is_empty());
    let actor: Option<StaffId> = req.ask("staff");
    let (filter, lang) = (act.clone(), req.lang());
    let rows = req
        .read(move |r| {
            let found = r.all(&store::LOG, (before, &filter, actor))?;
            let mut out = Vec::new();
            for row in found {
                let actor = match (row.actor_kind.as_str(), row.actor) {
                    ("staff", Some(id)) => offers::staff_name(r, StaffId::from_raw(id))?.unwrap_or_default(),
                    (kind, Some(id)) => format!("{kind} {}", linli_base::id::encode(id)),
                    (kind, None) => kind.to_owned(),
                };
                let duty = match row.duty {
                    Some(d) => offers::duty(r, d)?.map(|h| kind_name(lang, &h.kind)).unwrap_or_default(),
                    None => String::new(),
                };
                out.push((row, actor, duty));
            }
            Ok::<_, OfficeError>(out)
        })
        .await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let asked = act.unwrap_or_default();
    let next = rows.last().filter(|_| rows.len() == 100).map(|(r, _, _)| {
        let act: String = linli_web::encode(&asked);
        format!("/office/log?before={}&act={act}", r.id)
    });
    let first = if before.raw() == i64::MAX { String::new() } else { "/office/log".to_owned() };
    let rows = rows
        .into_iter()
        .map(|(r, actor, duty)| ShownLog {
            at: r.at.minute(),
            subject: format!("{} {}", r.subject_kind, linli_base::id::encode(r.subject)),
            rev: r.rev,
            state: r.state.unwrap_or_default(),
            act: r.act,
            actor,
            duty,
        })
        .collect();
    Ok(Reply::page(&LogPage {
        pager: pager(&f, next, first),
        act: Field::new("act", w.log_act(), &asked).hint(w.log_act_hint()),
        rows,
        f,
        w,
    }))
}

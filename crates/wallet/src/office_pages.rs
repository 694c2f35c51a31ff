//! Seals, authorisations and issued proofs: the officers' pages.

use askama::Template;
use linli_acts::BodyId;
use linli_base::{Day, PlaceCode};
use linli_web::ui::{Choice, Choose, Errors, Field, Kind, Pager};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req};

use crate::acts;
use crate::domain::{AuthorisationId, ProofId, SealId, SealState, SealUse};
use crate::error::WalletError;
use crate::store::{self, AuthorisationRow, SealRow};
use crate::{AUTHORISER, LONGEST_AUTHORISATION, SEAL_KEEPER, Words};

#[derive(Template)]
#[template(path = "seals.html")]
struct SealsPage {
    f: Frame,
    w: Words,
    errors: Errors,
    seals: Vec<ShownSeal>,
    keeper: bool,
    body: Choose,
    kind: Field,
}

struct ShownSeal {
    id: SealId,
    body: String,
    kind: String,
    state: SealState,
    rev: i64,
    made: String,
    standing: Vec<ShownStanding>,
    may_keep: bool,
    may_authorise: bool,
    /// What it may still be allowed for: word and button.
    uses: Vec<(&'static str, String)>,
    until: Field,
}

struct ShownStanding {
    id: AuthorisationId,
    rev: i64,
    kind: String,
    by: String,
    until: String,
}

#[derive(Template)]
#[template(path = "office_proofs.html")]
struct ProofsPage {
    f: Frame,
    w: Words,
    errors: Errors,
    rows: Vec<ShownProof>,
    pager: Pager,
}

struct ShownProof {
    id: ProofId,
    rev: i64,
    number: String,
    kind: String,
    issued: String,
}

async fn seals_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let house = req.house().clone();
    let keeper_of: Vec<BodyId> =
        req.actor().held.iter().filter(|h| h.kind == SEAL_KEEPER.key).map(|h| h.body).collect();
    let today = req.now().day();
    type Loaded = (i64, Vec<SealRow>, Vec<(AuthorisationRow, String)>, Vec<(BodyId, (String, String))>);
    let (longest, seals, standing, bodies): Loaded = req
        .read(move |r| {
            let directory = house.service::<DirectoryService>();
            let longest = linli_rules::value(r, &LONGEST_AUTHORISATION, today)?.value;
            let seals = r.all(&store::SEALS, ())?;
            let mut standing = Vec::new();
            for a in r.all(&store::ALL_STANDING, ())? {
                let by = directory.0.staff_name(r, a.given_by)?.unwrap_or_default();
                standing.push((a, by));
            }
            let mut bodies = Vec::new();
            for body in &keeper_of {
                if let Some(names) = directory.0.body_name(r, *body)? {
                    bodies.push((*body, names));
                }
            }
            Ok::<_, WalletError>((longest, seals, standing, bodies))
        })
        .await?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let errors = Errors::new(f.words().errors_title(), wrong);
    let next_year = req.now().day().plus_days(longest.min(365)).to_string();
    let actor = req.actor();
    let seals = seals
        .into_iter()
        .map(|s| ShownSeal {
            id: s.id,
            may_keep: actor.holds(&SEAL_KEEPER, s.body, s.place).is_ok(),
            may_authorise: actor.holds(&AUTHORISER, s.body, s.place).is_ok(),
            uses: SealUse::ALL
                .iter()
                .filter(|u| {
                    let mut given = standing.iter().filter(|(a, _)| a.kind == **u);
                    if u.is_single() { given.next().is_none() } else { given.all(|(a, _)| a.seal != s.id) }
                })
                .map(|u| (u.word(), w.authorise_act(&lang.pick(u.zh(), u.en()))))
                .collect(),
            standing: standing
                .iter()
                .filter(|(a, _)| a.seal == s.id)
                .map(|(a, by)| ShownStanding {
                    id: a.id,
                    rev: a.rev,
                    kind: lang.pick(a.kind.zh(), a.kind.en()).into_owned(),
                    by: by.clone(),
                    until: a.until.to_string(),
                })
                .collect(),
            until: Field::new("until", w.until_label(), &next_year).kind(Kind::Day),
            body: s.body_name,
            kind: s.kind,
            state: s.state,
            rev: s.rev,
            made: s.created_at.day().to_string(),
        })
        .collect();
    let choices: Vec<Choice> =
        bodies.iter().map(|(id, (zh, en))| Choice::new(&id.to_string(), &lang.pick(zh, en))).collect();
    let first = choices.first().map(|c| c.value.clone()).unwrap_or_default();
    let typed = req.form().raw("kind");
    let kind = if typed.is_empty() { "电子证明专用章" } else { typed };
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&SealsPage {
        seals,
        keeper: !choices.is_empty(),
        body: Choose::new("body", w.body_label(), &first, choices),
        kind: Field::new("kind", w.kind_label(), kind).hint(w.kind_hint()).error(errors.of("kind")),
        errors,
        f,
        w,
    })
    .status(status))
}

fn told(req: &Req, e: WalletError) -> Result<Vec<(String, String)>, Fault> {
    let w: Words = req.words();
    match e {
        WalletError::Wrong(fields) => Ok(fields
            .into_iter()
            .map(|e| (e.field, w.by_key(e.kind).unwrap_or_default().to_owned()))
            .collect()),
        WalletError::State => Ok(vec![("seals".to_owned(), w.one_standing().to_owned())]),
        WalletError::SealNotActive => Ok(vec![("seals".to_owned(), w.seal_not_active().to_owned())]),
        other => Err(other.into()),
    }
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    seals_page(&req, Vec::new()).await
}

pub(crate) async fn make(req: Req) -> Result<Reply, Fault> {
    let body: BodyId = req.form().parse_as("body")?;
    let kind = req.form().text("kind");
    let place: PlaceCode = req
        .actor()
        .held
        .iter()
        .find(|h| h.kind == SEAL_KEEPER.key && h.body == body)
        .map(|h| h.place)
        .ok_or(linli_acts::Denied::NotYours)?;
    match req.act(move |act| acts::make_seal(act, body, place, &kind)).await {
        Ok(_) => Ok(Reply::see_other("/office/seals").flash(req.words::<Words>().seal_made())),
        Err(e) => {
            let wrong = told(&req, e)?;
            seals_page(&req, wrong).await
        }
    }
}

pub(crate) async fn change(req: Req) -> Result<Reply, Fault> {
    let id: SealId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let next = SealState::from_word(req.form().raw("state")).ok_or(linli_web::Malformed)?;
    req.act(move |act| acts::change_seal(act, id, rev, next)).await?;
    Ok(Reply::see_other("/office/seals").flash(req.words::<Words>().seal_changed()))
}

pub(crate) async fn authorise(req: Req) -> Result<Reply, Fault> {
    let id: SealId = req.path("id")?;
    let kind = SealUse::from_word(req.form().raw("kind")).ok_or(linli_web::Malformed)?;
    let w: Words = req.words();
    let Ok(until) = req.form().text("until").parse::<Day>() else {
        return seals_page(&req, vec![("until".to_owned(), w.until_range().to_owned())]).await;
    };
    match req.act(move |act| acts::authorise(act, id, kind, until)).await {
        Ok(_) => Ok(Reply::see_other("/office/seals").flash(w.authorised())),
        Err(e) => {
            let wrong = told(&req, e)?;
            seals_page(&req, wrong).await
        }
    }
}

pub(crate) async fn withdraw(req: Req) -> Result<Reply, Fault> {
    let id: AuthorisationId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    req.act(move |act| acts::withdraw(act, id, rev)).await?;
    Ok(Reply::see_other("/office/seals").flash(req.words::<Words>().withdrawn()))
}

async fn proofs_page(req: &Req, wrong: Vec<(String, String)>) -> Result<Reply, Fault> {
    let before: ProofId = req.ask("before").unwrap_or(ProofId::from_raw(i64::MAX));
    let body = req.actor().holds_any(&AUTHORISER)?.body;
    let found = req.read(move |r| r.all(&store::OF_BODY, (body, before, 50))).await?;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let next = found.last().filter(|_| found.len() == 50).map(|p| format!("/office/proofs?before={}", p.id));
    let pager = Pager {
        next: next.unwrap_or_default(),
        first: if before.raw() == i64::MAX { String::new() } else { "/office/proofs".to_owned() },
        next_words: f.words().next_page(),
        first_words: f.words().first_page(),
    };
    let errors = Errors::new(f.words().errors_title(), wrong);
    let rows = found
        .into_iter()
        .map(|p| ShownProof {
            id: p.id,
            rev: p.rev,
            number: p.number.unwrap_or_default(),
            kind: lang.pick(p.kind.zh(), p.kind.en()).into_owned(),
            issued: p.issued_at.map(linli_base::Instant::minute).unwrap_or_default(),
        })
        .collect();
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Reply::page(&ProofsPage { f, w, errors, rows, pager }).status(status))
}

pub(crate) async fn proofs(req: Req) -> Result<Reply, Fault> {
    proofs_page(&req, Vec::new()).await
}

pub(crate) async fn revoke(req: Req) -> Result<Reply, Fault> {
    let id: ProofId = req.path("id")?;
    let rev: i64 = req.form().parse_as("rev")?;
    let reason = req.form().text("reason");
    match req.act(move |act| acts::revoke(act, id, rev, &reason)).await {
        Ok(()) => Ok(Reply::see_other("/office/proofs").flash(req.words::<Words>().revoked())),
        Err(e) => {
            let wrong = told(&req, e)?;
            proofs_page(&req, wrong).await
        }
    }
}

//! The resident's pages.

use askama::Template;
use linli_web::ui::{Chip, Errors, Facts, Html, Row, Rows, Tick, Tone};
use linli_web::{Fault, Frame, Reply, Req};

use crate::acts;
use crate::domain::{ProofId, ProofKind, ProofState, shown_code};
use crate::errand::{self, Errand};
use crate::error::WalletError;
use crate::{Words, offers, store};

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    f: Frame,
    w: Words,
    open: bool,
    errors: Errors,
    consent: Tick,
}

#[derive(Template)]
#[template(path = "proof.html")]
struct ProofPage {
    f: Frame,
    w: Words,
    title: String,
    state: ProofState,
    id: ProofId,
    facts: Facts,
    qr: Html,
    asked: String,
    valid: bool,
}

#[derive(Template)]
#[template(path = "proofs.html")]
struct ListPage {
    f: Frame,
    w: Words,
    rows: Rows,
}

async fn start_page(req: &Req, missing: bool, on: bool) -> Result<Reply, Fault> {
    let open = req.read(|r| offers::is_open(r, ProofKind::Insurance)).await?;
    let (f, w) = (req.frame(), req.words::<Words>());
    let list =
        if missing { vec![("consent".to_owned(), w.consent_missing().to_owned())] } else { Vec::new() };
    let errors = Errors::new(f.words().errors_title(), list);
    let consent =
        Tick::new("consent", w.consent_label(), on).hint(w.consent_hint()).error(errors.of("consent"));
    let page = Reply::page(&StartPage { f, w, open, errors, consent });
    Ok(if missing { page.status(422) } else { page })
}

pub(crate) async fn start(req: Req) -> Result<Reply, Fault> {
    start_page(&req, false, false).await
}

pub(crate) async fn ask(req: Req) -> Result<Reply, Fault> {
    if !req.form().has("consent") {
        return start_page(&req, true, false).await;
    }
    let key = req.once();
    let id = req.act(move |act| acts::ask(act, ProofKind::Insurance, &key)).await?;
    // The person waits at most for the register's deadline; a fault of the paper is the job's to mend, not hers.
    match errand::run(req.house(), id).await {
        Ok(Errand::Done) => {}
        Ok(Errand::Waiting(down)) => tracing::warn!("insurance register: {down}"),
        Err(e) => tracing::error!("proof not made at once: {e}"),
    }
    Ok(Reply::see_other(&format!("/proofs/{id}")))
}

fn chip(w: Words, state: ProofState) -> Chip {
    match state {
        ProofState::Waiting | ProofState::Issuing => Chip::new(Tone::Due, w.state_waiting()),
        ProofState::Issued => Chip::new(Tone::Done, w.state_issued()),
        ProofState::Refused => Chip::new(Tone::Plain, w.state_refused()),
        ProofState::Revoked => Chip::new(Tone::Late, w.state_revoked()),
        ProofState::Erased => Chip::new(Tone::Plain, w.state_erased()),
    }
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let person = req.resident()?;
    let before: ProofId = req.ask("before").unwrap_or(ProofId::from_raw(i64::MAX));
    let found = req.read(move |r| acts::of_person(r, person, before)).await?;
    let (w, lang) = (req.words::<Words>(), req.lang());
    let rows = found
        .into_iter()
        .map(|p| Row {
            href: format!("/proofs/{}", p.id),
            title: lang.pick(p.kind.zh(), p.kind.en()).into_owned(),
            detail: p.number.unwrap_or_else(|| p.asked_at.minute()),
            chip: Some(chip(w, p.state)),
        })
        .collect();
    Ok(Reply::page(&ListPage { f: req.frame(), w, rows: Rows::new(rows, w.none_yet()) }))
}

pub(crate) async fn show(req: Req) -> Result<Reply, Fault> {
    let id: ProofId = req.path("id")?;
    let person = req.resident()?;
    let house = req.house().clone();
    let found = req
        .read(move |r| {
            let row =
                r.opt(&store::PROOF, (id,))?.filter(|p| p.person == person).ok_or(WalletError::Missing)?;
            let data = acts::data(house.vault(), &row).ok();
            Ok::<_, WalletError>((row, data))
        })
        .await?;
    let (row, data) = found;
    let (f, w, lang) = (req.frame(), req.words::<Words>(), req.lang());
    let mut facts = Vec::new();
    let mut qr = Html::default();
    let mut valid = false;
    if let (Some(number), Some(data)) = (&row.number, &data) {
        use linli_web::ui::Fact;
        facts.push(Fact::new(w.number(), number));
        facts.push(Fact::new(w.code(), shown_code(&data.code)));
        facts.push(Fact::new(w.issued_by(), &data.body));
        facts.push(Fact::new(
            w.valid_until(),
            if lang.is_en() { data.valid_until.en() } else { data.valid_until.zh() },
        ));
        facts.push(Fact::new(w.source(), w.source_value(&data.record.as_of.minute())));
        if !data.checkpoint.is_empty() {
            facts.push(Fact::new(w.checkpoint(), &data.checkpoint));
        }
        valid = data.valid_until >= req.now().day();
        if row.state == ProofState::Issued {
            let address = format!("{}/check?n={number}&c={}", req.origin(), data.code);
            qr = linli_documents::qr_svg(&address).map(|svg| Html::drawing(&svg)).unwrap_or_default();
        }
    }
    Ok(Reply::page(&ProofPage {
        title: lang.pick(row.kind.zh(), row.kind.en()).into_owned(),
        state: row.state,
        id,
        facts: Facts { facts, why: f.words().why() },
        qr,
        asked: row.asked_at.minute(),
        valid,
        f,
        w,
    }))
}

pub(crate) async fn file(req: Req) -> Result<Reply, Fault> {
    let id: ProofId = req.path("id")?;
    let (number, pdf) = req.act(move |act| acts::download(act, id)).await?;
    Ok(Reply::download("application/pdf", &format!("{number}.pdf"), pdf))
}

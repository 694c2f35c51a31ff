//! The wallet: proofs and certificates, one of them, its paper.

use std::sync::Arc;

use askama::Template;
use linli_documents::Typesetter;
use linli_wallet::offers::{self as proofs, ProofState, SealOf, WalletError};
use linli_web::ui::{Chip, Fact, Facts, Row, Rows, Tone};
use linli_web::{DirectoryService, Fault, Frame, Reply, Req};

use super::{chip, day_words, values};
use crate::domain::{self, CertificateId, Printed, ShowingId, Standing, standing};
use crate::error::CertificateError;
use crate::{Words, acts, store};

#[derive(Template)]
#[template(path = "wallet.html")]
struct WalletPage {
    f: Frame,
    w: Words,
    certificates: Rows,
    proofs: Rows,
}

#[derive(Template)]
#[template(path = "certificate.html")]
struct OnePage {
    f: Frame,
    w: Words,
    id: CertificateId,
    name: String,
    standing: Standing,
    chip: Chip,
    facts: Facts,
    showings: Vec<ShownLine>,
}

struct ShownLine {
    id: ShowingId,
    words: String,
    detail: String,
    runs: bool,
}

pub(crate) async fn list(req: Req) -> Result<Reply, Fault> {
    let person = req.resident()?;
    let (lang, w, today) = (req.lang(), req.words::<Words>(), req.now().day());
    let (certificates, papers) = req
        .read(move |r| {
            let mut rows = Vec::new();
            for row in r.all(&store::OF_PERSON, (person,))? {
                let kind = acts::kind_of(r, &row)?;
                let detail = match row.valid_until {
                    Some(until) => w.valid_until(&day_words(lang, until)),
                    None => w.valid_for_good().to_owned(),
                };
                rows.push(Row {
                    href: format!("/my/wallet/{}", row.id),
                    title: lang.pick(&kind.name.zh, &kind.name.en).into_owned(),
                    detail,
                    chip: Some(chip(w, standing(row.state, row.valid_until, today))),
                });
            }
            let papers = proofs::of_person(r, person).map_err(|_| CertificateError::Stored)?;
            Ok::<_, CertificateError>((rows, papers))
        })
        .await?;
    let papers = papers
        .into_iter()
        .map(|(id, kind, state)| Row {
            href: format!("/proofs/{id}"),
            title: lang.pick(kind.zh(), kind.en()).into_owned(),
            detail: String::new(),
            chip: (state == ProofState::Issued).then(|| Chip::new(Tone::Done, w.proof_issued())),
        })
        .collect();
    Ok(Reply::page(&WalletPage {
        certificates: Rows::new(certificates, w.certificates_none()),
        proofs: Rows::new(papers, w.proofs_none()),
        f: req.frame(),
        w,
    }))
}

pub(crate) async fn one(req: Req) -> Result<Reply, Fault> {
    let id: CertificateId = req.path("id")?;
    let person = req.resident()?;
    let house = req.house().clone();
    let (lang, w, now) = (req.lang(), req.words::<Words>(), req.now());
    let today = now.day();
    let (kind, data, row, body, showings) = req
        .read(move |r| {
            let row = acts::one(r, id)?;
            if row.person != person || row.data.is_none() {
                return Err(CertificateError::Missing);
            }
            let kind = acts::kind_of(r, &row)?;
            let data = row.open(house.vault())?;
            let body = match row.body {
                Some(body) => house.service::<DirectoryService>().0.body_name(r, body)?,
                None => None,
            };
            let mut showings = Vec::new();
            for s in r.all(&store::SHOWINGS, (id,))? {
                let about = s.open(house.vault())?;
                showings.push(ShownLine {
                    id: s.id,
                    words: w.shown_line(&about.audience, &about.purpose),
                    detail: w.shown_detail(&s.looks, &s.made_at.minute()),
                    runs: s.runs(now),
                });
            }
            Ok::<_, CertificateError>((kind, data, row, body, showings))
        })
        .await?;
    let standing = standing(row.state, row.valid_until, today);
    let mut facts = vec![
        Fact::new(w.number(), &data.number),
        Fact::new(w.holder(), &data.holder),
        Fact::new(w.document(), data.document_masked(today)),
    ];
    facts.extend(
        values(&kind, &data, lang, &|_| true).into_iter().map(|(name, value)| Fact::new(&name, value)),
    );
    if let Some((zh, en)) = body {
        facts.push(Fact::new(w.issued_by(), lang.pick(&zh, &en)));
    }
    facts.push(Fact::new(w.issued_on(), day_words(lang, row.issued_on)));
    facts.push(Fact::new(
        w.valid(),
        row.valid_until.map_or_else(|| w.valid_for_good().to_owned(), |d| w.valid_until(&day_words(lang, d))),
    ));
    let f = req.frame();
    Ok(Reply::page(&OnePage {
        id,
        name: lang.pick(&kind.name.zh, &kind.name.en).into_owned(),
        chip: chip(w, standing),
        standing,
        facts: Facts { facts, why: f.words().why() },
        showings,
        f,
        w,
    }))
}

/// The certificate as a paper for its holder: set anew each time, kept nowhere. It bears the seal of its body while it is good and an
/// official allows it.
pub(crate) async fn paper(req: Req) -> Result<Reply, Fault> {
    let id: CertificateId = req.path("id")?;
    let mut pdf = match set(&req, id, true).await? {
        (pdf, Some(by)) => {
            let unsigned = pdf.clone();
            let sealed = req.act(move |act| acts::seal(act, id, &by, &unsigned)).await;
            match sealed {
                Ok(sealed) => Some(sealed),
                // Withdrawn since a moment ago: as if there were none.
                Err(CertificateError::Seal(WalletError::NotAuthorised | WalletError::SealNotActive)) => None,
                Err(e) => return Err(e.into()),
            }
        }
        (pdf, None) => Some(pdf),
    };
    if pdf.is_none() {
        pdf = Some(set(&req, id, false).await?.0);
    }
    req.act(move |act| acts::printed(act, id)).await?;
    Ok(Reply::download("application/pdf", &format!("certificate-{id}.pdf"), pdf.unwrap_or_default()))
}

/// Sets the paper; with the seal that it will bear, if `sealed` and there is one.
async fn set(req: &Req, id: CertificateId, sealed: bool) -> Result<(Vec<u8>, Option<SealOf>), Fault> {
    let (now, origin) = (req.now(), req.origin().to_owned());
    let (paper, by) = req
        .act(move |act| {
            let row = acts::own(act, id)?;
            let (house, kind) = (act.house, acts::kind_of(act, &row)?);
            let data = row.open(house.vault())?;
            let standing = standing(row.state, row.valid_until, now.day());
            let (mut name, mut by) = (String::new(), None);
            if let Some(body) = row.body {
                name = house.service::<DirectoryService>().0.body_name(act, body)?.unwrap_or_default().0;
                if sealed && standing == Standing::Good {
                    by = proofs::certificate_seal(act, body, now.day())?;
                }
            }
            let paper = domain::paper(&Printed {
                kind: &kind,
                data: &data,
                issued: row.issued_on,
                until: row.valid_until,
                standing,
                body: by.as_ref().map_or(&name, |s| &s.body),
                seal_kind: by.as_ref().map(|s| s.kind.as_str()),
                origin: &origin,
                now,
            });
            Ok::<_, CertificateError>((paper, by))
        })
        .await?;
    let setter: Arc<Typesetter> = req.house().service();
    let set = tokio::task::spawn_blocking(move || setter.official(&paper)).await;
    Ok((set.ok().and_then(Result::ok).ok_or(CertificateError::Stored)?, by))
}

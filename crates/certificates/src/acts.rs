//! The acts on kinds and certificates.

use linli_acts::{Act, BodyId, Entry, Event, Held, PersonId, Subject};
use linli_base::Day;
use linli_db::{Json, Read};
use linli_duties::offers as duties;
use linli_notices::Notice;
use linli_people::offers as people;
use linli_rules::proposals::{ProposalId, propose};
use linli_vault::Place;
use linli_wallet::offers::{SealOf, WalletError};

use crate::domain::{
    CertificateId, CertificateState, Data, KindDocument, NewCertificate, Standing, is_kind_key, standing,
};
use crate::error::CertificateError;
use crate::proposals::{Content, KIND};
use crate::store::{self, CertificateRow};
use crate::{ISSUER, KEEPER};

linli_notices::notice_kind! {
    /// To the holder, when something about hers changed.
    pub(crate) ISSUED = "certificates.issued", zh: "您的电子证照“{name}”已签发，办事时不用再交这份材料。", en: "Your electronic certificate ({name}) was issued. You need not hand this paper in any more.";
    pub(crate) CHANGED = "certificates.changed", zh: "您的电子证照“{name}”状态有变化，请查看。", en: "Your electronic certificate ({name}) has changed. Please have a look.";
}

fn subject(id: CertificateId) -> Subject {
    Subject::new("certificate", id)
}

pub(crate) fn entry(row: &CertificateRow, act: &'static str) -> Entry {
    Entry::new(subject(row.id), act).person(row.person)
}

/// The present version of a kind.
///
/// # Errors
/// If there is none of this key.
pub(crate) fn kind(read: &mut Read<'_>, key: &str) -> Result<(i64, KindDocument), CertificateError> {
    let (version, document) = read.opt(&store::KIND, (key,))?.ok_or(CertificateError::Missing)?;
    Ok((version, document.0))
}

/// The version of a kind by which a certificate was issued.
pub(crate) fn kind_of(read: &mut Read<'_>, row: &CertificateRow) -> Result<KindDocument, CertificateError> {
    let (document,) =
        read.opt(&store::KIND_VERSION, (&row.kind, row.version))?.ok_or(CertificateError::Missing)?;
    Ok(document.0)
}

/// A certificate.
pub(crate) fn one(read: &mut Read<'_>, id: CertificateId) -> Result<CertificateRow, CertificateError> {
    read.opt(&store::ONE, (id,))?.ok_or(CertificateError::Missing)
}

/// A certificate of the resident who acts.
pub(crate) fn own(act: &mut Act<'_, '_>, id: CertificateId) -> Result<CertificateRow, CertificateError> {
    let person = act.actor.resident()?;
    let row = one(act, id)?;
    if row.person == person { Ok(row) } else { Err(CertificateError::Missing) }
}

/// Puts the kinds in that come with the program, where there is none of the key yet.
pub(crate) fn deliver_kind(
    act: &mut Act<'_, '_>,
    key: &str,
    document: &KindDocument,
) -> Result<bool, CertificateError> {
    if act.opt(&store::KIND, (key,))?.is_some() {
        return Ok(false);
    }
    add_version(act, key, 0, document)?;
    Ok(true)
}

pub(crate) fn add_version(
    act: &mut Act<'_, '_>,
    key: &str,
    after: i64,
    document: &KindDocument,
) -> Result<(), CertificateError> {
    let (now, by) = (act.now(), act.actor.officer().ok());
    let added = act.opt(&store::ADD_KIND, (key, after + 1, Json(document), now, by))?;
    added.ok_or(CertificateError::Changed)?;
    // A kind has no id; its key is found in the content of the row.
    let id: i64 = act.next_id();
    act.log(
        Entry::new(Subject::new("certificate_kind", id), "certificates.kind_changed")
            .content(&serde_json::json!({ "key": key, "version": after + 1 })),
    )?;
    Ok(())
}

/// A keeper proposes the next version of a kind, or a new kind (`after` 0). Certificates already issued keep their version.
///
/// # Errors
/// If she is no keeper, the kind is another by now, or a part is wrong.
pub(crate) fn propose_kind(
    act: &mut Act<'_, '_>,
    key: &str,
    after: i64,
    document: &KindDocument,
    why: &str,
) -> Result<ProposalId, CertificateError> {
    act.on_any_duty(&KEEPER)?;
    document.check().map_err(CertificateError::Wrong)?;
    if !is_kind_key(key) {
        return Err(CertificateError::field("key", "field-key"));
    }
    if after == 0 && act.opt(&store::KIND, (key,))?.is_some() {
        return Err(CertificateError::field("key", "kind-there"));
    }
    for code in &document.issuers {
        if duties::body_by_code(act, code)?.is_none() {
            return Err(CertificateError::field("issuers", "issuer-none"));
        }
    }
    let content = Content { after, document: document.clone() };
    let json = serde_json::to_value(&content).map_err(|_| CertificateError::Stored)?;
    let today = act.now().day();
    Ok(propose(act, KIND, key, &json, today, why)?)
}

/// The duty by which the actor issues a kind for her body; `None`: it is another body's.
fn issuing(act: &mut Act<'_, '_>, kind: &KindDocument) -> Result<Option<Held>, CertificateError> {
    let held: Vec<_> = act.actor.held.iter().filter(|h| h.kind == ISSUER.key).cloned().collect();
    for h in held {
        let code = duties::body(act, h.body)?.map(|b| b.code);
        if kind.issuers.is_empty() || code.is_some_and(|c| kind.issuers.contains(&c)) {
            return Ok(Some(h));
        }
    }
    Ok(None)
}

/// Whether the actor's body issues a kind: pages offer nothing else.
///
/// # Errors
/// If the database fails.
pub(crate) fn issues(act: &mut Act<'_, '_>, kind: &KindDocument) -> Result<bool, CertificateError> {
    Ok(issuing(act, kind)?.is_some())
}

/// The body for which the actor issues a kind.
fn on_issuer(act: &mut Act<'_, '_>, kind: &KindDocument) -> Result<BodyId, CertificateError> {
    let held = issuing(act, kind)?.ok_or(linli_acts::Denied::Duty(&ISSUER))?;
    act.on_duty(&ISSUER, held.body, held.place)?;
    Ok(held.body)
}

/// An officer looks at what somebody holds, on her duty; logged for the holder.
pub(crate) fn open_person(
    act: &mut Act<'_, '_>,
    person: PersonId,
) -> Result<(people::Person, Vec<CertificateRow>), CertificateError> {
    act.on_any_duty(&ISSUER)?;
    let house = act.house;
    let who = people::person(act, house.vault(), person)?.ok_or(CertificateError::Missing)?;
    let (Some(_), Some(_)) = (&who.name, &who.document) else { return Err(CertificateError::Missing) };
    let rows = act.all(&store::OF_PERSON, (person,))?;
    act.log(Entry::new(Subject::new("person", person), "certificates.opened").person(person))?;
    Ok((who, rows))
}

/// An officer of the issuing body issues a certificate; `replaces` is the one it takes the place of.
///
/// # Errors
/// If her body may not issue this kind, a field is wrong, or the one it replaces is over.
pub(crate) fn issue(
    act: &mut Act<'_, '_>,
    new: &NewCertificate,
    replaces: Option<(CertificateId, i64)>,
) -> Result<CertificateId, CertificateError> {
    let (version, document) = kind(act, &new.kind)?;
    let body = on_issuer(act, &document)?;
    if new.number.is_empty() || new.number.chars().count() > 60 {
        return Err(CertificateError::field("number", "number-wrong"));
    }
    if new.issued_on > act.now().day() {
        return Err(CertificateError::field("issued-on", "day-future"));
    }
    if new.valid_until.is_some_and(|until| until < new.issued_on) {
        return Err(CertificateError::field("valid-until", "until-early"));
    }
    let id = put(act, new, version, &document, Some(body))?;
    if let Some((old, rev)) = replaces {
        let row = one(act, old)?;
        if row.person != new.person || row.kind != new.kind {
            return Err(CertificateError::Missing);
        }
        if !row.state.may_become(CertificateState::Superseded) {
            return Err(CertificateError::State);
        }
        if !act.run_one(&store::SUPERSEDE, (old, rev, id))? {
            return Err(CertificateError::Changed);
        }
        act.log(entry(&row, "certificates.superseded").state(CertificateState::Superseded.word()))?;
        act.tell(&Event::new("certificates.superseded", subject(old), &old))?;
    }
    let notice = Notice::new(&ISSUED, new.person, subject(id))
        .arg_both("name", &document.name.zh, &document.name.en)
        .link(format!("/my/wallet/{id}"));
    linli_notices::tell(act, &notice)?;
    Ok(id)
}

/// A register outside delivers one, or the sample has it.
///
/// # Errors
/// If the kind is unknown or the holder is.
pub(crate) fn deliver(
    act: &mut Act<'_, '_>,
    new: &NewCertificate,
) -> Result<CertificateId, CertificateError> {
    let (version, document) = kind(act, &new.kind)?;
    let body = match document.issuers.first() {
        Some(code) => duties::body_by_code(act, code)?.map(|b| b.id),
        None => None,
    };
    put(act, new, version, &document, body)
}

fn put(
    act: &mut Act<'_, '_>,
    new: &NewCertificate,
    version: i64,
    document: &KindDocument,
    body: Option<BodyId>,
) -> Result<CertificateId, CertificateError> {
    let house = act.house;
    let holder = people::person(act, house.vault(), new.person)?.ok_or(CertificateError::Missing)?;
    let (Some(name), Some(number)) = (&holder.name, &holder.document) else {
        return Err(CertificateError::Missing);
    };
    let values = document
        .read(&|key| new.values.get(key).cloned().unwrap_or_default())
        .map_err(CertificateError::Wrong)?;
    let data = Data {
        number: new.number.clone(),
        holder: name.as_str().to_owned(),
        document_kind: number.kind().word().to_owned(),
        document: number.value().to_owned(),
        values,
    };
    let until =
        new.valid_until.or_else(|| document.valid_days.map(|n| new.issued_on.plus_days(i64::from(n))));
    let id: CertificateId = act.next_id();
    let bytes = serde_json::to_vec(&data).map_err(|_| CertificateError::Stored)?;
    let sealed = act.vault().seal(Place::new("certificates.data", id), &bytes);
    act.run(&store::ADD, (id, &new.kind, version, new.person, body, new.issued_on, until, sealed))?;
    act.log(
        Entry::new(subject(id), "certificates.issued")
            .state(CertificateState::Active.word())
            .person(new.person),
    )?;
    Ok(id)
}

/// An officer of the issuing body suspends, resumes or revokes one, with a reason.
///
/// # Errors
/// If her body does not issue this kind, no reason is given, or its state does not allow it.
pub(crate) fn change(
    act: &mut Act<'_, '_>,
    id: CertificateId,
    rev: i64,
    next: CertificateState,
    reason: &str,
) -> Result<PersonId, CertificateError> {
    let row = one(act, id)?;
    let (_, document) = kind(act, &row.kind)?;
    on_issuer(act, &document)?;
    let name = match next {
        CertificateState::Active => "certificates.resumed",
        CertificateState::Suspended => "certificates.suspended",
        CertificateState::Revoked => "certificates.revoked",
        CertificateState::Superseded | CertificateState::Erased => return Err(CertificateError::State),
    };
    if !row.state.may_become(next) {
        return Err(CertificateError::State);
    }
    if reason.is_empty() || reason.chars().count() > 200 {
        return Err(CertificateError::field("reason", "reason-empty"));
    }
    if !act.run_one(&store::STATE, (id, rev, next))? {
        return Err(CertificateError::Changed);
    }
    act.log(entry(&row, name).state(next.word()).content(&serde_json::json!({ "reason": reason })))?;
    act.tell(&Event::new("certificates.changed", subject(id), &id))?;
    let notice = Notice::new(&CHANGED, row.person, subject(id))
        .arg_both("name", &document.name.zh, &document.name.en)
        .link(format!("/my/wallet/{id}"));
    linli_notices::tell(act, &notice)?;
    Ok(row.person)
}

/// The newest good certificate of a kind that somebody holds on a day, issued on `from` or later.
pub(crate) fn held(
    read: &mut Read<'_>,
    person: PersonId,
    kind: &str,
    (day, from): (Day, Day),
) -> Result<Option<CertificateRow>, CertificateError> {
    Ok(read.opt(&store::HELD, (person, kind, day, from))?)
}

/// The paper of a certificate gets the seal of its body, if the certificate is still good.
///
/// # Errors
/// If it is another's, or nobody allows the seal any more.
pub(crate) fn seal(
    act: &mut Act<'_, '_>,
    id: CertificateId,
    by: &SealOf,
    pdf: &[u8],
) -> Result<Vec<u8>, CertificateError> {
    let row = own(act, id)?;
    if standing(row.state, row.valid_until, act.now().day()) != Standing::Good {
        return Err(WalletError::NotAuthorised.into());
    }
    Ok(linli_wallet::offers::seal_certificate(act, by, pdf, subject(id))?)
}

/// That its holder took the paper.
///
/// # Errors
/// If it is another's.
pub(crate) fn printed(act: &mut Act<'_, '_>, id: CertificateId) -> Result<(), CertificateError> {
    let row = own(act, id)?;
    act.log(entry(&row, "certificates.printed"))?;
    Ok(())
}

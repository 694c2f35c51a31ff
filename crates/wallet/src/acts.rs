//! The acts of this room.

use linli_acts::{Act, BodyId, Entry, Event, Job, PersonId, Subject, latest_checkpoint, once};
use linli_base::{Day, PlaceCode};
use linli_db::DbError;
use linli_documents::{Authority, LocalSigner, SealKey, sign};
use linli_people::offers as people;
use linli_privacy::offers as privacy;
use linli_vault::Place;
use linli_web::{Changed, DirectoryService};

use crate::domain::{
    AuthorisationId, ProofData, ProofId, ProofKind, ProofState, SealId, SealState, SealUse, insurance_data,
    number,
};
use crate::error::WalletError;
use crate::register::InsuranceRecord;
use crate::store::{self, ProofRow, SealRow};
use crate::{AUTHORISER, INSURANCE_PROOF, INSURANCE_VALID, LONGEST_AUTHORISATION, SEAL_KEEPER};

/// Name of the register, as consents name it.
pub const REGISTER: &str = "社会保险登记";
/// Proofs of one kind that one person may have under way.
const OPEN_AT_ONCE: i64 = 1;

fn seal_subject(id: SealId) -> Subject {
    Subject::new("seal", id)
}

fn proof_subject(id: ProofId) -> Subject {
    Subject::new("proof", id)
}

impl From<Changed> for WalletError {
    fn from(_: Changed) -> Self {
        Self::Changed
    }
}

/// Makes a seal for a body. The district's own authority is made with the first.
///
/// # Errors
/// If the actor keeps no seals for that body, or the kind is empty or longer than 12 characters.
pub fn make_seal(
    act: &mut Act<'_, '_>,
    body: BodyId,
    place: PlaceCode,
    kind: &str,
) -> Result<SealId, WalletError> {
    act.on_duty(&SEAL_KEEPER, body, place)?;
    let length = kind.chars().count();
    if length == 0 {
        return Err(WalletError::field("kind", "kind-empty"));
    }
    if length > 12 {
        return Err(WalletError::field("kind", "kind-long"));
    }
    let directory = act.house.service::<DirectoryService>();
    let names = directory.0.body_name(act, body)?.ok_or(WalletError::Missing)?;
    let authority = authority(act, &names.0)?;
    let id: SealId = act.next_id();
    let now = act.now();
    let mut rng = act.vault().chance().split();
    let key = authority.issue(&format!("{}{kind}", names.0), &names.0, now, &mut rng)?;
    let sealed = act.vault().seal(Place::new("seals.key", id), &key.pkcs8);
    act.run(&store::ADD_SEAL, (id, body, &names.0, kind, place, sealed, &key.certificate, &key.issuer, now))?;
    act.log(Entry::new(seal_subject(id), "wallet.seal_made").state(SealState::Active.word()).place(place))?;
    Ok(id)
}

fn authority(act: &mut Act<'_, '_>, name: &str) -> Result<Authority, WalletError> {
    if let Some((id, key, certificate)) = act.opt(&store::AUTHORITY, ())? {
        let pkcs8 = act.vault().open_sealed(Place::new("seal_authorities.key", id), &key)?.to_vec();
        return Ok(Authority { pkcs8, certificate });
    }
    let id: i64 = act.next_id();
    let now = act.now();
    let mut rng = act.vault().chance().split();
    let district: String = name.chars().take(6).collect();
    let made = Authority::create(&district, now, &mut rng)?;
    let key = act.vault().seal(Place::new("seal_authorities.key", id), &made.pkcs8);
    act.run(&store::ADD_AUTHORITY, (id, &district, key, &made.certificate, now))?;
    act.log(Entry::new(Subject::new("authority", id), "wallet.authority_made"))?;
    Ok(made)
}

fn seal(act: &mut Act<'_, '_>, id: SealId) -> Result<SealRow, WalletError> {
    act.opt(&store::SEAL, (id,))?.ok_or(WalletError::Missing)
}

/// Suspends, takes up again or ends a seal.
///
/// # Errors
/// If the actor does not keep it, or the change is not allowed from its state.
pub fn change_seal(act: &mut Act<'_, '_>, id: SealId, rev: i64, next: SealState) -> Result<(), WalletError> {
    let row = seal(act, id)?;
    act.on_duty(&SEAL_KEEPER, row.body, row.place)?;
    if !row.state.may_become(next) {
        return Err(WalletError::State);
    }
    if !act.run_one(&store::SEAL_STATE, (id, rev, next))? {
        return Err(WalletError::Changed);
    }
    act.log(Entry::new(seal_subject(id), "wallet.seal_changed").state(next.word()).place(row.place))?;
    Ok(())
}

/// An official allows that a seal is used at once, without her hand, until a day. One for each kind of proof; of the certificates of a
/// body one for each seal.
///
/// # Errors
/// If she has no authority over proofs of that body, the seal is not active, the day is later than the rule allows, or there is one.
pub fn authorise(
    act: &mut Act<'_, '_>,
    id: SealId,
    kind: SealUse,
    until: Day,
) -> Result<AuthorisationId, WalletError> {
    let row = seal(act, id)?;
    act.on_duty(&AUTHORISER, row.body, row.place)?;
    if row.state != SealState::Active {
        return Err(WalletError::SealNotActive);
    }
    let today = act.now().day();
    let longest = linli_rules::value(act, &LONGEST_AUTHORISATION, today)?.value;
    if until <= today || until.days_since(today) > longest {
        return Err(WalletError::field("until", "until-range"));
    }
    let (new, now, by) = (act.next_id::<AuthorisationId>(), act.now(), act.actor.officer()?);
    if kind.is_single() && act.opt(&store::STANDING, (kind,))?.is_some() {
        return Err(WalletError::State);
    }
    let Some(duty) = act.duty() else { return Err(WalletError::NotAuthorised) };
    if act.opt(&store::AUTHORISE, (new, kind, id, by, duty, now, until))?.is_none() {
        return Err(WalletError::State);
    }
    act.log(
        Entry::new(Subject::new("authorisation", new), "wallet.authorised")
            .state("given")
            .place(row.place)
            .content(&serde_json::json!({ "kind": kind.word(), "seal": id, "until": until })),
    )?;
    Ok(new)
}

/// Ends a standing authorisation: nothing is sealed under it from here on.
///
/// # Errors
/// If the actor has no authority over it or somebody changed it meanwhile.
pub fn withdraw(act: &mut Act<'_, '_>, id: AuthorisationId, rev: i64) -> Result<(), WalletError> {
    let row = act.opt(&store::AUTHORISATION, (id,))?.ok_or(WalletError::Missing)?;
    let by = seal(act, row.seal)?;
    act.on_duty(&AUTHORISER, by.body, by.place)?;
    let now = act.now();
    if !act.run_one(&store::WITHDRAW, (id, rev, now))? {
        return Err(WalletError::Changed);
    }
    act.log(
        Entry::new(Subject::new("authorisation", id), "wallet.authorisation_withdrawn").state("withdrawn"),
    )?;
    Ok(())
}

/// A resident asks for a proof and consents that the register is asked. `key` makes a second click harmless.
///
/// # Errors
/// If no official allows this kind just now, or one is under way already.
pub fn ask(act: &mut Act<'_, '_>, kind: ProofKind, key: &str) -> Result<ProofId, WalletError> {
    let person = act.actor.resident()?;
    people::present(act, person)?;
    if key.is_empty() {
        return begin(act, person, kind);
    }
    let key = format!("wallet.ask {key}");
    once(act, &key, |act| begin(act, person, kind))
}

fn begin(act: &mut Act<'_, '_>, person: PersonId, kind: ProofKind) -> Result<ProofId, WalletError> {
    let standing = act.opt(&store::STANDING, (SealUse::from(kind),))?.ok_or(WalletError::NotAuthorised)?;
    let by = seal(act, standing.seal)?;
    if standing.until < act.now().day() || by.state != SealState::Active {
        return Err(WalletError::NotAuthorised);
    }
    if act.one(&store::OPEN_OF_PERSON, (person, kind))?.0 >= OPEN_AT_ONCE {
        return Err(WalletError::State);
    }
    let now = act.now();
    privacy::give(
        act,
        person,
        &INSURANCE_PROOF,
        Some(by.body),
        Some(REGISTER),
        Some(now.plus_seconds(86_400)),
    )?;
    let id: ProofId = act.next_id();
    act.run(&store::ADD_PROOF, (id, kind, person, by.body, standing.id, now))?;
    act.log(
        Entry::new(proof_subject(id), "wallet.asked")
            .state(ProofState::Waiting.word())
            .person(person)
            .place(by.place),
    )?;
    // The page asks the register at once; if that fails or the page goes away, this job goes on asking.
    act.enqueue(Job::new("wallet.fetch", &id).dedup(format!("wallet.fetch/{id}")).due(now.plus_seconds(6)))?;
    Ok(id)
}

/// Loads a proof.
///
/// # Errors
/// If there is none.
pub(crate) fn proof(act: &mut Act<'_, '_>, id: ProofId) -> Result<ProofRow, WalletError> {
    act.opt(&store::PROOF, (id,))?.ok_or(WalletError::Missing)
}

/// The register answered. Harmless if it was noted before.
///
/// # Errors
/// If the person is gone or the database fails.
pub fn answered(
    act: &mut Act<'_, '_>,
    id: ProofId,
    record: &InsuranceRecord,
) -> Result<ProofState, WalletError> {
    let row = proof(act, id)?;
    if row.state != ProofState::Waiting {
        return Ok(row.state);
    }
    let standing = act.opt(&store::AUTHORISATION, (row.authorisation,))?.ok_or(WalletError::NotAuthorised)?;
    let by = seal(act, standing.seal)?;
    if record.lines.is_empty() {
        if !act.run_one(&store::REFUSED, (id, row.rev))? {
            return Err(WalletError::Changed);
        }
        act.log(
            Entry::new(proof_subject(id), "wallet.refused")
                .state(ProofState::Refused.word())
                .person(row.person),
        )?;
        act.tell(&Event::new("wallet.refused", proof_subject(id), &id))?;
        return Ok(ProofState::Refused);
    }
    let house = act.house;
    let person = people::person(act, house.vault(), row.person)?.ok_or(WalletError::Missing)?;
    let (Some(name), Some(document)) = (&person.name, &person.document) else {
        return Err(WalletError::Missing);
    };
    let now = act.now();
    let day = now.day();
    let (serial,) = act.one(&store::NEXT_SERIAL, (day,))?;
    let number = number(by.place.district6(), day, serial);
    let code = act.vault().chance().code(8);
    let code_key = act.vault().lookup("wallet.check_code", &format!("{number} {code}"));
    let checkpoint = latest_checkpoint(act)?.map(|c| c.short()).unwrap_or_default();
    let valid_days = linli_rules::value(act, &INSURANCE_VALID, day)?.value;
    let data = insurance_data(
        name.as_str(),
        document,
        record.clone(),
        code,
        (&by.body_name, &by.kind),
        (day, day.plus_days(valid_days)),
        checkpoint,
    );
    let bytes = serde_json::to_vec(&data).map_err(|_| WalletError::Stored)?;
    let sealed = act.vault().seal(Place::new("proofs.data", id), &bytes);
    let args = (id, row.rev, day, serial, &number, code_key, sealed, data.valid_until);
    if !act.run_one(&store::ANSWERED, args)? {
        return Err(WalletError::Changed);
    }
    act.log(
        Entry::new(proof_subject(id), "wallet.answered").state(ProofState::Issuing.word()).person(row.person),
    )?;
    act.enqueue(Job::new("wallet.seal", &id).dedup(format!("wallet.seal/{id}")).due(now.plus_seconds(5)))?;
    Ok(ProofState::Issuing)
}

/// What a proof says.
///
/// # Errors
/// If it was erased or does not open.
pub(crate) fn data(vault: &linli_vault::Vault, row: &ProofRow) -> Result<ProofData, WalletError> {
    let sealed = row.data.as_ref().ok_or(WalletError::Missing)?;
    let bytes = vault.open_sealed(Place::new("proofs.data", row.id), sealed)?;
    serde_json::from_slice(&bytes).map_err(|_| WalletError::Stored)
}

/// Signs a paper with a seal under a standing authorisation; what for is logged with the seal. The key is opened here and nowhere else.
///
/// # Errors
/// If the authorisation was withdrawn or ran out meanwhile, or the seal is not active.
pub(crate) fn use_seal(
    act: &mut Act<'_, '_>,
    authorisation: AuthorisationId,
    pdf: &[u8],
    what_for: &serde_json::Value,
) -> Result<Vec<u8>, WalletError> {
    let standing = act.opt(&store::AUTHORISATION, (authorisation,))?.ok_or(WalletError::NotAuthorised)?;
    let by = seal(act, standing.seal)?;
    let now = act.now();
    if standing.until < now.day() {
        return Err(WalletError::NotAuthorised);
    }
    if by.state != SealState::Active {
        return Err(WalletError::SealNotActive);
    }
    let (key,) = act.one(&store::SEAL_KEY, (by.id,))?;
    let pkcs8 = act.vault().open_sealed(Place::new("seals.key", by.id), &key)?;
    let seal_key =
        SealKey { pkcs8: pkcs8.to_vec(), certificate: by.certificate.clone(), issuer: by.issuer.clone() };
    let signed = sign(pdf, &LocalSigner::new(&seal_key, &by.kind)?, now)?;
    act.log(
        Entry::new(seal_subject(by.id), "wallet.seal_used")
            .place(by.place)
            .content(&serde_json::json!({ "for": what_for, "authorisation": standing.id })),
    )?;
    Ok(signed)
}

/// Seals the paper that was set and issues it. Harmless if it was done before.
///
/// # Errors
/// If the authorisation was withdrawn or ran out meanwhile, or the seal is not active.
pub fn seal_and_issue(act: &mut Act<'_, '_>, id: ProofId, pdf: &[u8]) -> Result<(), WalletError> {
    let row = proof(act, id)?;
    if row.state != ProofState::Issuing {
        return Ok(());
    }
    let now = act.now();
    let signed = use_seal(act, row.authorisation, pdf, &serde_json::json!({ "proof": id }))?;
    let paper = act.vault().seal(Place::new("proof_papers.pdf", id), &signed);
    act.run(&store::ADD_PAPER, (id, paper))?;
    if !act.run_one(&store::ISSUED, (id, row.rev, now))? {
        return Err(WalletError::Changed);
    }
    act.log(
        Entry::new(proof_subject(id), "wallet.issued").state(ProofState::Issued.word()).person(row.person),
    )?;
    act.tell(&Event::new("wallet.issued", proof_subject(id), &id))?;
    Ok(())
}

/// Revokes a proof that should not stand.
///
/// # Errors
/// If the actor has no authority over it, gives no reason, or it does not stand.
pub fn revoke(act: &mut Act<'_, '_>, id: ProofId, rev: i64, reason: &str) -> Result<(), WalletError> {
    let row = proof(act, id)?;
    let by = act.actor.holds_any(&AUTHORISER)?.place;
    act.on_duty(&AUTHORISER, row.body, by)?;
    if reason.is_empty() {
        return Err(WalletError::field("reason", "reason-empty"));
    }
    if row.state != ProofState::Issued {
        return Err(WalletError::State);
    }
    let now = act.now();
    if !act.run_one(&store::REVOKED, (id, rev, now))? {
        return Err(WalletError::Changed);
    }
    act.log(
        Entry::new(proof_subject(id), "wallet.revoked")
            .state(ProofState::Revoked.word())
            .person(row.person)
            .content(&serde_json::json!({ "reason": reason })),
    )?;
    act.tell(&Event::new("wallet.revoked", proof_subject(id), &id))?;
    Ok(())
}

/// The paper for its holder; that it was taken is logged.
///
/// # Errors
/// If it is not hers or there is none.
pub fn download(act: &mut Act<'_, '_>, id: ProofId) -> Result<(String, Vec<u8>), WalletError> {
    let row = own(act, id)?;
    let (sealed,) = act.opt(&store::PAPER, (id,))?.ok_or(WalletError::Missing)?;
    let pdf = act.vault().open_sealed(Place::new("proof_papers.pdf", id), &sealed)?.to_vec();
    act.log(Entry::new(proof_subject(id), "wallet.downloaded").person(row.person))?;
    Ok((row.number.unwrap_or_default(), pdf))
}

/// A proof of the resident who acts.
pub(crate) fn own(act: &mut Act<'_, '_>, id: ProofId) -> Result<ProofRow, WalletError> {
    let person = act.actor.resident()?;
    let row = proof(act, id)?;
    if row.person == person { Ok(row) } else { Err(WalletError::Missing) }
}

/// Tries of one network address in ten minutes.
const MOST_TRIES: i64 = 30;

/// What a checker is shown.
pub struct Checked {
    pub kind: ProofKind,
    pub state: ProofState,
    pub number: String,
    pub data: ProofData,
    pub revoked: bool,
    pub expired: bool,
}

/// Counts a try to check.
///
/// # Errors
/// [`WalletError::TooMany`].
pub fn count_try(act: &mut Act<'_, '_>, remote: &str) -> Result<(), WalletError> {
    let net = act.vault().lookup("wallet.check_net", remote);
    let turn = act.now().millis() / 600_000;
    let (tries,) = act.one(&store::TRY, (net, turn))?;
    if tries > MOST_TRIES { Err(WalletError::TooMany) } else { Ok(()) }
}

/// Checks a number and a code. A wrong code is told like a wrong number. That somebody checked is logged for the holder.
///
/// # Errors
/// [`WalletError::Missing`] if they do not fit.
pub fn check(act: &mut Act<'_, '_>, typed_number: &str, code: &str) -> Result<Checked, WalletError> {
    let row = act.opt(&store::BY_NUMBER, (typed_number,))?.ok_or(WalletError::Missing)?;
    let key = act.vault().lookup("wallet.check_code", &format!("{typed_number} {code}"));
    if row.code_key != Some(key) || !matches!(row.state, ProofState::Issued | ProofState::Revoked) {
        return Err(WalletError::Missing);
    }
    let data = data(act.vault(), &row)?;
    act.log(Entry::new(proof_subject(row.id), "wallet.checked").person(row.person))?;
    let expired = data.valid_until < act.now().day();
    Ok(Checked {
        kind: row.kind,
        state: row.state,
        number: typed_number.to_owned(),
        revoked: row.state == ProofState::Revoked,
        expired,
        data,
    })
}

/// The proofs of a person, newest first.
///
/// # Errors
/// If the database fails.
pub(crate) fn of_person(
    read: &mut linli_db::Read<'_>,
    person: PersonId,
    before: ProofId,
) -> Result<Vec<ProofRow>, DbError> {
    read.all(&store::OF_PERSON, (person, before, 30))
}

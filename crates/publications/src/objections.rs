//! Objections: by a resident in her name, or by a visitor with a phone; answered by the body within the rule's days.

use linli_acts::{Act, Entry, PersonId, Subject};
use linli_base::docnum::Phone;
use linli_base::{Day, FieldError};
use linli_db::{DbError, Read};
use linli_notices::Notice;
use linli_vault::{Place, Vault, token};
use serde::{Deserialize, Serialize};

use crate::acts::load;
use crate::domain::{
    Finding, LONGEST_OBJECTION, ObjectionId, ObjectionState, PublicationId, takes_objections,
};
use crate::error::PublicationError;
use crate::store::{self, ObjectionRow};
use crate::{ANSWER_DAYS, PUBLISHER};

/// Of one phone to one document; of one address in an hour; of one resident to one document.
const MOST_OF_PHONE: i64 = 3;
const MOST_OF_NET: i64 = 10;
const MOST_OF_PERSON: i64 = 5;

linli_notices::notice_kind! {
    /// An objection was answered.
    OBJECTION_ANSWERED = "publications.objection_answered",
        zh: "您对《{title}》的异议有了答复。",
        en: "Your objection to “{title}” was answered.";
}

pub(crate) fn subject(id: ObjectionId) -> Subject {
    Subject::new("objection", id)
}

/// How a visitor can be reached.
#[derive(Clone, Serialize, Deserialize)]
pub struct Contact {
    pub name: String,
    pub phone: String,
}

/// What a visitor types of herself.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    pub name: String,
    pub phone: String,
    /// The other end's address; only its keyed digest is kept.
    pub net: String,
}

/// What was taken: for a visitor with the code by which she looks up the answer.
#[derive(Clone, Debug)]
pub struct Taken {
    pub id: ObjectionId,
    pub code: Option<String>,
    pub due: Day,
}

fn content_place(id: ObjectionId) -> Place {
    Place::new("objections.content", id)
}

/// What an objection says.
///
/// # Errors
/// If it does not open.
pub(crate) fn text(vault: &Vault, row: &ObjectionRow) -> Result<String, PublicationError> {
    Ok(vault.open_text(content_place(row.id), &row.content)?)
}

/// What was answered; empty if nothing yet.
///
/// # Errors
/// If it does not open.
pub(crate) fn answer_text(vault: &Vault, row: &ObjectionRow) -> Result<String, PublicationError> {
    Ok(match &row.answer {
        Some(sealed) => vault.open_text(Place::new("objections.answer", row.id), sealed)?,
        None => String::new(),
    })
}

fn length(field: &str, text: &str) -> Result<(), FieldError> {
    match text.chars().count() {
        0..10 => Err(FieldError::new(field, "wrong-short")),
        n if n > LONGEST_OBJECTION => Err(FieldError::new(field, "wrong-long").arg(LONGEST_OBJECTION)),
        _ => Ok(()),
    }
}

/// Takes an objection. A resident who is signed in objects in her own name; anybody else leaves name and phone.
///
/// # Errors
/// If it is too late, what was typed is wrong, or it comes too often.
pub fn object(
    act: &mut Act<'_, '_>,
    id: PublicationId,
    words: &str,
    visitor: &Visitor,
) -> Result<Taken, PublicationError> {
    let row = load(act, id)?;
    let today = act.now().day();
    if !takes_objections(row.state, row.objections_until, today) {
        return Err(PublicationError::Over);
    }
    let version = row.live.ok_or(PublicationError::Stored)?;
    let person = act.actor.resident().ok();
    let mut wrong: Vec<FieldError> = length("words", words).err().into_iter().collect();
    let phone = match person {
        Some(_) => None,
        None => {
            match visitor.name.chars().count() {
                0 => wrong.push(FieldError::new("name", "wrong-empty")),
                n if n > 40 => wrong.push(FieldError::new("name", "wrong-long").arg(40)),
                _ => {}
            }
            let phone = Phone::parse(&visitor.phone);
            if phone.is_err() {
                wrong.push(FieldError::new("phone", "wrong-phone"));
            }
            phone.ok()
        }
    };
    if !wrong.is_empty() {
        return Err(PublicationError::Wrong(wrong));
    }
    let now = act.now();
    let phone_key = phone.as_ref().map(|p| act.vault().lookup("publications.phone", p.value()));
    let net_key = phone.as_ref().map(|_| act.vault().lookup("publications.net", &visitor.net));
    let often = match (person, &phone_key, &net_key) {
        (Some(person), ..) => act.one(&store::OF_PERSON_HERE, (id, person))?.0 >= MOST_OF_PERSON,
        (None, Some(phone), Some(net)) => {
            act.one(&store::BY_PHONE, (id, phone))?.0 >= MOST_OF_PHONE
                || act.one(&store::BY_NET, (net, now.plus_seconds(-3_600)))?.0 >= MOST_OF_NET
        }
        _ => return Err(PublicationError::Stored),
    };
    if often {
        return Err(PublicationError::TooMany);
    }
    let days = u16::try_from(linli_rules::value(act, &ANSWER_DAYS, today)?.value).unwrap_or(u16::MAX);
    let due = linli_rules::calendar(act)?.due(today, days).due;
    let objection: ObjectionId = act.next_id();
    let content = act.vault().seal_text(content_place(objection), words);
    let contact = match &phone {
        Some(phone) => {
            let contact = Contact { name: visitor.name.clone(), phone: phone.value().to_owned() };
            let bytes = serde_json::to_vec(&contact).map_err(|_| PublicationError::Stored)?;
            Some(act.vault().seal(Place::new("objections.contact", objection), &bytes))
        }
        None => None,
    };
    let code = phone.as_ref().map(|_| token::new(act.vault().chance()));
    let digest = code.as_deref().map(token::digest);
    act.run(
        &store::OBJECT,
        (
            objection, id, row.body, row.place, version, person, contact, phone_key, net_key, content,
            digest, now, due,
        ),
    )?;
    act.log(
        Entry::new(subject(objection), "publications.objected")
            .state(ObjectionState::Open.word())
            .person(person)
            .place(row.place),
    )?;
    Ok(Taken { id: objection, code, due })
}

/// An objection of the officer's body and place. One of another is none.
fn own(act: &mut Act<'_, '_>, id: ObjectionId) -> Result<ObjectionRow, PublicationError> {
    let row = act.opt(&store::OBJECTION, (id,))?.ok_or(PublicationError::Missing)?;
    act.on_duty(&PUBLISHER, row.body, row.place).map_err(|_| PublicationError::Missing)?;
    Ok(row)
}

/// An objection as the officer reads it.
pub(crate) struct Opened {
    pub row: ObjectionRow,
    pub words: String,
    /// Of a visitor; a resident is not named: her objection is judged by what it says.
    pub contact: Option<Contact>,
    pub answer: String,
}

/// Opens an objection to answer it; a resident sees in her log that it was read.
///
/// # Errors
/// If it is not of the actor's body and place.
pub(crate) fn open(act: &mut Act<'_, '_>, id: ObjectionId) -> Result<Opened, PublicationError> {
    let row = own(act, id)?;
    let words = text(act.vault(), &row)?;
    let answer = answer_text(act.vault(), &row)?;
    let contact = match &row.contact {
        Some(sealed) => {
            let bytes = act.vault().open_sealed(Place::new("objections.contact", id), sealed)?;
            Some(serde_json::from_slice(&bytes).map_err(|_| PublicationError::Stored)?)
        }
        None => None,
    };
    act.log(Entry::new(subject(id), "publications.objection_opened").person(row.person).place(row.place))?;
    Ok(Opened { row, words, contact, answer })
}

/// Answers an objection. Once.
///
/// # Errors
/// If the answer is too short, or it was answered before.
pub fn answer(
    act: &mut Act<'_, '_>,
    id: ObjectionId,
    rev: i64,
    finding: Finding,
    words: &str,
) -> Result<(), PublicationError> {
    let row = own(act, id)?;
    length("answer", words).map_err(|e| PublicationError::Wrong(vec![e]))?;
    let sealed = act.vault().seal_text(Place::new("objections.answer", id), words);
    let (now, by) = (act.now(), act.actor.officer()?);
    if !act.run_one(&store::ANSWER, (id, rev, now, by, finding, sealed))? {
        return Err(PublicationError::Changed);
    }
    act.log(
        Entry::new(subject(id), "publications.objection_answered")
            .state(ObjectionState::Answered.word())
            .person(row.person)
            .place(row.place),
    )?;
    if let Some(person) = row.person {
        let version = act.opt(&store::VERSION, (row.version,))?.ok_or(PublicationError::Stored)?;
        let en = if version.title_en.is_empty() { &version.title_zh } else { &version.title_en };
        let notice = Notice::new(&OBJECTION_ANSWERED, person, subject(id))
            .link(format!("/my/objections/{id}"))
            .arg_both("title", &version.title_zh, en);
        linli_notices::tell(act, &notice)?;
    }
    Ok(())
}

/// Objections of a resident, newest first.
///
/// # Errors
/// If the database fails.
pub(crate) fn of_person(
    read: &mut Read<'_>,
    person: PersonId,
    before: ObjectionId,
    limit: u16,
) -> Result<Vec<ObjectionRow>, DbError> {
    read.all(&store::OBJECTIONS_OF_PERSON, (person, before, limit))
}

/// The objection that a visitor's code belongs to.
///
/// # Errors
/// If there is none.
pub(crate) fn by_code(read: &mut Read<'_>, code: &str) -> Result<ObjectionRow, PublicationError> {
    read.opt(&store::BY_CODE, (token::digest(code.trim()),))?.ok_or(PublicationError::Missing)
}

/// Objections of a record that was joined to another go over to that one.
///
/// # Errors
/// If the database fails. `Ok(true)`: there may be more.
pub(crate) fn follow(act: &mut Act<'_, '_>, from: PersonId, into: PersonId) -> Result<bool, DbError> {
    let ids = act.all(&store::IDS_OF_PERSON, (from,))?;
    for (id,) in &ids {
        act.run(&store::FOLLOW, (*id, into))?;
        act.log(Entry::new(subject(*id), "publications.objection_followed").person(into))?;
    }
    act.run(&store::MOVE_SUBSCRIPTIONS, (from, into))?;
    act.run(&store::FORGET_SUBSCRIPTIONS, (from,))?;
    Ok(ids.len() == 500)
}

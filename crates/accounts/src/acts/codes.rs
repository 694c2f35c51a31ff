//! Codes sent to phones: asking, trying, what was proved. Nothing here looks at whether the phone is anybody's, so neither
//! answer nor time can tell.

use linli_acts::PersonId;
use linli_acts::{Act, Denied, Entry, House, Job, JobError, JobRow, Pool, Recurring, Subject, Who};
use linli_base::Instant;
use linli_base::docnum::Phone;
use linli_db::{DbError, Read, row, sql};
use linli_people::offers::account::{phone_key, stored_phone};
use linli_vault::{Lookup, Place, Sealed, token};
use serde::{Deserialize, Serialize};

use crate::domain::{CODE_SECONDS, Lately, PROVEN_SECONDS, TRIES, may_send, may_try};
use crate::error::AccountError;
use crate::seams::CodeChannelService;

linli_db::id! {
    /// A code that was sent.
    pub struct CodeId;
}

linli_db::codes! {
    /// What a code is for. A code for one thing is not good for another.
    pub enum CodePurpose {
        SignIn = "sign-in",
        Phone = "phone",
        Erase = "erase",
    }
}

row! {
    /// A code as stored.
    #[derive(Debug)]
    pub struct CodeRow {
        pub(crate) id: CodeId,
        pub(crate) purpose: CodePurpose,
        pub(crate) person: Option<PersonId>,
        pub(crate) phone_key: Lookup,
        pub(crate) phone: Option<Sealed>,
        pub(crate) code_key: Lookup,
        pub(crate) wrong: i64,
        pub(crate) wrong_documents: i64,
        pub(crate) expires_at: Instant,
        pub(crate) proven_at: Option<Instant>,
    }
}

row! {
    struct PhoneLately { hour: i64, day: i64, wrong: i64, last: Option<Instant> }
}

row! {
    struct NetLately { ten: i64, day: i64, wrong: i64 }
}

sql! {
    PHONE_LATELY: PhoneLately = "SELECT count(*) FILTER (WHERE asked_at > $3) AS hour, count(*) AS day,
            CAST(COALESCE(sum(wrong + wrong_documents) FILTER (WHERE asked_at > $3), 0) AS BIGINT) AS wrong, max(asked_at) AS last
        FROM codes WHERE phone_key = $1 AND asked_at > $2";
    NET_LATELY: NetLately = "SELECT count(*) FILTER (WHERE asked_at > $4) AS ten, count(*) AS day,
            CAST(COALESCE(sum(wrong + wrong_documents) FILTER (WHERE asked_at > $3), 0) AS BIGINT) AS wrong
        FROM codes WHERE net_key = $1 AND asked_at > $2";
    INSERT: () = "INSERT INTO codes (id, purpose, token, person, phone_key, net_key, phone, code, code_key, asked_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    BY_TOKEN: CodeRow = "SELECT id, purpose, person, phone_key, phone, code_key, wrong, wrong_documents, expires_at, proven_at
        FROM codes WHERE token = $1 AND closed_at IS NULL";
    SEEN_BY: (CodeId,) = "SELECT id FROM codes WHERE token = $1 AND closed_at IS NULL";
    TO_SEND: (Option<Sealed>, Option<Sealed>, Instant) = "SELECT phone, code, expires_at FROM codes WHERE id = $1 AND closed_at IS NULL AND proven_at IS NULL";
    WRONG: () = "UPDATE codes SET wrong = wrong + 1, closed_at = CASE WHEN wrong + 1 >= $2 THEN CAST($3 AS BIGINT) ELSE NULL END WHERE id = $1";
    WRONG_DOCUMENT: () = "UPDATE codes SET wrong_documents = wrong_documents + 1,
        closed_at = CASE WHEN wrong_documents + 1 >= $2 THEN CAST($3 AS BIGINT) ELSE NULL END WHERE id = $1";
    PROVEN: () = "UPDATE codes SET proven_at = $2, token = $3, code = NULL WHERE id = $1 AND proven_at IS NULL AND closed_at IS NULL";
    CLOSE: () = "UPDATE codes SET closed_at = $2, code = NULL, phone = NULL WHERE id = $1 AND closed_at IS NULL";
    EMPTY: () = "UPDATE codes SET code = NULL, phone = NULL, closed_at = COALESCE(closed_at, $2)
        WHERE id IN (SELECT id FROM codes WHERE asked_at < $1 AND (code IS NOT NULL OR phone IS NOT NULL) LIMIT 1000)";
    SWEEP: () = "DELETE FROM codes WHERE id IN (SELECT id FROM codes WHERE asked_at < $1 LIMIT 1000)";
    pub(crate) FORGET: () = "DELETE FROM codes WHERE person = $1 OR phone_key = $2";
}

linli_acts::retention! {
    "codes", days: 1, "验证码五分钟失效，十五分钟后清空号码；次数记录保存一天，用于防止滥用。",
        "A code is good for five minutes; phone and code are emptied after a quarter of an hour; the count is kept a day against abuse.", sweep: SWEEP;
}

/// A code is on its way.
#[derive(Clone, Debug)]
pub struct Asked {
    pub id: CodeId,
    /// What the browser carries to the next page.
    pub token: String,
}

/// What became of a try.
#[derive(Debug)]
pub enum Tried {
    /// So many tries are left.
    Wrong(i64),
    /// The phone is proved; the new token is for the next step.
    Right { row: CodeRow, token: String },
}

fn lately(read: &mut Read<'_>, phone: Lookup, net: Lookup) -> Result<Lately, DbError> {
    let now = read.now();
    let (day, hour) = (now.plus_seconds(-86_400), now.plus_seconds(-3_600));
    let p = read.one(&PHONE_LATELY, (phone, day, hour))?;
    let n = read.one(&NET_LATELY, (net, day, hour, now.plus_seconds(-600)))?;
    Ok(Lately {
        phone_last: p.last,
        phone_hour: p.hour,
        phone_day: p.day,
        phone_wrong_hour: p.wrong,
        net_ten_minutes: n.ten,
        net_day: n.day,
        net_wrong_hour: n.wrong,
    })
}

fn net_key(act: &Act<'_, '_>, net: &str) -> Lookup {
    act.vault().lookup("people.net", net)
}

fn code_key(act: &Act<'_, '_>, id: CodeId, code: &str) -> Lookup {
    act.vault().lookup("people.code", &format!("{id}:{code}"))
}

/// Sends a code to a phone. `net` is the other end's address; only its keyed digest is kept.
///
/// # Errors
/// [`AccountError::Wait`] if it was asked too often.
pub fn ask(
    act: &mut Act<'_, '_>,
    purpose: CodePurpose,
    phone: &Phone,
    net: &str,
) -> Result<Asked, AccountError> {
    let person = match (purpose, act.actor.who) {
        (CodePurpose::SignIn, _) => None,
        (_, Who::Person(id)) => Some(id),
        (_, Who::Anyone) => return Err(Denied::SignIn.into()),
        _ => return Err(Denied::NotYours.into()),
    };
    let (phone_key, net_key) = (phone_key(act.vault(), phone), net_key(act, net));
    let now = act.now();
    may_send(&lately(act, phone_key, net_key)?, now).map_err(AccountError::Wait)?;
    let id: CodeId = act.next_id();
    let secret = token::new(act.vault().chance());
    let code = format!("{:06}", act.vault().chance().below(1_000_000));
    let sealed_phone = act.vault().seal_text(Place::new("codes.phone", id), phone.value());
    let sealed_code = act.vault().seal_text(Place::new("codes.code", id), &code);
    let key = code_key(act, id, &code);
    act.run(
        &INSERT,
        (
            id,
            purpose,
            token::digest(&secret),
            person,
            phone_key,
            net_key,
            sealed_phone,
            sealed_code,
            key,
            now,
            now.plus_seconds(CODE_SECONDS),
        ),
    )?;
    act.log(Entry::new(Subject::new("code", id), "people.code_asked").person(person))?;
    act.enqueue(Job::new(SEND, &ToSend { code: id }))?;
    Ok(Asked { id, token: secret })
}

/// The code that a token belongs to, for the demo's page.
///
/// # Errors
/// If the database fails.
pub fn by_token(read: &mut Read<'_>, secret: &str) -> Result<Option<CodeId>, DbError> {
    Ok(read.opt(&SEEN_BY, (token::digest(secret),))?.map(|(id,)| id))
}

/// Tries a code. A wrong one is counted, so this succeeds where the code does not.
///
/// # Errors
/// [`AccountError::CodeOver`], [`AccountError::Wait`].
pub fn try_code(
    act: &mut Act<'_, '_>,
    purpose: CodePurpose,
    secret: &str,
    typed: &str,
    net: &str,
) -> Result<Tried, AccountError> {
    let now = act.now();
    let row = act.opt(&BY_TOKEN, (token::digest(secret),))?.ok_or(AccountError::CodeOver)?;
    let own = row.person.is_none_or(|p| act.actor.who == Who::Person(p));
    if row.purpose != purpose || row.proven_at.is_some() || row.expires_at <= now || !own {
        return Err(AccountError::CodeOver);
    }
    let net = net_key(act, net);
    may_try(&lately(act, row.phone_key, net)?).map_err(AccountError::Wait)?;
    let typed = linli_base::text::compact(typed);
    if code_key(act, row.id, &typed) != row.code_key {
        act.run(&WRONG, (row.id, TRIES, now))?;
        act.log(Entry::new(Subject::new("code", row.id), "people.code_wrong").person(row.person))?;
        return Ok(Tried::Wrong((TRIES - row.wrong - 1).max(0)));
    }
    let next = token::new(act.vault().chance());
    if !act.run_one(&PROVEN, (row.id, now, token::digest(&next)))? {
        return Err(AccountError::CodeOver);
    }
    Ok(Tried::Right { row: CodeRow { proven_at: Some(now), ..row }, token: next })
}

/// What was proved with a code and not yet used.
pub(crate) fn proven(
    act: &mut Act<'_, '_>,
    purpose: CodePurpose,
    secret: &str,
) -> Result<CodeRow, AccountError> {
    let now = act.now();
    let row = act.opt(&BY_TOKEN, (token::digest(secret),))?.ok_or(AccountError::CodeOver)?;
    let own = row.person.is_none_or(|p| act.actor.who == Who::Person(p));
    match row.proven_at {
        Some(at) if row.purpose == purpose && own && now.seconds_since(at) < PROVEN_SECONDS => Ok(row),
        _ => Err(AccountError::CodeOver),
    }
}

/// The phone that was proved with a code and not yet used, without using it.
///
/// # Errors
/// [`AccountError::CodeOver`] if there is none.
pub fn proven_phone(
    read: &mut Read<'_>,
    vault: &linli_vault::Vault,
    secret: &str,
) -> Result<Phone, AccountError> {
    let now = read.now();
    let row = read.opt(&BY_TOKEN, (token::digest(secret),))?.ok_or(AccountError::CodeOver)?;
    match (row.proven_at, &row.phone) {
        (Some(at), Some(sealed)) if now.seconds_since(at) < PROVEN_SECONDS => {
            Ok(stored_phone(&vault.open_text(Place::new("codes.phone", row.id), sealed)?)?)
        }
        _ => Err(AccountError::CodeOver),
    }
}

/// The phone of a code.
pub(crate) fn phone_of(act: &Act<'_, '_>, row: &CodeRow) -> Result<Phone, AccountError> {
    let sealed = row.phone.as_ref().ok_or(AccountError::CodeOver)?;
    Ok(stored_phone(&act.vault().open_text(Place::new("codes.phone", row.id), sealed)?)?)
}

/// A document that did not fit was given with a proved phone.
pub(crate) fn wrong_document(act: &mut Act<'_, '_>, row: &CodeRow) -> Result<i64, AccountError> {
    let now = act.now();
    act.run(&WRONG_DOCUMENT, (row.id, TRIES, now))?;
    act.log(Entry::new(Subject::new("code", row.id), "people.document_wrong"))?;
    Ok((TRIES - row.wrong_documents - 1).max(0))
}

/// What was proved is used: once.
pub(crate) fn close(act: &mut Act<'_, '_>, row: &CodeRow) -> Result<(), AccountError> {
    let now = act.now();
    if act.run_one(&CLOSE, (row.id, now))? { Ok(()) } else { Err(AccountError::CodeOver) }
}

const SEND: &str = "people.code";

#[derive(Serialize, Deserialize)]
struct ToSend {
    code: CodeId,
}

/// Sends a code by the channel, as long as it is good.
async fn send(house: House, job: JobRow) -> Result<(), JobError> {
    let ToSend { code: id } = job.read()?;
    let found = house.read(move |r| r.opt(&TO_SEND, (id,))).await?;
    let Some((Some(phone), Some(code), expires_at)) = found else { return Ok(()) };
    if expires_at <= house.now() {
        return Ok(());
    }
    let open = |column, sealed| {
        house.vault().open_text(Place::new(column, id), sealed).map_err(|e| JobError::Fail(e.to_string()))
    };
    let (phone, code) = (open("codes.phone", &phone)?, open("codes.code", &code)?);
    let phone = Phone::parse(&phone).map_err(|e| JobError::Fail(e.to_string()))?;
    let channel = house.service::<CodeChannelService>();
    channel.0.send(id, &phone, &code).await.map_err(|e| JobError::Retry(e.to_string()))
}

/// Empties what is over: a code lives minutes, not until the nightly sweep.
async fn empty(house: House, _: JobRow) -> Result<(), JobError> {
    loop {
        let n = house
            .db()
            .write(|tx| {
                let now = tx.now();
                tx.run(&EMPTY, (now.plus_seconds(-CODE_SECONDS - PROVEN_SECONDS), now))
            })
            .await?;
        if n < 1000 {
            return Ok(());
        }
    }
}

/// Apart from the notices' pool: who stands at the door does not wait behind a thousand notices.
static CODES: Pool = Pool { name: "people.codes", at_once: 8 };

linli_acts::job! {
    SEND => send, in CODES;
    "people.empty_codes" => empty;
}

linli_acts::inventory::submit! { Recurring { kind: "people.empty_codes", every_seconds: 600 } }

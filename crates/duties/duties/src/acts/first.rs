//! The first run: a token, printed once by the program, makes the first administrator.

use linli_acts::{Act, Actor, Entry, House, StaffId, Subject};
use linli_base::PlaceCode;
use linli_db::Read;
use linli_vault::token;

use crate::acts::bodies;
use crate::acts::duties::{self, NewDuty};
use crate::acts::staff::{self, NewStaff};
use crate::acts::staff_subject;
use crate::domain::{BodyKind, NewBody, StaffState};
use crate::error::DutiesError;
use crate::store;
use crate::ADMINISTRATOR;

/// How long the half-made first administrator has for the second factor.
const HALF_MADE_SECONDS: i64 = 3_600;

/// A token for `/office/first`, new at every start until there is an administrator; `None` from then on. Only its digest is
/// stored. `linli` prints it for whoever installs.
///
/// # Errors
/// If the database fails.
pub async fn token(house: &House) -> Result<Option<String>, DutiesError> {
    house
        .act(&Actor::system(), |act| {
            if over(act)? {
                return Ok(None);
            }
            let secret = token::new(act.vault().chance());
            let now = act.now();
            act.run(&store::KEEP_FIRST_RUN, (token::digest(&secret), now))?;
            Ok(Some(secret))
        })
        .await
}

/// Whether the first administrator has been made.
///
/// # Errors
/// If the database fails.
pub fn over(read: &mut Read<'_>) -> Result<bool, DutiesError> {
    Ok(read.opt(&store::FIRST_RUN, ())?.is_some_and(|(_, _, used)| used.is_some()))
}

fn fits(read: &mut Read<'_>, secret: &str) -> Result<(), DutiesError> {
    let digest = token::digest(secret);
    let fits = read.opt(&store::FIRST_RUN, ())?.is_some_and(|(d, _, used)| used.is_none() && d == digest);
    if fits { Ok(()) } else { Err(DutiesError::LinkOver) }
}

/// Whether a token works.
///
/// # Errors
/// [`DutiesError::LinkOver`].
pub fn check(read: &mut Read<'_>, secret: &str) -> Result<(), DutiesError> {
    fits(read, secret)
}

/// What the first page asks.
#[derive(Clone, Debug)]
pub struct First {
    pub login: String,
    pub name: String,
    /// The body that runs the system.
    pub body_zh: String,
    pub place: PlaceCode,
}

/// First step: the account with its password (hashed outside), still without effect. Gives the set-up link for the second step.
/// Started again before the second step, it takes the place of what was begun.
///
/// # Errors
/// If the token does not work or a field does not fit.
pub fn begin(act: &mut Act<'_, '_>, secret: &str, first: &First, hash: &str) -> Result<String, DutiesError> {
    fits(act, secret)?;
    // Acts of the office demand duties that nobody holds yet; the token stands for them.
    let login = crate::domain::login_key(&first.login);
    let begun = act.opt(&store::STAFF_BY_LOGIN, (&login,))?;
    let id = match begun {
        Some(s) if s.state == StaffState::Invited => s.id,
        Some(_) => return Err(DutiesError::field("login", "taken")),
        None => {
            let body = first_body(act, first)?;
            staff::insert(
                act,
                &NewStaff { login, name: first.name.clone(), body, phone: String::new() },
            )?
        }
    };
    act.run(&store::SET_PASSWORD, (id, hash))?;
    staff::make_link(act, id, HALF_MADE_SECONDS, true)
}

/// The body that runs the system: the one of this code, or a new one.
fn first_body(act: &mut Act<'_, '_>, first: &First) -> Result<linli_acts::BodyId, DutiesError> {
    const CODE: &str = "ADMIN";
    if let Some(body) = act.opt(&store::BODY_BY_CODE, (CODE,))? {
        return Ok(body.id);
    }
    let today = act.now().day();
    let new = NewBody {
        code: CODE.to_owned(),
        kind: BodyKind::Department,
        name_zh: first.body_zh.clone(),
        name_en: String::new(),
        short_zh: String::new(),
        short_en: String::new(),
        place: first.place,
    };
    match bodies::insert(act, new, today) {
        Err(DutiesError::Wrong(fields)) => {
            let here = |f: &linli_base::FieldError| {
                let mut f = f.clone();
                if f.field == "name_zh" {
                    "body_zh".clone_into(&mut f.field);
                }
                f
            };
            Err(DutiesError::Wrong(fields.iter().map(here).collect()))
        }
        other => other,
    }
}

/// Opens the first run again for whoever has the machine in his hands, when every administrator is lost. What they did stays.
///
/// # Errors
/// If the database fails.
pub async fn reopen(house: &House) -> Result<String, DutiesError> {
    house
        .act(&Actor::system(), |act| {
            let secret = token::new(act.vault().chance());
            let now = act.now();
            act.run(&store::REOPEN_FIRST_RUN, (token::digest(&secret), now))?;
            act.log(Entry::new(Subject::new("first_run", 1), "duties.first_run_reopened"))?;
            Ok(secret)
        })
        .await
}

/// Second step, called when the second factor was proven: this account becomes the administrator, and the token ends.
pub(crate) fn finish(act: &mut Act<'_, '_>, id: StaffId) -> Result<(), DutiesError> {
    if over(act)? {
        return Err(DutiesError::LinkOver);
    }
    let staff = act.opt(&store::STAFF, (id,))?.ok_or(DutiesError::Missing)?;
    let body = act.opt(&store::BODY, (staff.body,))?.ok_or(DutiesError::Missing)?;
    duties::insert(
        act,
        &NewDuty {
            kind: ADMINISTRATOR.key.to_owned(),
            body: body.id,
            place: body.place,
            holder: id,
            since: None,
            until: None,
        },
    )?;
    act.log(Entry::new(staff_subject(id), "duties.first_run_done"))?;
    Ok(())
}

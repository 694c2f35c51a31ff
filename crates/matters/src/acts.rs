//! Looking a case up without signing in: its number and the phone's last digits. A wrong phone is answered like a wrong number.

use linli_acts::{Act, PersonId};
use linli_casework::CaseRow;
use linli_casework::acts::entry;
use linli_casework::offers::{CaseError, by_number};
use linli_db::sql;
use linli_notices::offers::PhoneBookService;

use crate::TRACK_DIGITS;

sql! {
    OF_NUMBER: (i64,) = "SELECT count(*) FROM track_tries WHERE number_key = $1 AND at > $2";
    OF_NET: (i64,) = "SELECT count(*) FROM track_tries WHERE net_key = $1 AND at > $2";
    ADD: () = "INSERT INTO track_tries (id, number_key, net_key, at) VALUES ($1, $2, $3, $4)";
    SWEEP: () = "DELETE FROM track_tries WHERE id IN (SELECT id FROM track_tries WHERE at < $1 ORDER BY at LIMIT 1000)";
}

linli_acts::act_words! {
    "casework.tracked" = "凭编号和手机号查询了进度", "Looked up by number and phone";
}

linli_acts::retention! {
    "track_tries", days: 1, "只用于防止试探编号和手机号，一天后删除。", "Only to keep anybody from trying numbers and phones; deleted after a day.", sweep: SWEEP;
}

/// Tries of one number in an hour, of one address in ten minutes (many people stand behind one).
const MOST_OF_NUMBER: i64 = 10;
const MOST_OF_NET: i64 = 60;

/// What came of it.
#[derive(Debug)]
pub enum Tracked {
    Found(Box<CaseRow>),
    /// No such number, or not this phone: nobody is told which.
    Nothing,
    TooMany,
}

/// How many of the phone's last digits are asked for.
///
/// # Errors
/// If the database fails.
pub fn digits(read: &mut linli_db::Read<'_>) -> Result<usize, CaseError> {
    let today = read.now().day();
    Ok(usize::try_from(linli_rules::value(read, &TRACK_DIGITS, today)?.value).unwrap_or(11))
}

/// Looks a case up. Every try counts, right or wrong.
///
/// # Errors
/// If the database fails.
pub fn track(act: &mut Act<'_, '_>, number: &str, phone: &str, net: &str) -> Result<Tracked, CaseError> {
    let now = act.now();
    let number_key = act.vault().lookup("casework.track", number);
    let net_key = act.vault().lookup("casework.track_net", net);
    let tried = act.one(&OF_NUMBER, (number_key, now.plus_seconds(-3_600)))?.0;
    let from = act.one(&OF_NET, (net_key, now.plus_seconds(-600)))?.0;
    if tried >= MOST_OF_NUMBER || from >= MOST_OF_NET {
        return Ok(Tracked::TooMany);
    }
    let row: i64 = act.next_id();
    act.run(&ADD, (row, number_key, net_key, now))?;
    let wanted = digits(act)?;
    let case = by_number(act, number)?;
    // Looked for in either case, so that the answer takes as long.
    let person = case.as_ref().map_or(PersonId::from_raw(0), |c| c.person);
    let (house, book) = (act.house, act.house.service::<PhoneBookService>());
    let known = book.0.phone(act, house.vault(), person)?;
    let fits = known.is_some_and(|k| phone.len() >= wanted && k.value().ends_with(phone));
    match case.filter(|_| fits) {
        Some(case) => {
            act.log(entry(&case, "casework.tracked"))?;
            Ok(Tracked::Found(Box::new(case)))
        }
        None => Ok(Tracked::Nothing),
    }
}

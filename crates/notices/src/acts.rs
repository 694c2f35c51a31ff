//! Telling, reading, and how a person wants to be told.

use linli_acts::{Act, Entry, PersonId, Subject};
use linli_db::{DbError, Kind, Read};
use linli_vault::{Place, Vault};
use linli_words::Lang;

use crate::domain::{Content, NoticeId, Wishes};
use crate::error::NoticeError;
use crate::kind::{Notice, filled};
use crate::seams::PhoneBookService;
use crate::store::{self, NoticeRow};

pub(crate) fn subject(id: NoticeId) -> Subject {
    Subject::new("notice", id)
}

/// Tells a person something: on her page at once; by which other ways is decided in the same act, as she wishes at this moment, and
/// the messages go out after its commit.
///
/// # Errors
/// If the database fails.
pub fn tell(act: &mut Act<'_, '_>, notice: &Notice) -> Result<NoticeId, DbError> {
    debug_assert!(notice.is_whole(), "{}: arguments or link do not fit", notice.kind.key);
    let today = act.now().day();
    let (zh, en) = crate::texts::at(act, notice.kind, today)?;
    let content = Content {
        zh: filled(&zh, &pairs(notice, |(_, zh, _)| zh)),
        en: filled(&en, &pairs(notice, |(_, _, en)| en)),
        // A link that is none of ours goes nowhere.
        link: if linli_web::safe_back(&notice.link) == notice.link {
            notice.link.clone()
        } else {
            String::new()
        },
        args: notice.args.iter().map(|(n, zh, en)| ((*n).to_owned(), zh.clone(), en.clone())).collect(),
    };
    let bytes = serde_json::to_vec(&content)
        .map_err(|e| DbError { kind: Kind::Other, what: format!("a notice as JSON: {e}").into() })?;
    // Her record may have been joined to another since the caller noted who she is.
    let (person, phone) = act.house.service::<PhoneBookService>().0.reach(act, notice.person)?;
    let id: NoticeId = act.next_id();
    let now = act.now();
    let sealed = act.vault().seal(Place::new("notices.content", id), &bytes);
    act.run(&store::ADD, (id, notice.kind.key, person, notice.subject.kind, notice.subject.id, sealed, now))?;
    act.log(Entry::new(subject(id), "notices.told").person(person))?;
    crate::deliver::plan(act, id, person, phone)?;
    Ok(id)
}

type Arg = (&'static str, String, String);

fn pairs(notice: &Notice, pick: impl Fn(&Arg) -> &String) -> Vec<(String, String)> {
    notice.args.iter().map(|arg| (arg.0.to_owned(), pick(arg).clone())).collect()
}

/// What a notice says.
///
/// # Errors
/// If it does not open.
pub(crate) fn content(vault: &Vault, row: &NoticeRow) -> Result<Content, NoticeError> {
    let bytes = vault.open_sealed(Place::new("notices.content", row.id), &row.content)?;
    serde_json::from_slice(&bytes).map_err(|_| NoticeError::Stored)
}

/// Opens a notice of the resident who acts; it is read from here on.
///
/// # Errors
/// If it is not hers.
pub(crate) fn open(act: &mut Act<'_, '_>, id: NoticeId) -> Result<(NoticeRow, Content), NoticeError> {
    let person = act.actor.resident()?;
    let row = act.opt(&store::NOTICE, (id,))?.filter(|n| n.person == person).ok_or(NoticeError::Missing)?;
    let content = content(act.vault(), &row)?;
    mark(act, id, person)?;
    Ok((row, content))
}

fn mark(act: &mut Act<'_, '_>, id: NoticeId, person: PersonId) -> Result<(), DbError> {
    let now = act.now();
    if act.run_one(&store::READ, (id, now))? {
        act.log(Entry::new(subject(id), "notices.read").person(person))?;
    }
    Ok(())
}

/// Marks what she has not read as read, the oldest 500 at once; returns how many.
///
/// # Errors
/// If nobody is signed in.
pub(crate) fn read_all(act: &mut Act<'_, '_>) -> Result<usize, NoticeError> {
    let person = act.actor.resident()?;
    let unread = act.all(&store::UNREAD_IDS, (person,))?;
    for (id,) in &unread {
        mark(act, *id, person)?;
    }
    Ok(unread.len())
}

/// How a person wants to be told.
///
/// # Errors
/// If the database fails.
pub(crate) fn wishes(read: &mut Read<'_>, person: PersonId) -> Result<Wishes, DbError> {
    Ok(wishes_and_wechat(read, person)?.0)
}

/// The same, and whether a WeChat account is bound.
///
/// # Errors
/// If the database fails.
pub(crate) fn wishes_and_wechat(read: &mut Read<'_>, person: PersonId) -> Result<(Wishes, bool), DbError> {
    let s = read.one(&store::SETTINGS, (person,))?;
    let wishes = s.lang.as_deref().map_or_else(Wishes::default, |lang| Wishes {
        wechat: s.wechat_off_at.is_none(),
        sms: s.sms_off_at.is_none(),
        sms_first: s.sms_first_at.is_some(),
        paper: s.paper_on_at.is_some(),
        lang: Lang::from_code(lang).unwrap_or_default(),
    });
    Ok((wishes, s.bound_at.is_some()))
}

/// Sets how the resident who acts wants to be told, from the next notice on.
///
/// # Errors
/// If nobody is signed in.
pub(crate) fn set_wishes(act: &mut Act<'_, '_>, wishes: Wishes) -> Result<(), NoticeError> {
    let person = act.actor.resident()?;
    let now = act.now();
    let on = |is: bool| is.then_some(now);
    act.run(
        &store::SET,
        (
            person,
            on(!wishes.wechat),
            on(!wishes.sms),
            on(wishes.sms_first),
            on(wishes.paper),
            wishes.lang.code(),
            now,
        ),
    )?;
    act.log(Entry::new(Subject::new("person", person), "notices.settings_changed").person(person).content(
        &serde_json::json!({
            "wechat": wishes.wechat, "sms": wishes.sms, "sms_first": wishes.sms_first, "paper": wishes.paper,
            "lang": wishes.lang.code(),
        }),
    ))?;
    Ok(())
}

/// What was told to a record that was joined to another goes over to that one. Harmless if it was done before.
///
/// # Errors
/// If the database fails. `Ok(true)`: there may be more.
pub(crate) fn follow(act: &mut Act<'_, '_>, from: PersonId, into: PersonId) -> Result<bool, NoticeError> {
    let ids = act.all(&store::IDS_OF_PERSON, (from,))?;
    for (id,) in &ids {
        act.run(&store::FOLLOW, (*id, into))?;
        act.log(Entry::new(subject(*id), "notices.followed").person(into))?;
    }
    // What she chose herself under the older record stays.
    act.run(&store::FOLLOW_SETTINGS, (from, into))?;
    act.run(&store::FORGET_SETTINGS, (from,))?;
    crate::wechat::follow(act, from, into)?;
    Ok(ids.len() == 500)
}

/// The notices of a person before one, newest first.
///
/// # Errors
/// If the database fails.
pub(crate) fn of_person(
    read: &mut Read<'_>,
    person: PersonId,
    before: NoticeId,
    limit: u16,
) -> Result<Vec<NoticeRow>, DbError> {
    read.all(&store::OF_PERSON, (person, before, limit))
}

//! Who is told of what: a body, a topic, a place.

use linli_acts::{Act, BodyId, Entry, PersonId, Subject};
use linli_base::PlaceCode;
use linli_db::{DbError, Read};
use linli_notices::Notice;

use crate::acts::{load, subject};
use crate::domain::{DocumentState, PublicationId, SubscriptionKind, Topic};
use crate::error::PublicationError;
use crate::jobs::Tell;
use crate::store;

/// Told in one act.
const CHUNK: u16 = 100;
/// More than anybody reads.
const MOST: i64 = 50;

linli_notices::notice_kind! {
    /// Something was published that a resident subscribes to.
    PUBLISHED = "publications.published",
        zh: "您订阅的内容有新文件：《{title}》。",
        en: "Something new that you subscribe to: “{title}”.";
}

/// What is subscribed to, in its own type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    Body(BodyId),
    Topic(Topic),
    Place(PlaceCode),
}

impl Wanted {
    /// From what a form sends.
    #[must_use]
    pub fn parse(kind: &str, value: &str) -> Option<Self> {
        Some(match SubscriptionKind::from_word(kind)? {
            SubscriptionKind::Body => Self::Body(value.parse().ok()?),
            SubscriptionKind::Topic => Self::Topic(Topic::from_word(value)?),
            SubscriptionKind::Place => Self::Place(value.parse().ok()?),
        })
    }
    pub(crate) fn stored(self) -> (SubscriptionKind, String) {
        match self {
            Self::Body(id) => (SubscriptionKind::Body, id.to_string()),
            Self::Topic(topic) => (SubscriptionKind::Topic, topic.word().to_owned()),
            Self::Place(place) => (SubscriptionKind::Place, place.to_string()),
        }
    }
}

/// Subscribes the resident who acts. Twice does no harm.
///
/// # Errors
/// If nobody is signed in, or she has more than anybody reads.
pub fn subscribe(act: &mut Act<'_, '_>, wanted: Wanted) -> Result<(), PublicationError> {
    let person = act.actor.resident()?;
    if act.one(&store::COUNT_SUBSCRIPTIONS, (person,))?.0 >= MOST {
        return Err(PublicationError::TooMany);
    }
    let (kind, value) = wanted.stored();
    let now = act.now();
    if act.run_one(&store::SUBSCRIBE, (person, kind, value, now))? {
        act.log(Entry::new(Subject::new("person", person), "publications.subscribed").person(person))?;
    }
    Ok(())
}

/// Ends a subscription of the resident who acts.
///
/// # Errors
/// If nobody is signed in.
pub fn unsubscribe(act: &mut Act<'_, '_>, wanted: Wanted) -> Result<(), PublicationError> {
    let person = act.actor.resident()?;
    let (kind, value) = wanted.stored();
    if act.run_one(&store::UNSUBSCRIBE, (person, kind, value))? {
        act.log(Entry::new(Subject::new("person", person), "publications.unsubscribed").person(person))?;
    }
    Ok(())
}

/// What a resident subscribes to.
///
/// # Errors
/// If the database fails.
pub(crate) fn of_person(read: &mut Read<'_>, person: PersonId) -> Result<Vec<Wanted>, DbError> {
    let rows = read.all(&store::SUBSCRIPTIONS, (person,))?;
    Ok(rows.into_iter().filter_map(|(kind, value)| Wanted::parse(kind.word(), &value)).collect())
}

/// Tells a handful of subscribers; what is left to do, if anything.
///
/// # Errors
/// If the database fails.
pub(crate) fn tell_some(act: &mut Act<'_, '_>, at: &Tell) -> Result<Option<Tell>, PublicationError> {
    let id: PublicationId = at.publication;
    let row = load(act, id)?;
    let (DocumentState::Published, Some(live)) = (row.state, row.live) else { return Ok(None) };
    let mut stages = vec![Wanted::Body(row.body), Wanted::Topic(row.topic)];
    let mut place = Some(row.place);
    while let Some(code) = place {
        // Who follows the street hears of its communities too.
        stages.push(Wanted::Place(code));
        place = code.parent();
    }
    let Some(stage) = stages.get(at.stage) else { return Ok(None) };
    let (kind, value) = stage.stored();
    let found = act.all(&store::SUBSCRIBERS, (kind, value, at.after, CHUNK))?;
    let version = act.opt(&store::VERSION, (live,))?.ok_or(PublicationError::Stored)?;
    let en = if version.title_en.is_empty() { &version.title_zh } else { &version.title_en };
    let now = act.now();
    let mut told = false;
    for (person,) in &found {
        if act.run_one(&store::TOLD, (id, *person, now))? {
            let notice = Notice::new(&PUBLISHED, *person, subject(id))
                .link(format!("/publications/{id}"))
                .arg_both("title", &version.title_zh, en);
            linli_notices::tell(act, &notice)?;
            told = true;
        }
    }
    if told {
        act.log(Entry::new(subject(id), "publications.told_subscribers").place(row.place))?;
    }
    Ok(match found.last() {
        Some((last,)) if found.len() == usize::from(CHUNK) => Some(Tell { after: *last, ..at.clone() }),
        _ => Some(Tell { publication: id, stage: at.stage + 1, after: PersonId::from_raw(0) }),
    })
}

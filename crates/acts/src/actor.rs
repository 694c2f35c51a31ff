//! Who acts, on which duty, through which channel, for whom; and what she may.

use std::sync::Arc;

use linli_base::{PlaceCode, Problem};

linli_db::id! {
    /// A natural person.
    pub struct PersonId;
}
linli_db::id! {
    /// A staff account.
    pub struct StaffId;
}
linli_db::id! {
    /// A body (机构): department, street office, residents' committee.
    pub struct BodyId;
}
linli_db::id! {
    /// A duty held (岗位职责): one person, one kind, one body, one place.
    pub struct DutyId;
}
linli_db::id! {
    /// An API token.
    pub struct TokenId;
}

linli_db::codes! {
    /// The way by which somebody acts.
    pub enum Channel {
        Page = "page",
        Counter = "counter",
        Door = "door",
        Phone = "phone",
        /// On paper, typed in at a counter.
        Paper = "paper",
        Api = "api",
        System = "system",
    }
}

/// A kind of duty, declared once by the room that it opens doors in: `duty_kind! { pub HANDLER = "casework.handler", … }`.
#[derive(Debug)]
pub struct DutyKind {
    /// Stable, `room.name`.
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Whether holding it may open a person's record. Administrator, security and auditor duties may not.
    pub reads_personal: bool,
    /// Duties with different words here cannot be held by one person at the same time (separation of powers, 三员分立).
    pub apart: Option<&'static str>,
}

inventory::collect!(&'static DutyKind);

/// Every duty kind of every room linked into the program, by key.
#[must_use]
pub fn duty_kinds() -> Vec<&'static DutyKind> {
    let mut all: Vec<_> = inventory::iter::<&'static DutyKind>().copied().collect();
    all.sort_by_key(|k| k.key);
    all
}

/// Declares duty kinds.
#[macro_export]
macro_rules! duty_kind {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $key:literal, $zh:literal, $en:literal,
        personal: $personal:literal, apart: $apart:expr;)+) => { $(
        $(#[$meta])*
        $vis static $name: $crate::DutyKind =
            $crate::DutyKind { key: $key, zh: $zh, en: $en, reads_personal: $personal, apart: $apart };
        $crate::inventory::submit! { &$name }
    )+ };
}

/// A duty that the actor holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub duty: DutyId,
    /// Key of the [`DutyKind`].
    pub kind: String,
    pub body: BodyId,
    /// The duty covers this place and all that lies in it.
    pub place: PlaceCode,
    /// Held as deputy of this staff member.
    pub deputy_of: Option<StaffId>,
}

/// Who acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    Person(PersonId),
    Staff(StaffId),
    Token(TokenId),
    /// A job, a timer.
    System,
    /// Not signed in.
    Anyone,
}

impl Who {
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Staff(_) => "staff",
            Self::Token(_) => "token",
            Self::System => "system",
            Self::Anyone => "anyone",
        }
    }
    pub(crate) fn raw(self) -> Option<i64> {
        match self {
            Self::Person(id) => Some(id.raw()),
            Self::Staff(id) => Some(id.raw()),
            Self::Token(id) => Some(id.raw()),
            Self::System | Self::Anyone => None,
        }
    }
}

/// Who acts, through what, holding what.
#[derive(Clone, Debug)]
pub struct Actor {
    pub who: Who,
    pub channel: Channel,
    /// The person in whose place the actor acts, with her recorded consent.
    pub for_person: Option<PersonId>,
    /// Where that is so for certain items alone: their keys.
    pub items: Option<Arc<[String]>>,
    pub held: Arc<[Held]>,
}

impl Actor {
    /// A timer or job of the program itself.
    #[must_use]
    pub fn system() -> Self {
        Self { who: Who::System, channel: Channel::System, for_person: None, items: None, held: Arc::new([]) }
    }

    /// Somebody who has not signed in.
    #[must_use]
    pub fn anyone() -> Self {
        Self { who: Who::Anyone, channel: Channel::Page, for_person: None, items: None, held: Arc::new([]) }
    }

    /// A resident on her own page.
    #[must_use]
    pub fn person(id: PersonId) -> Self {
        Self {
            who: Who::Person(id),
            channel: Channel::Page,
            for_person: None,
            items: None,
            held: Arc::new([]),
        }
    }

    /// An officer with the duties that she holds now.
    #[must_use]
    pub fn staff(id: StaffId, held: Vec<Held>) -> Self {
        Self { who: Who::Staff(id), channel: Channel::Page, for_person: None, items: None, held: held.into() }
    }

    /// The person herself, or the person for whom a helper acts.
    ///
    /// # Errors
    /// If nobody is signed in or the actor is an officer acting for nobody.
    pub fn resident(&self) -> Result<PersonId, Denied> {
        match (self.who, self.for_person) {
            (_, Some(person)) | (Who::Person(person), None) => Ok(person),
            (Who::Anyone, None) => Err(Denied::SignIn),
            _ => Err(Denied::NotYours),
        }
    }

    /// As [`Actor::resident`], for a matter of an item: one who may act for a person in certain items alone is, for others,
    /// nobody.
    ///
    /// # Errors
    /// As there, or if the item is none of hers.
    pub fn resident_for(&self, item: &str) -> Result<PersonId, Denied> {
        let person = self.resident()?;
        match &self.items {
            Some(items) if !items.iter().any(|i| i == item) => Err(Denied::NotYours),
            _ => Ok(person),
        }
    }

    /// # Errors
    /// If the actor is no officer.
    pub fn officer(&self) -> Result<StaffId, Denied> {
        match self.who {
            Who::Staff(id) => Ok(id),
            Who::Anyone => Err(Denied::SignIn),
            _ => Err(Denied::NotYours),
        }
    }

    /// A duty of this kind for this body and place.
    ///
    /// # Errors
    /// If the actor holds none.
    pub fn holds(&self, kind: &'static DutyKind, body: BodyId, place: PlaceCode) -> Result<&Held, Denied> {
        self.held
            .iter()
            .find(|h| h.kind == kind.key && h.body == body && h.place.contains(place))
            .ok_or_else(|| self.lacks(kind))
    }

    /// Any duty of this kind.
    ///
    /// # Errors
    /// If the actor holds none.
    pub fn holds_any(&self, kind: &'static DutyKind) -> Result<&Held, Denied> {
        self.held.iter().find(|h| h.kind == kind.key).ok_or_else(|| self.lacks(kind))
    }

    fn lacks(&self, kind: &'static DutyKind) -> Denied {
        if self.who == Who::Anyone { Denied::SignIn } else { Denied::Duty(kind) }
    }
}

/// The actor may not.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum Denied {
    #[error("not signed in")]
    SignIn,
    /// Answered as "not found": whether it exists is nobody's business.
    #[error("not the actor's own")]
    NotYours,
    #[error("needs the duty {}", .0.key)]
    Duty(&'static DutyKind),
    /// The same person may not do both (second pair of eyes).
    #[error("somebody else has to do this")]
    SamePerson,
    /// The second factor was not shown in this session.
    #[error("needs the second factor")]
    SecondFactor,
}

impl Problem for Denied {
    fn code(&self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::NotYours => "not-found",
            Self::Duty(_) => "needs-duty",
            Self::SamePerson => "same-person",
            Self::SecondFactor => "second-factor",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::SignIn => 401,
            Self::NotYours => 404,
            Self::Duty(_) | Self::SamePerson | Self::SecondFactor => 403,
        }
    }
    fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Duty(kind) => vec![("duty", kind.zh.to_owned())],
            _ => Vec::new(),
        }
    }
}

//! A case as pages show it: read once, on one snapshot.

use linli_acts::{House, history};
use linli_base::{Day, Instant};
use linli_db::Read;
use linli_vault::Vault;
use linli_web::DirectoryService;
use linli_words::Lang;

use crate::acts::{open, subject, time};
use crate::domain::{CaseId, DecisionText, Light, Outcome, Point, State, handling_due, light};
use crate::error::CaseError;
use crate::kind::Group;
use crate::store::{self, CaseRow, ReviewRow};
use crate::{YELLOW_DAYS, kind};

/// A decision or proposal, opened.
pub(crate) struct Decision {
    pub outcome: Outcome,
    pub text: DecisionText,
    pub proposed_by: Option<String>,
    pub proposed_at: Instant,
    pub answered_by: Option<String>,
    pub answered_at: Option<Instant>,
    pub agreed: bool,
    /// The officer who looks proposed it herself.
    pub mine: bool,
}

/// What was asked to be mended.
pub(crate) struct Supplement {
    pub asked_at: Instant,
    pub due: Day,
    pub supplied_at: Option<Instant>,
    pub points: Vec<(String, Point)>,
}

/// Something that happened.
pub(crate) struct Event {
    pub act: String,
    pub at: Instant,
    pub staff: Option<String>,
}

/// Everything a page shows of a case.
pub(crate) struct View {
    pub case: CaseRow,
    pub body: (String, String),
    pub place: String,
    pub applicant: Option<String>,
    pub handler: Option<String>,
    pub told: Vec<Group>,
    pub points: Vec<(String, String)>,
    pub supplements: Vec<Supplement>,
    pub decisions: Vec<Decision>,
    pub review: Option<(ReviewRow, String)>,
    pub events: Vec<Event>,
    /// How the last day was computed.
    pub why: Vec<String>,
    /// Working days from today to the last day; negative when it has passed.
    pub left: i64,
    pub light: Light,
    /// Why it was not accepted.
    pub refused: String,
}

/// What lies near: the day up to which a last day is "soon".
pub(crate) fn soon(read: &mut Read<'_>, today: Day) -> Result<Day, CaseError> {
    let days = linli_rules::value(read, &YELLOW_DAYS, today)?.value;
    let days = u16::try_from(days.max(0)).unwrap_or(u16::MAX);
    if days == 0 {
        return Ok(today);
    }
    Ok(linli_rules::calendar_from(read, today)?.due(today, days).due)
}

/// Working days between today and a last day, with a sign.
pub(crate) fn days_left(calendar: &linli_base::calendar::WorkCalendar, today: Day, due: Day) -> i64 {
    if due >= today {
        i64::from(calendar.working_days_between(today, due))
    } else {
        -i64::from(calendar.working_days_between(due, today))
    }
}

fn opened<T: serde::de::DeserializeOwned + Default>(
    vault: &Vault,
    column: &'static str,
    row: i64,
    sealed: &linli_vault::Sealed,
) -> T {
    // A content that was erased at the person's wish is empty; the row stays.
    open(vault, column, row, sealed).unwrap_or_default()
}

/// Reads a case. The caller has made sure that whoever sees it may.
pub(crate) fn view(
    read: &mut Read<'_>,
    house: &House,
    id: CaseId,
    lang: Lang,
    me: Option<linli_acts::StaffId>,
) -> Result<View, CaseError> {
    let case = store::load(read, id)?;
    let vault = house.vault();
    let directory = house.service::<DirectoryService>();
    let names = &directory.0;
    let today = read.now().day();
    let kind = kind(&case.kind)?;
    let told = (kind.told)(read, vault, id, lang)?;
    let points = (kind.points)(read, vault, id, lang)?;
    let mut supplements = Vec::new();
    for s in read.all(&store::SUPPLEMENTS, (id,))? {
        let asked: Vec<Point> = opened(vault, "supplements.points", s.id, &s.points);
        let named = |p: Point| {
            let name = points.iter().find(|(key, _)| *key == p.key).map(|(_, name)| name.clone());
            (name.unwrap_or_else(|| p.key.clone()), p)
        };
        supplements.push(Supplement {
            asked_at: s.asked_at,
            due: s.due,
            supplied_at: s.supplied_at,
            points: asked.into_iter().map(named).collect(),
        });
    }
    let mut decisions = Vec::new();
    for d in read.all(&store::DECISIONS, (id,))? {
        let name = |read: &mut Read<'_>, staff| match staff {
            Some(staff) => names.staff_name(read, staff),
            None => Ok(None),
        };
        decisions.push(Decision {
            outcome: d.outcome,
            text: opened(vault, "decisions.content", d.id, &d.content),
            proposed_by: name(read, d.proposed_by)?,
            proposed_at: d.proposed_at,
            answered_by: name(read, d.answered_by)?,
            answered_at: d.answered_at,
            agreed: d.agreed == Some(1),
            mine: me.is_some() && d.proposed_by == me,
        });
    }
    let review = match read.opt(&store::REVIEW, (id,))? {
        Some(r) => {
            let words = r.comment.as_ref().map(|c| opened(vault, "case_reviews.comment", id.raw(), c));
            Some((r, words.unwrap_or_default()))
        }
        None => None,
    };
    let mut events = Vec::new();
    let mut refused = String::new();
    for row in history(read, subject(id), 0)? {
        let staff = match (row.actor_kind.as_str(), row.actor) {
            ("staff", Some(raw)) => names.staff_name(read, linli_acts::StaffId::from_raw(raw))?,
            _ => None,
        };
        if row.act == "casework.refused"
            && let Some(content) = linli_acts::contents(read, vault, row.id)?
        {
            refused = content.get("why").and_then(|w| w.as_str()).unwrap_or_default().to_owned();
        }
        events.push(Event { act: row.act, at: row.at, staff });
    }
    let calendar = linli_rules::calendar_at(read, case.due_at)?;
    let why = if matches!(case.state, State::Supplementing | State::Paused) {
        Vec::new()
    } else {
        let stops = if case.accepted_on.is_some() { time::stops(read, id)? } else { Vec::new() };
        handling_due(&calendar, case.clock_from, case.clock_days, &stops, case.due_at.day())
            .derivation
            .lines(lang.is_en())
    };
    let now = linli_rules::calendar(read)?;
    let soon = soon(read, today)?;
    let place = names.place_name(read, case.place, today)?;
    Ok(View {
        body: names.body_name(read, case.body)?.unwrap_or_default(),
        place: place.map(|(zh, en)| lang.pick(&zh, &en).into_owned()).unwrap_or_default(),
        applicant: names.person_name(read, vault, case.person)?,
        handler: match case.handler {
            Some(staff) => names.staff_name(read, staff)?,
            None => None,
        },
        left: days_left(&now, today, case.due),
        light: light(case.state, case.due, today, soon),
        told,
        points,
        supplements,
        decisions,
        review,
        events,
        why,
        refused,
        case,
    })
}

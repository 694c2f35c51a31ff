//! A case as pages show it: read once, on one snapshot.

use linli_acts::{House, history};
use linli_base::{Day, Instant};
use linli_db::Read;
use linli_vault::Vault;
use linli_web::DirectoryService;
use linli_words::Lang;

use crate::acts::delivery::{self, DeliveryRow};
use crate::acts::slips::{self, SlipRow};
use crate::acts::tasks::{self, TaskKind, TaskRow};
use crate::acts::{open, subject, time};
use crate::acts::{person, route};
use crate::domain::{CaseId, DecisionText, Light, Outcome, Point, State, handling_due};
use crate::error::CaseError;
use crate::kind;
use crate::kind::Group;
use crate::shown::{days_left, due_of, light_of, soon};
use crate::store::{self, CaseRow, ReviewRow};

/// A decision or proposal, opened.
#[derive(Debug)]
pub struct Decision {
    pub outcome: Outcome,
    pub text: DecisionText,
    pub proposed_by: Option<String>,
    pub proposed_at: Instant,
    pub answered_by: Option<String>,
    pub answered_at: Option<Instant>,
    pub agreed: bool,
    /// The officer who looks proposed it herself.
    pub mine: bool,
    /// A corrected text stands in its place.
    pub superseded: bool,
}

/// Something that somebody else does for the case.
#[derive(Debug)]
pub struct Task {
    pub row: TaskRow,
    /// The co-handling body.
    pub body: String,
    pub by: Option<String>,
    pub question: String,
    pub points: Vec<(String, Point)>,
    pub answer: String,
}

/// A request to put a slip right.
#[derive(Debug)]
pub struct Slip {
    pub row: SlipRow,
    pub words: String,
    pub answer: String,
}

/// Where it was handed on to: when, from, to, why.
#[derive(Debug)]
pub struct Routed {
    pub at: Instant,
    pub from: String,
    pub to: String,
    pub why: String,
}

/// What was asked to be mended.
#[derive(Debug)]
pub struct Supplement {
    pub asked_at: Instant,
    pub due: Day,
    pub supplied_at: Option<Instant>,
    pub points: Vec<(String, Point)>,
}

/// Something that happened.
#[derive(Debug)]
pub struct Event {
    pub act: String,
    pub at: Instant,
    pub staff: Option<String>,
}

/// Everything a page shows of a case.
#[derive(Debug)]
pub struct View {
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
    pub tasks: Vec<Task>,
    pub slips: Vec<Slip>,
    pub routes: Vec<Routed>,
    pub delivery: Option<DeliveryRow>,
    /// What was noted of the delivery.
    pub delivery_note: String,
    /// Colleagues who looked within the last quarter of an hour.
    pub here: Vec<(String, Instant)>,
    /// How the last day was computed.
    pub why: Vec<String>,
    /// Working days from today to the last day; negative when it has passed.
    pub left: i64,
    pub light: Light,
    /// Why it was not accepted.
    pub refused: String,
}

/// What a point is called.
fn points_of(points: &[(String, String)], key: &str) -> String {
    points.iter().find(|(k, _)| k == key).map_or_else(|| key.to_owned(), |(_, name)| name.clone())
}

impl View {
    /// The reason of the decision that stands.
    #[must_use]
    pub fn reason_now(&self) -> String {
        let last = self.decisions.iter().rev().find(|d| d.agreed);
        last.map(|d| d.text.reason.clone()).unwrap_or_default()
    }

    /// What is to follow and has not been brought.
    #[must_use]
    pub fn to_follow(&self) -> Option<&Task> {
        self.tasks.iter().find(|t| t.row.kind == TaskKind::Later && t.row.state == tasks::TaskState::Open)
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
///
/// # Errors
/// If there is none or the database fails.
pub fn view(
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
    let all_points = (kind.points)(read, vault, id, lang)?;
    let mut supplements = Vec::new();
    for s in read.all(&store::SUPPLEMENTS, (id,))? {
        let asked: Vec<Point> = opened(vault, "supplements.points", s.id, &s.points);
        let named = |p: Point| (points_of(&all_points, &p.key), p);
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
            superseded: d.superseded_by.is_some(),
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
        let due = handling_due(&calendar, case.clock_from, case.clock_days, &stops, case.due_at.day());
        lang.prose(due.derivation.lines(lang.is_en()))
    };
    let now = linli_rules::calendar(read)?;
    let soon = soon(read, today)?;
    let place = names.place_name(read, case.place, today)?;
    let named_body = |read: &mut Read<'_>, body| {
        names
            .body_name(read, body)
            .map(|n| n.map(|(zh, en)| lang.pick(&zh, &en).into_owned()).unwrap_or_default())
    };
    let mut all_tasks = Vec::new();
    for t in read.all(&tasks::OF_CASE, (id,))? {
        let points: Vec<Point> = match t.kind {
            TaskKind::Later => opened(vault, "case_tasks.ask", t.id.raw(), &t.ask),
            TaskKind::Co => Vec::new(),
        };
        let question: String = match t.kind {
            TaskKind::Co => opened(vault, "case_tasks.ask", t.id.raw(), &t.ask),
            TaskKind::Later => String::new(),
        };
        let name = |p: Point| (points_of(&all_points, &p.key), p);
        all_tasks.push(Task {
            body: match t.body {
                Some(body) => named_body(read, body)?,
                None => String::new(),
            },
            by: match t.answered_by {
                Some(staff) => names.staff_name(read, staff)?,
                None => None,
            },
            answer: t
                .answer
                .as_ref()
                .map(|a| opened(vault, "case_tasks.answer", t.id.raw(), a))
                .unwrap_or_default(),
            points: points.into_iter().map(name).collect(),
            question,
            row: t,
        });
    }
    let mut all_slips = Vec::new();
    for s in read.all(&slips::OF_CASE, (id,))? {
        all_slips.push(Slip {
            words: opened(vault, "case_slips.ask", s.id.raw(), &s.ask),
            answer: s
                .answer
                .as_ref()
                .map(|a| opened(vault, "case_slips.answer", s.id.raw(), a))
                .unwrap_or_default(),
            row: s,
        });
    }
    let mut routes = Vec::new();
    for x in read.all(&route::ROUTES, (id,))? {
        routes.push(Routed {
            at: x.at,
            from: named_body(read, x.from_body)?,
            to: named_body(read, x.to_body)?,
            why: opened(vault, "case_routes.why", x.id, &x.why),
        });
    }
    let delivery = delivery::of(read, id)?;
    let mut here = Vec::new();
    for (staff, at) in person::others_here(read, id, me)? {
        here.push((names.staff_name(read, staff)?.unwrap_or_default(), at));
    }
    Ok(View {
        body: names.body_name(read, case.body)?.unwrap_or_default(),
        place: place.map(|(zh, en)| lang.pick(&zh, &en).into_owned()).unwrap_or_default(),
        applicant: names.person_name(read, vault, case.person)?,
        handler: match case.handler {
            Some(staff) => names.staff_name(read, staff)?,
            None => None,
        },
        left: days_left(&now, today, due_of(&case)),
        light: light_of(&case, today, soon),
        tasks: all_tasks,
        slips: all_slips,
        routes,
        delivery_note: delivery
            .as_ref()
            .and_then(|d| d.note.as_ref().map(|n| opened(vault, "case_deliveries.note", d.id, n)))
            .unwrap_or_default(),
        delivery,
        here,
        told,
        points: all_points,
        supplements,
        decisions,
        review,
        events,
        why,
        refused,
        case,
    })
}

/// What a co-handling body sees of the case that it is asked about.
#[derive(Debug)]
pub struct Asked {
    pub question: String,
    pub answer: String,
    pub lead: String,
    pub asked_by: String,
    /// What the applicant told, where the lead lets it be seen.
    pub told: Vec<Group>,
}

/// Reads what a co-handling body is asked. The caller has made sure that whoever sees it may.
///
/// # Errors
/// If the database fails.
pub fn asked(
    read: &mut Read<'_>,
    house: &House,
    task: &TaskRow,
    case: &CaseRow,
    lang: Lang,
) -> Result<Asked, CaseError> {
    let vault = house.vault();
    let directory = house.service::<DirectoryService>();
    let lead = directory.0.body_name(read, case.body)?.unwrap_or_default();
    let asked_by = match task.asked_by {
        Some(staff) => directory.0.staff_name(read, staff)?.unwrap_or_default(),
        None => String::new(),
    };
    let told =
        if task.shows == 1 { (kind(&case.kind)?.told)(read, vault, case.id, lang)? } else { Vec::new() };
    let answer = task.answer.as_ref().map(|a| opened(vault, "case_tasks.answer", task.id.raw(), a));
    Ok(Asked {
        question: opened(vault, "case_tasks.ask", task.id.raw(), &task.ask),
        answer: answer.unwrap_or_default(),
        lead: lang.pick(&lead.0, &lead.1).into_owned(),
        asked_by,
        told,
    })
}

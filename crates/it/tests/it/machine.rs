//! The case machine against a hand-written model of it (services C.3): many random lives of a case, each step tried whether the
//! model allows it or not, states, last days and revisions compared after each. The model counts days one by one and knows nothing of
//! the program's calendar arithmetic.

use it::TestHouse;
use linli_acts::{Actor, House, PersonId};
use linli_base::calendar::WorkCalendar;
use linli_base::{Chance, Day};
use linli_casework::domain::StopKind;
use linli_casework::offers::{
    self as casework, CaseId, CaseKind, Group, Handover, NewCase, Outcome, Point, ResultLine, State, Way,
};
use linli_casework::{CaseError, CaseRow};
use linli_db::Read;
use linli_vault::Vault;
use linli_words::Lang;

use crate::cases::sound;

const KIND: &str = "it-machine";

linli_acts::inventory::submit! { CaseKind { key: KIND, told, points, mend, result } }

fn told(_: &mut Read<'_>, _: &Vault, _: CaseId, _: Lang) -> Result<Vec<Group>, CaseError> {
    Ok(Vec::new())
}
fn points(_: &mut Read<'_>, _: &Vault, _: CaseId, _: Lang) -> Result<Vec<(String, String)>, CaseError> {
    Ok(vec![("photo".to_owned(), "照片".to_owned())])
}
fn mend(_: CaseId) -> String {
    "/my".to_owned()
}
fn result(_: &mut Read<'_>, _: &Vault, _: CaseId, _: Day) -> Result<Vec<ResultLine>, CaseError> {
    Ok(Vec::new())
}

/// The model of one case.
#[derive(Clone, Debug)]
struct Model {
    state: State,
    two: bool,
    page: bool,
    promised: u16,
    /// The first day after which days count.
    from: Day,
    accepted: Option<Day>,
    due: Day,
    stops: Vec<(Day, Option<Day>)>,
    extended: u16,
    asked: u32,
    later: bool,
    rev: i64,
}

/// What somebody tries.
#[derive(Clone, Copy, Debug)]
enum Try {
    Accept,
    AcceptLater,
    SettleLater,
    Ask { new_facts: bool },
    Supply,
    Refuse,
    Pause { days: i64 },
    Resume,
    Extend { days: u16 },
    Propose,
    SendBack,
    Decide,
    Resolve,
    Deliver,
    Withdraw,
    Days { days: i64 },
}

/// The last of so many working days after a day, those in which it stood still left out; counted one by one.
fn count_days(calendar: &WorkCalendar, from: Day, limit: u16, stops: &[(Day, Option<Day>)]) -> Day {
    let (mut day, mut left) = (from, limit);
    while left > 0 {
        day = day.plus_days(1);
        let still = stops.iter().any(|(a, b)| day >= *a && b.is_none_or(|b| day < b));
        if calendar.is_working(day) && !still {
            left -= 1;
        }
    }
    day
}

const ACCEPT_DAYS: u16 = 5;
const MEND_DAYS: u16 = 15;

impl Model {
    fn handling(&self, calendar: &WorkCalendar) -> Day {
        let from = self.accepted.unwrap_or(self.from);
        count_days(calendar, from, self.promised + self.extended, &self.stops)
    }

    /// What a step does by the table; false where it cannot be taken.
    fn step(&mut self, calendar: &WorkCalendar, today: Day, step: Try) -> bool {
        use State as S;
        let waiting =
            matches!(self.state, S::Submitted | S::Supplementing | S::Accepted | S::Paused | S::Proposed);
        let mut more = 1;
        match step {
            Try::Accept | Try::AcceptLater if self.state == S::Submitted => {
                self.state = S::Accepted;
                (self.accepted, self.from) = (Some(today), today);
                self.due = self.handling(calendar);
                self.later = matches!(step, Try::AcceptLater);
            }
            Try::SettleLater if self.later => {
                self.later = false;
                if self.state == S::Decided && self.page {
                    self.state = S::Closed;
                    more = 2;
                }
            }
            Try::Ask { new_facts } if self.state == S::Submitted && (self.asked == 0 || new_facts) => {
                self.state = S::Supplementing;
                self.asked += 1;
                self.due = count_days(calendar, today, MEND_DAYS, &[]);
            }
            Try::Supply if self.state == S::Supplementing => {
                self.state = S::Submitted;
                self.from = today;
                self.due = count_days(calendar, today, ACCEPT_DAYS, &[]);
            }
            // What was to follow is brought; it is not looked at yet.
            Try::Supply if self.later => return false,
            Try::Refuse if self.state == S::Submitted => self.state = S::Refused,
            Try::Pause { days } if self.state == S::Accepted && (1..=90).contains(&days) => {
                self.state = S::Paused;
                self.stops.push((today.plus_days(1), None));
                self.due = today.plus_days(days);
            }
            Try::Resume if self.state == S::Paused => self.resume(calendar, today),
            Try::Extend { days }
                if self.state == S::Accepted && self.extended == 0 && (1..=10).contains(&days) =>
            {
                self.extended = days;
                self.due = self.handling(calendar);
            }
            Try::Propose if self.state == S::Accepted && self.two => self.state = S::Proposed,
            Try::SendBack if self.state == S::Proposed => self.state = S::Accepted,
            Try::Decide if self.state == S::Proposed => more = self.decided(),
            Try::Resolve if self.state == S::Accepted && !self.two => more = self.decided(),
            Try::Deliver if self.state == S::Decided && !self.page && !self.later => self.state = S::Closed,
            Try::Withdraw if waiting => self.state = S::Withdrawn,
            _ => return false,
        }
        if !self.state.is_open() {
            self.later = false;
        }
        self.rev += more;
        true
    }

    fn resume(&mut self, calendar: &WorkCalendar, today: Day) {
        self.state = State::Accepted;
        if let Some((_, end)) = self.stops.last_mut() {
            *end = Some(today);
        }
        self.due = self.handling(calendar);
    }

    fn decided(&mut self) -> i64 {
        self.state = State::Decided;
        if self.page && !self.later {
            self.state = State::Closed;
            return 2;
        }
        1
    }

    /// What a passed day does by itself.
    fn pass(&mut self, calendar: &WorkCalendar, today: Day) {
        if self.due >= today {
            return;
        }
        match self.state {
            State::Submitted => {
                self.state = State::Accepted;
                self.accepted = Some(self.from);
                self.due = self.handling(calendar);
            }
            State::Supplementing => self.state = State::Lapsed,
            State::Paused => self.resume(calendar, today),
            _ => return,
        }
        self.rev += 1;
    }
}

struct People {
    clerk: Actor,
    second: Actor,
    applicant: Actor,
}

async fn attempt(
    house: &House,
    who: &People,
    id: CaseId,
    rev: i64,
    step: Try,
    today: Day,
) -> Result<(), CaseError> {
    let photo = || vec![Point { key: "photo".to_owned(), what: "不清楚".to_owned() }];
    match step {
        Try::Accept => house.act(&who.clerk, move |a| casework::accept(a, id, rev)).await,
        Try::AcceptLater => {
            let due = today.plus_days(10);
            house
                .act(&who.clerk, move |a| casework::accept_with_later(a, id, rev, &photo(), due).map(|_| ()))
                .await
        }
        Try::SettleLater => house.act(&who.clerk, move |a| casework::settle_later(a, id, rev)).await,
        Try::Ask { new_facts } => {
            let facts = if new_facts { "新情况" } else { "" };
            house.act(&who.clerk, move |a| casework::ask_supplement(a, id, rev, &photo(), facts)).await
        }
        Try::Supply => {
            house
                .act(&who.applicant, move |a| {
                    // The room's own form would not offer it where nothing but what is to follow is waited for.
                    if casework::case(a, id)?.state != State::Supplementing {
                        return Err(CaseError::Changed);
                    }
                    casework::supplied(a, id)
                })
                .await
        }
        Try::Refuse => house.act(&who.clerk, move |a| casework::refuse(a, id, rev, "不符合条件")).await,
        Try::Pause { days } => {
            let until = today.plus_days(days);
            house.act(&who.clerk, move |a| casework::pause(a, id, rev, StopKind::Notice, until, "公示")).await
        }
        Try::Resume => house.act(&who.clerk, move |a| casework::resume(a, id, rev)).await,
        Try::Extend { days } => {
            house.act(&who.second, move |a| casework::extend(a, id, rev, days, "情况复杂")).await
        }
        Try::Propose => {
            house.act(&who.clerk, move |a| casework::propose(a, id, rev, Outcome::Granted, "")).await
        }
        Try::SendBack => house.act(&who.second, move |a| casework::send_back(a, id, rev, "请再核对")).await,
        Try::Decide => house.act(&who.second, move |a| casework::decide(a, id, rev)).await,
        Try::Resolve => {
            house.act(&who.clerk, move |a| casework::resolve(a, id, rev, Outcome::Granted, "")).await
        }
        Try::Deliver => house.act(&who.clerk, move |a| casework::deliver(a, id, rev, Way::PickUp, "")).await,
        Try::Withdraw => house.act(&who.applicant, move |a| casework::withdraw(a, id, rev)).await,
        Try::Days { .. } => Ok(()),
    }
}

fn some(chance: &Chance) -> Try {
    let days = i64::from(chance.below(12));
    match chance.below(24) {
        0..=2 => Try::Accept,
        3 => Try::AcceptLater,
        4 | 5 => Try::SettleLater,
        6 => Try::Ask { new_facts: false },
        7 => Try::Ask { new_facts: true },
        8 => Try::Supply,
        9 if chance.below(4) == 0 => Try::Refuse,
        10 | 11 => Try::Pause { days },
        12 => Try::Resume,
        13 => Try::Extend { days: u16::try_from(days).unwrap() },
        14 => Try::Propose,
        15 => Try::SendBack,
        16 => Try::Decide,
        17 if chance.below(2) == 0 => Try::Resolve,
        18 => Try::Deliver,
        19 if chance.below(6) == 0 => Try::Withdraw,
        _ => Try::Days { days },
    }
}

pub async fn officer(h: &TestHouse, login: &'static str) -> Actor {
    h.house
        .read(move |r| {
            let now = r.now();
            let id = linli_duties::offers::staff_by_login(r, login)?.unwrap();
            Ok::<_, linli_db::DbError>(Actor::staff(id, linli_duties::offers::held(r, id, now)?))
        })
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_lives_of_a_case_are_those_of_the_table() {
    let calendar = WorkCalendar::delivered().unwrap();
    for h in TestHouse::districts().await {
        let who = People {
            clerk: officer(&h, "clerk").await,
            second: officer(&h, "second").await,
            applicant: Actor::person(PersonId::from_raw(77)),
        };
        let duty = who.clerk.held.first().unwrap().clone();
        let chance = Chance::seeded(20_261_127);
        let mut taken = std::collections::BTreeMap::<String, u32>::new();
        for life in 0..60u32 {
            let today = h.house.now().day();
            let promised = u16::try_from(1 + chance.below(15)).unwrap();
            let (two, page) = (chance.below(2) == 0, chance.below(3) > 0);
            let new = NewCase {
                kind: KIND,
                item: "it-item".to_owned(),
                title_zh: "试验".to_owned(),
                title_en: "trial".to_owned(),
                person: PersonId::from_raw(77),
                body: duty.body,
                place: duty.place,
                promised_days: promised,
                legal_days: promised + 5,
                two_persons: two,
                handover: if page { Handover::Page } else { Handover::Counter },
                received: None,
            };
            let id = h.house.act(&Actor::system(), move |a| casework::file(a, &new)).await.unwrap();
            let mut model = Model {
                state: State::Submitted,
                two,
                page,
                promised,
                from: today,
                accepted: None,
                due: count_days(&calendar, today, ACCEPT_DAYS, &[]),
                stops: Vec::new(),
                extended: 0,
                asked: 0,
                later: false,
                rev: 1,
            };
            let mut told = Vec::new();
            for _ in 0..30 {
                let step = some(&chance);
                told.push(step);
                let today = h.house.now().day();
                if let Try::Days { days } = step {
                    h.clock.advance_days(days);
                    h.house.tick().await.unwrap();
                    h.run_jobs().await;
                    model.pass(&calendar, h.house.now().day());
                } else {
                    let before = model.clone();
                    let may = model.step(&calendar, today, step);
                    let done = attempt(&h.house, &who, id, before.rev, step, today).await;
                    assert_eq!(done.is_ok(), may, "life {life}: {told:?}\n{before:?}\n{done:?}");
                    if may {
                        *taken
                            .entry(format!("{step:?}").split(' ').next().unwrap().to_owned())
                            .or_default() += 1;
                    }
                    // What was done by an old revision is done once.
                    if may && !matches!(step, Try::Supply) {
                        let again = attempt(&h.house, &who, id, before.rev, step, today).await;
                        assert!(again.is_err(), "life {life}: twice {told:?}");
                    }
                }
                let row: CaseRow = h.house.read(move |r| casework::case(r, id)).await.unwrap();
                assert_eq!(
                    (row.state, row.rev),
                    (model.state, model.rev),
                    "life {life}: {told:?}\n{model:?}"
                );
                if row.state.is_open() && row.state != State::Decided {
                    assert_eq!(row.due, model.due, "life {life}: {told:?}\n{model:?}");
                }
            }
        }
        // Every step was taken by somebody, or the test proves less than it says.
        assert!(taken.len() >= 14, "{taken:?}");
        sound(&h).await;
    }
}

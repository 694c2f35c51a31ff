//! A street's desk through the sample year: old people apply, a clerk accepts and proposes, a second officer decides; some things
//! are mended, refused, late, badly reviewed. Every step is the room's own act, by the person who would do it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use linli_acts::{Actor, Channel, House, PersonId};
use linli_applications::ApplicationError;
use linli_applications::acts as applications;
use linli_base::{Chance, Clock, Day, Instant, ManualClock};
use linli_casework::offers::{self as casework, CaseId, Outcome, Point, State, Way};
use linli_privacy::offers::{self as privacy, PrivacyError};

/// What happens next to a case of the sample.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Next {
    Apply { person: PersonId, item: usize, helped: bool },
    Take(CaseId, PersonId),
    Supply(CaseId, PersonId),
    Propose(CaseId, PersonId),
    Decide(CaseId, PersonId),
    Deliver(CaseId, PersonId),
    Review(CaseId, PersonId),
}

const ITEMS: [&str; 2] = ["old-age-allowance", "senior-card"];

/// The desk of a street.
pub struct Desk {
    clerk: Actor,
    second: Actor,
    chance: Chance,
    plan: BinaryHeap<Reverse<(Instant, Next)>>,
    /// Cases that the clerk took up.
    handled: u32,
}

/// Without her consent nobody applies for her.
fn without_consent(e: PrivacyError) -> ApplicationError {
    match e {
        PrivacyError::Db(e) => e.into(),
        PrivacyError::People(e) => e.into(),
        _ => ApplicationError::Missing,
    }
}

/// Half past nine to half past four, when people are at the counter.
fn at_work(day: Day, chance: &Chance) -> Instant {
    day.start().plus_minutes(9 * 60 + 30 + i64::from(chance.below(7 * 60)))
}

impl Desk {
    /// Plans who applies for what and when, from the first day to the last.
    #[must_use]
    pub fn new(clerk: Actor, second: Actor, people: &[PersonId], first: Day, last: Day) -> Self {
        let chance = Chance::seeded(20_201_130);
        let mut plan = BinaryHeap::new();
        let days = u32::try_from(last.days_since(first).max(1)).unwrap_or(1);
        for &person in people {
            for item in 0..ITEMS.len() {
                if chance.below(3) == 0 {
                    continue;
                }
                let day = first.plus_days(i64::from(chance.below(days)));
                let helped = chance.below(5) == 0;
                plan.push(Reverse((at_work(day, &chance), Next::Apply { person, item, helped })));
            }
        }
        // The desk has something new on its last morning, however small the district.
        for (i, &person) in people.iter().take(6).enumerate() {
            let day = last.plus_days(-1 - i64::from(u8::try_from(i % 4).unwrap_or(0)));
            plan.push(Reverse((at_work(day, &chance), Next::Apply { person, item: i % 2, helped: i == 3 })));
        }
        Self { clerk, second, chance, plan, handled: 0 }
    }

    /// Does everything that was planned until an instant; the clock follows. What a rule refuses was no slip of the sample: it
    /// ends there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn until(&mut self, house: &House, clock: &ManualClock, end: Instant) -> anyhow::Result<()> {
        while let Some(Reverse((at, _))) = self.plan.peek().copied() {
            if at > end {
                break;
            }
            let Some(Reverse((at, next))) = self.plan.pop() else { break };
            if at > clock.now() {
                clock.set(at);
            }
            match self.step(house, next).await {
                Ok(()) => {}
                Err(ApplicationError::Db(e)) => return Err(e.into()),
                Err(e) => tracing::debug!("the sample year: {e}"),
            }
        }
        Ok(())
    }

    fn later(&mut self, now: Instant, days: u32, next: Next) {
        let day = now.day().plus_days(i64::from(days));
        let day = if day.is_weekend() { day.plus_days(2) } else { day };
        let at = at_work(day, &self.chance).max(now.plus_minutes(30));
        self.plan.push(Reverse((at, next)));
    }

    async fn step(&mut self, house: &House, next: Next) -> Result<(), ApplicationError> {
        let now = house.now();
        match next {
            Next::Apply { person, item, helped } => {
                let id = self.apply(house, person, item, helped).await?;
                // One in twelve is left lying until it counts as accepted by itself.
                let days = if self.chance.below(12) == 0 { 12 } else { 1 + self.chance.below(4) };
                self.later(now, days, Next::Take(id, person));
            }
            Next::Take(id, person) => {
                let case = house.read(move |r| casework::case(r, id)).await?;
                let rev = case.rev;
                if case.state == State::Submitted {
                    match self.chance.below(10) {
                        0 => {
                            let key = if case.two_persons() { "bank-card" } else { "delivery" };
                            let what = "与本人社保卡上的信息不一致，请核对后重填";
                            let points = vec![Point { key: key.to_owned(), what: what.to_owned() }];
                            house
                                .act(&self.clerk, move |act| {
                                    casework::ask_supplement(act, id, rev, &points, "")
                                })
                                .await?;
                            let days = 2 + self.chance.below(9);
                            if self.chance.below(5) > 0 {
                                self.later(now, days, Next::Supply(id, person));
                            }
                            return Ok(());
                        }
                        1 if self.chance.below(3) == 0 => {
                            let why = "经核对户籍已迁出本市，请向户籍所在地申请。";
                            house.act(&self.clerk, move |act| casework::refuse(act, id, rev, why)).await?;
                            let days = self.chance.below(3);
                            self.later(now, days, Next::Review(id, person));
                            return Ok(());
                        }
                        _ => house.act(&self.clerk, move |act| casework::accept(act, id, rev)).await?,
                    }
                }
                // Every eleventh takes longer than was promised, so that a small district has late ones too.
                self.handled += 1;
                let usual =
                    if case.two_persons() { 2 + self.chance.below(7) } else { 1 + self.chance.below(4) };
                let days = if self.handled % 11 == 5 { 21 } else { usual };
                self.later(now, days, Next::Propose(id, person));
            }
            Next::Supply(id, person) => {
                let typed = BTreeMap::from([
                    ("bank-card".to_owned(), card(&self.chance)),
                    ("delivery".to_owned(), "committee".to_owned()),
                ]);
                house.act(&Actor::person(person), move |act| applications::mend(act, id, &typed)).await?;
                let days = 1 + self.chance.below(3);
                self.later(now, days, Next::Take(id, person));
            }
            Next::Propose(id, person) => {
                let case = house.read(move |r| casework::case(r, id)).await?;
                let (rev, two) = (case.rev, case.two_persons());
                let deny = self.chance.below(16) == 0;
                let outcome = if deny { Outcome::Denied } else { Outcome::Granted };
                let why = if deny {
                    "本人已在户籍登记的另一街道领取同类待遇，不能重复领取。"
                } else {
                    ""
                };
                let decided = house.act(&self.clerk, move |act| {
                    if two {
                        casework::propose(act, id, rev, outcome, why)
                    } else {
                        casework::resolve(act, id, rev, outcome, why)
                    }
                });
                decided.await?;
                let days = 1 + self.chance.below(3);
                self.later(now, days, if two { Next::Decide(id, person) } else { Next::Deliver(id, person) });
            }
            Next::Deliver(id, person) => {
                let rev = house.read(move |r| casework::case(r, id)).await?.rev;
                house.act(&self.clerk, move |act| casework::deliver(act, id, rev, Way::Post, "")).await?;
                let days = self.chance.below(3);
                self.later(now, days, Next::Review(id, person));
            }
            Next::Decide(id, person) => {
                let rev = house.read(move |r| casework::case(r, id)).await?.rev;
                if self.chance.below(14) == 0 {
                    let why = "请先核对收款账户是否本人开立，再送审定。";
                    house.act(&self.second, move |act| casework::send_back(act, id, rev, why)).await?;
                    let days = 1 + self.chance.below(4);
                    self.later(now, days, Next::Propose(id, person));
                    return Ok(());
                }
                house.act(&self.second, move |act| casework::decide(act, id, rev)).await?;
                if self.chance.below(5) < 3 {
                    let days = self.chance.below(5);
                    self.later(now, days, Next::Review(id, person));
                }
            }
            Next::Review(id, person) => {
                let (level, words) = match self.chance.below(20) {
                    0 => (1, "等了很久也没有人告诉我办到哪一步。"),
                    1 => (2, "补正的要求写得看不懂，跑了一趟才明白。"),
                    2 | 3 => (3, ""),
                    4..=8 => (4, ""),
                    9 => (5, "女儿帮我点了几下就办好了，不用跑。"),
                    _ => (5, ""),
                };
                house.act(&Actor::person(person), move |act| casework::review(act, id, level, words)).await?;
            }
        }
        Ok(())
    }

    /// She fills in and sends; with help at the door, the clerk does it in her name, with the consent that she recorded.
    async fn apply(
        &mut self,
        house: &House,
        person: PersonId,
        item: usize,
        helped: bool,
    ) -> Result<CaseId, ApplicationError> {
        let key = ITEMS.get(item).copied().unwrap_or_default();
        let mut actor = Actor::person(person);
        if helped {
            let end = house.now().day().end();
            house
                .act(&self.clerk, move |act| {
                    privacy::record(
                        act,
                        person,
                        &privacy::HELP,
                        Some(end),
                        "上门当面口头同意，居委会工作人员在场",
                    )
                    .map_err(without_consent)
                })
                .await?;
            actor = Actor { channel: Channel::Door, for_person: Some(person), ..self.clerk.clone() };
        }
        house.act(&actor, move |act| applications::begin(act, key)).await?;
        let pages: Vec<BTreeMap<String, String>> = if item == 0 {
            let banks = ["icbc", "abc", "boc", "ccb", "grcb", "gzb"];
            let bank =
                banks.get(usize::try_from(self.chance.below(6)).unwrap_or(0)).copied().unwrap_or("icbc");
            vec![
                BTreeMap::from([
                    ("bank-card".to_owned(), card(&self.chance)),
                    ("bank-name".to_owned(), bank.to_owned()),
                ]),
                BTreeMap::new(),
            ]
        } else {
            let way = if self.chance.below(2) == 0 { "post" } else { "committee" };
            vec![BTreeMap::from([("delivery".to_owned(), way.to_owned())])]
        };
        for (i, typed) in pages.into_iter().enumerate() {
            house.act(&actor, move |act| applications::save(act, key, i + 1, &typed)).await?;
        }
        house
            .act(&actor, move |act| {
                let (.., guide) = applications::item(act, key)?;
                applications::file(act, key, &applications::Statements::all(&guide), "")
            })
            .await
    }
}

/// A card number with a right check digit.
fn card(chance: &Chance) -> String {
    let mut digits = String::from("622202");
    for _ in 0..12 {
        digits.push(char::from_digit(chance.below(10), 10).unwrap_or('0'));
    }
    // The check digit of Luhn makes the weighted sum a multiple of ten: the last digit has weight one.
    (0..10)
        .filter_map(|d| char::from_digit(d, 10))
        .map(|d| format!("{digits}{d}"))
        .find(|whole| linli_base::docnum::BankCard::parse(whole).is_ok())
        .unwrap_or(digits)
}

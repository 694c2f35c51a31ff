//! The ways of a notice in a house of its own; through the served pages they are walked in `crates/it`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use linli_acts::{
    Act, Actor, BodyId, DutyId, Event, Held, House, PersonId, Services, StaffId, Subject, check_states,
    personal_data,
};
use linli_base::docnum::Phone;
use linli_base::{Chance, Day, ManualClock, PlaceCode};
use linli_db::{Db, DbError, Options, Read};
use linli_vault::Vault;
use linli_web::Site;

use crate::domain::{Channel, DeliveryId, DeliveryState, NoticeId, Wishes};
use crate::seams::{
    Address, GatewayFault, PhoneBook, PhoneBookService, SimulatedSms, SimulatedWechat, SmsGatewayService,
    WechatGatewayService,
};
use crate::store::{self, DeliveryRow};
use crate::{Notice, NoticeError, acts, deliver, offers, post, tell, wechat};

crate::notice_kind! {
    ASKED = "tests.supplement_asked", zh: "您的{title}（{number}）需要补正。", en: "Your {title} ({number}) needs more.";
}

#[derive(Clone, Default)]
struct Book {
    phones: BTreeMap<i64, &'static str>,
    joined: BTreeMap<i64, i64>,
}

/// Persons 1 to 9 are there, all in one community.
#[derive(Clone, Default)]
struct Played(Arc<Mutex<Book>>);

const COMMUNITY: &str = "440105001101";

impl PhoneBook for Played {
    fn current(&self, _: &mut Read<'_>, person: PersonId) -> Result<PersonId, DbError> {
        let joined = self.0.lock().unwrap().joined.get(&person.raw()).copied();
        Ok(joined.map_or(person, PersonId::from_raw))
    }
    fn phone(&self, _: &mut Read<'_>, _: &Vault, person: PersonId) -> Result<Option<Phone>, DbError> {
        Ok(self.0.lock().unwrap().phones.get(&person.raw()).map(|p| Phone::parse(p).unwrap()))
    }
    fn reach(&self, read: &mut Read<'_>, person: PersonId) -> Result<(PersonId, bool), DbError> {
        let person = self.current(read, person)?;
        Ok((person, self.0.lock().unwrap().phones.contains_key(&person.raw())))
    }
    fn address(&self, _: &mut Read<'_>, _: &Vault, person: PersonId) -> Result<Option<Address>, DbError> {
        let place = COMMUNITY.parse().unwrap();
        let lines = vec!["海珠区赤岗街道".to_owned(), "新港中路1号".to_owned()];
        Ok((person.raw() < 10).then(|| Address { name: "梁阿珍".to_owned(), lines, place }))
    }
    fn place(&self, _: &mut Read<'_>, place: PlaceCode) -> Result<(String, String), DbError> {
        Ok((place.to_string(), place.to_string()))
    }
}

struct Place {
    house: House,
    clock: ManualClock,
    sms: SimulatedSms,
    wechat: SimulatedWechat,
    book: Played,
    dir: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// At nine in the morning; person 1 has a phone, 2 has none.
async fn place() -> Place {
    static N: AtomicU32 = AtomicU32::new(0);
    let name = format!("linli-notices-{}-{}", std::process::id(), N.fetch_add(1, Ordering::SeqCst));
    let dir = std::env::temp_dir().join(&name);
    std::fs::create_dir_all(&dir).unwrap();
    let clock = ManualClock::at(Day::new(2026, 11, 24).unwrap().start().plus_minutes(9 * 60));
    // `LINLI_TEST_PG` runs the same tests on PostgreSQL, each in a schema of its own.
    let server = std::env::var("LINLI_TEST_PG").ok();
    let schema = server.as_ref().map(|_| name.replace('-', "_"));
    let url = server.unwrap_or_else(|| format!("sqlite:{}", dir.join("db").display()));
    let options = Options { clock: Arc::new(clock.clone()), schema, ..Options::default() };
    let db = Db::open(&url, options).await.unwrap();
    db.migrate(&[linli_acts::ROOM, linli_web::ROOM, linli_rules::ROOM, crate::ROOM]).await.unwrap();
    let vault = Arc::new(Vault::new([7; 32], Arc::new(Chance::seeded(1))));
    let (sms, book) = (SimulatedSms::default(), Played::default());
    let wechat = SimulatedWechat::default();
    book.0.lock().unwrap().phones.insert(1, "13800138000");
    let site = Site {
        origin: "https://linli.test".to_owned(),
        district_zh: "海珠区".to_owned(),
        district_en: "Haizhu".to_owned(),
        demo: false,
        trust_proxy: false,
        rail: Arc::new([]),
    };
    let services = Services::default()
        .with(Arc::new(site))
        .with(Arc::new(SmsGatewayService(Box::new(sms.clone()))))
        .with(Arc::new(WechatGatewayService(Box::new(wechat.clone()))))
        .with(Arc::new(PhoneBookService(Box::new(book.clone()))));
    let house = House::new(db, vault, services, &[("people.merged", crate::FOLLOW)]);
    Place { house, clock, sms, wechat, book, dir }
}

impl Place {
    async fn tell(&self, person: i64) -> NoticeId {
        let notice = Notice::new(&ASKED, PersonId::from_raw(person), Subject::new("case", 7))
            .link("/my/cases/7")
            .arg("number", "HZ-7")
            .arg_both("title", "高龄津贴", "old-age allowance");
        let id = self.house.act(&Actor::system(), move |act| tell(act, &notice)).await.unwrap();
        self.run().await;
        id
    }
    async fn run(&self) {
        while self.house.run_due_jobs().await.unwrap() > 0 {}
    }
    async fn wait(&self, seconds: i64) {
        self.clock.advance_seconds(seconds);
        self.run().await;
    }
    async fn way(&self, id: NoticeId, channel: Channel) -> Option<DeliveryRow> {
        self.house.read(move |r| r.opt(&store::BY_CHANNEL, (id, channel))).await.unwrap()
    }
    async fn state(&self, id: NoticeId, channel: Channel) -> Option<DeliveryState> {
        self.way(id, channel).await.map(|d| d.state)
    }
    async fn by<T: Send + 'static>(
        &self,
        actor: Actor,
        act: impl Fn(&mut Act<'_, '_>) -> Result<T, NoticeError> + Send + Sync + 'static,
    ) -> Result<T, NoticeError> {
        self.house.act(&actor, act).await
    }
    async fn sound(&self) {
        assert_eq!(check_states(&self.house).await.unwrap().faults, Vec::new());
    }
}

fn person(id: i64) -> Actor {
    Actor::person(PersonId::from_raw(id))
}

fn postroom(place: &str) -> Actor {
    let held = Held {
        duty: DutyId::from_raw(1),
        kind: crate::POSTROOM.key.to_owned(),
        body: BodyId::from_raw(1),
        place: place.parse().unwrap(),
        deputy_of: None,
    };
    Actor::staff(StaffId::from_raw(1), vec![held])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_goes_out_once_and_is_read_on_the_page() {
    let p = place().await;
    let id = p.tell(1).await;
    let taken = p.sms.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].text, "您的高龄津贴（HZ-7）需要补正。 https://linli.test/my/cases/7");
    assert_eq!(taken[0].params, [("number".into(), "HZ-7".into()), ("title".into(), "高龄津贴".into())]);
    assert_eq!(p.state(id, Channel::Sms).await, Some(DeliveryState::Sent));
    assert_eq!(p.state(id, Channel::Paper).await, None);
    let me = PersonId::from_raw(1);
    assert_eq!(p.house.read(move |r| offers::unread(r, me)).await.unwrap(), 1);
    // A stranger does not find it; she opens it, and it is read.
    assert!(matches!(p.by(person(2), move |a| acts::open(a, id)).await, Err(NoticeError::Missing)));
    let (_, content) = p.by(person(1), move |a| acts::open(a, id)).await.unwrap();
    assert_eq!(content.en, "Your old-age allowance (HZ-7) needs more.");
    assert_eq!(p.house.read(move |r| offers::unread(r, me)).await.unwrap(), 0);
    // Nothing of it lies open in the database.
    let row = p.house.read(move |r| r.one(&store::NOTICE, (id,))).await.unwrap();
    assert!(!format!("{row:?}").contains("HZ-7"));
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_night_waits_for_the_morning() {
    let p = place().await;
    p.clock.advance_seconds(13 * 3_600);
    let id = p.tell(1).await;
    assert_eq!(p.sms.calls(), 0);
    p.wait(9 * 3_600).await;
    assert_eq!((p.sms.calls(), p.state(id, Channel::Sms).await), (0, Some(DeliveryState::Waiting)));
    p.wait(3_600).await;
    assert_eq!((p.sms.calls(), p.state(id, Channel::Sms).await), (1, Some(DeliveryState::Sent)));
    // What was tried by day and failed does not ring at night either.
    p.sms.set(GatewayFault::Down);
    p.clock.advance_seconds(13 * 3_600 + 1_800);
    let late = p.tell(1).await;
    p.sms.set(GatewayFault::None);
    p.wait(1_800).await;
    assert_eq!(p.state(late, Channel::Sms).await, Some(DeliveryState::Waiting));
    p.wait(10 * 3_600).await;
    assert_eq!(p.state(late, Channel::Sms).await, Some(DeliveryState::Sent));
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_down_loses_and_doubles_nothing() {
    let p = place().await;
    p.sms.set(GatewayFault::Down);
    let id = p.tell(1).await;
    for _ in 0..5 {
        p.wait(120).await;
    }
    assert!(p.sms.calls() > 3 && p.sms.taken().is_empty());
    // Now it takes the message but its answer is lost.
    p.sms.set(GatewayFault::Mute);
    p.wait(3_600).await;
    assert_eq!((p.sms.taken().len(), p.state(id, Channel::Sms).await), (1, Some(DeliveryState::Waiting)));
    p.sms.set(GatewayFault::None);
    p.wait(3_600).await;
    assert_eq!((p.sms.taken().len(), p.state(id, Channel::Sms).await), (1, Some(DeliveryState::Sent)));
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_arrives_becomes_a_letter() {
    let p = place().await;
    p.sms.set(GatewayFault::Refuses);
    let refused = p.tell(1).await;
    assert_eq!(p.state(refused, Channel::Sms).await, Some(DeliveryState::Failed));
    assert_eq!(p.state(refused, Channel::Paper).await, Some(DeliveryState::Waiting));
    p.sms.set(GatewayFault::Down);
    let down = p.tell(1).await;
    for _ in 0..60 {
        p.wait(3_600).await;
    }
    assert_eq!(p.state(down, Channel::Sms).await, Some(DeliveryState::GivenUp));
    assert_eq!(p.way(down, Channel::Sms).await.unwrap().fault.as_deref(), Some("simulated"));
    assert_eq!(p.state(down, Channel::Paper).await, Some(DeliveryState::Waiting));
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_move_what_is_on_its_way_and_nothing_else() {
    let p = place().await;
    let (a, b) = (p.tell(1).await, p.tell(1).await);
    let report = |id, what| {
        p.by(deliver::gateway(), move |act| deliver::report(act, id, Channel::Sms, what, "absent"))
    };
    report(a, deliver::Reported::Delivered).await.unwrap();
    report(a, deliver::Reported::Failed).await.unwrap();
    assert_eq!(p.state(a, Channel::Sms).await, Some(DeliveryState::Delivered));
    report(b, deliver::Reported::Failed).await.unwrap();
    assert_eq!(p.state(b, Channel::Sms).await, Some(DeliveryState::Failed));
    assert_eq!(p.state(b, Channel::Paper).await, Some(DeliveryState::Waiting));
    report(NoticeId::from_raw(5), deliver::Reported::Delivered).await.unwrap();
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_phone_gets_a_letter_from_her_own_postroom() {
    let p = place().await;
    let id = p.tell(2).await;
    assert_eq!(p.sms.calls(), 0);
    let letter = p.way(id, Channel::Paper).await.unwrap();
    let (own, other) = (postroom("440105001000"), postroom("440105002000"));
    let listed = |actor: Actor| p.house.read(move |r| post::waiting(r, &actor, DeliveryId::from_raw(0), 50));
    assert_eq!(listed(own.clone()).await.unwrap().len(), 1);
    assert_eq!(listed(other.clone()).await.unwrap().len(), 0);
    let (lid, rev) = (letter.id, letter.rev);
    assert!(matches!(p.by(other, move |a| post::print(a, &[lid])).await, Err(NoticeError::Missing)));
    assert!(matches!(p.by(person(2), move |a| post::print(a, &[lid])).await, Err(NoticeError::Denied(_))));
    let sheets = p.by(own.clone(), move |a| post::print(a, &[lid])).await.unwrap();
    assert_eq!(sheets[0].address.as_ref().unwrap().name, "梁阿珍");
    // Twice posted is posted once.
    for n in [1, 0] {
        assert_eq!(p.by(own.clone(), move |a| post::post(a, &[(lid, rev)])).await.unwrap(), n);
    }
    assert_eq!(p.state(id, Channel::Paper).await, Some(DeliveryState::Sent));
    assert!(matches!(
        p.by(own.clone(), move |a| post::returned(a, lid, rev)).await,
        Err(NoticeError::Changed)
    ));
    p.by(own, move |a| post::returned(a, lid, rev + 1)).await.unwrap();
    assert_eq!(p.state(id, Channel::Paper).await, Some(DeliveryState::Failed));
    // Nobody writes to somebody who is gone.
    let gone = p.tell(99).await;
    assert_eq!(p.state(gone, Channel::Paper).await, None);
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wishes_hold_from_the_next_notice_on() {
    let p = place().await;
    let quiet = Wishes { sms: false, paper: false, ..Wishes::default() };
    p.by(person(1), move |a| acts::set_wishes(a, quiet)).await.unwrap();
    let id = p.tell(1).await;
    assert_eq!((p.state(id, Channel::Sms).await, p.state(id, Channel::Paper).await), (None, None));
    let both = Wishes { paper: true, lang: linli_words::Lang::En, ..Wishes::default() };
    p.by(person(1), move |a| acts::set_wishes(a, both)).await.unwrap();
    let id = p.tell(1).await;
    assert!(p.state(id, Channel::Sms).await.is_some() && p.state(id, Channel::Paper).await.is_some());
    assert!(p.sms.taken()[0].text.starts_with("Your old-age allowance"));
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_joined_record_keeps_its_notices_and_an_erased_one_none() {
    let p = place().await;
    let id = p.tell(1).await;
    let both = Wishes { paper: true, ..Wishes::default() };
    p.by(person(1), move |a| acts::set_wishes(a, both)).await.unwrap();
    {
        let mut book = p.book.0.lock().unwrap();
        book.joined.insert(1, 3);
        book.phones.insert(3, "13800138000");
    }
    let merged = serde_json::json!({ "from": PersonId::from_raw(1), "into": PersonId::from_raw(3) });
    p.by(Actor::system(), move |act| {
        act.tell(&Event::new("people.merged", Subject::new("person", 1), &merged))?;
        Ok(())
    })
    .await
    .unwrap();
    p.run().await;
    assert!(p.by(person(3), move |a| acts::open(a, id)).await.is_ok());
    // Whoever still knows her by the older record tells the right one, and her wishes came along.
    let later = p.tell(1).await;
    assert!(p.by(person(3), move |a| acts::open(a, later)).await.is_ok());
    assert!(p.state(later, Channel::Paper).await.is_some());
    let held = personal_data().into_iter().find(|d| d.room == "notices").unwrap();
    let copy = p.house.clone();
    let data = p.house.read(move |r| (held.export)(r, copy.vault(), PersonId::from_raw(3))).await.unwrap();
    assert_eq!(data["notices"].as_array().unwrap().len(), 2);
    // A message still waits when everything is erased: it is never sent.
    p.clock.advance_seconds(14 * 3_600);
    p.tell(3).await;
    let gone = p.by(Actor::system(), move |act| Ok((held.erase)(act, PersonId::from_raw(3))?)).await.unwrap();
    assert_eq!(gone.len(), 2);
    let calls = p.sms.calls();
    p.wait(12 * 3_600).await;
    assert_eq!(p.sms.calls(), calls);
    let left = p.house.read(held_rows).await.unwrap();
    assert_eq!(left, 0);
    p.sound().await;
}

fn held_rows(r: &mut Read<'_>) -> Result<usize, DbError> {
    Ok(r.all(&store::STATES, (0i64, 10i64))?.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_notices_are_swept_with_their_letters() {
    let p = place().await;
    p.tell(2).await;
    p.tell(1).await;
    p.clock.advance_days(1_200);
    linli_acts::sweep_retention(&p.house).await.unwrap();
    let left =
        p.house.read(|r| Ok::<_, DbError>((held_rows(r)?, r.one(&store::COUNT_OF_PERSON, (1i64,))?.0)));
    assert_eq!(left.await.unwrap(), (0, 0));
}

/// Binds an account to person 1, as she does in WeChat.
async fn bind(p: &Place) {
    let ticket = p.by(person(1), wechat::ask).await.unwrap();
    let shown = ticket.clone();
    assert!(p.by(deliver::gateway(), move |a| wechat::bound(a, &shown, "o-1")).await.unwrap());
    // A ticket is good once.
    assert!(!p.by(deliver::gateway(), move |a| wechat::bound(a, &ticket, "o-2")).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wechat_goes_first_then_the_phone_then_a_letter() {
    let p = place().await;
    bind(&p).await;
    let id = p.tell(1).await;
    let taken = p.wechat.taken();
    assert_eq!((taken.len(), p.sms.calls()), (1, 0));
    assert_eq!((taken[0].open_id.as_str(), taken[0].link.as_str()), ("o-1", "https://linli.test/my/cases/7"));
    assert_eq!(p.state(id, Channel::Wechat).await, Some(DeliveryState::Sent));
    // It did not arrive: the phone takes over.
    let report = move |a: &mut Act<'_, '_>| {
        deliver::report(a, id, Channel::Wechat, deliver::Reported::Failed, "blocked")
    };
    p.by(deliver::gateway(), report).await.unwrap();
    p.run().await;
    assert_eq!(p.state(id, Channel::Sms).await, Some(DeliveryState::Sent));
    assert_eq!(p.state(id, Channel::Paper).await, None);
    // Both refuse: a letter.
    p.wechat.set(GatewayFault::Refuses);
    p.sms.set(GatewayFault::Refuses);
    let id = p.tell(1).await;
    for channel in [Channel::Wechat, Channel::Sms] {
        assert_eq!(p.state(id, channel).await, Some(DeliveryState::Failed), "{channel:?}");
    }
    assert_eq!(p.state(id, Channel::Paper).await, Some(DeliveryState::Waiting));
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wechat_gateway_that_is_down_gives_way_after_the_rules_hours() {
    let p = place().await;
    bind(&p).await;
    p.wechat.set(GatewayFault::Down);
    let id = p.tell(1).await;
    for _ in 0..4 {
        p.wait(3_600).await;
    }
    assert_eq!((p.state(id, Channel::Wechat).await, p.sms.calls()), (Some(DeliveryState::Waiting), 0));
    for _ in 0..5 {
        p.wait(3_600).await;
    }
    assert_eq!(p.state(id, Channel::Wechat).await, Some(DeliveryState::GivenUp));
    assert_eq!(p.state(id, Channel::Sms).await, Some(DeliveryState::Sent));
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_is_hers_and_an_account_that_leaves_is_let_go() {
    let p = place().await;
    bind(&p).await;
    let sms_first = Wishes { sms_first: true, ..Wishes::default() };
    p.by(person(1), move |a| acts::set_wishes(a, sms_first)).await.unwrap();
    let id = p.tell(1).await;
    assert_eq!(p.state(id, Channel::Sms).await, Some(DeliveryState::Sent));
    assert_eq!(p.wechat.calls(), 0);
    p.by(person(1), move |a| acts::set_wishes(a, Wishes::default())).await.unwrap();
    p.by(deliver::gateway(), move |a| wechat::left(a, "o-1")).await.unwrap();
    let id = p.tell(1).await;
    assert_eq!((p.wechat.calls(), p.state(id, Channel::Sms).await), (0, Some(DeliveryState::Sent)));
    // Bound again, and let go by herself while a message waits for the morning: the phone takes over.
    bind(&p).await;
    p.clock.advance_seconds(14 * 3_600);
    let id = p.tell(1).await;
    p.by(person(1), wechat::unbind).await.unwrap();
    p.wait(10 * 3_600).await;
    assert_eq!(p.way(id, Channel::Wechat).await.unwrap().fault.as_deref(), Some("not-bound"));
    assert_eq!(p.state(id, Channel::Sms).await, Some(DeliveryState::Sent));
    p.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_is_void_after_a_quarter_of_an_hour() {
    let p = place().await;
    let ticket = p.by(person(1), wechat::ask).await.unwrap();
    p.clock.advance_seconds(16 * 60);
    assert!(!p.by(deliver::gateway(), move |a| wechat::bound(a, &ticket, "o-1")).await.unwrap());
    assert!(matches!(p.by(Actor::anyone(), wechat::ask).await, Err(NoticeError::Denied(_))));
}

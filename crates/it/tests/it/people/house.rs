//! A house with the three rooms alone, and a registrar, on each engine.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use linli_acts::{Act, Actor, BodyId, DutyId, Held, House, PersonId, Services, StaffId};
use linli_base::docnum::{DocumentKind, DocumentNumber, Phone, check_digit};
use linli_base::{Chance, Day, Instant, ManualClock, PlaceCode};
use linli_db::Read;
use linli_db::{Db, DbError, Options};
use linli_vault::Vault;
use linli_web::{Directory, DirectoryService};

use linli_accounts::acts::codes::{self, CodePurpose};
use linli_accounts::acts::sign_in::{self, CodeStep, SignedIn, WhoStep};
use linli_accounts::offers::{
    AccountError, CodeChannelService, CodeId, IdentityCheckService, ShownCodes, SimulatedCheck,
};
use linli_people::acts::register;
use linli_people::offers::{Disability, Name, NewPerson, Person, REGISTRAR, Sex, Source};

pub const NET: &str = "203.0.113.7";

/// House, clock, and the file that goes with it.
pub struct Place {
    pub house: House,
    pub clock: ManualClock,
    pub check: SimulatedCheck,
    dir: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// One for each engine that is here.
pub async fn places() -> Vec<Place> {
    let mut out = vec![place(None).await];
    if let Some(url) = it::postgres_url() {
        out.push(place(Some(url)).await);
    }
    out
}

async fn place(server: Option<String>) -> Place {
    static N: AtomicU32 = AtomicU32::new(0);
    let name = format!("linli-people-{}-{}", std::process::id(), N.fetch_add(1, Ordering::SeqCst));
    let dir = std::env::temp_dir().join(&name);
    std::fs::create_dir_all(&dir).unwrap();
    let clock = ManualClock::at(Day::new(2026, 11, 24).unwrap().start().plus_seconds(9 * 3_600));
    let schema = server.as_ref().map(|_| name.replace('-', "_"));
    let options = Options { clock: Arc::new(clock.clone()), schema, ..Options::default() };
    let url = server.unwrap_or_else(|| dir.join("db").to_str().unwrap().to_owned());
    let db = Db::open(&url, options).await.unwrap();
    db.migrate(linli::compose::ROOMS).await.unwrap();
    let vault = Arc::new(Vault::new([7; 32], Arc::new(Chance::seeded(1))));
    let check = SimulatedCheck::default();
    let services = Services::default()
        .with(Arc::new(DirectoryService(Box::new(Names))))
        .with(Arc::new(CodeChannelService(Box::new(ShownCodes::default()))))
        .with(Arc::new(IdentityCheckService(Box::new(check.clone()))));
    let house = House::new(
        db,
        vault,
        services,
        &[
            ("people.merged", linli_accounts::offers::FOLLOW_PERSON),
            ("people.merged", linli_privacy::offers::FOLLOW_PERSON),
        ],
    );
    let codes =
        ["440105000000", "440105001000", "440105001101", "440105001102", "440105002000", "440105002101"];
    for code in codes {
        let new = linli_places::domain::NewDivision {
            code: code.parse().unwrap(),
            name_zh: format!("地{code}"),
            name_en: String::new(),
        };
        let from = Day::new(2020, 1, 1).unwrap();
        house
            .act(&Actor::system(), move |act| linli_places::acts::create_division(act, &new, from))
            .await
            .unwrap();
    }
    Place { house, clock, check, dir }
}

/// Staff 1 is registrar of the first street; nobody else holds anything.
struct Names;

impl Directory for Names {
    fn held(&self, _: &mut Read<'_>, staff: StaffId, _: Instant) -> Result<Vec<Held>, DbError> {
        Ok(if staff.raw() == 1 { registrar(1, "440105001000").held.to_vec() } else { Vec::new() })
    }
    fn staff_name(&self, _: &mut Read<'_>, _: StaffId) -> Result<Option<String>, DbError> {
        Ok(Some("陈姑娘".to_owned()))
    }
    fn person_name(&self, r: &mut Read<'_>, vault: &Vault, id: PersonId) -> Result<Option<String>, DbError> {
        Ok(linli_people::offers::name_of(r, vault, id).ok().flatten())
    }
    fn body_name(&self, _: &mut Read<'_>, body: BodyId) -> Result<Option<(String, String)>, DbError> {
        Ok((body.raw() == 900).then(|| ("赤岗街道办事处".to_owned(), "Chigang Street Office".to_owned())))
    }
    fn duty(&self, _: &mut Read<'_>, duty: DutyId) -> Result<Option<Held>, DbError> {
        Ok((duty.raw() == 10).then(|| registrar(1, "440105001000").held[0].clone()))
    }
}

/// A resident id of Haizhu that obeys its rules.
pub fn number(birth: &str, sequence: u16) -> DocumentNumber {
    let body = format!("440105{}{sequence:03}", birth.replace('-', ""));
    let whole = format!("{body}{}", check_digit(&body).unwrap());
    DocumentNumber::parse(DocumentKind::ResidentId, &whole, Day::new(2026, 11, 24).unwrap()).unwrap()
}

pub fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

pub fn community() -> PlaceCode {
    "440105001101".parse().unwrap()
}

pub fn zhen() -> NewPerson {
    NewPerson {
        name: Name::parse("梁阿珍").unwrap(),
        sex: Sex::Female,
        birth: Day::new(1946, 11, 24).unwrap(),
        document: number("1946-11-24", 22),
        phone: Some(phone("13800001234")),
        place: Some(community()),
        unit: None,
        household: None,
        role: None,
        hukou: true,
        disability: Disability::new(2),
        source: Source::Register,
    }
}

/// A registrar of a place.
pub fn registrar(staff: i64, place: &str) -> Actor {
    Actor::staff(
        StaffId::from_raw(staff),
        vec![Held {
            duty: DutyId::from_raw(staff * 10),
            kind: REGISTRAR.key.to_owned(),
            body: BodyId::from_raw(900),
            place: place.parse().unwrap(),
            deputy_of: None,
        }],
    )
}

impl Place {
    pub async fn act<T: Send + 'static, E: From<DbError> + Send + 'static>(
        &self,
        actor: &Actor,
        act: impl Fn(&mut Act<'_, '_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E> {
        self.house.act(actor, act).await
    }

    pub async fn jobs(&self) {
        while self.house.run_due_jobs().await.unwrap() > 0 {}
    }

    pub async fn write_down(&self, new: NewPerson) -> PersonId {
        self.act(&Actor::system(), move |act| register::create(act, &new)).await.unwrap().unwrap()
    }

    pub async fn person(&self, id: PersonId) -> Person {
        let house = self.house.clone();
        self.house.read(move |r| linli_people::offers::person(r, house.vault(), id)).await.unwrap().unwrap()
    }

    /// Asks for a code, lets it be sent, and returns token and code.
    pub async fn ask(
        &self,
        actor: &Actor,
        purpose: CodePurpose,
        phone: &Phone,
    ) -> Result<(CodeId, String, String), AccountError> {
        let phone = phone.clone();
        let asked = self.act(actor, move |act| codes::ask(act, purpose, &phone, NET)).await?;
        self.jobs().await;
        let code = self.house.service::<CodeChannelService>().0.shown(asked.id).unwrap_or_default();
        Ok((asked.id, asked.token, code))
    }

    pub async fn try_code(&self, token: &str, code: &str) -> Result<CodeStep, AccountError> {
        let (token, code) = (token.to_owned(), code.to_owned());
        self.act(&Actor::anyone(), move |act| sign_in::try_code(act, &token, &code, NET, "phone")).await
    }

    pub async fn by_document(&self, token: &str, typed: &str) -> Result<WhoStep, AccountError> {
        let (token, typed) = (token.to_owned(), typed.to_owned());
        self.act(&Actor::anyone(), move |act| sign_in::by_document(act, &token, &typed, "phone")).await
    }

    /// The whole way in for somebody whom the register knows by this phone.
    pub async fn sign_in(&self, phone: &Phone, typed: &str) -> SignedIn {
        let (_, token, code) = self.ask(&Actor::anyone(), CodePurpose::SignIn, phone).await.unwrap();
        match self.try_code(&token, &code).await.unwrap() {
            CodeStep::In(done) => done,
            CodeStep::Who { token, known } => {
                assert!(known);
                match self.by_document(&token, typed).await.unwrap() {
                    WhoStep::In(done) => done,
                    WhoStep::Wrong(_) => panic!("the document did not fit"),
                }
            }
            CodeStep::Wrong(_) => panic!("the code did not fit"),
        }
    }

    /// Words of the acts that concern a person, oldest first.
    pub async fn log_of(&self, id: PersonId) -> Vec<String> {
        let all =
            |r: &mut Read<'_>, id| linli_acts::concerning(r, id, linli_acts::LogId::from_raw(i64::MAX), 200);
        let rows: Result<Vec<_>, DbError> = self.house.read(move |r| all(r, id)).await;
        rows.expect("the log").into_iter().rev().map(|l| l.act).collect()
    }

    /// Status columns agree with the log and the chain holds.
    pub async fn proved(&self) {
        self.clock.advance_seconds(1);
        while linli_acts::seal_once(&self.house).await.unwrap() > 0 {}
        let chain = linli_acts::check_chain(&self.house).await.unwrap();
        assert_eq!(chain.faults, []);
        let states = linli_acts::check_states(&self.house).await.unwrap();
        assert_eq!(states.faults, []);
    }
}

pub fn later(minutes: i64, clock: &ManualClock) -> Instant {
    clock.advance_seconds(minutes * 60);
    linli_base::Clock::now(clock)
}

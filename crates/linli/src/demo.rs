//! `linli demo`: the sample district with a lived-in year, persons to try, and faults to switch on.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use linli_acts::{Actor, BodyId, DutyKind, House, PersonId, Subject, publish_checkpoint};
use linli_base::{Chance, Clock, Day, ManualClock, PlaceCode, SystemClock};
use linli_db::{Db, Options};
use linli_duties::offers::{deliver_duty, deliver_staff};
use linli_notices::Notice;
use linli_vault::{Vault, password};
use linli_wallet::offers::{ProofKind, SealUse, authorise, make_seal};
use linli_wallet::{AUTHORISER, SEAL_KEEPER};
use linli_web::{Gate, Route, Site};

use crate::compose::{self, Outside};
use crate::demo_cases::Desk;
use crate::demo_items;
use crate::demo_pages;
use crate::demo_publications;
use crate::district;
use crate::simulators::Simulators;

/// Password and one-time secret of every sample account. They protect nothing: the sample holds no real data and listens on
/// the loopback address.
pub const PASSWORD: &str = "木棉花开在三月";
pub const SECRET: &[u8; 20] = b"linli-sample-secret!";

/// An account of the sample.
pub struct Player {
    pub login: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

/// The accounts to try.
pub const OFFICERS: &[Player] = &[
    Player {
        login: "admin", zh: "系统管理员：机构、人员、岗位", en: "administrator: bodies, staff, duties"
    },
    Player {
        login: "security", zh: "安全管理员：锁定、重置", en: "security officer: lock, reset"
    },
    Player { login: "auditor", zh: "审计员：看办理记录", en: "auditor: reads the log" },
    Player {
        login: "seals", zh: "印章保管人（人社局、民政局）", en: "keeper of seals (HR, Civil Affairs)"
    },
    Player {
        login: "chief",
        zh: "证明授权负责人（人社局、民政局）",
        en: "official over proofs (HR, Civil Affairs)",
    },
    Player { login: "divisions", zh: "区划管理（全区）", en: "keeper of divisions (district)" },
    Player { login: "rules", zh: "规则和工作日历维护", en: "keeper of rules and calendar" },
    Player {
        login: "rules-chief", zh: "规则、日历和通知文本审批", en: "approves rules, calendar, texts"
    },
    Player {
        login: "registrar", zh: "人口信息管理（赤岗街道）", en: "population registrar (Chigang)"
    },
    Player { login: "clerk", zh: "办件经办（素社街道）", en: "handles cases (Sushe)" },
    Player { login: "second", zh: "办件审定（素社街道）", en: "decides cases (Sushe)" },
    Player {
        login: "clerk-chigang",
        zh: "办件经办和审定（赤岗街道）",
        en: "handles and decides cases (Chigang)",
    },
    Player {
        login: "clerk-two",
        zh: "办件经办（素社街道，另一位）",
        en: "handles cases (Sushe, a colleague)",
    },
    Player {
        login: "clerk-hr",
        zh: "办件经办、会办和转办（人社局）",
        en: "handles and co-handles cases (HR bureau)",
    },
    Player { login: "clerk-school", zh: "办件经办（教育局）", en: "handles cases (Education)" },
    Player {
        login: "supervisor", zh: "办件督办（素社街道）", en: "supervises time limits (Sushe)"
    },
    Player {
        login: "redress", zh: "差评核实整改（素社街道）", en: "looks into bad reviews (Sushe)"
    },
    Player { login: "papers", zh: "证照签发（民政局）", en: "issues certificates (Civil Affairs)" },
    Player { login: "kinds", zh: "证照目录维护（全区）", en: "keeper of kinds of certificate" },
    Player { login: "post", zh: "信函打印和寄送（全区）", en: "postroom (district)" },
    Player {
        login: demo_publications::WRITER,
        zh: "信息公开（全区各部门）",
        en: "publishes documents (all departments)",
    },
    Player {
        login: demo_publications::APPROVER,
        zh: "信息公开审批（全区各部门）",
        en: "approves documents (all departments)",
    },
    Player {
        login: demo_items::EDITOR, zh: "事项编辑（全区各部门）", en: "edits items (all departments)"
    },
    Player {
        login: demo_items::APPROVER,
        zh: "事项审批（全区各部门）",
        en: "approves items (all departments)",
    },
];

/// The street whose desk has a year behind it.
pub const DESK_STREET: &str = "440105006000";

/// Fills an empty house: divisions, bodies, residents, officers, and a year of proofs.
///
/// # Errors
/// If the database fails.
pub async fn fill(house: &House, clock: &ManualClock, size: u64) -> anyhow::Result<()> {
    let today = clock.now();
    let begin = today.plus_seconds(-365 * 86_400);
    clock.set(begin);
    println!("  1,203 service items …");
    linli_catalogue::offers::deliver_all(house).await?;
    println!("  18 streets, 265 communities, departments, committees …");
    let bodies = district::places_and_bodies(house).await?;
    println!("  {size} residents …");
    let mut mark = 0;
    district::residents(house, size, 20_201_130, |n| {
        if n / 5_000 > mark {
            mark = n / 5_000;
            println!("  … {n}");
        }
    })
    .await?;
    let cast = district::players(house).await?;
    let find = |code: &str| bodies.get(code).copied().with_context(|| format!("body {code}"));
    officers(
        house,
        find("ZS")?,
        find("RS")?,
        [find("MZ")?, find("JY")?],
        [find("S440105001000")?, find("S440105006000")?],
    )
    .await?;
    let hash = password::hash(house.vault().chance(), PASSWORD)?;
    demo_publications::officers(house, &bodies, district::HAIZHU.parse()?, &hash).await?;
    demo_items::officers(house, &bodies, district::HAIZHU.parse()?, &hash).await?;
    println!("  a year of acts …");
    let (writer, approver) = (
        officer(house, demo_publications::WRITER).await?,
        officer(house, demo_publications::APPROVER).await?,
    );
    let mut documents = demo_publications::Year::new(writer, approver, bodies, today.day())?;
    let (editor, chief) =
        (officer(house, demo_items::EDITOR).await?, officer(house, demo_items::APPROVER).await?);
    let mut items = demo_items::Year::new(editor, chief, today.day());
    let cast_ids: Vec<PersonId> = cast.iter().map(|(_, id)| *id).collect();
    year(house, clock, today.day(), &cast_ids, &mut documents, &mut items).await?;
    items.leave_some(house).await?;
    let resident = cast.get(1).map(|(_, id)| *id).context("somebody of the cast")?;
    documents.leave_some(house, resident).await?;
    clock.set(today);
    welcome(house, cast.iter().map(|(_, id)| *id).collect()).await?;
    publish_checkpoint(house).await?;
    Ok(())
}

linli_notices::notice_kind! {
    /// Shows the persons to try what a notice is: on the page, as a message, or as a letter to whoever has no phone.
    WELCOME = "demo.welcome",
        zh: "欢迎试用“邻里”样例区。办事有进展时，您会像这样收到通知。",
        en: "Welcome to the sample district. When something of yours moves on you are told like this.";
}

async fn welcome(house: &House, cast: Vec<PersonId>) -> anyhow::Result<()> {
    house
        .act(&Actor::system(), move |act| {
            for person in &cast {
                let notice =
                    Notice::new(&WELCOME, *person, Subject::new("person", *person)).link("/services");
                linli_notices::tell(act, &notice)?;
            }
            Ok::<_, linli_db::DbError>(())
        })
        .await?;
    Ok(())
}

async fn officers(
    house: &House,
    office: BodyId,
    hr: BodyId,
    [civil, school]: [BodyId; 2],
    [street, desk]: [BodyId; 2],
) -> anyhow::Result<()> {
    let hash = password::hash(house.vault().chance(), PASSWORD)?;
    let district: PlaceCode = district::HAIZHU.parse()?;
    let chigang: PlaceCode = "440105001000".parse()?;
    let street_of_desk: PlaceCode = DESK_STREET.parse()?;
    house
        .act(&Actor::system(), move |act| {
            let posts: [(&str, &str, &'static DutyKind, BodyId, PlaceCode); 23] = [
                ("admin", "黎管理", &linli_duties::ADMINISTRATOR, office, district),
                ("security", "区安全", &linli_duties::SECURITY, office, district),
                ("auditor", "邓审计", &linli_duties::AUDITOR, office, district),
                ("seals", "冯保管", &SEAL_KEEPER, hr, district),
                ("seals", "冯保管", &SEAL_KEEPER, civil, district),
                ("chief", "曾负责", &AUTHORISER, hr, district),
                ("chief", "曾负责", &AUTHORISER, civil, district),
                ("divisions", "杨区划", &linli_places::EDITOR, office, district),
                ("rules", "何规则", &linli_rules::KEEPER, office, district),
                ("rules-chief", "龙审核", &linli_rules::APPROVER, office, district),
                ("registrar", "谢登记", &linli_people::REGISTRAR, street, chigang),
                ("clerk", "麦经办", &linli_casework::HANDLER, desk, street_of_desk),
                ("second", "容审定", &linli_casework::DECIDER, desk, street_of_desk),
                ("clerk-chigang", "简经办", &linli_casework::HANDLER, street, chigang),
                ("clerk-chigang", "简经办", &linli_casework::DECIDER, street, chigang),
                ("clerk-two", "卢二办", &linli_casework::HANDLER, desk, street_of_desk),
                ("clerk-hr", "钟会办", &linli_casework::HANDLER, hr, district),
                ("supervisor", "严督办", &linli_desk::SUPERVISOR, desk, street_of_desk),
                ("redress", "梁回访", &linli_redress::OFFICER, desk, street_of_desk),
                ("post", "罗信函", &linli_notices::POSTROOM, office, district),
                ("clerk-school", "谭经办", &linli_casework::HANDLER, school, district),
                ("papers", "方证照", &linli_certificates::ISSUER, civil, district),
                ("kinds", "石目录", &linli_certificates::KEEPER, office, district),
            ];
            let mut last = None;
            for (login, name, kind, body, place) in posts {
                let id = match last {
                    Some((same, id)) if same == login => id,
                    _ => deliver_staff(act, login, name, &hash, SECRET)?,
                };
                last = Some((login, id));
                deliver_duty(act, kind, body, place, id)?;
            }
            Ok::<_, linli_duties::OfficeError>(())
        })
        .await?;
    Ok(())
}

/// Two accounts, one for each of two duties, over the same bodies: whoever writes and whoever approves.
///
/// # Errors
/// If an act is refused.
pub(crate) async fn pair(
    house: &House,
    bodies: Vec<BodyId>,
    district: PlaceCode,
    hash: &str,
    officers: [(&'static str, &'static str, &'static DutyKind); 2],
) -> anyhow::Result<()> {
    let hash = hash.to_owned();
    house
        .act(&Actor::system(), move |act| {
            for (login, name, kind) in officers {
                let staff = deliver_staff(act, login, name, &hash, SECRET)?;
                for body in &bodies {
                    deliver_duty(act, kind, *body, district, staff)?;
                }
            }
            Ok::<_, linli_duties::OfficeError>(())
        })
        .await?;
    Ok(())
}

/// The officer of a login with the duties that she holds now.
pub(crate) async fn officer(house: &House, login: &'static str) -> anyhow::Result<Actor> {
    house
        .read(move |r| {
            let now = r.now();
            let id = linli_duties::offers::staff_by_login(r, login)?;
            let Some(id) = id else { return Ok(None) };
            Ok::<_, linli_db::DbError>(Some(Actor::staff(id, linli_duties::offers::held(r, id, now)?)))
        })
        .await?
        .with_context(|| format!("officer {login}"))
}

/// Seal, authorisation, and proofs asked for through the year by people of the district.
async fn year(
    house: &House,
    clock: &ManualClock,
    last: Day,
    cast: &[PersonId],
    documents: &mut demo_publications::Year,
    items: &mut demo_items::Year,
) -> anyhow::Result<()> {
    let keeper = officer(house, "seals").await?;
    let held = keeper.held.first().context("the keeper's duty")?.clone();
    let civil = keeper.held.get(1).context("the keeper's other duty")?.clone();
    let of_certificates =
        house.act(&keeper, move |act| make_seal(act, civil.body, civil.place, "电子证照专用章")).await?;
    let seal = house.act(&keeper, move |act| make_seal(act, held.body, held.place, "电子证明专用章")).await?;
    let chief = officer(house, "chief").await?;
    let until = clock.now().day().plus_days(365);
    let first = house.act(&chief, move |act| authorise(act, seal, SealUse::Insurance, until)).await?;
    let chance = Chance::seeded(7);
    let mut everybody = house.read(some_adults).await?;
    // The persons to try begin without a history, but for the one who shows one.
    everybody.retain(|id| !cast.contains(id));
    let end = last.start().plus_minutes(9 * 60);
    let (clerk, second) = (officer(house, "clerk").await?, officer(house, "second").await?);
    let mut old = house.read(some_old).await?;
    old.retain(|id| !cast.contains(id));
    let mut desk = Desk::new(clerk, second, &old, clock.now().day(), last);
    let mut n = 0u32;
    let mut next_beat = clock.now();
    while clock.now() < end {
        let tick = clock.now().plus_seconds(i64::from(chance.below(48)) * 3_600 + 1_800).min(end);
        desk.until(house, clock, tick).await?;
        documents.until(house, clock, tick).await?;
        clock.set(tick);
        items.until(house, clock).await?;
        // Notices go out and passed days do what they do, as they would have through the year; once in five days is enough.
        if tick >= next_beat {
            next_beat = tick.plus_seconds(5 * 86_400);
            house.tick().await?;
            while house.run_due_jobs().await? > 0 {}
        }
        let who = match chance.below(8) {
            0 => cast.get(1).copied(),
            _ => {
                let i = chance.below(u32::try_from(everybody.len()).unwrap_or(1));
                everybody.get(usize::try_from(i).unwrap_or(0)).copied()
            }
        };
        let Some(who) = who else { continue };
        let actor = Actor::person(who);
        let key = format!("year-{n}");
        if let Ok(id) =
            house.act(&actor, move |act| linli_wallet::acts::ask(act, ProofKind::Insurance, &key)).await
        {
            // A name that no font can set waits for its font, as it would in life.
            if let Err(e) = linli_wallet::errand::run(house, id).await {
                tracing::warn!("a proof of the year waits: {e}");
            }
            n += 1;
        }
        if n % 40 == 0 {
            publish_checkpoint(house).await?;
        }
    }
    // The year's authorisation ends with the year; the official gives it anew.
    clock.set(end);
    house.act(&chief, move |act| linli_wallet::acts::withdraw(act, first, 1)).await?;
    let until = end.day().plus_days(365);
    house.act(&chief, move |act| authorise(act, seal, SealUse::Insurance, until)).await?;
    house.act(&chief, move |act| authorise(act, of_certificates, SealUse::Certificate, until)).await?;
    Ok(())
}

/// Those of the desk's street who are or become old enough in the year.
fn some_old(read: &mut linli_db::Read<'_>) -> Result<Vec<PersonId>, linli_people::PeopleError> {
    let Ok(place) = DESK_STREET.parse() else { return Ok(Vec::new()) };
    let born = linli_people::offers::born(read, place, (1915, 1957), PersonId::from_raw(0), 400)?;
    Ok(born.into_iter().map(|(id, _)| id).collect())
}

fn some_adults(read: &mut linli_db::Read<'_>) -> Result<Vec<PersonId>, linli_people::PeopleError> {
    let mut out = Vec::new();
    for street in 1..=18u64 {
        let Ok(place) = PlaceCode::new(440_105_000_000 + street * 1_000) else { continue };
        let found = linli_people::offers::born(read, place, (1962, 2004), PersonId::from_raw(0), 40)?;
        out.extend(found.into_iter().map(|(id, _)| id));
    }
    Ok(out)
}

/// Runs the demo: fills the data folder if it is empty, then serves it.
///
/// # Errors
/// If the folder cannot be written or the address cannot be bound.
pub async fn run(data: &Path, listen: std::net::SocketAddr, size: u64) -> anyhow::Result<()> {
    std::fs::create_dir_all(data)?;
    let url = format!("sqlite:{}", data.join("linli.db").display());
    let key = data.join("linli.key");
    let site = Arc::new(Site {
        origin: format!("http://{listen}"),
        district_zh: "广州市海珠区".to_owned(),
        district_en: "Haizhu District, Guangzhou".to_owned(),
        demo: true,
        trust_proxy: false,
        rail: compose::rail(),
    });
    let done = data.join("filled");
    if !done.exists() {
        println!("Making the sample district in {} …", data.display());
        let file = data.join("linli.db");
        anyhow::ensure!(
            !file.exists(),
            "{} is there but was not finished; remove the folder",
            file.display()
        );
        let clock = ManualClock::at(SystemClock.now());
        let vault = Arc::new(Vault::open(&key, Arc::new(Chance::from_system()))?);
        let db = Db::open(&url, Options { clock: Arc::new(clock.clone()), ..Options::default() }).await?;
        let (outside, _) = Outside::simulated(Arc::new(clock.clone()));
        let house = compose::open(db, vault, None, Arc::clone(&site), outside).await?;
        fill(&house, &clock, size).await?;
        house.db().close().await;
        std::fs::write(&done, b"")?;
    }
    let vault = Arc::new(Vault::open(&key, Arc::new(Chance::from_system()))?);
    let db = Db::open(&url, Options::default()).await?;
    let (outside, players) = Outside::simulated(Arc::new(SystemClock));
    let house = compose::open(db, vault, None, Arc::clone(&site), outside).await?;
    crate::serve::run(house, site, listen, None, demo_routes(players)).await
}

/// The demo's own pages beside the district's.
#[must_use]
pub fn demo_routes(players: Simulators) -> Vec<Route> {
    let (register, sms) = (players.register.clone(), players.sms.clone());
    let wechat = players.wechat.clone();
    vec![
        Route::get("/demo", Gate::Public, move |req| demo_pages::show(req, players.clone())),
        Route::post("/demo/register", Gate::Public, move |req| demo_pages::switch(req, register.clone())),
        Route::post("/demo/sms", Gate::Public, move |req| demo_pages::switch_sms(req, sms.clone())),
        Route::get("/demo/wechat", Gate::Public, demo_pages::wechat),
        Route::post("/demo/wechat", Gate::Public, demo_pages::bind_wechat),
        Route::post("/demo/wechat/state", Gate::Public, move |req| {
            demo_pages::switch_wechat(req, wechat.clone())
        }),
    ]
}

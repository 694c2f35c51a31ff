//! The list of rooms: tables, routes, services, listeners, the officer's rail.

use std::path::Path;
use std::sync::Arc;

use linli_accounts::offers::{
    CodeChannel, CodeChannelService, IdentityCheck, IdentityCheckService, NoCheck, ShownCodes, SimulatedCheck,
};
use linli_acts::{BodyId, DutyId, DutyKind, Held, House, PersonId, Services, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_catalogue::offers::{ExperienceService, Finder, InventoryService};
use linli_db::{Db, DbError, Kind, Read, Room};
use linli_documents::Typesetter;
use linli_files::offers::{NoScanner, Scanner, ScannerService};
use linli_notices::offers::{
    PhoneBookService, SmsGateway, SmsGatewayService, WechatGateway, WechatGatewayService,
};
use linli_vault::Vault;
use linli_wallet::offers::{InsuranceRegister, InsuranceRegisterService};
use linli_web::{Directory, DirectoryService, RailGroup, RailLink, Route, Site};

use crate::config::Config;
use crate::gateway::{HttpGateway, HttpWechat, NoGateway};
use crate::holdings::Certificates;
use crate::phone_book::Register;
use crate::simulators::{NotConnected, SimulatedInsurance, SimulatedScanner, Simulators};

/// Tables, in an order in which foreign keys point only backwards.
pub const ROOMS: &[Room] = &[
    linli_acts::ROOM,
    linli_web::ROOM,
    linli_rules::ROOM,
    linli_notices::ROOM,
    linli_files::ROOM,
    linli_casework::ROOM,
    linli_matters::ROOM,
    linli_desk::ROOM,
    linli_performance::ROOM,
    linli_redress::ROOM,
    linli_places::ROOM,
    linli_people::ROOM,
    linli_accounts::ROOM,
    linli_privacy::ROOM,
    linli_duties::ROOM,
    linli_catalogue::ROOM,
    linli_drafting::ROOM,
    linli_applications::ROOM,
    linli_wallet::ROOM,
    linli_publications::ROOM,
    linli_certificates::ROOM,
];

/// Every address.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut all = linli_web::routes();
    all.extend(linli_figures::routes());
    all.extend(linli_rules::routes());
    all.extend(linli_notices::routes());
    all.extend(linli_files::routes());
    all.extend(linli_letter::routes());
    all.extend(linli_places::routes());
    all.extend(linli_people::routes());
    all.extend(linli_accounts::routes());
    all.extend(linli_privacy::routes());
    all.extend(linli_duties::routes());
    all.extend(linli_catalogue::routes());
    all.extend(linli_drafting::routes());
    all.extend(linli_casework::routes());
    all.extend(linli_handling::routes());
    all.extend(linli_matters::routes());
    all.extend(linli_desk::routes());
    all.extend(linli_performance::routes());
    all.extend(linli_redress::routes());
    all.extend(linli_applications::routes());
    all.extend(linli_wallet::routes());
    all.extend(linli_publications::routes());
    all.extend(linli_certificates::routes());
    all
}

/// Which job runs on which event.
pub const LISTENERS: &[(&str, &str)] = &[
    ("places.building_moved", linli_people::acts::register::FOLLOW_BUILDING),
    ("people.merged", linli_accounts::offers::FOLLOW_PERSON),
    ("people.merged", linli_privacy::offers::FOLLOW_PERSON),
    ("people.merged", linli_notices::FOLLOW),
    ("people.merged", linli_files::FOLLOW_PERSON),
    ("people.merged", linli_casework::offers::FOLLOW_PERSON),
    ("people.merged", linli_redress::FOLLOW_PERSON),
    ("casework.reviewed", linli_redress::ON_REVIEW),
    ("people.merged", linli_applications::jobs::FOLLOW_PERSON),
    ("people.merged", linli_publications::offers::FOLLOW),
    ("people.merged", linli_certificates::FOLLOW_PERSON),
    ("casework.ended", linli_applications::jobs::FILES_AFTER_END),
];

/// The officer's rail.
#[must_use]
pub fn rail() -> Arc<[RailGroup]> {
    let link = |path, zh, en, duties| RailLink { path, zh, en, duties };
    Arc::new([
        RailGroup {
            zh: "办理",
            en: "Work",
            links: vec![
                link("/desk", "我的待办", "My queue", &["casework.handler", "casework.decider"][..]),
                link("/desk/tasks", "请我们会办的", "Asked of us", &["casework.handler"][..]),
                link("/desk/overdue", "逾期督办", "Overdue", &["desk.supervisor"][..]),
                link("/desk/redress", "差评工单", "Bad reviews", &["redress.officer"][..]),
            ],
        },
        RailGroup {
            zh: "我的",
            en: "Mine",
            links: vec![link("/office/me", "我的账户", "My account", &[][..])],
        },
        RailGroup {
            zh: "机构和人员",
            en: "The office",
            links: vec![
                link("/office/bodies", "机构", "Bodies", &["duties.administrator"][..]),
                link(
                    "/office/staff",
                    "人员和岗位",
                    "Staff and duties",
                    &["duties.administrator", "duties.security"][..],
                ),
                link("/office/tokens", "接口凭证", "Tokens", &["duties.security"][..]),
                link(
                    "/office/rules",
                    "规则和工作日历",
                    "Rules and calendar",
                    &["rules.keeper", "rules.approver"][..],
                ),
                link(
                    "/office/notice-texts",
                    "通知文本",
                    "Texts of notices",
                    &["rules.keeper", "rules.approver"][..],
                ),
                link("/office/proposals", "规则审批", "Proposals", &["rules.keeper", "rules.approver"][..]),
                link(
                    "/office/catalogue",
                    "事项编辑",
                    "Editing items",
                    &["drafting.editor", "drafting.approver"][..],
                ),
                link("/office/items", "事项和跑腿次数", "Items and visits", &[][..]),
                link("/office/log", "办理记录", "The log", &["duties.auditor"][..]),
                link("/office/places", "区划和地址", "Divisions and addresses", &["places.editor"][..]),
            ],
        },
        RailGroup {
            zh: "居民",
            en: "Residents",
            links: vec![
                link("/desk/people", "查找居民", "Find a resident", &["people.registrar"][..]),
                link("/desk/corrections", "信息更正", "Corrections", &["people.registrar"][..]),
                link("/desk/letters", "待寄信函", "Letters to post", &["notices.postroom"][..]),
            ],
        },
        RailGroup {
            zh: "信息公开",
            en: "Publishing",
            links: vec![
                link(
                    "/desk/publications",
                    "公开文件",
                    "Documents",
                    &["publications.publisher", "publications.approver"][..],
                ),
                link("/desk/objections", "异议", "Objections", &["publications.publisher"][..]),
            ],
        },
        RailGroup {
            zh: "证明和印章",
            en: "Proofs and seals",
            links: vec![
                link(
                    "/office/seals",
                    "印章和授权",
                    "Seals",
                    &["wallet.seal_keeper", "wallet.authoriser"][..],
                ),
                link("/office/proofs", "已出具证明", "Proofs issued", &["wallet.authoriser"][..]),
                link("/office/certificates", "签发证照", "Issue certificates", &["certificates.issuer"][..]),
                link(
                    "/office/certificate-kinds",
                    "证照目录",
                    "Kinds of certificate",
                    &["certificates.keeper"][..],
                ),
            ],
        },
    ])
}

/// What lies outside the house: real, or simulated.
pub struct Outside {
    pub codes: Box<dyn CodeChannel>,
    pub identity: Box<dyn IdentityCheck>,
    pub insurance: Box<dyn InsuranceRegister>,
    pub sms: Box<dyn SmsGateway>,
    pub wechat: Box<dyn WechatGateway>,
    pub scanner: Box<dyn Scanner>,
}

impl Outside {
    /// Simulators, with the switches of their faults.
    #[must_use]
    pub fn simulated(clock: Arc<dyn linli_base::Clock>) -> (Self, Simulators) {
        let players = Simulators::default();
        let outside = Self {
            codes: Box::new(ShownCodes::default()),
            identity: Box::new(SimulatedCheck::default()),
            insurance: Box::new(SimulatedInsurance::new(players.register.clone(), clock)),
            sms: Box::new(players.sms.clone()),
            wechat: Box::new(players.wechat.clone()),
            scanner: Box::new(SimulatedScanner(players.scanner.clone())),
        };
        (outside, players)
    }

    /// Nothing connected: cases and messages wait, nothing is lost.
    #[must_use]
    pub fn unconnected() -> Self {
        Self {
            codes: Box::new(NoGateway),
            identity: Box::new(NoCheck),
            insurance: Box::new(NotConnected),
            sms: Box::new(NoGateway),
            wechat: Box::new(NoGateway),
            scanner: Box::new(NoScanner),
        }
    }

    /// What the configuration connects.
    ///
    /// # Errors
    /// If a key or certificate that it names cannot be read.
    pub fn configured(config: &Config, clock: Arc<dyn linli_base::Clock>) -> anyhow::Result<Self> {
        let mut outside = Self::unconnected();
        if let Some(sms) = &config.sms {
            let gateway = HttpGateway::new(sms, Arc::clone(&clock))?;
            outside.codes = Box::new(gateway.clone());
            outside.sms = Box::new(gateway);
        }
        if let Some(wechat) = &config.wechat {
            outside.wechat = Box::new(HttpWechat::new(wechat, Arc::clone(&clock))?);
        }
        if let Some(clamd) = config.files.scanner()? {
            outside.scanner = Box::new(clamd);
        }
        Ok(outside)
    }
}

/// Migrates a database and builds the house on it.
///
/// # Errors
/// If a migration fails or the fonts cannot be read.
pub async fn open(
    db: Db,
    vault: Arc<Vault>,
    fonts: Option<&Path>,
    site: Arc<Site>,
    outside: Outside,
) -> anyhow::Result<House> {
    db.migrate(ROOMS).await?;
    let services = Services::default()
        .with(Arc::new(Typesetter::new(fonts)?))
        .with(site)
        .with(Arc::new(DirectoryService(Box::new(Names))))
        .with(Arc::new(CodeChannelService(outside.codes)))
        .with(Arc::new(IdentityCheckService(outside.identity)))
        .with(Arc::new(InsuranceRegisterService(outside.insurance)))
        .with(Arc::new(SmsGatewayService(outside.sms)))
        .with(Arc::new(WechatGatewayService(outside.wechat)))
        .with(Arc::new(ScannerService(outside.scanner)))
        .with(Arc::new(Finder::default()))
        .with(Arc::new(InventoryService(Box::new(Certificates))))
        .with(Arc::new(ExperienceService(Box::new(linli_applications::VisitsMade))))
        .with(Arc::new(PhoneBookService(Box::new(Register))));
    let house = House::new(db, vault, services, LISTENERS);
    house.start().await?;
    linli_rules::deliver_calendar(&house).await?;
    linli_catalogue::offers::deliver_written(&house).await?;
    linli_certificates::offers::deliver_kinds(&house).await?;
    Ok(house)
}

/// Names and duties, told to the door by the rooms that know them.
struct Names;

impl Directory for Names {
    fn held(&self, read: &mut Read<'_>, staff: StaffId, now: Instant) -> Result<Vec<Held>, DbError> {
        linli_duties::offers::held(read, staff, now)
    }
    fn staff_name(&self, read: &mut Read<'_>, staff: StaffId) -> Result<Option<String>, DbError> {
        linli_duties::offers::staff_name(read, staff)
    }
    fn person_name(
        &self,
        read: &mut Read<'_>,
        vault: &Vault,
        person: PersonId,
    ) -> Result<Option<String>, DbError> {
        linli_people::offers::name_of(read, vault, person)
            .map_err(|e| DbError { kind: Kind::Other, what: e.to_string().into() })
    }
    fn body_name(&self, read: &mut Read<'_>, body: BodyId) -> Result<Option<(String, String)>, DbError> {
        Ok(linli_duties::offers::body(read, body)?.map(|b| (b.name_zh, b.name_en)))
    }
    fn duty(&self, read: &mut Read<'_>, duty: DutyId) -> Result<Option<Held>, DbError> {
        linli_duties::offers::duty(read, duty)
    }
    fn place_name(
        &self,
        read: &mut Read<'_>,
        place: PlaceCode,
        day: Day,
    ) -> Result<Option<(String, String)>, DbError> {
        linli_places::offers::name(read, place, day).map(Some)
    }
    fn stands_for(
        &self,
        read: &mut Read<'_>,
        who: PersonId,
        for_person: PersonId,
        now: Instant,
    ) -> Result<Option<linli_web::Scope>, DbError> {
        linli_accounts::offers::delegation::stands_for(read, who, for_person, now)
    }
    fn items(&self, read: &mut Read<'_>) -> Result<Vec<(String, String, String)>, DbError> {
        linli_catalogue::offers::names(read)
    }
    fn bodies_with(
        &self,
        read: &mut Read<'_>,
        kind: &DutyKind,
    ) -> Result<Vec<(BodyId, String, String)>, DbError> {
        linli_duties::offers::bodies_with(read, kind)
    }
    fn holders(
        &self,
        read: &mut Read<'_>,
        kind: &DutyKind,
        body: BodyId,
    ) -> Result<Vec<(StaffId, String)>, DbError> {
        let mut out = Vec::new();
        for id in linli_duties::offers::holders(read, kind, body)? {
            let name = linli_duties::offers::staff_name(read, id)?.unwrap_or_default();
            out.push((id, name));
        }
        Ok(out)
    }
}

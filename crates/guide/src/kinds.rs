//! The kinds that items name: papers, registers, life events. Keys are stable; `holds:KEY` is the fact that somebody has a paper.
//! Papers that come with the program stand here; those that officers have added are read from the room that keeps them ([`Papers`]).

use std::borrow::Cow;

use linli_words::Lang;

/// A kind: key, Chinese, English.
pub type Kind = (&'static str, &'static str, &'static str);

/// Papers that an authority issues or a counter checks: electronic certificates of the wallet (GB/T 36902), and what may be reused.
pub const PAPERS: &[Kind] = &[
    ("resident-id", "居民身份证", "Resident identity card"),
    ("hukou-book", "居民户口簿", "Household register"),
    ("residence-permit", "居住证", "Residence permit"),
    ("hmt-permit", "港澳台居民居住证", "Residence permit for Hong Kong, Macao and Taiwan residents"),
    ("marriage", "结婚证", "Marriage certificate"),
    ("divorce", "离婚证", "Divorce certificate"),
    ("birth", "出生医学证明", "Birth certificate"),
    ("death", "死亡证明", "Death certificate"),
    ("disability", "残疾人证", "Disability certificate"),
    ("senior-card", "老年人优待卡", "Senior card"),
    ("veteran-card", "退役军人优待证", "Veteran's card"),
    ("discharge", "退役证", "Discharge certificate"),
    ("social-security-card", "社会保障卡", "Social security card"),
    ("insurance-record", "社会保险参保证明", "Proof of social insurance"),
    ("unemployment-card", "就业创业证", "Employment and business start-up card"),
    ("hardship-card", "就业困难人员认定", "Recognition as hard to employ"),
    ("minimum-living", "最低生活保障证", "Minimum living allowance certificate"),
    ("diploma", "毕业证书", "Diploma"),
    ("degree", "学位证书", "Degree certificate"),
    ("skill-certificate", "职业技能等级证书", "Vocational skill certificate"),
    ("professional-title", "职称证书", "Professional title certificate"),
    ("teacher", "教师资格证", "Teacher's certificate"),
    ("student-card", "学生证", "Student card"),
    ("school-record", "学籍证明", "School record"),
    ("driving-licence", "机动车驾驶证", "Driving licence"),
    ("vehicle-licence", "机动车行驶证", "Vehicle licence"),
    ("property", "不动产权证书", "Property certificate"),
    ("lease-record", "房屋租赁登记备案证明", "Proof of registered lease"),
    ("business-licence", "营业执照", "Business licence"),
    ("food-licence", "食品经营许可证", "Food business licence"),
    ("health-certificate", "健康证明", "Health certificate"),
    ("hygiene-licence", "卫生许可证", "Hygiene licence"),
    ("dispatch-licence", "劳务派遣经营许可证", "Labour dispatch licence"),
    ("agency-licence", "人力资源服务许可证", "Human resources service licence"),
    ("school-licence", "民办学校办学许可证", "Licence of a private school"),
    ("social-organisation", "社会团体法人登记证书", "Registration of a social organisation"),
    ("work-injury", "工伤认定决定书", "Decision on work injury"),
    ("capacity", "劳动能力鉴定结论", "Assessment of working capacity"),
    ("labour-contract", "劳动合同", "Labour contract"),
    ("lawyer", "律师执业证", "Lawyer's licence"),
    ("doctor", "医师执业证书", "Doctor's licence"),
    ("nurse", "护士执业证书", "Nurse's licence"),
];

/// Registers that are asked: key, Chinese, English.
pub const REGISTERS: &[Kind] = &[
    ("population", "人口登记", "population register"),
    ("household", "户籍登记", "household registration"),
    ("residence", "居住登记", "residence register"),
    ("marriage", "婚姻登记", "marriage register"),
    ("birth", "出生登记", "birth register"),
    ("death", "死亡和殡葬登记", "register of deaths"),
    ("social-insurance", "社会保险登记", "social insurance register"),
    ("medical-insurance", "医疗保险登记", "medical insurance register"),
    ("employment", "就业失业登记", "employment register"),
    ("labour-relations", "劳动用工备案", "register of employment relations"),
    ("titles", "职称和职业资格登记", "register of titles and qualifications"),
    ("talent-files", "人事档案", "personnel files"),
    ("business", "企业登记", "business register"),
    ("tax", "税务登记", "tax register"),
    ("property", "不动产登记", "property register"),
    ("lease", "租赁备案", "lease register"),
    ("school", "学籍登记", "school register"),
    ("diplomas", "学历学位登记", "register of diplomas"),
    ("disability", "残疾人登记", "register of disabled people"),
    ("assistance", "社会救助登记", "social assistance register"),
    ("veterans", "退役军人登记", "register of veterans"),
    ("vehicles", "车辆和驾驶人登记", "vehicles and drivers"),
    ("provident-fund", "住房公积金登记", "housing provident fund"),
    ("licences", "行政许可登记", "register of licences"),
    ("births-planned", "生育登记", "registration of births to come"),
    ("vaccination", "预防接种登记", "vaccination register"),
    ("court", "司法信息", "courts' records"),
    ("organisations", "社会组织登记", "register of social organisations"),
];

/// Life events (人生事件) by which people look for what to do.
pub const EVENTS: &[Kind] = &[
    ("birth", "生孩子", "Having a child"),
    ("school", "上学", "Going to school"),
    ("work", "找工作、就业", "Finding work"),
    ("job-loss", "失业", "Losing a job"),
    ("business", "开店办企业", "Starting a business"),
    ("marriage", "结婚", "Marrying"),
    ("home", "买房租房", "Buying or renting a home"),
    ("moving", "搬家落户", "Moving and registering"),
    ("illness", "看病就医", "Falling ill"),
    ("injury", "工伤", "Injury at work"),
    ("disability", "残疾", "Disability"),
    ("hardship", "遇到困难", "Hard times"),
    ("retirement", "退休养老", "Retiring"),
    ("service", "参军退役", "Military service"),
    ("driving", "行车出行", "Driving and travelling"),
    ("death", "身后事", "A death in the family"),
    ("dispute", "纠纷和法律援助", "Disputes and legal aid"),
    ("talent", "人才和职称", "Talent and titles"),
];

/// A kind of paper as it is called now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub key: Cow<'static, str>,
    pub zh: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

/// Every kind of paper, as a transaction sees them: those that come with the program, by the names that officers gave them, and those that
/// officers have added. Read when it is wanted and kept nowhere: another process, or an act that came to nothing, changes no memory.
#[derive(Clone, Debug)]
pub struct Papers(Vec<Paper>);

impl Papers {
    /// Those that come with the program.
    #[must_use]
    pub fn program() -> Self {
        let paper = |k: &Kind| Paper { key: k.0.into(), zh: k.1.into(), en: k.2.into() };
        Self(PAPERS.iter().map(paper).collect())
    }

    /// With those that officers keep: key, Chinese, English.
    #[must_use]
    pub fn with(kept: Vec<(String, String, String)>) -> Self {
        let mut all = Self::program();
        for (key, zh, en) in kept {
            let now = Paper { key: key.into(), zh: zh.into(), en: en.into() };
            match all.0.iter_mut().find(|p| p.key == now.key) {
                Some(paper) => *paper = now,
                None => all.0.push(now),
            }
        }
        all
    }

    /// A kind by its key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Paper> {
        self.0.iter().find(|p| p.key == key)
    }

    /// All of them: those that come with the program, then those that were added.
    pub fn iter(&self) -> impl Iterator<Item = &Paper> {
        self.0.iter()
    }

    /// What a kind is called; its key where there is none.
    #[must_use]
    pub fn name(&self, key: &str, lang: Lang) -> String {
        self.get(key).map_or_else(|| key.to_owned(), |p| lang.pick(&p.zh, &p.en).into_owned())
    }
}

/// A register by its key.
#[must_use]
pub fn register(key: &str) -> Option<&'static Kind> {
    REGISTERS.iter().find(|k| k.0 == key)
}

/// A life event by its key.
#[must_use]
pub fn event(key: &str) -> Option<&'static Kind> {
    EVENTS.iter().find(|k| k.0 == key)
}

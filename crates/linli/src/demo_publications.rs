//! A year of documents of the sample's bodies: written out in `linli-sample`, put in by the acts of officers, each on its day.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use anyhow::Context;
use linli_acts::{Actor, BodyId, House, PersonId};
use linli_base::{Clock, Day, Instant, ManualClock, PlaceCode};
use linli_publications::offers::{
    self as publications, DocumentKind, Finding, Placed, PublicationId, Topic, Visitor, Wording,
};
use serde::Deserialize;

use crate::demo;

#[derive(Clone, Deserialize)]
struct Document {
    body: String,
    kind: String,
    topic: String,
    place: String,
    /// Days before the last day of the year.
    days: i64,
    title_zh: String,
    title_en: String,
    number: String,
    text_zh: String,
    text_en: String,
}

/// Logins of whoever writes and whoever approves, for every body of the sample that publishes.
pub const WRITER: &str = "publisher";
pub const APPROVER: &str = "approver";

fn documents() -> anyhow::Result<Vec<Document>> {
    serde_json::from_str(linli_sample::PUBLICATIONS).context("the sample's documents")
}

/// Accounts and duties of those who publish.
///
/// # Errors
/// If an act is refused.
pub async fn officers(
    house: &House,
    bodies: &HashMap<String, BodyId>,
    district: PlaceCode,
    hash: &str,
) -> anyhow::Result<()> {
    let mut of: Vec<BodyId> = documents()?.iter().filter_map(|d| bodies.get(&d.body).copied()).collect();
    of.sort_unstable();
    of.dedup();
    let officers = [
        (WRITER, "潘编辑", &linli_publications::PUBLISHER),
        (APPROVER, "卢审批", &linli_publications::APPROVER),
    ];
    demo::pair(house, of, district, hash, officers).await
}

/// What an objection says, and how it is answered.
const OBJECTION: &str =
    "样例路 30 号到第二样例小学要过两条大马路，低年级孩子自己走不安全，希望仍留在第一样例小学。";
const ANSWER: &str = "部分采纳。样例路 25 至 48 号仍属第一样例小学，其余按公示调整；交警已在路口增设护学岗。";

/// The year's documents, the next one first.
pub struct Year {
    writer: Actor,
    approver: Actor,
    bodies: HashMap<String, BodyId>,
    plan: BinaryHeap<Reverse<(Instant, usize)>>,
    documents: Vec<Document>,
    published: Vec<(String, PublicationId)>,
}

impl Year {
    /// What is to be published until the last day.
    ///
    /// # Errors
    /// If the sample's file is of another form.
    pub fn new(
        writer: Actor,
        approver: Actor,
        bodies: HashMap<String, BodyId>,
        last: Day,
    ) -> anyhow::Result<Self> {
        let documents = documents()?;
        let plan = documents
            .iter()
            .enumerate()
            .map(|(i, d)| Reverse((last.plus_days(-d.days).start().plus_minutes(10 * 60), i)))
            .collect();
        Ok(Self { writer, approver, bodies, plan, documents, published: Vec::new() })
    }

    /// Publishes what is due until an instant.
    ///
    /// # Errors
    /// If an act is refused.
    pub async fn until(&mut self, house: &House, clock: &ManualClock, until: Instant) -> anyhow::Result<()> {
        while let Some(Reverse((at, i))) = self.plan.peek().copied().filter(|Reverse((at, _))| *at <= until) {
            self.plan.pop();
            let Some(d) = self.documents.get(i).cloned() else { continue };
            clock.set(at.max(clock.now()));
            let id = self.publish(house, &d).await.with_context(|| d.title_zh.clone())?;
            self.published.push((d.title_zh.clone(), id));
            // One of them was objected to, and answered.
            if d.kind == "notice" && d.topic == "education" {
                self.object(house, id).await?;
            }
        }
        Ok(())
    }

    async fn publish(&self, house: &House, d: &Document) -> anyhow::Result<PublicationId> {
        let body = *self.bodies.get(&d.body).with_context(|| format!("body {}", d.body))?;
        let placed = Placed {
            kind: DocumentKind::from_word(&d.kind).with_context(|| d.kind.clone())?,
            topic: Topic::from_word(&d.topic).with_context(|| d.topic.clone())?,
            place: d.place.parse::<PlaceCode>()?,
        };
        let wording = d.wording();
        let id = house
            .act(&self.writer, move |act| {
                let id = publications::begin(act, body, placed, &wording)?;
                publications::propose(act, id, 1)?;
                Ok::<_, publications::PublicationError>(id)
            })
            .await?;
        house.act(&self.approver, move |act| publications::approve(act, id, 2)).await?;
        Ok(id)
    }

    async fn object(&self, house: &House, id: PublicationId) -> anyhow::Result<()> {
        let visitor =
            Visitor { name: "何家长".to_owned(), phone: "13800000001".to_owned(), net: String::new() };
        let taken = house
            .act(&Actor::anyone(), move |act| publications::object(act, id, OBJECTION, &visitor))
            .await?;
        house
            .act(&self.writer, move |act| publications::answer(act, taken.id, 1, Finding::Partly, ANSWER))
            .await?;
        Ok(())
    }

    /// What lies on the desk on the last day: a second version, a proposal, a draft, an objection that waits.
    ///
    /// # Errors
    /// If an act is refused.
    pub async fn leave_some(&self, house: &House, resident: PersonId) -> anyhow::Result<()> {
        let find = |words: &str| {
            let found = self.published.iter().find(|(title, _)| title.contains(words));
            found.map(|(_, id)| *id).with_context(|| format!("a document about {words}"))
        };
        let rooms = find("社区文化活动室")?;
        let mut opening = self.wording("社区文化活动室")?;
        opening.text_zh = opening.text_zh.replace("九时至二十一时", "九时至二十二时");
        opening.what_changed = "居民要求晚一点关门，开放时间延长一小时。".to_owned();
        house
            .act(&self.writer, move |act| {
                publications::revise(act, rooms)?;
                publications::write(act, rooms, 1, None, &opening)?;
                publications::propose(act, rooms, 2)
            })
            .await?;
        house.act(&self.approver, move |act| publications::approve(act, rooms, 3)).await?;
        let body = *self.bodies.get("MZ").context("a body")?;
        let placed = Placed {
            kind: DocumentKind::Announcement,
            topic: Topic::Elderly,
            place: crate::district::HAIZHU.parse()?,
        };
        for (title, proposed) in
            [("重阳节敬老活动安排（样例）", true), ("长者饭堂菜单公开办法（样例）", false)]
        {
            let wording = Wording {
                title_zh: title.to_owned(),
                text_zh: "草拟中。\n# 一、安排\n内容待核。".to_owned(),
                ..Wording::default()
            };
            house
                .act(&self.writer, move |act| {
                    let id = publications::begin(act, body, placed, &wording)?;
                    if proposed {
                        publications::propose(act, id, 1)?;
                    }
                    Ok::<_, publications::PublicationError>(())
                })
                .await?;
        }
        let lift = find("增设电梯")?;
        let by = Actor::person(resident);
        let words = "我住 203 房，井道离我家卧室窗只有一米多，和公示写的二点二米不一样，请现场量一次。";
        house.act(&by, move |act| publications::object(act, lift, words, &Visitor::default())).await?;
        Ok(())
    }

    fn wording(&self, words: &str) -> anyhow::Result<Wording> {
        let found = self.documents.iter().find(|d| d.title_zh.contains(words));
        Ok(found.with_context(|| format!("a document about {words}"))?.wording())
    }
}

impl Document {
    fn wording(&self) -> Wording {
        Wording {
            title_zh: self.title_zh.clone(),
            title_en: self.title_en.clone(),
            text_zh: self.text_zh.clone(),
            text_en: self.text_en.clone(),
            number: self.number.clone(),
            what_changed: String::new(),
        }
    }
}

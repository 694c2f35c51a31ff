//! Who writes and who approves the sample's items, and what lies on their desk: one item that was sent back once and is live, a proposal,
//! two drafts.

use std::collections::HashMap;

use anyhow::Context;
use linli_acts::{Act, Actor, BodyId, House};
use linli_base::{Clock, Day, ManualClock, PlaceCode};
use linli_catalogue::offers as catalogue;
use linli_drafting::DraftingError;
use linli_drafting::offers as drafting;
use linli_guide::{Guide, Way};

use crate::demo;

/// Logins of whoever writes and whoever approves, for every department.
pub const EDITOR: &str = "editor";
pub const APPROVER: &str = "items-chief";

/// Accounts and duties.
///
/// # Errors
/// If an act is refused.
pub async fn officers(
    house: &House,
    bodies: &HashMap<String, BodyId>,
    district: PlaceCode,
    hash: &str,
) -> anyhow::Result<()> {
    let department = |code: &str| !(code.starts_with("S44") || code.starts_with("C44"));
    let mut of: Vec<BodyId> = bodies.iter().filter(|(code, _)| department(code)).map(|(_, id)| *id).collect();
    of.sort_unstable();
    let officers =
        [(EDITOR, "莫编辑", &linli_drafting::EDITOR), (APPROVER, "伍审批", &linli_drafting::APPROVER)];
    demo::pair(house, of, district, hash, officers).await
}

/// Checked by its department within the year.
const CHECKED: &str = "grade-of-a-sports-instructor-third-class";
/// Asks less, if it is approved.
const PROPOSED: &str = "card-cancel";
const BEGUN: &str = "advice-on-student-aid";
const NEW: &str = "elders-canteen";

fn draft(act: &mut Act<'_, '_>, key: &str, change: fn(&mut Guide)) -> Result<(), DraftingError> {
    let mut guide = catalogue::standing(act, key)?.ok_or(DraftingError::Missing)?.guide;
    drafting::begin(act, key, &guide)?;
    change(&mut guide);
    let row = drafting::open(act, key)?;
    drafting::write(act, &row, &guide)
}

fn rev(act: &mut Act<'_, '_>, key: &str) -> Result<i64, DraftingError> {
    Ok(drafting::open(act, key)?.rev)
}

/// The year's steps, each on its day.
pub struct Year {
    editor: Actor,
    approver: Actor,
    last: Day,
    done: usize,
}

impl Year {
    /// What is to be done until the last day.
    #[must_use]
    pub fn new(editor: Actor, approver: Actor, last: Day) -> Self {
        Self { editor, approver, last, done: 0 }
    }

    /// Days before the last one on which the steps are taken.
    const DAYS: [i64; 4] = [120, 118, 113, 112];

    /// Takes the steps that are due.
    ///
    /// # Errors
    /// If an act is refused.
    pub async fn until(&mut self, house: &House, clock: &ManualClock) -> anyhow::Result<()> {
        while let Some(days) = Self::DAYS.get(self.done)
            && clock.now().day() >= self.last.plus_days(-days)
        {
            self.step(house).await.with_context(|| format!("step {} of an item", self.done))?;
            self.done += 1;
        }
        Ok(())
    }

    async fn step(&self, house: &House) -> Result<(), DraftingError> {
        match self.done {
            0 => {
                house
                    .act(&self.editor, |act| {
                        draft(act, CHECKED, |g| g.unchecked = false)?;
                        let rev = rev(act, CHECKED)?;
                        drafting::propose(act, CHECKED, rev, "已由本局核对，去掉“待核对”。", false)
                    })
                    .await
            }
            1 => {
                house
                    .act(&self.approver, |act| {
                        let rev = rev(act, CHECKED)?;
                        drafting::send_back(
                            act,
                            CHECKED,
                            rev,
                            "咨询电话还是总机，请换成业务科室的，并写明依据。",
                        )
                    })
                    .await
            }
            2 => {
                house
                    .act(&self.editor, |act| {
                        let row = drafting::open(act, CHECKED)?;
                        let mut guide = row.document.0.clone();
                        "020-89000112（样例）".clone_into(&mut guide.phone);
                        "《社会体育指导员管理办法》（凭记忆，待核对）".clone_into(&mut guide.source.zh);
                        "Measures for sports instructors (recalled, to be checked)"
                            .clone_into(&mut guide.source.en);
                        drafting::write(act, &row, &guide)?;
                        let rev = rev(act, CHECKED)?;
                        drafting::propose(act, CHECKED, rev, "已核对；电话换成群众体育科，补上依据。", false)
                    })
                    .await
            }
            _ => {
                house
                    .act(&self.approver, |act| {
                        let rev = rev(act, CHECKED)?;
                        drafting::approve(act, CHECKED, rev).map(drop)
                    })
                    .await
            }
        }
    }

    /// What lies on the desk on the last day.
    ///
    /// # Errors
    /// If an act is refused.
    pub async fn leave_some(&self, house: &House) -> anyhow::Result<()> {
        house
            .act(&self.editor, |act| {
                draft(act, PROPOSED, |g| {
                    for material in g.materials.iter_mut().filter(|m| m.ways.iter().all(Way::at_counter)) {
                        material.ways.insert(
                            0,
                            Way::Declare(linli_guide::Both {
                                zh: "原卡由本人剪角作废，我对此负责".to_owned(),
                                en: "I cut up the present card and answer for it".to_owned(),
                            }),
                        );
                    }
                })?;
                let at = rev(act, PROPOSED)?;
                let note = "旧卡不必交回：改为书面承诺，少跑一次。";
                drafting::propose(act, PROPOSED, at, note, false)?;
                draft(act, BEGUN, |g| g.words.push("助学金怎么申请".to_owned()))?;
                let mut guide = catalogue::standing(act, "senior-card")?.ok_or(DraftingError::Missing)?.guide;
                guide.name.zh = "长者饭堂就餐登记（样例）".to_owned();
                guide.name.en = String::new();
                drafting::begin(act, NEW, &guide)?;
                Ok::<_, DraftingError>(())
            })
            .await?;
        Ok(())
    }
}

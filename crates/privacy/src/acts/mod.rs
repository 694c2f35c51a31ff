//! One function per act, by subject. Names in the log are those of the time when this was one room with `people`: the log outlives
//! the layout.

pub mod consents;
pub mod corrections;
pub mod erasure;
pub mod helping;

linli_acts::act_words! {
    "people.correction_asked" = "提出更正", "Asked for a correction";
    "people.correction_accepted" = "同意更正", "Accepted a correction";
    "people.correction_refused" = "不同意更正", "Refused a correction";
    "people.correction_withdrawn" = "撤回更正", "Withdrew a correction";
    "people.consented" = "同意使用资料", "Consented to a use";
    "people.consent_withdrawn" = "撤回同意", "Withdrew a consent";
    "people.copied" = "取走了资料副本", "Took a copy of the data";
    "web.serving" = "工作人员开始代您办理", "An officer began to act for you";
    "web.served" = "工作人员结束代办", "An officer was done acting for you";
    "people.erased" = "删除了资料", "Erased the record";
}

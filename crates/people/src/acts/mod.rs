//! One function per act, by subject.

pub mod codes;
pub mod consents;
pub mod corrections;
pub mod delegations;
pub mod erasure;
pub mod records;
pub mod register;
pub mod sign_in;

#[cfg(test)]
mod tests;

pub use codes::CodeId;

linli_acts::act_words! {
    "people.code_asked" = "请求了验证码", "Asked for a code";
    "people.code_wrong" = "验证码输错", "Typed a wrong code";
    "people.document_wrong" = "证件号码没有对上", "The document number did not fit";
    "people.signed_in" = "登录", "Signed in";
    "people.session_ended" = "退出登录", "Signed out";
    "people.account_bound" = "手机号绑定到您的账户", "A phone was bound to your account";
    "people.account_released" = "手机号不再绑定到您的账户", "A phone was taken off your account";
    "people.phone_changed" = "更换了手机号", "Changed the phone";
    "people.registered" = "登记了账户", "Registered an account";
    "people.created" = "登记了您的资料", "Wrote down your record";
    "people.imported" = "从人口登记导入", "Imported from the population register";
    "people.updated" = "按人口登记更新", "Updated from the population register";
    "people.verified" = "核验了身份", "Checked the identity";
    "people.merged" = "并入已有的资料", "Joined to the record that was there";
    "people.looked_for" = "按证件号码或手机号查找", "Looked for by document number or phone";
    "people.opened" = "打开了您的资料", "Opened your record";
    "people.moved" = "登记为迁出", "Noted as moved away";
    "people.died" = "登记为去世", "Noted as dead";
    "people.returned" = "恢复为在册", "Brought back as present";
    "people.corrected" = "更正了资料", "Corrected the record";
    "people.correction_asked" = "提出更正", "Asked for a correction";
    "people.correction_accepted" = "同意更正", "Accepted a correction";
    "people.correction_refused" = "不同意更正", "Refused a correction";
    "people.correction_withdrawn" = "撤回更正", "Withdrew a correction";
    "people.consented" = "同意使用资料", "Consented to a use";
    "people.consent_withdrawn" = "撤回同意", "Withdrew a consent";
    "people.copied" = "取走了资料副本", "Took a copy of the data";
    "web.serving" = "工作人员开始代您办理", "An officer began to act for you";
    "web.stands_for" = "亲友开始代您办理", "Somebody began to act for you";
    "web.served" = "工作人员结束代办", "An officer was done acting for you";
    "people.erased" = "删除了资料", "Erased the record";
}

//! One function per act, by subject.

pub mod account;
pub mod claims;
pub mod corrections;
pub mod records;
pub mod register;

linli_acts::act_words! {
    "people.account_bound" = "手机号绑定到您的账户", "A phone was bound to your account";
    "people.account_released" = "手机号不再绑定到您的账户", "A phone was taken off your account";
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
}

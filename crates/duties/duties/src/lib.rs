#![doc = include_str!("../README.md")]

pub mod acts;
pub mod domain;
mod error;
mod figures;
pub mod offers;
mod pages;
mod store;
#[cfg(test)]
mod testing;

pub use error::DutiesError;
pub use pages::routes;
pub use store::{Body, Deputy, Duty, Staff};

linli_words::include_words!();

linli_acts::duty_kind! {
    /// Makes bodies and accounts, gives and withdraws duties. Reads no record of a person.
    pub ADMINISTRATOR = "duties.administrator", "系统管理", "Administrator", personal: false, apart: Some("administrator");
    /// Locks accounts, resets second factors, ends sessions. Reads no record of a person.
    pub SECURITY = "duties.security", "安全管理", "Security officer", personal: false, apart: Some("security");
    /// Reads the log and checks its chain. Reads no record of a person.
    pub AUDITOR = "duties.auditor", "安全审计", "Auditor", personal: false, apart: Some("auditor");
}

/// Tables of this room.
pub const ROOM: linli_db::Room =
    linli_db::Room { name: "duties", migrations: linli_db::migrations![1 => "0001_duties.sql"] };

linli_acts::retention! {
    "bodies", keep, "机构是公共信息，旧文书仍引用。", "Bodies are public, and old papers refer to them.";
    "staff", keep, "谁在何时办了什么要能追溯；离任后只留登录名、姓名和机构。", "Who did what must stay traceable; of leavers only login, name and body remain.";
    "setup_links", days: 30, "开户链接到期后保存三十天。", "Set-up links are kept 30 days after they ran out.", sweep: store::SWEEP_LINKS;
    "duties", keep, "岗位任免长期保存。", "Who held which duty is kept.";
    "deputies", keep, "代理记录长期保存。", "Who stood in for whom is kept.";
    "door_guards", days: 2, "登录尝试计数保存两天。", "Counts of tries at the door are kept two days.", sweep: store::SWEEP_GUARDS;
    "first_run", keep, "只有一行，记录首次启用。", "One row: the first run.";
    "log_checks", days: 1825, "审计核对结果保存五年。", "Results of the auditor's checks are kept five years.", sweep: store::SWEEP_CHECKS;
}

linli_acts::act_words! {
    "duties.body_made" = "设立机构", "Body made";
    "duties.body_changed" = "修改机构", "Body changed";
    "duties.body_closed" = "撤销机构", "Body closed";
    "duties.staff_invited" = "开立账号", "Account opened";
    "duties.staff_changed" = "修改账号", "Account changed";
    "duties.staff_set_up" = "启用账号", "Account set up";
    "duties.link_made" = "发出开户链接", "Set-up link made";
    "duties.staff_locked" = "锁定账号", "Account locked";
    "duties.staff_unlocked" = "解锁账号", "Account unlocked";
    "duties.left" = "离任", "Left";
    "duties.password_fitted" = "密码正确，等动态码", "Password fitted, code awaited";
    "duties.sign_in_reset" = "重设登录", "Sign-in reset";
    "duties.first_run_reopened" = "重新开启首次启用", "First run reopened";
    "duties.signed_in" = "登录", "Signed in";
    "duties.signed_out" = "退出", "Signed out";
    "duties.held_back" = "登录尝试过多，暂停", "Too many tries, held back";
    "duties.password_changed" = "修改密码", "Password changed";
    "duties.factor_changed" = "更换动态码", "Second factor changed";
    "duties.sessions_ended" = "结束登录", "Sessions ended";
    "duties.given" = "授予岗位", "Duty given";
    "duties.withdrawn" = "收回岗位", "Duty withdrawn";
    "duties.deputised" = "指定代理", "Deputy appointed";
    "duties.deputy_ended" = "结束代理", "Deputy ended";
    "duties.log_check_asked" = "要求核对办理记录", "Check of the log asked for";
    "duties.log_checked" = "核对办理记录", "Log checked";
    "duties.first_run_done" = "首次启用", "First run done";
}

linli_acts::inventory::submit! {
    linli_acts::StateProof { subject_kind: "staff", page: &store::STAFF_STATES }
}
linli_acts::inventory::submit! {
    linli_acts::StateProof { subject_kind: "log_check", page: &store::CHECK_STATES }
}

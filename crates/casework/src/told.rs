//! What the applicant is told at each step. Nothing more personal than number and item: a notice goes out by SMS.

use linli_acts::Act;
use linli_base::Day;
use linli_db::DbError;
use linli_notices::{Notice, NoticeKind, notice_kind, tell};

use crate::acts::subject;
use crate::store::CaseRow;

notice_kind! {
    FILED = "casework.filed",
        zh: "我们收到了您的{title}申请，编号{number}，{due}前答复是否受理。",
        en: "We have received your application for {title}, number {number}. You will hear by {due} whether it is accepted.";
    ACCEPTED = "casework.accepted",
        zh: "您的{title}（{number}）已受理，最迟{due}办结。",
        en: "Your {title} ({number}) is accepted; it will be done by {due} at the latest.";
    SUPPLEMENT_ASKED = "casework.supplement_asked",
        zh: "您的{title}（{number}）需要补正，请在{due}前改好。需要改什么已一次写清，点开就能改。",
        en: "Something in your {title} ({number}) has to be mended by {due}. All of it is written there.";
    REFUSED = "casework.refused",
        zh: "您的{title}（{number}）没有受理，理由和可以怎么办写在办件里。",
        en: "Your {title} ({number}) was not accepted. The reason and what you can do are in the case.";
    LAPSED = "casework.lapsed",
        zh: "您的{title}（{number}）没有在期限内补正，已按撤回处理。可以再次申请，填过的内容会自动带出。",
        en: "Your {title} ({number}) was not mended in time and counts as withdrawn. You can apply again; what you typed will be there.";
    PAUSED = "casework.paused",
        zh: "您的{title}（{number}）正在进行法定程序，最迟到{due}，这段时间不计入办理期限。",
        en: "A procedure runs in your {title} ({number}) until {due} at the latest; this time does not count.";
    RESUMED = "casework.resumed",
        zh: "您的{title}（{number}）恢复办理，最迟{due}办结。",
        en: "Your {title} ({number}) goes on; it will be done by {due} at the latest.";
    EXTENDED = "casework.extended",
        zh: "您的{title}（{number}）延长了办理期限，最迟{due}办结，理由写在办件里。",
        en: "The time for your {title} ({number}) was lengthened; it will be done by {due}. The reason is in the case.";
    SUPPLEMENT_REMINDER = "casework.supplement_reminder",
        zh: "提醒您：{title}（{number}）还要补正，请在{due}前改好，逾期按撤回处理。",
        en: "A reminder: {title} ({number}) still has to be mended by {due}; after that it counts as withdrawn.";
    LATER_ASKED = "casework.later_asked",
        zh: "您的{title}（{number}）已先受理，还有材料可以后补，请在{due}前补齐。",
        en: "Your {title} ({number}) is accepted already; please bring what is still missing by {due}.";
    LATER_REMINDER = "casework.later_reminder",
        zh: "提醒您：{title}（{number}）后补的材料还没有收到，请在{due}前补齐，补齐后才能领取结果。",
        en: "A reminder: what was to follow for {title} ({number}) has not come; please bring it by {due}. The result waits for it.";
    REROUTED = "casework.rerouted",
        zh: "您的{title}（{number}）已转到另一个机构办理，期限不变，您不用做什么。",
        en: "Your {title} ({number}) was handed on to another office. The time limit stays; you need not do anything.";
    CORRECTED = "casework.corrected",
        zh: "您的{title}（{number}）的决定已更正，请点开查看。",
        en: "The decision on your {title} ({number}) was corrected. Please look.";
    CORRECTION_REJECTED = "casework.correction_rejected",
        zh: "您请求更正的{title}（{number}）没有更正，理由写在办件里。",
        en: "The decision on your {title} ({number}) stays as it is; the reason is in the case.";
    POSTED = "casework.posted",
        zh: "您的{title}（{number}）的结果已寄出，请留意查收。",
        en: "The result of your {title} ({number}) was posted.";
    DECIDED = "casework.decided",
        zh: "您的{title}（{number}）有结果了，请点开查看。欢迎评价。",
        en: "There is a result for your {title} ({number}). Please look, and tell us how we did.";
}

fn send(
    act: &mut Act<'_, '_>,
    kind: &'static NoticeKind,
    case: &CaseRow,
    due: Option<Day>,
) -> Result<(), DbError> {
    let mut notice = Notice::new(kind, case.person, subject(case.id))
        .link(format!("/my/cases/{}", case.id))
        .arg("number", &case.number)
        .arg_both("title", &case.title_zh, &case.title_en);
    if let Some(due) = due {
        notice = notice.arg_both("due", due.zh(), due.en());
    }
    tell(act, &notice).map(|_| ())
}

pub(crate) fn filed(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), DbError> {
    send(act, &FILED, case, Some(case.due))
}

pub(crate) fn accepted(act: &mut Act<'_, '_>, case: &CaseRow, due: Day) -> Result<(), DbError> {
    send(act, &ACCEPTED, case, Some(due))
}

pub(crate) fn supplement_asked(act: &mut Act<'_, '_>, case: &CaseRow, due: Day) -> Result<(), DbError> {
    send(act, &SUPPLEMENT_ASKED, case, Some(due))
}

pub(crate) fn refused(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), DbError> {
    send(act, &REFUSED, case, None)
}

pub(crate) fn lapsed(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), DbError> {
    send(act, &LAPSED, case, None)
}

pub(crate) fn paused(act: &mut Act<'_, '_>, case: &CaseRow, until: Day) -> Result<(), DbError> {
    send(act, &PAUSED, case, Some(until))
}

pub(crate) fn resumed(act: &mut Act<'_, '_>, case: &CaseRow, due: Day) -> Result<(), DbError> {
    send(act, &RESUMED, case, Some(due))
}

pub(crate) fn extended(act: &mut Act<'_, '_>, case: &CaseRow, due: Day) -> Result<(), DbError> {
    send(act, &EXTENDED, case, Some(due))
}

pub(crate) fn decided(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), DbError> {
    send(act, &DECIDED, case, None)
}

pub(crate) fn supplement_reminder(act: &mut Act<'_, '_>, case: &CaseRow, due: Day) -> Result<(), DbError> {
    send(act, &SUPPLEMENT_REMINDER, case, Some(due))
}

pub(crate) fn later_asked(act: &mut Act<'_, '_>, case: &CaseRow, due: Day) -> Result<(), DbError> {
    send(act, &LATER_ASKED, case, Some(due))
}

pub(crate) fn later_reminder(act: &mut Act<'_, '_>, case: &CaseRow, due: Day) -> Result<(), DbError> {
    send(act, &LATER_REMINDER, case, Some(due))
}

pub(crate) fn rerouted(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), DbError> {
    send(act, &REROUTED, case, None)
}

pub(crate) fn corrected(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), DbError> {
    send(act, &CORRECTED, case, None)
}

pub(crate) fn correction_rejected(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), DbError> {
    send(act, &CORRECTION_REJECTED, case, None)
}

pub(crate) fn posted(act: &mut Act<'_, '_>, case: &CaseRow) -> Result<(), DbError> {
    send(act, &POSTED, case, None)
}

//! The old-age allowance from "may I" to the review, and what goes wrong on the way: on both engines, through served forms.

use std::collections::BTreeMap;

use it::{Form, Page, TestHouse, Visitor};
use linli::demo;
use linli_acts::{Act, Actor, check_chain, check_states, seal_once};
use linli_applications::acts::{self as applications, Statements};
use linli_base::docnum::DocumentNumber;
use linli_casework::offers as casework;

use crate::office::sign_in as officer;
use crate::proof::{fact, sign_in};

/// A sound card number, typed with the spaces that stand on it.
const CARD: &str = "6222 0212 3456 7890 128";

/// The form of a page that is sent to an address.
pub fn to(page: &Page, action: &str) -> Form {
    let found = page.forms().into_iter().find(|f| f.action == action);
    found.unwrap_or_else(|| panic!("no form to {action}: {}", page.text()))
}

/// Fills the allowance's pages and sends it; gives the page of the case.
pub async fn apply(v: &mut Visitor) -> Page {
    let page = v.get("/apply/old-age-allowance").await;
    let page = v.submit(&to(&page, "/apply/old-age-allowance")).await;
    let page = v
        .submit(&to(&page, "/apply/old-age-allowance/1").with("bank-card", CARD).with("bank-name", "icbc"))
        .await;
    let page = v.submit(&to(&page, "/apply/old-age-allowance/2")).await;
    let form = to(&page, "/apply/old-age-allowance/check").with("truth", "1").with("declare.account", "1");
    let receipt = v.submit(&form).await;
    v.get(case_of(&receipt)).await
}

/// The address of the case that a receipt is for.
pub fn case_of(receipt: &Page) -> &str {
    receipt.path.strip_suffix("/receipt").unwrap_or_else(|| panic!("no receipt: {}", receipt.text()))
}

pub fn number(page: &Page) -> String {
    fact(page, "编号")
}

/// The officer's page of the case with a number, found in her queue.
pub async fn at_desk(v: &mut Visitor, number: &str) -> Page {
    let queue = v.get("/desk").await;
    let text = queue.text();
    let cell = format!(">{number}</td>");
    let (before, _) =
        text.split_once(&cell).unwrap_or_else(|| panic!("{number} is not in the queue: {text}"));
    let (_, link) = before.rsplit_once("href=\"").unwrap();
    v.get(link.split('"').next().unwrap()).await
}

pub async fn sound(h: &TestHouse) {
    seal_once(&h.house).await.unwrap();
    assert!(check_chain(&h.house).await.unwrap().faults.is_empty());
    let states = check_states(&h.house).await.unwrap();
    assert!(states.faults.is_empty(), "{:?}", states.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_allowance_from_the_question_to_the_review() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = v.get("/apply/old-age-allowance").await;
        assert!(page.says("您符合条件") && page.says("年龄：80，要求不小于 70"), "{}", page.text());
        assert!(page.says("已经有了，不用填") && page.says("440105********"), "{}", page.text());
        let page = v.submit(&to(&page, "/apply/old-age-allowance")).await;
        // A slip is told beside its field and nothing typed is lost.
        let wrong = v
            .submit(&to(&page, "/apply/old-age-allowance/1").with("bank-card", "6222 0212 3456 7890 129"))
            .await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("银行卡号不对") && wrong.says("请选择一项"), "{}", wrong.text());
        assert!(wrong.says("6222 0212 3456 7890 129"), "what was typed stays");
        let form = to(&wrong, "/apply/old-age-allowance/1").with("bank-card", CARD).with("bank-name", "icbc");
        let page = v.submit(&form).await;
        assert_eq!(page.path, "/apply/old-age-allowance/2");
        // She goes away and comes back: it is there.
        let again = v.get("/apply/old-age-allowance/1").await;
        assert_eq!(to(&again, "/apply/old-age-allowance/1").fields["bank-card"], "6222021234567890128");
        // Nobody can skip to the end.
        assert_eq!(v.get("/apply/old-age-allowance/check").await.path, "/apply/old-age-allowance/2");
        let page = v.submit(&to(&page, "/apply/old-age-allowance/2")).await;
        assert_eq!(page.path, "/apply/old-age-allowance/check");
        let form = to(&page, "/apply/old-age-allowance/check");
        let refused = v.submit(&form).await;
        assert_eq!(refused.status, 422);
        assert!(refused.says("请先勾选承诺"));
        // Two clicks make one case.
        let form = form.with("truth", "1").with("declare.account", "1");
        let page = v.submit(&form).await;
        let twice = v.submit(&form).await;
        assert_eq!(page.path, twice.path);
        assert!(page.says("已提交") && page.says("不用您填") && page.says("不用您交"), "{}", page.text());
        let page = v.get(case_of(&page)).await;
        assert!(page.says("提交了申请") && page.says("待受理"), "{}", page.text());
        let number = number(&page);
        let mine = page.path.clone();
        // The same thing cannot be asked for twice.
        assert!(v.get("/apply/old-age-allowance").await.says("这件事正在办"));
        assert!(v.get("/my").await.says("高龄津贴"));

        // A clerk of another street finds nothing and is told nothing.
        let mut other = officer(&h, "clerk-chigang").await;
        assert!(!other.get("/desk").await.says(&number));
        let desk = mine.replace("/my/", "/desk/");
        assert_eq!(other.get(&desk).await.status, 404);

        let mut clerk = officer(&h, "clerk").await;
        let page = at_desk(&mut clerk, &number).await;
        assert!(page.says("梁阿珍") && page.says("6222 0212 3456 7890 128"), "{}", page.text());
        assert!(v.get("/me/looks").await.says("经办人员查看了办件"));
        let accept = to(&page, &format!("{desk}/accept"));
        let page = clerk.submit(&accept).await;
        assert!(page.says("已受理，并告知了申请人"), "{}", page.text());
        // A second click on the old page changes nothing and says so.
        let late = clerk.submit(&accept).await;
        assert_eq!(late.status, 409);
        assert!(late.says("同事刚刚处理过"), "{}", late.text());
        // Ten working days from Tuesday 2026-11-24: the derivation says how.
        assert!(page.says("2026年12月8日") && page.says("共10个工作日"), "{}", page.text());

        // A denial needs a reason; what was chosen stays.
        let form = to(&page, &format!("{desk}/propose")).with("outcome", "denied");
        let wrong = clerk.submit(&form).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("请写明理由"));
        let page = clerk.submit(&form.with("outcome", "granted")).await;
        assert!(page.says("已送审定") && page.says("每月 100 元"), "{}", page.text());
        assert!(!page.says("同意办理意见"), "the clerk decides nothing");

        let mut second = officer(&h, "second").await;
        let page = at_desk(&mut second, &number).await;
        let form = to(&page, &format!("{desk}/decide"));
        let wrong = second.submit(&form.clone().with("back", "1")).await;
        assert_eq!(wrong.status, 422);
        let page = second.submit(&form).await;
        assert!(page.says("已作出决定"), "{}", page.text());

        let page = v.get(&mine).await;
        assert!(page.says("办好了") && page.says("每月 100 元"), "{}", page.text());
        assert!(page.says("按规则为 100 元"), "the amount says where it comes from: {}", page.text());
        h.run_jobs().await;
        assert!(v.get("/me/notices").await.says("有结果了"));
        // A review needs a level, and is given once.
        let review = to(&page, &format!("{mine}/review"));
        assert_eq!(v.submit(&review).await.status, 422);
        let page = v.submit(&review.clone().with("level", "2").with("comment", "等得久了些")).await;
        assert!(page.says("谢谢您的评价") && page.says("不满意"), "{}", page.text());
        assert_eq!(v.submit(&review.with("level", "5")).await.status, 409);
        assert!(at_desk_closed(&mut clerk, &desk).await.says("等得久了些"));
        sound(&h).await;
    }
}

async fn at_desk_closed(v: &mut Visitor, desk: &str) -> Page {
    v.get(desk).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_to_be_mended_is_told_once_and_only_that_is_changed() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = apply(&mut v).await;
        let (number, mine) = (number(&page), page.path.clone());
        let desk = mine.replace("/my/", "/desk/");
        let mut clerk = officer(&h, "clerk").await;
        let page = at_desk(&mut clerk, &number).await;
        let ask = to(&page, &format!("{desk}/supplement"));
        let none = clerk.submit(&ask).await;
        assert_eq!(none.status, 422);
        assert!(none.says("请至少写一项"));
        let page = clerk.submit(&ask.with("point.bank-card", "与社保卡不一致，请核对")).await;
        assert!(page.says("补正告知已发出"), "{}", page.text());

        let page = v.get(&mine).await;
        assert!(page.says("与社保卡不一致，请核对") && page.says("去补正"), "{}", page.text());
        let page = v.get(&format!("{mine}/mend")).await;
        let form = to(&page, &format!("{mine}/mend"));
        assert!(!form.fields.contains_key("bank-name"), "only what was asked can be changed");
        let wrong = v.submit(&form.clone().with("bank-card", "1")).await;
        assert_eq!(wrong.status, 422);
        // A field that was not asked for is not taken, whoever sends it.
        let page =
            v.submit(&form.with("bank-card", "6222 0212 3456 7890 128").with("bank-name", "other")).await;
        assert!(
            page.says("补正已提交") && page.says("中国工商银行") && !page.says("其他银行"),
            "{}",
            page.text()
        );

        // It is not asked twice, unless for new facts.
        let page = at_desk(&mut clerk, &number).await;
        let ask = to(&page, &format!("{desk}/supplement")).with("point.bank-name", "请再核对");
        let twice = clerk.submit(&ask).await;
        assert_eq!(twice.status, 409);
        assert!(twice.says("补正已经告知过一次") && twice.says("请再核对"), "{}", twice.text());
        let page = clerk.submit(&ask.with("new_facts", "银行来电称账户已注销")).await;
        assert!(page.says("补正告知已发出"));
        // She does not mend it in time: it counts as withdrawn, and she is told.
        h.clock.advance_seconds(40 * 86_400);
        h.house.tick().await.unwrap();
        h.run_jobs().await;
        let mut v = sign_in(&h, "梁阿珍").await;
        assert!(v.get(&mine).await.says("已按撤回处理"));
        // What she typed is offered again.
        let page = v.get("/apply/old-age-allowance").await;
        let page = v.submit(&to(&page, "/apply/old-age-allowance")).await;
        assert!(page.says("已经带出您上次填的"), "{}", page.text());
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_answers_in_time_counts_as_accepted_from_its_receipt() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = apply(&mut v).await;
        let mine = page.path.clone();
        h.clock.advance_seconds(9 * 86_400);
        h.house.tick().await.unwrap();
        h.run_jobs().await;
        let page = v.get(&mine).await;
        assert!(page.says("自收到之日起视为受理") && page.says("最迟 2026年12月8日 办结"), "{}", page.text());
        // She takes it back; a second time there is nothing to take back.
        let form = to(&page, &format!("{mine}/withdraw"));
        assert!(v.submit(&form).await.says("您已经撤回这次申请"));
        assert_eq!(v.submit(&form).await.status, 409);
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_tells_the_reason_and_the_way_to_appeal() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = apply(&mut v).await;
        let (number, mine) = (number(&page), page.path.clone());
        let desk = mine.replace("/my/", "/desk/");
        let mut clerk = officer(&h, "clerk").await;
        let page = at_desk(&mut clerk, &number).await;
        let form = to(&page, &format!("{desk}/refuse"));
        assert_eq!(clerk.submit(&form).await.status, 422);
        clerk.submit(&form.with("why", "户籍已迁出本市")).await;
        let page = v.get(&mine).await;
        assert!(page.says("户籍已迁出本市") && page.says("60 天内申请行政复议"), "{}", page.text());
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_stands_still_does_not_count_and_is_lengthened_once() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = apply(&mut v).await;
        let (number, mine) = (number(&page), page.path.clone());
        let desk = mine.replace("/my/", "/desk/");
        let mut clerk = officer(&h, "clerk").await;
        let page = at_desk(&mut clerk, &number).await;
        let page = clerk.submit(&to(&page, &format!("{desk}/accept"))).await;
        let pause = to(&page, &format!("{desk}/pause")).with("kind", "notice").with("pause_why", "公示7天");
        let wrong = clerk.submit(&pause.clone().with("until", "2020-01-01")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("公示7天"), "what was typed stays: {}", wrong.text());
        let page = clerk.submit(&pause.with("until", "2026-12-04")).await;
        assert!(page.says("已暂停计时"), "{}", page.text());
        // From Tuesday on the 24th it stands still on the 25th, 26th, 27th and 30th; on Tuesday the 1st it runs again.
        h.clock.advance_seconds(7 * 86_400);
        let mut clerk = officer(&h, "clerk").await;
        let page = at_desk(&mut clerk, &number).await;
        let page = clerk.submit(&to(&page, &format!("{desk}/resume"))).await;
        assert!(page.says("2026年12月14日"), "four working days later: {}", page.text());
        let mut second = officer(&h, "second").await;
        let page = at_desk(&mut second, &number).await;
        let extend = to(&page, &format!("{desk}/extend")).with("days", "5");
        assert_eq!(second.submit(&extend).await.status, 422);
        let page = second.submit(&extend.with("extend_why", "要向外地核实")).await;
        assert!(page.says("2026年12月21日"), "{}", page.text());
        assert!(page.forms().iter().all(|f| !f.action.ends_with("/extend")), "once only");
        // A longer calendar changes no day that was told: cases keep what was computed.
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_system_files_assigns_resolves_and_looks_up() {
    for h in TestHouse::districts().await {
        let (token, clerk) = token_of(&h, "clerk").await;
        let (stranger, _) = token_of(&h, "clerk-chigang").await;
        let cast = linli_sample::cast();
        let who = cast.iter().find(|c| c.name == "梁阿珍").unwrap();
        let mut v = h.visitor();
        let new = serde_json::json!({
            "item": "senior-card", "document": who.document, "answers": { "delivery": "post" }, "evidence": "窗口签字单 0012",
        });
        let (status, _) = v.api("POST", "/api/v1/applications", &stranger, "k1", &new).await;
        assert_eq!(status, 404, "another street's token knows nobody here");
        let wrong = serde_json::json!({ "item": "senior-card", "document": who.document, "answers": {}, "evidence": "x" });
        let (status, body) = v.api("POST", "/api/v1/applications", &token, "", &wrong).await;
        assert_eq!(status, 422, "{body}");
        assert_eq!(body["fields"][0]["field"], "delivery");
        let (status, first) = v.api("POST", "/api/v1/applications", &token, "k1", &new).await;
        assert_eq!(status, 201, "{first}");
        let (_, again) = v.api("POST", "/api/v1/applications", &token, "k1", &new).await;
        assert_eq!(first["id"], again["id"], "the same key files once");
        let (status, other) = v.api("POST", "/api/v1/applications", &token, "k2", &new).await;
        assert_eq!((status, other["type"].as_str()), (409, Some("/problems/under-way")));
        let id = first["id"].as_str().unwrap();
        let number = first["number"].as_str().unwrap();
        let look = format!("/api/v1/cases/{number}");
        assert_eq!(v.api_get(&look, &stranger).await.0, 404);
        let path = format!("/api/v1/cases/{id}/assign");
        let body = serde_json::json!({ "rev": 1, "to": clerk });
        let (status, case) = v.api("POST", &path, &token, "", &body).await;
        assert_eq!((status, case["state"].as_str()), (200, Some("accepted")), "{case}");
        let (status, _) = v.api("POST", &path, &token, "", &body).await;
        assert_eq!(status, 409, "an old revision changes nothing");
        let body = serde_json::json!({ "rev": case["rev"], "outcome": "granted" });
        let (status, case) = v.api("POST", &format!("/api/v1/cases/{id}/resolve"), &token, "", &body).await;
        assert_eq!(
            (status, case["state"].as_str()),
            (200, Some("decided")),
            "the card has to be posted: {case}"
        );
        let body = serde_json::json!({ "rev": case["rev"], "way": "post", "note": "EM123456789CN" });
        let (status, case) = v.api("POST", &format!("/api/v1/cases/{id}/deliver"), &token, "", &body).await;
        assert_eq!((status, case["state"].as_str()), (200, Some("closed")), "{case}");
        let (status, case) = v.api_get(&look, &token).await;
        assert_eq!((status, case["outcome"].as_str()), (200, Some("granted")));
        assert_eq!(v.api_get(&look, "nonsense").await.0, 401);
        sound(&h).await;
    }
}

/// A bearer token for an officer's first duty, and her id.
async fn token_of(h: &TestHouse, login: &'static str) -> (String, linli_acts::StaffId) {
    let (id, held) = h
        .house
        .read(move |r| {
            let now = r.now();
            let id = linli_duties::offers::staff_by_login(r, login)?.unwrap();
            Ok::<_, linli_db::DbError>((id, linli_duties::offers::held(r, id, now)?))
        })
        .await
        .unwrap();
    let held = held.into_iter().find(|d| d.kind == linli_casework::HANDLER.key).unwrap();
    let (_, token) = h
        .house
        .act(&Actor::system(), move |act| linli_web::session::make_token(act, "窗口系统", &held))
        .await
        .unwrap();
    (token, id)
}

/// An allowance filed by the acts themselves, for somebody of the cast.
pub async fn filed(h: &TestHouse, name: &str) -> casework::CaseId {
    let who = linli_sample::cast().into_iter().find(|c| c.name == name).unwrap();
    let house = h.house.clone();
    let find = move |r: &mut linli_db::Read<'_>| {
        let today = r.now().day();
        let number = DocumentNumber::parse(who.document_kind, &who.document, today).unwrap();
        linli_people::offers::find_by_document(r, house.vault(), &number)
    };
    let applicant = Actor::person(h.house.read(find).await.unwrap().unwrap());
    h.house.act(&applicant, |act| applications::begin(act, "old-age-allowance")).await.unwrap();
    let first = BTreeMap::from([("bank-card", CARD), ("bank-name", "icbc")]);
    for (page, typed) in [first, BTreeMap::new()].into_iter().enumerate() {
        let typed: BTreeMap<String, String> =
            typed.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let save =
            move |act: &mut Act<'_, '_>| applications::save(act, "old-age-allowance", page + 1, &typed);
        h.house.act(&applicant, save).await.unwrap();
    }
    let stated = Statements { truth: true, declared: vec!["account".to_owned()], plan: String::new() };
    let file = move |act: &mut Act<'_, '_>| applications::file(act, "old-age-allowance", &stated, "");
    h.house.act(&applicant, file).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_who_accept_at_once_one_does() {
    for h in TestHouse::districts().await {
        let case = filed(&h, "梁阿珍").await;
        let clerk = h
            .house
            .read(|r| {
                let now = r.now();
                let id = linli_duties::offers::staff_by_login(r, "clerk")?.unwrap();
                Ok::<_, linli_db::DbError>(Actor::staff(id, linli_duties::offers::held(r, id, now)?))
            })
            .await
            .unwrap();
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (house, clerk) = (h.house.clone(), clerk.clone());
            all.spawn(async move { house.act(&clerk, move |act| casework::accept(act, case, 1)).await });
        }
        let mut done = 0;
        while let Some(one) = all.join_next().await {
            match one.unwrap() {
                Ok(()) => done += 1,
                Err(casework::CaseError::Changed | casework::CaseError::State(_)) => {}
                Err(e) => panic!("{e}"),
            }
        }
        assert_eq!(done, 1);
        assert_eq!(h.house.read(move |r| casework::case(r, case)).await.unwrap().rev, 2);
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_decides_what_she_proposed_herself() {
    for h in TestHouse::districts().await {
        // An officer who holds both duties for the street.
        let case = filed(&h, "陈志伟").await;
        let number = h.house.read(move |r| casework::case(r, case)).await.unwrap().number;
        let mut both = officer(&h, "clerk-chigang").await;
        let desk = format!("/desk/cases/{case}");
        let page = at_desk(&mut both, &number).await;
        let page = both.submit(&to(&page, &format!("{desk}/accept"))).await;
        let propose = to(&page, &format!("{desk}/propose")).with("outcome", "granted");
        let page = both.submit(&propose).await;
        assert!(page.says("要由另一位同事审定"), "{}", page.text());
        assert!(page.forms().iter().all(|f| !f.action.ends_with("/decide")));
        // Sent all the same, it is refused.
        let forged = Form { action: format!("{desk}/decide"), ..propose }.with("rev", "3");
        let refused = both.submit(&forged).await;
        assert_eq!(refused.status, 403, "{}", refused.text());
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_year_behind_the_desk_is_lived_in_and_sound() {
    let h = TestHouse::open(linli_db::Engine::Sqlite).await.unwrap();
    demo::fill(&h.house, &h.clock, 2_000).await.unwrap();
    let today = h.house.now().day();
    let value = |key: &'static str| {
        let house = h.house.clone();
        async move {
            let figure = linli_figures::find(key).unwrap();
            house.read(move |r| (figure.value)(r, today)).await.unwrap()
        }
    };
    assert!(value("cases.filed").await > 10);
    let in_time = value("cases.in_time").await;
    assert!((50..100).contains(&in_time), "some were late: {in_time}");
    assert!(value("forms.prefilled_share").await > 50);
    sound(&h).await;
}

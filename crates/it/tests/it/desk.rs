//! The desk: filters, acts on many, co-handling, handing on, what may follow, corrections, handing over; on both engines, through served
//! forms.

use it::{Form, Page, TestHouse, Visitor};
use linli_casework::offers::{self as casework, State};

use crate::cases::{apply, at_desk, case_of, filed, number, sound, to};
use crate::office::sign_in as officer;
use crate::proof::sign_in;

/// Files the senior card for whoever is signed in; the page of the case.
async fn apply_card(v: &mut Visitor) -> Page {
    let page = v.get("/apply/senior-card").await;
    let page = v.submit(&to(&page, "/apply/senior-card")).await;
    let page = v.submit(&to(&page, "/apply/senior-card/1").with("delivery", "post")).await;
    let receipt = v.submit(&to(&page, "/apply/senior-card/check").with("truth", "1")).await;
    v.get(case_of(&receipt)).await
}

/// A senior card from the application to the result in her hands.
pub async fn through(h: &TestHouse, way: &str) {
    // The next code may be asked for after a while only.
    h.clock.advance_seconds(700);
    let mut v = sign_in(h, "梁阿珍").await;
    let page = apply_card(&mut v).await;
    let (no, desk) = (number(&page), page.path.replace("/my/", "/desk/"));
    let mut clerk = officer(h, "clerk").await;
    let page = at_desk(&mut clerk, &no).await;
    let page = clerk.submit(&to(&page, &format!("{desk}/accept"))).await;
    let mut page = clerk.submit(&to(&page, &format!("{desk}/propose")).with("outcome", "granted")).await;
    if way == "post" {
        page = clerk.submit(&to(&page, &format!("{desk}/post")).with("post_note", "EM1234")).await;
    }
    let page =
        clerk.submit(&to(&page, &format!("{desk}/deliver")).with("way", way).with("note", "本人")).await;
    assert!(page.says("办结"), "{}", page.text());
}

/// The ticks of the rows on a page of the queue that carry these numbers.
fn ticks(page: &Page, numbers: &[&str]) -> Vec<String> {
    let text = page.text();
    numbers
        .iter()
        .map(|n| {
            let (before, _) = text.split_once(&format!("勾选 {n}")).unwrap_or_else(|| panic!("{n}: {text}"));
            let (_, value) = before.rsplit_once("value=\"").unwrap();
            value.split('"').next().unwrap().to_owned()
        })
        .collect()
}

/// Sends the bulk form with several ticks: the map of a form holds one value of a name, so the others go in its address' body.
async fn bulk(v: &mut Visitor, page: &Page, ticks: &[String], act: &str, more: &[(&str, &str)]) -> Page {
    let mut form = to(page, "/desk/bulk").with("which", "ticked").with("act", act);
    for (name, value) in more {
        form = form.with(name, value);
    }
    v.submit_many(&form, "tick", ticks).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acts_on_many_have_a_result_each_and_never_fail_whole() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let first = number(&apply(&mut v).await);
        let second = number(&apply_card(&mut v).await);
        let mut clerk = officer(&h, "clerk").await;
        let queue = clerk.get("/desk").await;
        // None ticked is told kindly, and nothing is lost.
        let none = bulk(&mut clerk, &queue, &[], "accept", &[("why", "一起受理")]).await;
        assert_eq!(none.status, 422);
        assert!(none.says("请先勾选要处理的办件") && none.says("一起受理"), "{}", none.text());
        // No act, no colleague: told beside the field.
        let all = ticks(&queue, &[&first, &second]);
        let wrong = bulk(&mut clerk, &queue, &all, "assign", &[]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says(" checked"), "what was ticked stays ticked");
        // Somebody is quicker with one of them: the other is done all the same.
        let mut colleague = officer(&h, "clerk-two").await;
        let page = at_desk(&mut colleague, &first).await;
        let desk = page.path.clone();
        assert!(colleague.submit(&to(&page, &format!("{desk}/accept"))).await.says("已受理"));
        let form_page = clerk.get("/desk").await;
        let result = bulk(&mut clerk, &form_page, &all, "accept", &[]).await;
        assert!(result.says("办成 1 件，没办成 1 件"), "{}", result.text());
        assert!(result.says("这个环节不能这样做"), "{}", result.text());
        // Reminding reaches the colleague who handles it.
        let tick = ticks(&clerk.get("/desk").await, &[&first]);
        let page = clerk.get("/desk").await;
        let result = bulk(&mut clerk, &page, &tick, "remind", &[("why", "申请人来电催问")]).await;
        assert!(result.says("办成 1 件"), "{}", result.text());
        let page = colleague.get("/desk").await;
        assert!(page.says("同事提醒您") && page.says(&first), "{}", page.text());
        let page = colleague.submit(&to(&page, "/desk/reminders")).await;
        assert!(!page.says("同事提醒您"));
        // The same request twice is one bulk.
        let page = clerk.get("/desk").await;
        let tick = ticks(&page, &[&second]);
        let form = to(&page, "/desk/bulk").with("which", "ticked").with("act", "remind");
        let one = clerk.submit_many(&form, "tick", &tick).await;
        let two = clerk.submit_many(&form, "tick", &tick).await;
        assert_eq!(one.path, two.path);
        // Another's bulk is none.
        assert_eq!(colleague.get(&one.path).await.status, 404);
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_find_by_item_light_officer_age_number_and_name_and_are_kept() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let allowance = number(&apply(&mut v).await);
        let card = number(&apply_card(&mut v).await);
        let mut clerk = officer(&h, "clerk").await;
        let found = async |v: &mut Visitor, query: &str| {
            let page = v.get(&format!("/desk?{query}")).await;
            (page.says(&allowance), page.says(&card))
        };
        assert_eq!(found(&mut clerk, "item=senior-card").await, (false, true));
        assert_eq!(found(&mut clerk, "state=submitted&item=old-age-allowance").await, (true, false));
        assert_eq!(found(&mut clerk, "who=nobody").await, (true, true));
        assert_eq!(found(&mut clerk, "who=me").await, (false, false));
        assert_eq!(found(&mut clerk, "days=1").await, (false, false));
        assert_eq!(found(&mut clerk, "light=red").await, (false, false));
        assert_eq!(found(&mut clerk, "light=green").await, (true, true));
        assert_eq!(found(&mut clerk, "place=440105006102").await, (true, true));
        assert_eq!(found(&mut clerk, "place=440105006103").await, (false, false));
        assert_eq!(found(&mut clerk, &format!("q={allowance}")).await, (true, false));
        assert_eq!(found(&mut clerk, &format!("q={}", linli_web::encode("梁阿珍"))).await, (true, true));
        // Part of a name finds nobody: names are kept as digests of the whole.
        assert_eq!(found(&mut clerk, &format!("q={}", linli_web::encode("阿珍"))).await, (false, false));
        // Five days later the light has changed by itself.
        h.clock.advance_seconds(6 * 86_400);
        let mut clerk = officer(&h, "clerk").await;
        assert_eq!(found(&mut clerk, "light=yellow").await, (true, true));
        // A filter is kept and shared; a colleague finds it, another street does not.
        let page = clerk.get("/desk?item=senior-card").await;
        let form = to(&page, "/desk/filters");
        let wrong = clerk.submit(&form.clone()).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("请起个名字"));
        let body = page.text();
        let (_, own) = body.split_once("name=\"shared\"").unwrap();
        let own = own.split("value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
        let page = clerk.submit(&form.with("name", "优待卡").with("shared", &own)).await;
        assert!(page.says("已保存筛选") && page.says("★ 优待卡"), "{}", page.text());
        let mut colleague = officer(&h, "clerk-two").await;
        assert!(colleague.get("/desk").await.says("★ 优待卡"));
        assert!(!officer(&h, "clerk-chigang").await.get("/desk").await.says("★ 优待卡"));
        // The list as a file: neither more nor less than the filter finds, and nothing of the applicant.
        let csv = clerk.get("/desk/export.csv?item=senior-card").await;
        assert!(csv.says(&card) && !csv.says(&allowance) && !csv.says("梁阿珍"), "{}", csv.text());
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_body_answers_with_provenance_and_may_get_the_case() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = apply(&mut v).await;
        let (no, mine) = (number(&page), page.path.clone());
        let desk = mine.replace("/my/", "/desk/");
        let mut clerk = officer(&h, "clerk").await;
        let page = at_desk(&mut clerk, &no).await;
        let page = clerk.submit(&to(&page, &format!("{desk}/accept"))).await;
        let hr = choice(&page, "co_body", "人力资源");
        let ask =
            to(&page, &format!("{desk}/co")).with("co_body", &hr).with("question", "是否已领取同类待遇？");
        let wrong = clerk.submit(&ask.clone()).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("是否已领取同类待遇？"), "what was typed stays");
        let page = clerk.submit(&ask.with("co_due", "2026-12-02")).await;
        assert!(
            page.says("会办已发出") && page.says("会办：") && page.says("还有会办没有答复"),
            "{}",
            page.text()
        );
        // The other body sees the question, not what the applicant told; the applicant sees that it looked.
        let mut other = officer(&h, "clerk-hr").await;
        let tasks = other.get("/desk/tasks").await;
        assert!(tasks.says(&no));
        let href =
            tasks.text().split("href=\"/desk/tasks/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let task = other.get(&format!("/desk/tasks/{href}")).await;
        assert!(
            task.says("是否已领取同类待遇？") && !task.says("6222 0212 3456 7890 128"),
            "{}",
            task.text()
        );
        assert_eq!(other.get(&desk).await.status, 404, "the case itself is the lead's");
        let mut stranger = officer(&h, "clerk-chigang").await;
        assert_eq!(stranger.get(&format!("/desk/tasks/{href}")).await.status, 404);
        let form = to(&task, &format!("/desk/tasks/{href}"));
        assert_eq!(other.submit(&form.clone()).await.status, 422);
        let done = other.submit(&form.clone().with("answer", "经查未领取。")).await;
        assert!(done.says("已答复"));
        assert_eq!(other.submit(&form.with("answer", "再答一次")).await.status, 409);
        let page = clerk.get(&desk).await;
        assert!(page.says("经查未领取。") && page.says("钟会办 答复"), "{}", page.text());
        // Two look at once: each sees the other, nobody is kept out.
        let mut colleague = officer(&h, "clerk-two").await;
        assert!(colleague.get(&desk).await.says("麦经办"), "who is at it is shown");

        // Handed on: the clock goes on, the history says from where and why, and it can be sent back.
        let due = h
            .house
            .read({
                let no = no.clone();
                move |r| by_number(r, &no)
            })
            .await
            .unwrap()
            .due;
        let page = clerk.get(&desk).await;
        let hand_on = to(&page, &format!("{desk}/reroute")).with("route_why", "属于人社部门职责");
        let wrong = clerk.submit(&hand_on.clone()).await;
        assert_eq!(wrong.status, 422);
        let queue = clerk.submit(&hand_on.with("to_body", &hr)).await;
        assert!(queue.says("已转交，期限不变"), "{}", queue.text());
        assert_eq!(clerk.get(&desk).await.status, 404, "another body's now");
        let page = other.get(&desk).await;
        assert!(page.says("属于人社部门职责") && page.says("素社街道"), "{}", page.text());
        let case = h
            .house
            .read({
                let no = no.clone();
                move |r| by_number(r, &no)
            })
            .await
            .unwrap();
        assert_eq!((case.due, case.handler), (due, None));
        let home = to(&page, &format!("{desk}/send-home"));
        let back = other.submit(&home.with("home_why", "按属地由街道办理")).await;
        assert!(back.says("已转交"), "{}", back.text());
        assert!(clerk.get(&desk).await.says("按属地由街道办理"));
        h.run_jobs().await;
        assert!(v.get("/me/notices").await.says("转到另一个机构"));
        sound(&h).await;
    }
}

fn by_number(
    r: &mut linli_db::Read<'_>,
    no: &str,
) -> Result<linli_casework::CaseRow, linli_casework::CaseError> {
    let all = [State::Submitted, State::Accepted, State::Paused, State::Proposed, State::Decided];
    for state in all {
        let far = linli_base::Day::new(2099, 1, 1).unwrap();
        let mut after = linli_casework::search::start();
        loop {
            let found = linli_casework::search::due_by(r, state, far, after, 100)?;
            if let Some(case) = found.iter().find(|c| c.number == no) {
                return Ok(case.clone());
            }
            let Some(last) = found.last() else { break };
            after = (last.due, last.id);
        }
    }
    Err(linli_casework::CaseError::Missing)
}

/// The value of the choice of a list whose words contain these.
fn choice(page: &Page, list: &str, words: &str) -> String {
    let text = page.text();
    let (_, rest) =
        text.split_once(&format!("name=\"{list}\"")).unwrap_or_else(|| panic!("no {list}: {text}"));
    let options = rest.split("</select>").next().unwrap();
    let option =
        options.split("<option").find(|o| o.contains(words)).unwrap_or_else(|| panic!("{words}: {options}"));
    option.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_follow_holds_the_result_back_until_it_is_there() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = apply(&mut v).await;
        let (no, mine) = (number(&page), page.path.clone());
        let desk = mine.replace("/my/", "/desk/");
        let mut clerk = officer(&h, "clerk").await;
        let page = at_desk(&mut clerk, &no).await;
        let form = to(&page, &format!("{desk}/accept-later"));
        assert_eq!(clerk.submit(&form.clone()).await.status, 422);
        let page =
            clerk.submit(&form.with("later.bank-card", "请补社保卡号").with("later_due", "2026-12-10")).await;
        assert!(page.says("并告知申请人后补什么") && page.says("容缺后补"), "{}", page.text());
        // It is a task of hers, with its day.
        assert!(v.get("/my").await.says("请在 2026年12月10日 前补齐材料"));
        let page = clerk.submit(&to(&page, &format!("{desk}/propose")).with("outcome", "granted")).await;
        assert!(page.says("已送审定"));
        let mut second = officer(&h, "second").await;
        let page = second.get(&desk).await;
        second.submit(&to(&page, &format!("{desk}/decide"))).await;
        let page = v.get(&mine).await;
        assert!(page.says("结果有了，补齐材料后就能领取"), "{}", page.text());
        // A reminder before the day, once.
        h.clock.advance_seconds(15 * 86_400);
        h.house.tick().await.unwrap();
        h.run_jobs().await;
        let mut v = sign_in(&h, "梁阿珍").await;
        let notices = v.get("/me/notices").await;
        assert_eq!(notices.text().matches("后补的材料还没有收到").count(), 1, "{}", notices.text());
        // She brings it by the room's own form; the officer looks at it and the result goes out.
        let page = v.get(&format!("{mine}/mend")).await;
        let form = to(&page, &format!("{mine}/mend")).with("bank-card", "6222 0212 3456 7890 128");
        v.submit(&form).await;
        assert!(!v.get("/my").await.says("前补齐材料"));
        let mut clerk = officer(&h, "clerk").await;
        let page = clerk.get(&desk).await;
        let page = clerk.submit(&to(&page, &format!("{desk}/settle-later"))).await;
        assert!(page.says("已确认齐全"), "{}", page.text());
        assert!(v.get(&mine).await.says("办好了"));
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_is_posted_comes_back_is_collected_by_a_proxy_and_a_slip_is_put_right() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = apply_card(&mut v).await;
        let (no, mine) = (number(&page), page.path.clone());
        let desk = mine.replace("/my/", "/desk/");
        let mut clerk = officer(&h, "clerk").await;
        let page = at_desk(&mut clerk, &no).await;
        let page = clerk.submit(&to(&page, &format!("{desk}/accept"))).await;
        let form =
            to(&page, &format!("{desk}/propose")).with("outcome", "granted").with("why", "姓名：梁阿真");
        let page = clerk.submit(&form).await;
        assert!(page.says("已决定") && page.says("最迟送达日"), "{}", page.text());
        let form = to(&page, &format!("{desk}/post"));
        assert_eq!(clerk.submit(&form.clone()).await.status, 422);
        let page = clerk.submit(&form.with("post_note", "EM1234")).await;
        assert!(page.says("已寄出") && page.says("EM1234"), "{}", page.text());
        // On its way it goes where it goes.
        assert!(v.get(&mine).await.forms().iter().all(|f| !f.action.ends_with("/way")));
        let form = to(&page, &format!("{desk}/post")).with("back", "1").with("post_note", "无人签收");
        let page = clerk.submit(&form).await;
        assert!(page.says("邮件被退回"), "{}", page.text());
        let page = v.get(&mine).await;
        let page = v.submit(&to(&page, &format!("{mine}/way")).with("way", "proxy")).await;
        assert!(page.says("已保存领取方式") && page.says("委托他人代领"), "{}", page.text());
        let page = clerk.get(&desk).await;
        let form = to(&page, &format!("{desk}/deliver")).with("way", "proxy");
        assert_eq!(clerk.submit(&form.clone()).await.status, 422, "who collected it has to be named");
        let page = clerk.submit(&form.with("note", "女儿陈小梅，身份证核对")).await;
        assert!(page.says("办结"), "{}", page.text());

        // A slip: asked, refused nothing, put right; the old text stays, superseded.
        let page = v.get(&mine).await;
        let ask = to(&page, &format!("{mine}/correction"));
        assert_eq!(v.submit(&ask.clone()).await.status, 422);
        let page = v.submit(&ask.clone().with("slip", "名字应为梁阿珍")).await;
        assert!(page.says("已收到您的更正请求"), "{}", page.text());
        assert_eq!(v.submit(&ask.with("slip", "再说一次")).await.status, 409, "one at a time");
        let page = clerk.get(&desk).await;
        let form = to(&page, &format!("{desk}/correct"));
        let same = clerk.submit(&form.clone().with("corrected", "姓名：梁阿真")).await;
        assert_eq!(same.status, 422);
        assert!(same.says("更正前后完全一样"), "{}", same.text());
        let page = clerk.submit(&form.with("corrected", "姓名：梁阿珍")).await;
        assert!(page.says("已更正") && page.says("已被更正，不再有效"), "{}", page.text());
        let page = v.get(&mine).await;
        assert!(page.says("姓名：梁阿珍"), "{}", page.text());
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_late_reaches_its_officer_and_its_supervisor_once() {
    for h in TestHouse::districts().await {
        let case = filed(&h, "梁阿珍").await;
        let mut clerk = officer(&h, "clerk").await;
        let desk = format!("/desk/cases/{case}");
        let page = clerk.get(&desk).await;
        clerk.submit(&to(&page, &format!("{desk}/accept"))).await;
        let no = h.house.read(move |r| casework::case(r, case)).await.unwrap().number;
        h.clock.advance_seconds(20 * 86_400);
        for _ in 0..2 {
            h.house.tick().await.unwrap();
            h.run_jobs().await;
            h.clock.advance_seconds(3_700);
        }
        let mut clerk = officer(&h, "clerk").await;
        let page = clerk.get("/desk").await;
        assert_eq!(page.text().matches(&format!("已逾期：{no}")).count(), 1, "{}", page.text());
        let mut supervisor = officer(&h, "supervisor").await;
        let overdue = supervisor.get("/desk/overdue").await;
        assert!(overdue.says(&no), "{}", overdue.text());
        assert_eq!(supervisor.get(&desk).await.status, 403, "a supervisor opens no case");
        let tick = ticks(&overdue, &[&no]);
        let form = to(&overdue, "/desk/bulk").with("why", "请今天办结");
        let none = supervisor.submit(&form.clone()).await;
        assert_eq!(none.status, 422);
        assert!(none.says("请先勾选") && none.says("请今天办结"), "{}", none.text());
        let done = supervisor.submit_many(&form, "tick", &tick).await;
        assert!(done.says("办成 1 件"), "{}", done.text());
        assert!(clerk.get("/desk").await.says("同事提醒您"));
        sound(&h).await;
    }
}

/// A bad review, from the resident to the call and the figures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_review_is_looked_into_mended_called_back_and_counted() {
    for h in TestHouse::districts().await {
        let before = figure(&h, "redress.opened").await;
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = apply_card(&mut v).await;
        let (no, mine) = (number(&page), page.path.clone());
        let desk = mine.replace("/my/", "/desk/");
        let mut clerk = officer(&h, "clerk").await;
        let page = at_desk(&mut clerk, &no).await;
        let form = to(&page, &format!("{desk}/refuse")).with("why", "材料不实");
        clerk.submit(&form).await;
        let page = v.get(&mine).await;
        v.submit(&to(&page, &format!("{mine}/review")).with("level", "1").with("comment", "没有说清楚"))
            .await;
        h.run_jobs().await;
        assert_eq!(figure(&h, "redress.opened").await, before + 1);
        assert!(v.get("/me/notices").await.says("我们看到了"));
        let mut o = officer(&h, "redress").await;
        let list = o.get("/desk/redress").await;
        assert!(list.says(&no), "{}", list.text());
        let text = list.text();
        let (before_no, _) = text.split_once(&no).unwrap();
        let href = before_no.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let page = o.get(&href).await;
        assert!(page.says("没有说清楚"));
        let verify = to(&page, &format!("{href}/verify"));
        assert_eq!(o.submit(&verify.clone()).await.status, 422);
        let page = o.submit(&verify.clone().with("verdict", "valid").with("words", "理由过于简略")).await;
        assert_eq!(o.submit(&verify.with("verdict", "valid").with("words", "x")).await.status, 409);
        let page = o.submit(&to(&page, &format!("{href}/fix")).with("words", "已重新书面说明理由")).await;
        let call = to(&page, &format!("{href}/call"));
        let page = o.submit(&call.clone().with("call", "not_content").with("words", "希望当面解释")).await;
        assert!(page.forms().iter().any(|f| f.action.ends_with("/fix")), "mended again: {}", page.text());
        let page = o.submit(&to(&page, &format!("{href}/fix")).with("words", "已上门解释")).await;
        let page = o
            .submit(&to(&page, &format!("{href}/call")).with("call", "content").with("words", "表示理解"))
            .await;
        let page = o.submit(&to(&page, &format!("{href}/close"))).await;
        assert!(page.says("办结"), "{}", page.text());
        let own = v.get(&href.replace("/desk/", "/my/")).await;
        assert!(own.says("已上门解释") && !own.says("梁回访"), "{}", own.text());
        assert_eq!(sign_in(&h, "陈志伟").await.get(&href.replace("/desk/", "/my/")).await.status, 404);
        sound(&h).await;
    }
}

async fn figure(h: &TestHouse, key: &'static str) -> i64 {
    let today = h.house.now().day();
    let figure = linli_figures::find(key).unwrap();
    h.house.read(move |r| (figure.value)(r, today)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sums_of_days_are_what_the_cases_add_up_to() {
    for h in TestHouse::districts().await {
        let filed_before = figure(&h, "cases.filed").await;
        let mut v = sign_in(&h, "梁阿珍").await;
        apply_card(&mut v).await;
        assert_eq!(figure(&h, "cases.filed").await, filed_before + 1, "today counts at once");
        // Nights pass: the days are added up, and the figure stays what it was.
        let satisfied = figure(&h, "cases.satisfied").await;
        h.clock.advance_seconds(2 * 86_400);
        h.house.tick().await.unwrap();
        h.run_jobs().await;
        assert_eq!(figure(&h, "cases.filed").await, filed_before + 1);
        assert_eq!(figure(&h, "cases.satisfied").await, satisfied);
        sound(&h).await;
        let mut anybody = h.visitor();
        let page = anybody.get("/performance").await;
        assert!(page.says("素社街道"), "{}", page.text());
        let text = page.text();
        let href = text.split("href=\"/performance/").nth(1).map(|x| x.split('"').next().unwrap().to_owned());
        if let Some(href) = href {
            let rows = anybody.get(&format!("/performance/{href}")).await;
            assert_eq!(rows.status, 200);
            assert!(!rows.says("梁阿珍"));
        }
        // A sum that somebody changes is told.
        let wrong = h.house.act(&linli_acts::Actor::system(), |act| act.run(&WRONG, ())).await.unwrap();
        assert_eq!(wrong, 1);
        let states = linli_acts::check_states(&h.house).await.unwrap();
        assert!(!states.faults.is_empty());
    }
}

linli_db::sql! {
    WRONG: () = "UPDATE case_days SET filed = filed + 1 WHERE body = 0 AND day = (SELECT max(day) FROM case_days)";
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_and_a_phone_tell_how_it_stands_and_nothing_more() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "梁阿珍").await;
        let no = number(&apply(&mut v).await);
        let mut anybody = h.visitor();
        let page = anybody.get("/track").await;
        let form = to(&page, "/track").with("number", &no);
        assert_eq!(anybody.submit(&form.clone().with("phone", "12")).await.status, 422);
        let found = anybody.submit(&form.clone().with("phone", "0001")).await;
        assert!(found.says("待受理") && found.says("前答复是否受理"), "{}", found.text());
        assert!(!found.says("高龄津贴") && !found.says("梁阿珍"), "{}", found.text());
        // A wrong phone looks like a wrong number.
        let wrong_phone = anybody.submit(&form.clone().with("phone", "0002")).await;
        let wrong_number =
            anybody.submit(&form.clone().with("number", "20261124-999999").with("phone", "0002")).await;
        assert_eq!((wrong_phone.status, wrong_number.status), (404, 404));
        assert!(wrong_phone.says("没有查到") && wrong_number.says("没有查到"));
        assert!(v.get("/me/looks").await.says("凭编号和手机号查询了进度"));
        for _ in 0..10 {
            anybody.submit(&form.clone().with("phone", "0009")).await;
        }
        let stopped = anybody.submit(&form.with("phone", "0001")).await;
        assert_eq!(stopped.status, 429, "even the right one: {}", stopped.text());
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn family_acts_for_her_in_what_she_allows_until_either_ends_it() {
    for h in TestHouse::districts().await {
        let mut mother = sign_in(&h, "梁阿珍").await;
        let page = mother.get("/me/standing").await;
        let offer = to(&page, "/me/standing").with("scope", "items").with("until", "2026-12-31");
        assert_eq!(mother.submit(&offer.clone()).await.status, 422, "some items have to be named");
        let page = mother.submit(&offer.with("items", "senior-card")).await;
        let text = page.text();
        let code = text.split("class=\"num\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert_eq!(code.len(), 11);
        let page = mother.submit(&to(&page, "/me/standing/accept").with("code", &code)).await;
        assert_eq!(page.status, 422, "her own code is for another");

        let mut son = sign_in(&h, "陈志伟").await;
        let page = son.get("/me/standing").await;
        let accept = to(&page, "/me/standing/accept");
        assert_eq!(son.submit(&accept.clone().with("code", "AAAAA BBBBB")).await.status, 422);
        let page = son.submit(&accept.clone().with("code", &code.to_lowercase())).await;
        assert!(page.says("已接受") && page.says("梁阿珍"), "{}", page.text());
        assert_eq!(son.submit(&accept.with("code", &code)).await.status, 422, "a code is good once");
        let begin = page.forms().into_iter().find(|f| f.action.ends_with("/begin")).unwrap();
        let page = son.submit(&begin).await;
        assert!(page.says("您正在为梁阿珍办理"), "{}", page.text());
        // Her allowance is none of his, the card is; his own pages stay his own.
        assert_eq!(son.get("/apply/old-age-allowance").await.status, 404);
        assert!(son.get("/me").await.says("陈志伟"));
        let page = apply_card(&mut son).await;
        assert!(page.says("提交了申请"), "{}", page.text());
        let mine = page.path.clone();
        assert!(mother.get(&mine).await.says("待受理"), "it is hers");
        assert!(mother.get("/me/looks").await.says("亲友"), "and she sees that he did it");
        // A case of another item is not shown to him.
        let allowance = apply(&mut mother).await.path;
        assert_eq!(son.get(&allowance).await.status, 404);
        assert!(!son.get("/my").await.says("高龄津贴"));
        // She ends it: with his next click he is himself.
        let page = mother.get("/me/standing").await;
        let end = page
            .forms()
            .into_iter()
            .find(|f| f.action.ends_with("/end") && f.action != "/me/standing/end")
            .unwrap();
        assert!(mother.submit(&end).await.says("已结束"));
        assert_eq!(son.get(&mine).await.status, 404);
        assert!(!son.get("/my").await.says("您正在为"));
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_on_paper_counts_from_the_day_it_came() {
    for h in TestHouse::districts().await {
        let who = linli_sample::cast().into_iter().find(|c| c.name == "梁阿珍").unwrap();
        let mut clerk = officer(&h, "clerk").await;
        let page = clerk.get("/desk/people").await;
        let find = page.forms().into_iter().find(|f| f.fields.contains_key("number")).unwrap();
        let page = clerk
            .submit(
                &find
                    .with("kind", who.document_kind.word())
                    .with("number", &who.document)
                    .with("purpose", "application"),
            )
            .await;
        let open = page.forms().into_iter().find(|f| f.action.ends_with("/open"));
        let page = clerk.submit(&open.unwrap_or_else(|| panic!("{}", page.text()))).await;
        let help = page.forms().into_iter().find(|f| f.action.ends_with("/help"));
        let help = help.unwrap_or_else(|| panic!("{}", page.text()));
        clerk.submit(&help.with("channel", "paper").with("evidence", "纸质申请表 0007 签名")).await;
        let page = clerk.get("/apply/senior-card").await;
        let page = clerk.submit(&to(&page, "/apply/senior-card")).await;
        let page = clerk.submit(&to(&page, "/apply/senior-card/1").with("delivery", "post")).await;
        let send = to(&page, "/apply/senior-card/check").with("truth", "1");
        let wrong = clerk.submit(&send.clone()).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("请填写收到的日期"), "{}", wrong.text());
        assert_eq!(
            clerk.submit(&send.clone().with("received", "2026-11-25")).await.status,
            422,
            "not in the future"
        );
        let receipt = clerk.submit(&send.with("received", "2026-11-20")).await;
        let page = clerk.get(case_of(&receipt)).await;
        let no = number(&page);
        clerk.submit(&Form { action: "/desk/people/done-helping".to_owned(), ..to_hidden(&page) }).await;
        let page = at_desk(&mut clerk, &no).await;
        assert!(page.says("纸质申请录入") && page.says("2026年11月20日"), "{}", page.text());
        // Five working days from Friday the 20th end on Friday the 27th.
        assert!(page.says("2026年11月27日"), "{}", page.text());
        sound(&h).await;
    }
}

/// A form that carries only what every form of the session does.
fn to_hidden(page: &Page) -> Form {
    let mut form = page.forms().into_iter().next().unwrap();
    form.fields.retain(|k, _| k == "csrf");
    form
}

/// A co-handling body that does not answer: reminded before and after its day, the lead told, both supervisors told, urged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_answer_of_another_body_reaches_the_lead_and_the_supervisor_once() {
    for h in TestHouse::districts().await {
        let case = filed(&h, "梁阿珍").await;
        let mut clerk = officer(&h, "clerk").await;
        let desk = format!("/desk/cases/{case}");
        let page = clerk.get(&desk).await;
        let page = clerk.submit(&to(&page, &format!("{desk}/accept"))).await;
        let no = h.house.read(move |r| casework::case(r, case)).await.unwrap().number;
        let hr = choice(&page, "co_body", "人力资源");
        let form = to(&page, &format!("{desk}/co")).with("co_body", &hr).with("question", "是否已领取？");
        let page = clerk.submit(&form.with("co_due", "2026-12-01")).await;
        assert!(page.says("是否已领取？"), "{}", page.text());
        let turn = async || {
            for _ in 0..2 {
                h.house.tick().await.unwrap();
                h.run_jobs().await;
                h.clock.advance_seconds(3_700);
            }
        };
        // The body that was asked hears of its day before it has passed; nobody else does.
        h.clock.advance_seconds(6 * 86_400);
        turn().await;
        let mut hr = officer(&h, "clerk-hr").await;
        let page = hr.get("/desk").await;
        assert_eq!(page.text().matches(&format!("会办临近到期：{no}")).count(), 1, "{}", page.text());
        assert!(page.says("/desk/tasks/"));
        assert!(!officer(&h, "clerk").await.get("/desk").await.says("会办机构逾期"));
        // A working day late: the lead too. It is not escalated yet.
        h.clock.advance_seconds(2 * 86_400);
        turn().await;
        let mut hr = officer(&h, "clerk-hr").await;
        let page = hr.get("/desk").await;
        assert_eq!(page.text().matches(&format!("会办已逾期：{no}")).count(), 1, "{}", page.text());
        let mut clerk = officer(&h, "clerk").await;
        let page = clerk.get("/desk").await;
        assert_eq!(page.text().matches(&format!("会办机构逾期未答复：{no}")).count(), 1, "{}", page.text());
        let mut supervisor = officer(&h, "supervisor").await;
        let page = supervisor.get("/desk").await;
        assert!(!page.says("会办机构逾期报督办"), "{}", page.text());
        // Later still: the supervisor, once; it stands on her list with its days and can be urged.
        h.clock.advance_seconds(2 * 86_400);
        turn().await;
        let mut supervisor = officer(&h, "supervisor").await;
        let page = supervisor.get("/desk").await;
        assert_eq!(page.text().matches(&format!("会办机构逾期报督办：{no}")).count(), 1, "{}", page.text());
        let page = supervisor.get("/desk/overdue").await;
        let (_, list) = page.text().split_once("逾期的会办").map(|(a, b)| (a.len(), b.to_owned())).unwrap();
        assert!(list.contains(&no) && list.contains("人力资源") && list.contains("素社街道"), "{list}");
        let urge = page.forms().into_iter().find(|f| f.action.starts_with("/desk/overdue/tasks/")).unwrap();
        assert!(supervisor.submit(&urge.clone()).await.says("已督办"));
        let mut hr = officer(&h, "clerk-hr").await;
        let page = hr.get("/desk").await;
        assert_eq!(page.text().matches(&format!("同事提醒您：{no}")).count(), 1, "{}", page.text());
        // She answers: it is gone from every list, and nobody can urge it any more.
        let page = hr.get(&urge.action.replace("overdue/", "")).await;
        let answer = to(&page, &page.path).with("answer", "经查未领取。");
        assert!(hr.submit(&answer).await.says("已答复"));
        assert!(!supervisor.get("/desk/overdue").await.says("逾期的会办"));
        assert_eq!(supervisor.submit(&urge).await.status, 404);
        let mut hr = officer(&h, "clerk-hr").await;
        // A form of a test sends one value of a name; there are three to be seen.
        for _ in 0..3 {
            let page = hr.get("/desk").await;
            hr.submit(&to(&page, "/desk/reminders")).await;
        }
        let page = hr.get("/desk").await;
        assert!(
            !page.says("会办已逾期") && !page.says("同事提醒您"),
            "what was seen is gone: {}",
            page.text()
        );
        sound(&h).await;
    }
}

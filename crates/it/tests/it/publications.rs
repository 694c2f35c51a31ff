//! Public documents through the served pages: written by one, approved by another, read, objected to, answered, revised, withdrawn.

use it::{Page, TestHouse, Visitor};
use linli_acts::check_states;

use crate::{office, proof};

const TITLE: &str = "拟在江海街道设置便民早餐点的公示";
const WORDS: &str = "早餐点离地铁口太近，早高峰会堵住盲道，请往北移二十米。";

fn form(page: &Page, end: &str) -> it::Form {
    let found = page.forms().into_iter().find(|f| f.action.ends_with(end));
    found.unwrap_or_else(|| panic!("no form {end} on {}: {}", page.path, page.text()))
}

/// A draft of the education bureau, by the sample's writer; the path of its page on the desk.
async fn draft(v: &mut Visitor, kind: &str, title: &str) -> Page {
    let page = v.get("/desk/publications/new").await;
    let body = page.text().split("value=\"").skip(1).map(str::to_owned).find_map(|rest| {
        let (value, after) = rest.split_once('"')?;
        after.split('<').next()?.contains("教育局").then(|| value.to_owned())
    });
    let filled = form(&page, "/desk/publications")
        .with("body", &body.unwrap())
        .with("kind", kind)
        .with("topic", "education")
        .with("place", "440105000000")
        .with("title_zh", title)
        .with("text_zh", "# 一、地点\n地铁口东侧。\n# 二、时间\n六时半到九时。");
    let page = v.submit(&filled).await;
    assert!(page.says(title) && page.path.starts_with("/desk/publications/"), "{}", page.text());
    page
}

pub async fn published(h: &TestHouse, kind: &str, title: &str) -> (Visitor, Visitor, String) {
    let mut writer = office::sign_in(h, "publisher").await;
    let page = draft(&mut writer, kind, title).await;
    let desk = page.path.clone();
    writer.submit(&form(&page, "/propose")).await;
    let mut approver = office::sign_in(h, "approver").await;
    let page = approver.get(&desk).await;
    let page = approver.submit(&form(&page, "/approve")).await;
    assert!(page.says("已公开"), "{}", page.text());
    (writer, approver, desk)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_publishes_what_she_wrote_alone() {
    for h in TestHouse::districts().await {
        let mut writer = office::sign_in(&h, "publisher").await;
        let page = writer.get("/desk/publications/new").await;
        let empty = writer.submit(&form(&page, "/desk/publications").with("title_en", "Only English")).await;
        assert_eq!(empty.status, 422);
        assert!(
            empty.says("请选择一项") && empty.says("请填写这一项") && empty.says("Only English"),
            "{}",
            empty.text()
        );
        let page = draft(&mut writer, "notice", TITLE).await;
        let desk = page.path.clone();
        let public = desk.replace("/desk", "");
        let mut v = h.visitor();
        assert_eq!(v.get(&public).await.status, 404, "a draft is nobody's");
        let page = writer.submit(&form(&page, "/propose")).await;
        assert!(page.says("待审批") && !page.says("/approve"));
        let mut approver = office::sign_in(&h, "approver").await;
        let page = approver.get(&desk).await;
        let back = approver.submit(&form(&page, "/send-back").with("why", "")).await;
        assert_eq!(back.status, 422);
        let back = approver.submit(&form(&page, "/send-back").with("why", "写明面积")).await;
        assert!(back.says("写明面积"));
        let page = writer.get(&format!("{desk}/write")).await;
        let page = writer.submit(&form(&page, "/write").with("text_zh", "面积二十平方米。")).await;
        writer.submit(&form(&page, "/propose")).await;
        let page = approver.get(&desk).await;
        let page = approver.submit(&form(&page, "/approve")).await;
        assert!(page.says("已公开"), "{}", page.text());
        let page = v.get(&public).await;
        assert!(page.says(TITLE) && page.says("面积二十平方米") && page.says("提出异议"), "{}", page.text());
        // Found by words of the text, by topic, by feed and by API, and not by other words.
        assert!(v.get("/publications?q=%E4%BA%8C%E5%8D%81%E5%B9%B3%E6%96%B9").await.says(TITLE));
        assert!(!v.get("/publications?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E5%8F%A5").await.says(TITLE));
        assert!(!v.get("/publications?topic=health").await.says(TITLE));
        for feed in ["/publications/feed.atom?topic=education", "/publications/feed.json"] {
            assert!(v.get(feed).await.says(TITLE), "{feed}");
        }
        let (status, list) = v.api_get("/api/v1/publications?kind=notice", "").await;
        assert_eq!((status, list["documents"][0]["title"]["zh"].as_str()), (200, Some(TITLE)));
        assert_eq!(v.api_get("/api/v1/publications?kind=nothing", "").await.0, 400);
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objections_are_taken_in_time_and_answered_to_whoever_sent_them() {
    for h in TestHouse::districts().await {
        let (mut writer, _, desk) = published(&h, "notice", TITLE).await;
        let public = desk.replace("/desk", "");
        let object = format!("{public}/object");
        let mut v = h.visitor();
        let page = v.get(&object).await;
        let bad = v.submit(&form(&page, "/object").with("words", WORDS).with("phone", "123")).await;
        assert_eq!(bad.status, 422);
        assert!(bad.says("11 位手机号") && bad.says(WORDS), "{}", bad.text());
        let filled =
            form(&page, "/object").with("words", WORDS).with("name", "过路人").with("phone", "13900139000");
        let taken = v.submit(&filled).await;
        let text = taken.text();
        let code = text.split("id=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        // A flood of one phone ends.
        for _ in 0..2 {
            assert_eq!(v.submit(&filled).await.status, 200);
        }
        assert_eq!(v.submit(&filled).await.status, 429);
        // A resident in her own name.
        let mut resident = proof::sign_in(&h, "陈志伟").await;
        let page = resident.get(&object).await;
        assert!(!page.says("name=\"phone\""));
        let mine = resident.submit(&form(&page, "/object").with("words", WORDS)).await;
        assert!(mine.path.starts_with("/my/objections/") && mine.says("待答复"), "{}", mine.text());
        let mut stranger = proof::sign_in(&h, "黄慧敏").await;
        assert_eq!(stranger.get(&mine.path).await.status, 404);
        // The desk answers both; she is told, and the visitor reads it with her code.
        for _ in 0..4 {
            let list = writer.get("/desk/objections").await;
            let text = list.text();
            let Some(id) = text.split("/desk/objections/").nth(1) else { break };
            let path = format!("/desk/objections/{}", id.split('"').next().unwrap());
            let page = writer.get(&path).await;
            assert!(!page.says("陈志伟"));
            let bad = writer.submit(&form(&page, "/answer").with("answer", "采纳。")).await;
            assert_eq!(bad.status, 422);
            let answer =
                form(&page, "/answer").with("finding", "upheld").with("answer", "采纳。早餐点北移二十米。");
            writer.submit(&answer).await;
        }
        h.run_jobs().await;
        assert!(resident.get("/me/notices").await.says("有了答复"));
        assert!(resident.get(&mine.path).await.says("北移二十米"));
        assert!(resident.get("/me/looks").await.says("看了您的异议"));
        let page = v.get("/publications/objection").await;
        assert_eq!(v.submit(&form(&page, "/objection").with("code", "wrong")).await.status, 422);
        let answered = v.submit(&form(&page, "/objection").with("code", &code)).await;
        assert!(answered.says("北移二十米"), "{}", answered.text());
        // After the last day nobody objects.
        let page = v.get(&object).await;
        h.clock.advance_days(30);
        assert_eq!(v.submit(&form(&page, "/object").with("words", WORDS)).await.status, 409);
        assert!(v.get(&public).await.says("期限已过"));
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_day_follows_the_rule_of_the_kind() {
    let Some(h) = TestHouse::districts().await.into_iter().next() else { return };
    let until = |page: &Page| {
        let text = page.text();
        let rest = text.split("异议截止").nth(1).map(str::to_owned);
        rest.and_then(|r| r.split("2026-").nth(1).map(|d| d.chars().take(5).collect::<String>()))
    };
    let (_, _, desk) = published(&h, "notice", "第一份").await;
    let mut v = h.visitor();
    let first = until(&v.get(&desk.replace("/desk", "")).await);
    assert_eq!(first.as_deref(), Some("12-01"), "five working days from Tuesday 24 November");
    let mut keeper = office::sign_in(&h, "rules").await;
    let page = keeper.get("/office/rules/publications.objection_days_notice").await;
    let filled = page.forms().into_iter().find(|f| f.fields.contains_key("value")).unwrap();
    let filled = filled.with("value", "7").with("source", "本区规定").with("certainty", "checked");
    let proposal = keeper.submit(&filled).await;
    crate::rules::approve(&h, &proposal).await;
    let (_, _, desk) = published(&h, "notice", "第二份").await;
    let second = until(&v.get(&desk.replace("/desk", "")).await);
    let (_, _, plan) = published(&h, "plan", "第三份").await;
    assert!(until(&v.get(&plan.replace("/desk", "")).await).is_none(), "a plan takes none");
    assert_eq!(second.as_deref(), Some("12-03"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_a_body_and_a_topic_is_told_once() {
    for h in TestHouse::districts().await {
        h.run_jobs().await;
        let mut resident = proof::sign_in(&h, "陈志伟").await;
        let page = resident.get("/me/subscriptions").await;
        let topic = page.forms().into_iter().find(|f| f.fields.contains_key("topic")).unwrap();
        resident.submit(&topic.with("topic", "education")).await;
        let (mut writer, mut approver, desk) = published(&h, "announcement", "开学第一天的安排").await;
        h.run_jobs().await;
        let count = |page: Page| page.text().matches("《开学第一天的安排》").count();
        assert_eq!(count(resident.get("/me/notices").await), 1);
        // And the body as well: from its page.
        let public = desk.replace("/desk", "");
        let page = resident.get(&public).await;
        resident.submit(&form(&page, "/me/subscriptions")).await;
        published(&h, "announcement", "第二天的安排").await;
        h.run_jobs().await;
        let page = resident.get("/me/notices").await;
        assert_eq!(page.text().matches("《第二天的安排》").count(), 1, "{}", page.text());
        // A second version tells nobody again, shows what changed, and keeps the first to be read.
        let page = writer.get(&desk).await;
        let page = writer.submit(&form(&page, "/revise")).await;
        let write =
            form(&page, "/write").with("text_zh", "# 一、地点\n地铁口西侧。\n# 二、时间\n六时半到九时。");
        assert_eq!(writer.submit(&write).await.status, 422, "what changed has to be told");
        let page = writer.submit(&write.with("what_changed", "东侧施工，改到西侧。")).await;
        writer.submit(&form(&page, "/propose")).await;
        let page = approver.get(&desk).await;
        assert!(page.says("<del>地铁口东侧。</del>") && page.says("<ins>地铁口西侧。</ins>"));
        approver.submit(&form(&page, "/approve")).await;
        h.run_jobs().await;
        assert_eq!(count(resident.get("/me/notices").await), 1);
        let mut v = h.visitor();
        assert!(v.get(&public).await.says("西侧") && v.get(&public).await.says("东侧施工，改到西侧。"));
        assert!(v.get(&format!("{public}/versions/1")).await.says("地铁口东侧。"));
        assert!(v.get(&format!("{public}/print")).await.says("西侧"));
        // Withdrawn: the reason stays, the text is gone everywhere.
        let page = approver.get(&desk).await;
        approver.submit(&form(&page, "/withdraw").with("why", "日期有误，另行公布")).await;
        let page = v.get(&public).await;
        assert!(page.says("日期有误") && !page.says("西侧"), "{}", page.text());
        assert!(!v.get("/publications").await.says("开学第一天的安排"));
        assert_eq!(v.get(&format!("{public}/versions/1")).await.status, 404);
        let (_, one) = v.api_get(&format!("/api/v1{public}"), "").await;
        assert_eq!((one["state"].as_str(), one["text"].is_null()), (Some("withdrawn"), true));
        // Erased with the rest of hers.
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

/// What the desk of one body holds is nowhere for an officer of another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_bodys_desk_is_no_desk() {
    let Some(h) = TestHouse::districts().await.into_iter().next() else { return };
    let mut writer = office::sign_in(&h, "publisher").await;
    let page = draft(&mut writer, "plan", "别人写的").await;
    let (street, place) = ("S440105006000", "440105006000");
    h.house
        .act(&linli_acts::Actor::system(), move |act| {
            let body = linli_duties::offers::body_by_code(act, street)?.unwrap().id;
            let clerk = linli_duties::offers::staff_by_login(act, "clerk")?.unwrap();
            let place = place.parse().unwrap();
            linli_duties::offers::deliver_duty(act, &linli_publications::PUBLISHER, body, place, clerk)
        })
        .await
        .unwrap();
    let mut clerk = office::sign_in(&h, "clerk").await;
    assert_eq!(clerk.get(&page.path).await.status, 404);
    let list = clerk.get("/desk/publications").await;
    assert!(list.status == 200 && !list.says("别人写的"));
    // And she publishes nothing for a place that is not hers.
    let page = clerk.get("/desk/publications/new").await;
    // She chooses among what is hers: her street first, then its communities by name, no code to be known.
    let text = page.text();
    let places = text.split("name=\"place\"").nth(1).unwrap().split("</select>").next().unwrap();
    assert!(
        places.contains("value=\"440105006000\"") && places.contains("value=\"440105006102\""),
        "{places}"
    );
    assert!(places.contains("街道 ") && !places.contains("440105000000"), "{places}");
    let filled = form(&page, "/desk/publications")
        .with("kind", "plan")
        .with("topic", "community")
        .with("place", "440105000000")
        .with("title_zh", "全区")
        .with("text_zh", "全区");
    let refused = clerk.submit(&filled).await;
    assert!(refused.status == 422 && refused.says("您的岗位不管这个地区"), "{}", refused.text());
}

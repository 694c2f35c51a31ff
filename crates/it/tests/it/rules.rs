//! Rules, the working calendar and the texts of notices: proposed by one, approved by another, in the browser without script, and what
//! follows from it.

use it::{Form, Page, TestHouse, Visitor};
use linli_acts::check_states;
use linli_base::Day;

fn form_to(page: &Page, action: &str) -> Form {
    let found = page.forms().into_iter().find(|f| f.action == action);
    found.unwrap_or_else(|| panic!("no form to {action}: {}", page.text()))
}

async fn due(h: &TestHouse, start: &str) -> Day {
    let start: Day = start.parse().unwrap();
    h.house.read(linli_rules::calendar).await.unwrap().due(start, 3).due
}

async fn keeper() -> Vec<(TestHouse, Visitor)> {
    let mut out = Vec::new();
    for h in TestHouse::districts().await {
        let v = crate::office::sign_in(&h, "rules").await;
        out.push((h, v));
    }
    out
}

/// A colleague approves what was proposed: `page` is its page.
pub async fn approve(h: &TestHouse, page: &Page) -> Page {
    assert!(page.path.starts_with("/office/proposals/"), "{}: {}", page.path, page.text());
    let mut chief = crate::office::sign_in(h, "rules-chief").await;
    let page = chief.get(&page.path).await;
    let page = chief.submit(&form_to(&page, &page.path.clone()).with("decision", "approve")).await;
    assert!(page.says("已批准"), "{}", page.text());
    page
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_changes_what_is_done_from_its_day_on() {
    for (h, mut v) in keeper().await {
        let address = "/office/rules/wallet.insurance_valid_days";
        let page = v.get(address).await;
        assert!(page.says("可填 1 到 366"), "{}", page.text());
        let form = form_to(&page, address).with("value", "0").with("source", "本区通知第1号");
        let wrong = v.submit(&form).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("请填范围内的整数") && wrong.says("本区通知第1号"), "what was typed stays");
        let proposal = v.submit(&form.with("value", "10")).await;
        // What she proposed she does not decide, and until then nothing changes.
        assert!(!proposal.says("value=\"approve\"") && proposal.says("value=\"take-back\""));
        let forged = form_to(&proposal, &proposal.path).with("decision", "approve");
        assert_eq!(v.submit(&forged).await.status, 403);
        assert!(!v.get("/rules").await.says("本区通知第1号"));
        approve(&h, &proposal).await;
        let page = v.get(address).await;
        assert!(page.says("现行") && page.says("何规则"), "{}", page.text());
        // One that begins next week is not yet what holds.
        let next = h.house.now().day().plus_days(7).to_string();
        let later = form_to(&page, address).with("value", "90").with("from", &next).with("source", "第2号");
        approve(&h, &v.submit(&later).await).await;
        assert!(v.get(address).await.says("将生效"));
        let mut resident = crate::proof::sign_in(&h, "陈志伟").await;
        let page = crate::proof::ask_for_proof(&mut resident).await;
        let until = h.house.now().day().plus_days(10).zh();
        assert_eq!(crate::proof::fact(&page, "有效期至"), until);
        assert!(resident.get("/rules").await.says("本区通知第1号"), "everybody reads the source");
        // Refused with a reason; taken back by whoever proposed it.
        let page = v.get(address).await;
        let third = v.submit(&form_to(&page, address).with("value", "30").with("source", "第3号")).await;
        let mut chief = crate::office::sign_in(&h, "rules-chief").await;
        let page = chief.get(&third.path).await;
        let refuse = form_to(&page, &third.path).with("decision", "refuse");
        assert_eq!(chief.submit(&refuse).await.status, 422);
        assert!(chief.submit(&refuse.with("why", "依据不足")).await.says("依据不足"));
        let page = v.get(address).await;
        let fourth = v.submit(&form_to(&page, address).with("value", "31").with("source", "第4号")).await;
        let back = form_to(&fourth, &fourth.path).with("decision", "take-back");
        assert!(v.submit(&back).await.says("已撤回"));
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_off_moves_a_limit_and_taken_out_moves_it_back() {
    for (h, mut v) in keeper().await {
        // Monday; three working days end on Thursday.
        let (monday, thursday) = ("2027-03-01", "2027-03-04");
        assert_eq!(due(&h, monday).await.to_string(), thursday);
        let page = v.get("/office/calendar").await;
        let form = form_to(&page, "/office/calendar")
            .with("kind", "working")
            .with("from", "2027-03-03")
            .with("zh", "试验日")
            .with("source", "样例通知");
        let wrong = v.submit(&form).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.says("必须是周六或周日") && wrong.says("试验日"), "what was typed stays");
        let proposal = v.submit(&form.with("kind", "holiday")).await;
        // The preview names limits that would move: five working days from Monday the first.
        assert!(
            proposal.says("2027-03-01 收到、5 个工作日：原来 2027-03-08，改后 2027-03-09"),
            "{}",
            proposal.text()
        );
        assert!(v.get("/office/calendar/2027").await.says("3？"), "proposed days are marked in the year");
        assert_eq!(due(&h, monday).await.to_string(), thursday, "not before it is approved");
        approve(&h, &proposal).await;
        assert!(v.get("/office/calendar/2027").await.says("3○"));
        assert_eq!(due(&h, monday).await.to_string(), "2027-03-05");
        let page = v.get("/office/calendar").await;
        assert!(page.says("试验日"), "{}", page.text());
        let remove = page.forms().into_iter().find(|f| f.action.ends_with("/remove")).unwrap();
        approve(&h, &v.submit(&remove).await).await;
        assert!(!v.get("/office/calendar").await.says("试验日"), "the newest year stood first");
        assert_eq!(due(&h, monday).await.to_string(), thursday);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_says_what_was_approved_from_its_day_on() {
    for (h, mut v) in keeper().await {
        h.run_jobs().await;
        let address = "/office/notice-texts/publications.published";
        assert!(v.get("/office/notice-texts").await.says("publications.published"));
        let page = v.get(address).await;
        let form = form_to(&page, address).with("en", "New: “{title}”.");
        let wrong = v.submit(&form.clone().with("zh", "您订阅的有新文件。").with("do", "propose")).await;
        assert!(wrong.status == 422 && wrong.says("占位符与原来的不一致"), "{}", wrong.text());
        let new = form.with("zh", "有新文件《{title}》，请看。");
        let seen = v.submit(&new.clone().with("do", "preview")).await;
        assert!(seen.says("有新文件《高龄津贴》，请看。") && seen.says("条短信计"), "{}", seen.text());
        let proposal = v.submit(&new.with("do", "propose").with("why", "短一些")).await;
        assert!(proposal.says("有新文件《高龄津贴》，请看。") && proposal.says("您订阅的内容有新文件"));
        approve(&h, &proposal).await;
        assert!(v.get(address).await.says("随程序带来"));
        let mut resident = crate::proof::sign_in(&h, "陈志伟").await;
        let page = resident.get("/me/subscriptions").await;
        let topic = page.forms().into_iter().find(|f| f.fields.contains_key("topic")).unwrap();
        resident.submit(&topic.with("topic", "education")).await;
        crate::publications::published(&h, "announcement", "开学通知").await;
        h.run_jobs().await;
        assert!(resident.get("/me/notices").await.says("有新文件《开学通知》，请看。"));
    }
}

/// What goes out as a table comes in again: unchanged it proposes nothing, changed it proposes what is other, wrong it names the line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_go_out_and_come_in_as_proposals() {
    let Some((_, mut v)) = keeper().await.into_iter().next() else { return };
    for (out, way, changed) in [
        ("/office/rules/export", "/office/rules/import", ("\"value\": \"5\"", "\"value\": \"6\"")),
        ("/office/notice-texts/export", "/office/notice-texts/import", ("有新文件", "又有新文件")),
        (
            "/office/calendar/export",
            "/office/calendar/import",
            ("\"from\": \"2026-01-01\"", "\"from\": \"2025-12-31\""),
        ),
    ] {
        let json = v.get(&format!("{out}?as=json")).await;
        assert_eq!(json.status, 200, "{out}");
        for kind in ["csv", "xlsx"] {
            let file = v.get(&format!("{out}?as={kind}")).await;
            let page = v.upload(way, &file.body).await;
            assert!(page.says("已提出 0 条修改"), "{out} {kind}: {}", page.text());
        }
        let text = json.text();
        assert!(text.contains(changed.0), "{out}: {text}");
        let page = v.upload(way, text.replacen(changed.0, changed.1, 1).as_bytes()).await;
        assert!(page.says("已提出 1 条修改"), "{out}: {}", page.text());
        let page = v.upload(way, b"key,value\nx,y\n").await;
        assert_eq!(page.status, 422, "{out}");
    }
    assert!(v.get("/office/proposals").await.status == 200);
}

//! Rules and the working calendar, changed in the browser without script, and what follows from it.

use it::{Form, Page, TestHouse, Visitor};
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
        let page = v.submit(&form.with("value", "10")).await;
        assert!(page.says("已保存") && page.says("何规则"), "{}", page.text());
        // One that begins next week is not yet what holds.
        let next = h.house.now().day().plus_days(7).to_string();
        let later = form_to(&page, address).with("value", "90").with("from", &next).with("source", "第2号");
        assert!(v.submit(&later).await.says("已保存"));
        let mut resident = crate::proof::sign_in(&h, "陈志伟").await;
        let page = crate::proof::ask_for_proof(&mut resident).await;
        let until = h.house.now().day().plus_days(10).zh();
        assert_eq!(crate::proof::fact(&page, "有效期至"), until);
        assert!(resident.get("/rules").await.says("本区通知第1号"), "everybody reads the source");
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
        let page = v.submit(&form.with("kind", "holiday")).await;
        assert!(page.says("试验日"), "{}", page.text());
        assert_eq!(due(&h, monday).await.to_string(), "2027-03-05");
        let remove = page.forms().into_iter().find(|f| f.action.ends_with("/remove")).unwrap();
        assert!(!v.submit(&remove).await.says("试验日"), "the newest year stands first");
        assert_eq!(due(&h, monday).await.to_string(), thursday);
    }
}

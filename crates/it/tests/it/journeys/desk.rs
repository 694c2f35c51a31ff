//! The clerk's morning: what came in is accepted together, a colleague gets her share, another body is asked and answers. And the same
//! queue by keyboard alone.

use it::Served;
use it::browser::{Tab, View};

use super::{officer, sign_in};
use crate::cases::filed;

/// Files the senior card by the pages.
fn card(t: &mut Tab) -> String {
    t.open("/apply/senior-card");
    if t.path().contains("sign-in") {
        sign_in(t, "梁阿珍");
    }
    t.follow(|t| t.click("main form .act"));
    t.click("input[name=delivery]");
    t.follow(|t| t.click("main form .act"));
    t.click("input[name=truth]");
    t.follow(|t| t.click("main form .act"));
    t.path()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clerks_morning() {
    for v in View::FOUR {
        let Some(h) = Served::district().await else { return };
        let allowance = filed(&h, "梁阿珍").await;
        let mut t = h.tab(v);
        card(&mut t);
        let mut c = h.tab(v);
        officer(&h, &mut c, "clerk");
        c.open("/desk?state=submitted");
        c.sound();
        // None ticked: told kindly.
        c.click("#bulk summary");
        c.click("input[name=act][value=accept]");
        c.follow(|c| c.click("#bulk .act"));
        assert_eq!(c.status(), 422);
        c.expect(v.say("请先勾选要处理的办件", "Please tick the cases first"));
        c.sound();
        // All that the filter finds, those of the sample's last morning with them.
        c.click("input[name=which][value=all]");
        c.click("input[name=act][value=accept]");
        c.follow(|c| c.click("#bulk .act"));
        c.expect(v.say("没办成 0 件", "0 not done"));
        c.sound();
        // A colleague gets the card.
        c.open("/desk?item=senior-card&state=accepted");
        c.sound();
        c.click("input[name=tick]");
        c.click("#bulk summary");
        c.click("input[name=act][value=assign]");
        let two = c.value(
            "[...document.querySelectorAll('select[name=to] option')].find(o => /卢二办/.test(o.text)).value",
        );
        c.choose("to", two.as_str().unwrap());
        c.follow(|c| c.click("#bulk .act"));
        c.expect(v.say("办成 1 件", "1 done"));
        // The filter is kept, and found again.
        c.open("/desk?who=nobody");
        c.fill("name", v.say("没人办的", "nobody's"));
        c.follow(|c| c.click("form[action='/desk/filters'] .act"));
        c.expect(v.say("已保存筛选", "The filter is kept"));
        c.sound();
        // Another body is asked.
        let desk = format!("/desk/cases/{allowance}");
        c.open(&desk);
        c.sound();
        c.click_words(v.say("请其他机构会办…", "Ask another body…"));
        let hr = c.value("[...document.querySelectorAll('select[name=co_body] option')].find(o => /人力资源|Human/.test(o.text)).value");
        c.choose("co_body", hr.as_str().unwrap());
        c.fill("question", v.say("是否已领取同类待遇？", "Does she draw the like already?"));
        c.value("document.querySelector('[name=co_due]').value = '2026-12-02'");
        c.follow(|c| c.click("form[action$='/co'] .act"));
        c.expect(v.say("会办已发出", "The body was asked"));
        c.sound();
        let mut o = h.tab(v);
        officer(&h, &mut o, "clerk-hr");
        o.follow(|o| o.click(".rail a[href='/desk/tasks']"));
        o.sound();
        o.follow(|o| o.click(".rows a"));
        o.expect(v.say("是否已领取同类待遇？", "Does she draw the like already?"));
        o.sound();
        o.fill("answer", v.say("经查未领取。", "She does not."));
        o.follow(|o| o.click("form .act"));
        o.expect(v.say("已答复", "Answered"));
        o.sound();
        c.open(&desk);
        c.expect(v.say("经查未领取。", "She does not."));
        c.expect("钟会办");
        c.sound();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clerks_morning_by_keyboard_alone() {
    // With script the desk's own keys, without it the Tab key.
    for v in View::FOUR {
        let Some(h) = Served::district().await else { return };
        filed(&h, "梁阿珍").await;
        let mut c = h.tab(v);
        officer(&h, &mut c, "clerk");
        c.open("/desk?item=old-age-allowance&state=submitted");
        c.focus_in_order();
        if v.script {
            c.value("document.activeElement.blur()");
            c.press("j");
            c.press("x");
            c.press("b");
        } else {
            c.tab_to("input[name=tick]");
            c.press("Space");
            c.tab_to("#bulk summary");
        }
        assert!(c.has("input[name=tick]:checked"));
        c.press("Enter");
        c.tab_to("input[name=act]");
        c.press("Space");
        c.tab_to("#bulk .act");
        c.follow(|c| c.press("Enter"));
        c.expect(v.say("办成 1 件，没办成 0 件", "1 done, 0 not done"));
        c.sound();
        c.tab_to("td a");
        c.follow(|c| c.press("Enter"));
        c.expect(v.say("提出办理意见", "Propose"));
        c.focus_in_order();
        c.tab_to("input[name=outcome]");
        c.press("Space");
        c.tab_to("form[action$='/propose'] .act");
        c.follow(|c| c.press("Enter"));
        c.expect(v.say("已送审定", "Sent to be decided"));
    }
}

//! A son acts for his mother: she makes a code, he types it in, applies for her, she ends it.

use it::Served;
use it::browser::View;

use super::sign_in;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_son_acts_for_his_mother() {
    for v in View::FOUR {
        let Some(h) = Served::district().await else { return };
        let mut m = h.tab(v);
        m.open("/me/standing");
        sign_in(&mut m, "梁阿珍");
        m.open("/me/standing");
        m.sound();
        m.click("input[name=scope][value=all]");
        m.value("document.querySelector('[name=until]').value = '2026-12-31'");
        m.follow(|m| m.click("form[action='/me/standing'] .act"));
        m.sound();
        let code = m.value("document.querySelector('.promise .num').innerText").as_str().unwrap().to_owned();
        let mut s = h.tab(v);
        s.open("/me/standing");
        sign_in(&mut s, "陈志伟");
        s.open("/me/standing");
        s.fill("code", &code);
        s.follow(|s| s.press("Enter"));
        s.expect("梁阿珍");
        s.sound();
        s.follow(|s| s.click("form[action$='/begin'] .act"));
        s.expect(v.say("您正在为梁阿珍办理", "You act for 梁阿珍"));
        s.sound();
        s.open("/apply/senior-card");
        s.follow(|s| s.click("main form .act"));
        s.click("input[name=delivery]");
        s.follow(|s| s.click("main form .act"));
        s.click("input[name=truth]");
        s.follow(|s| s.click("main form .act"));
        s.expect(v.say("已提交", "Sent"));
        s.sound();
        m.open("/my");
        m.expect(v.say("老年人优待卡", "Senior"));
        m.sound();
        m.open("/me/standing");
        m.follow(|m| m.click("form[action$='/end'] .act"));
        m.sound();
        s.open("/my");
        assert!(!s.says(v.say("您正在为", "You act for")));
    }
}

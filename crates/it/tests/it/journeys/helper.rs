//! Help at the counter and at the door: the officer finds the resident, records her consent, applies in her name, and is done; the
//! resident sees all of it.

use it::Served;
use it::browser::View;

use super::{cast, officer, sign_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_allowance_with_help_at_the_door() {
    for (i, v) in View::FOUR.into_iter().enumerate() {
        let Some(h) = Served::district().await else { return };
        let who = cast("梁阿珍");
        let mut c = h.tab(v);
        officer(&h, &mut c, "clerk");
        c.open("/desk/people");
        c.sound();
        c.fill("number", &who.document);
        c.choose("purpose", "application");
        c.follow(|c| c.press("Enter"));
        c.follow(|c| c.click_words(v.say("打开资料", "Open record")));
        c.sound();
        // Without a word of how she consented nothing begins.
        let place = if i % 2 == 0 { "door" } else { "counter" };
        c.click(&format!("input[name=channel][value={place}]"));
        c.follow(|c| c.click("form[action$='/help'] .act"));
        assert_eq!(c.status(), 422);
        c.sound();
        c.click(&format!("input[name=channel][value={place}]"));
        c.fill(
            "evidence",
            v.say("上门当面口头同意，居委会何姐在场", "spoken consent at her door, a witness was there"),
        );
        c.follow(|c| c.click("form[action$='/help'] .act"));
        c.expect(v.say("现在您在代本人办理", "You are acting for this person now"));
        c.sound();
        c.open("/apply/old-age-allowance");
        c.expect(v.say("您符合条件", "You meet the conditions"));
        c.sound();
        c.follow(|c| c.click("main form .act"));
        c.fill("bank-card", "6222 0212 3456 7890 128");
        c.click("input[name=bank-name]");
        c.follow(|c| c.click("main form .act"));
        c.follow(|c| c.click("main form .act"));
        c.click("input[name='declare.account']");
        c.click("input[name=truth]");
        c.follow(|c| c.click("main form .act"));
        c.expect(v.say("已提交", "Sent"));
        c.sound();
        let mine = c.path().trim_end_matches("/receipt").to_owned();
        c.open("/me");
        c.follow(|c| c.click("form[action='/desk/people/done-helping'] .act"));
        c.expect(v.say("已结束代办", "Done acting"));
        // She finds it, knows who applied, and by which consent.
        let mut t = h.tab(v);
        t.open("/my");
        sign_in(&mut t, who.name);
        t.open(&mine);
        t.expect(v.say("待受理", "waiting for acceptance"));
        t.sound();
        t.open("/me/consents");
        t.expect(v.say("请工作人员代为办理", "An officer acts for you"));
        t.sound();
        t.open("/me/looks");
        t.expect(v.say("提交了申请", "Application handed in"));
        t.sound();
        // And the officer acts for nobody any more.
        c.open("/my");
        assert!(c.path().contains("sign-in"), "{}", c.path());
    }
}

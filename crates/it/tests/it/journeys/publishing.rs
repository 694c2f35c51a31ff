//! A public notice in a real browser: an officer writes it, another approves it, a visitor reads and objects, the officer answers, the
//! visitor reads the answer with her code.

use it::Served;
use it::browser::View;

use super::officer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_from_draft_to_the_answer_of_an_objection() {
    for v in View::FOUR {
        let Some(h) = Served::district().await else { return };
        let mut w = h.tab(v);
        officer(&h, &mut w, "publisher");
        w.open("/desk/publications/new");
        w.sound();
        // The empty form first: every slip is told at once.
        w.follow(|w| w.click("main form .act"));
        assert_eq!(w.status(), 422);
        w.sound();
        w.click("input[name=kind][value=notice]");
        w.choose("topic", "community");
        w.fill("title_zh", "拟设置社区快递柜的公示");
        w.fill("title_en", "Parcel boxes that are to be set up");
        w.fill("text_zh", "拟在小区北门设置快递柜两组，不占消防通道。");
        w.fill("text_en", "Two parcel boxes at the north gate; the fire lane stays free.");
        w.follow(|w| w.click("main form .act"));
        w.expect(v.say("草稿", "Draft"));
        w.sound();
        let desk = w.path();
        w.follow(|w| w.click_words(v.say("提交审批", "Propose")));
        w.expect(v.say("待审批", "To be approved"));

        let mut a = h.tab(v);
        officer(&h, &mut a, "approver");
        a.open(&desk);
        a.sound();
        a.follow(|a| a.click_words(v.say("批准并公开", "Approve and publish")));
        a.expect(v.say("已公开", "Published"));

        let mut r = h.tab(v);
        r.open("/publications");
        r.sound();
        r.click("input[name=q]");
        r.type_text("快递柜");
        r.follow(|r| r.press("Enter"));
        r.follow(|r| r.click(".rows a"));
        r.expect(v.say("北门", "north gate"));
        r.sound();
        r.follow(|r| r.click_words(v.say("提出异议", "Object")));
        r.sound();
        r.follow(|r| r.click("main form .act"));
        assert_eq!(r.status(), 422);
        r.sound();
        r.fill("words", "北门晚上人多，快递柜会挡住轮椅坡道，请移到西侧。");
        r.fill("name", "林过路");
        r.fill("phone", "13900139000");
        r.follow(|r| r.click("main form .act"));
        r.expect(v.say("已收到您的异议", "We have your objection"));
        r.sound();
        let code = r.value("document.getElementById('code').innerText");
        let code = code.as_str().unwrap().trim().to_owned();

        w.open("/desk/objections");
        w.sound();
        w.follow(|w| w.click("tbody tr:last-child a"));
        w.expect("林过路");
        w.sound();
        w.click("input[name=finding][value=upheld]");
        w.fill("answer", "采纳。快递柜移到北门西侧，坡道保持畅通。");
        w.follow(|w| w.click("main form .act"));
        w.expect(v.say("已答复", "Answered"));

        r.open("/publications/objection");
        r.sound();
        r.fill("code", &code);
        r.follow(|r| r.click("main form .act"));
        r.expect("坡道保持畅通");
        r.sound();
    }
}

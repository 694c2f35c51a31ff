//! What the house knows of a person: who looked, and the end of it.

use it::Served;
use it::browser::View;

use super::{ask, cast, find_proof, officer, shown_code, sign_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_opens_a_record_and_the_resident_sees_it() {
    let Some(h) = Served::district().await else { return };
    let who = cast("陈志伟");
    for v in View::FOUR {
        h.clock.advance_seconds(600);
        let mut o = h.tab(v);
        officer(&h, &mut o, "registrar");
        o.follow(|o| o.click(".rail a[href='/desk/people']"));
        o.sound();
        // A slip in the number is told beside the field, and what was typed stays.
        o.fill("number", "440105198803148170");
        o.follow(|o| o.press("Enter"));
        assert_eq!(o.status(), 422);
        o.expect(v.say("号码和最后一位对不上", "The last character does not fit"));
        assert_eq!(o.value("document.querySelector('#number').value"), "440105198803148170");
        o.sound();
        o.fill("number", &who.document);
        o.choose("purpose", "visit");
        o.follow(|o| o.press("Enter"));
        o.expect("陈**");
        o.sound();
        o.follow(|o| o.click_words(v.say("打开资料", "Open record")));
        o.expect(v.say("自动关闭", "Closes by itself"));
        o.sound();
        let mut t = h.tab(v);
        t.open("/me");
        sign_in(&mut t, who.name);
        t.follow(|t| t.click("main a[href='/me/looks']"));
        t.expect(v.say("上门服务", "for a visit"));
        t.expect(v.say("赤岗", "Chigang"));
        t.sound();
        // She says that her name is misspelt; the officer looks, does not agree, and she reads why.
        t.follow(|t| t.click(".tabs a[href='/me']"));
        t.follow(|t| t.click("main a[href='/me/corrections/name/new']"));
        t.fill("value", "陈志威");
        t.fill("reason", "登记时写错了字");
        t.follow(|t| t.click_words(v.say("提交", "Send")));
        t.expect(v.say("已收到", "Received"));
        t.sound();
        o.follow(|o| o.click(".rail a[href='/desk/corrections']"));
        o.sound();
        o.follow(|o| o.click_words(v.say("查看", "Look")));
        o.expect("陈志威");
        o.sound();
        o.fill("answer", "户口簿上就是这个字");
        o.follow(|o| o.click("form.card button"));
        o.sound();
        t.open("/me/corrections");
        t.expect("户口簿上就是这个字");
        t.sound();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_has_her_data_erased() {
    let Some(h) = Served::district().await else { return };
    for (v, name) in View::FOUR.into_iter().zip(["陈志伟", "黄慧敏", "欧阳少芬", "梁阿珍"]) {
        let mut t = h.tab(v);
        find_proof(&mut t, v, name);
        ask(&mut t, v);
        t.follow(|t| t.click(".tabs a[href='/me']"));
        t.expect(name);
        t.sound();
        h.clock.advance_seconds(600);
        t.follow(|t| t.click("main a[href='/me/erase']"));
        t.expect(v.say("马上删除", "Erased at once"));
        t.expect(v.say("依法保留", "Kept by law"));
        t.sound();
        t.follow(|t| t.click_words(v.say("我要删除", "Erase my data: send me a code")));
        let code = shown_code(&mut t);
        let wrong = if code == "000000" { "111111" } else { "000000" };
        t.fill("code", wrong);
        t.follow(|t| t.press("Enter"));
        assert_eq!(t.status(), 422);
        t.expect(v.say("验证码不对", "That is not the code"));
        t.sound();
        t.fill("code", &code);
        t.follow(|t| t.press("Enter"));
        t.expect(v.say("您的资料已删除", "Your data are erased"));
        t.sound();
        // Nobody is signed in any more, and the number is a stranger's.
        t.open("/me");
        assert!(t.path().starts_with("/sign-in"), "{}", t.path());
        h.clock.advance_seconds(600);
        t.fill("phone", cast(name).phone);
        t.follow(|t| t.press("Enter"));
        let code = shown_code(&mut t);
        t.fill("code", &code);
        t.follow(|t| t.press("Enter"));
        t.expect(v.say("登记您的身份", "Tell us who you are"));
        t.sound();
    }
}

//! The old-age allowance in a real browser: she applies, a clerk asks her to mend, accepts and proposes, a second officer decides,
//! she reviews.

use it::Served;
use it::browser::View;

use super::{officer, sign_in};

const CARD: &str = "6222 0212 3456 7890 128";

/// Works without a mouse where `keys`.
fn apply(t: &mut it::browser::Tab, v: View, keys: bool) {
    t.open("/");
    t.click("input[type=search]");
    t.type_text(v.say("高龄", "old-age"));
    t.follow(|t| t.press("Enter"));
    t.follow(|t| t.click(".rows a"));
    t.expect(v.say("高龄津贴", "Old-age allowance"));
    t.sound();
    t.follow(|t| t.click_words(v.say("开始办理", "Begin")));
    sign_in(t, "梁阿珍");
    t.expect(v.say("您符合条件", "You meet the conditions"));
    t.sound();
    t.follow(|t| t.click("main form .act"));
    // The empty page first: both slips are told at once.
    t.follow(|t| t.click("main form .act"));
    assert_eq!(t.status(), 422);
    t.expect(v.say("请填写银行卡号", "Please give the number of the card"));
    t.sound();
    if keys {
        t.focus_in_order();
        t.tab_to("[name=bank-card]");
        t.type_text(CARD);
        t.tab_to("[name=bank-name]");
        t.press(" ");
        t.follow(|t| t.press("Enter"));
    } else {
        t.fill("bank-card", CARD);
        t.click("input[name=bank-name]");
        t.follow(|t| t.click("main form .act"));
    }
    t.sound();
    t.follow(|t| t.click("main form .act"));
    t.expect(v.say("提交前核对", "Check before you send"));
    t.sound();
    t.click("input[name='declare.account']");
    t.click("input[name=truth]");
    t.follow(|t| t.click("main form .act"));
    t.expect(v.say("不用您填", "did not have to type"));
    t.sound();
    t.follow(|t| t.click("main .acts .act"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_allowance_from_search_to_review() {
    for (i, v) in View::FOUR.into_iter().enumerate() {
        // Each view begins with an untouched district: one person has one allowance.
        let Some(h) = Served::district().await else { return };
        let mut t = h.tab(v);
        apply(&mut t, v, i % 2 == 1);
        let mine = t.path();
        let desk = mine.replace("/my/", "/desk/");

        let mut c = h.tab(v);
        officer(&h, &mut c, "clerk");
        c.open("/desk");
        c.sound();
        c.open(&desk);
        c.sound();
        c.click_words(v.say("需要补正…", "Something has to be mended…"));
        c.fill("point.bank-card", v.say("与社保卡不一致", "not as on the card"));
        c.follow(|c| c.click_words(v.say("发出补正告知", "Tell the applicant")));
        c.expect(v.say("补正告知已发出", "told what to mend"));
        c.sound();

        t.open(&mine);
        t.expect(v.say("与社保卡不一致", "not as on the card"));
        t.sound();
        t.follow(|t| t.click_words(v.say("去补正", "Mend it")));
        t.sound();
        t.fill("bank-card", CARD);
        t.follow(|t| t.click("main form .act"));
        t.expect(v.say("补正已提交", "Sent"));

        c.open(&desk);
        c.follow(|c| c.click("form[action$='/accept'] .act"));
        c.expect(v.say("已受理，并告知了申请人", "Accepted, and the applicant was told"));
        c.sound();
        c.click("input[name=outcome]");
        c.follow(|c| c.click("form[action$='/propose'] .act"));
        c.expect(v.say("等待另一位同事审定", "Waiting for a second colleague"));
        c.sound();

        let mut s = h.tab(v);
        officer(&h, &mut s, "second");
        s.open(&desk);
        s.sound();
        s.follow(|s| s.click("form[action$='/decide'] .act"));
        s.expect(v.say("已作出决定", "Decided, and the applicant was told"));
        s.sound();

        t.open(&mine);
        t.expect(v.say("每月 100 元", "100 yuan a month"));
        t.sound();
        t.click("input[name=level]");
        t.fill("comment", v.say("不用跑，真好", "no need to go anywhere"));
        t.follow(|t| t.click("form[action$='/review'] .act"));
        t.expect(v.say("谢谢您的评价", "Thank you for the review"));
        t.sound();
        t.open("/my");
        t.sound();
    }
}

//! A material in a real browser: an editor adds one that must be handed in at a counter, another officer approves, and the guide, the
//! report of visits and the letter's page say 97.

use it::Served;
use it::browser::View;

use super::officer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_material_more_and_98_become_97() {
    for v in View::FOUR {
        let Some(h) = Served::district().await else { return };
        let mut r = h.tab(v);
        r.open("/letter");
        r.expect("98");

        let mut w = h.tab(v);
        officer(&h, &mut w, "editor");
        w.open("/office/catalogue");
        w.sound();
        w.fill("q", "失业保险金申领");
        w.follow(|w| w.press("Enter"));
        w.follow(|w| w.click("tbody tr:first-child a"));
        w.sound();
        w.follow(|w| w.click_words(v.say("起草新版本", "Begin a new version")));
        w.expect(v.say("没有改动", "Nothing changed"));
        w.sound();
        let item = w.path();
        w.follow(|w| w.click_words(v.say("申请材料", "Materials")));
        w.sound();
        w.follow(|w| w.click_words(v.say("加一份材料", "Add a material")));
        w.sound();
        // The empty form first: every slip is told beside its input.
        w.follow(|w| w.click("main form .act:not(.quiet)"));
        assert_eq!(w.status(), 422);
        w.sound();
        w.fill("name.zh", "解除劳动关系证明原件");
        w.fill("name.en", "Original of the notice");
        w.fill("key", "notice-original");
        w.choose("ways.add", "original-counter");
        w.follow(|w| w.click_words(v.say("加上这种方式", "Add this way")));
        w.expect(v.say("还没有保存", "Not saved yet"));
        w.sound();
        w.follow(|w| w.click("main form .act:not(.quiet)"));
        w.expect(v.say("已保存到草稿", "Saved in the draft"));
        w.open(&item);
        w.expect("98 → 97");
        w.sound();
        w.fill("note", "审计要求收原件。");
        w.follow(|w| w.click_words(v.say("提交审批", "Propose")));
        assert_eq!(w.status(), 422, "more visits are meant, or not proposed");
        assert_eq!(w.value("document.querySelector('[name=note]').value"), "审计要求收原件。");
        w.sound();
        w.click("input[name=more]");
        w.follow(|w| w.click_words(v.say("提交审批", "Propose")));
        w.expect(v.say("待审批", "To be approved"));

        let mut a = h.tab(v);
        officer(&h, &mut a, "items-chief");
        a.open("/office/catalogue?show=proposed");
        a.sound();
        a.open(&item);
        a.expect("98 → 97");
        a.sound();
        a.follow(|a| a.click_words(v.say("批准，马上生效", "Approve, live at once")));
        a.expect(v.say("居民现在就能看到", "residents see it now"));
        a.sound();
        let key = item.rsplit('/').next().unwrap().to_owned();
        a.open(&format!("{item}/versions/2"));
        a.sound();

        r.open(&format!("/services/{key}"));
        r.expect(v.say("解除劳动关系证明原件", "Original of the notice"));
        r.sound();
        r.open("/letter");
        r.expect("97");
        a.open("/office/items?department=RS");
        a.expect("97");
    }
}

//! Journeys in a real browser: with and without script, on a phone and on a desk, in Chinese and English. How one is written
//! stands in CONTRIBUTING.md.

use it::Served;
use it::browser::{Tab, View};
use linli::demo;
use linli_documents::verify;

linli_db::sql! {
    ROOTS: (Vec<u8>,) = "SELECT certificate FROM seal_authorities ORDER BY id LIMIT 10";
}

/// A small district that is served.
async fn district() -> Option<Served> {
    let h = Served::open().await?;
    demo::fill(&h.house, &h.clock, 300).await.unwrap();
    Some(h)
}

fn cast(name: &str) -> linli_sample::Cast {
    linli_sample::cast().into_iter().find(|c| c.name == name).unwrap()
}

/// The six digits on the page that shows a code.
fn shown_code(t: &mut Tab) -> String {
    t.value("document.querySelector('.promise .num')?.innerText ?? ''").as_str().unwrap().trim().to_owned()
}

/// From the page that asks for a phone to the page behind it.
fn sign_in(t: &mut Tab, name: &str) {
    let who = cast(name);
    t.sound();
    t.fill("phone", who.phone);
    t.follow(|t| t.press("Enter"));
    t.sound();
    let code = shown_code(t);
    t.fill("code", &code);
    t.follow(|t| t.press("Enter"));
    if t.has("[name=document]") {
        t.sound();
        t.fill("document", &who.document);
        t.follow(|t| t.press("Enter"));
    }
}

/// From home through the search to the page of the proof.
fn find_proof(t: &mut Tab, v: View, name: &str) {
    t.open("/");
    t.sound();
    t.click("input[type=search]");
    t.type_text(v.say("参保证明", "insurance proof"));
    t.follow(|t| t.press("Enter"));
    t.sound();
    t.follow(|t| t.click(".rows a"));
    t.expect(v.say("个人参保证明", "insurance"));
    t.sound();
    t.follow(|t| t.click_words(v.say("开始办理", "Begin")));
    sign_in(t, name);
    t.expect(v.say("不用填表，不用交材料，马上就好", "Nothing to type, nothing to hand in"));
    t.sound();
}

/// Ticks the consent and sends.
fn ask(t: &mut Tab, v: View) {
    t.click("input[name=consent]");
    t.follow(|t| t.click_words(v.say("同意并开具", "Agree and issue")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_from_search_to_check() {
    let Some(h) = district().await else { return };
    let roots: Vec<Vec<u8>> =
        h.house.read(|r| r.all(&ROOTS, ())).await.unwrap().into_iter().map(|(c,)| c).collect();
    for (v, name) in View::FOUR.into_iter().zip(["陈志伟", "黄慧敏", "欧阳少芬", "梁阿珍"]) {
        let mut t = h.tab(v);
        find_proof(&mut t, v, name);
        // Without consent nothing is asked; she is told beside the box.
        t.follow(|t| t.click_words(v.say("同意并开具", "Agree and issue")));
        assert_eq!(t.status(), 422);
        t.expect(v.say("请先勾选同意", "Please tick your consent first"));
        t.sound();
        ask(&mut t, v);
        t.expect(v.say("已盖章出具", "Sealed and issued"));
        t.sound();
        let paper = t.download(|t| t.click_words(v.say("下载证明", "Download the proof")));
        assert!(verify(&paper, &roots).unwrap().holds());
        let number = t.fact(v.say("编号", "Number"));
        let code = t.fact(v.say("校验码", "Check code"));
        // A stranger with the paper in hand.
        let mut s = h.tab(v);
        s.open("/");
        s.follow(|s| s.click("footer a[href='/check']"));
        s.sound();
        s.fill("n", &number);
        s.fill("c", "ABCDEFGH");
        s.follow(|s| s.press("Enter"));
        assert_eq!(s.status(), 422);
        s.expect(v.say("没有找到相符的证明", "No proof fits"));
        s.sound();
        s.fill("c", &code.to_lowercase());
        s.follow(|s| s.press("Enter"));
        s.expect(v.say("这份证明是真的", "This proof is genuine"));
        s.expect(name);
        s.sound();
        // She sees that somebody looked.
        t.open("/me/looks");
        t.expect(v.say("核验了这份证明", "checked"));
        t.sound();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_by_keyboard_alone() {
    let Some(h) = district().await else { return };
    let who = cast("陈志伟");
    for v in View::FOUR {
        // The next code may be asked for after a while only.
        h.clock.advance_seconds(600);
        let mut t = h.tab(v);
        t.open("/");
        t.focus_in_order();
        t.tab_to("input[type=search]");
        t.type_text(v.say("社保", "social insurance"));
        t.follow(|t| t.press("Enter"));
        t.focus_in_order();
        t.tab_to(".rows a");
        t.follow(|t| t.press("Enter"));
        t.focus_in_order();
        t.tab_to("main .act");
        t.follow(|t| t.press("Enter"));
        t.focus_in_order();
        t.tab_to("[name=phone]");
        t.type_text(who.phone);
        t.follow(|t| t.press("Enter"));
        t.focus_in_order();
        let code = shown_code(&mut t);
        t.tab_to("[name=code]");
        t.type_text(&code);
        t.follow(|t| t.press("Enter"));
        if t.has("[name=document]") {
            t.focus_in_order();
            t.tab_to("[name=document]");
            t.type_text(&who.document);
            t.follow(|t| t.press("Enter"));
        }
        t.focus_in_order();
        t.tab_to("[name=consent]");
        t.press("Space");
        t.tab_to("main button.act");
        t.follow(|t| t.press("Enter"));
        t.expect(v.say("已盖章出具", "Sealed and issued"));
        t.focus_in_order();
        t.sound();
    }
}

//! From the search to the paper that a stranger checks.

use it::Served;
use it::browser::View;
use linli::simulators::Fault;
use linli_documents::verify;

use super::{ask, cast, find_proof, shown_code};

linli_db::sql! {
    ROOTS: (Vec<u8>,) = "SELECT certificate FROM seal_authorities ORDER BY id LIMIT 10";
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_from_search_to_check() {
    let Some(h) = Served::district().await else { return };
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
    let Some(h) = Served::district().await else { return };
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_register_that_is_down_gives_a_wait_and_then_the_proof() {
    let Some(h) = Served::district().await else { return };
    for (v, name) in View::FOUR.into_iter().zip(["陈志伟", "黄慧敏", "欧阳少芬", "梁阿珍"]) {
        h.register.set(Fault::Down);
        let mut t = h.tab(v);
        find_proof(&mut t, v, name);
        ask(&mut t, v);
        t.expect(v.say("社会保险登记暂时没有答复", "has not answered yet"));
        t.expect(v.say("已经记下，不会丢", "noted and not lost"));
        t.sound();
        // She goes away; it stands among her proofs, and is the same one.
        let waiting = t.path();
        t.follow(|t| t.click("main a[href='/proofs']"));
        t.expect(v.say("办理中", "Under way"));
        t.sound();
        t.follow(|t| t.click(&format!("main a[href='{waiting}']")));
        h.register.set(Fault::None);
        h.clock.advance_seconds(3_600);
        // With script the page looks again by itself; without it she presses the button.
        t.wait("the proof", |t| {
            if !v.script && t.has("[data-again]") {
                t.follow(|t| t.click_words(v.say("看看好了没有", "See whether it is ready")));
            }
            t.says(v.say("已盖章出具", "Sealed and issued"))
        });
        t.sound();
        assert_eq!(t.path(), waiting);
    }
}

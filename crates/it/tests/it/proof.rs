//! One sealed proof, end to end: from the phone to the paper that a stranger can check.

use it::{Page, TestHouse, Visitor};
use linli::demo;
use linli::simulators::Fault;
use linli_acts::{check_chain, check_states, seal_once};
use linli_documents::verify;

/// Signs in with a phone and the code that the demo shows on the page; the first time the document number is asked too.
pub async fn sign_in(h: &TestHouse, name: &str) -> Visitor {
    let cast = linli_sample::cast();
    let who = cast.iter().find(|c| c.name == name).unwrap();
    let mut v = h.visitor();
    let page = v.get("/sign-in").await;
    let form =
        page.forms().into_iter().find(|f| f.fields.contains_key("phone")).unwrap().with("phone", who.phone);
    let page = v.submit(&form).await;
    h.run_jobs().await;
    let page = if page.forms().iter().any(|f| f.fields.contains_key("code")) {
        v.get(&page.path).await
    } else {
        page
    };
    let code = shown_code(&page);
    let form = page.forms().into_iter().find(|f| f.fields.contains_key("code")).unwrap().with("code", &code);
    let mut page = v.submit(&form).await;
    if let Some(form) = page.forms().into_iter().find(|f| f.fields.contains_key("document")) {
        page = v.submit(&form.with("document", &who.document)).await;
    }
    assert_eq!(page.status, 200, "{}", page.text());
    v
}

/// Six digits by themselves, not a part of the digest in the address of a style sheet.
fn shown_code(page: &Page) -> String {
    let text = page.text();
    let found = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|run| {
        let digits = run.len() == 6 && run.bytes().all(|b| b.is_ascii_digit());
        digits && !text.contains(&format!("#{run}")) && !text.contains(&format!("v={run}"))
    });
    found.unwrap_or_else(|| panic!("no code shown: {text}")).to_owned()
}

pub(crate) async fn ask_for_proof(v: &mut Visitor) -> Page {
    let page = v.get("/proofs/insurance").await;
    let form = page.forms().into_iter().find(|f| f.action == "/proofs/insurance").unwrap();
    v.submit(&form.with("consent", "1")).await
}

/// The text of a fact of the page.
pub(crate) fn fact(page: &Page, name: &str) -> String {
    let text = page.text();
    let (_, rest) =
        text.split_once(&format!("<dt>{name}</dt><dd>")).unwrap_or_else(|| panic!("no {name}: {text}"));
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resident_gets_a_proof_and_a_stranger_checks_it() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "陈志伟").await;
        // Without consent nothing is asked, and the page says why.
        let page = v.get("/proofs/insurance").await;
        let form = page.forms().into_iter().find(|f| f.action == "/proofs/insurance").unwrap();
        let refused = v.submit(&form).await;
        assert_eq!(refused.status, 422);
        assert!(refused.says("请先勾选同意"));
        let page = ask_for_proof(&mut v).await;
        assert!(page.says("已盖章出具"), "{}", page.text());
        let (number, code) = (fact(&page, "编号"), fact(&page, "校验码"));
        let paper = v.get(&format!("{}/file", page.path)).await;
        assert_eq!(paper.content_type, "application/pdf");
        let roots =
            h.house.read(|r| r.all(&ROOTS, ())).await.unwrap().into_iter().map(|(c,)| c).collect::<Vec<_>>();
        assert!(verify(&paper.body, &roots).unwrap().holds());
        let mut broken = paper.body.clone();
        broken[1000] ^= 1;
        assert!(!verify(&broken, &roots).unwrap().holds());
        // A stranger with number and code sees what the paper says; with a wrong code nothing.
        let mut stranger = h.visitor();
        let page = stranger.get("/check").await;
        let form = page.forms().into_iter().find(|f| f.action == "/check").unwrap();
        let good = stranger.submit(&form.clone().with("n", &number).with("c", &code.to_lowercase())).await;
        assert!(
            good.says("这份证明是真的") && good.says("陈志伟") && good.says("职工基本养老保险"),
            "{}",
            good.text()
        );
        assert!(!good.says("440105198803148171"), "the whole number is on no page");
        let bad = stranger.submit(&form.with("n", &number).with("c", "ABCDEFGH")).await;
        assert_eq!(bad.status, 422);
        assert!(bad.says("没有找到相符的证明") && !bad.says("陈志伟"));
        // She sees who looked.
        let looks = v.get("/me/looks").await;
        assert!(looks.says("核验了这份证明"), "{}", looks.text());
        seal_once(&h.house).await.unwrap();
        assert!(check_chain(&h.house).await.unwrap().faults.is_empty());
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

linli_db::sql! {
    ROOTS: (Vec<u8>,) = "SELECT certificate FROM seal_authorities ORDER BY id LIMIT 10";
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_register_that_is_down_gives_a_wait_and_loses_nothing() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "陈志伟").await;
        h.register.set(Fault::Down);
        let page = ask_for_proof(&mut v).await;
        assert_eq!(page.status, 200);
        assert!(page.says("暂时没有答复") && page.says("不会丢"), "{}", page.text());
        let path = page.path.clone();
        for _ in 0..3 {
            h.clock.advance_seconds(60);
            h.run_jobs().await;
        }
        assert!(v.get(&path).await.says("暂时没有答复"));
        h.register.set(Fault::None);
        h.clock.advance_seconds(3_600);
        h.run_jobs().await;
        assert!(v.get(&path).await.says("已盖章出具"));
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clicks_make_one_proof() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "陈志伟").await;
        let page = v.get("/proofs/insurance").await;
        let form =
            page.forms().into_iter().find(|f| f.action == "/proofs/insurance").unwrap().with("consent", "1");
        let first = v.submit(&form).await;
        let again = v.submit(&form).await;
        assert_eq!(first.path, again.path);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_with_a_rare_character_waits_for_its_font() {
    let h = TestHouse::open(linli_db::Engine::Sqlite).await.unwrap();
    demo::fill(&h.house, &h.clock, 300).await.unwrap();
    let mut v = sign_in(&h, "何䶮").await;
    let page = ask_for_proof(&mut v).await;
    // No box on the paper: it is not made until a font with the character lies in the fonts folder.
    assert_eq!(page.status, 200);
    assert!(!page.says("已盖章出具"));
    h.clock.advance_seconds(60);
    h.run_jobs().await;
    assert!(v.get(&page.path).await.says("不会丢"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_uninsured_child_is_told_plainly() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "李家豪").await;
        let page = ask_for_proof(&mut v).await;
        assert!(page.says("已盖章出具") || page.says("登记中没有您的参保信息"), "{}", page.text());
    }
}

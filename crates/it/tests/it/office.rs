//! The office's first day, without script, through the served forms.

use it::{Page, TestHouse, Visitor};
use linli::{demo, district};
use linli_base::Instant;
use linli_vault::totp;

/// The secret that the enrolment page tells to whoever cannot scan.
fn secret(page: &Page) -> Vec<u8> {
    let text = page.text();
    let (_, rest) = text.split_once("<code>").unwrap_or_else(|| panic!("no secret: {text}"));
    let letters = rest.split('<').next().unwrap();
    let (mut out, mut buffer, mut bits) = (Vec::new(), 0u32, 0u32);
    for c in letters.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            _ => c - b'2' + 26,
        };
        buffer = (buffer << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((buffer >> bits) & 255).unwrap());
        }
    }
    out
}

fn form_with(page: &Page, field: &str) -> it::Form {
    let found = page.forms().into_iter().find(|f| f.fields.contains_key(field));
    found.unwrap_or_else(|| panic!("no form with {field}: {}", page.text()))
}

/// Shows the second factor on the page that asks for it.
async fn show_factor(v: &mut Visitor, page: &Page, secret: &[u8], now: Instant) -> Page {
    let code = totp::code(secret, totp::step(now));
    v.submit(&form_with(page, "code").with("code", &code)).await
}

pub async fn sign_in(h: &TestHouse, login: &str) -> Visitor {
    h.clock.advance_seconds(60);
    let mut v = h.visitor();
    let page = v.get("/office/sign-in").await;
    let page =
        v.submit(&form_with(&page, "login").with("login", login).with("password", demo::PASSWORD)).await;
    let page = show_factor(&mut v, &page, demo::SECRET, h.house.now()).await;
    assert_eq!(page.status, 200, "{}", page.text());
    v
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_day() {
    for h in TestHouse::each().await {
        district::places_and_bodies(&h.house).await.unwrap();
        let token = linli_duties::offers::first_run_token(&h.house).await.unwrap().unwrap();
        let mut admin = h.visitor();
        let page = admin.get(&format!("/office/first?token={token}")).await;
        let form = form_with(&page, "token")
            .with("body_name", "海珠区政务服务数据管理局")
            .with("name", "黎明")
            .with("login", "li.ming")
            .with("password", "short")
            .with("again", "short");
        let wrong = admin.submit(&form).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.says("密码至少 10 个字符") && wrong.says("海珠区政务服务数据管理局"),
            "what was typed stays"
        );
        let form =
            form.with("password", "一句好记的话放在心里就行").with("again", "一句好记的话放在心里就行");
        let page = admin.submit(&form).await;
        // Nothing may be done before the second factor is shown.
        let (status, _) = admin.peek("GET", "/office/bodies").await;
        assert_eq!(status, 403);
        let key = secret(&page);
        let page = show_factor(&mut admin, &page, &key, h.house.now()).await;
        assert!(page.says("机构"), "{}", page.text());
        // The token is good once.
        let mut other = h.visitor();
        let again = other.get(&format!("/office/first?token={token}")).await;
        let again = other
            .submit(
                &form_with(&again, "token")
                    .with("login", "x.y")
                    .with("name", "乙")
                    .with("body_name", "某机构")
                    .with("password", "一句好记的话放在心里就行")
                    .with("again", "一句好记的话放在心里就行"),
            )
            .await;
        assert!(again.says("令牌不对"));
        // She invites a colleague, who sets up her account by the link; she gives her a duty.
        let page = admin.get("/office/staff").await;
        let page =
            admin.submit(&form_with(&page, "login").with("login", "deng").with("name", "邓审计")).await;
        let text = page.text();
        let link = text.split("http://linli.test").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let mut auditor = h.visitor();
        let page = auditor.get(&link).await;
        let page = auditor
            .submit(
                &form_with(&page, "password")
                    .with("password", "另一句好记的话")
                    .with("again", "另一句好记的话"),
            )
            .await;
        let page = if page.status == 422 {
            auditor
                .submit(
                    &form_with(&page, "password")
                        .with("password", "另一句更长更好记的话")
                        .with("again", "另一句更长更好记的话"),
                )
                .await
        } else {
            page
        };
        let key = secret(&page);
        h.clock.advance_seconds(30);
        show_factor(&mut auditor, &page, &key, h.house.now()).await;
        let (status, _) = auditor.peek("GET", "/office/log").await;
        assert_eq!(status, 403, "no duty yet");
        let page = admin.get("/office/staff").await;
        let text = page.text();
        let member = text
            .split("href=\"")
            .find(|p| p.contains("邓审计"))
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let page = admin.get(&member).await;
        let bodies = page.text();
        let body = bodies
            .split("<select id=\"body\"")
            .nth(1)
            .unwrap()
            .split("value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let form = form_with(&page, "place")
            .with("kind", "duties.auditor")
            .with("body", &body)
            .with("place", "440105000000");
        let page = admin.submit(&form).await;
        assert!(page.says("岗位已任命"), "{}", page.text());
        let (status, _) = auditor.peek("GET", "/office/log").await;
        assert_eq!(status, 200);
        // The powers stand apart.
        let page = admin.submit(&form.with("kind", "duties.security")).await;
        assert_eq!(page.status, 422);
        assert!(page.says("必须由不同的人担任"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_tells_nothing_and_is_stopped() {
    let h = TestHouse::open(linli_db::Engine::Sqlite).await.unwrap();
    demo::fill(&h.house, &h.clock, 100).await.unwrap();
    let mut v = h.visitor();
    let page = v.get("/office/sign-in").await;
    let form = form_with(&page, "login").with("password", "not the password");
    let known = v.submit(&form.clone().with("login", "chief")).await;
    let unknown = v.submit(&form.clone().with("login", "nobody")).await;
    let blank = |p: &Page, login: &str| {
        let text = p.text().replace(login, "");
        // The one-time mark of each form differs.
        text.split("name=\"once\"").next().unwrap().to_owned()
    };
    assert_eq!(known.status, unknown.status);
    assert_eq!(blank(&known, "chief"), blank(&unknown, "nobody"));
    for _ in 0..10 {
        v.submit(&form.clone().with("login", "chief")).await;
    }
    let right = form.with("login", "chief").with("password", demo::PASSWORD);
    assert_eq!(v.submit(&right).await.status, 422, "stopped for a quarter of an hour");
    h.clock.advance_seconds(16 * 60);
    assert!(v.submit(&right).await.says("动态码"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_authorisation_stops_the_seal() {
    for h in TestHouse::each().await {
        demo::fill(&h.house, &h.clock, 200).await.unwrap();
        let mut chief = sign_in(&h, "chief").await;
        let page = chief.get("/office/seals").await;
        let form = page.forms().into_iter().find(|f| f.action.ends_with("/withdraw")).unwrap();
        let page = chief.submit(&form).await;
        assert!(page.says("授权已收回"), "{}", page.text());
        let open = h
            .house
            .read(|r| linli_wallet::offers::is_open(r, linli_wallet::offers::ProofKind::Insurance))
            .await
            .unwrap();
        assert!(!open);
        // The keeper of seals cannot give it: another duty.
        let mut keeper = sign_in(&h, "seals").await;
        let page = keeper.get("/office/seals").await;
        assert!(!page.forms().iter().any(|f| f.action.ends_with("/authorise")));
        let (status, _) = keeper.peek("GET", "/office/proofs").await;
        assert_eq!(status, 403);
    }
}

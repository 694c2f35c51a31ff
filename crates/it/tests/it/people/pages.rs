//! The pages as a browser meets them: what was served is what is submitted.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use linli_acts::Actor;
use linli_web::session::{self, SessionKind};
use linli_web::{Site, router};
use tower::ServiceExt;

use super::house::{Place, later, number, phone, places, zhen};

/// A browser: cookies and the last page.
struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    at: String,
    page: String,
    status: StatusCode,
    lang: &'static str,
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

impl Browser {
    fn new(p: &Place) -> Self {
        let site = Site {
            origin: "http://linli.test".to_owned(),
            district_zh: "海珠区".to_owned(),
            district_en: "Haizhu".to_owned(),
            demo: true,
            trust_proxy: true,
            rail: Arc::new([]),
        };
        let routes = [linli_people::routes(), linli_accounts::routes(), linli_privacy::routes()].concat();
        let router = router(p.house.clone(), Arc::new(site), &routes);
        let (at, page) = (String::new(), String::new());
        Self { router, cookies: BTreeMap::new(), at, page, status: StatusCode::OK, lang: "zh" }
    }

    async fn ask(&mut self, method: &str, path: &str, body: String) {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", cookies.join("; "))
            .header("accept-language", self.lang)
            .header("x-forwarded-for", "203.0.113.7")
            .header("user-agent", "Mozilla/5.0 (Linux; Android 9) Chrome/120")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        self.status = response.status();
        for cookie in response.headers().get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        path.clone_into(&mut self.at);
        if let Some(to) = response.headers().get("location").map(|l| l.to_str().unwrap().to_owned()) {
            Box::pin(self.ask("GET", &to, String::new())).await;
            return;
        }
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        self.page = String::from_utf8(bytes.to_vec()).unwrap();
    }

    async fn get(&mut self, path: &str) -> &mut Self {
        self.ask("GET", path, String::new()).await;
        self
    }

    /// Submits the form of the page with this action (or the page's own address), with its hidden fields.
    async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> &mut Self {
        let own = self.at.clone();
        let form = self
            .page
            .split("<form")
            .skip(1)
            .map(|f| f.split("</form>").next().unwrap())
            .find(|f| match f.split('>').next().unwrap().split_once("action=\"") {
                Some((_, rest)) => rest.split('"').next() == Some(action),
                None => own.split('?').next() == Some(action),
            })
            .unwrap_or_else(|| panic!("no form {action} at {own}: {}", self.page))
            .to_owned();
        let mut all: Vec<(String, String)> = Vec::new();
        for input in form.split("<input type=\"hidden\"").skip(1) {
            let of =
                |name: &str| input.split_once(&format!("{name}=\"")).unwrap().1.split('"').next().unwrap();
            all.push((of("name").to_owned(), of("value").to_owned()));
        }
        all.extend(fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        let body: Vec<String> = all.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        self.ask("POST", action, body.join("&")).await;
        self
    }

    fn sees(&self, text: &str) {
        assert!(self.page.contains(text), "{} {}: no {text:?} in {}", self.status, self.at, self.page);
    }

    fn shown_code(&self) -> String {
        self.page.split("<b class=\"num\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
    }
}

/// The job that sends codes runs beside the pages.
fn work(p: &Place) -> tokio::task::JoinHandle<()> {
    let house = p.house.clone();
    tokio::spawn(async move {
        loop {
            house.run_due_jobs().await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
}

async fn sign_in(b: &mut Browser, typed: &str) {
    b.get("/sign-in?back=/me/looks").await.submit("/sign-in", &[("phone", typed)]).await;
    let code = b.shown_code();
    b.submit("/sign-in/code", &[("code", &code)]).await;
}

#[tokio::test]
async fn a_resident_signs_in_and_uses_her_rights() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        let jobs = work(&p);
        let mut b = Browser::new(&p);
        b.get("/me").await.sees("手机号");
        assert!(b.at.starts_with("/sign-in?back="));
        b.get("/sign-in")
            .await
            .submit("/sign-in", &[("phone", "1380000")])
            .await
            .sees("现在是 7 位，应当是 11 位");
        assert_eq!(b.status, 422);
        b.sees("value=\"1380000\"");
        sign_in(&mut b, "138 0000 1234").await;
        b.sees("确认是您本人");
        b.submit("/sign-in/who", &[("document", "000000")]).await.sees("还可以试 4 次");
        b.submit("/sign-in/who", &[("document", zhen().document.value())]).await.sees("谁看过我的资料");
        assert_eq!((b.status, b.at.as_str()), (StatusCode::OK, "/me/looks"));
        b.sees("凭手机验证码");
        b.get("/me").await.sees("梁阿珍");
        b.sees("来自人口登记");
        b.sees("1946年11月24日，80 岁");
        assert!(!b.page.contains(zhen().document.value()), "the number is masked");
        for lang in ["en", "zh-TW", "zh"] {
            b.lang = lang;
            for path in [
                "/me",
                "/me/phone",
                "/me/sessions",
                "/me/consents",
                "/me/looks",
                "/me/copy",
                "/me/corrections",
                "/me/erase",
            ] {
                b.get(path).await;
                assert_eq!(b.status, 200, "{path}");
            }
            for field in ["name", "sex", "birth", "document", "place", "hukou", "disability"] {
                b.get(&format!("/me/corrections/{field}/new")).await;
                assert_eq!(b.status, 200, "{field}");
            }
        }
        b.get("/me/copy.json").await;
        let copy: serde_json::Value = serde_json::from_str(&b.page).unwrap();
        assert_eq!(copy["rooms"]["people"]["record"]["name"], "梁阿珍");
        // A correction: what was typed is not lost; then sent, then taken back.
        let new = "/me/corrections/document/new";
        b.get(new)
            .await
            .submit(new, &[("kind", "resident-id"), ("value", "4401051946"), ("reason", "抄错")])
            .await;
        assert_eq!(b.status, 422);
        b.sees("现在是 10 位，应当是 18 位");
        b.sees("4401051946");
        b.sees("抄错");
        let new = "/me/corrections/place/new";
        b.get(new).await.submit(new, &[("value", "440105001102"), ("reason", "搬家")]).await.sees("已收到");
        let withdraw = b.page.split("action=\"").find(|a| a.contains("withdraw")).unwrap();
        let withdraw = withdraw.split('"').next().unwrap().to_owned();
        b.submit(&withdraw, &[]).await.sees("已撤回");
        // Sessions.
        let mut other = Browser::new(&p);
        later(2, &p.clock);
        sign_in(&mut other, "13800001234").await;
        b.get("/me/sessions").await.sees("Android · Chrome");
        b.submit("/me/sessions/end-others", &[]).await.sees("已退出");
        other.get("/me").await.sees("手机号");
        // Phone.
        later(2, &p.clock);
        b.get("/me/phone")
            .await
            .submit("/me/phone", &[("phone", "13800001234")])
            .await
            .sees("这就是现在的手机号");
        b.submit("/me/phone", &[("phone", "13700000001")]).await;
        let code = b.shown_code();
        b.submit("/me/phone/code", &[("code", &code)]).await.sees("手机号已更换");
        assert_eq!(p.person(id).await.phone, Some(phone("13700000001")));
        // Erasure.
        later(2, &p.clock);
        b.get("/me/erase").await.sees("依法保留");
        b.submit("/me/erase", &[]).await;
        let code = b.shown_code();
        b.submit("/me/erase/code", &[("code", "12")]).await.sees("还可以试 4 次");
        b.submit("/me/erase/code", &[("code", &code)]).await.sees("您的资料已删除");
        assert!(!b.page.contains("梁阿珍"));
        b.get("/me").await;
        assert!(b.at.starts_with("/sign-in"));
        jobs.abort();
        p.proved().await;
    }
}

#[tokio::test]
async fn a_stranger_registers() {
    for p in places().await {
        let jobs = work(&p);
        let mut b = Browser::new(&p);
        b.get("/sign-in/register").await.sees("验证码已经失效");
        sign_in(&mut b, "13900000001").await;
        b.sees("登记您的身份");
        let wrong = number("1980-01-02", 31).value().replace("1980", "1981");
        b.submit(
            "/sign-in/register",
            &[("name", "何1"), ("kind", "resident-id"), ("number", &wrong), ("birth", "")],
        )
        .await;
        assert_eq!(b.status, 422);
        b.sees("姓名里只能有文字");
        b.sees("号码和最后一位对不上");
        b.sees(&wrong);
        let right = number("1980-01-02", 31);
        let differs =
            [("name", "何伟"), ("kind", "resident-id"), ("number", right.value()), ("birth", "1980-01-03")];
        b.submit("/sign-in/register", &differs).await.sees("和证件号码里的生日不一样");
        let fields = [("name", "何伟"), ("kind", "resident-id"), ("number", right.value()), ("birth", "")];
        b.submit("/sign-in/register", &fields).await;
        b.get("/me").await.sees("待核对");
        b.sees("您的身份还没有核对");
        b.submit("/sign-out", &[]).await;
        b.get("/me").await;
        assert!(b.at.starts_with("/sign-in"));
        jobs.abort();
        p.proved().await;
    }
}

async fn officer(p: &Place, staff: i64) -> Browser {
    let secret = p
        .act(&Actor::system(), move |act| {
            let (id, secret) = session::begin(act, SessionKind::Staff, staff, "desk")?;
            session::second_factor_shown(act, id)?;
            Ok::<_, linli_db::DbError>(secret)
        })
        .await
        .unwrap();
    let mut b = Browser::new(p);
    b.cookies.insert("linli".to_owned(), secret);
    b
}

#[tokio::test]
async fn an_officer_finds_opens_helps_and_corrects() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        officer(&p, 2).await.get("/desk/people").await.sees("人口信息管理");
        let mut b = officer(&p, 1).await;
        let search = |number: &str| {
            vec![
                ("kind".to_owned(), "resident-id".to_owned()),
                ("number".to_owned(), number.to_owned()),
                ("purpose".to_owned(), "other".to_owned()),
            ]
        };
        let pairs = |v: &[(String, String)]| v.to_vec();
        let wrong = pairs(&search("44010519461124"));
        let refs: Vec<(&str, &str)> = wrong.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        b.get("/desk/people").await.submit("/desk/people", &refs).await.sees("应当是 18 位");
        let found = search(zhen().document.value());
        let mut refs: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        b.submit("/desk/people", &refs).await;
        assert_eq!(b.status, 422, "other needs words");
        refs.push(("note", "查漏报"));
        b.submit("/desk/people", &refs).await.sees("梁**");
        b.submit(&format!("/desk/people/{id}/open"), &[]).await.sees("梁阿珍");
        b.sees(zhen().document.value());
        let base = b.at.clone();
        b.submit(&format!("{base}/help"), &[("channel", "door"), ("evidence", "")]).await;
        assert_eq!(b.status, 422);
        b.submit(&format!("{base}/help"), &[("channel", "door"), ("evidence", "签字表 17")])
            .await
            .sees("现在您在代本人办理");
        let new = "/me/corrections/name/new";
        b.get(new).await.submit(new, &[("value", "梁阿贞"), ("reason", "错字")]).await.sees("待处理");
        b.get("/me/phone").await;
        b.submit("/me/phone", &[("phone", "13900000001")]).await;
        assert_eq!(b.status, 404, "a helper does not change the account");
        b.get("/me/sessions").await;
        assert_eq!(b.status, 404, "nor sees where she is signed in");
        b.get("/me").await.submit("/desk/people/done-helping", &[]).await.sees("已结束代办");
        // A helper who forgets to stop is stopped at midnight, or when the person withdraws.
        b.get("/desk/people").await.submit("/desk/people", &refs).await;
        b.submit(&format!("/desk/people/{id}/open"), &[]).await;
        let base = b.at.clone();
        b.submit(&format!("{base}/help"), &[("channel", "counter"), ("evidence", "签字表 18")])
            .await
            .sees("现在您在代本人办理");
        b.get("/me/consents").await.sees("请工作人员代为办理");
        let withdraw = b.page.split("action=\"").find(|a| a.contains("/withdraw")).unwrap();
        let withdraw = withdraw.split('"').next().unwrap().to_owned();
        b.submit(&withdraw, &[]).await;
        assert!(b.at.starts_with("/sign-in"), "{}", b.at);
        // Corrections.
        b.get("/desk/corrections").await.sees("姓名");
        let look = b
            .page
            .split("action=\"")
            .find(|a| a.contains("/look"))
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        b.submit(&look, &[]).await.sees("梁阿贞");
        let accept = look.replace("/look", "/accept");
        b.submit(&accept, &[]).await.sees("没有待处理的更正");
        assert_eq!(p.person(id).await.name.unwrap().as_str(), "梁阿贞");
        // A new resident at the counter, whose sheet is sent twice.
        b.get("/desk/people/new").await;
        let right = number("1960-02-03", 41);
        let fields = [
            ("name", "何婆婆"),
            ("kind", "resident-id"),
            ("number", right.value()),
            ("birth", ""),
            ("sex", ""),
            ("phone", ""),
            ("place", "440105001101"),
            ("role", "head"),
            ("disability", "3"),
            ("hukou", "1"),
            ("seen", "1"),
        ];
        let page = b.page.clone();
        b.submit("/desk/people/new", &fields).await.sees("何婆婆");
        let first = b.at.clone();
        (b.page, b.at) = (page, "/desk/people/new".to_owned());
        b.submit("/desk/people/new", &fields).await.sees("何婆婆");
        assert_eq!(b.at, first);
        b.submit(&format!("{first}/erase"), &[]).await;
        assert_eq!(b.status, 422, "the box is not ticked");
        b.submit(&format!("{first}/erase"), &[("sure", "1")]).await.sees("您的资料已删除");
        // What she did is seen by the person.
        let log = p.log_of(id).await;
        for act in
            ["people.looked_for", "people.opened", "people.consented", "web.serving", "people.corrected"]
        {
            assert!(log.contains(&act.to_owned()), "{act}: {log:?}");
        }
        p.proved().await;
    }
}

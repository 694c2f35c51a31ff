//! Notices through the served pages: told, read, sent, printed, reported, erased.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use it::{TestHouse, Visitor};
use linli_acts::{Actor, PersonId, Subject, check_states};
use linli_notices::offers::{GatewayFault, WebhookKey};
use linli_notices::{Notice, NoticeId, notice_kinds, placeholders};
use linli_people::offers as people;
use tower::ServiceExt;

use crate::{office, proof};

linli_notices::notice_kind! {
    /// As a room would tell it.
    ASKED = "it.supplement_asked",
        zh: "您申请的{title}（{number}）需要补充材料。", en: "Your application {title} ({number}) needs more papers.";
}

#[test]
fn both_texts_of_every_kind_name_the_same_arguments() {
    let kinds = notice_kinds();
    for pair in kinds.windows(2) {
        assert_ne!(pair[0].key, pair[1].key, "two kinds of one key");
    }
    for kind in kinds {
        let zh = placeholders(kind.zh);
        assert!(zh.is_some() && zh == placeholders(kind.en), "{}: braces or names differ", kind.key);
        assert!(kind.key.contains('.') && !kind.zh.is_empty() && !kind.en.is_empty(), "{}", kind.key);
        // Two messages' length at most, before the arguments.
        assert!(kind.zh.chars().count() <= 120, "{} is too long for a message", kind.key);
    }
}

/// A small district whose first jobs are done.
async fn district() -> Vec<TestHouse> {
    let all = TestHouse::districts().await;
    for h in &all {
        h.run_jobs().await;
    }
    all
}

async fn id_of(h: &TestHouse, name: &str) -> PersonId {
    let who = linli_sample::cast().into_iter().find(|c| c.name == name).unwrap();
    let number =
        linli_base::docnum::DocumentNumber::parse(who.document_kind, &who.document, h.house.now().day())
            .unwrap();
    let house = h.house.clone();
    h.house.read(move |r| people::find_by_document(r, house.vault(), &number)).await.unwrap().unwrap()
}

async fn tell(h: &TestHouse, person: PersonId, number: &'static str) -> NoticeId {
    let notice = Notice::new(&ASKED, person, Subject::new("case", 7))
        .link("/services")
        .arg("number", number)
        .arg_both("title", "高龄津贴", "old-age allowance");
    h.house.act(&Actor::system(), move |act| linli_notices::tell(act, &notice)).await.unwrap()
}

fn taken(h: &TestHouse, number: &str) -> usize {
    h.sms.taken().iter().filter(|s| s.text.contains(number)).count()
}

/// The name of somebody to try who has a phone, or has none.
fn cast(phone: bool) -> &'static str {
    linli_sample::cast().into_iter().find(|c| c.phone.is_empty() != phone).unwrap().name
}

async fn sound(h: &TestHouse) {
    assert_eq!(check_states(&h.house).await.unwrap().faults, Vec::new());
}

/// Submits the form of a page with this action.
async fn press(v: &mut Visitor, page: &it::Page, action: &str) -> it::Page {
    let form = page.forms().into_iter().find(|f| f.action == action);
    v.submit(&form.unwrap_or_else(|| panic!("no form {action}: {}", page.text()))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_read_and_sent_after_the_night() {
    for h in district().await {
        let mut v = proof::sign_in(&h, "陈志伟").await;
        let person = id_of(&h, "陈志伟").await;
        // Eleven at night: the page shows it at once, the message waits.
        h.clock.advance_seconds(14 * 3_600);
        tell(&h, person, "HZ-1").await;
        h.run_jobs().await;
        let page = v.get("/me/notices").await;
        assert!(page.says("高龄津贴（HZ-1）需要补充材料") && page.says("未读"), "{}", page.text());
        assert_eq!(taken(&h, "HZ-1"), 0);
        h.clock.advance_seconds(9 * 3_600 + 1_800);
        h.run_jobs().await;
        assert_eq!(taken(&h, "HZ-1"), 1);
        assert!(h.sms.taken()[0].text.ends_with("http://linli.test/services"));
        // She opens it: how it went out stands there, and it is read.
        assert!(v.get("/me").await.says("条未读"));
        let link = page.text();
        let at = link.split("/me/notices/").find(|p| p.starts_with(|c: char| c.is_ascii_digit())).unwrap();
        let path = format!("/me/notices/{}", at.split('"').next().unwrap());
        let page = v.get(&path).await;
        assert!(page.says("已发出") && page.says("href=\"/services\""), "{}", page.text());
        let page = v.get("/me/notices").await;
        let page = if page.says("全部标为已读") {
            press(&mut v, &page, "/me/notices/read").await
        } else {
            page
        };
        assert!(!page.says("未读</em>"), "{}", page.text());
        // A stranger finds nothing at that address.
        let mut other = proof::sign_in(&h, "黄慧敏").await;
        assert_eq!(other.get(&path).await.status, 404);
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_down_loses_and_doubles_nothing() {
    for h in district().await {
        let person = id_of(&h, cast(true)).await;
        h.sms.set(GatewayFault::Down);
        tell(&h, person, "HZ-2").await;
        for _ in 0..4 {
            h.run_jobs().await;
            h.clock.advance_seconds(300);
        }
        assert_eq!(taken(&h, "HZ-2"), 0);
        h.sms.set(GatewayFault::Mute);
        h.clock.advance_seconds(3_600);
        h.run_jobs().await;
        h.sms.set(GatewayFault::None);
        h.clock.advance_seconds(3_600);
        h.run_jobs().await;
        assert_eq!(taken(&h, "HZ-2"), 1);
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_phone_gets_a_letter() {
    for h in district().await {
        let person = id_of(&h, cast(false)).await;
        tell(&h, person, "HZ-3").await;
        h.run_jobs().await;
        assert_eq!(taken(&h, "HZ-3"), 0);
        let mut post = office::sign_in(&h, "post").await;
        let page = post.get("/desk/letters").await;
        assert!(!page.says(cast(false)), "no name before a letter is opened");
        let text = page.text();
        let last =
            text.rsplit("name=\"letter\" value=\"").next().unwrap().split('"').next().unwrap().to_owned();
        let nothing = post.get("/desk/letters/print").await;
        assert!(nothing.status == 422 && nothing.says("请先选择"));
        let sheet = post.get(&format!("/desk/letters/print?letter={last}")).await;
        assert!(sheet.says("HZ-3") && sheet.says(cast(false)) && sheet.says("海珠区"), "{}", sheet.text());
        let page = press(&mut post, &sheet, "/desk/letters/posted").await;
        assert!(page.says("已记录寄出 1 封"), "{}", page.text());
        let page = post.get("/desk/letters?show=posted").await;
        let page = press(&mut post, &page, &format!("/desk/letters/{last}/returned")).await;
        assert!(page.says("已记录"), "{}", page.text());
        // Another officer is not let in.
        assert_eq!(office::sign_in(&h, "registrar").await.get("/desk/letters").await.status, 403);
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_she_wishes_holds_and_what_she_erases_is_gone() {
    for h in district().await {
        let mut v = proof::sign_in(&h, "陈志伟").await;
        let person = id_of(&h, "陈志伟").await;
        let page = v.get("/me/notices/settings").await;
        let form = page.forms().into_iter().find(|f| f.action == "/me/notices/settings").unwrap();
        assert_eq!(form.fields.get("sms").map(String::as_str), Some("1"));
        let mut silent = form.clone().with("lang", "zh-Hans");
        silent.fields.remove("sms");
        assert!(v.submit(&silent).await.says("已保存"));
        tell(&h, person, "HZ-4").await;
        h.run_jobs().await;
        assert_eq!(taken(&h, "HZ-4"), 0);
        assert_eq!(v.submit(&form.clone().with("lang", "xx")).await.status, 422);
        v.submit(&form.with("lang", "en")).await;
        tell(&h, person, "HZ-5").await;
        h.run_jobs().await;
        assert!(h.sms.taken()[0].text.starts_with("Your application old-age allowance (HZ-5)"));
        assert!(v.get("/me/copy.json").await.says("HZ-5"));
        assert!(v.get("/me/erase").await.says("通知的内容和送达情况"));
        let held = linli_acts::personal_data().into_iter().find(|d| d.room == "notices").unwrap();
        h.house.act(&Actor::system(), move |act| (held.erase)(act, person)).await.unwrap();
        assert!(!v.get("/me/notices").await.says("HZ-"));
        sound(&h).await;
    }
}

async fn report(h: &TestHouse, body: &str, signature: &str, seconds: i64) -> u16 {
    let request = Request::post("/api/v1/sms/reports")
        .header("content-type", "application/json")
        .header("webhook-id", "report-1")
        .header("webhook-timestamp", seconds.to_string())
        .header("webhook-signature", signature)
        .body(Body::from(body.to_owned()))
        .unwrap();
    let answer = h.router().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    to_bytes(answer.into_body(), 65_536).await.unwrap();
    status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_believed_only_if_it_is_signed() {
    for h in district().await {
        let mut v = proof::sign_in(&h, "陈志伟").await;
        let id = tell(&h, id_of(&h, "陈志伟").await, "HZ-6").await;
        h.run_jobs().await;
        let key = WebhookKey::new(b"linli-sample-report-key!");
        let body = format!(r#"{{"type":"sms.delivered","timestamp":"x","data":{{"id":"{id}"}}}}"#);
        let now = h.house.now().millis() / 1000;
        let good = key.sign("report-1", now, body.as_bytes());
        let forged = WebhookKey::new(b"a key that somebody made up").sign("report-1", now, body.as_bytes());
        assert_eq!(report(&h, &body, &forged, now).await, 401);
        assert_eq!(report(&h, &body, "", now).await, 401);
        assert_eq!(report(&h, &body.replace("delivered", "failed"), &good, now).await, 401);
        let stale = key.sign("report-1", now - 900, body.as_bytes());
        assert_eq!(report(&h, &body, &stale, now - 900).await, 401);
        let path = format!("/me/notices/{id}");
        assert!(v.get(&path).await.says("已发出"));
        assert_eq!(report(&h, &body, &good, now).await, 204);
        assert_eq!(report(&h, &body, &good, now).await, 204);
        assert!(v.get(&path).await.says("已送达"));
        let nonsense = key.sign("report-1", now, b"[]");
        assert_eq!(report(&h, "[]", &nonsense, now).await, 400);
        sound(&h).await;
    }
}

/// She binds WeChat on her page, the next notice goes there, and she lets it go again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wechat_is_bound_on_her_page_and_goes_first() {
    for h in district().await {
        let mut v = proof::sign_in(&h, "陈志伟").await;
        assert!(v.get("/me/notices/settings").await.says("还没有绑定微信"));
        let page = v.get("/me/notices/wechat").await;
        let form = page
            .forms()
            .into_iter()
            .find(|f| f.action == "/me/notices/wechat" && f.fields.contains_key("csrf"));
        let page = v.submit(&form.unwrap()).await;
        let text = page.text();
        let ticket = text.split("/demo/wechat?ticket=").nth(1).unwrap().split('"').next().unwrap().to_owned();
        // Another phone shows the ticket; a forged one binds nothing.
        let mut phone = h.visitor();
        let shown = phone.get("/demo/wechat?ticket=forged").await;
        let form = |p: &it::Page| p.forms().into_iter().find(|f| f.action == "/demo/wechat").unwrap();
        assert_eq!(phone.submit(&form(&shown)).await.status, 422);
        let shown = phone.get(&format!("/demo/wechat?ticket={ticket}")).await;
        assert_eq!(phone.submit(&form(&shown)).await.status, 200);
        assert!(v.get("/me/notices/wechat").await.says("已绑定微信"));
        let (person, before) = (id_of(&h, "陈志伟").await, h.sms.calls());
        tell(&h, person, "HZ-9").await;
        h.run_jobs().await;
        let taken = h.wechat.taken();
        assert!(taken[0].text.contains("HZ-9") && taken[0].link.ends_with("/services"), "{taken:?}");
        assert_eq!(h.sms.calls(), before);
        // Text messages first, from the next one on.
        let page = v.get("/me/notices/settings").await;
        let wishes = page.forms().into_iter().find(|f| f.fields.contains_key("first")).unwrap();
        v.submit(&wishes.with("first", "sms")).await;
        tell(&h, person, "HZ-10").await;
        h.run_jobs().await;
        assert_eq!((h.wechat.taken().len(), h.sms.calls()), (taken.len(), before + 1));
        let page = v.get("/me/notices/wechat").await;
        let end = page.forms().into_iter().find(|f| f.action.ends_with("/end")).unwrap();
        assert!(v.submit(&end).await.says("已解除绑定"));
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

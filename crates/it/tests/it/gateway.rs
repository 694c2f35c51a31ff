//! The SMS gateway of production against a listener that behaves well, badly, and not at all.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use linli::config::Config;
use linli::gateway::{HttpGateway, HttpWechat, NoGateway};
use linli_accounts::offers::{CodeChannel, CodeId};
use linli_base::docnum::Phone;
use linli_base::{Clock, SystemClock};
use linli_notices::NoticeId;
use linli_notices::offers::{SendError, Sms, SmsGateway, WebhookKey, WechatGateway, WechatMessage};

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A request as it came.
#[derive(Clone, Debug)]
struct Asked {
    headers: BTreeMap<String, String>,
    body: String,
}

/// Answers each connection with the next of the answers; `None`: says nothing and holds the line.
fn listener(answers: Vec<Option<&'static str>>) -> (String, Arc<Mutex<Vec<Asked>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            let mut chunk = [0u8; 4096];
            let asked = loop {
                let n = stream.read(&mut chunk).unwrap();
                bytes.extend_from_slice(&chunk[..n]);
                let text = String::from_utf8(bytes.clone()).unwrap();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let headers: BTreeMap<String, String> = head
                    .lines()
                    .skip(1)
                    .filter_map(|l| l.split_once(": "))
                    .map(|(k, v)| (k.to_ascii_lowercase(), v.to_owned()))
                    .collect();
                let length: usize = headers["content-length"].parse().unwrap();
                if body.len() >= length {
                    break Asked { headers, body: body.to_owned() };
                }
            };
            kept.lock().unwrap().push(asked);
            match answer {
                Some(answer) => {
                    let (status, body) = answer.split_once(' ').unwrap();
                    let length = body.len();
                    write!(
                        stream,
                        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                    )
                    .unwrap();
                }
                None => held.push(stream),
            }
        }
        // A line that is held stays open until the test ends.
        while !held.is_empty() {
            std::thread::park();
        }
    });
    (url, seen)
}

fn config(sms: &str) -> anyhow::Result<Config> {
    let text = format!(
        "data = \"d\"\n[site]\norigin = \"https://a.test\"\ndistrict_zh = \"甲\"\ndistrict_en = \"A\"\nplace = \"440105000000\"\n{sms}"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("linli.toml");
    std::fs::write(&file, text).unwrap();
    Config::read(&file)
}

fn gateway(url: &str) -> HttpGateway {
    let config = config(&format!(
        "[sms]\nurl = \"{url}\"\nkey = \"{KEY}\"\nsignature = \"海珠邻里\"\ncode_template = \"C1\"\n[sms.templates]\n\"it.asked\" = \"T1\"\n"
    ));
    HttpGateway::new(config.unwrap().sms.as_ref().unwrap(), Arc::new(SystemClock)).unwrap()
}

fn sms() -> Sms {
    Sms {
        id: NoticeId::from_raw(77),
        phone: Phone::parse("13800138000").unwrap(),
        kind: "it.asked".to_owned(),
        params: vec![("number".to_owned(), "HZ-1".to_owned())],
        text: "您的办件 HZ-1 需要补正。".to_owned(),
    }
}

async fn send(g: &HttpGateway) -> Result<String, SendError> {
    SmsGateway::send(g, &sms()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_goes_signed_and_under_its_own_key() {
    let (url, seen) = listener(vec![Some("200 {\"id\":\"g-1\"}"), Some("202 {\"id\":\"g-1\"}")]);
    let g = gateway(&url);
    assert_eq!(send(&g).await, Ok("g-1".to_owned()));
    assert_eq!(send(&g).await, Ok("g-1".to_owned()));
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen[0].headers["idempotency-key"], NoticeId::from_raw(77).to_string());
    assert_eq!(seen[0].headers["idempotency-key"], seen[1].headers["idempotency-key"]);
    assert_eq!(seen[0].body, seen[1].body);
    let h = &seen[0].headers;
    let key = WebhookKey::parse(KEY).unwrap();
    let fits = key.verify(
        &h["webhook-id"],
        &h["webhook-timestamp"],
        &h["webhook-signature"],
        seen[0].body.as_bytes(),
        SystemClock.now(),
    );
    assert_eq!(fits, Ok(()));
    let body: serde_json::Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(
        (&body["to"], &body["template"], &body["params"]["number"], &body["signature"]),
        (&"8613800138000".into(), &"T1".into(), &"HZ-1".into(), &"海珠邻里".into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_go_later_is_told_from_what_never_will() {
    let answers = ["503 busy", "200 not json", "204 ", "200 {\"ok\":true}", "401 {}", "429 {}", "302 {}"];
    let never = ["422 {\"code\":\"no-such-number\"}", "400 "];
    let (url, _) = listener(answers.iter().chain(&never).map(|a| Some(*a)).collect());
    let g = gateway(&url);
    for answer in answers {
        assert!(matches!(send(&g).await, Err(SendError::Down(_))), "{answer}");
    }
    assert_eq!(send(&g).await, Err(SendError::Refused("no-such-number".to_owned())));
    assert_eq!(send(&g).await, Err(SendError::Refused("status 400".to_owned())));
    // Now nobody listens any more.
    assert!(matches!(send(&g).await, Err(SendError::Down(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_says_nothing_is_down_after_its_deadline() {
    let (url, _) = listener(vec![None]);
    let began = std::time::Instant::now();
    assert_eq!(send(&gateway(&url)).await, Err(SendError::Down("timeout".to_owned())));
    assert!(began.elapsed().as_secs() < 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_go_the_same_way_and_nowhere_without_a_gateway() {
    let (url, seen) = listener(vec![Some("200 {\"id\":\"g-2\"}")]);
    let phone = Phone::parse("13800138000").unwrap();
    CodeChannel::send(&gateway(&url), CodeId::from_raw(5), &phone, "123456").await.unwrap();
    let body: serde_json::Value = serde_json::from_str(&seen.lock().unwrap()[0].body).unwrap();
    assert_eq!((&body["params"]["code"], &body["template"]), (&"123456".into(), &"C1".into()));
    assert!(gateway(&url).shown(CodeId::from_raw(5)).is_none());
    assert!(CodeChannel::send(&NoGateway, CodeId::from_raw(5), &phone, "123456").await.is_err());
}

#[test]
fn the_configuration_keeps_its_secret_and_refuses_slips() {
    let good =
        config(&format!("[sms]\nurl = \"https://g.test/\"\nkey = \"{KEY}\"\nsignature = \"甲\"\n")).unwrap();
    let shown = format!("{good:?} {}", serde_json::to_string(&good).unwrap());
    assert!(!shown.contains("MfKQ9r8") && shown.contains('…'), "{shown}");
    for bad in [
        format!("url = \"http://g.test/\"\nkey = \"{KEY}\"\nsignature = \"甲\""),
        format!("url = \"http://localhost.evil.test/\"\nkey = \"{KEY}\"\nsignature = \"甲\""),
        "url = \"https://g.test/\"\nkey = \"short\"\nsignature = \"甲\"".to_owned(),
        "url = \"https://g.test/\"\nsignature = \"甲\"".to_owned(),
        format!("url = \"https://g.test/\"\nkey = \"{KEY}\"\nkey_file = \"k\"\nsignature = \"甲\""),
        format!("url = \"https://g.test/\"\nkey = \"{KEY}\"\nsignature = \" \""),
    ] {
        assert!(config(&format!("[sms]\n{bad}\n")).is_err(), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wechat_goes_the_same_way_and_binds_where_the_configuration_says() {
    let (url, seen) = listener(vec![Some("200 {\"id\":\"w-1\"}"), Some("422 {\"code\":\"not-following\"}")]);
    let wechat = |bind: &str| {
        config(&format!(
            "[wechat]\nurl = \"{url}\"\nkey = \"{KEY}\"\nbind_url = \"{bind}\"\n[wechat.templates]\n\"it.asked\" = \"TM1\"\n"
        ))
    };
    assert!(wechat("https://w.test/bind").is_err(), "a ticket has to stand somewhere");
    assert!(wechat("http://w.test/bind?t={ticket}").is_err());
    let config = wechat("https://w.test/bind?t={ticket}").unwrap();
    let g = HttpWechat::new(config.wechat.as_ref().unwrap(), Arc::new(SystemClock)).unwrap();
    assert_eq!(g.bind_link("abc").as_deref(), Some("https://w.test/bind?t=abc"));
    assert_eq!(NoGateway.bind_link("abc"), None);
    let message = WechatMessage {
        id: NoticeId::from_raw(78),
        open_id: "o-1".to_owned().into(),
        kind: "it.asked".to_owned(),
        params: vec![("number".to_owned(), "HZ-1".to_owned())],
        text: "您的办件 HZ-1 需要补正。".to_owned(),
        link: "https://a.test/my/cases/1".to_owned(),
    };
    assert_eq!(g.send(&message).await, Ok("w-1".to_owned()));
    assert_eq!(g.send(&message).await, Err(SendError::Refused("not-following".to_owned())));
    let body: serde_json::Value = serde_json::from_str(&seen.lock().unwrap()[0].body).unwrap();
    assert_eq!(
        (&body["to"], &body["template"], &body["link"]),
        (&"o-1".into(), &"TM1".into(), &"https://a.test/my/cases/1".into())
    );
    assert!(!format!("{message:?}").contains("o-1"), "an account is never logged");
}

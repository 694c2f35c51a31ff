//! Files through the door: what is taken, what is refused, what is left behind, who may open them. On both engines.

use axum::body::Bytes;
use http_body::Frame;
use it::{Form, Page, TestHouse, Visitor};
use linli::simulators::Fault;
use linli_acts::{Actor, Subject, check_states, personal_data, seal_once, sweep_retention};
use linli_db::{DbError, Engine, sql};
use linli_files::offers::{self as files, FileId, Use};
use linli_web::{Gate, Reply, Req, Route};

use crate::proof::sign_in;

sql! {
    COUNTS: (i64, i64) = "SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM file_blocks)";
}

/// A page of the tests' own that takes a file and says what was wrong with it.
async fn take(req: Req) -> Result<Reply, linli_web::Fault> {
    match files::receive(req.house(), req.actor(), req.incoming()).await {
        Ok(id) => Ok(Reply::see_other(&format!("/my/files?id={}", id.raw()))),
        Err(files::FileError::Refused(why, _)) => {
            let words = files::refusal_words(why.word(), req.lang()).unwrap().to_owned();
            Ok(Reply::bytes("text/plain; charset=utf-8", words.into_bytes()).status(422))
        }
        Err(e) => Err(e.into()),
    }
}

fn visitor(h: &TestHouse, signed_in: &Visitor) -> Visitor {
    let route = Route::post("/test/files", Gate::Resident, take).streams(linli_files::ROUTE_LIMIT);
    let mut v = Visitor::new(h.router_with(vec![route]));
    v.cookies.clone_from(&signed_in.cookies);
    v
}

/// The form that the page would show: with the session's mark.
async fn form(v: &mut Visitor) -> Form {
    let page = v.get("/my").await;
    let csrf = page.forms().into_iter().find_map(|f| f.fields.get("csrf").cloned());
    let csrf = match csrf {
        Some(csrf) => csrf,
        None => v
            .get("/proofs/insurance")
            .await
            .forms()
            .into_iter()
            .find_map(|f| f.fields.get("csrf").cloned())
            .unwrap(),
    };
    Form { action: "/test/files".to_owned(), fields: std::iter::once(("csrf".to_owned(), csrf)).collect() }
}

async fn send(v: &mut Visitor, name: &str, file: &[u8]) -> Page {
    let form = form(v).await;
    v.submit_file(&form, "file", name, file).await
}

fn segment(code: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0xFF, code];
    out.extend_from_slice(&u16::try_from(body.len() + 2).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    out
}

/// A photograph that says where it was taken.
pub fn photograph(size: usize) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    out.extend(segment(0xE1, b"Exif\0\0II\x2A\0\x08\0\0\0\0\0 GPS 23.08N"));
    out.extend(segment(0xDB, &[0; 65]));
    out.extend(segment(0xDA, &[1, 2, 3]));
    out.extend(std::iter::repeat_n(7u8, size));
    out.extend_from_slice(&[0xFF, 0xD9]);
    out
}

pub fn pdf(inside: &str) -> Vec<u8> {
    format!("%PDF-1.7\n1 0 obj\n{inside}\nendobj\n%%EOF\n").into_bytes()
}

const EICAR: [&str; 2] = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!$H+H*"];

async fn counts(h: &TestHouse) -> (i64, i64) {
    h.house.read(|r| r.one(&COUNTS, ())).await.unwrap_or_else(|e: DbError| panic!("{e}"))
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w == what)
}

fn id_of(page: &Page) -> FileId {
    page.path
        .split_once("id=")
        .unwrap_or_else(|| panic!("{}: {}", page.path, page.text()))
        .1
        .parse::<i64>()
        .map(FileId::from_raw)
        .unwrap()
}

async fn sound(h: &TestHouse) {
    seal_once(&h.house).await.unwrap();
    let states = check_states(&h.house).await.unwrap();
    assert!(states.faults.is_empty(), "{:?}", states.faults);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_come_in_is_told_kindly_and_leaves_nothing() {
    for h in TestHouse::districts().await {
        let signed = sign_in(&h, "梁阿珍").await;
        let mut v = visitor(&h, &signed);
        let virus = pdf(&format!("({})", EICAR.concat()));
        let refused: [(&str, Vec<u8>, &str); 9] = [
            ("证明.pdf", photograph(10), "文件名和内容对不上"),
            ("photo.jpg", b"MZ\x90\0this is a program, not a photograph".to_vec(), "这种文件收不了"),
            ("page.html", b"<html><script>alert(1)</script></html>".to_vec(), "这种文件收不了"),
            ("a.jpg", b"\0\0\0\x18ftypheic and so on".to_vec(), "HEIC"),
            ("a.pdf", pdf("<< /S /JavaScript /JS (app.alert(1)) >>"), "带有程序"),
            ("a.pdf", virus, "发现了病毒"),
            ("a.jpg", photograph(11 * 1024 * 1024), "文件太大"),
            ("a.jpg", photograph(40)[..60].to_vec(), "不完整"),
            ("a.jpg", Vec::new(), "是空的"),
        ];
        for (name, file, words) in refused {
            let page = send(&mut v, name, &file).await;
            assert_eq!(page.status, 422, "{name} {words}: {}", page.text());
            assert!(page.says(words), "{name} {words}: {}", page.text());
        }
        // No file chosen; and a form that stops in the middle of the file.
        let none = v.submit(&form(&mut v.clone()).await).await;
        assert!(none.status == 422 && none.says("请选择一个文件"), "{}", none.text());
        // Another site's form is refused before a byte is taken.
        let foreign = Form { fields: std::collections::BTreeMap::new(), ..form(&mut v).await };
        assert_eq!(v.submit_file(&foreign, "file", "a.jpg", &photograph(10)).await.status, 403);
        assert_eq!(counts(&h).await, (0, 0));
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photograph_is_kept_clean_for_its_owner_alone() {
    for h in TestHouse::districts().await {
        let signed = sign_in(&h, "梁阿珍").await;
        let mut v = visitor(&h, &signed);
        // More than two blocks.
        let photograph = photograph(700_000);
        let page = send(&mut v, "C:\\家\\出生 证明.JPG", &photograph).await;
        assert!(page.says("出生 证明.JPG") && page.says("未发现病毒"), "{}", page.text());
        let id = id_of(&page);
        assert_eq!(counts(&h).await, (1, 3));
        let mine = v.get(&format!("/my/files/{id}")).await;
        assert_eq!((mine.status, mine.content_type.as_str()), (200, "image/jpeg"));
        assert!(mine.disposition.starts_with("attachment; filename=\"file-"), "{}", mine.disposition);
        assert!(!has(&mine.body, b"GPS") && has(&photograph, b"GPS"), "where it was taken is gone");
        assert_eq!(
            mine.body.len(),
            photograph.len() - segment(0xE1, b"Exif\0\0II\x2A\0\x08\0\0\0\0\0 GPS 23.08N").len()
        );
        assert!(v.get("/me/looks").await.says("下载了您的文件"));

        // Nobody else's: told like none.
        let mut other = sign_in(&h, "陈志伟").await;
        assert_eq!(other.get(&format!("/my/files/{id}")).await.status, 404);
        let theirs = Form { action: format!("/my/files/{id}/remove"), ..form(&mut other).await };
        assert_eq!(other.submit(&theirs).await.status, 404);
        assert_eq!(
            h.visitor().get(&format!("/my/files/{id}")).await.path,
            format!("/sign-in?back=%2Fmy%2Ffiles%2F{id}")
        );

        // A whole copy of the database holds it: another house on the copy gives the same bytes.
        if h.house.db().engine() == Engine::Sqlite {
            let folder = tempfile::tempdir().unwrap();
            let copy = folder.path().join("copy.db");
            h.house.db().copy_to(copy.clone()).await.unwrap();
            let restored = TestHouse::open_copy(&copy).await;
            let mut there = Visitor::new(restored.router());
            there.cookies.clone_from(&signed.cookies);
            assert_eq!(there.get(&format!("/my/files/{id}")).await.body, mine.body);
        }

        // She removes it.
        let page = v.get("/my/files").await;
        let remove = page.forms().into_iter().find(|f| f.action.ends_with("/remove")).unwrap();
        assert!(v.submit(&remove).await.says("已删除"));
        assert_eq!(counts(&h).await, (0, 0));
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scanner_that_is_down_is_asked_again_and_what_it_finds_is_locked_away() {
    for h in TestHouse::districts().await {
        let signed = sign_in(&h, "梁阿珍").await;
        let mut v = visitor(&h, &signed);
        h.scanner.set(Fault::Down);
        let clean = id_of(&send(&mut v, "a.jpg", &photograph(10)).await);
        let page = send(&mut v, "b.pdf", &pdf(&format!("({})", EICAR.concat()))).await;
        assert!(page.says("病毒检查中"), "{}", page.text());
        let virus = id_of(&page);
        h.run_jobs().await;
        assert!(v.get("/my/files").await.says("病毒检查中"), "it is still down");
        h.scanner.set(Fault::None);
        h.clock.advance_seconds(600);
        h.run_jobs().await;
        let page = v.get("/my/files").await;
        assert!(page.says("未发现病毒") && page.says("发现病毒，不能打开"), "{}", page.text());
        assert_eq!(v.get(&format!("/my/files/{clean}")).await.status, 200);
        assert_eq!(v.get(&format!("/my/files/{virus}")).await.status, 409);
        sound(&h).await;
    }
}

/// A body that comes in pieces, of which the last never comes.
struct Pieces(tokio::sync::mpsc::Receiver<Bytes>);

impl axum::body::HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;
    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|b| b.map(|b| Ok(Frame::data(b))))
    }
}

/// Sends half of a large photograph and holds the line; the request.
async fn half(v: &mut Visitor) -> (axum::http::Request<axum::body::Body>, tokio::sync::mpsc::Sender<Bytes>) {
    let form = form(v).await;
    let (send, receive) = tokio::sync::mpsc::channel(8);
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n",
        form.fields["csrf"]
    );
    send.send(head.into_bytes().into()).await.unwrap();
    send.send(photograph(900_000)[..600_000].to_vec().into()).await.unwrap();
    let cookies: Vec<String> = v.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let request = axum::http::Request::post("/test/files")
        .header("cookie", cookies.join("; "))
        .header("content-type", "multipart/form-data; boundary=edge")
        .header("sec-fetch-site", "same-origin")
        .body(axum::body::Body::new(Pieces(receive)))
        .unwrap();
    (request, send)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_cut_off_is_never_used_and_goes() {
    use tower::ServiceExt;
    for h in TestHouse::districts().await {
        let signed = sign_in(&h, "梁阿珍").await;
        let mut v = visitor(&h, &signed);
        let route = Route::post("/test/files", Gate::Resident, take).streams(linli_files::ROUTE_LIMIT);
        let router = h.router_with(vec![route]);

        // The line breaks: the program tidies up at once.
        let (request, line) = half(&mut v).await;
        let answer = tokio::spawn(router.clone().oneshot(request));
        drop(line);
        assert_eq!(answer.await.unwrap().unwrap().status(), 400);
        assert_eq!(counts(&h).await, (0, 0));

        // The power goes while it comes in: blocks are there, but nothing that could be used, and the sweep takes them.
        let (request, line) = half(&mut v).await;
        let answer = tokio::spawn(router.oneshot(request));
        for _ in 0..500 {
            if counts(&h).await.1 > 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        answer.abort();
        let _ = answer.await;
        drop(line);
        let (rows, blocks) = counts(&h).await;
        assert!(rows == 1 && blocks > 0, "{rows} {blocks}");
        assert!(v.get("/my/files").await.says("还没有上传过文件"));
        h.clock.advance_seconds(2 * 86_400);
        sweep_retention(&h.house).await.unwrap();
        assert_eq!(counts(&h).await, (0, 0));
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_used_stays_what_is_not_goes_and_erasure_takes_it() {
    for h in TestHouse::districts().await {
        let signed = sign_in(&h, "梁阿珍").await;
        let mut v = visitor(&h, &signed);
        let used = id_of(&send(&mut v, "a.jpg", &photograph(10)).await);
        let unused = id_of(&send(&mut v, "b.jpg", &photograph(10)).await);
        let person = h.house.read(move |r| files::file(r, used)).await.unwrap().person;
        let owner = Subject::new("application", linli_applications::domain::ApplicationId::from_raw(77));
        let (owner_1, her) = (owner, Actor::person(person));
        h.house
            .act(&her, move |act| {
                files::take_up(act, used, &Use { owner: owner_1, purpose: "birth".to_owned(), until: None })
            })
            .await
            .unwrap();
        // Not by a record that does not use it, not by somebody else.
        let owner_1 = owner;
        let other = h.house.act(&her, move |act| files::open_of(act, unused, &owner_1)).await;
        assert_eq!(linli_base::Problem::code(&other.unwrap_err()), "not-found");
        h.clock.advance_seconds(2 * 86_400);
        sweep_retention(&h.house).await.unwrap();
        assert_eq!(counts(&h).await, (1, 1));
        let held = personal_data().into_iter().find(|p| p.room == "files").unwrap();
        h.house.act(&Actor::system(), move |act| (held.erase)(act, person)).await.unwrap();
        assert_eq!(counts(&h).await, (1, 1), "what a record uses goes with the record");
        h.house.act(&Actor::system(), move |act| files::let_all_go(act, &owner)).await.unwrap();
        assert_eq!(counts(&h).await, (0, 0));
        sound(&h).await;
    }
}

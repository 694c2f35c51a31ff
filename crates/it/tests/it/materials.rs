//! Materials of an application: met by the best way that this person has, uploaded, asked again, checked once, and what happens
//! when something changes on the way. On both engines, through served forms.

use it::{Form, Page, TestHouse, Visitor};
use linli_acts::{Actor, check_states, personal_data, seal_once};
use linli_catalogue::offers::{Arriving, deliver};
use linli_db::{DbError, sql};
use linli_guide::Guide;

use crate::files::{pdf, photograph};
use crate::office::sign_in as officer;
use crate::proof::{fact, sign_in};

sql! {
    FILES: (i64,) = "SELECT count(*) FROM files";
    STATE: () = "UPDATE items SET state = $2 WHERE key = $1";
    WANTED: (i64, i64) = "SELECT materials, waived FROM applications WHERE item_key = $1 AND state = 'filed' ORDER BY id DESC LIMIT 1";
}

/// An item that asks for everything there is to ask: a page that depends on an answer, rows, and materials of every kind.
pub fn item(name: &str) -> String {
    let json = linli_catalogue::DELIVERED.iter().find(|(k, _)| *k == "senior-card").unwrap().1;
    let mut item: serde_json::Value = serde_json::from_str(json).unwrap();
    let both = |zh: &str| serde_json::json!({ "zh": zh, "en": zh });
    let source = serde_json::json!({ "from": "government", "zh": "样例", "en": "sample" });
    item["name"] = both(name);
    item["conditions"] = serde_json::json!([]);
    item["materials"] = serde_json::json!([
        { "key": "card", "name": both("优待卡"), "source": source,
          "ways": [{ "certificate": { "kind": "senior-card" } }, { "upload": { "check": "online" } }] },
        { "key": "birth", "name": both("出生证明"), "source": source, "need": { "later": { "days": 5 } },
          "when": { "fact": { "key": "answer:child", "op": "is", "than": { "number": 1 } } },
          "ways": [{ "reuse": { "kind": "birth" } }, { "upload": { "check": "counter" } }, { "original": { "hand_in": "post" } }] },
        { "key": "photo", "name": both("照片"), "source": source, "need": "optional", "ways": [{ "upload": { "check": "online" } }] },
        { "key": "account", "name": both("账户声明"), "source": source, "ways": [{ "declare": both("账户是本人的") }] },
    ]);
    item["begin"] = serde_json::json!({ "form": { "two_persons": false, "known": ["name", "document"], "pages": [
        { "title": both("有没有孩子"), "fields": [{ "key": "child", "label": both("有孩子"), "kind": "yes-no" }] },
        { "title": both("孩子"), "when": { "fact": { "key": "answer:child", "op": "is", "than": { "number": 1 } } },
          "fields": [{ "key": "children", "label": both("孩子"), "kind": "group", "min": 1, "max": 3, "fields": [
              { "key": "name", "label": both("姓名"), "kind": "text" }, { "key": "born", "label": both("生日"), "kind": "day" } ] }] },
        { "title": both("收入"), "fields": [{ "key": "income", "label": both("月收入"), "kind": "money", "optional": true }] },
    ] } });
    item.to_string()
}

pub async fn put(h: &TestHouse, key: &'static str, json: String) {
    // It may name kinds of paper that were added in the browser.
    let guide: Guide = serde_json::from_str(&json).unwrap();
    let item = Arriving::new(key.to_owned(), guide).unwrap();
    let deliver = move |act: &mut linli_acts::Act<'_, '_>| deliver(act, std::slice::from_ref(&item));
    h.house.act(&Actor::system(), deliver).await.unwrap();
}

pub fn to(page: &Page, action: &str) -> Form {
    let found = page.forms().into_iter().find(|f| f.action == action);
    found.unwrap_or_else(|| panic!("no form to {action} on {}: {}", page.path, page.text()))
}

pub async fn begin(v: &mut Visitor, item: &str) -> Page {
    let page = v.get(&format!("/apply/{item}")).await;
    v.submit(&to(&page, &format!("/apply/{item}"))).await
}

/// Fills the pages; the page of the first material.
async fn fill(v: &mut Visitor, item: &str) -> Page {
    let page = begin(v, item).await;
    let page = v.submit(&to(&page, &format!("/apply/{item}/1")).with("child", "1")).await;
    let form = to(&page, &format!("/apply/{item}/2"));
    let form = form.with("children.1.name", "梁小明").with("children.1.born", "2020-02-02");
    let page = v.submit(&form).await;
    v.submit(&to(&page, &format!("/apply/{item}/3")).with("income", "1,200.50")).await
}

async fn upload(v: &mut Visitor, item: &str, material: &str, name: &str, file: &[u8]) -> Page {
    let base = format!("/apply/{item}/materials/{material}");
    let page = v.get(&base).await;
    v.submit_file(&to(&page, &format!("{base}/file")), "file", name, file).await
}

async fn choose(v: &mut Visitor, item: &str, material: &str, how: &str) -> Page {
    let base = format!("/apply/{item}/materials/{material}");
    let page = v.get(&base).await;
    let form = page.forms().into_iter().find(|f| f.action == base);
    let form = form.unwrap_or_else(|| Form { action: base.clone(), ..to(&page, &format!("{base}/file")) });
    v.submit(&form.with("how", how)).await
}

async fn send(v: &mut Visitor, item: &str) -> Page {
    let check = format!("/apply/{item}/check");
    let page = v.get(&check).await;
    v.submit(&to(&page, &check).with("truth", "1").with("declare.account", "1")).await
}

async fn sound(h: &TestHouse) {
    seal_once(&h.house).await.unwrap();
    let states = check_states(&h.house).await.unwrap();
    assert!(states.faults.is_empty(), "{:?}", states.faults);
}

async fn files(h: &TestHouse) -> i64 {
    h.house.read(|r| r.one(&FILES, ())).await.unwrap_or_else(|e: DbError| panic!("{e}")).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_with_everything_from_start_to_the_second_time() {
    for h in TestHouse::districts().await {
        put(&h, "every-way", item("样样都要")).await;
        put(&h, "every-way-again", item("样样又要")).await;
        let mut v = sign_in(&h, "梁阿珍").await;
        let page = v.get("/apply/every-way").await;
        assert!(page.says("用您的电子证照“老年人优待卡”，不用交"), "{}", page.text());
        assert!(page.says("上传，并带原件给窗口看一次：出生证明"), "{}", page.text());

        // The way follows from the answers: without a child there is no page of children and no birth certificate.
        let page = begin(&mut v, "every-way").await;
        let page = v.submit(&to(&page, "/apply/every-way/1").with("child", "0")).await;
        assert_eq!(page.path, "/apply/every-way/3");
        assert_eq!(v.get("/apply/every-way/2").await.path, "/apply/every-way/3");
        let page = v.get("/apply/every-way/1").await;
        let page = v.submit(&to(&page, "/apply/every-way/1").with("child", "1")).await;
        assert_eq!(page.path, "/apply/every-way/2");

        // Rows come and go without script, and what was typed stays.
        let form = to(&page, "/apply/every-way/2").with("children.1.name", "大宝").with("more", "children");
        let page = v.submit(&form).await;
        let form = to(&page, "/apply/every-way/2");
        assert!(
            form.fields["children.1.name"] == "大宝" && form.fields["children"] == "2",
            "{:?}",
            form.fields
        );
        let page = v.submit(&form.with("children.2.name", "二宝").with("less", "children.1")).await;
        let form = to(&page, "/apply/every-way/2");
        assert!(
            form.fields["children.1.name"] == "二宝" && form.fields["children"] == "1",
            "{:?}",
            form.fields
        );
        let wrong = v.submit(&form.with("children.1.born", "去年")).await;
        assert!(wrong.status == 422 && wrong.says("请填写日期") && wrong.says("去年"), "{}", wrong.text());
        let page = v.submit(&to(&wrong, "/apply/every-way/2").with("children.1.born", "2020-02-02")).await;
        let page = v.submit(&to(&page, "/apply/every-way/3").with("income", "1,200.50")).await;
        assert_eq!(to(&v.get("/apply/every-way/3").await, "/apply/every-way/3").fields["income"], "1200.50");
        assert_eq!(page.path, "/apply/every-way/materials/birth");

        // Nobody can skip a material, and what may not come in is told on its page.
        assert_eq!(v.get("/apply/every-way/check").await.path, "/apply/every-way/materials/birth");
        let none = choose(&mut v, "every-way", "birth", "files").await;
        assert!(none.status == 422 && none.says("请先上传文件"), "{}", none.text());
        let lie = upload(&mut v, "every-way", "birth", "birth.jpg", &pdf("<< >>")).await;
        assert!(lie.status == 422 && lie.says("文件名和内容对不上"), "{}", lie.text());
        let page = upload(&mut v, "every-way", "birth", "出生证.jpg", &photograph(2_000)).await;
        assert!(page.says("已上传") && page.says("出生证.jpg"), "{}", page.text());
        let page = upload(&mut v, "every-way", "birth", "错的.jpg", &photograph(30)).await;
        let drop = page.forms().into_iter().rfind(|f| f.action.ends_with("/drop")).unwrap();
        assert!(!v.submit(&drop).await.says("错的.jpg"));
        let page = choose(&mut v, "every-way", "birth", "files").await;
        assert_eq!(page.path, "/apply/every-way/materials/photo");
        let page = choose(&mut v, "every-way", "photo", "without").await;
        assert_eq!(page.path, "/apply/every-way/check");
        assert!(page.says("二宝") && page.says("1,200.50") && page.says("账户是本人的"), "{}", page.text());

        // Each statement is wanted; a plan that she did not see is not filed; known values are taken from no form.
        let form = to(&page, "/apply/every-way/check");
        let wrong = v.submit(&form.clone().with("truth", "1")).await;
        assert!(wrong.status == 422 && wrong.says("请勾选这一项"), "{}", wrong.text());
        let form = form.with("truth", "1").with("declare.account", "1");
        let changed = v.submit(&form.clone().with("plan", "0123")).await;
        assert!(changed.status == 409 && changed.says("有变化"), "{}", changed.text());
        let forged =
            form.with("known-name", "别人").with("name", "别人").with("card", "别人").with("materials", "x");
        let page = v.submit(&forged).await;
        assert!(
            page.path.ends_with("/receipt") && page.says("2 份不用您交") | page.says("1 份不用您交"),
            "{}",
            page.text()
        );
        assert!(!page.says("别人") && page.says("带原件给窗口看一次"), "{}", page.text());
        let number = fact(&page, "编号");
        let case = page.path.strip_suffix("/receipt").unwrap().to_owned();
        let (wanted, waived) =
            h.house.read(|r| r.one(&WANTED, ("every-way",))).await.unwrap_or_else(|e: DbError| panic!("{e}"));
        assert_eq!(
            (wanted, waived),
            (3, 1),
            "certificate, upload, statement; what was left out is not counted"
        );

        // The desk: provenance, scan, download, and the original once compared.
        let desk = case.replace("/my/", "/desk/");
        let mut other = officer(&h, "clerk-chigang").await;
        assert_eq!(other.get(&format!("{desk}/materials")).await.status, 404);
        let mut clerk = officer(&h, "clerk").await;
        let page = clerk.get(&desk).await;
        assert!(page.says(&number) && page.says(&format!("{desk}/materials")), "{}", page.text());
        assert!(page.says("梁阿珍") && !page.says("别人"));
        let page = clerk.get(&format!("{desk}/materials")).await;
        assert!(
            page.says("证照有效") && page.says("出生证.jpg") && page.says("未发现病毒"),
            "{}",
            page.text()
        );
        let file = page
            .text()
            .split(&format!("{desk}/files/"))
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let got = clerk.get(&format!("{desk}/files/{file}")).await;
        assert_eq!((got.status, got.content_type.as_str()), (200, "image/jpeg"));
        assert!(got.disposition.starts_with("attachment"));
        assert_eq!(other.get(&format!("{desk}/files/{file}")).await.status, 404);
        assert!(v.get("/me/looks").await.says("下载了您的文件"));
        let checked = page.forms().into_iter().find(|f| f.action.ends_with("/checked")).unwrap();
        assert!(clerk.submit(&checked).await.says("以后不用再交"));

        // The second time she is not asked again.
        let page = v.get("/apply/every-way-again").await;
        assert!(page.says("不用再交"), "{}", page.text());
        let page = fill(&mut v, "every-way-again").await;
        assert_eq!(page.path, "/apply/every-way-again/materials/photo");
        choose(&mut v, "every-way-again", "photo", "without").await;
        let page = send(&mut v, "every-way-again").await;
        assert!(page.says("2 份不用您交"), "{}", page.text());
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_material_is_asked_again_and_sent() {
    for h in TestHouse::districts().await {
        put(&h, "every-way", item("样样都要")).await;
        let mut v = sign_in(&h, "梁阿珍").await;
        fill(&mut v, "every-way").await;
        upload(&mut v, "every-way", "birth", "模糊.jpg", &photograph(50)).await;
        choose(&mut v, "every-way", "birth", "files").await;
        choose(&mut v, "every-way", "photo", "without").await;
        let page = send(&mut v, "every-way").await;
        let mine = page.path.strip_suffix("/receipt").unwrap().to_owned();
        let desk = mine.replace("/my/", "/desk/");
        let mut clerk = officer(&h, "clerk").await;
        let page = clerk.get(&desk).await;
        let ask = to(&page, &format!("{desk}/supplement")).with("point.material-birth", "照片看不清，请重拍");
        assert!(clerk.submit(&ask).await.says("补正告知已发出"));

        let page = v.get(&format!("{mine}/mend")).await;
        assert!(page.says("照片看不清，请重拍") && page.says("上传这份材料"), "{}", page.text());
        let none = v.submit(&to(&page, &format!("{mine}/mend"))).await;
        assert!(none.status == 422 && none.says("请先上传文件"), "{}", none.text());
        let page = v.get(&format!("{mine}/mend/birth")).await;
        let page = v
            .submit_file(&to(&page, &format!("{mine}/mend/birth")), "file", "清楚.jpg", &photograph(60))
            .await;
        assert!(page.says("清楚.jpg"), "{}", page.text());
        // What was not asked is not taken.
        assert_eq!(v.get(&format!("{mine}/mend/photo")).await.status, 404);
        let page = v.get(&format!("{mine}/mend")).await;
        let page = v.submit(&to(&page, &format!("{mine}/mend"))).await;
        assert!(page.says("补正已提交"), "{}", page.text());
        let page = clerk.get(&format!("{desk}/materials")).await;
        assert!(page.says("清楚.jpg") && page.says("模糊.jpg"), "{}", page.text());
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_on_the_way_is_told_and_nothing_is_lost() {
    for h in TestHouse::districts().await {
        put(&h, "every-way", item("样样都要")).await;
        let mut v = sign_in(&h, "梁阿珍").await;
        fill(&mut v, "every-way").await;
        choose(&mut v, "every-way", "birth", "later").await;
        choose(&mut v, "every-way", "photo", "without").await;
        let check = v.get("/apply/every-way/check").await;
        let seen = to(&check, "/apply/every-way/check").with("truth", "1").with("declare.account", "1");

        // Her certificate is revoked while she reads: she is told, and shown another way.
        let who = linli_sample::cast().into_iter().find(|c| c.name == "梁阿珍").unwrap();
        let mut papers = officer(&h, "papers").await;
        let page = papers.get("/office/certificates").await;
        let page = papers.submit(&to(&page, "/office/certificates").with("document", &who.document)).await;
        let (_, after) =
            page.text().split_once("老年人优待卡").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let action = after.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let revoke = to(&page, &action).with("state", "revoked").with("reason", "样例");
        assert!(papers.submit(&revoke).await.says("已撤销"));
        let page = v.submit(&seen).await;
        assert!(page.path == "/apply/every-way/materials/card" && page.says("有变化"), "{}", page.text());
        upload(&mut v, "every-way", "card", "卡.jpg", &photograph(40)).await;
        let page = choose(&mut v, "every-way", "card", "files").await;
        assert!(page.says("梁小明"), "{}", page.text());

        // The item asks for more: what she did stays, the new is asked.
        let mut changed: serde_json::Value = serde_json::from_str(&item("样样都要")).unwrap();
        changed["begin"]["form"]["pages"][2]["fields"].as_array_mut().unwrap().push(serde_json::json!(
            { "key": "why", "label": { "zh": "为什么", "en": "why" }, "kind": "text" }
        ));
        put(&h, "every-way", changed.to_string()).await;
        let page = v.get("/apply/every-way").await;
        assert!(page.says("这件事的要求有更新"), "{}", page.text());
        let page = v.submit(&to(&page, "/apply/every-way")).await;
        assert_eq!(page.path, "/apply/every-way/3");
        let form = to(&page, "/apply/every-way/3");
        assert_eq!(form.fields["income"], "1200.50");
        // Kept while she is on the page, right or not.
        let kept = Form { action: "/apply/every-way/3/keep".to_owned(), ..form }
            .with("income", "x")
            .with("why", "搬家");
        assert_eq!(v.submit(&kept).await.status, 204);
        assert_eq!(to(&v.get("/apply/every-way/3").await, "/apply/every-way/3").fields["why"], "搬家");

        // The item ends: she sees what she typed.
        h.house
            .db()
            .write(|tx| tx.run(&STATE, ("every-way", "retired")))
            .await
            .unwrap_or_else(|e: DbError| panic!("{e}"));
        for path in [
            "/apply/every-way",
            "/apply/every-way/3",
            "/apply/every-way/check",
            "/apply/every-way/materials/card",
        ] {
            let page = v.get(path).await;
            assert!(
                page.status == 410 && page.says("已停止办理") && page.says("梁小明"),
                "{path}: {}",
                page.text()
            );
        }
        // What she typed this minute too, wrong as it may be.
        let late = kept.clone().with("income", "约三千").with("why", "来不及了");
        let late = Form { action: "/apply/every-way/3".to_owned(), ..late };
        let page = v.submit(&late).await;
        assert!(page.status == 410 && page.says("约三千") && page.says("来不及了"), "{}", page.text());
        assert!(page.says("没有丢") && page.says("2027年"), "{}", page.text());
        let mut nobody = sign_in(&h, "陈志伟").await;
        assert_eq!(nobody.get("/apply/every-way").await.status, 404);

        // Erased: files of the draft go with it.
        assert_eq!(files(&h).await, 1);
        let number =
            linli_base::docnum::DocumentNumber::parse(who.document_kind, &who.document, h.house.now().day())
                .unwrap();
        let house = h.house.clone();
        let found =
            h.house.read(move |r| linli_people::offers::find_by_document(r, house.vault(), &number)).await;
        let person = found.unwrap().unwrap();
        let part = personal_data().into_iter().find(|p| p.room == "applications").unwrap();
        h.house.act(&Actor::system(), move |act| (part.erase)(act, person)).await.unwrap();
        assert_eq!(files(&h).await, 0);
        let live = h.house.db().write(|tx| tx.run(&STATE, ("every-way", "live"))).await;
        live.unwrap_or_else(|e: DbError| panic!("{e}"));
        sound(&h).await;
    }
}

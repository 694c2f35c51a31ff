//! The pages as a browser meets them: what was served is what is submitted.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use linli_acts::{Actor, BodyId, DutyId, Held, House, PersonId, StaffId};
use linli_base::Instant;
use linli_db::{DbError, Read};
use linli_vault::Vault;
use linli_web::session::{self, SessionKind};
use linli_web::{Directory, Site, router};
use tower::ServiceExt;

use crate::tests::house;

/// Staff 5 keeps the divisions of the first street; nobody else holds anything.
pub(crate) struct Names;

impl Directory for Names {
    fn held(&self, _: &mut Read<'_>, staff: StaffId, _: Instant) -> Result<Vec<Held>, DbError> {
        let place = match staff.raw() {
            5 => "440105001000",
            6 => "440105000000",
            _ => return Ok(Vec::new()),
        };
        Ok(vec![Held {
            duty: DutyId::from_raw(9),
            kind: crate::EDITOR.key.to_owned(),
            body: BodyId::from_raw(1),
            place: place.parse().unwrap(),
            deputy_of: None,
        }])
    }
    fn staff_name(&self, _: &mut Read<'_>, _: StaffId) -> Result<Option<String>, DbError> {
        Ok(Some("陈姑娘".to_owned()))
    }
    fn person_name(&self, _: &mut Read<'_>, _: &Vault, _: PersonId) -> Result<Option<String>, DbError> {
        Ok(None)
    }
    fn body_name(&self, _: &mut Read<'_>, _: BodyId) -> Result<Option<(String, String)>, DbError> {
        Ok(None)
    }
    fn duty(&self, _: &mut Read<'_>, _: DutyId) -> Result<Option<Held>, DbError> {
        Ok(None)
    }
}

struct Browser {
    house: House,
    router: Router,
    cookies: BTreeMap<String, String>,
    at: String,
    page: String,
    status: StatusCode,
}

fn encode(text: &str) -> String {
    linli_web::encode(text)
}

impl Browser {
    /// Signed in as this officer; 0: nobody.
    async fn new(house: &House, staff: i64) -> Self {
        let site = Site {
            origin: "http://linli.test".to_owned(),
            district_zh: "海珠区".to_owned(),
            district_en: "Haizhu".to_owned(),
            demo: true,
            trust_proxy: true,
            rail: Arc::new([]),
        };
        let router = router(house.clone(), Arc::new(site), &crate::routes());
        let mut cookies = BTreeMap::new();
        if staff > 0 {
            let token = house
                .act(&Actor::system(), move |act| {
                    let (id, token) = session::begin(act, SessionKind::Staff, staff, "test")?;
                    session::second_factor_shown(act, id)?;
                    Ok::<_, DbError>(token)
                })
                .await
                .unwrap();
            cookies.insert("linli".to_owned(), token);
        }
        let (at, page) = (String::new(), String::new());
        Self { house: house.clone(), router, cookies, at, page, status: StatusCode::OK }
    }

    async fn ask(&mut self, method: &str, path: &str, kind: &str, body: Vec<u8>) {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", cookies.join("; "))
            .header("accept-language", "zh")
            .header("content-type", kind)
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
            Box::pin(self.ask("GET", &to, "", Vec::new())).await;
            return;
        }
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        self.page = String::from_utf8(bytes.to_vec()).unwrap();
    }

    async fn get(&mut self, path: &str) -> &mut Self {
        self.ask("GET", path, "", Vec::new()).await;
        self
    }

    /// The hidden fields of the page's form with this action.
    fn hidden(&self, action: &str) -> BTreeMap<String, String> {
        let start = self
            .page
            .find(&format!("action=\"{action}\""))
            .unwrap_or_else(|| panic!("no form {action}: {}", self.page));
        let form = self.page.split_at(start).1.split("</form>").next().unwrap();
        let mut out = BTreeMap::new();
        for input in form.split("<input ").skip(1) {
            let tag = input.split('>').next().unwrap();
            let attr = |name: &str| {
                tag.split(&format!("{name}=\"")).nth(1).map(|r| r.split('"').next().unwrap().to_owned())
            };
            if tag.contains("type=\"hidden\"") {
                out.insert(attr("name").unwrap(), attr("value").unwrap_or_default());
            }
        }
        out
    }

    async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> &mut Self {
        let mut all = self.hidden(action);
        all.extend(fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        let body: Vec<String> = all.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        let kind = "application/x-www-form-urlencoded";
        self.ask("POST", action, kind, body.join("&").into_bytes()).await;
        self
    }

    async fn upload(&mut self, action: &str, file: &[u8], fields: &[(&str, &str)]) -> &mut Self {
        let mut all = self.hidden(action);
        all.extend(fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        let mut body = Vec::new();
        for (k, v) in all {
            body.extend(
                format!("--XX\r\nContent-Disposition: form-data; name=\"{k}\"\r\n\r\n{v}\r\n").bytes(),
            );
        }
        body.extend(b"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n--XX--\r\n");
        self.ask("POST", action, "multipart/form-data; boundary=XX", body).await;
        self
    }

    #[track_caller]
    fn sees(&mut self, text: &str) -> &mut Self {
        assert!(self.page.contains(text), "{} lacks {text}: {}", self.at, self.page);
        self
    }

    #[track_caller]
    fn status(&mut self, status: u16) -> &mut Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.at, self.page);
        self
    }

    async fn jobs(&mut self) -> &mut Self {
        while self.house.run_due_jobs().await.unwrap() > 0 {}
        self
    }
}

#[tokio::test]
async fn everybody_finds_street_community_and_address() {
    let (house, _) = house("public").await;
    let mut b = Browser::new(&house, 0).await;
    b.get("/places").await.status(200).sees("海珠区").sees("赤岗街道").sees("1 个社区");
    b.get("/places/440105001000").await.status(200).sees("下渡社区");
    b.get("/places/440105001101").await.status(200).sees("2010-01-01").sees("赤岗街道");
    b.get("/places/440105001101?day=2001-01-01").await.status(200).sees("这一天没有这个区划");
    b.get(&format!("/places?q={}", encode("下渡"))).await.sees("/places/440105001101");
    b.get(&format!("/places?q={}", encode("没有的"))).await.sees("没有查到");
    b.get("/places/440105009000").await.status(404);
    b.get("/places/zzz").await.status(404);
    b.get("/places/list.csv").await.status(200).sees("440105001101,下渡社区");
    // The officers' pages are not for everybody.
    b.router = router(
        house.clone(),
        Arc::new(Site {
            origin: "http://linli.test".to_owned(),
            district_zh: String::new(),
            district_en: String::new(),
            demo: false,
            trust_proxy: false,
            rail: Arc::new([]),
        }),
        &crate::routes(),
    );
    let request = Request::builder().uri("/office/places").body(Body::empty()).unwrap();
    let response = b.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["location"], "/office/sign-in?back=%2Foffice%2Fplaces");
}

#[tokio::test]
async fn an_officer_renames_splits_and_moves_buildings() {
    let (house, _) = house("officer").await;
    let mut b = Browser::new(&house, 5).await;
    let here = "/office/places/440105001101";
    b.get("/office/places")
        .await
        .status(200)
        .sees("赤岗街道")
        .get("/office/places?under=440105001000")
        .await
        .sees(here);
    b.get(here).await.status(200);
    let rename = format!("{here}/rename");
    b.submit(&rename, &[("name_zh", "上渡社区"), ("name_en", ""), ("day", "2009-01-01")]).await;
    b.status(422).sees("日期早于上一次变更").sees("value=\"上渡社区\"");
    b.submit(&rename, &[("name_zh", "上渡社区"), ("name_en", "Shangdu"), ("day", "2026/11/1")]).await;
    b.status(200).sees("已保存").sees("2026-11-01").sees("下渡社区");
    // What was open in another window is stale now.
    b.submit(&rename, &[("rev", "1"), ("name_zh", "中渡社区"), ("name_en", ""), ("day", "2026-12-01")]).await;
    b.status(409);
    b.get(&format!("{here}/buildings")).await.sees("还没有楼栋");
    let buildings = format!("{here}/buildings");
    b.submit(&buildings, &[("name", ""), ("address", "")]).await.status(422).sees("请填写");
    b.submit(&buildings, &[("name", "木棉苑1栋"), ("address", "江南大道中12号")])
        .await
        .status(200)
        .sees("已保存");
    let at = b.at.clone();
    b.submit(&format!("{at}/units"), &[("unit", "302")]).await.sees("302");
    b.submit(&format!("{at}/units"), &[("unit", "302")]).await.status(422).sees("已经有了");
    b.get(&format!("{here}/split")).await.sees("value=\"440105001102\"");
    let split = format!("{here}/split");
    let day = ("day", "2026-11-10");
    b.submit(&split, &[day, ("stays", "no"), ("code_1", "440105001102"), ("name_zh_1", "木棉社区")]).await;
    b.status(422).sees("至少两个").sees("value=\"木棉社区\"");
    b.submit(&split, &[day, ("stays", "yes"), ("code_1", "440105001102"), ("name_zh_1", "木棉社区居委会")])
        .await;
    b.status(200).sees("已拆分");
    let id = at.rsplit('/').next().unwrap().to_owned();
    let go = format!("{here}/buildings/move");
    b.submit(&go, &[("to", "440105001102")]).await.status(422).sees("请先勾选");
    b.submit(&go, &[("building", &id), ("to", "440105001102")])
        .await
        .status(200)
        .sees("已调整 1 栋")
        .sees("还没有楼栋");
    b.get(&format!("/places?q={}", encode("大道中12号"))).await.sees("/places/440105001102").sees("木棉社区");
    b.get("/places/440105001102").await.sees("由 上渡社区 划出");
    // Another street is not his.
    b.get("/office/places/new?code=440105002101").await;
    b.submit("/office/places/new", &[("code", "440105002101"), ("name_zh", "甲社区"), ("day", "2026-11-20")])
        .await;
    b.status(403);
}

#[tokio::test]
async fn a_file_is_taken_whole_or_its_good_rows() {
    let (house, _) = house("import").await;
    let mut b = Browser::new(&house, 6).await;
    let form = "/office/places/import";
    let file = "区划代码,名称,生效日期\n440105002000,新港街道,2010-01-01\n440105002101,怡乐社区居委会,2010-01-01\n\
                440105002102,,2010-01-01\n440105003101,孤社区,2010-01-01\nx,乙社区,2010-13-01\n";
    b.get(form).await;
    b.upload(form, b"", &[]).await.status(422).sees("请选择一个文件");
    b.upload(form, b"\xff\xfe\xff", &[]).await.status(422);
    b.upload(form, "甲,乙\n1,2\n".as_bytes(), &[]).await.status(422).sees("表头缺少这些列：区划代码、名称");
    b.upload(form, file.as_bytes(), &[]).await.status(200);
    b.sees("有错误，未导入")
        .sees("没有填写")
        .sees("上级区划在这一天还不存在")
        .sees("不是 12 位区划代码")
        .sees("不是日期");
    let report = b.at.clone();
    b.get(&format!("{report}/faults.csv")).await.sees("\r\n4,名称,没有填写");
    b.jobs().await.get("/places/440105002101").await.status(404);
    b.get(form).await.upload(form, file.as_bytes(), &[("partial", "1")]).await.status(200).sees("正在导入");
    let report = b.at.clone();
    b.jobs().await.get(&report).await.sees("已完成");
    b.get("/places/440105002101").await.status(200).sees("怡乐社区").sees("新港街道");
    // The same file again changes nothing.
    b.get(form).await.upload(form, file.as_bytes(), &[("partial", "1")]).await;
    let again = b.at.clone();
    b.jobs()
        .await
        .get(&again)
        .await
        .sees("已完成")
        .sees("<dt>新增</dt><dd>0</dd>")
        .sees("<dt>变更</dt><dd>0</dd>");
    // Addresses, as a workbook.
    let dwellings = linli_sheets::xlsx(
        "地址",
        &["所属社区", "楼栋", "地址", "房号"],
        [
            ["440105002101", "1栋", "新港西路8号", "101"],
            ["440105002101", "1栋", "新港西路8号", "102"],
            ["440105009101", "1栋", "", ""],
        ],
    )
    .unwrap();
    b.get(form).await.upload(form, &dwellings, &[("partial", "1")]).await.sees("这个社区今天不存在");
    b.jobs().await.get(&format!("/places?q={}", encode("新港西路8"))).await.sees("/places/440105002101");
    // One street's officer may not import another's.
    let mut other = Browser::new(&house, 5).await;
    other.get(form).await.upload(form, file.as_bytes(), &[]).await.status(200).sees("不在您负责的范围内");
    let states = linli_acts::check_states(&house).await.unwrap();
    assert!(states.faults.is_empty(), "{:?}", states.faults);
}

#[test]
fn no_word_is_unused() {
    assert_eq!(linli_words::unused_keys(env!("CARGO_MANIFEST_DIR")), Vec::<String>::new());
}

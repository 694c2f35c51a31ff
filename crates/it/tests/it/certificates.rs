//! Certificates: issued, shown in part, suspended, revoked, replaced, erased; their kinds changed in the browser. On both engines.

use it::{Form, Page, TestHouse};
use linli_acts::{Actor, check_states, personal_data, seal_once};

use crate::office::sign_in as officer;
use crate::proof::sign_in;

fn to(page: &Page, action: &str) -> Form {
    let found = page.forms().into_iter().find(|f| f.action == action);
    found.unwrap_or_else(|| panic!("no form to {action}: {}", page.text()))
}

/// The first link of the page that begins so.
fn link(page: &Page, begins: &str) -> String {
    let text = page.text();
    let found =
        text.split("href=\"").skip(1).map(|r| r.split('"').next().unwrap()).find(|h| h.starts_with(begins));
    found.unwrap_or_else(|| panic!("no link {begins}: {text}")).to_owned()
}

/// The form that changes the first certificate of this name.
fn state_form(page: &Page, name: &str) -> Form {
    let text = page.text();
    let after = text.split_once(name).unwrap().1;
    let action = after.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
    to(page, action)
}

async fn sound(h: &TestHouse) {
    seal_once(&h.house).await.unwrap();
    let states = check_states(&h.house).await.unwrap();
    assert!(states.faults.is_empty(), "{:?}", states.faults);
}

/// The issuing officer's page of 欧阳少芬, who holds a few.
async fn holder_page(v: &mut it::Visitor) -> Page {
    let who = linli_sample::cast().into_iter().find(|c| c.name == "欧阳少芬").unwrap();
    let page = v.get("/office/certificates").await;
    let none = v.submit(&to(&page, "/office/certificates").with("document", "123")).await;
    assert!(none.status == 422 && none.says("没有找到"), "{}", none.text());
    let page = v.submit(&to(&page, "/office/certificates").with("document", &who.document)).await;
    assert!(page.says("欧阳少芬"), "{}", page.text());
    page
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn part_of_one_is_shown_to_one_body_for_a_while() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "欧阳少芬").await;
        let page = v.get("/my/wallet").await;
        assert!(page.says("老年人优待卡") && page.says("残疾人证") && page.says("有效"), "{}", page.text());
        let one = link(&page, "/my/wallet/");
        let page = v.get(&one).await;
        assert!(page.says("欧阳少芬") && page.says("还没有出示过"), "{}", page.text());
        let paper = v.get(&format!("{one}/paper")).await;
        assert!(paper.content_type == "application/pdf" && paper.body.starts_with(b"%PDF"));

        let page = v.get(&format!("{one}/show")).await;
        let form = to(&page, &format!("{one}/show"));
        let wrong = v.submit(&form.clone().with("audience", "")).await;
        assert!(wrong.status == 422 && wrong.says("请写明出示给谁") && wrong.says("请写明用于办什么事"));
        let page = v.submit(&form.with("audience", "赤岗街道办事处").with("purpose", "公交优待")).await;
        assert!(page.says("出示给赤岗街道办事处，用于办理公交优待"), "{}", page.text());
        let showing = page.path.clone();
        let code = page.text().split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();

        let mut stranger = h.visitor();
        let page = stranger.get("/shown?c=WRONGCODE234").await;
        assert!(page.status == 422 && page.says("出示码不对，或已经失效"));
        let form = to(&stranger.get("/shown").await, "/shown").with("c", &code.to_lowercase());
        let page = stranger.submit(&form).await;
        assert!(page.says("仅供赤岗街道办事处用于办理公交优待") && page.says("欧阳少芬"), "{}", page.text());
        assert!(!page.says(&linli_sample::cast().iter().find(|c| c.name == "欧阳少芬").unwrap().document));
        assert!(v.get(&one).await.says("被查看 1 次"));
        assert!(v.get("/me/looks").await.says("对方扫码查看了您出示的证照"));
        // Somebody else's is like none.
        let mut other = sign_in(&h, "陈志伟").await;
        assert_eq!(other.get(&one).await.status, 404);
        assert_eq!(other.get(&showing).await.status, 404);
        // Over, by itself or by her hand: told like a code that never was.
        let page = v.get(&showing).await;
        assert!(v.submit(&to(&page, &format!("{showing}/end"))).await.says("已结束出示"));
        assert_eq!(stranger.submit(&form).await.status, 422);
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_issuing_body_issues_suspends_revokes_and_replaces() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "欧阳少芬").await;
        let mut clerk = officer(&h, "papers").await;
        let page = holder_page(&mut clerk).await;
        assert!(v.get("/me/looks").await.says("工作人员查看了您的证照"));
        // A kind of another body's is not hers to issue, and not offered; nor can she change a certificate of another's.
        assert!(!page.says("/diploma\"") && page.says("/minimum-living\""), "{}", page.text());
        let (_, after) = page.text().split_once("残疾人证").map(|(a, b)| (a.len(), b.to_owned())).unwrap();
        assert!(!after.split("</section>").next().unwrap().contains("<form"));
        let base = page.path.clone();
        let foreign = clerk.get(&format!("{base}/diploma")).await;
        let form = to(&foreign, &format!("{base}/diploma")).with("number", "1");
        let form = form.with("v.school", "x").with("v.level", "x").with("v.graduated-on", "2000-01-01");
        assert_eq!(clerk.submit(&form).await.status, 403);

        let page = clerk.get(&format!("{base}/minimum-living")).await;
        let form = to(&page, &format!("{base}/minimum-living")).with("number", "低保2026001");
        let wrong = clerk.submit(&form.clone().with("issued-on", "2099-01-01").with("v.members", "1")).await;
        assert!(wrong.status == 422 && wrong.says("低保2026001"), "{}", wrong.text());
        let form = form.with("v.members", "1").with("v.amount", "1238");
        assert!(clerk.submit(&form).await.says("已签发，并通知了持证人"));
        let page = v.get("/my/wallet").await;
        assert!(page.says("最低生活保障证"), "{}", page.text());

        // Suspend with a reason, resume, revoke: what is over never comes back.
        let page = clerk.get(&base).await;
        let state = state_form(&page, "最低生活保障证");
        let none = clerk.submit(&state.clone().with("state", "suspended")).await;
        assert!(none.status == 422 && none.says("请写明原因"), "{}", none.text());
        let page = clerk.submit(&state.clone().with("state", "suspended").with("reason", "核查中")).await;
        assert!(page.says("已暂停"), "{}", page.text());
        let stale = clerk.submit(&state.clone().with("state", "revoked").with("reason", "x")).await;
        assert_eq!(stale.status, 409, "an old page changes nothing");
        let again = page.forms().into_iter().find(|f| f.action == state.action).unwrap();
        let page = clerk.submit(&again.with("state", "revoked").with("reason", "重复签发")).await;
        assert!(page.says("已撤销"), "{}", page.text());

        // Replace: the old one is void with the new one.
        let page = clerk.get(&link(&page, &format!("{base}/senior-card?replaces="))).await;
        assert!(page.says("旧证同时作废"), "{}", page.text());
        let mut form = page.forms().into_iter().find(|f| f.fields.contains_key("replaces")).unwrap();
        form.action = format!("{base}/senior-card");
        let page = clerk.submit(&form.with("number", "换2026").with("v.from-age", "65周岁以上")).await;
        assert!(page.says("已签发"), "{}", page.text());
        assert!(v.get("/my/wallet").await.says("已换发"));
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_is_changed_in_the_browser_and_old_ones_keep_theirs() {
    for h in TestHouse::districts().await {
        let mut keeper = officer(&h, "kinds").await;
        let page = keeper.get("/office/certificate-kinds/senior-card").await;
        let form = to(&page, "/office/certificate-kinds/senior-card");
        let wrong = keeper.submit(&form.clone().with("key-new", "Big Key").with("zh-new", "新项")).await;
        assert!(wrong.status == 422 && wrong.says("代号只能用") && wrong.says("Big Key"), "{}", wrong.text());
        let form = form.with("why", "部门要求");
        let proposal = keeper.submit(&form.clone().with("key-new", "city").with("zh-new", "发卡城市")).await;
        assert!(proposal.says("发卡城市") && proposal.says("部门要求"), "{}", proposal.text());
        let page = keeper.get("/office/certificate-kinds/senior-card").await;
        assert!(!page.says("发卡城市") && page.says("有修改在等批准"), "{}", page.text());
        approve(&h, &proposal.path).await;
        assert!(keeper.get("/office/certificate-kinds/senior-card").await.says("发卡城市"));
        assert_eq!(keeper.submit(&form).await.status, 409, "an old page does not undo it");
        // One that was issued before is read by its own version.
        let mut v = sign_in(&h, "欧阳少芬").await;
        let wallet = v.get("/my/wallet").await;
        for part in wallet.text().split("href=\"/my/wallet/").skip(1) {
            let one = v.get(&format!("/my/wallet/{}", part.split('"').next().unwrap())).await;
            assert!(one.status == 200 && !one.says("发卡城市"));
        }
        sound(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_certificate_says_goes_at_its_holders_wish() {
    for h in TestHouse::districts().await {
        let mut v = sign_in(&h, "欧阳少芬").await;
        let one = link(&v.get("/my/wallet").await, "/my/wallet/");
        let who = linli_sample::cast().into_iter().find(|c| c.name == "欧阳少芬").unwrap();
        let number =
            linli_base::docnum::DocumentNumber::parse(who.document_kind, &who.document, h.house.now().day())
                .unwrap();
        let house = h.house.clone();
        let person = h
            .house
            .read(move |r| linli_people::offers::find_by_document(r, house.vault(), &number))
            .await
            .unwrap()
            .unwrap();
        let part = personal_data().into_iter().find(|p| p.room == "certificates").unwrap();
        let told = h.house.act(&Actor::system(), move |act| (part.erase)(act, person)).await.unwrap();
        assert!(told.len() == 2 && told[0].rows > 0);
        assert_eq!(v.get(&one).await.status, 404);
        sound(&h).await;
    }
}

linli_db::sql! {
    ROOTS: (Vec<u8>,) = "SELECT certificate FROM seal_authorities ORDER BY id LIMIT 10";
}

/// What poppler says of the signatures of a file; `None` where it is not installed, which is told loudly.
fn pdfsig(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("certificate.pdf");
    std::fs::write(&path, pdf).unwrap();
    match std::process::Command::new("pdfsig").arg(&path).output() {
        Ok(out) => Some(String::from_utf8_lossy(&out.stdout).into_owned()),
        Err(e) => {
            assert!(std::env::var("LINLI_REQUIRE_TOOLS").is_err(), "pdfsig: {e}");
            println!("NOT RUN: pdfsig: {e}");
            None
        }
    }
}

/// The paper of a good certificate bears the seal of its body as long as an official allows it; of any other, and without, it does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paper_bears_the_seal_of_its_body_while_it_is_good_and_allowed() {
    for h in TestHouse::districts().await {
        let roots =
            h.house.read(|r| r.all(&ROOTS, ())).await.unwrap_or_else(|e: linli_db::DbError| panic!("{e}"));
        let roots: Vec<Vec<u8>> = roots.into_iter().map(|(c,)| c).collect();
        let mut v = sign_in(&h, "欧阳少芬").await;
        let wallet = v.get("/my/wallet").await;
        let (_, card) =
            wallet.text().rsplit_once("老年人优待卡").map(|(a, b)| (b.len(), a.to_owned())).unwrap();
        let one = card.rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned();
        let paper = v.get(&format!("{one}/paper")).await.body;
        let found = linli_documents::verify(&paper, &roots).unwrap();
        assert!(found.holds() && found.signatures[0].signer.ends_with("民政局电子证照专用章"), "{found:?}");
        if let Some(text) = pdfsig(&paper) {
            assert!(text.contains("Signature is Valid.") && text.contains("Total document signed"), "{text}");
            assert!(text.contains("ETSI.CAdES.detached"), "{text}");
        }
        // A stranger finds it sound, and a changed one not.
        let mut stranger = h.visitor();
        let page = stranger.get("/check").await;
        let form = to(&page, "/check/file");
        let told = stranger.submit_file(&form, "file", "证照.pdf", &paper).await;
        assert!(told.says("电子证照专用章"), "{}", told.text());
        let mut changed = paper.clone();
        let at = changed.len() / 2;
        changed[at] ^= 1;
        let broken = linli_documents::verify(&changed, &roots);
        assert!(!broken.is_ok_and(|found| found.holds()));

        // Suspended: no seal, and the paper says so; resumed, it has one again.
        let mut clerk = officer(&h, "papers").await;
        let page = holder_page(&mut clerk).await;
        let state = state_form(&page, "老年人优待卡");
        let page = clerk.submit(&state.with("state", "suspended").with("reason", "核查中")).await;
        let unsealed =
            |pdf: &[u8]| linli_documents::verify(pdf, &roots).is_ok_and(|f| f.signatures.is_empty());
        assert!(unsealed(&v.get(&format!("{one}/paper")).await.body));
        let state = state_form(&page, "老年人优待卡");
        clerk.submit(&state.with("state", "active").with("reason", "核查完毕")).await;
        assert!(!unsealed(&v.get(&format!("{one}/paper")).await.body));

        // Nobody allows it any more: for reading alone. Given again, it is sealed again.
        let mut chief = officer(&h, "chief").await;
        let page = chief.get("/office/seals").await;
        assert!(page.says("本机构签发的电子证照"), "{}", page.text());
        let withdraw = page.forms().into_iter().rfind(|f| f.action.ends_with("/withdraw")).unwrap();
        let page = chief.submit(&withdraw).await;
        assert!(unsealed(&v.get(&format!("{one}/paper")).await.body));
        let give = page.forms().into_iter().rfind(|f| f.action.ends_with("/authorise")).unwrap();
        let page = chief.submit(&give.with("kind", "certificate")).await;
        assert!(page.says("授权已生效"), "{}", page.text());
        assert!(!unsealed(&v.get(&format!("{one}/paper")).await.body));
        sound(&h).await;
    }
}

/// Another officer approves what a keeper proposed.
async fn approve(h: &TestHouse, proposal: &str) {
    let mut chief = officer(h, "rules-chief").await;
    let page = chief.get(proposal).await;
    let page = chief.submit(&to(&page, proposal).with("decision", "approve")).await;
    assert!(page.says("已批准"), "{}", page.text());
}

/// A kind that nobody knew: proposed, approved, issued, suspended, revoked, and asked for by an item.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_kind_is_made_in_the_browser_and_an_item_asks_for_it() {
    for h in TestHouse::districts().await {
        let mut keeper = officer(&h, "kinds").await;
        let page = keeper.get("/office/certificate-kinds").await;
        assert!(page.says("新增一类证照"));
        let page = keeper.get("/office/certificate-kinds/new").await;
        let form = to(&page, "/office/certificate-kinds/new")
            .with("name-zh", "志愿者证")
            .with("name-en", "Volunteer card")
            .with("issuer-new", "MZ")
            .with("key-new", "level")
            .with("zh-new", "星级")
            .with("en-new", "Level");
        // A body is chosen by its name, and more than one if need be; what is typed stays.
        let more = keeper.submit(&form.clone().with("more", "issuer").with("valid-days", "x")).await;
        assert!(more.says("民政局") && more.says("issuer-MZ") && more.says("志愿者证"), "{}", more.text());
        let bad = keeper.submit(&form.clone().with("key", "volunteer-card").with("valid-days", "x")).await;
        assert!(bad.status == 422 && bad.says("value=\"x\"") && bad.says("星级"), "{}", bad.text());
        let none = keeper.submit(&form.clone().with("key", "Volunteer Card")).await;
        assert!(none.status == 422 && none.says("Volunteer Card") && none.says("星级"), "{}", none.text());
        let there = keeper.submit(&form.clone().with("key", "senior-card")).await;
        assert!(there.status == 422 && there.says("已经有这个代号"), "{}", there.text());
        let nobody = form.clone().with("key", "volunteer-card").with("issuer-new", "NOBODY");
        let nobody = keeper.submit(&nobody).await;
        assert!(nobody.status == 422 && nobody.says("请重新选择"), "{}", nobody.text());
        let proposal = keeper.submit(&form.clone().with("key", "volunteer-card")).await;
        assert!(proposal.says("志愿者证") && proposal.says("星级"), "{}", proposal.text());
        // Its keeper does not decide it, another room's officer does not see it, and nothing holds before.
        assert!(!proposal.says("value=\"approve\""), "{}", proposal.text());
        assert_eq!(officer(&h, "clerk").await.get(&proposal.path).await.status, 404);
        assert_eq!(keeper.get("/office/certificate-kinds/volunteer-card").await.status, 404);
        // An approval that came to nothing leaves nothing behind: what items may name is read, not remembered.
        let known = || {
            let house = h.house.clone();
            h.house.read(move |r| linli_catalogue::offers::papers(r, &house))
        };
        let id = proposal.path.rsplit('/').next().unwrap().parse().unwrap();
        let decider = crate::machine::officer(&h, "rules-chief").await;
        let undone = h.house.act(&decider, move |act| {
            linli_rules::proposals::decide(act, id, 1, true, "")?;
            let house = act.house;
            assert!(linli_catalogue::offers::papers(act, house)?.get("volunteer-card").is_some());
            Err::<(), _>(linli_rules::RuleError::Changed)
        });
        assert!(undone.await.is_err());
        assert!(known().await.unwrap().get("volunteer-card").is_none());
        approve(&h, &proposal.path).await;
        assert_eq!(known().await.unwrap().get("volunteer-card").unwrap().zh, "志愿者证");
        // Whoever writes items chooses it from here on, whatever process shows her the page.
        let mut editor = officer(&h, "editor").await;
        let item = "/office/catalogue/unemployment-benefit";
        let page = editor.get(item).await;
        editor.submit(&crate::drafting::form(&page, "/begin")).await;
        let page = editor.get(&format!("{item}/edit/materials.new")).await;
        let page = editor
            .submit(
                &crate::drafting::form(&page, "/materials.new")
                    .with("ways.add", "certificate")
                    .with("do", "way:ways"),
            )
            .await;
        assert!(page.says("value=\"volunteer-card\""), "{}", page.text());
        assert_eq!(keeper.submit(&form.with("key", "volunteer-card")).await.status, 422, "it is there now");

        // An item can ask for it from here on.
        let mut item: serde_json::Value =
            serde_json::from_str(&crate::materials::item("志愿服务优待")).unwrap();
        item["materials"] = serde_json::json!([{ "key": "card", "name": { "zh": "志愿者证", "en": "Volunteer card" },
            "source": { "from": "government", "zh": "样例", "en": "sample" },
            "ways": [{ "certificate": { "kind": "volunteer-card" } }, { "upload": { "check": "online" } }] }]);
        crate::materials::put(&h, "volunteer-benefit", item.to_string()).await;
        let mut v = sign_in(&h, "欧阳少芬").await;
        let page = v.get("/apply/volunteer-benefit").await;
        assert!(page.says("上传：志愿者证"), "{}", page.text());

        let mut clerk = officer(&h, "papers").await;
        let base = holder_page(&mut clerk).await.path.clone();
        let page = clerk.get(&format!("{base}/volunteer-card")).await;
        let form =
            to(&page, &format!("{base}/volunteer-card")).with("number", "志2026001").with("v.level", "五星");
        assert!(clerk.submit(&form).await.says("已签发"));
        assert!(v.get("/my/wallet").await.says("志愿者证"));
        assert!(v.get("/apply/volunteer-benefit").await.says("用您的电子证照“志愿者证”，不用交"));
        assert!(v.get("/services/volunteer-benefit").await.says("志愿者证"));
        // Suspended and revoked as any other: she has to hand it in again.
        let page = clerk.get(&base).await;
        let state = state_form(&page, "志愿者证");
        let page = clerk.submit(&state.with("state", "suspended").with("reason", "核查中")).await;
        assert!(v.get("/apply/volunteer-benefit").await.says("上传：志愿者证"));
        let state = state_form(&page, "志愿者证");
        let page = clerk.submit(&state.with("state", "revoked").with("reason", "注销")).await;
        assert!(page.says("已撤销"), "{}", page.text());
        sound(&h).await;
    }
}

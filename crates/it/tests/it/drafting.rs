//! Items written in the browser: by one officer, approved by another, and what follows from it.

use it::{Form, Page, TestHouse, Visitor};
use linli_acts::{Actor, check_states};
use linli_catalogue::offers::{self as catalogue, Arriving};

use crate::{office, proof};

const ITEM: &str = "unemployment-benefit";

pub fn form(page: &Page, end: &str) -> Form {
    let found = page.forms().into_iter().find(|f| f.action.ends_with(end));
    found.unwrap_or_else(|| panic!("no form {end} on {}: {}", page.path, page.text()))
}

fn at(rest: &str) -> String {
    format!("/office/catalogue/{ITEM}{rest}")
}

async fn value(h: &TestHouse, key: &'static str) -> i64 {
    let figure = linli_figures::find(key).unwrap();
    let day = h.house.now().day();
    h.house.read(move |r| (figure.value)(r, day)).await.unwrap()
}

async fn began(v: &mut Visitor) -> Page {
    let page = v.get(&at("")).await;
    v.submit(&form(&page, "/begin")).await
}

/// A material that must be handed in at a counter, as typed on its page.
async fn add_material(v: &mut Visitor) -> Page {
    let page = v.get(&at("/edit/materials.new")).await;
    let page = v
        .submit(&form(&page, "/materials.new").with("ways.add", "original-counter").with("do", "way:ways"))
        .await;
    assert!(page.says("到窗口交原件") && page.says("还没有保存"), "{}", page.text());
    let mut filled = form(&page, "/materials.new");
    filled.fields.remove("do");
    let filled = filled
        .with("name.zh", "解除劳动关系证明原件")
        .with("name.en", "Original of the notice")
        .with("key", "notice-original")
        .with("need.kind", "must")
        .with("source.from", "applicant")
        .with("source.zh", "用人单位");
    v.submit(&filled).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_material_written_by_one_and_approved_by_another_moves_the_letters_count() {
    for h in TestHouse::districts().await {
        assert_eq!((value(&h, "items.hr.zero").await, value(&h, "items.hr.one").await), (98, 28));
        let mut editor = office::sign_in(&h, "editor").await;
        let page = began(&mut editor).await;
        assert!(page.says("没有改动"), "{}", page.text());
        let page = add_material(&mut editor).await;
        assert!(
            page.path.ends_with("/edit/materials") && page.says("解除劳动关系证明原件"),
            "{}",
            page.text()
        );
        let page = editor.get(&at("")).await;
        assert!(
            page.says("98 → <b>97</b>") && page.says("到场 1 次") && page.says("用人单位"),
            "{}",
            page.text()
        );
        assert!(editor.get(&at("/preview")).await.says("居民还看不到这一页"));
        assert!(!h.visitor().get(&format!("/services/{ITEM}")).await.says("解除劳动关系证明原件"));
        // More visits are meant, and why, or not at all.
        let bad = editor.submit(&form(&page, "/propose").with("note", "")).await;
        assert!(
            bad.status == 422 && bad.says("请填写这一项") && bad.says("跑腿次数增加了"),
            "{}",
            bad.text()
        );
        let filled = form(&bad, "/propose").with("note", "审计要求收原件。").with("more", "1");
        let page = editor.submit(&filled).await;
        assert!(page.says("待审批") && !page.says("/approve"), "{}", page.text());
        assert_eq!(value(&h, "items.hr.zero").await, 98);

        let mut chief = office::sign_in(&h, "items-chief").await;
        assert!(chief.get("/office/catalogue?show=proposed").await.says(&at("")));
        let page = chief.get(&at("")).await;
        let bad = chief.submit(&form(&page, "/send-back").with("why", "")).await;
        assert_eq!(bad.status, 422);
        let page = chief.submit(&form(&page, "/send-back").with("why", "先问能不能由部门查询")).await;
        assert!(page.says("先问能不能由部门查询"), "{}", page.text());
        let page = editor.get(&at("")).await;
        let again = form(&page, "/propose").with("note", "问过了，查不到。").with("more", "1");
        editor.submit(&again).await;
        let page = chief.get(&at("")).await;
        let page = chief.submit(&form(&page, "/approve")).await;
        assert!(page.says("已批准") && page.says("莫编辑 起草，伍审批 批准"), "{}", page.text());

        assert_eq!((value(&h, "items.hr.zero").await, value(&h, "items.hr.one").await), (97, 29));
        let guide = h.visitor().get(&format!("/services/{ITEM}")).await;
        assert!(guide.says("解除劳动关系证明原件") && guide.says("1 次"), "{}", guide.text());
        assert!(h.visitor().get("/figures/items.hr.zero").await.says("97"));
        assert!(h.visitor().get("/letter").await.says("97"));
        // Each version is kept, compared, and may be taken up again.
        let page = editor.get(&at("/versions/1")).await;
        assert!(!page.says("notice-original"), "{}", page.text());
        assert!(editor.get(&at("/versions/2")).await.says("<ins>"));
        let page = editor.submit(&form(&page, "/begin")).await;
        assert!(page.says("97 → <b>98</b>"), "{}", page.text());
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_officers_type_at_the_same_time_is_lost_for_neither() {
    for h in TestHouse::districts().await {
        let mut one = office::sign_in(&h, "editor").await;
        began(&mut one).await;
        let mut two = one.clone();
        let (first, second) = (one.get(&at("/edit/handling")).await, two.get(&at("/edit/handling")).await);
        let other = two.get(&at("/edit/presence")).await;
        // The other section is another matter.
        assert_eq!(two.submit(&form(&other, "/presence")).await.status, 200);
        let saved = one.submit(&form(&first, "/handling").with("phone", "020-11111111")).await;
        assert!(saved.path.ends_with(ITEM), "{}", saved.text());
        let met = two.submit(&form(&second, "/handling").with("phone", "020-22222222")).await;
        assert_eq!(met.status, 409);
        assert!(met.says("刚才有同事改过这里") && met.says("020-11111111") && met.says("020-22222222"));
        let page = two.submit(&form(&met, "/handling")).await;
        assert!(page.says("020-22222222"), "{}", page.text());
        // Wrong input stands where it was typed.
        let page = two.get(&at("/edit/handling")).await;
        let filled = form(&page, "/handling").with("promised_days", "9x").with("phone", "12345");
        let bad = two.submit(&filled).await;
        assert!(bad.status == 422 && bad.says("请填一个整数") && bad.says("9x") && bad.says("12345"));
        let bad = two.submit(&form(&bad, "/handling").with("promised_days", "3000")).await;
        assert!(bad.status == 422 && bad.says("承诺时限不能比法定时限长"), "{}", bad.text());
        // Once it is proposed nothing is written, and what was typed is shown to be copied.
        let open = one.get(&at("/edit/handling")).await;
        let page = two.get(&at("")).await;
        two.submit(&form(&page, "/propose").with("note", "换电话")).await;
        let kept = one.submit(&form(&open, "/handling").with("phone", "020-33333333")).await;
        assert!(kept.status == 409 && kept.says("020-33333333"), "{}", kept.text());
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_is_put_together_from_lists_and_tried_on_an_invented_person() {
    for h in TestHouse::districts().await {
        let mut v = office::sign_in(&h, "editor").await;
        began(&mut v).await;
        let path = at("/edit/conditions.new");
        let page = v.get(&path).await;
        let filled =
            form(&page, "/conditions.new").with("zh", "年满六十周岁并持有结婚证").with("do", "fact:test");
        let page = v.submit(&filled).await;
        let typed = form(&page, "/conditions.new").with("test.number", "60").with("do", "fact:test");
        let page = v.submit(&typed).await;
        let typed = form(&page, "/conditions.new")
            .with("test.1.fact", "holds:marriage")
            .with("test.1.op", "is")
            .with("test.1.number", "1");
        let typed = Form { fields: typed.fields.into_iter().filter(|(k, _)| k != "do").collect(), ..typed };
        let page = v.submit(&typed).await;
        assert!(page.path.ends_with("/edit/conditions"), "{}", page.text());
        let page = v.get(&at("")).await;
        assert!(page.says("全部满足：（年龄（周岁） 至少 60；持有：结婚证 等于 是）"), "{}", page.text());
        let met = v.get(&at("/try?try=1&age=70&holds=marriage")).await;
        assert!(met.says("符合") && met.says("年龄（周岁） 至少 60：实际 70"), "{}", met.text());
        assert!(v.get(&at("/try?try=1&age=50&holds=marriage")).await.says("不符合"));
        assert!(v.get(&at("/try?try=1&holds=marriage")).await.says("由经办人看"));
        // What nobody has answered yet cannot be asked.
        let page = v.get(&path).await;
        let filled = form(&page, "/conditions.new").with("zh", "甲").with("do", "fact:test");
        let page = v.submit(&filled).await;
        let odd = form(&page, "/conditions.new").with("test.fact", "answer:none").with("test.number", "1");
        let odd = Form { fields: odd.fields.into_iter().filter(|(k, _)| k != "do").collect(), ..odd };
        let bad = v.submit(&odd).await;
        assert!(bad.status == 422 && bad.says("这里不能用这一项来判断"), "{}", bad.text());
    }
}

/// The address of the proposal that waits, as a page tells it.
fn proposal_on(page: &Page) -> String {
    let text = page.text();
    let id = text.split("/office/proposals/").nth(1).unwrap_or_else(|| panic!("{text}"));
    format!("/office/proposals/{}", id.split('"').next().unwrap())
}

async fn decide(v: &mut Visitor, proposal: &str, decision: &str, why: &str) {
    let page = v.get(proposal).await;
    let end = proposal.to_owned();
    let page = v.submit(&form(&page, &end).with("decision", decision).with("why", why)).await;
    assert!(page.status == 200 && !page.says("待审批</"), "{}", page.text());
}

/// What waits cannot be approved any more when the item went on meanwhile, and whoever decides is told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_retires_what_is_being_rewritten() {
    for h in TestHouse::districts().await {
        let mut editor = office::sign_in(&h, "editor").await;
        let page = editor.get(&at("")).await;
        let page = editor.submit(&form(&page, "/retire").with("why", "合并")).await;
        let proposal = proposal_on(&page);
        editor.submit(&form(&page, "/begin")).await;
        let mut chief = office::sign_in(&h, "items-chief").await;
        let page = chief.get(&proposal).await;
        let page = chief.submit(&form(&page, &proposal).with("decision", "approve")).await;
        assert!(page.status == 409 && page.says("这期间情况变了"), "{}", page.text());
        assert_eq!(h.visitor().get(&format!("/services/{ITEM}")).await.status, 200);
        // An approver of another department decides nothing of it.
        h.house
            .act(&Actor::system(), |act| {
                let body = linli_duties::offers::body_by_code(act, "JY")?.unwrap();
                let clerk = linli_duties::offers::staff_by_login(act, "clerk-school")?.unwrap();
                linli_duties::offers::deliver_duty(act, &linli_drafting::APPROVER, body.id, body.place, clerk)
            })
            .await
            .unwrap();
        let page = editor.get(&at("")).await;
        editor.submit(&form(&page, "/drop")).await;
        let mut clerk = office::sign_in(&h, "clerk-school").await;
        let page = clerk.get(&proposal).await;
        let page = clerk.submit(&form(&page, &proposal).with("decision", "approve")).await;
        assert_eq!(page.status, 403, "{}", page.text());
        assert_eq!(h.visitor().get(&format!("/services/{ITEM}")).await.status, 200);
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abolished_proof_is_refused_and_a_retired_item_says_so_kindly() {
    for h in TestHouse::districts().await {
        let mut editor = office::sign_in(&h, "editor").await;
        began(&mut editor).await;
        let page = editor.get(&at("/edit/materials.0")).await;
        let bad = editor.submit(&form(&page, "/materials.0").with("name.zh", "身份证复印件")).await;
        assert!(bad.status == 422 && bad.says("已经取消，不能再要"), "{}", bad.text());
        let mut chief = office::sign_in(&h, "items-chief").await;
        let page = chief.get("/office/catalogue/card-query-none").await;
        assert_eq!(page.status, 404);
        // Proposed by one, with the reason that residents will read; decided by another.
        let path = "/office/catalogue/card-status";
        let page = editor.get(path).await;
        let bad = editor.submit(&form(&page, "/retire").with("why", "")).await;
        assert!(bad.status == 422 && bad.says("请填写这一项"), "{}", bad.text());
        let why = "并入“社会保障卡服务”一起办。";
        let page = editor.submit(&form(&page, "/retire").with("why", why)).await;
        assert!(page.says("莫编辑 提出：停办这个事项") && !page.says("/retire\""), "{}", page.text());
        let mut v = h.visitor();
        assert_eq!(v.get("/services/card-status").await.status, 200, "one alone takes nothing away");
        let proposal = proposal_on(&page);
        assert!(!editor.get(&proposal).await.says("value=\"approve\""));
        assert!(chief.get("/office/catalogue?show=proposed").await.says(&proposal));
        let page = chief.get(&proposal).await;
        assert!(page.says(why) && page.says("1203") && page.says("1202"), "{}", page.text());
        decide(&mut chief, &proposal, "refuse", "先和市里核对").await;
        let page = editor.get(path).await;
        assert!(page.says("没有批准") && page.says("先和市里核对"), "{}", page.text());
        let page = editor.submit(&form(&page, "/retire").with("why", why)).await;
        decide(&mut chief, &proposal_on(&page), "approve", "").await;
        let gone = v.get("/services/card-status").await;
        assert!(gone.status == 410 && gone.says(why) && gone.says("不再办理"), "{}", gone.text());
        assert!(!v.get("/services?q=%E7%A4%BE%E4%BC%9A%E4%BF%9D%E9%9A%9C%E5%8D%A1%E7%8A%B6%E6%80%81%E6%9F%A5%E8%AF%A2").await.says("/services/card-status\""));
        assert_eq!(value(&h, "items.total").await, 1_202);
        assert!(chief.get("/office/catalogue?show=retired").await.says(why));
        // Nothing is begun over what is retired: not by a button, not from an old version, not by a file.
        let page = editor.get(path).await;
        assert!(page.says("请先提出恢复办理") && !page.says("/begin\""), "{}", page.text());
        assert!(!editor.get(&format!("{path}/versions/1")).await.says("/begin\""));
        let begin = Form { action: format!("{path}/begin"), ..form(&page, "/reinstate") };
        let page = editor.submit(&begin).await;
        assert!(page.status == 409 && page.says("请先提出恢复办理"), "{}", page.text());
        let one = editor.get(&format!("{path}/export")).await;
        let page = editor.upload("/office/catalogue/import", &one.body).await;
        assert!(page.status == 422 && page.says("请先提出恢复办理"), "{}", page.text());
        let page = editor.get(path).await;
        let page = editor.submit(&form(&page, "/reinstate")).await;
        assert_eq!(v.get("/services/card-status").await.status, 410, "one alone brings nothing back");
        let proposal = proposal_on(&page);
        // What was proposed is taken back by whoever proposed it.
        decide(&mut editor, &proposal, "take-back", "").await;
        let page = editor.get(path).await;
        let page = editor.submit(&form(&page, "/reinstate")).await;
        decide(&mut chief, &proposal_on(&page), "approve", "").await;
        assert_eq!(v.get("/services/card-status").await.status, 200);
        assert!(chief.get(path).await.says("伍审批 批准：恢复办理"));
        assert_eq!(value(&h, "items.total").await, 1_203);
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_district_changed_is_never_written_over_by_the_program() {
    for h in TestHouse::districts().await {
        let mut editor = office::sign_in(&h, "editor").await;
        began(&mut editor).await;
        let page = editor.get(&at("/edit/handling")).await;
        editor.submit(&form(&page, "/handling").with("phone", "020-12345")).await;
        let page = editor.get(&at("")).await;
        editor.submit(&form(&page, "/propose").with("note", "换电话")).await;
        let mut chief = office::sign_in(&h, "items-chief").await;
        let page = chief.get(&at("")).await;
        chief.submit(&form(&page, "/approve")).await;
        let (_, version, guide) = h.house.read(|r| catalogue::live(r, ITEM)).await.unwrap().unwrap();
        assert_eq!((version, guide.phone.as_str()), (2, "020-12345"));
        // The same text as ever is no news; another is offered.
        let (id, ..) = h.house.read(|r| catalogue::live(r, ITEM)).await.unwrap().unwrap();
        let first = h.house.read(move |r| catalogue::version(r, id, 1)).await.unwrap().unwrap();
        let first = (*first).clone();
        let mut newer = first.clone();
        newer.fee.zh = "免费".into();
        for (guide, changed) in [(first, 0), (newer.clone(), 1), (newer, 0)] {
            let arriving = vec![Arriving::new(ITEM.into(), guide).unwrap()];
            let took =
                h.house.act(&Actor::system(), move |act| catalogue::deliver(act, &arriving)).await.unwrap();
            assert_eq!(took, changed);
        }
        let (_, version, guide) = h.house.read(|r| catalogue::live(r, ITEM)).await.unwrap().unwrap();
        assert_eq!((version, guide.phone.as_str()), (2, "020-12345"));
        assert!(editor.get("/office/catalogue?show=newer").await.says(&at("")));
        let page = editor.get(&at("/newer")).await;
        assert!(page.says("<ins>免费 / Free</ins>"), "{}", page.text());
        let page = editor.submit(&form(&page, "/take")).await;
        assert!(page.says("免费") && page.says("草稿"), "{}", page.text());
        assert!(!editor.get("/office/catalogue?show=newer").await.says(&at("")));
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_item_is_begun_found_and_nobody_edits_what_is_not_hers() {
    for h in TestHouse::districts().await {
        let mut editor = office::sign_in(&h, "editor").await;
        let page = editor.get("/office/catalogue/new").await;
        let bad = editor.submit(&form(&page, "/new").with("key", "Big Key").with("zh", "长者送餐")).await;
        assert!(bad.status == 422 && bad.says("Big Key") && bad.says("长者送餐"), "{}", bad.text());
        let department = page.text();
        let department = department
            .split("value=\"")
            .find(|p| p.starts_with("MZ|"))
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let filled = form(&bad, "/new").with("key", "meals-at-home").with("department", &department);
        let page = editor.submit(&filled).await;
        assert!(page.path == "/office/catalogue/meals-at-home" && page.says("新事项"), "{}", page.text());
        editor.submit(&form(&page, "/propose").with("note", "区里新增的服务")).await;
        let mut chief = office::sign_in(&h, "items-chief").await;
        let page = chief.get(&page.path).await;
        chief.submit(&form(&page, "/approve")).await;
        assert!(h.visitor().get("/services/meals-at-home").await.says("长者送餐"));
        assert_eq!(value(&h, "items.total").await, 1_204);
        // Somebody with the duty for one department only.
        h.house
            .act(&Actor::system(), |act| {
                let body = linli_duties::offers::body_by_code(act, "JY")?.unwrap();
                let clerk = linli_duties::offers::staff_by_login(act, "clerk-school")?.unwrap();
                linli_duties::offers::deliver_duty(act, &linli_drafting::EDITOR, body.id, body.place, clerk)
            })
            .await
            .unwrap();
        let mut clerk = office::sign_in(&h, "clerk-school").await;
        let page = clerk.get(&at("")).await;
        assert!(page.status == 200 && !page.says("/begin\""), "{}", page.text());
        assert_eq!(clerk.get("/office/catalogue/card-cancel/edit/basics").await.status, 403);
        assert!(clerk.get("/office/catalogue/school-transfer").await.says("/begin\""));
    }
}

/// What she began is handled by the text with which she began, whatever the item says by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_keeps_the_version_with_which_it_began() {
    for h in TestHouse::districts().await {
        let live = |r: &mut linli_db::Read<'_>| catalogue::live(r, "old-age-allowance");
        let (id, version, _) = h.house.read(live).await.unwrap().unwrap();
        let mut resident = proof::sign_in(&h, "梁阿珍").await;
        let case = crate::cases::apply(&mut resident).await;
        let mut editor = office::sign_in(&h, "editor").await;
        let path = "/office/catalogue/old-age-allowance";
        let page = editor.get(path).await;
        editor.submit(&form(&page, "/begin")).await;
        let page = editor.get(&format!("{path}/edit/basics")).await;
        editor.submit(&form(&page, "/basics").with("name.zh", "长寿金（新）")).await;
        let page = editor.get(path).await;
        editor.submit(&form(&page, "/propose").with("note", "改名")).await;
        let mut chief = office::sign_in(&h, "items-chief").await;
        let page = chief.get(path).await;
        chief.submit(&form(&page, "/approve")).await;
        let (_, next, _) = h.house.read(live).await.unwrap().unwrap();
        assert_eq!(next, version + 1);
        let kept = h.house.read(move |r| catalogue::version(r, id, version)).await.unwrap().unwrap();
        assert_ne!(kept.name.zh, "长寿金（新）");
        let page = resident.get(&case.path).await;
        assert!(page.status == 200 && page.says(&kept.name.zh) && !page.says("（新）"), "{}", page.text());
    }
}

/// The text of a page's form and guide before it is live, rendered as residents will see them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_written_page_by_page_and_seen_before_it_is_live() {
    for h in TestHouse::districts().await {
        let mut v = office::sign_in(&h, "editor").await;
        let path = "/office/catalogue/elders-canteen";
        let page = v.get(&format!("{path}/edit/begin.form.pages.new")).await;
        let page = v.submit(&form(&page, "/begin.form.pages.new").with("title.zh", "吃饭有什么要注意")).await;
        let own = page.path.clone();
        assert!(own.contains("/edit/begin.form.pages.") && page.says("吃饭有什么要注意"), "{}", page.text());
        assert!(v.get(path).await.says("这一页还没有要填的内容"));
        let new = format!("{own}.fields.new");
        let page = v.get(&new).await;
        let filled =
            form(&page, ".fields.new").with("label.zh", "忌口").with("key", "diet").with("kind", "choice");
        let bad = v.submit(&filled).await;
        assert!(bad.status == 422 && bad.says("要写明选项") && bad.says("忌口"), "{}", bad.text());
        let page = v.submit(&form(&bad, ".fields.new").with("do", "add:choices")).await;
        let filled =
            form(&page, ".fields.new").with("choices.0.key", "no-sugar").with("choices.0.zh", "不吃甜");
        let filled =
            Form { fields: filled.fields.into_iter().filter(|(k, _)| k != "do").collect(), ..filled };
        let page = v.submit(&filled).await;
        assert!(page.path == own && page.says("忌口"), "{}", page.text());
        let n: usize = own.rsplit('.').next().unwrap().parse().unwrap();
        let guide = v.get(&format!("{path}/preview")).await;
        assert!(
            guide.says("居民还看不到这一页") && guide.says(&format!("{path}/preview/1")),
            "{}",
            guide.text()
        );
        let seen = v.get(&format!("{path}/preview/{}", n + 1)).await;
        assert!(
            seen.status == 200 && seen.says("忌口") && seen.says("不吃甜") && seen.says("预览"),
            "{}",
            seen.text()
        );
        assert!(!seen.says("<form method=\"post\" novalidate"), "nothing is sent from it");
        assert_eq!(v.get(&format!("{path}/preview/99")).await.status, 404);
        assert!(v.get(&format!("{path}/try?try=1")).await.says("忌口"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_go_out_as_files_and_come_in_as_drafts() {
    for h in TestHouse::districts().await {
        let mut v = office::sign_in(&h, "editor").await;
        let all = v.get("/office/catalogue/export?as=json").await;
        let items: Vec<serde_json::Value> = serde_json::from_slice(&all.body).unwrap();
        assert_eq!(items.len(), 1_203);
        // As a file again: nothing to take.
        let one = v.get(&at("/export")).await;
        let page = v.upload("/office/catalogue/import", &one.body).await;
        assert!(page.status == 200 && page.says("1 项和现行的一样"), "{}", page.text());
        for (kind, mark) in [("csv", &b"\xef\xbb\xbf"[..]), ("xlsx", &b"PK"[..])] {
            let table = v.get(&format!("/office/catalogue/export?as={kind}")).await;
            assert!(table.status == 200 && table.body.starts_with(mark), "{kind}");
        }
        let csv = v.get("/office/catalogue/export?as=csv").await.text();
        assert_eq!(csv.lines().count(), 1_204);
        assert_eq!(csv.matches("visits_worst").count(), 1);
        // A table with a good row, a new one, and some bad ones: each told with its line, column and reason.
        let table = "key,name_zh,phone,promised_days,department,level\n\
            unemployment-benefit,失业保险金申领,020-76543210,5,RS,street\n\
            meals-at-home,长者送餐,12345,3,MZ,community\n\
            Big Key,甲,1,1,RS,street\n\
            card-status,社会保障卡状态查询,1,x,RS,moon\n\
            card-cancel,社会保障卡注销,1,0,RS,district\n\
            card-loss,社会保障卡挂失,1,9,ZZZ,district\n\
            card-electronic,电子社会保障卡签发,1,9,RS,district\n";
        let page = v.upload("/office/catalogue/import", table.as_bytes()).await;
        assert_eq!(page.status, 422);
        let text = page.text();
        for told in [
            "小写字母、数字和短横线",
            "请填一个整数",
            "不是可以用的词",
            "这个事项已有草稿",
            "没有这个部门代码",
            "承诺时限不能比法定时限长",
            "promised_days",
            "level",
            "可以导入 2 项",
            "新事项",
        ] {
            assert!(page.says(told), "{told}: {text}");
        }
        assert!(
            !v.get("/office/catalogue?show=draft").await.says("meals-at-home"),
            "nothing is taken by looking"
        );
        let form = page.forms().into_iter().find(|f| f.fields.contains_key("rows")).unwrap();
        let page = v.submit(&form).await;
        assert!(page.says("已导入 2 份草稿") && page.says("meals-at-home"), "{}", page.text());
        let page = v.get(&at("")).await;
        assert!(page.says("020-76543210") && page.says("改动"), "{}", page.text());
        let again = v.submit(&form).await;
        assert!(again.status == 422 && again.says("已有草稿"), "{}", again.text());
        for odd in [&b"{"[..], b"[{\"key\":\"a\"}]", b"[]", b"\x00\x01", b"PK\x03\x04", b""] {
            assert!(v.upload("/office/catalogue/import", odd).await.status < 500, "{odd:?}");
        }
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn officers_keep_the_lists_of_abolished_proofs_and_of_what_people_say() {
    for h in TestHouse::districts().await {
        let before = value(&h, "proofs.abolished").await;
        let mut editor = office::sign_in(&h, "editor").await;
        let page = editor.get("/office/abolished").await;
        let bad = editor
            .submit(&form(&page, "/office/abolished").with("words", "代表作和业绩").with("since", "昨天"))
            .await;
        assert!(bad.status == 422 && bad.says("代表作和业绩") && bad.says("请填日期"), "{}", bad.text());
        let filled = form(&bad, "/office/abolished")
            .with("instead_zh", "由评委会查询")
            .with("source", "本区规定")
            .with("since", "2026-11-24");
        // Proposed by one, decided by another who sees which items ask for it.
        let page = editor.submit(&filled).await;
        assert!(page.says("待审批") && !page.says("由评委会查询"), "{}", page.text());
        let again = editor.submit(&filled).await;
        assert!(again.status == 422 && again.says("正等另一位同事审批"), "{}", again.text());
        assert_eq!(value(&h, "proofs.abolished").await, before);
        let mut chief = office::sign_in(&h, "items-chief").await;
        assert_eq!(chief.submit(&filled).await.status, 403, "who approves does not propose");
        let proposal = proposal_on(&page);
        let page = chief.get(&proposal).await;
        assert!(page.says("由评委会查询") && page.says("还在要"), "{}", page.text());
        decide(&mut chief, &proposal, "approve", "").await;
        let page = editor.get("/office/abolished").await;
        assert!(page.says("由评委会查询") && page.says("还在要"), "{}", page.text());
        assert_eq!(value(&h, "proofs.abolished").await, before + 1);
        assert!(h.visitor().get("/services/abolished").await.says("由评委会查询"));
        assert_eq!(editor.submit(&filled).await.status, 422, "once");
        // An item that asks for it is proposed no more.
        let text = page.text();
        let key = text
            .split("/office/catalogue/")
            .find(|k| k.contains("代表作"))
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let path = format!("/office/catalogue/{key}");
        let page = editor.get(&path).await;
        let page = editor.submit(&form(&page, "/begin")).await;
        assert!(page.says("已经取消，不能再要"), "{}", page.text());
        let bad = editor.submit(&form(&page, "/propose").with("note", "试")).await;
        assert!(bad.status == 422 && bad.says("还有要改的地方"), "{}", bad.text());
        // Off the list again, by two.
        let page = editor.get("/office/abolished").await;
        let mine = page.text().split("<tr>").find(|r| r.contains("由评委会查询")).unwrap().to_owned();
        let action = mine.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let page = editor.submit(&page.forms().into_iter().find(|f| f.action == action).unwrap()).await;
        assert_eq!(value(&h, "proofs.abolished").await, before + 1);
        decide(&mut chief, &proposal_on(&page), "approve", "").await;
        assert_eq!(value(&h, "proofs.abolished").await, before);
        // What people say is found as soon as somebody wrote it down, and no more when it is gone; a start does not bring it back.
        let asked = format!("/services?q={}", linli_web::encode("飞猪补贴"));
        assert!(!h.visitor().get(&asked).await.says("/services/unemployment-benefit\""));
        let page = editor.get("/office/synonyms").await;
        let add = page.forms().into_iter().find(|f| f.fields.contains_key("said")).unwrap();
        editor.submit(&add.with("said", "飞猪补贴").with("meant", "失业保险金申领")).await;
        assert!(h.visitor().get(&asked).await.says("/services/unemployment-benefit\""));
        let page = editor.get(&format!("/office/synonyms?q={}", linli_web::encode("飞猪"))).await;
        editor.submit(&form(&page, "/remove")).await;
        assert!(!h.visitor().get(&asked).await.says("/services/unemployment-benefit\""));
        catalogue::deliver_all(&h.house).await.unwrap();
        assert!(!h.visitor().get(&asked).await.says("/services/unemployment-benefit\""));
        assert!(check_states(&h.house).await.unwrap().faults.is_empty());
    }
}

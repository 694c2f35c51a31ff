//! A browser that sends what it likes: fields that nobody asked for on every form of the way, rows that are not there, pages that
//! are not asked, other people's files and cases. What is filed is what an honest browser would have filed.

use it::{Form, Page, TestHouse, Visitor};
use linli_acts::{PersonId, personal_data};
use linli_base::docnum::DocumentNumber;
use linli_people::offers as people;

use crate::cases::sound;
use crate::files::photograph;
use crate::materials::{begin, item, put, to};
use crate::proof::sign_in;

/// Keys of what is known, of rows, materials, records.
const KEYS: [&str; 40] = [
    "known",
    "known-name",
    "known-document",
    "known.0.value",
    "known[0][value]",
    "name",
    "document",
    "birth",
    "card",
    "photo",
    "met",
    "materials",
    "materials.card",
    "answers",
    "answers.child.value",
    "answer:child",
    "holds:senior-card",
    "children.0.name",
    "children.2.name",
    "children.4.born",
    "children.1.name.x",
    "children.1",
    "child.1.child",
    "person",
    "person_id",
    "id",
    "case",
    "case_id",
    "rev",
    "state",
    "body",
    "place",
    "item",
    "version",
    "two_persons",
    "stated",
    "filed",
    "source",
    "accept",
    "__proto__",
];
const VALUES: [&str; 8] =
    ["别人", "440105190001011234", "1", "0", "-1", "99", "2020-02-02", "{\"certificate\":{\"id\":1}}"];

/// Numbers as if by chance, the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// A form with a dozen fields that nobody asked for.
    fn spoil(&mut self, form: Form, honest: bool) -> Form {
        if honest {
            return form;
        }
        (0..12).fold(form, |form, _| {
            let key = KEYS[self.roll(KEYS.len())];
            // What the page itself asks is hers to answer.
            if form.fields.contains_key(key) { form } else { form.with(key, VALUES[self.roll(VALUES.len())]) }
        })
    }
}

/// The whole way, one child; the receipt.
async fn walk(v: &mut Visitor, item: &str, dice: &mut Dice, honest: bool) -> Page {
    let page = begin(v, item).await;
    let at = |page: usize| format!("/apply/{item}/{page}");
    let page = v.submit(&dice.spoil(to(&page, &at(1)).with("child", "1"), honest)).await;
    let rows = to(&page, &at(2)).with("children.1.name", "梁小明").with("children.1.born", "2020-02-02");
    let page = v.submit(&dice.spoil(rows, honest)).await;
    let page = v.submit(&dice.spoil(to(&page, &at(3)).with("income", "1,200.50"), honest)).await;
    assert_eq!(page.path, format!("/apply/{item}/materials/birth"));
    let choose = |page: &Page, key: &str, how: &str| {
        let base = format!("/apply/{item}/materials/{key}");
        let form = page.forms().into_iter().find(|f| f.action.starts_with(&base)).unwrap();
        Form { action: base, ..form }.with("how", how)
    };
    let page = v.submit(&dice.spoil(choose(&page, "birth", "later"), honest)).await;
    let page = v.submit(&dice.spoil(choose(&page, "photo", "without"), honest)).await;
    let check = format!("/apply/{item}/check");
    let form = to(&page, &check).with("truth", "1").with("declare.account", "1");
    v.submit(&dice.spoil(form, honest)).await
}

async fn person(h: &TestHouse, name: &str) -> PersonId {
    let who = linli_sample::cast().into_iter().find(|c| c.name == name).unwrap();
    let number = DocumentNumber::parse(who.document_kind, &who.document, h.house.now().day()).unwrap();
    let house = h.house.clone();
    let found = h.house.read(move |r| people::find_by_document(r, house.vault(), &number)).await;
    found.unwrap().unwrap()
}

/// What lies in the newest application of an item: answers by value alone, for one that was given before is offered again.
async fn filed(h: &TestHouse, who: PersonId, item: &'static str) -> serde_json::Value {
    let part = personal_data().into_iter().find(|p| p.room == "applications").unwrap();
    let house = h.house.clone();
    let all = h.house.read(move |r| (part.export)(r, house.vault(), who)).await.unwrap();
    let all = all.as_array().unwrap();
    let mut one =
        all.iter().rfind(|a| a["item"] == item).unwrap_or_else(|| panic!("{item}"))["content"].clone();
    for (_, answer) in one["answers"].as_object_mut().unwrap() {
        *answer = answer["value"].clone();
    }
    one
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_browser_sends_what_is_known_is_filed_as_it_is_known() {
    const SPOILT: [&str; 6] = ["spoilt-a", "spoilt-b", "spoilt-c", "spoilt-d", "spoilt-e", "spoilt-f"];
    for h in TestHouse::districts().await {
        for key in ["honest", "unasked"].into_iter().chain(SPOILT) {
            put(&h, key, item("样样都要")).await;
        }
        let who = person(&h, "梁阿珍").await;
        let mut v = sign_in(&h, "梁阿珍").await;
        let mut dice = Dice(20_261_127);
        let receipt = walk(&mut v, "honest", &mut dice, true).await;
        assert!(receipt.path.ends_with("/receipt"), "{}", receipt.text());
        let honest = filed(&h, who, "honest").await;
        assert!(
            honest["known"].as_array().unwrap().len() == 2
                && honest["answers"].as_object().unwrap().len() == 5
        );
        for key in SPOILT {
            let receipt = walk(&mut v, key, &mut dice, false).await;
            assert!(receipt.path.ends_with("/receipt") && !receipt.says("别人"), "{}", receipt.text());
            assert_eq!(filed(&h, who, key).await, honest, "{key}");
        }

        // Without a child there is no page of children: what is sent there all the same counts for nothing.
        let page = begin(&mut v, "unasked").await;
        let first = to(&page, "/apply/unasked/1").with("child", "0");
        v.submit(&first).await;
        let rows = Form { action: "/apply/unasked/2".to_owned(), ..first.clone() }.with("children", "1");
        let answer =
            v.submit(&rows.with("children.1.name", "没有的人").with("children.1.born", "2020-02-02")).await;
        assert_eq!(answer.status, 404);
        let page = v.get("/apply/unasked/3").await;
        let page = v.submit(&to(&page, "/apply/unasked/3").with("income", "")).await;
        assert_eq!(page.path, "/apply/unasked/materials/photo");
        // Nor is a paper that is not wanted, or that the district has.
        for paper in ["birth", "card"] {
            let action = format!("/apply/unasked/materials/{paper}");
            let answer = v.submit(&Form { action, ..first.clone() }.with("how", "later")).await;
            assert_eq!(answer.status, 404, "{paper}");
        }

        // Another's file: it can be neither taken nor dropped, and her case is not there.
        let mut other = sign_in(&h, "欧阳少芬").await;
        let page = begin(&mut other, "unasked").await;
        other.submit(&to(&page, "/apply/unasked/1").with("child", "0")).await;
        let base = "/apply/unasked/materials/photo";
        let page = other.get(base).await;
        let sent =
            other.submit_file(&to(&page, &format!("{base}/file")), "file", "她的.jpg", &photograph(40)).await;
        let drop = sent.forms().into_iter().find(|f| f.action.ends_with("/drop")).unwrap();
        let hers = drop.fields["file"].clone();
        let mine = v.get(base).await;
        let form = to(&mine, &format!("{base}/file"));
        v.submit(&Form { action: format!("{base}/drop"), ..form.clone() }.with("file", &hers)).await;
        assert!(other.get(base).await.says("她的.jpg"));
        let taken = v
            .submit(&Form { action: base.to_owned(), ..form }.with("file", &hers).with("how", "files"))
            .await;
        assert!(taken.status == 422 && !taken.says("她的.jpg"), "{}", taken.text());
        let case = receipt.path.strip_suffix("/receipt").unwrap();
        for path in
            [receipt.path.clone(), format!("{case}/materials"), format!("{case}/mend"), case.to_owned()]
        {
            assert_eq!(other.get(&path).await.status, 404, "{path}");
        }

        // What was not asked is not filed.
        let how = Form { action: base.to_owned(), ..to(&v.get(base).await, &format!("{base}/file")) };
        v.submit(&how.with("how", "without")).await;
        let page = v.get("/apply/unasked/check").await;
        let form = to(&page, "/apply/unasked/check").with("truth", "1").with("declare.account", "1");
        let receipt = v.submit(&form.with("children", "1").with("children.1.name", "没有的人")).await;
        assert!(receipt.path.ends_with("/receipt"), "{}", receipt.text());
        let content = filed(&h, who, "unasked").await;
        assert_eq!(content["answers"], serde_json::json!({ "child": "0", "income": "" }));
        assert_eq!(content["known"], honest["known"]);
        assert!(!content.to_string().contains("没有的人"));
        sound(&h).await;
    }
}

//! Files good and bad.

use linli_acts::Actor;
use linli_people::import::{ImportError, LIMITS, fault_words, import};
use linli_people::offers::{Field, PeopleError, Role};
use linli_privacy::acts::corrections;
use linli_words::Lang;

use super::house::{community, number, phone, places, registrar, zhen};

fn csv(rows: &[String]) -> Vec<u8> {
    let mut out =
        "\u{feff}姓名,证件号码,性别,手机号,社区代码,户号,与户主关系,户籍,残疾等级,备注\n".to_owned();
    for row in rows {
        out.push_str(row);
        out.push('\n');
    }
    out.into_bytes()
}

fn row(name: &str, number: &str, phone: &str, community: &str) -> String {
    format!("{name},{number},,{phone},{community},H1,户主,是,二级,x")
}

#[tokio::test]
async fn a_file_is_taken_and_the_same_again_changes_nothing() {
    for p in places().await {
        let rows: Vec<String> = (0..1_203u16)
            .map(|i| {
                row(
                    "何婆婆",
                    number(&format!("19{}-05-06", 40 + i / 500), i % 500).value(),
                    "",
                    "440105001101",
                )
            })
            .collect();
        let file = csv(&rows);
        let actor = Actor::system();
        let first = import(&p.house, &actor, file.clone(), LIMITS, false, |_| {}).await.unwrap();
        assert_eq!((first.created, first.bad_rows, first.applied), (1_203, 0, true));
        assert_eq!(first.ignored, ["备注"]);
        let again = import(&p.house, &actor, file, LIMITS, false, |_| {}).await.unwrap();
        assert_eq!((again.created, again.changed, again.same), (0, 0, 1_203));
        p.proved().await;
    }
}

#[tokio::test]
async fn every_bad_row_is_told_and_nothing_is_written_unless_the_good_ones_are_wanted() {
    for p in places().await {
        let good = number("1946-11-24", 22);
        let broken = good.value().replace("1946", "1947");
        let rows = [
            row("梁阿珍", good.value(), "13800001234", "440105001101"),
            row("", &broken, "1380000", "440105001101"),
            row("何伟", number("1980-01-02", 31).value(), "", "440105001999"),
            row("何伟", good.value(), "", "440105001101"),
        ];
        let whole = import(&p.house, &Actor::system(), csv(&rows), LIMITS, false, |_| {}).await.unwrap();
        assert_eq!((whole.rows, whole.bad_rows, whole.created, whole.applied), (4, 3, 0, false));
        let told: Vec<_> =
            whole.faults.iter().map(|f| (f.line, f.column.as_str(), f.kind.as_str())).collect();
        assert_eq!(
            told,
            [
                (3, "姓名", "name-empty"),
                (3, "证件号码", "number-check"),
                (3, "手机号", "number-length"),
                (4, "社区代码", "place"),
                (5, "证件号码", "doubled"),
            ]
        );
        for fault in &whole.faults {
            for lang in Lang::ALL {
                let words = fault_words(fault, lang);
                assert!(!words.is_empty() && !words.contains(good.value()));
            }
        }
        let part = import(&p.house, &Actor::system(), csv(&rows), LIMITS, true, |_| {}).await.unwrap();
        assert_eq!((part.created, part.bad_rows), (1, 3));
        p.proved().await;
    }
}

#[tokio::test]
async fn the_register_says_otherwise_but_decisions_made_here_stay() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        p.sign_in(&phone("13800001234"), zhen().document.value()).await;
        let me = Actor::person(id);
        let officer = registrar(1, "440105001000");
        let asked = p.act(&me, |act| corrections::ask(act, Field::Name, "梁阿贞", "错字")).await.unwrap();
        p.act(&officer, move |act| corrections::accept(act, asked, 1)).await.unwrap();
        let file = csv(&[row("梁阿珍", zhen().document.value(), "13900000000", "440105001102")]);
        let done = import(&p.house, &Actor::system(), file, LIMITS, false, |_| {}).await.unwrap();
        assert_eq!((done.created, done.changed), (0, 1));
        let person = p.person(id).await;
        assert_eq!(person.name.unwrap().as_str(), "梁阿贞", "corrected by decision");
        assert_eq!(person.phone, Some(phone("13800001234")), "her account");
        assert_ne!(person.place, Some(community()));
        assert!(person.household.is_some() && person.role == Some(Role::Head));
        p.proved().await;
    }
}

#[tokio::test]
async fn an_officer_imports_where_her_duty_reaches() {
    for p in places().await {
        let there = csv(&[row("何伟", number("1980-01-02", 31).value(), "", "440105002101")]);
        let refused =
            import(&p.house, &registrar(1, "440105001000"), there.clone(), LIMITS, false, |_| {}).await;
        assert!(matches!(refused, Err(ImportError::People(PeopleError::Denied(_)))));
        let done =
            import(&p.house, &registrar(2, "440105002000"), there, LIMITS, false, |_| {}).await.unwrap();
        assert_eq!(done.created, 1);
    }
}

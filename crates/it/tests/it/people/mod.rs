//! The three rooms of a person, `people`, `accounts` and `privacy`: their acts on both engines, with clock and chance in hand.

mod house;
mod import;
mod pages;

use linli_accounts::acts::codes::CodePurpose;
use linli_accounts::acts::sign_in::{self, CodeStep, PhoneStep, WhoStep};
use linli_accounts::offers::{AccountError, Verdict};
use linli_acts::{Actor, Channel, Denied, PersonId, StaffId};
use linli_base::Day;
use linli_db::sql;
use linli_people::acts::records::{self, LookPurpose, Query, Why};
use linli_people::acts::register;
use linli_people::offers::account::Claim;
use linli_people::offers::{self, Field, Name, NewPerson, PeopleError, Source, State, Verified};
use linli_privacy::acts::erasure::{self, EraseStep};
use linli_privacy::acts::{consents, corrections, helping};
use linli_privacy::offers::{HELP, PrivacyError};
use linli_web::session::{self, SessionKind};

use house::{NET, Place, community, later, number, phone, places, registrar, zhen};

sql! {
    EVERY_TEXT: (Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>) = "SELECT name, details, document, phone FROM persons WHERE id = $1";
    OPEN_PHONES: (i64,) = "SELECT count(*) FROM codes WHERE phone IS NOT NULL OR code IS NOT NULL";
    CONTENTS_OF: (i64,) = "SELECT count(*) FROM log_contents c JOIN log l ON l.id = c.log WHERE l.person = $1";
    SERVING: (i64,) = "SELECT count(*) FROM sessions WHERE for_person IS NOT NULL";
    ROWS_OF: (i64,) = "SELECT count(*) FROM log WHERE person = $1";
}

fn why() -> Why {
    Why { purpose: LookPurpose::Application, note: String::new() }
}

fn claim(name: &str, birth: &str, sequence: u16) -> Claim {
    let document = number(birth, sequence);
    Claim {
        name: Name::parse(name).unwrap(),
        birth: document.birth().unwrap(),
        document,
        place: Some(community()),
    }
}

async fn by_claim(
    p: &Place,
    token: &str,
    claim: Claim,
    verdict: Verdict,
) -> Result<sign_in::SignedIn, AccountError> {
    let token = token.to_owned();
    p.act(&Actor::anyone(), move |act| sign_in::by_claim(act, &token, &claim, verdict, "phone")).await
}

async fn who(p: &Place, text: &str) -> (String, bool) {
    let (_, token, code) = p.ask(&Actor::anyone(), CodePurpose::SignIn, &phone(text)).await.unwrap();
    match p.try_code(&token, &code).await.unwrap() {
        CodeStep::Who { token, known } => (token, known),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_identifies_a_person_is_sealed() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        let row = p.house.db().read(move |r| r.one(&EVERY_TEXT, (id,))).await.unwrap();
        for (sealed, plain) in [
            (row.0, "梁阿珍".as_bytes()),
            (row.1, b"1946-11-24".as_slice()),
            (row.2, zhen().document.value().as_bytes()),
            (row.3, b"8613800001234".as_slice()),
        ] {
            let sealed = sealed.unwrap();
            assert!(!sealed.windows(plain.len()).any(|w| w == plain));
        }
        let person = p.person(id).await;
        assert_eq!(person.name.as_ref().unwrap().as_str(), "梁阿珍");
        assert_eq!(person.disability.map(|d| d.level()), Some(2));
        assert_eq!(person.age(Day::new(2026, 11, 24).unwrap()), Some(80));
        p.proved().await;
    }
}

#[tokio::test]
async fn a_person_of_the_register_signs_in_and_the_next_time_by_code_alone() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        let signed = p.sign_in(&phone("138 0000 1234"), zhen().document.value().get(12..).unwrap()).await;
        assert_eq!(signed.person, id);
        assert!(p.person(id).await.account);
        later(2, &p.clock);
        let (_, token, code) =
            p.ask(&Actor::anyone(), CodePurpose::SignIn, &phone("13800001234")).await.unwrap();
        assert!(matches!(p.try_code(&token, &code).await.unwrap(), CodeStep::In(s) if s.person == id));
        // Used once.
        assert!(matches!(p.try_code(&token, &code).await, Err(AccountError::CodeOver)));
        // After ninety days the number may be somebody else's: the document is asked again.
        p.clock.advance_days(91);
        assert!(who(&p, "13800001234").await.1);
        p.proved().await;
    }
}

#[tokio::test]
async fn a_code_is_good_for_five_minutes_and_five_tries() {
    for p in places().await {
        let mine = phone("13900000001");
        let (_, token, code) = p.ask(&Actor::anyone(), CodePurpose::SignIn, &mine).await.unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for left in (0..5).rev() {
            assert!(matches!(p.try_code(&token, wrong).await.unwrap(), CodeStep::Wrong(n) if n == left));
        }
        assert!(
            matches!(p.try_code(&token, &code).await, Err(AccountError::CodeOver)),
            "the right one too late"
        );
        later(2, &p.clock);
        let (_, token, code) = p.ask(&Actor::anyone(), CodePurpose::SignIn, &mine).await.unwrap();
        later(5, &p.clock);
        assert!(matches!(p.try_code(&token, &code).await, Err(AccountError::CodeOver)), "run out");
        // Five more wrong ones within the hour: locked, whatever is typed.
        let (_, token, _) = p.ask(&Actor::anyone(), CodePurpose::SignIn, &mine).await.unwrap();
        for _ in 0..5 {
            assert!(matches!(p.try_code(&token, "abc").await.unwrap(), CodeStep::Wrong(_)));
        }
        later(2, &p.clock);
        assert!(matches!(
            p.ask(&Actor::anyone(), CodePurpose::SignIn, &mine).await,
            Err(AccountError::Wait(3_600))
        ));
        later(61, &p.clock);
        assert!(p.ask(&Actor::anyone(), CodePurpose::SignIn, &mine).await.is_ok());
    }
}

#[tokio::test]
async fn codes_are_few_and_the_answer_is_the_same_for_known_and_unknown_phones() {
    for p in places().await {
        p.write_down(zhen()).await;
        for text in ["13800001234", "13900000002"] {
            let this = phone(text);
            assert!(p.ask(&Actor::anyone(), CodePurpose::SignIn, &this).await.is_ok());
            assert!(matches!(
                p.ask(&Actor::anyone(), CodePurpose::SignIn, &this).await,
                Err(AccountError::Wait(60))
            ));
            for _ in 0..4 {
                later(1, &p.clock);
                p.ask(&Actor::anyone(), CodePurpose::SignIn, &this).await.unwrap();
            }
            later(1, &p.clock);
            assert!(matches!(
                p.ask(&Actor::anyone(), CodePurpose::SignIn, &this).await,
                Err(AccountError::Wait(3_600))
            ));
        }
    }
}

#[tokio::test]
async fn phone_and_code_are_emptied_within_minutes() {
    for p in places().await {
        p.ask(&Actor::anyone(), CodePurpose::SignIn, &phone("13900000003")).await.unwrap();
        assert_eq!(p.house.db().read(|r| r.one(&OPEN_PHONES, ())).await.unwrap().0, 1);
        later(21, &p.clock);
        p.house.tick().await.unwrap();
        p.jobs().await;
        assert_eq!(p.house.db().read(|r| r.one(&OPEN_PHONES, ())).await.unwrap().0, 0);
    }
}

#[tokio::test]
async fn wrong_documents_are_few() {
    for p in places().await {
        p.write_down(zhen()).await;
        let (token, known) = who(&p, "13800001234").await;
        assert!(known);
        for left in (0..5).rev() {
            assert!(matches!(p.by_document(&token, "123456").await.unwrap(), WhoStep::Wrong(n) if n == left));
        }
        assert!(matches!(p.by_document(&token, zhen().document.value()).await, Err(AccountError::CodeOver)));
    }
}

#[tokio::test]
async fn a_stranger_registers_and_is_not_told_whether_the_number_is_known() {
    for p in places().await {
        let known = p.write_down(zhen()).await;
        // Somebody else's phone with the known number and name; and a number that nobody has.
        let mut found = Vec::new();
        for (text, c) in [
            ("13900000004", claim("梁阿珍", "1946-11-24", 22)),
            ("13900000005", claim("何伟", "1980-01-02", 31)),
        ] {
            let (token, is_known) = who(&p, text).await;
            assert!(!is_known);
            let signed = by_claim(&p, &token, c, Verdict::NoMatch).await.unwrap();
            assert_ne!(signed.person, known);
            found.push(p.person(signed.person).await);
        }
        assert!(found.iter().all(|f| f.state == State::Unverified && f.account && f.verified_at.is_none()));
        assert!(!p.person(known).await.account, "the known record was not touched");
        p.proved().await;
    }
}

#[tokio::test]
async fn an_identity_check_binds_the_known_record_or_makes_a_checked_one() {
    for p in places().await {
        let known = p.write_down(zhen()).await;
        let (token, _) = who(&p, "13900000006").await;
        let signed = by_claim(&p, &token, claim("梁阿珍", "1946-11-24", 22), Verdict::Match).await.unwrap();
        assert_eq!(signed.person, known);
        assert_eq!(p.person(known).await.phone, Some(phone("13900000006")));
        let (token, _) = who(&p, "13900000007").await;
        let signed = by_claim(&p, &token, claim("何伟", "1980-01-02", 31), Verdict::Match).await.unwrap();
        let person = p.person(signed.person).await;
        assert_eq!((person.state, person.verified_how), (State::Active, Some(Verified::Check)));
        p.proved().await;
    }
}

#[tokio::test]
async fn a_check_that_was_down_is_asked_again_and_the_records_are_joined() {
    for p in places().await {
        let known = p.write_down(zhen()).await;
        let (token, _) = who(&p, "13900000008").await;
        let signed =
            by_claim(&p, &token, claim("梁阿珍", "1946-11-24", 22), Verdict::Unavailable).await.unwrap();
        let me = Actor::person(signed.person);
        let who = signed.person;
        p.act(&me, move |act| consents::give(act, who, &HELP, None, None, None)).await.unwrap();
        p.check.answer(Verdict::Match);
        later(6, &p.clock);
        p.jobs().await;
        assert_eq!(p.person(signed.person).await.state, State::Merged);
        let joined = p.person(known).await;
        assert!(joined.account && joined.phone == Some(phone("13900000008")));
        let now = p.house.read(move |r| offers::current(r, who)).await.unwrap();
        assert_eq!(now, known);
        let has = p.house.read(move |r| consents::has(r, known, &HELP, None, None)).await.unwrap();
        assert!(has);
        let sessions =
            p.house.read(move |r| session::of_subject(r, SessionKind::Person, who.raw())).await.unwrap();
        assert!(sessions.is_empty(), "she signs in again as the known person");
        p.proved().await;
    }
}

#[tokio::test]
async fn a_phone_that_changed_hands_leaves_its_former_account() {
    for p in places().await {
        let before = p.write_down(zhen()).await;
        p.sign_in(&phone("13800001234"), zhen().document.value()).await;
        p.clock.advance_days(120);
        let (token, known) = who(&p, "13800001234").await;
        assert!(known);
        let signed = by_claim(&p, &token, claim("何伟", "1980-01-02", 31), Verdict::NoMatch).await.unwrap();
        assert_ne!(signed.person, before);
        let former = p.person(before).await;
        assert!(!former.account && former.phone.is_none());
        let sessions =
            p.house.read(move |r| session::of_subject(r, SessionKind::Person, before.raw())).await.unwrap();
        assert!(sessions.is_empty());
        assert!(p.log_of(before).await.contains(&"people.account_released".to_owned()));
        p.proved().await;
    }
}

#[tokio::test]
async fn two_of_a_family_with_one_phone_are_told_apart() {
    for p in places().await {
        let mother = p.write_down(zhen()).await;
        let son = NewPerson {
            name: Name::parse("何伟").unwrap(),
            document: number("1975-03-04", 51),
            birth: Day::new(1975, 3, 4).unwrap(),
            ..zhen()
        };
        let number_of_son = son.document.clone();
        let son = p.write_down(son).await;
        assert_eq!(p.sign_in(&phone("13800001234"), number_of_son.value()).await.person, son);
        assert!(p.person(son).await.account && !p.person(mother).await.account);
        // The mother takes the account over; the son keeps the phone for notices.
        p.clock.advance_days(91);
        assert_eq!(p.sign_in(&phone("13800001234"), zhen().document.value()).await.person, mother);
        let son = p.person(son).await;
        assert!(!son.account && son.phone == Some(phone("13800001234")));
        p.proved().await;
    }
}

#[tokio::test]
async fn a_phone_is_changed_by_a_code_to_the_new_one() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        p.sign_in(&phone("13800001234"), zhen().document.value()).await;
        let me = Actor::person(id);
        let (_, token, code) = p.ask(&me, CodePurpose::Phone, &phone("13700000001")).await.unwrap();
        // A stranger with the token cannot use it, and it is no sign-in.
        assert!(matches!(p.try_code(&token, &code).await, Err(AccountError::CodeOver)));
        let (t, c) = (token.clone(), code.clone());
        let done = p.act(&me, move |act| sign_in::change_phone(act, &t, &c, NET, None)).await.unwrap();
        assert_eq!(done, PhoneStep::Changed);
        let person = p.person(id).await;
        assert_eq!(person.phone, Some(phone("13700000001")));
        assert_eq!(person.sources[0].0, "phone");
        later(2, &p.clock);
        assert!(!who(&p, "13800001234").await.1, "the old phone is nobody's");
        p.proved().await;
    }
}

#[tokio::test]
async fn consent_is_given_found_and_withdrawn_by_its_owner_alone() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        let other =
            p.write_down(NewPerson { document: number("1950-01-01", 11), phone: None, ..zhen() }).await;
        let (me, she) = (Actor::person(id), Actor::person(other));
        let has = |p: &Place| {
            let house = p.house.clone();
            async move { house.read(move |r| consents::has(r, id, &HELP, None, Some("insurance"))).await.unwrap() }
        };
        let refused =
            p.act(&she, move |act| consents::give(act, id, &HELP, None, Some("insurance"), None)).await;
        assert!(matches!(refused, Err(PrivacyError::Denied(Denied::NotYours))));
        assert!(!has(&p).await);
        let ends = p.house.now().plus_seconds(86_400);
        let consent = p
            .act(&me, move |act| consents::give(act, id, &HELP, None, Some("insurance"), Some(ends)))
            .await
            .unwrap();
        assert!(has(&p).await);
        assert!(p.act(&she, move |act| consents::withdraw(act, consent)).await.is_err());
        assert!(has(&p).await);
        p.act(&me, move |act| consents::withdraw(act, consent)).await.unwrap();
        assert!(!has(&p).await);
        p.act(&me, move |act| consents::give(act, id, &HELP, None, Some("insurance"), Some(ends)))
            .await
            .unwrap();
        p.clock.advance_days(1);
        assert!(!has(&p).await, "run out");
        p.proved().await;
    }
}

#[tokio::test]
async fn an_officer_sees_whom_her_duty_covers_and_is_seen() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        let here = registrar(1, "440105001000");
        let elsewhere = registrar(2, "440105002000");
        let find = |q: Query| move |act: &mut linli_acts::Act<'_, '_>| records::find(act, &q, &why());
        let found = p.act(&here, find(Query::Document(zhen().document))).await.unwrap();
        assert_eq!(found[0].id, id);
        assert_eq!(found[0].name, "梁**");
        assert!(!found[0].document.contains("19461124"));
        assert_eq!(p.act(&here, find(Query::Phone(phone("13800001234")))).await.unwrap().len(), 1);
        assert!(p.act(&elsewhere, find(Query::Document(zhen().document))).await.unwrap().is_empty());
        assert!(matches!(
            p.act(&Actor::person(id), find(Query::Phone(phone("13800001234")))).await,
            Err(PeopleError::Denied(_))
        ));
        assert!(matches!(
            p.act(&Actor::staff(StaffId::from_raw(3), vec![]), find(Query::Phone(phone("13800001234"))))
                .await,
            Err(PeopleError::Denied(Denied::Duty(_)))
        ));
        // Opening.
        assert!(p.act(&elsewhere, move |act| records::open_record(act, id, &why())).await.is_err());
        let no_words = Why { purpose: LookPurpose::Other, note: " ".to_owned() };
        assert!(matches!(
            p.act(&here, move |act| records::open_record(act, id, &no_words)).await,
            Err(PeopleError::Wrong(_))
        ));
        let opening = p.act(&here, move |act| records::open_for_pages(act, id, &why())).await.unwrap();
        let look = |p: &Place, actor: &Actor| {
            let (house, actor) = (p.house.clone(), actor.clone());
            let inside = house.clone();
            async move { house.read(move |r| records::opened(r, inside.vault(), &actor, opening)).await }
        };
        assert_eq!(look(&p, &here).await.unwrap().person.id, id);
        assert!(look(&p, &elsewhere).await.is_err(), "not hers");
        later(15, &p.clock);
        assert!(look(&p, &here).await.is_err(), "over");
        // Every look stands on the person's page, the refused one too.
        let log = p.log_of(id).await;
        assert_eq!(log.iter().filter(|w| *w == "people.looked_for").count(), 3, "{log:?}");
        assert_eq!(log.iter().filter(|w| *w == "people.opened").count(), 1);
        p.proved().await;
    }
}

#[tokio::test]
async fn a_registrar_checks_an_identity_at_the_counter() {
    for p in places().await {
        let (token, _) = who(&p, "13900000010").await;
        let signed = by_claim(&p, &token, claim("何伟", "1980-01-02", 31), Verdict::NoMatch).await.unwrap();
        let officer = registrar(1, "440105001000");
        let id = signed.person;
        let opening = p.act(&officer, move |act| records::open_for_pages(act, id, &why())).await.unwrap();
        let rev = p.person(id).await.rev;
        assert!(matches!(
            p.act(&officer, move |act| records::verify(act, opening, rev - 1)).await,
            Err(PeopleError::Changed)
        ));
        assert_eq!(p.act(&officer, move |act| records::verify(act, opening, rev)).await.unwrap(), id);
        assert_eq!(p.person(id).await.state, State::Active);
        let rev = p.person(id).await.rev;
        assert!(matches!(
            p.act(&officer, move |act| records::verify(act, opening, rev)).await,
            Err(PeopleError::State)
        ));
        // Moved away, back, dead: no sign-in any more.
        p.act(&officer, move |act| records::change_state(act, opening, rev, State::Moved)).await.unwrap();
        p.act(&officer, move |act| records::change_state(act, opening, rev + 1, State::Active))
            .await
            .unwrap();
        p.act(&officer, move |act| records::change_state(act, opening, rev + 2, State::Dead)).await.unwrap();
        later(2, &p.clock);
        assert!(!who(&p, "13900000010").await.1);
        p.proved().await;
    }
}

#[tokio::test]
async fn a_helper_acts_with_consent_until_the_evening() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        let officer = registrar(1, "440105001000");
        let session =
            p.act(&officer, |act| session::begin(act, SessionKind::Staff, 1, "desk")).await.unwrap();
        let opening = p.act(&officer, move |act| records::open_for_pages(act, id, &why())).await.unwrap();
        let start = move |evidence: &'static str| {
            move |act: &mut linli_acts::Act<'_, '_>| {
                helping::start_helping(act, opening, session.0, Channel::Counter, evidence)
            }
        };
        assert!(matches!(p.act(&officer, start("")).await, Err(PrivacyError::Wrong(_))));
        p.act(&officer, start("签字表 2026-17")).await.unwrap();
        let body = linli_acts::BodyId::from_raw(900);
        let house = p.house.clone();
        let has = move || {
            let house = house.clone();
            async move { house.read(move |r| consents::has(r, id, &HELP, Some(body), None)).await.unwrap() }
        };
        assert!(has().await);
        p.clock.advance_days(1);
        assert!(!has().await);
        p.clock.set(Day::new(2026, 11, 25).unwrap().start().plus_seconds(300));
        p.house.tick().await.unwrap();
        p.jobs().await;
        let serving = p.house.db().read(|r| r.one(&SERVING, ())).await.unwrap();
        assert_eq!(serving.0, 0, "the evening ends it");
        p.act(&officer, move |act| helping::stop_helping(act, session.0)).await.unwrap();
        p.proved().await;
    }
}

#[tokio::test]
async fn a_correction_is_decided_where_she_lives_and_the_old_value_stays_sealed() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        let me = Actor::person(id);
        let ask = |value: &'static str| {
            move |act: &mut linli_acts::Act<'_, '_>| corrections::ask(act, Field::Name, value, "错字")
        };
        assert!(matches!(p.act(&me, ask("梁1")).await, Err(PrivacyError::Wrong(_))));
        assert!(matches!(p.act(&me, ask("梁阿珍")).await, Err(PrivacyError::Wrong(_))), "the same");
        let first = p.act(&me, ask("梁阿贞")).await.unwrap();
        assert!(matches!(p.act(&me, ask("梁阿真")).await, Err(PrivacyError::OpenAlready)));
        let elsewhere = registrar(2, "440105002000");
        let here = registrar(1, "440105001000");
        let waiting = |p: &Place, actor: &Actor| {
            let (house, actor) = (p.house.clone(), actor.clone());
            async move {
                house
                    .read(move |r| {
                        corrections::waiting(r, &actor, corrections::CorrectionId::from_raw(0), 50)
                    })
                    .await
                    .unwrap()
                    .len()
            }
        };
        assert_eq!((waiting(&p, &here).await, waiting(&p, &elsewhere).await), (1, 0));
        assert!(matches!(
            p.act(&elsewhere, move |act| corrections::accept(act, first, 1)).await,
            Err(PrivacyError::People(PeopleError::Denied(_)))
        ));
        assert!(matches!(
            p.act(&me, move |act| corrections::accept(act, first, 1)).await,
            Err(PrivacyError::People(PeopleError::Denied(_)))
        ));
        let opening = p.act(&here, move |act| corrections::look(act, first)).await.unwrap();
        let (house, actor) = (p.house.clone(), here.clone());
        let (asked, person) = p
            .house
            .read(move |r| {
                let person = records::opened(r, house.vault(), &actor, opening)?.person;
                Ok::<_, PrivacyError>((corrections::by_id(r, house.vault(), first)?.unwrap(), person))
            })
            .await
            .unwrap();
        assert_eq!((asked.proposed.as_str(), person.value(Field::Name).as_str()), ("梁阿贞", "梁阿珍"));
        p.act(&here, move |act| corrections::accept(act, first, 1)).await.unwrap();
        assert!(matches!(
            p.act(&here, move |act| corrections::refuse(act, first, 1, "晚了")).await,
            Err(PrivacyError::Changed)
        ));
        let person = p.person(id).await;
        assert_eq!(person.value(Field::Name), "梁阿贞");
        assert_eq!(person.sources[0].1, "correction");
        let house = p.house.clone();
        let former = p
            .house
            .read(move |r| {
                let rows = linli_acts::concerning(r, id, linli_acts::LogId::from_raw(i64::MAX), 200)?;
                let row = rows.iter().find(|l| l.act == "people.corrected").unwrap();
                linli_acts::contents(r, house.vault(), row.id)
            })
            .await;
        assert_eq!(former.map_err(|e: linli_db::DbError| e).unwrap().unwrap()["former"], "梁阿珍");
        // A number that is another's is refused; the request stays open.
        let taken = number("1950-01-01", 11);
        p.write_down(NewPerson { document: taken.clone(), phone: None, ..zhen() }).await;
        let typed = format!("resident-id:{}", taken.value());
        let second =
            p.act(&me, move |act| corrections::ask(act, Field::Document, &typed, "抄错")).await.unwrap();
        assert!(matches!(
            p.act(&here, move |act| corrections::accept(act, second, 1)).await,
            Err(PrivacyError::People(PeopleError::Wrong(_)))
        ));
        p.act(&here, move |act| corrections::refuse(act, second, 1, "这个号码属于别人")).await.unwrap();
        p.proved().await;
    }
}

#[tokio::test]
async fn a_copy_holds_everything_and_taking_it_is_an_act() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        let me = Actor::person(id);
        p.act(&me, move |act| consents::give(act, id, &HELP, None, None, None)).await.unwrap();
        let copy = p.act(&me, erasure::copy).await.unwrap();
        let own = &copy["rooms"]["people"];
        assert_eq!(own["record"]["name"], "梁阿珍");
        assert_eq!(own["record"]["document"], zhen().document.value());
        assert_eq!(own["record"]["disability"], 2);
        assert_eq!(copy["rooms"]["privacy"]["consents"][0]["purpose"], "people.help");
        assert!(p.log_of(id).await.contains(&"people.copied".to_owned()));
        assert!(p.act(&Actor::anyone(), erasure::copy).await.is_err());
    }
}

#[tokio::test]
async fn after_an_erasure_nobody_is_left_and_the_chain_holds() {
    for p in places().await {
        let household = p
            .act(&Actor::system(), |act| register::household(act, Some("户0017"), Some(community())))
            .await
            .unwrap();
        let id = p.write_down(NewPerson { household: Some(household), ..zhen() }).await;
        p.sign_in(&phone("13800001234"), zhen().document.value()).await;
        let me = Actor::person(id);
        p.act(&me, move |act| consents::give(act, id, &HELP, None, None, None)).await.unwrap();
        p.act(&me, |act| corrections::ask(act, Field::Hukou, "0", "已迁出")).await.unwrap();
        let contents = |p: &Place| {
            let db = p.house.db().clone();
            async move {
                db.read(move |r| {
                    Ok::<_, linli_db::DbError>((r.one(&CONTENTS_OF, (id,))?.0, r.one(&ROWS_OF, (id,))?.0))
                })
                .await
                .unwrap()
            }
        };
        let (before, rows) = contents(&p).await;
        assert!(before > 0);
        let told = p.house.read(move |r| erasure::outlook(r, id)).await.unwrap();
        later(2, &p.clock);
        let (_, token, code) = p.ask(&me, CodePurpose::Erase, &phone("13800001234")).await.unwrap();
        let (t, wrong) = (token.clone(), if code == "000000" { "000001" } else { "000000" });
        let step = p.act(&me, move |act| erasure::erase_own(act, &t, wrong, NET)).await.unwrap();
        assert!(matches!(step, EraseStep::Wrong(4)));
        let step = p.act(&me, move |act| erasure::erase_own(act, &token, &code, NET)).await.unwrap();
        let EraseStep::Erased(number) = step else { panic!("{step:?}") };
        let person = p.person(id).await;
        assert_eq!(person.state, State::Erased);
        assert!(
            person.name.is_none()
                && person.document.is_none()
                && person.phone.is_none()
                && person.household.is_none()
        );
        let (after, more) = contents(&p).await;
        assert_eq!(after, 0);
        assert!(more > rows, "the rows stay");
        assert_eq!(p.house.db().read(|r| r.one(&OPEN_PHONES, ())).await.unwrap().0, 0);
        let done = p.house.read(move |r| erasure::receipt(r, &number)).await.unwrap().unwrap();
        assert_eq!(done.report.0, told, "what was told before is what was done");
        let sessions =
            p.house.read(move |r| session::of_subject(r, SessionKind::Person, id.raw())).await.unwrap();
        assert!(sessions.is_empty());
        let house = p.house.clone();
        let found = p
            .house
            .read(move |r| offers::find_by_document(r, house.vault(), &zhen().document))
            .await
            .unwrap();
        assert_eq!(found, None);
        // She may come back as somebody new.
        let again = p.write_down(zhen()).await;
        assert_ne!(again, id);
        p.proved().await;
    }
}

#[tokio::test]
async fn many_are_written_down_at_once_and_the_same_again_changes_nothing() {
    for p in places().await {
        let rows: Vec<NewPerson> = (0..200u16)
            .map(|i| NewPerson {
                document: number("1970-05-06", i),
                birth: Day::new(1970, 5, 6).unwrap(),
                phone: None,
                source: Source::Sample,
                ..zhen()
            })
            .collect();
        let again = rows.clone();
        let first = p.act(&Actor::system(), move |act| register::bulk_insert(act, &rows)).await.unwrap();
        assert!(first.iter().all(Option::is_some));
        let second = p.act(&Actor::system(), move |act| register::bulk_insert(act, &again)).await.unwrap();
        assert!(second.iter().all(Option::is_none));
        let here = p.house.read(|r| offers::count_in(r, "440105000000".parse().unwrap())).await.unwrap();
        assert_eq!(here, 200);
        let born = p
            .house
            .read(|r| offers::born(r, community(), (1970, 1970), PersonId::from_raw(0), 1_000))
            .await
            .unwrap();
        assert_eq!(born.len(), 200);
        p.proved().await;
    }
}

#[tokio::test]
async fn two_changes_of_one_record_do_not_lose_one() {
    for p in places().await {
        let id = p.write_down(zhen()).await;
        let me = Actor::person(id);
        let officer = registrar(1, "440105001000");
        let a = p.act(&me, |act| corrections::ask(act, Field::Name, "梁阿贞", "错字")).await.unwrap();
        let b = p.act(&me, |act| corrections::ask(act, Field::Hukou, "0", "迁出")).await.unwrap();
        let (one, two) = tokio::join!(
            p.act(&officer, move |act| corrections::accept(act, a, 1)),
            p.act(&officer, move |act| corrections::accept(act, b, 1))
        );
        one.unwrap();
        two.unwrap();
        let person = p.person(id).await;
        assert_eq!((person.value(Field::Name).as_str(), person.hukou), ("梁阿贞", false));
        // The same request decided twice is decided once.
        assert!(matches!(
            p.act(&me, move |act| corrections::withdraw(act, a, 1)).await,
            Err(PrivacyError::Changed)
        ));
    }
}

#[tokio::test]
async fn who_lives_in_a_building_moves_with_it_to_another_community() {
    for p in places().await {
        let unit = p
            .house
            .act(&Actor::system(), |act| {
                let building = linli_places::acts::add_building(act, community(), "12栋", "怡乐路12号")?;
                Ok::<_, linli_places::PlacesError>((
                    building,
                    linli_places::acts::add_unit(act, building, "302")?,
                ))
            })
            .await
            .unwrap();
        let id = p.write_down(NewPerson { unit: Some(unit.1), ..zhen() }).await;
        let elsewhere: linli_base::PlaceCode = "440105001102".parse().unwrap();
        p.act(&Actor::system(), move |act| {
            act.enqueue(linli_acts::Job::new(register::FOLLOW_BUILDING, &(unit.0, elsewhere)))?;
            Ok::<_, linli_db::DbError>(())
        })
        .await
        .unwrap();
        p.jobs().await;
        assert_eq!(p.person(id).await.place, Some(elsewhere));
        p.proved().await;
    }
}

/// How many rows a second: `LINLI_ROWS=500000 cargo test --release -p it -- --ignored --nocapture rate_of_bulk_insert`.
#[tokio::test]
#[ignore = "a measurement, run by hand"]
async fn rate_of_bulk_insert() {
    for p in places().await {
        let rows: u32 = std::env::var("LINLI_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(50_000);
        let timer = std::time::Instant::now();
        let mut last = std::time::Duration::ZERO;
        for chunk in 0..rows / 500 {
            let new: Vec<NewPerson> = (0..500)
                .map(|i| {
                    let n = chunk * 500 + i;
                    let birth = Day::new(1930, 1, 1).unwrap().plus_days(i64::from(n / 900));
                    NewPerson {
                        document: number(&birth.to_string(), u16::try_from(n % 900).unwrap()),
                        birth,
                        phone: Some(phone(&format!("199{n:08}"))),
                        source: Source::Sample,
                        ..zhen()
                    }
                })
                .collect();
            let written = p.act(&Actor::system(), move |act| register::bulk_insert(act, &new)).await.unwrap();
            assert!(written.iter().all(Option::is_some));
            if (chunk + 1) % 200 == 0 {
                let now = timer.elapsed();
                println!("{} rows, {:.0} rows/s", (chunk + 1) * 500, 100_000.0 / (now - last).as_secs_f64());
                last = now;
            }
        }
        let seconds = timer.elapsed().as_secs_f64();
        println!("{rows} rows in {seconds:.1} s: {:.0} rows/s", f64::from(rows) / seconds);
    }
}

//! Who may come in where: a written table, not made from the code. A route without a row fails, and so does a row without a
//! route; then every row is tried by every kind of person.

use it::TestHouse;
use linli::compose;

/// The table beside this file: method, path, gate.
const TABLE: &str = include_str!("routes.txt");

fn rows() -> Vec<(String, String, String)> {
    TABLE
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.starts_with('#'))
        .map(|l| {
            let mut cells = l.split_whitespace().map(str::to_owned);
            (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap())
        })
        .collect()
}

#[test]
fn every_route_has_its_row() {
    let mut declared: Vec<String> =
        compose::routes().iter().map(|r| format!("{} {} {}", r.method, r.path, r.gate.word())).collect();
    let mut written: Vec<String> = rows().into_iter().map(|(m, p, g)| format!("{m} {p} {g}")).collect();
    declared.sort();
    written.sort();
    let missing: Vec<_> = declared.iter().filter(|d| !written.contains(d)).collect();
    let gone: Vec<_> = written.iter().filter(|w| !declared.contains(w)).collect();
    assert!(missing.is_empty() && gone.is_empty(), "without a row: {missing:#?}\nwithout a route: {gone:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_comes_in_where_he_may_not_and_nothing_answers_with_5xx() {
    let h = TestHouse::open(linli_db::Engine::Sqlite).await.unwrap();
    let mut v = h.visitor();
    let mut faults = Vec::new();
    for (method, path, gate) in rows() {
        for id in ["0000000000001", "x", "..%2f..%2fetc", "💥", "9999999999999999999"] {
            let address = path
                .split('/')
                .map(|part| if part.starts_with('{') { linli_web::encode(id) } else { part.to_owned() })
                .collect::<Vec<_>>()
                .join("/");
            let (status, to) = v.peek(&method, &address).await;
            let signs_in = to.as_deref().is_some_and(|t| t.contains("/sign-in"));
            let fine = match gate.as_str() {
                "public" => status < 500,
                token if token.starts_with("token:") => status == 401,
                _ => (status == 303 && signs_in) || status == 401,
            };
            if !fine {
                faults.push(format!("{method} {address}: {status} {to:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Pages that ask more than their gate can say: any duty that reads personal records, a session that is half open, a signature.
const ASK_MORE: [&str; 4] =
    ["/desk/people", "/office/second-factor", "/api/v1/sms/reports", "/api/v1/wechat/reports"];

/// Refusals of the door itself. What lies behind it may answer "not found" to whoever came in.
fn kept_out(status: u16, code: &str) -> bool {
    status == 401 || code == "needs-duty" || code == "second-factor"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_holds_for_every_kind_of_person() {
    let Some(h) = TestHouse::districts().await.into_iter().next() else { return };
    // Who she is to the table: a resident, or an officer with her duties.
    let mut people = vec![("a visitor".to_owned(), h.visitor(), None, false)];
    people.push(("a resident".to_owned(), crate::proof::sign_in(&h, "陈志伟").await, None, true));
    for officer in linli::demo::OFFICERS {
        let login = officer.login;
        let held: Vec<String> = h
            .house
            .read(move |r| {
                let now = r.now();
                let id = linli_duties::offers::staff_by_login(r, login)?.unwrap();
                linli_duties::offers::held(r, id, now)
            })
            .await
            .unwrap()
            .into_iter()
            .map(|d| d.kind)
            .collect();
        assert!(!held.is_empty(), "{login} is there to try a duty");
        people.push((login.to_owned(), crate::office::sign_in(&h, login).await, Some(held), false));
    }
    let mut faults = Vec::new();
    for (method, path, gate) in rows() {
        let address = path
            .split('/')
            .map(|part| if part.starts_with('{') { "0000000000001" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        for (who, v, held, resident) in &mut people {
            // Without the mark of her session a POST goes no further than the door, so that nothing is done here.
            let (status, code) = v.at_the_door(&method, &address).await;
            let may = match gate.as_str() {
                "public" => true,
                "resident" => *resident,
                "staff" => held.is_some(),
                token if token.starts_with("token:") => false,
                duties => held.as_ref().is_some_and(|h| duties.split('|').any(|d| h.iter().any(|x| x == d))),
            };
            // To a resident an office's page is no page at all.
            let out = kept_out(status, &code) || (*resident && status == 404);
            let asks_more = ASK_MORE.iter().any(|p| address.starts_with(p));
            let fine = if may { (asks_more || !kept_out(status, &code)) && status < 500 } else { out };
            if !fine {
                faults.push(format!("{who}: {method} {address} ({gate}): {status} {code}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

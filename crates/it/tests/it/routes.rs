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

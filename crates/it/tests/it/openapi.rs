//! The description of the API is true: every address has one, and what it answers without a token or at a wrong address is what
//! stands there. Answers in full are tried from outside: `scripts/conformance`.

use it::TestHouse;
use linli::compose;
use linli_db::Engine;
use serde_json::Value;

#[test]
fn every_address_of_the_api_is_described() {
    assert_eq!(linli_web::openapi::faults(&compose::routes()), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_names_every_address_and_what_it_answers() {
    let h = TestHouse::open(Engine::Sqlite).await.unwrap();
    let mut v = h.visitor();
    let (status, document) = v.api_get("/api/v1/openapi.json", "").await;
    assert_eq!((status, document["openapi"].as_str()), (200, Some("3.1.0")));
    let declared: Vec<_> = compose::routes().into_iter().filter(|r| r.path.starts_with("/api/")).collect();
    let paths = document["paths"].as_object().unwrap();
    let told: usize = paths.values().map(|p| p.as_object().unwrap().len()).sum();
    assert_eq!(told, declared.len());
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1).filter_map(|r| r.split('"').next()) {
        assert!(document["components"]["schemas"].get(reference).is_some(), "{reference} is nowhere");
    }
    let mut names = std::collections::BTreeSet::new();
    for route in declared {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{}", route.path);
        assert!(operation["x-zh"].as_str().is_some_and(|s| !s.is_empty()), "{}", route.path);
        let guarded = matches!(route.gate, linli_web::Gate::Token(_));
        assert_eq!(operation["security"].is_array(), guarded, "{}", route.path);
        let address = route
            .path
            .split('/')
            .map(|p| if p.starts_with('{') { "%00" } else { p })
            .collect::<Vec<_>>()
            .join("/");
        for body in [Value::Null, serde_json::json!({ "a\u{0}": "\u{0}" })] {
            let (status, answer) = v.api(route.method.as_str(), &address, "wrong", "k", &body).await;
            let response = &operation["responses"][status.to_string()];
            assert!(response.is_object(), "{} {address}: {status} {answer}", route.method);
            assert!(status < 500 && (status != 200 || !guarded), "{} {address}: {status}", route.method);
        }
    }
}

/// A security officer gives another system a token for somebody's duty; it is good until it or the duty ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_given_out_in_the_browser_and_ends_with_the_duty() {
    for h in TestHouse::districts().await {
        let mut security = crate::office::sign_in(&h, "security").await;
        let clerk = h.house.read(|r| linli_duties::offers::staff_by_login(r, "clerk")).await;
        let clerk = clerk.map_err(|e: linli_db::DbError| e).unwrap().unwrap();
        let member = format!("/office/staff/{clerk}");
        let page = security.get(&member).await;
        let form = page.forms().into_iter().find(|f| f.action.ends_with("/token")).unwrap();
        let bad = security.submit(&form.clone().with("name", "")).await;
        assert_eq!(bad.status, 422);
        let made = security.submit(&form.with("name", "一体机")).await;
        assert_eq!(made.status, 200);
        let text = made.text();
        let token = text.split("id=\"token\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert!(!security.get("/office/tokens").await.says(&token), "the secret is shown once");
        let mut v = h.visitor();
        let (status, _) = v.api_get("/api/v1/cases/none", &token).await;
        assert_eq!(status, 404);
        let mut admin = crate::office::sign_in(&h, "admin").await;
        let page = admin.get(&member).await;
        for form in page.forms().into_iter().filter(|f| f.action.ends_with("/end")) {
            admin.submit(&form).await;
        }
        let (status, _) = v.api_get("/api/v1/cases/none", &token).await;
        assert_eq!(status, 401);
    }
}

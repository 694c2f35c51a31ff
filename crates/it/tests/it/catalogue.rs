//! The catalogue as people meet it: found, narrowed, read, printed, begun; its figures, and what one changed material does to them.

use it::TestHouse;
use linli_acts::Actor;
use linli_catalogue::offers::{self, Arriving, CatalogueError, deliver};
use linli_guide::Way;
use linli_guide::material::HandIn;

async fn value(h: &TestHouse, key: &'static str) -> i64 {
    let figure = linli_figures::find(key).unwrap();
    let day = h.house.now().day();
    h.house.read(move |r| (figure.value)(r, day)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_letters_figures_are_derived_and_one_material_moves_them() {
    for h in TestHouse::districts().await {
        let figures = ["items.total", "items.hr", "items.hr.zero", "items.hr.one"];
        let mut told = Vec::new();
        for key in figures {
            told.push(value(&h, key).await);
        }
        assert_eq!(told, [1_203, 126, 98, 28]);
        let (_, _, guide) = h.house.read(|r| offers::live(r, "unemployment-benefit")).await.unwrap().unwrap();
        let mut guide = (*guide).clone();
        for material in guide.materials.iter_mut().filter(|m| m.key == "leave-proof") {
            material.ways = vec![Way::Original { hand_in: HandIn::Counter }];
        }
        let changed = Arriving::new("unemployment-benefit".into(), guide).unwrap();
        let once = vec![changed];
        let again = once.clone();
        assert_eq!(h.house.act(&Actor::system(), move |act| deliver(act, &once)).await.unwrap(), 1);
        assert_eq!(h.house.act(&Actor::system(), move |act| deliver(act, &again)).await.unwrap(), 0);
        assert_eq!((value(&h, "items.hr.zero").await, value(&h, "items.hr.one").await), (97, 29));
        let page = h.visitor().get("/figures/items.hr.zero").await;
        assert!(page.says("97"), "{}", page.text());
        let mut officer = crate::office::sign_in(&h, "rules").await;
        let page = officer.get("/office/items").await;
        assert_eq!(page.status, 200);
        assert!(page.says("要到窗口交或核对“解除或终止劳动关系信息”"), "{}", page.text());
        assert!(page.says("改了就少跑一次"));
        let guide = h.visitor().get("/services/unemployment-benefit").await;
        assert!(guide.says("1 次"), "{}", guide.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_with_nothing_changed_writes_nothing() {
    for h in TestHouse::districts().await {
        assert_eq!(offers::deliver_all(&h.house).await.unwrap(), 0);
        assert_eq!(offers::deliver_written(&h.house).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_that_asks_for_an_abolished_proof_cannot_go_live() {
    for h in TestHouse::each().await {
        let (_, _, guide) = h.house.read(|r| offers::live(r, "senior-card")).await.unwrap().unwrap();
        let mut guide = (*guide).clone();
        guide.materials[0].name.zh = "身份证复印件".into();
        let bad = vec![Arriving::new("another-card".into(), guide).unwrap()];
        let refused = h.house.act(&Actor::system(), move |act| deliver(act, &bad)).await.unwrap_err();
        assert!(matches!(refused, CatalogueError::Guide(_)), "{refused}");
        let page = h.visitor().get("/services/another-card").await;
        assert_eq!(page.status, 404);
        assert!(h.visitor().get("/services/abolished").await.says("身份证复印件"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_are_found_narrowed_paged_and_read() {
    for h in TestHouse::districts().await {
        let mut v = h.visitor();
        let page = v.get("/").await;
        assert!(page.says("看全部 1203 项") && page.says("按人生事件找"), "{}", page.text());
        let page = v.get("/services").await;
        assert!(page.says("共 1203 项") && page.says("page=2"), "{}", page.text());
        let page = v.get("/services?page=61").await;
        assert!(page.says("第一页") && !page.says("page=62"), "the last page");
        for (typed, name) in
            [("shengyujintie", "职工生育津贴"), ("结昏登记", "结婚登记"), ("社保卡丢了", "社会保障卡挂失")]
        {
            let page = v.get(&format!("/services?q={}", linli_web::encode(typed))).await;
            assert!(page.says(name), "{typed}: {}", page.text());
        }
        let page = v.get("/services?event=marriage&who=persons&q=jiehun").await;
        assert!(page.says("/services/marriage-registration"), "{}", page.text());
        // Unknown words narrow nothing, and nothing breaks.
        for odd in [
            "/services?event=x&level=y&who=z&page=abc",
            "/services?department=%27%22%3C",
            "/services?q=%00%E2%80%AE'",
        ] {
            assert_eq!(v.get(odd).await.status, 200, "{odd}");
        }
        let page = v.get("/services/marriage-registration").await;
        assert!(
            page.says("婚姻登记应当由双方亲自到场") && page.says("可以一起办") && page.says("1 次"),
            "{}",
            page.text()
        );
        let page = v.get("/services/marriage-registration/print").await;
        assert!(page.says("<svg") && page.says("http://linli.test/services/marriage-registration"));
        let page = v.get("/services/tax-payment-certificate").await;
        assert!(
            page.says("https://etax.guangdong.chinatax.gov.cn/") && page.says("还没有经部门核对"),
            "{}",
            page.text()
        );
        let (status, found) = v.api_get("/api/v1/items?q=%E5%A4%B1%E4%B8%9A%E9%87%91", "").await;
        assert_eq!(status, 200);
        assert_eq!(found["items"][0]["key"], "unemployment-benefit", "{found}");
    }
}

/// How often applicants really came: computed from cases that ended, told once it rests on enough, moved by what happens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_visits_really_made_come_from_the_cases_that_ended() {
    for h in TestHouse::districts().await {
        let least = async |id: i64, n: i64| {
            let set = h.house.db().write(move |tx| {
                let (now, day) = (tx.now(), tx.now().day());
                tx.run(&LEAST, (id, n, day, now))
            });
            set.await.unwrap_or_else(|e: linli_db::DbError| panic!("{e}"));
        };
        let next_day = async || {
            h.run_jobs().await;
            h.clock.advance_seconds(86_400);
            h.house.tick().await.unwrap();
            h.run_jobs().await;
        };
        next_day().await;
        least(1, 1).await;
        // Of how many cases, and how many visits half of them did not exceed.
        let told = async || -> Option<(i64, i64)> {
            let page = h.visitor().get("/services/senior-card").await;
            let (_, rest) = page.text().split_once("实际跑了几次").map(|(a, b)| (a.len(), b.to_owned()))?;
            let words = rest.split("</dd>").next()?.to_owned();
            let after = |mark: &str| words.split_once(mark)?.1.trim().split(' ').next()?.parse().ok();
            Some((after("办结的")?, after("不超过")?))
        };
        // The year of the sample has a few, all sent by post.
        let (few, visits) = told().await.unwrap_or_default();
        assert_eq!(visits, 0);
        least(2, few + 3).await;
        // Three more go through by post: half of them did not come at all. It is told once it rests on enough.
        for n in 1..=3 {
            crate::desk::through(&h, "post").await;
            if n != 1 {
                next_day().await;
            }
            if n == 2 {
                assert_eq!(told().await, None, "too few to tell");
            }
        }
        assert_eq!(told().await, Some((few + 3, 0)));
        let mut officer = crate::office::sign_in(&h, "rules").await;
        let report = officer.get("/office/items?department=MZ").await;
        assert!(report.says("实际跑了几次"), "{}", report.text());
        // What happens moves it, and the sums are what the cases add up to.
        for _ in 0..few + 4 {
            crate::desk::through(&h, "pickup").await;
        }
        next_day().await;
        assert_eq!(told().await, Some((few * 2 + 7, 1)));
        // A rule that changes is seen on the page at once, not when the day is over.
        least(3, few * 2 + 8).await;
        assert_eq!(told().await, None);
        least(4, 1).await;
        assert_eq!(told().await, Some((few * 2 + 7, 1)));
        crate::cases::sound(&h).await;
    }
}

linli_db::sql! {
    LEAST: () = "INSERT INTO rule_values (id, key, value, from_day, source, certainty, set_by, set_at) VALUES ($1, 'applications.visits_least', $2, $3, 'test', 'ours', 1, $4)";
}

//! `search`: how long it takes to find something in the whole catalogue, one query after another on one thread, and to make the index.

use std::time::Instant;

use linli_catalogue::delivered;
use linli_catalogue::domain::ItemId;
use linli_catalogue::offers::Card;
use linli_catalogue::search::{Index, Narrow};

use super::Settings;
use super::figure::{Figure, Told};

/// Words, what people say, sentences, pinyin, initials, English, and slips of each.
const QUERIES: &[&str] = &[
    "生育津贴",
    "怎么领失业金",
    "社保卡丢了怎么办",
    "开公司",
    "孩子上小学要什么材料",
    "老板不发工资",
    "低保",
    "证",
    "登记",
    "许可证变更",
    "shengyujintie",
    "sheng yu jin tie",
    "syjt",
    "sengyujintie",
    "jiehundenji",
    "laodonzhongcai",
    "结昏登记",
    "退体",
    "公伤认定",
    "maternity alowance",
    "residence permit",
    "licence",
    "我想在海珠区开一家饭店需要办理什么手续",
    "一二三四五六七八九十",
    "zzzzzzzzzzzz",
];

/// Runs the suite.
///
/// # Errors
/// If the items cannot be read.
pub fn run(set: &Settings, told: &Told) -> anyhow::Result<()> {
    let items = delivered::items()?;
    let cards: Vec<Card> =
        (1i64..).zip(&items).map(|(n, (key, guide))| Card::of(ItemId::from_raw(n), key, guide)).collect();
    let began = Instant::now();
    let index = Index::new(cards, linli_catalogue::terms::delivered_synonyms().collect());
    told.figure(&Figure::new("catalogue-index", began.elapsed().as_secs_f64() * 1e3, "ms"));
    let mut took: Vec<f64> = Vec::new();
    for _ in 0..set.rounds.max(1) * 40 {
        for typed in QUERIES {
            let began = Instant::now();
            let found = index.find(typed, &Narrow::default());
            std::hint::black_box(found.len());
            took.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    took.sort_by(f64::total_cmp);
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or(0.0);
    told.figure(&Figure::new("catalogue-search-p50", at(50), "ms"));
    told.figure(&Figure::new("catalogue-search-p99", at(99), "ms").goal("≤ 5"));
    Ok(())
}

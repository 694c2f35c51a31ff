//! Names: surnames by frequency in Guangdong, syllables by decade of birth.

use rand::Rng;

/// Surname and weight. Recalled order of magnitude, not a statistic.
const SURNAMES: &[(&str, u32)] = &[
    ("陈", 106),
    ("李", 80),
    ("黄", 72),
    ("张", 60),
    ("梁", 52),
    ("林", 50),
    ("刘", 46),
    ("吴", 40),
    ("罗", 30),
    ("杨", 30),
    ("何", 28),
    ("王", 28),
    ("郑", 20),
    ("谢", 20),
    ("邓", 18),
    ("许", 16),
    ("曾", 16),
    ("叶", 15),
    ("冯", 15),
    ("蔡", 14),
    ("周", 24),
    ("朱", 12),
    ("钟", 14),
    ("郭", 14),
    ("卢", 12),
    ("徐", 10),
    ("彭", 10),
    ("苏", 10),
    ("胡", 12),
    ("莫", 7),
    ("潘", 8),
    ("江", 8),
    ("余", 8),
    ("杜", 6),
    ("赖", 7),
    ("麦", 6),
    ("关", 5),
    ("霍", 3),
    ("区", 5),
    ("冼", 2),
    ("欧阳", 3),
    ("司徒", 2),
    ("上官", 1),
    ("伦", 1),
    ("甄", 2),
    ("简", 3),
    ("招", 1),
    ("植", 1),
    ("禤", 1),
    ("缪", 1),
];

const MEN: [&str; 5] = [
    "国华明德生荣金福树根",
    "建国志强伟明卫东永胜",
    "志伟俊杰健辉家豪文峰",
    "嘉俊浩然子轩宇航梓健",
    "梓睿浩宇奕辰子墨沐阳",
];
const WOMEN: [&str; 5] = [
    "桂珍秀英玉兰凤娣阿妹",
    "丽华淑贞惠芳美玲少芬",
    "婷婷敏仪慧敏嘉欣晓燕",
    "咏琪梓晴雨桐思颖紫琪",
    "梓涵一诺欣妍若汐语桐",
];

fn decade(birth_year: i16) -> usize {
    match birth_year {
        ..1950 => 0,
        1950..1970 => 1,
        1970..1990 => 2,
        1990..2010 => 3,
        _ => 4,
    }
}

fn pick(text: &str, rng: &mut impl Rng) -> char {
    let n = text.chars().count().max(1);
    text.chars().nth(rng.gen_range(0..n)).unwrap_or('安')
}

/// A surname.
pub(crate) fn surname(rng: &mut impl Rng) -> &'static str {
    let total: u32 = SURNAMES.iter().map(|(_, w)| w).sum();
    let mut at = rng.gen_range(0..total);
    for (name, weight) in SURNAMES {
        if at < *weight {
            return name;
        }
        at -= weight;
    }
    "陈"
}

/// A given name of one or two syllables.
pub(crate) fn given(male: bool, birth_year: i16, rng: &mut impl Rng) -> String {
    let set = if male { MEN } else { WOMEN };
    let syllables = set.get(decade(birth_year)).copied().unwrap_or("安");
    let first = pick(syllables, rng);
    // Two syllables are usual; one became common with the 1980s.
    if rng.gen_ratio(if birth_year > 1980 { 3 } else { 1 }, 10) {
        return first.to_string();
    }
    let second = pick(syllables, rng);
    [first, second].into_iter().collect()
}

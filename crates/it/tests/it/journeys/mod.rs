//! Journeys in a real browser: with and without script, on a phone and on a desk, in Chinese and English. How one is written
//! stands in CONTRIBUTING.md.

mod allowance;
mod data;
mod desk;
mod drafting;
mod hant;
mod helper;
mod materials;
mod office;
mod proof;
mod publishing;
mod standing;

use it::Served;
use it::browser::{Tab, View};
use linli::demo;
use linli_vault::totp;

fn cast(name: &str) -> linli_sample::Cast {
    linli_sample::cast().into_iter().find(|c| c.name == name).unwrap()
}

/// The six digits on the page that shows a code, once the job that sends it has run.
fn shown_code(t: &mut Tab) -> String {
    t.wait("the code", |t| {
        let there = t.has(".promise .num");
        if !there {
            let path = t.path();
            t.open(&path);
        }
        there
    });
    t.value("document.querySelector('.promise .num')?.innerText ?? ''").as_str().unwrap().trim().to_owned()
}

/// From the page that asks for a phone to the page behind it.
fn sign_in(t: &mut Tab, name: &str) {
    let who = cast(name);
    t.sound();
    t.fill("phone", who.phone);
    t.follow(|t| t.press("Enter"));
    t.sound();
    let code = shown_code(t);
    t.fill("code", &code);
    t.follow(|t| t.press("Enter"));
    if t.has("[name=document]") {
        t.sound();
        t.fill("document", &who.document);
        t.follow(|t| t.press("Enter"));
    }
}

/// From home through the search to the page of the proof.
fn find_proof(t: &mut Tab, v: View, name: &str) {
    t.open("/");
    t.sound();
    t.click("input[type=search]");
    t.type_text(v.say("参保证明", "insurance proof"));
    t.follow(|t| t.press("Enter"));
    t.sound();
    t.follow(|t| t.click(".rows a"));
    t.expect(v.say("个人参保证明", "insurance"));
    t.sound();
    t.follow(|t| t.click_words(v.say("开始办理", "Begin")));
    sign_in(t, name);
    t.expect(v.say("不用填表，不用交材料，马上就好", "Nothing to type, nothing to hand in"));
    t.sound();
}

/// Ticks the consent and sends.
fn ask(t: &mut Tab, v: View) {
    t.click("input[name=consent]");
    t.follow(|t| t.click_words(v.say("同意并开具", "Agree and issue")));
}

/// An officer of the sample: password, then the code of her second factor.
fn officer(h: &Served, t: &mut Tab, login: &str) {
    // A code is good once.
    h.clock.advance_seconds(60);
    t.open("/office/sign-in");
    t.sound();
    t.fill("login", login);
    t.fill("password", demo::PASSWORD);
    t.follow(|t| t.press("Enter"));
    t.sound();
    t.fill("code", &totp::code(demo::SECRET, totp::step(h.house.now())));
    t.follow(|t| t.press("Enter"));
}

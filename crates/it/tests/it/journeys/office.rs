//! The office's first day, from the token in the window where the program was started.

use it::Served;
use it::browser::{Tab, View};
use linli::district;
use linli_vault::totp;

/// The secret that the page tells to whoever cannot scan, as the letters that she would type.
fn secret(t: &mut Tab) -> Vec<u8> {
    t.click("main details summary");
    let letters = t.value("document.querySelector('details code').innerText");
    data_encoding::BASE32_NOPAD.decode(letters.as_str().unwrap().trim().as_bytes()).unwrap()
}

/// Binds the authenticator and shows its first code, after a wrong one.
fn bind(h: &Served, t: &mut Tab, v: View) {
    t.sound();
    let key = secret(t);
    let code = totp::code(&key, totp::step(h.house.now()));
    t.fill("code", if code == "000000" { "111111" } else { "000000" });
    t.follow(|t| t.press("Enter"));
    assert_eq!(t.status(), 422);
    t.expect(v.say("动态码不对", "The code is wrong"));
    t.sound();
    t.fill("code", &code);
    t.follow(|t| t.press("Enter"));
    t.sound();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_day() {
    for v in View::FOUR {
        let Some(h) = Served::open().await else { return };
        district::places_and_bodies(&h.house).await.unwrap();
        let token = linli_duties::offers::first_run_token(&h.house).await.unwrap().unwrap();
        let mut a = h.tab(v);
        a.open(&format!("/office/first?token={token}"));
        a.sound();
        a.fill("body_name", "海珠区政务服务数据管理局");
        a.fill("name", "黎明");
        a.fill("login", "li.ming");
        a.fill("password", "short");
        a.fill("again", "short");
        a.follow(|a| a.press("Enter"));
        assert_eq!(a.status(), 422);
        a.expect(v.say("密码至少 10 个字符", "at least 10 characters"));
        assert_eq!(a.value("document.querySelector('#name').value"), "黎明", "what was typed stays");
        a.sound();
        a.fill("password", "一句好记的话放在心里就行");
        a.fill("again", "一句好记的话放在心里就行");
        a.follow(|a| a.press("Enter"));
        bind(&h, &mut a, v);
        // A body.
        a.expect(v.say("增加机构", "Add a body"));
        a.click_words(v.say("职能部门", "Department"));
        a.choose("place", "440105006000");
        a.fill("name_zh", "海珠区试验局");
        a.fill("code", "——");
        a.follow(|a| a.press("Enter"));
        assert_eq!(a.status(), 422);
        a.expect(v.say("请填写代码", "Please give a code"));
        assert_eq!(a.value("document.querySelector('main select[name=place]').value"), "440105006000");
        a.sound();
        a.choose("place", "440105000000");
        a.fill("code", "LAB9");
        a.follow(|a| a.press("Enter"));
        a.expect(v.say("已保存", "Saved"));
        a.sound();
        // An account, set up by its owner in a browser of her own.
        a.follow(|a| a.click(".rail a[href='/office/staff']"));
        a.fill("login", "deng");
        a.fill("name", "邓审计");
        a.follow(|a| a.press("Enter"));
        a.sound();
        let link = a.value("document.querySelector('.promise code').innerText");
        let mut b = h.tab(v);
        b.open(link.as_str().unwrap());
        b.sound();
        b.fill("password", "另一句更长更好记的话");
        b.fill("again", "另一句更长更好记的话");
        b.follow(|b| b.press("Enter"));
        bind(&h, &mut b, v);
        b.expect(v.say("没有岗位", "No duties"));
        assert!(!b.has(".rail a[href='/office/log']"));
        // A duty.
        a.open("/office/staff");
        a.follow(|a| a.click_words("邓审计"));
        a.choose("kind", "duties.auditor");
        let body = a.value(
            "[...document.querySelectorAll('main select[name=body] option')].find(o => /试验局|LAB9/.test(o.text))?.value
             ?? document.querySelector('main select[name=body]').value",
        );
        a.choose("body", body.as_str().unwrap());
        a.choose("place", "440105000000");
        a.follow(|a| a.click("form[action$='/duties'] button"));
        a.expect(v.say("岗位已任命", "The duty was given"));
        a.sound();
        b.open("/office/me");
        b.follow(|b| b.click(".rail a[href='/office/log']"));
        b.expect("duties.");
        b.sound();
        // The powers stand apart.
        a.choose("kind", "duties.security");
        a.follow(|a| a.click("form[action$='/duties'] button"));
        assert_eq!(a.status(), 422);
        a.expect(v.say("必须由不同的人担任", "must be held by different people"));
        a.sound();
    }
}

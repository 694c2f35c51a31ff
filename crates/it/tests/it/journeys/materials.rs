//! Materials in a real browser: the maternity allowance with a certificate from the wallet and a picture, the school transfer with
//! a supplement.

use it::Served;
use it::browser::{Tab, View};

use super::{officer, sign_in};
use crate::files::photograph;

const CARD: &str = "6222 0212 3456 7890 128";

fn next(t: &mut Tab) {
    t.follow(|t| t.click("main form .act.wide:not(.quiet)"));
}

/// Sends a picture for the material whose page is open, and goes on.
fn picture(t: &mut Tab, v: View, name: &str) {
    t.sound();
    // Nothing chosen, and a lie: both are told beside the field.
    t.follow(|t| t.click_words(v.say("上传", "Send")));
    t.expect(v.say("请选择一个文件", "Choose a file"));
    t.attach("file", "picture.pdf", &photograph(80));
    t.follow(|t| t.click_words(v.say("上传", "Send")));
    t.expect(v.say("文件名和内容对不上", "do not match"));
    t.sound();
    t.attach("file", name, &photograph(80));
    t.follow(|t| t.click_words(v.say("上传", "Send")));
    t.expect(name);
    t.sound();
    t.follow(|t| t.click_words(v.say("下一步", "Next")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_maternity_allowance_with_a_certificate_and_a_picture() {
    for v in View::FOUR {
        let Some(h) = Served::district().await else { return };
        let mut t = h.tab(v);
        t.open("/apply/maternity-allowance");
        sign_in(&mut t, "黄慧敏");
        t.expect(v.say("这些材料不用交", "You need not hand in"));
        t.expect(v.say("一次都不用跑", "No need to come at all"));
        t.sound();
        t.follow(|t| t.click("main form .act"));
        // The birth: what is asked follows from it.
        t.click("input[name=outcome][value=birth]");
        t.click("input[name=married][value='1']");
        t.fill("day", "2026-10-08");
        next(&mut t);
        t.click("input[name=delivery]");
        t.fill("babies", "1");
        next(&mut t);
        t.expect(v.say("津贴发到哪张卡", "To which card"));
        t.sound();
        t.fill("bank-card", CARD);
        next(&mut t);
        t.expect(v.say("出生医学证明", "Birth certificate"));
        picture(&mut t, v, "birth.jpg");
        t.expect(v.say("出院小结", "Discharge summary"));
        picture(&mut t, v, "discharge.jpg");
        t.expect(
            v.say("用您的电子证照“结婚证”，不用交", "Your electronic certificate (Marriage certificate)"),
        );
        t.sound();
        t.click("input[name='declare.account']");
        t.click("input[name=truth]");
        next(&mut t);
        t.expect(v.say("不用您交", "did not have to hand in"));
        t.sound();
        let mine = t.path().replace("/receipt", "");

        let mut c = h.tab(v);
        officer(&h, &mut c, "clerk-hr");
        c.open(&mine.replace("/my/", "/desk/"));
        c.sound();
        c.follow(|c| c.click_words(v.say("查看每份材料", "See each material")));
        c.expect("birth.jpg");
        c.expect(v.say("证照有效", "certificate in force"));
        c.sound();
        let file = c.download(|c| c.click_words(v.say("下载", "Download")));
        assert!(file.starts_with(&[0xFF, 0xD8]));

        t.open(&mine);
        t.sound();
        t.open("/my/wallet");
        t.expect(v.say("结婚证", "Marriage certificate"));
        t.sound();
        t.open("/my/files");
        t.expect("birth.jpg");
        t.sound();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_school_transfer_with_a_supplement() {
    for v in View::FOUR {
        let Some(h) = Served::district().await else { return };
        let mut t = h.tab(v);
        t.open("/apply/school-transfer");
        sign_in(&mut t, "陈志伟");
        t.sound();
        t.follow(|t| t.click("main form .act"));
        t.fill("pupil-name", v.say("陈小明", "Chen Xiaoming"));
        t.fill("pupil-id", &pupil());
        t.fill("from-school", v.say("样例小学", "Sample School"));
        t.fill("grade", "3");
        t.sound();
        next(&mut t);
        t.fill("to-school", v.say("样例二小", "Second Sample School"));
        t.click("input[name=reason][value=other]");
        next(&mut t);
        t.fill("explain", v.say("上学太远", "too far away"));
        next(&mut t);
        t.expect(v.say("提交前核对", "Check before you send"));
        t.sound();
        t.click("input[name=truth]");
        next(&mut t);
        t.sound();
        let mine = t.path().replace("/receipt", "");
        let desk = mine.replace("/my/", "/desk/");

        let mut c = h.tab(v);
        officer(&h, &mut c, "clerk-school");
        c.open(&desk);
        c.click_words(v.say("需要补正…", "Something has to be mended…"));
        c.fill("point.material-kinship", v.say("请上传户口簿", "please send the household register"));
        c.follow(|c| c.click_words(v.say("发出补正告知", "Tell the applicant")));
        c.sound();

        t.open(&mine);
        t.follow(|t| t.click_words(v.say("去补正", "Mend it")));
        t.expect(v.say("请上传户口簿", "please send the household register"));
        t.sound();
        t.follow(|t| t.click_words(v.say("上传这份材料", "Send this material")));
        t.sound();
        t.attach("file", "register.jpg", &photograph(80));
        t.follow(|t| t.click_words(v.say("上传", "Send")));
        t.expect("register.jpg");
        t.sound();
        t.follow(|t| t.click_words(v.say("返回，提交补正", "Back, and send")));
        t.follow(|t| t.click_words(v.say("提交补正", "Send")));
        t.expect(v.say("补正已提交", "Sent"));
        c.open(&format!("{desk}/materials"));
        c.expect("register.jpg");
        c.sound();
    }
}

/// A number with a right check digit, of a child that there is not.
fn pupil() -> String {
    let body = "44010520170908123";
    format!("{body}{}", linli_base::docnum::check_digit(body).unwrap())
}

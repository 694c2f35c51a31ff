//! One function per act, by subject. Names in the log are those of the time when this was one room with `people`: the log outlives
//! the layout.

pub mod codes;
pub mod delegations;
pub mod sign_in;

linli_acts::act_words! {
    "people.code_asked" = "请求了验证码", "Asked for a code";
    "people.code_wrong" = "验证码输错", "Typed a wrong code";
    "people.document_wrong" = "证件号码没有对上", "The document number did not fit";
    "people.signed_in" = "登录", "Signed in";
    "people.session_ended" = "退出登录", "Signed out";
    "people.phone_changed" = "更换了手机号", "Changed the phone";
    "web.stands_for" = "亲友开始代您办理", "Somebody began to act for you";
}

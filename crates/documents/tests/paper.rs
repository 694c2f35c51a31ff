//! Papers made, signed, verified by us and by others' tools, and broken on purpose.
#![expect(clippy::unwrap_used, clippy::string_slice, reason = "tests")]

use std::process::Command;
use std::sync::OnceLock;

use linli_base::Chance;
use linli_base::Instant;
use linli_documents::{Authority, LocalSigner, OfficialPaper, PaperTable, Typesetter, Verdict, sign, verify};
use proptest::prelude::*;

fn now() -> Instant {
    Instant::from_millis(1_795_507_200_000)
}

fn setter() -> &'static Typesetter {
    static SETTER: OnceLock<Typesetter> = OnceLock::new();
    SETTER.get_or_init(|| Typesetter::new(None).unwrap())
}

fn proof(rows: usize) -> OfficialPaper {
    OfficialPaper {
        title: "个人参保证明".into(),
        title_en: "Proof of social insurance".into(),
        number: "440105-2026-11-24-000712".into(),
        paragraphs: vec![
            "兹证明 梁某某（公民身份号码 4401**********1234）在广州市海珠区参加社会保险，截至 2026 年 10 月的缴费情况如下：".into(),
        ],
        table: PaperTable {
            head: ["险种", "首次参保", "最近缴费", "累计月数", "当前状态"].map(String::from).into(),
            rows: (0..rows)
                .map(|i| vec!["职工基本养老保险".into(), "2009-07".into(), "2026-10".into(), format!("{}", 198 + i), "正常".into()])
                .collect(),
        },
        after: vec!["以上信息取自社会保险登记，查询时间 2026-11-24 10:42。本证明自出具之日起 30 日内有效。".into()],
        body: "广州市海珠区人力资源和社会保障局".into(),
        date: "2026年11月24日".into(),
        sealed: true,
        seal_kind: "电子证明专用章".into(),
        qr: "https://linli.example/check?n=440105-2026-11-24-000712&c=7K2M94QX".into(),
        foot: vec![
            "扫码核验真伪，或在核验页输入编号与校验码 7K2M-94QX。本文件带有电子签名，任何改动都会使签名失效。".into(),
            "办理记录校验点 2026-11-24T10:00 · 48213 · 9f3c 1ab7 04de 77c2：日后可凭此证明当时的记录未被改动。".into(),
        ],
        ..OfficialPaper::default()
    }
}

fn authority() -> Authority {
    Authority::create("广州市海珠区", now(), &mut Chance::seeded(7).split()).unwrap()
}

fn sealed() -> &'static (Vec<u8>, Vec<u8>) {
    static SEALED: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    SEALED.get_or_init(|| {
        let root = authority();
        let body = "广州市海珠区人力资源和社会保障局";
        let key = root.issue("电子证明专用章", body, now(), &mut Chance::seeded(8).split()).unwrap();
        let pdf = setter().official(&proof(3)).unwrap();
        (sign(&pdf, &LocalSigner::new(&key, "电子证明专用章").unwrap(), now()).unwrap(), root.certificate)
    })
}

/// Runs one of others' tools, or says loudly that it is not here; with LINLI_REQUIRE_TOOLS that is a failure.
fn tool(name: &str, args: &[&str]) -> Option<String> {
    match Command::new(name).args(args).output() {
        Ok(out) => {
            Some(format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
        }
        Err(e) => {
            assert!(std::env::var("LINLI_REQUIRE_TOOLS").is_err(), "{name}: {e}");
            println!("NOT RUN: {name} is not installed");
            None
        }
    }
}

fn file(name: &str, bytes: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("linli-documents-{}-{name}", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    assert_eq!(setter().official(&proof(3)).unwrap(), setter().official(&proof(3)).unwrap());
}

#[test]
fn a_sealed_paper_holds_here_and_elsewhere() {
    let (pdf, root) = sealed();
    let found = verify(pdf, std::slice::from_ref(root)).unwrap();
    assert!(found.holds(), "{found:?}");
    assert_eq!(found.signatures[0].signer, "电子证明专用章");
    let path = file("sealed.pdf", pdf);
    if let Some(text) = tool("pdfsig", &[&path]) {
        assert!(text.contains("Signature is Valid."), "{text}");
        assert!(text.contains("Total document signed"), "{text}");
        assert!(text.contains("ETSI.CAdES.detached"), "{text}");
    }
    if let Some(text) = tool("pdftotext", &["-layout", &path, "-"]) {
        assert!(text.contains("个人参保证明") || text.replace(' ', "").contains("个人参保证明"), "{text}");
        assert!(text.contains("7K2M-94QX"), "{text}");
    }
    if let Ok(pyhanko) = std::env::var("LINLI_PYHANKO") {
        let root_path = file("root.der", root);
        let args =
            ["sign", "validate", "--no-revocation-check", "--trust", &root_path, "--trust-replace", &path];
        let text = tool(&pyhanko, &args).unwrap();
        assert!(text.contains("INTACT:TRUSTED,UNTOUCHED"), "{text}");
    } else {
        println!("NOT RUN: LINLI_PYHANKO is not set");
    }
    let picture = path.replace(".pdf", "");
    if tool("pdftoppm", &["-r", "110", "-png", "-singlefile", &path, &picture]).is_some()
        && let Some(text) = tool("zbarimg", &["-q", &format!("{picture}.png")])
    {
        assert!(text.contains("https://linli.example/check?n=440105-2026-11-24-000712&c=7K2M94QX"), "{text}");
    }
}

#[test]
fn a_stranger_cannot_sign_for_us() {
    let (pdf, _) = sealed();
    let other = Authority::create("别处", now(), &mut Chance::seeded(99).split()).unwrap();
    let found = verify(pdf, &[other.certificate]).unwrap();
    assert_eq!(found.signatures[0].verdict, Verdict::Untrusted);
    assert!(!found.holds());
}

#[test]
fn what_is_appended_is_refused() {
    let (pdf, root) = sealed();
    let mut more = pdf.clone();
    more.extend_from_slice(b"\n% more\n");
    assert!(!verify(&more, std::slice::from_ref(root)).unwrap().holds());
    // An update that puts another page in the place of the first: readers show it and still say "valid".
    let mut swapped = pdf.clone();
    swapped.extend_from_slice(b"1 0 obj\n<</Type/Catalog>>\nendobj\nxref\n1 1\n0000000000 00000 n \ntrailer\n<</Size 2/Root 1 0 R>>\nstartxref\n0\n%%EOF\n");
    assert!(!verify(&swapped, std::slice::from_ref(root)).unwrap().holds());
}

#[test]
fn two_bodies_may_seal_one_paper() {
    let root = authority();
    let (first, _) = sealed();
    let second =
        root.issue("复核专用章", "广州市海珠区民政局", now(), &mut Chance::seeded(9).split()).unwrap();
    let both = sign(first, &LocalSigner::new(&second, "复核专用章").unwrap(), now()).unwrap();
    let found = verify(&both, std::slice::from_ref(&root.certificate)).unwrap();
    assert_eq!(found.signatures.len(), 2);
    assert!(found.holds(), "{found:?}");
    if let Some(text) = tool("pdfsig", &[&file("both.pdf", &both)]) {
        assert_eq!(text.matches("Signature is Valid.").count(), 2, "{text}");
    }
}

#[test]
fn what_somebody_typed_is_text_and_nothing_else() {
    let mut paper = proof(1);
    let nasty = "#panic(1) $x$ *bold* _it_ @ref <label> \\ \" ' [ ] { } // /* #{1}";
    paper.paragraphs = vec![nasty.to_owned()];
    let pdf = setter().official(&paper).unwrap();
    if let Some(text) = tool("pdftotext", &[&file("nasty.pdf", &pdf), "-"]) {
        let flat: String = text.split_whitespace().collect();
        let want: String = nasty.split_whitespace().collect();
        assert!(flat.contains(&want[..20]), "{text}");
    }
}

#[test]
fn a_rare_character_is_named_and_not_lost() {
    let mut paper = proof(1);
    paper.paragraphs = vec!["兹证明 李䶮 参保".into()];
    let e = setter().official(&paper).unwrap_err().to_string();
    assert!(e.contains('䶮'), "{e}");
}

#[test]
fn a_long_table_runs_over_pages() {
    let pdf = setter().official(&proof(60)).unwrap();
    let root = authority();
    let key = root.issue("章", "局", now(), &mut Chance::seeded(8).split()).unwrap();
    let signed = sign(&pdf, &LocalSigner::new(&key, "章").unwrap(), now()).unwrap();
    assert!(verify(&signed, &[root.certificate]).unwrap().holds());
    if let Some(text) = tool("pdfinfo", &[&file("long.pdf", &signed)]) {
        assert!(!text.contains("Pages:           1\n"), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn one_changed_byte_is_found(at in 0usize..30_000, by in 1u8..=255) {
        let (pdf, root) = sealed();
        let mut broken = pdf.clone();
        let at = at % broken.len();
        let was = broken[at];
        broken[at] = was.wrapping_add(by);
        // Upper and lower case of the same hexadecimal digit are the same signature.
        let same_digit = was.is_ascii_hexdigit() && was.eq_ignore_ascii_case(&broken[at]);
        let holds = verify(&broken, std::slice::from_ref(root)).is_ok_and(|v| v.holds());
        prop_assert!(!holds || same_digit, "byte {at}: {was} → {}", broken[at]);
    }

    #[test]
    fn the_verifier_never_panics(junk in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = b"%PDF-1.7 /ByteRange[0 ".to_vec();
        bytes.extend(junk);
        let _ = verify(&bytes, &[]);
    }
}

//! What was acknowledged is on the disk: shown by the order of system calls of the real program (`it::trace`), not by luck with
//! a kill. The kills are in `scripts/kill`, the results in `docs/DURABILITY.md`.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use it::trace::{Refused, Trace};
use linli_vault::token;

const CONNECTIONS: usize = 8;
const ACTS: usize = 12;

/// The program as cargo built it beside this test; it must not be older than its sources.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program = folder.join("linli");
    let how = "run `cargo test --workspace`, or `cargo build -p linli` before `cargo test -p it`";
    assert!(program.exists(), "{} is missing: {how}", program.display());
    let built = modified(&program).unwrap();
    let sources = std::fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let newer =
        sources.split_whitespace().skip(1).find(|f| modified(f.as_ref()).is_some_and(|at| at > built));
    assert!(newer.is_none(), "{} is older than {newer:?}: {how}", program.display());
    program
}

fn modified(file: &std::path::Path) -> Option<SystemTime> {
    file.metadata().ok()?.modified().ok()
}

/// Whether there is an `strace` that may trace; said loudly if not.
fn can_trace() -> bool {
    let tried = Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    let can = tried.is_ok_and(|status| status.success());
    if !can {
        assert!(std::env::var("LINLI_REQUIRE_TOOLS").is_err(), "strace is not here or may not trace");
        println!(
            "NOT RUN: strace is not here or may not trace; the order of sync and answer was not looked at"
        );
    }
    can
}

/// The program serving an empty district, every write and sync of it noted.
struct Traced {
    child: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Traced {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("linli.toml");
        let data = folder.path().join("data");
        // Behind a proxy, so that every request may come from another address: limits count addresses.
        let text = format!(
            "data = {data:?}\n[site]\norigin = \"http://linli.test\"\ndistrict_zh = \"海珠区\"\ndistrict_en = \"Haizhu\"\n\
             place = \"440105000000\"\n[server]\nlisten = \"127.0.0.1:0\"\nbehind_proxy = true\n"
        );
        std::fs::write(&config, text).unwrap();
        let mut child = Command::new("strace")
            // -D: the traced program is our child, so killing it ends both.
            .args(["-D", "-f", "-y", "-s", "1000000", "--seccomp-bpf", "-o"])
            .arg(folder.path().join("trace"))
            .args(["-e", "trace=write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,fsync,fdatasync"])
            .arg(program())
            .arg("serve")
            .arg("--config")
            .arg(&config)
            .env("LINLI_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let told = out.lines().map_while(Result::ok).find_map(|line| {
            line.split_once("→ http://").and_then(|(_, address)| address.trim().parse().ok())
        });
        let address = told.expect("it says where it listens");
        Self { child, address, folder }
    }

    /// Ends it without warning and reads the trace.
    fn end(mut self) -> Trace {
        self.child.kill().unwrap();
        let pid = self.child.id();
        self.child.wait().unwrap();
        let file = self.folder.path().join("trace");
        // The tracer is a process of its own; its last line tells the end of the program.
        for _ in 0..200 {
            let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
            if text.lines().any(|l| l.starts_with(&format!("{pid} ")) && l.contains("+++")) {
                return Trace::read(&text).unwrap();
            }
            wait(50);
        }
        panic!("the tracer does not end");
    }
}

#[expect(clippy::disallowed_methods, reason = "another process cannot be awaited")]
fn wait(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

/// Asks for codes over one connection, one after another; returns the tokens that were handed out.
fn ask_for_codes(address: SocketAddr, connection: usize) -> Vec<String> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut tokens = Vec::new();
    for n in 0..ACTS {
        let body = format!("phone=138{connection:04}{n:04}");
        let request = format!(
            "POST /sign-in HTTP/1.1\r\nhost: linli.test\r\nsec-fetch-site: same-origin\r\nx-forwarded-for: 10.0.{connection}.{n}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.windows(4).any(|w| w == b"\r\n\r\n") {
            let mut part = [0; 4096];
            let got = stream.read(&mut part).unwrap();
            assert!(got > 0, "the connection was closed: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&part[..got]);
        }
        let text = String::from_utf8(answer).unwrap();
        let (_, rest) = text.split_once("linli_code=").unwrap_or_else(|| panic!("no token: {text}"));
        tokens.push(rest.split(';').next().unwrap().to_owned());
    }
    tokens
}

#[test]
fn every_answer_comes_after_the_sync_of_its_commit() {
    if !can_trace() {
        return;
    }
    let traced = Traced::start();
    let address = traced.address;
    let callers: Vec<_> =
        (0..CONNECTIONS).map(|c| std::thread::spawn(move || ask_for_codes(address, c))).collect();
    let tokens: Vec<String> = callers.into_iter().flat_map(|c| c.join().unwrap()).collect();
    let trace = traced.end();
    assert_eq!(tokens.iter().collect::<HashSet<_>>().len(), CONNECTIONS * ACTS, "a token for each act");
    assert_eq!(trace.answers("linli_code="), tokens.len(), "every answer is in the trace");
    for token in &tokens {
        // The row holds the digest of the token, nothing else does.
        assert_eq!(trace.prove(token, &token::digest(token)), Ok(()));
        // And the proof looks at this row: it does not hold for a row that nobody wrote.
        assert_eq!(trace.prove(token, &token::digest("another")), Err(Refused::NotWritten));
    }
    println!("{} answers, {} syncs", tokens.len(), trace.syncs());
}

/// A trace by hand: what the writer (1) and a connection (2) do, in order.
fn by_hand(steps: &[&str]) -> Trace {
    let header =
        |last: bool| format!("\\0\\0\\0\\7\\0\\0\\0{}{}", if last { "\\t" } else { "\\0" }, "x".repeat(16));
    // The tracer writes bytes that are no letters as \1, \0.
    let page = |mark: &str| format!("{mark}{}", "\\0".repeat(512 - mark.replace('\\', "").len()));
    let mut text = String::new();
    for step in steps {
        let _ = match *step {
            "row" => writeln!(
                text,
                "1  pwrite64(9</d/linli.db-wal>, \"{}\", 24, 32) = 24\n1  pwrite64(9</d/linli.db-wal>, \"{}\", 512, 56) = 512",
                header(false),
                page("\\1mark")
            ),
            "last" => writeln!(
                text,
                "1  pwrite64(9</d/linli.db-wal>, \"{}\", 24, 568) = 24\n1  pwrite64(9</d/linli.db-wal>, \"{}\", 512, 592) = 512",
                header(true),
                page("other")
            ),
            "row and last" => writeln!(
                text,
                "1  pwrite64(9</d/linli.db-wal>, \"{}\", 24, 32) = 24\n1  pwrite64(9</d/linli.db-wal>, \"{}\", 512, 56) = 512",
                header(true),
                page("\\1mark")
            ),
            "sync" => writeln!(text, "1  fdatasync(9</d/linli.db-wal>) = 0"),
            "sync fails" => writeln!(text, "1  fdatasync(9</d/linli.db-wal>) = -1 EIO (Input/output error)"),
            "sync of another" => writeln!(text, "1  fdatasync(8</d/linli.db>) = 0"),
            "sync begins" => writeln!(text, "1  fdatasync(9</d/linli.db-wal> <unfinished ...>"),
            "sync ends" => writeln!(text, "1  <... fdatasync resumed>)              = 0"),
            "answer" => writeln!(
                text,
                "2  sendto(5<socket:[77]>, \"HTTP/1.1 303 See Other\\r\\nset-cookie: t=abc\\r\\n\\r\\n\", 44, MSG_NOSIGNAL, NULL, 0) = 44"
            ),
            other => panic!("{other}"),
        };
    }
    Trace::read(&text).unwrap()
}

#[test]
fn the_proof_fails_where_it_must() {
    let verdict = |steps: &[&str]| by_hand(steps).prove("t=abc", b"\x01mark");
    assert_eq!(verdict(&["row", "last", "sync", "answer"]), Ok(()));
    assert_eq!(verdict(&["row and last", "sync", "answer"]), Ok(()));
    assert_eq!(verdict(&["row", "last", "sync begins", "sync ends", "answer"]), Ok(()));
    // Answered too early, in each way.
    assert_eq!(verdict(&["row", "last", "answer", "sync"]), Err(Refused::NotSynced));
    assert_eq!(verdict(&["row and last", "answer", "sync"]), Err(Refused::NotSynced));
    assert_eq!(verdict(&["row", "last", "sync begins", "answer", "sync ends"]), Err(Refused::NotSynced));
    assert_eq!(verdict(&["row", "sync", "answer", "last", "sync"]), Err(Refused::NotCommitted));
    assert_eq!(verdict(&["answer", "row", "last", "sync"]), Err(Refused::NotWritten));
    // A sync that does not count: of a neighbour before, of another file, or one that failed.
    assert_eq!(verdict(&["sync", "row", "last", "answer"]), Err(Refused::NotSynced));
    assert_eq!(verdict(&["row", "sync", "last", "answer"]), Err(Refused::NotSynced));
    assert_eq!(verdict(&["row", "last", "sync of another", "answer"]), Err(Refused::NotSynced));
    assert_eq!(verdict(&["row", "last", "sync fails", "answer"]), Err(Refused::NotSynced));
    assert_eq!(verdict(&["row", "last", "sync"]), Err(Refused::NoAnswer));
}

#[test]
fn a_trace_of_an_unknown_form_is_no_proof() {
    assert!(Trace::read("1  pwrite64(9</d/x-wal>, \"abc\"..., 512, 0) = 512").is_err());
    assert!(Trace::read("1  pwrite64(9</d/x-wal>, \"abc\", 3, 0) = 3").is_err());
}

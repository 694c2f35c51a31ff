//! A person's tab: opens pages, clicks, types, presses keys, waits for what she waits for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Browser;
use super::wire::Wire;

/// After this a condition that did not come is a failed test.
const PATIENCE: Duration = Duration::from_secs(60);

/// How somebody looks at the house.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// CSS pixels. Below 600 the tab is a phone.
    pub width: u32,
    /// `zh-Hans`, `en` or `zh-Hant`.
    pub lang: &'static str,
    pub script: bool,
    /// Large type.
    pub large: bool,
}

impl View {
    /// Width × script × language: each pair of values occurs, so four runs stand for eight.
    pub const FOUR: [Self; 4] = [
        Self { width: 360, lang: "zh-Hans", script: true, large: false },
        Self { width: 360, lang: "en", script: false, large: false },
        Self { width: 1280, lang: "en", script: true, large: false },
        Self { width: 1280, lang: "zh-Hans", script: false, large: false },
    ];

    /// The words of the view's language.
    #[must_use]
    pub fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.lang == "en" { en } else { zh }
    }
}

/// A tab in a profile of its own: no cookie of another test.
pub struct Tab {
    pub(super) wire: Wire,
    /// Disposes of the profile when it is closed.
    whole: Wire,
    _browser: Arc<Browser>,
    frame: String,
    origin: String,
    pub view: View,
    /// The document whose `load` came last.
    loaded: String,
    status: u64,
    /// What the console and the network complained of since it was last asked.
    faults: Vec<String>,
    requests: BTreeMap<String, String>,
    downloads: tempfile::TempDir,
}

impl Tab {
    /// Opens an empty tab; addresses will be within an origin such as `http://127.0.0.1:1234`.
    #[must_use]
    pub fn new(browser: Arc<Browser>, origin: &str, view: View) -> Self {
        let mut whole = Wire::open(browser.port, &browser.path);
        let made = whole.call("Target.createBrowserContext", &json!({ "disposeOnDetach": true }));
        let context = &made["browserContextId"];
        let made =
            whole.call("Target.createTarget", &json!({ "url": "about:blank", "browserContextId": context }));
        let target = made["targetId"].as_str().expect("an id").to_owned();
        let downloads = tempfile::tempdir().expect("a folder");
        let how = json!({ "behavior": "allowAndName", "browserContextId": context, "eventsEnabled": true,
            "downloadPath": downloads.path() });
        whole.call("Browser.setDownloadBehavior", &how);
        let wire = Wire::open(browser.port, &format!("/devtools/page/{target}"));
        let mut tab = Self {
            wire,
            whole,
            _browser: browser,
            frame: target,
            origin: origin.to_owned(),
            view,
            loaded: String::new(),
            status: 0,
            faults: Vec::new(),
            requests: BTreeMap::new(),
            downloads,
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.wire.call(&format!("{domain}.enable"), &json!({}));
        }
        tab.wire.call("Page.setLifecycleEventsEnabled", &json!({ "enabled": true }));
        tab.wire.call("Emulation.setScriptExecutionDisabled", &json!({ "value": !view.script }));
        tab.widen(view.width);
        tab.cookie("lang", view.lang);
        tab.cookie("size", if view.large { "large" } else { "normal" });
        tab
    }

    /// Changes the width of the page.
    pub fn widen(&mut self, width: u32) {
        self.view.width = width;
        let phone = width < 600;
        let how = json!({ "width": width, "height": if phone { 740 } else { 800 }, "deviceScaleFactor": 1, "mobile": phone });
        self.wire.call("Emulation.setDeviceMetricsOverride", &how);
    }

    /// Sets a cookie of the house.
    pub fn cookie(&mut self, name: &str, value: &str) {
        self.wire.call("Network.setCookie", &json!({ "name": name, "value": value, "url": self.origin }));
    }

    /// Hears what the browser told.
    fn hear(&mut self) {
        for event in self.wire.told() {
            let p = &event["params"];
            let text = |v: &Value| v.as_str().unwrap_or("").to_owned();
            match event["method"].as_str().unwrap_or("") {
                "Page.lifecycleEvent" if p["name"] == "load" && p["frameId"] == self.frame.as_str() => {
                    self.loaded = text(&p["loaderId"]);
                }
                "Runtime.exceptionThrown" => {
                    self.faults.push(format!("exception: {}", p["exceptionDetails"]));
                }
                "Runtime.consoleAPICalled" if p["type"] == "error" => {
                    self.faults.push(format!("console: {}", p["args"]));
                }
                // What the network refuses is told below, with its address.
                "Log.entryAdded" if p["entry"]["level"] == "error" && p["entry"]["source"] != "network" => {
                    self.faults.push(format!("log: {} {}", p["entry"]["text"], p["entry"]["url"]));
                }
                "Network.requestWillBeSent" => {
                    self.requests.insert(text(&p["requestId"]), text(&p["request"]["url"]));
                }
                "Network.responseReceived" => {
                    let status = p["response"]["status"].as_u64().unwrap_or(0);
                    let page = p["type"] == "Document" && p["frameId"] == self.frame.as_str();
                    if page {
                        self.status = status;
                    }
                    // A page may say no (422 beside the field); what a page needs may not.
                    if status >= 500 || (status >= 400 && !page) {
                        self.faults.push(format!("{status} {}", p["response"]["url"]));
                    }
                }
                "Network.loadingFailed" if p["canceled"] != true && p["errorText"] != "net::ERR_ABORTED" => {
                    let url = self.requests.get(&text(&p["requestId"])).cloned().unwrap_or_default();
                    self.faults.push(format!("{} {url}", p["errorText"]));
                }
                "Inspector.targetCrashed" => panic!("the page crashed"),
                _ => {}
            }
        }
    }

    /// What console and network complained of since the last time.
    pub fn faults(&mut self) -> Vec<String> {
        self.hear();
        std::mem::take(&mut self.faults)
    }

    /// Waits until something is so.
    pub fn wait(&mut self, what: &str, mut so: impl FnMut(&mut Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !so(self) {
            assert!(Instant::now() < until, "{what}: did not come at {}:\n{}", self.path(), self.text());
            self.hear();
        }
    }

    /// Does something that leads to another page, and waits until that has loaded.
    pub fn follow(&mut self, act: impl FnOnce(&mut Self)) {
        let before = self.loaded.clone();
        act(self);
        self.wait("the next page", |t| t.loaded != before);
    }

    /// Opens an address of the house.
    pub fn open(&mut self, path: &str) {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.origin) };
        let answer = self.wire.call("Page.navigate", &json!({ "url": url }));
        assert!(answer["errorText"].is_null(), "{url}: {}", answer["errorText"]);
        if let Some(loader) = answer["loaderId"].as_str() {
            let loader = loader.to_owned();
            self.wait("the page", |t| t.loaded == loader);
        }
    }

    /// HTTP status of the page.
    #[must_use]
    pub fn status(&self) -> u64 {
        self.status
    }

    /// What an expression says on the page; null while the page changes.
    pub fn value(&mut self, expression: &str) -> Value {
        let how = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        match self.wire.try_call("Runtime.evaluate", &how) {
            Ok(mut answer) => {
                assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
                answer["result"]["value"].take()
            }
            Err(e) if e.contains("context") || e.contains("navigated") => Value::Null,
            Err(e) => panic!("{e}"),
        }
    }

    /// Path and query of the page.
    pub fn path(&mut self) -> String {
        self.value("location.pathname + location.search").as_str().unwrap_or("").to_owned()
    }

    /// The words that can be read on the page.
    pub fn text(&mut self) -> String {
        self.value("document.body ? document.body.innerText : ''").as_str().unwrap_or("").to_owned()
    }

    /// Whether words can be read on the page.
    pub fn says(&mut self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// Fails unless words can be read on the page.
    pub fn expect(&mut self, words: &str) {
        let (text, path) = (self.text(), self.path());
        assert!(text.contains(words), "{:?} {path}: not on the page: {words}\n{text}", self.view);
    }

    /// Whether something is on the page.
    pub fn has(&mut self, selector: &str) -> bool {
        self.value(&format!("!!document.querySelector({})", json!(selector))) == true
    }

    /// The text of the fact of this name.
    pub fn fact(&mut self, name: &str) -> String {
        let found = self.value(&format!(
            "[...document.querySelectorAll('dt')].find(d => d.innerText.trim() === {})?.nextElementSibling.innerText.trim() ?? ''",
            json!(name)
        ));
        found.as_str().unwrap_or("").to_owned()
    }

    /// Clicks with the mouse, as a person does: what lies under something else cannot be clicked.
    pub fn click(&mut self, selector: &str) {
        self.click_found(selector, &format!("document.querySelector({})", json!(selector)));
    }

    /// Clicks the first link, button or label that says this.
    pub fn click_words(&mut self, words: &str) {
        let find = format!(
            "[...document.querySelectorAll('main a, main button, main summary, main label, a, button')]
             .find(e => e.checkVisibility() && e.innerText.trim().startsWith({}))",
            json!(words)
        );
        self.click_found(words, &find);
    }

    fn click_found(&mut self, what: &str, find: &str) {
        let place = self.value(&format!(
            "(() => {{ const e = {find}; if (!e) return 'not on the page';
               e.scrollIntoView({{ block: 'center', behavior: 'instant' }});
               const r = e.getClientRects()[0]; if (!r) return 'not shown';
               const x = r.left + r.width / 2, y = r.top + r.height / 2, top = document.elementFromPoint(x, y);
               return top && (e.contains(top) || top.contains(e)) ? [x, y] : 'under ' + top?.outerHTML.slice(0, 80); }})()"
        ));
        let Some([x, y]) = place.as_array().map(Vec::as_slice) else {
            panic!("{what}: {place} at {}:\n{}", self.path(), self.text());
        };
        for kind in ["mousePressed", "mouseReleased"] {
            let how = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.wire.call("Input.dispatchMouseEvent", &how);
        }
    }

    /// Types into the field of this name, in place of what stands there.
    pub fn fill(&mut self, name: &str, text: &str) {
        let find = format!(
            "[...document.querySelectorAll('main [name=\"{name}\"]:not([type=hidden])')].find(e => e.checkVisibility())"
        );
        self.click_found(name, &find);
        // What a browser shows of a day follows its own language; no text is inserted there.
        let day = self.value(&format!(
            "(() => {{ const e = document.activeElement; if (e.type !== 'date') return false;
               e.value = {}; e.dispatchEvent(new Event('input', {{ bubbles: true }}));
               e.dispatchEvent(new Event('change', {{ bubbles: true }})); return true; }})()",
            json!(text)
        ));
        if day != true {
            self.value("document.activeElement.select?.()");
            self.type_text(text);
        }
    }

    /// Types where the focus is.
    pub fn type_text(&mut self, text: &str) {
        self.wire.call("Input.insertText", &json!({ "text": text }));
    }

    /// Chooses a file, as the system's dialogue would give it.
    pub fn attach(&mut self, name: &str, file_name: &str, file: &[u8]) {
        let content = data_encoding::BASE64.encode(file);
        let done = self.value(&format!(
            "(() => {{ const i = document.querySelector('main input[type=file][name=\"{name}\"]');
               const bytes = Uint8Array.from(atob('{content}'), c => c.charCodeAt(0));
               const all = new DataTransfer(); all.items.add(new File([bytes], {}));
               i.files = all.files; return i.files.length; }})()",
            json!(file_name)
        ));
        assert_eq!(done, 1, "{name} takes no file");
    }

    /// Chooses in a list; the list itself is drawn by the system, where no script of a test reaches.
    pub fn choose(&mut self, name: &str, value: &str) {
        let done = self.value(&format!(
            "(() => {{ const s = document.querySelector('main select[name=\"{name}\"]'); s.value = {};
               s.dispatchEvent(new Event('change', {{ bubbles: true }})); return s.value; }})()",
            json!(value)
        ));
        assert_eq!(done, value, "{name} offers no {value}");
    }

    /// Presses a key: `Tab`, `Enter`, `Space`, or one letter.
    pub fn press(&mut self, key: &str) {
        let (key, code, number, text) = match key {
            "Tab" => ("Tab", "Tab", 9, ""),
            "Enter" => ("Enter", "Enter", 13, "\r"),
            "Space" => (" ", "Space", 32, " "),
            letter => (letter, "", 0, letter),
        };
        let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        for kind in [down, "keyUp"] {
            let mut how = json!({ "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number });
            if kind == "keyDown" {
                how["text"] = json!(text);
            }
            self.wire.call("Input.dispatchKeyEvent", &how);
        }
    }

    /// Goes on with the Tab key until the focus is there.
    pub fn tab_to(&mut self, selector: &str) {
        let there = format!("document.activeElement.matches({})", json!(selector));
        for _ in 0..80 {
            if self.value(&there) == true {
                return;
            }
            self.press("Tab");
        }
        panic!("the Tab key never comes to {selector} at {}", self.path());
    }

    /// Does something that downloads a file; waits for the whole of it.
    pub fn download(&mut self, act: impl FnOnce(&mut Self)) -> Vec<u8> {
        act(self);
        let until = Instant::now() + PATIENCE;
        loop {
            for event in self.whole.told() {
                if event["method"] == "Browser.downloadProgress" && event["params"]["state"] == "completed" {
                    let name = event["params"]["guid"].as_str().expect("a name");
                    let file: PathBuf = self.downloads.path().join(name);
                    return std::fs::read(file).expect("the file");
                }
            }
            assert!(Instant::now() < until, "the download did not end at {}", self.path());
        }
    }

    /// For pictures: pages as wide as they are drawn on a machine whose bars lie over the page.
    pub fn hide_scrollbars(&mut self) {
        self.wire.call("Emulation.setScrollbarsHidden", &json!({ "hidden": true }));
    }

    /// A picture (PNG) of what can be seen, or of the whole page.
    pub fn picture(&mut self, whole: bool) -> Vec<u8> {
        let answer = self
            .wire
            .call("Page.captureScreenshot", &json!({ "format": "png", "captureBeyondViewport": whole }));
        let text = answer["data"].as_str().expect("a picture");
        data_encoding::BASE64.decode(text.as_bytes()).expect("base64")
    }
}

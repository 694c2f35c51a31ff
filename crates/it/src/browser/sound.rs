//! What must hold of every page: no complaint in the console, no sideways scrolling, a focus that can be seen and goes in
//! order, no fault that axe calls serious.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;

use super::Tab;

/// axe-core, the accessibility engine (MPL-2.0). It is not ours to carry; `./test` fetches it and names it in `LINLI_AXE`.
pub struct Axe(String);

static AXE: OnceLock<Option<Axe>> = OnceLock::new();

impl Axe {
    /// The engine, or `None` if it is not here, which is told loudly, once.
    pub fn get() -> Option<&'static Self> {
        let read = || {
            let Some(path) = std::env::var_os("LINLI_AXE") else {
                assert!(std::env::var("LINLI_REQUIRE_TOOLS").is_err(), "LINLI_AXE is not set");
                println!("NOT RUN: accessibility: LINLI_AXE (path of axe.min.js) is not set");
                return None;
            };
            Some(Axe(std::fs::read_to_string(&path).expect("LINLI_AXE can be read")))
        };
        AXE.get_or_init(read).as_ref()
    }
}

/// A rule that a page breaks.
#[derive(Clone, Debug)]
pub struct Violation {
    pub rule: String,
    /// `minor`, `moderate`, `serious`, `critical`.
    pub impact: String,
    /// The first elements, and what is wrong with them.
    pub nodes: String,
}

impl Violation {
    /// Whether it shuts somebody out.
    #[must_use]
    pub fn is_grave(&self) -> bool {
        matches!(self.impact.as_str(), "serious" | "critical")
    }
}

const RUN: &str = "axe.run(document, { preload: false, resultTypes: ['violations'], runOnly: { type: 'tag', values:
    ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } }).then(r => r.violations.map(v =>
    [v.id, v.impact ?? '', v.nodes.slice(0, 3).map(n => n.target.join(' ') + ': ' + n.failureSummary.replace(/\\s+/g, ' ')).join('\\n    ')]))";

/// The page without what differs each time, such as the marks of forms.
const MARKUP: &str = "document.documentElement.outerHTML.replace(/<input type=\"hidden\"[^>]*>/g, '')";

static SEEN: Mutex<BTreeSet<(u32, String)>> = Mutex::new(BTreeSet::new());

/// What sticks out to the right, outermost first; boxes that scroll by themselves may hold wide things. A phone would shrink the
/// page and call itself wider, so the width is the one that was asked for.
const OUT: &str = "(w => { const root = document.documentElement;
    if (root.scrollWidth <= w) return [];
    const boxed = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
        if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
    return ['' + root.scrollWidth + ' > ' + w, ...[...document.body.querySelectorAll('*')].filter(e =>
        e.getBoundingClientRect().right > w + 1 && !boxed(e)).slice(0, 4).map(e => e.outerHTML.slice(0, 120))]; })";

/// Where the focus is: its place among all that can have it, and whether it can be seen there, not under the bar at the foot.
const FOCUS: &str = "(() => { const e = document.activeElement; if (!e || e === document.body) return null;
    const group = x => [...document.querySelectorAll(`input[type=radio][name='${x.name}']`)];
    const stop = x => x.type !== 'radio' || x === (group(x).find(g => g.checked) ?? group(x)[0]);
    const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]')]
        .filter(x => x.checkVisibility() && !x.disabled).filter(stop);
    const s = getComputedStyle(e), r = e.getClientRects()[0];
    const seen = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
    const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
    return [all.indexOf(e), all.length, seen && !!top && (e.contains(top) || top.contains(e)), e.outerHTML.slice(0, 100)]; })()";

impl Tab {
    /// Rules of axe that the page breaks.
    fn violations(&mut self, axe: &Axe) -> Vec<Violation> {
        if self.value("typeof axe") != "object" {
            self.value(&format!("{};0", axe.0));
        }
        let text = |v: &Value| v.as_str().unwrap_or("").to_owned();
        let found = self.value(RUN);
        let list = found.as_array().unwrap_or_else(|| panic!("axe did not run at {}: {found}", self.path()));
        list.iter()
            .map(|v| Violation { rule: text(&v[0]), impact: text(&v[1]), nodes: text(&v[2]) })
            .collect()
    }

    /// All that is wrong with the page, in words, and what axe calls less than serious. Pages without script are not given to
    /// axe, which is a script; their markup is the same.
    pub fn looked_over(&mut self) -> (Vec<String>, Vec<Violation>) {
        let mut wrong = self.faults();
        if self.status() >= 500 {
            wrong.push(format!("answered with {}", self.status()));
        }
        let out = self.value(&format!("{OUT}({})", self.view.width));
        if out.as_array().is_some_and(|o| !o.is_empty()) {
            wrong.push(format!("scrolls sideways: {out}"));
        }
        let Some(axe) = Axe::get().filter(|_| self.view.script) else { return (wrong, Vec::new()) };
        // The same markup at the same width is the same finding: many journeys pass through the same doors.
        let markup = self.value(MARKUP).as_str().unwrap_or("").to_owned();
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.insert((self.view.width, markup)) {
            return (wrong, Vec::new());
        }
        drop(seen);
        let (grave, slight): (Vec<_>, Vec<_>) =
            self.violations(axe).into_iter().partition(Violation::is_grave);
        wrong.extend(grave.into_iter().map(|v| format!("{} ({}):\n    {}", v.rule, v.impact, v.nodes)));
        (wrong, slight)
    }

    /// Fails unless the page is sound.
    pub fn sound(&mut self) {
        let (wrong, _) = self.looked_over();
        assert!(wrong.is_empty(), "{} {:?}:\n{}", self.path(), self.view, wrong.join("\n"));
    }

    /// Walks the page with the Tab key. Everything that can be used must be met, in the order of the page, and be seen there.
    pub fn focus_in_order(&mut self) {
        self.value("document.activeElement.blur(), scrollTo(0, 0)");
        let (mut last, mut met, mut wrong) = (-1, 0, Vec::new());
        let mut all = 0;
        for _ in 0..200 {
            self.press("Tab");
            let at = self.value(FOCUS);
            let Some([place, count, seen, what]) = at.as_array().map(Vec::as_slice) else { break };
            let place = place.as_i64().unwrap_or(-1);
            all = count.as_i64().unwrap_or(0);
            if place <= last {
                break;
            }
            if place != last + 1 {
                wrong.push(format!("passes over something before {what}"));
            }
            if *seen != true {
                wrong.push(format!("cannot be seen on {what}"));
            }
            (last, met) = (place, met + 1);
        }
        if met == 0 || met != all {
            wrong.push(format!("meets {met} of {all}"));
        }
        assert!(wrong.is_empty(), "the focus at {}:\n{}", self.path(), wrong.join("\n"));
    }
}

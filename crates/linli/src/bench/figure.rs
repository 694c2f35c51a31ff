//! One line for each figure, for people or for programs.

use serde::Serialize;

/// A measured figure, its peer measured in the same run where there is one, and what is to be reached.
#[derive(Serialize)]
pub struct Figure {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    pub peer: Option<&'static str>,
    pub peer_value: Option<f64>,
    pub ratio: Option<f64>,
    pub goal: Option<&'static str>,
}

impl Figure {
    #[must_use]
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value: short(value),
            unit,
            peer: None,
            peer_value: None,
            ratio: None,
            goal: None,
        }
    }
    #[must_use]
    pub fn goal(mut self, goal: &'static str) -> Self {
        self.goal = Some(goal);
        self
    }
    /// Sets the peer; the ratio is ours to the peer's.
    #[must_use]
    pub fn peer(mut self, peer: &'static str, value: f64) -> Self {
        self.peer = Some(peer);
        self.peer_value = Some(short(value));
        self.ratio = (value > 0.0).then(|| (self.value / value * 1e3).round() / 1e3);
        self
    }
}

/// Four digits are more than a shared machine gives.
fn short(value: f64) -> f64 {
    let places = if value >= 1_000.0 { 1.0 } else { 1e3 };
    (value * places).round() / places
}

/// Where figures go.
pub struct Told {
    json: bool,
}

impl Told {
    #[must_use]
    pub fn new(json: bool) -> Self {
        if !json {
            println!("{:<34} {:>12}  {:<6} {:>12} {:>7}  goal", "figure", "value", "unit", "peer", "ratio");
        }
        Self { json }
    }

    /// Prints a figure as soon as it is there.
    pub fn figure(&self, f: &Figure) {
        if self.json {
            println!("{}", serde_json::to_string(f).unwrap_or_default());
            return;
        }
        let maybe = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
        println!(
            "{:<34} {:>12}  {:<6} {:>12} {:>7}  {}{}",
            f.name,
            f.value,
            f.unit,
            maybe(f.peer_value),
            maybe(f.ratio),
            f.goal.unwrap_or(""),
            f.peer.map_or(String::new(), |p| format!("  (peer: {p})")),
        );
    }

    /// What is going on meanwhile, for whoever waits.
    #[expect(clippy::unused_self, reason = "one place to change where it goes")]
    pub fn note(&self, text: &str) {
        eprintln!("  … {text}");
    }
}

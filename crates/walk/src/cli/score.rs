//! `walk score`.

use super::{Limit, Progress, Source, limit, minutes, output};
use clap::Args;
use std::path::PathBuf;
use walk::catchment::{Decay, two_step};
use walk::export::csv;
use walk::nearest::{Prepared, Scratch, Table, to_frontier};
use walk::score::{
    Counts, Measured, beside, by_area, complete_by_area, quantile_by_area, sensitivity, straight_lines,
};
use walk::{City, Class, Cost, Costs, Error, Profile, Result};

/// Shares of residents by area, class and limit.
#[derive(Args)]
pub struct Score {
    #[command(flatten)]
    source: Source,
    /// A rule `class=limit` (market=500m, bank=15min); all classes at 15 minutes when none is given
    #[arg(long, value_parser = rule)]
    rule: Vec<(String, Limit)>,
    /// Share of residents that makes an area complete, in percent
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=100))]
    share: u32,
    /// Two-step floating catchment of a class with capacities, by building, in place of the shares
    #[arg(long)]
    seats: Option<String>,
    /// Write a line per building with its time to each class, for a map of scores
    #[arg(long)]
    by_building: bool,
    /// Where to write; standard output when absent
    #[arg(short, long)]
    out: Option<PathBuf>,
}

fn rule(text: &str) -> std::result::Result<(String, Limit), String> {
    let (class, l) = text.split_once('=').ok_or("a rule is class=limit")?;
    Ok((class.to_owned(), limit(l)?))
}

/// Searches go this much beyond the limit, so that the table of limits has something to show.
const BEYOND_PERMILLE: u64 = 2_000;

impl Score {
    fn rules<'a>(&self, city: &'a City) -> Result<Vec<(&'a Class, Limit)>> {
        if self.rule.is_empty() {
            let all = super::chosen(city, &[])?;
            return Ok(all.into_iter().map(|c| (c, Limit::Minutes(15))).collect());
        }
        self.rule.iter().map(|(n, l)| Ok((super::chosen(city, std::slice::from_ref(n))?[0], *l))).collect()
    }

    pub fn run(&self) -> Result<()> {
        let (city, costs) = self.source.load()?;
        if city.buildings.is_empty() {
            return Err(Error::Argument("no buildings: a score needs a prepared file with buildings".into()));
        }
        if let Some(class) = &self.seats {
            return self.catchment(&city, &costs, class);
        }
        let general = city.net.costs(&Profile::general());
        let rules = self.rules(&city)?;
        let mut s = Scratch::default();
        let mut progress = Progress::begin("measuring classes", rules.len());
        let all: Vec<Measured> = rules
            .iter()
            .map(|(class, l)| {
                // a rule in metres is a rule about length, whoever walks
                let costs = if matches!(l, Limit::Metres(_)) { &general } else { &costs };
                progress.one();
                measure(&city, costs, class, l.cost(&costs.profile), &mut s)
            })
            .collect();
        progress.end(&format!("{} classes, {} buildings", all.len(), city.buildings.len()));
        if self.by_building {
            return self.buildings(&city, &rules, &all);
        }
        self.areas(&city, &general, &rules, &all)
    }

    fn areas(&self, city: &City, general: &Costs, rules: &[(&Class, Limit)], all: &[Measured]) -> Result<()> {
        let n = city.areas.len();
        let name = |a: usize| city.areas.get(a).cloned().unwrap_or_else(|| "(no area)".into());
        let complete = complete_by_area(&city.buildings, n, all);
        let mut rows: Vec<Vec<String>> = Vec::new();
        let cells = |c: &Counts| {
            let share = c.permille().map_or(String::new(), |p| format!("{}.{}", p / 10, p % 10));
            vec![c.within.to_string(), c.beyond.to_string(), c.unknown.to_string(), share]
        };
        let mut scratch = Scratch::default();
        for ((class, l), m) in rules.iter().zip(all) {
            let counts = by_area(&city.buildings, n, m);
            let straight = straight_lines(&city.buildings.points, &class.points, 20_000.0);
            // the straight line is compared with plain length, in the limit's own reach
            let plain = if matches!(l, Limit::Metres(_)) || self.source.profile == Profile::general() {
                m.clone()
            } else {
                measure(city, general, class, l.cost(&general.profile), &mut scratch)
            };
            let lines = beside(&city.buildings, n, &plain, &straight);
            let (half, most) = (
                quantile_by_area(&city.buildings, n, &m.nearest, 500),
                quantile_by_area(&city.buildings, n, &m.nearest, 900),
            );
            let profile = match l {
                Limit::Metres(_) => &general.profile,
                Limit::Minutes(_) => &self.source.profile,
            };
            for a in 0..=n {
                if counts[a].total() == 0 {
                    continue;
                }
                let mut row = vec![name(a), class.name.clone()];
                row.extend(cells(&counts[a]));
                for q in [half[a], most[a]] {
                    row.push(q.map_or(String::new(), |c| minutes(profile, c)));
                }
                row.push(lines[a].straight.to_string());
                row.push(lines[a].detour_permille().map_or(String::new(), |d| d.to_string()));
                rows.push(row);
            }
        }
        for (a, c) in complete.iter().enumerate().filter(|(_, c)| c.total() > 0) {
            let mut row = vec![name(a), "(all)".into()];
            row.extend(cells(c));
            row.extend([String::new(), String::new(), String::new(), String::new()]);
            rows.push(row);
        }
        let head = [
            "area",
            "class",
            "within",
            "beyond",
            "unknown",
            "percent",
            "median_min",
            "p90_min",
            "within_straight",
            "detour_permille",
        ];
        csv(output(self.out.as_deref())?, &head, rows.into_iter())?;
        let done = complete[..n].iter().filter(|c| c.reaches(self.share * 10)).count();
        let some = complete[..n].iter().filter(|c| c.total() > 0).count();
        // were everybody unknown within reach, would the area be complete?
        let perhaps = complete[..n].iter().filter(|c| {
            let best = Counts { within: c.within + c.unknown, beyond: c.beyond, unknown: 0 };
            !c.reaches(self.share * 10) && best.reaches(self.share * 10)
        });
        eprintln!(
            "complete: {done} of {some} areas, where {} % of residents must reach every class; \
             of {} more the map ends too soon to say",
            self.share,
            perhaps.count()
        );
        let t = sensitivity(
            &city.buildings,
            n,
            all,
            &[500, 667, 800, 1_000, 1_200, 1_500, 2_000],
            &[500, 800, 900, 950, 1_000],
        );
        eprintln!("how the count moves with the limit (rows, % of the rules') and the share (columns):");
        eprintln!("        {}", t.shares.iter().map(|s| format!("{:>6}%", s / 10)).collect::<String>());
        for (l, row) in t.limits.iter().zip(&t.complete) {
            eprintln!("{:>6}% {}", l / 10, row.iter().map(|c| format!("{c:>7}")).collect::<String>());
        }
        Ok(())
    }

    fn buildings(&self, city: &City, rules: &[(&Class, Limit)], all: &[Measured]) -> Result<()> {
        let b = &city.buildings;
        let mut head = vec!["id", "lon", "lat", "residents"];
        head.extend(rules.iter().map(|(c, _)| c.name.as_str()));
        let general = Profile::general();
        let rows = (0..b.len()).map(|i| {
            let mut row = vec![
                b.ids[i].clone(),
                format!("{:.7}", b.points[i].lon_degrees()),
                format!("{:.7}", b.points[i].lat_degrees()),
                b.residents[i].to_string(),
            ];
            for ((_, l), m) in rules.iter().zip(all) {
                let profile = if matches!(l, Limit::Metres(_)) { &general } else { &self.source.profile };
                row.push(if m.nearest[i] == walk::search::NONE {
                    String::new()
                } else {
                    minutes(profile, walk::search::cost_of(m.nearest[i]))
                });
            }
            row
        });
        csv(output(self.out.as_deref())?, &head, rows)
    }

    fn catchment(&self, city: &City, costs: &Costs, class: &str) -> Result<()> {
        let class = super::chosen(city, &[class.to_owned()])?[0];
        let own = self.rule.iter().find(|(n, _)| *n == class.name).map_or(Limit::Minutes(15), |(_, l)| *l);
        let limit = own.cost(&costs.profile);
        let b = &city.buildings;
        let c = two_step(&city.net, costs, b, &b.residents, class, limit, &Decay::Gaussian);
        let rows = (0..b.len())
            .map(|i| vec![b.ids[i].clone(), b.residents[i].to_string(), format!("{:.6}", c.access[i])]);
        csv(output(self.out.as_deref())?, &["id", "residents", "capacity_per_resident"], rows)
    }
}

fn measure(city: &City, costs: &Costs, class: &Class, limit: Cost, s: &mut Scratch) -> Measured {
    let far = (u64::from(limit) * BEYOND_PERMILLE / 1_000).min(u64::from(walk::profile::MAX_COST)) as Cost;
    let t = Table::compute(&city.net, costs, &class.places, 1, far, s);
    let mut nearest = Vec::new();
    Prepared::new(&city.net, costs, &city.buildings.places).nearest(&city.net, costs, &t, &mut nearest);
    let frontier = to_frontier(&city.net, costs, &city.buildings.places, limit, s);
    Measured { nearest, frontier, limit, required: true }
}

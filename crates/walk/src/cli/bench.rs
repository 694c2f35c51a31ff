//! `walk bench`: speed and memory, one thread.

use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::Instant;
use walk::gaps::Coverage;
use walk::isochrone::{Canvas, Drawing, polygons, reach};
use walk::local::Local;
use walk::nearest::{Prepared, Scratch, Table};
use walk::osm::{ReadOptions, read_file};
use walk::search::NONE;
use walk::synth::{Plan, city};
use walk::{City, Costs, Places, Profile, Result};

/// Measure speed and memory.
#[derive(Args)]
pub struct Bench {
    /// Figures as JSON
    #[arg(long)]
    json: bool,
    /// An OpenStreetMap extract for the figures on real data
    #[arg(long)]
    map: Option<PathBuf>,
    /// Facilities on it (class, lon, lat)
    #[arg(long, requires = "map")]
    facilities: Option<PathBuf>,
    /// Also build 10 and 100 districts, to show growth (the last needs about 12 GiB and some minutes)
    #[arg(long, default_value_t = 1)]
    districts: u32,
    /// How often each figure is taken; the median is told
    #[arg(long, default_value_t = 9)]
    runs: usize,
}

/// Seconds of processor time that this thread has used; on a busy machine they tell more than the clock.
fn processor() -> f64 {
    #[cfg(unix)]
    {
        let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
    }
    #[cfg(not(unix))]
    f64::NAN
}

/// Milliseconds of some runs, by the clock and by the processor.
#[derive(Default)]
struct Times {
    clock: Vec<f64>,
    processor: Vec<f64>,
}

impl Times {
    fn one(&mut self, f: impl FnOnce()) {
        let (t, p) = (Instant::now(), processor());
        f();
        self.processor.push((processor() - p) * 1e3);
        self.clock.push(t.elapsed().as_secs_f64() * 1e3);
    }
    /// Median, 99th of a hundred and slowest, by the clock, then by the processor.
    fn told(mut self) -> [[f64; 3]; 2] {
        [&mut self.clock, &mut self.processor].map(|v| {
            v.sort_by(f64::total_cmp);
            let at =
                |i: usize| v.get(i.min(v.len().saturating_sub(1))).map_or(0.0, |ms| (ms * 1e3).round() / 1e3);
            [at(v.len() / 2), at(v.len() * 99 / 100), at(v.len())]
        })
    }
}

fn times(runs: usize, mut f: impl FnMut()) -> Times {
    let mut t = Times::default();
    (0..runs.max(1)).for_each(|_| t.one(&mut f));
    t
}

/// Begins the count of the largest memory anew, where the system allows it.
fn forget_peak() -> bool {
    std::fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// Largest memory of this process since then, in MiB, where the system tells it.
fn peak_mib() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1_024)
}

struct Figures {
    list: Vec<Value>,
    loud: bool,
}

impl Figures {
    fn add(&mut self, name: &str, t: Times, more: Value) {
        let [[median, p99, worst], [processor, processor_p99, processor_worst]] = t.told();
        let mut row = Map::new();
        row.insert("name".into(), name.into());
        let ms = json!({"median_ms": median, "p99_ms": p99, "worst_ms": worst, "processor_ms": processor,
            "processor_p99_ms": processor_p99, "processor_worst_ms": processor_worst});
        row.extend(ms.as_object().cloned().unwrap_or_default());
        row.insert("peak_mib".into(), json!(peak_mib()));
        forget_peak();
        if self.loud {
            println!("{name:36} {median:9.3} ms (worst {worst:.3}), processor {processor:.3}  {more}");
        }
        if !self.loud {
            eprintln!("{name}");
        }
        if let Value::Object(m) = more {
            row.extend(m);
        }
        self.list.push(row.into());
    }
}

impl Bench {
    pub fn run(&self) -> Result<()> {
        let mut f = Figures { list: Vec::new(), loud: !self.json };
        let peak = if forget_peak() { "of each figure" } else { "of the process so far" };
        if let Some(map) = &self.map {
            self.on_map(map, &mut f)?;
        }
        for n in [1u32, 10, 100].into_iter().filter(|&n| n <= self.districts.max(1)) {
            self.on_districts(n, &mut f)?;
        }
        if self.json {
            let out = json!({"threads": 1, "runs": self.runs, "peak_mib_is": peak, "figures": f.list});
            println!("{out:#}");
        }
        Ok(())
    }

    fn on_map(&self, map: &std::path::Path, f: &mut Figures) -> Result<()> {
        let mut built = Ok(walk::Network::default());
        let t = times(self.runs, || {
            built = read_file(map, &ReadOptions::default()).and_then(|raw| walk::build::build(raw, None));
        });
        let net = built?;
        let sizes = json!({"source_nodes": net.source_nodes(), "junctions": net.nodes.len(),
            "edges": net.edges.len(), "network_mib": net.bytes() >> 20});
        f.add("extract-to-graph", t, sizes);
        let mut town = City { net, ..City::default() };
        self.reload(&town, "", f)?;
        if let Some(path) = &self.facilities {
            town.classes = super::facilities(&town, path, walk::Datum::Wgs84)?;
            let costs = town.net.costs(&Profile::general());
            let nodes = town.net.all_nodes();
            let ready = Prepared::new(&town.net, &costs, &nodes);
            let limit = costs.profile.cost_of_minutes(15);
            for (name, limit) in [("nearest-8-classes", limit), ("nearest-8-classes-unbounded", 400_000_000)]
            {
                let (mut s, mut out, mut reached) = (Scratch::default(), Vec::new(), 0);
                let t = times(self.runs, || {
                    reached = 0;
                    for c in &town.classes {
                        let t = Table::compute(&town.net, &costs, &c.places, 1, limit, &mut s);
                        ready.nearest(&town.net, &costs, &t, &mut out);
                        reached += out.iter().filter(|&&l| l != NONE).count();
                    }
                });
                f.add(
                    name,
                    t,
                    json!({"classes": town.classes.len(), "nodes": nodes.len(), "answers": reached}),
                );
            }
        }
        Ok(())
    }

    fn reload(&self, town: &City, suffix: &str, f: &mut Figures) -> Result<()> {
        let path = std::env::temp_dir().join(format!("walk-bench-{}.walk", std::process::id()));
        walk::prepared::save(town, &path)?;
        let mut loaded = Ok(City::default());
        let t = times(self.runs, || loaded = walk::prepared::load(&path));
        let bytes = std::fs::metadata(&path).map(|m| m.len()).unwrap_or(0);
        // the same without the map, for comparison
        let read =
            || std::fs::read(&path).map_err(walk::Error::from).and_then(|b| walk::prepared::from_bytes(&b));
        let by_read = times(self.runs, || {
            std::hint::black_box(read().is_ok());
        });
        // what use in place of the copy would save: the copying itself
        let file = std::fs::read(&path)?;
        let copy = times(self.runs, || {
            std::hint::black_box(file.clone());
        });
        drop(file);
        std::fs::remove_file(&path)?;
        if loaded? != *town {
            return Err(walk::Error::Argument("the prepared file does not read back the same".into()));
        }
        let (by_read, copy) = (by_read.told()[1][0], copy.told()[1][0]);
        let more =
            json!({"file_mib": bytes >> 20, "by_read_processor_ms": by_read, "bare_copy_processor_ms": copy});
        f.add(&format!("reload{suffix}"), t, more);
        Ok(())
    }

    fn on_districts(&self, n: u32, f: &mut Figures) -> Result<()> {
        let suffix = if n == 1 { String::new() } else { format!("-{n}-districts") };
        let runs = if n == 1 { self.runs } else { 3 };
        let plan = Plan::of_area(1, 93.6 * f64::from(n))?;
        let mut made = Ok(City::default());
        let t = times(1, || made = city(&plan));
        let town = made?;
        let b = &town.buildings;
        let sizes = json!({"buildings": b.len(), "residents": b.total_residents(),
            "junctions": town.net.nodes.len(), "edges": town.net.edges.len(), "city_mib": town.bytes() >> 20});
        f.add(&format!("synth{suffix}"), t, sizes);
        self.reload(&town, &format!("-district{suffix}"), f)?;
        let all: Vec<Costs> = Profile::all().iter().map(|p| town.net.costs(p)).collect();
        let ready: Vec<Prepared> = all.iter().map(|c| Prepared::new(&town.net, c, &b.places)).collect();
        let (mut s, mut out) = (Scratch::default(), Vec::new());
        let mut answers = 0;
        let t = times(runs, || {
            answers = 0;
            for (costs, ready) in all.iter().zip(&ready) {
                let limit = costs.profile.cost_of_minutes(15);
                // eight at a time: the memory of eight tables, and streets are fetched an eighth as often
                for group in town.classes.chunks(8) {
                    let places: Vec<&Places> = group.iter().map(|c| &c.places).collect();
                    for t in Table::compute_all(&town.net, costs, &places, 1, limit, &mut s) {
                        ready.nearest(&town.net, costs, &t, &mut out);
                        answers += out.iter().filter(|&&l| l != NONE).count();
                    }
                }
            }
        });
        f.add(&format!("4-profiles-25-classes{suffix}"), t, json!({"answers": answers}));
        self.repair(&town, &all[0], &ready[0], &suffix, f);
        isochrones(&town, &all[0], &suffix, f)?;
        gaps(&town, &all[0], &ready[0], runs, &suffix, f)
    }

    /// One facility opens, another time closes; labels, the answers of buildings and the counts of areas follow.
    fn repair(&self, town: &City, costs: &Costs, ready: &Prepared, suffix: &str, f: &mut Figures) {
        let Some(class) = town.class("market") else { return };
        let limit = costs.profile.cost_of_minutes(15);
        let mut s = Scratch::default();
        let mut t = Table::compute(&town.net, costs, &class.places, 1, limit, &mut s);
        let mut nearest = Vec::new();
        ready.nearest(&town.net, costs, &t, &mut nearest);
        let b = &town.buildings;
        let mut within = vec![0u64; town.areas.len() + 1];
        let at = |i: u32| (b.area[i as usize] as usize).min(town.areas.len());
        for (i, &l) in (0u32..).zip(&nearest) {
            if l != NONE {
                within[at(i)] += u64::from(b.residents[i as usize]);
            }
        }
        let (mut touched_nodes, mut k) = (0, 0u32);
        let facilities = class.places.len() as u32;
        let time = times(facilities as usize * 2, || {
            let id = k / 2 % facilities;
            let touched = if k.is_multiple_of(2) {
                t.close(&town.net, costs, id, &mut s)
            } else {
                t.open(&town.net, costs, id, class.places.doors(id), &mut s)
            };
            touched_nodes += touched.nodes.len();
            for e in touched.all_edges(&town.net) {
                for place in ready.on_edge(e) {
                    let mut one = [NONE];
                    t.answer(&town.net, costs, b.places.doors(place), &mut one);
                    let old = std::mem::replace(&mut nearest[place as usize], one[0]);
                    let r = u64::from(b.residents[place as usize]);
                    match (old == NONE, one[0] == NONE) {
                        (true, false) => within[at(place)] += r,
                        (false, true) => within[at(place)] -= r,
                        _ => {}
                    }
                }
            }
            k += 1;
        });
        let same = t == Table::compute(&town.net, costs, &class.places, 1, limit, &mut s);
        let changes = json!({"changes": facilities * 2, "equals_recomputation": same, "junctions_touched": touched_nodes / (facilities as usize * 2)});
        f.add(&format!("repair-one-facility{suffix}"), time, changes);
    }
}

fn isochrones(town: &City, costs: &Costs, suffix: &str, f: &mut Figures) -> Result<()> {
    let limits = [5, 10, 15].map(|m| costs.profile.cost_of_minutes(m));
    let (mut local, mut canvas) = (Local::default(), Canvas::default());
    let every = (town.buildings.len() / 1_000).max(1);
    let (mut t, mut homes, mut rings, mut drawn) = (Times::default(), 0, 0, Ok(Vec::new()));
    for b in (0..town.buildings.len() as u32).step_by(every) {
        let doors = town.buildings.places.doors(b);
        t.one(|| {
            let pieces = reach(&town.net, costs, doors, false, limits[2], &mut local);
            drawn = polygons(&town.net, &pieces, &limits, &Drawing::default(), &mut canvas);
        });
        homes += 1;
        rings += std::mem::replace(&mut drawn, Ok(Vec::new()))?
            .iter()
            .flatten()
            .map(|g| 1 + g.holes.len())
            .sum::<usize>();
    }
    f.add(&format!("isochrone-three-bands{suffix}"), t, json!({"homes": homes, "rings": rings}));
    Ok(())
}

fn gaps(
    town: &City,
    costs: &Costs,
    ready: &Prepared,
    runs: usize,
    suffix: &str,
    f: &mut Figures,
) -> Result<()> {
    let Some(class) = town.class("health-centre") else { return Ok(()) };
    let limit = costs.profile.cost_of_minutes(15);
    let t = Table::compute(&town.net, costs, &class.places, 1, limit, &mut Scratch::default());
    let mut nearest = Vec::new();
    ready.nearest(&town.net, costs, &t, &mut nearest);
    let b = &town.buildings;
    let weights: Vec<u64> =
        nearest.iter().zip(&b.residents).map(|(&l, &r)| if l == NONE { u64::from(r) } else { 0 }).collect();
    let every = (town.net.nodes.len() / 5_000).max(1);
    let nodes = (0..town.net.nodes.len() as u32).step_by(every).take(5_000);
    let sites = Places::of(nodes.map(|n| town.net.door_of_node(n).into_iter().collect()));
    let mut done = Ok(walk::gaps::Plan::default());
    let time = times(runs, || {
        done = Coverage::from_network(&town.net, costs, &sites, &b.places, weights.clone(), limit)
            .map(|c| c.greedy(10, &[]));
    });
    let plan = done?;
    let more = json!({"candidates": sites.len(), "residents_without": weights.iter().sum::<u64>(),
        "covered": plan.covered, "bound": plan.bound, "certain_permille": plan.certain_permille()});
    f.add(&format!("gaps-k10{suffix}"), time, more);
    Ok(())
}

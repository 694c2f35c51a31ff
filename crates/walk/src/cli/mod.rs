//! Commands: each reads a prepared file or an OpenStreetMap file, and writes CSV or GeoJSON.

mod bench;
mod gaps;
mod nearest;
mod prepare;
mod score;
mod show;

use clap::{Args, Parser, Subcommand};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;
use walk::files;
use walk::index::{Index, SnapRules};
use walk::osm::{ReadOptions, read_file};
use walk::{City, Class, Cost, Costs, Datum, Error, Profile, Result};

/// Exact walking times over a street network: nearest facilities, isochrones, scores and gaps.
#[derive(Parser)]
#[command(name = "walk", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read a map and a district's files into one prepared file
    Prepare(prepare::Prepare),
    /// For every building the nearest facilities of each class
    Nearest(nearest::Nearest),
    /// What can be reached from a place, as GeoJSON polygons
    Isochrone(show::Isochrone),
    /// Shares of residents by area, class and limit
    Score(score::Score),
    /// Where more facilities, or a new link, would help the most residents
    Gaps(gaps::Gaps),
    /// Make a synthetic city
    Synth(prepare::Synth),
    /// Vector tiles of a city, as a folder of z/x/y.mvt
    Tiles(show::Tiles),
    /// Measure speed and memory
    Bench(bench::Bench),
}

/// Runs the command line of this process.
pub fn run() -> Result<()> {
    match Cli::parse().command {
        Command::Prepare(c) => c.run(),
        Command::Nearest(c) => c.run(),
        Command::Isochrone(c) => c.run(),
        Command::Score(c) => c.run(),
        Command::Gaps(c) => c.run(),
        Command::Synth(c) => c.run(),
        Command::Tiles(c) => c.run(),
        Command::Bench(c) => c.run(),
    }
}

/// The city of a command, and who walks.
#[derive(Args)]
pub struct Source {
    /// A prepared file, or an OpenStreetMap file (.osm.pbf, .osm)
    pub city: PathBuf,
    /// Facilities as CSV or GeoJSON (columns class, id, lon, lat, capacity) in place of the prepared ones
    #[arg(long)]
    pub facilities: Option<PathBuf>,
    /// Coordinate system of the files given here: wgs84, cgcs2000, gcj02 or bd09
    #[arg(long, default_value = "wgs84", value_parser = datum)]
    pub datum: Datum,
    /// Who walks: general, elder, step-free or pram
    #[arg(long, default_value = "general", value_parser = profile)]
    pub profile: Profile,
}

impl Source {
    /// Loads the city and its costs.
    pub fn load(&self) -> Result<(City, Costs)> {
        let mut city = load(&self.city)?;
        if let Some(path) = &self.facilities {
            city.classes = facilities(&city, path, self.datum)?;
        }
        let costs = city.net.costs(&self.profile);
        Ok((city, costs))
    }
}

pub fn datum(name: &str) -> std::result::Result<Datum, String> {
    Datum::from_name(name).ok_or_else(|| "one of wgs84, cgcs2000, gcj02, bd09".into())
}

pub fn profile(name: &str) -> std::result::Result<Profile, String> {
    Profile::named(name).ok_or_else(|| "one of general, elder, step-free, pram".into())
}

/// A prepared file, or a map without buildings.
pub fn load(path: &Path) -> Result<City> {
    if walk::prepared::is_prepared(path)? {
        return walk::prepared::load(path);
    }
    let step = Step::begin("reading the map");
    let raw = read_file(path, &ReadOptions::default())?;
    let net = walk::build::build(raw, None)?;
    step.end(&format!("{} junctions, {} edges", net.nodes.len(), net.edges.len()));
    Ok(City { net, ..City::default() })
}

pub fn facilities(city: &City, path: &Path, datum: Datum) -> Result<Vec<Class>> {
    let records = files::read(path, datum)?;
    files::facilities(&records, "facility", &Index::new(&city.net), &SnapRules::default(), datum)
}

/// The classes asked for, or all.
pub fn chosen<'a>(city: &'a City, names: &[String]) -> Result<Vec<&'a Class>> {
    if city.classes.is_empty() {
        return Err(Error::Argument("no facilities: give them with --facilities".into()));
    }
    if names.is_empty() {
        return Ok(city.classes.iter().collect());
    }
    let known = || city.classes.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    names
        .iter()
        .map(|n| {
            city.class(n).ok_or_else(|| Error::Argument(format!("no class {n}; there are: {}", known())))
        })
        .collect()
}

/// A limit: minutes (`15min`, `15`) or metres (`500m`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Minutes(u32),
    Metres(u32),
}

pub fn limit(text: &str) -> std::result::Result<Limit, String> {
    let bad = || format!("{text}: a limit is minutes (15min) or metres (500m)");
    if let Some(n) = text.strip_suffix("min") {
        return n.parse().map(Limit::Minutes).map_err(|_e| bad());
    }
    if let Some(n) = text.strip_suffix('m') {
        return n.parse().map(Limit::Metres).map_err(|_e| bad());
    }
    text.parse().map(Limit::Minutes).map_err(|_e| bad())
}

impl Limit {
    /// In the cost of a profile. Metres are the general profile's: plain length.
    pub fn cost(self, profile: &Profile) -> Cost {
        match self {
            Self::Minutes(m) => profile.cost_of_minutes(m),
            Self::Metres(m) => m.saturating_mul(100).min(walk::profile::MAX_COST),
        }
    }
}

/// A step that may take long: told on standard error, with the time it took.
pub struct Step(Instant);

impl Step {
    pub fn begin(what: &str) -> Self {
        eprint!("{what} … ");
        Self(Instant::now())
    }
    pub fn end(self, result: &str) {
        eprintln!("{result} ({:.2} s)", self.0.elapsed().as_secs_f64());
    }
}

/// A step that goes through a known number of parts: tells every half second how far it is.
pub struct Progress {
    what: &'static str,
    of: usize,
    done: usize,
    begun: Instant,
    told: Instant,
}

impl Progress {
    pub fn begin(what: &'static str, of: usize) -> Self {
        let begun = Instant::now();
        Self { what, of, done: 0, begun, told: begun }
    }
    /// One part more is done.
    pub fn one(&mut self) {
        self.at(self.done + 1);
    }
    /// So many are done.
    pub fn at(&mut self, done: usize) {
        self.done = done;
        if self.told.elapsed().as_millis() >= 500 {
            self.told = Instant::now();
            eprintln!("{}: {} of {} ({} %)", self.what, self.done, self.of, self.done * 100 / self.of.max(1));
        }
    }
    pub fn end(self, result: &str) {
        eprintln!("{}: {result} ({:.2} s)", self.what, self.begun.elapsed().as_secs_f64());
    }
}

/// Where output goes: a file, or standard output.
pub fn output(path: Option<&Path>) -> Result<Box<dyn Write>> {
    Ok(match path {
        Some(p) => {
            let file = File::create(p).map_err(|source| Error::File { path: p.to_owned(), source })?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(std::io::stdout().lock())),
    })
}

/// Minutes of a cost with one decimal.
pub fn minutes(profile: &Profile, cost: Cost) -> String {
    let ds = profile.deciseconds(cost);
    format!("{}.{}", ds / 600, ds % 600 / 60)
}

//! `walk gaps`.

use super::{Limit, Progress, Source, Step, chosen, limit, output};
use clap::Args;
use std::path::PathBuf;
use walk::export::csv;
use walk::files;
use walk::gaps::{Coverage, Plan};
use walk::grid::PointGrid;
use walk::index::{Index, SnapRules, snap_all};
use walk::links::{Linker, Need, propose};
use walk::nearest::{Prepared, Scratch, Table};
use walk::search::NONE;
use walk::{City, Costs, Error, Places, Point, Result};

/// Where more facilities, or a new link, would help the most residents.
#[derive(Args)]
pub struct Gaps {
    #[command(flatten)]
    source: Source,
    /// The classes that are lacking; with several, each site is for one of them
    #[arg(long)]
    class: Vec<String>,
    /// How many sites
    #[arg(short, long, default_value_t = 10)]
    k: usize,
    /// Within what
    #[arg(long, default_value = "15min", value_parser = limit)]
    within: Limit,
    /// Possible sites as CSV or GeoJSON (id, lon, lat, cost); junctions when absent
    #[arg(long)]
    candidates: Option<PathBuf>,
    /// With junctions as sites, take about so many of them
    #[arg(long, default_value_t = 5_000)]
    sites: usize,
    /// Spend at most this, by the candidates' cost, in place of counting sites
    #[arg(long, requires = "candidates")]
    budget: Option<u64>,
    /// Search exactly, looking at no more than so many nodes of the search
    #[arg(long, value_name = "STEPS", num_args = 0..=1, default_missing_value = "1000000")]
    exact: Option<u64>,
    /// Places (CSV or GeoJSON points) round which no site may lie
    #[arg(long)]
    forbidden: Option<PathBuf>,
    /// How far round them, in metres
    #[arg(long, default_value_t = 50)]
    forbidden_m: u32,
    /// Aim at complete areas: this share of residents, in percent
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    areas: Option<u32>,
    /// Look for the best new links (gates, footbridges) in place of sites, up to so many metres long
    #[arg(long, value_name = "METRES")]
    links: Option<u32>,
    /// Measure only so many possible links, the most promising first; then the best may be missed. All when absent
    #[arg(long)]
    links_measured: Option<usize>,
    /// How much a resident of each building counts, in thousandths: CSV (id, lon, lat, weight); 1000 when absent
    #[arg(long, conflicts_with = "areas")]
    weights: Option<PathBuf>,
    /// Where to write; standard output when absent
    #[arg(short, long)]
    out: Option<PathBuf>,
}

struct Sites {
    ids: Vec<String>,
    points: Vec<Point>,
    places: Places,
    costs: Vec<u64>,
}

impl Gaps {
    pub fn run(&self) -> Result<()> {
        let (city, costs) = self.source.load()?;
        if city.buildings.is_empty() {
            return Err(Error::Argument("no buildings: prepare a city with buildings first".into()));
        }
        if let Some(metres) = self.links {
            return self.links(&city, &costs, metres);
        }
        let sites = self.sites(&city)?;
        let classes = chosen(&city, &self.class)?;
        let limit = self.within.cost(&costs.profile);
        let step = Step::begin("measuring what each site would cover");
        let mut s = Scratch::default();
        let ready = Prepared::new(&city.net, &costs, &city.buildings.places);
        let mut parts = Vec::new();
        let people = self.people(&city)?;
        for class in &classes {
            let t = Table::compute(&city.net, &costs, &class.places, 1, limit, &mut s);
            let mut nearest = Vec::new();
            ready.nearest(&city.net, &costs, &t, &mut nearest);
            let lacking = nearest.iter().zip(&people);
            let weights = lacking.map(|(&l, &r)| if l == NONE { u64::from(r) } else { 0 }).collect();
            let places = &city.buildings.places;
            parts.push(Coverage::from_network(&city.net, &costs, &sites.places, places, weights, limit)?);
        }
        let cover = Coverage::join(&parts);
        let total: u64 = cover.weights().iter().sum();
        step.end(&format!("{} sites, {total} residents without", sites.ids.len()));
        let forbidden = self.forbidden(&sites, classes.len())?;
        let step = Step::begin("choosing");
        let plan = self.plan(&city, &cover, &sites, classes.len(), &forbidden)?;
        let what = if self.areas.is_some() { "areas" } else { "residents" };
        step.end(&format!(
            "{} sites reach {} of {} {what}; no choice reaches more than {} ({}.{} % of that is certain{})",
            plan.chosen.len(),
            plan.covered,
            if self.areas.is_some() { plan.bound } else { total },
            plan.bound,
            plan.certain_permille() / 10,
            plan.certain_permille() % 10,
            if plan.is_optimal() { ": the best possible" } else { "" }
        ));
        let n = sites.ids.len();
        let rows = plan.chosen.iter().zip(&plan.gains).enumerate().map(|(i, (&c, gain))| {
            let (class, site) = (c as usize / n, c as usize % n);
            let p = sites.points[site];
            vec![
                (i + 1).to_string(),
                classes[class].name.clone(),
                sites.ids[site].clone(),
                format!("{:.7}", p.lon_degrees()),
                format!("{:.7}", p.lat_degrees()),
                gain.to_string(),
            ]
        });
        csv(output(self.out.as_deref())?, &["rank", "class", "site", "lon", "lat", "gain"], rows)
    }

    /// What the people of each building count: residents, or residents by their weight in whole numbers.
    fn people(&self, city: &City) -> Result<Vec<u32>> {
        let b = &city.buildings;
        let Some(path) = &self.weights else { return Ok(b.residents.clone()) };
        let records = files::read(path, self.source.datum)?;
        let mut weight = std::collections::HashMap::with_capacity(records.len());
        for r in &records {
            weight.insert(r.text("id"), r.number("weight")?);
        }
        let of = |i: usize| u64::from(weight.get(b.ids[i].as_str()).copied().unwrap_or(1_000));
        let one = |i: usize| u32::try_from(u64::from(b.residents[i]) * of(i) / 1_000).unwrap_or(u32::MAX);
        Ok((0..b.len()).map(one).collect())
    }

    fn plan(
        &self,
        city: &City,
        cover: &Coverage,
        sites: &Sites,
        classes: usize,
        forbidden: &[u32],
    ) -> Result<Plan> {
        if let Some(percent) = self.areas {
            let b = &city.buildings;
            let mut lacking = vec![0u64; city.areas.len()];
            let mut all = vec![0u64; city.areas.len()];
            let area: Vec<u32> = (0..classes).flat_map(|_| b.area.iter().copied()).collect();
            for (i, &a) in area.iter().enumerate() {
                if let (Some(l), Some(t)) = (lacking.get_mut(a as usize), all.get_mut(a as usize)) {
                    *l += cover.weights()[i];
                    *t += u64::from(b.residents[i % b.len()]);
                }
            }
            let missing: Vec<u64> = lacking
                .iter()
                .zip(&all)
                .map(|(&l, &t)| l.saturating_sub(t * u64::from(100 - percent) / 100))
                .collect();
            return Ok(cover.complete_areas(&area, &missing, self.k, forbidden));
        }
        if let Some(budget) = self.budget {
            let costs: Vec<u64> = (0..classes).flat_map(|_| sites.costs.iter().copied()).collect();
            return cover.greedy_budget(&costs, budget, forbidden);
        }
        if let Some(steps) = self.exact {
            return Ok(cover.exact(self.k, forbidden, steps));
        }
        let plan = cover.greedy(self.k, forbidden);
        Ok(cover.swap(&plan, forbidden))
    }

    fn sites(&self, city: &City) -> Result<Sites> {
        let net = &city.net;
        if let Some(path) = &self.candidates {
            let records = files::read(path, self.source.datum)?;
            let points: Vec<Point> = records.iter().map(|r| r.shape.middle()).collect();
            let rules = SnapRules::default();
            let places = snap_all(&Index::new(net), &points, &[], &rules, self.source.datum.name())?;
            let ids = records
                .iter()
                .map(|r| if r.text("id").is_empty() { r.number.to_string() } else { r.text("id").into() })
                .collect();
            let mut costs = Vec::new();
            for r in &records {
                costs.push(u64::from(r.number("cost")?));
            }
            return Ok(Sites { ids, points, places, costs });
        }
        let every = (net.nodes.len() / self.sites.max(1)).max(1);
        let nodes: Vec<u32> = (0..net.nodes.len() as u32).step_by(every).collect();
        Ok(Sites {
            ids: nodes.iter().map(|&n| net.node_ids[n as usize].to_string()).collect(),
            points: nodes.iter().map(|&n| net.nodes[n as usize]).collect(),
            places: Places::of(nodes.iter().map(|&n| net.door_of_node(n).into_iter().collect())),
            costs: vec![1; nodes.len()],
        })
    }

    fn forbidden(&self, sites: &Sites, classes: usize) -> Result<Vec<u32>> {
        let Some(path) = &self.forbidden else { return Ok(Vec::new()) };
        let grid = PointGrid::new(&sites.points, 200.0);
        let mut out = Vec::new();
        for r in files::read(path, self.source.datum)? {
            for (i, _) in grid.within(r.shape.middle(), f64::from(self.forbidden_m)) {
                out.extend((0..classes as u32).map(|c| c * sites.ids.len() as u32 + i));
            }
        }
        out.sort_unstable();
        out.dedup();
        Ok(out)
    }

    fn links(&self, city: &City, costs: &Costs, metres: u32) -> Result<()> {
        let classes = chosen(city, &self.class)?;
        let limit = self.within.cost(&costs.profile);
        let (mut s, net) = (Scratch::default(), &city.net);
        let ready = Prepared::new(net, costs, &city.buildings.places);
        let tables: Vec<Table> =
            classes.iter().map(|c| Table::compute(net, costs, &c.places, 1, limit, &mut s)).collect();
        let nearest: Vec<Vec<u64>> = tables
            .iter()
            .map(|t| {
                let mut out = Vec::new();
                ready.nearest(net, costs, t, &mut out);
                out
            })
            .collect();
        let needs: Vec<Need> =
            tables.iter().zip(&nearest).map(|(table, nearest)| Need { table, nearest }).collect();
        let step = Step::begin("looking for pairs of junctions");
        let links = propose(net, costs, &needs, f64::from(metres));
        let found = links.len();
        step.end(&format!("{found} possible links"));
        let most = self.links_measured.unwrap_or(found).min(found);
        let mut progress = Progress::begin("measuring links", most);
        let residents = self.people(city)?;
        let mut linker = Linker::new(net, costs, &city.buildings.places);
        let mut savings: Vec<_> = links
            .iter()
            .take(most)
            .map(|l| {
                progress.one();
                linker.measure(net, costs, &needs, &residents, l)
            })
            .collect();
        progress.end(&if most == found {
            format!("all {found}: no link between two junctions saves more than the first")
        } else {
            format!("the {most} most promising of {found}: one left out may save more")
        });
        savings.sort_by_key(|s| (std::cmp::Reverse(s.saved), s.link.from, s.link.to));
        let speed = u64::from(costs.profile.speed_cm_s);
        let rows = savings.iter().take(self.k).enumerate().map(|(i, s)| {
            let at = |d: walk::Door| net.point_at(d.edge, d.offset_cm);
            let (a, b) = (at(s.link.from), at(s.link.to));
            vec![
                (i + 1).to_string(),
                format!("{:.7}", a.lon_degrees()),
                format!("{:.7}", a.lat_degrees()),
                format!("{:.7}", b.lon_degrees()),
                format!("{:.7}", b.lat_degrees()),
                (s.link.cost / 100).to_string(),
                (s.saved / speed / 60).to_string(),
                s.gained.to_string(),
            ]
        });
        let head = [
            "rank",
            "from_lon",
            "from_lat",
            "to_lon",
            "to_lat",
            "metres",
            "resident_minutes_saved",
            "residents_gaining",
        ];
        csv(output(self.out.as_deref())?, &head, rows)
    }
}

//! A district's own files: paths, gates, compounds, residents, and coordinates in the wrong system.

use walk::access::{Stop, Traits};
use walk::build::build;
use walk::files::{buildings, compounds, facilities, gates, parse, paths};
use walk::index::{Index, SnapRules};
use walk::nearest::{Scratch, Table};
use walk::raw::{Raw, RawWay};
use walk::search::{NONE, cost_of};
use walk::{Datum, Door, Error, Network, Places, Point, Profile};

fn at(x: i32, y: i32) -> Point {
    Point { lon: 1_133_000_000 + x, lat: 231_000_000 + y }
}

/// Two streets of about 2 km, 220 m apart, joined only at their west ends.
fn raw() -> Raw {
    let line: Vec<Point> =
        [(0, 0), (200_000, 0), (0, 20_000), (200_000, 20_000)].map(|(x, y)| at(x, y)).to_vec();
    let mut raw = Raw {
        ids: (0..4).collect(),
        stops: vec![Stop::default(); 4],
        cut: vec![false; 4],
        points: line,
        names: vec![String::new()],
        ..Raw::default()
    };
    for pair in [[0, 1], [2, 3], [0, 2]] {
        let start = raw.refs.len() as u32;
        raw.refs.extend(pair);
        raw.ways.push(RawWay { start, end: start + 2, traits: Traits::default(), name: 0, square: false });
    }
    raw
}

fn between(net: &Network, from: Point, to: Point) -> Option<u32> {
    let index = Index::new(net);
    let door = |p| -> Door { index.nearest(p, 50.0).unwrap().door };
    let costs = net.costs(&Profile::general());
    let t =
        Table::compute(net, &costs, &Places::single(vec![door(to)]), 1, 100_000_000, &mut Scratch::default());
    let l = t.answers(net, &costs, &Places::single(vec![door(from)]))[0];
    (l != NONE).then(|| cost_of(l))
}

fn geojson(kind: &str, properties: &str, points: &[Point]) -> Vec<u8> {
    let list: Vec<String> =
        points.iter().map(|p| format!("[{:.7},{:.7}]", p.lon_degrees(), p.lat_degrees())).collect();
    let c = match kind {
        "Point" => list.concat(),
        "Polygon" => format!("[[{}]]", list.join(",")),
        _ => format!("[{}]", list.join(",")),
    };
    format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},
        "geometry":{{"type":"{kind}","coordinates":{c}}}}}]}}"#
    )
    .into_bytes()
}

#[test]
fn a_drawn_path_joins_and_a_gate_cuts_it() {
    let (a, b) = (at(150_000, 0), at(150_000, 20_000));
    let plain = build(raw(), None).unwrap();
    let round = between(&plain, a, b).unwrap();
    let draw = |r: &mut Raw| {
        let p = paths(
            &parse(&geojson("LineString", r#"{"name":"新桥","kind":"bridge"}"#, &[a, b]), Datum::Wgs84)
                .unwrap(),
        );
        assert_eq!(r.add_paths(&p.unwrap(), 500).unwrap(), [2]);
    };
    let mut r = raw();
    draw(&mut r);
    let net = build(r, None).unwrap();
    let straight = between(&net, a, b).unwrap();
    assert!(round > 300_000 && straight < 23_000, "{round} {straight}");
    assert!(net.edges.iter().any(|e| e.traits.has(Traits::ADDED | Traits::BRIDGE)));
    assert!(net.names.iter().any(|n| n == "新桥"));

    // a closed gate on it cuts it, the same gate opened lets through
    for (open, want) in [("no", round), ("yes", straight)] {
        let mut r = raw();
        draw(&mut r);
        let middle = at(150_000, 10_000);
        let shut = parse(&geojson("Point", r#"{"open":"no"}"#, &[middle]), Datum::Wgs84).unwrap();
        assert_eq!(r.add_gates(&gates(&shut).unwrap(), 500).unwrap(), 0);
        let g =
            parse(&geojson("Point", &format!(r#"{{"open":"{open}"}}"#), &[middle]), Datum::Wgs84).unwrap();
        assert_eq!(r.add_gates(&gates(&g).unwrap(), 500).unwrap(), 0);
        // a point more on a line: two roundings
        let got = between(&build(r, None).unwrap(), a, b).unwrap();
        assert!(got.abs_diff(want) <= 2, "{open}: {got} {want}");
    }
    let lost = parse(b"lon,lat,open\n113.4,23.2,no\n", Datum::Wgs84).unwrap();
    assert_eq!(raw().add_gates(&gates(&lost).unwrap(), 500).unwrap(), 1);
}

#[test]
fn paths_tie_to_each_other_and_twice_to_one_street() {
    // a loop that leaves the south street and comes back to it, and a second path from the loop to the north street
    let ends = [at(50_000, 0), at(50_000, 8_000), at(100_000, 8_000), at(100_000, 0)];
    let on = [at(80_000, 8_000), at(80_000, 20_000)];
    let text = |l: &[Point]| paths(&parse(&geojson("LineString", "{}", l), Datum::Wgs84).unwrap()).unwrap();
    let mut r = raw();
    let both = [text(&ends), text(&on)].concat();
    assert_eq!(r.add_paths(&both, 500).unwrap(), [2, 2]);
    let net = build(r, None).unwrap();
    assert!(between(&net, at(75_000, 0), at(80_000, 20_000)).unwrap() < 100_000);
    // lines that only cross are not joined: a path over both streets, tied nowhere
    let mut r = raw();
    let over = text(&[at(120_000, -9_000), at(120_000, 29_000)]);
    assert_eq!(r.add_paths(&over, 500).unwrap(), [0]);
    assert!(between(&build(r, None).unwrap(), at(121_000, 0), at(121_000, 20_000)).unwrap() > 200_000);
}

#[test]
fn residents_of_a_compound_leave_by_its_gate() {
    let net = build(raw(), None).unwrap();
    let index = Index::new(&net);
    let wall = [at(20_000, 1_000), at(60_000, 1_000), at(60_000, 19_000), at(20_000, 19_000)];
    let mut records = parse(&geojson("Polygon", r#"{"compound":"甲"}"#, &wall), Datum::Wgs84).unwrap();
    records.extend(
        parse(&geojson("Point", r#"{"compound":"甲"}"#, &[at(40_000, 19_000)]), Datum::Wgs84).unwrap(),
    );
    let compounds = compounds(&records);
    assert_eq!((compounds.len(), compounds[0].gates.len()), (1, 1));
    let csv = "id,lon,lat,residents,area\nh,113.304,23.1003,7,社区\n";
    let homes = parse(csv.as_bytes(), Datum::Wgs84).unwrap();
    let (b, areas) = buildings(&homes, &index, &compounds, &SnapRules::default(), Datum::Wgs84).unwrap();
    assert_eq!((b.residents.as_slice(), areas), (&[7][..], vec!["社区".to_owned()]));
    // 33 m from the south street, but the gate is in the north wall
    assert!(b.places.doors(0)[0].access_cm > 17_000);
    assert!(net.point_at(b.places.doors(0)[0].edge, b.places.doors(0)[0].offset_cm).lat > 231_010_000);
}

#[test]
fn coordinates_of_another_system_are_refused_until_it_is_named() {
    let net = build(raw(), None).unwrap();
    let index = Index::new(&net);
    // shops along the streets, as a map service in GCJ-02 or BD-09 would give them
    for datum in [Datum::Gcj02, Datum::Bd09] {
        let mut csv = String::from("id,class,lon,lat\n");
        for i in 0..20 {
            let (lon, lat) = datum.from_wgs84(at(10_000 * i, 20_000 * (i % 2)));
            csv += &format!("{i},shop,{lon:.7},{lat:.7}\n");
        }
        let placed = |d: Datum| {
            facilities(&parse(csv.as_bytes(), d).unwrap(), "shop", &index, &SnapRules::default(), d)
        };
        for wrong in [Datum::Wgs84, Datum::Cgcs2000] {
            assert!(matches!(placed(wrong), Err(Error::OffNetwork { datum, .. }) if datum == wrong.name()));
        }
        let right = placed(datum).unwrap();
        assert!(right[0].places.doors.iter().all(|d| d.access_cm < 10), "{datum:?}");
    }
}

#[test]
fn columns_and_texts_are_bounded() {
    let wide = format!("lon,lat,id{}\n113.3,23.1,a{}\n", ",x".repeat(5_000), ",yyyy".repeat(5_000));
    let r = parse(wide.as_bytes(), Datum::Wgs84).unwrap();
    assert_eq!((r.len(), r[0].text("id"), r[0].text("x")), (1, "a", ""));
    let long = format!("lon,lat,id\n113.3,23.1,{}\n", "a".repeat(400));
    assert!(matches!(parse(long.as_bytes(), Datum::Wgs84), Err(Error::Record { record: 1, .. })));
}

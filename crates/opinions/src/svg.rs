//! A picture of the groups, and a table that says the same.
//!
//! Each dot is a base cluster, the larger the more people; groups differ by shape and letter as well as by colour, so
//! that nothing hangs on colour alone. The text is the caller's ([`Words`]). Nobody's number is in it.

use crate::compute::Picture;
use std::fmt::Write;

/// The words of picture and table, in the reader's language.
#[derive(Debug, Clone)]
pub struct Words {
    /// Title of the picture.
    pub title: String,
    /// "Group".
    pub group: String,
    /// "People".
    pub people: String,
    /// "Share of those in groups".
    pub share: String,
    /// "Centre".
    pub center: String,
    /// "Dots".
    pub dots: String,
    /// "Mean distance from the centre".
    pub spread: String,
    /// What the axes are: "First component".
    pub first: String,
    /// "Second component".
    pub second: String,
    /// Said when there are no groups.
    pub nothing: String,
}

impl Default for Words {
    fn default() -> Self {
        let s = String::from;
        Self {
            title: s("Opinion groups"),
            group: s("Group"),
            people: s("People"),
            share: s("Share"),
            center: s("Centre"),
            dots: s("Dots"),
            spread: s("Mean distance"),
            first: s("First component"),
            second: s("Second component"),
            nothing: s("There are no groups yet."),
        }
    }
}

/// Colours that keep a contrast of at least 3 : 1 on white and differ in lightness too.
const COLOURS: [&str; 5] = ["#1f5fa8", "#b3361e", "#2f7d4f", "#7a4b9d", "#6b5d00"];
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 520.0;
const MARGIN: f64 = 40.0;

/// What the picture shows of a group, in words and numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Letter in the picture: A, B, ….
    pub letter: String,
    /// Number of the group.
    pub id: u32,
    /// Its people.
    pub people: u32,
    /// Its share of all people in groups, 0 to 1.
    pub share: f64,
    /// Its centre.
    pub center: [f64; 2],
    /// Its dots.
    pub dots: usize,
    /// Mean distance of its people's dots from its centre.
    pub spread: f64,
}

fn letter(i: usize) -> String {
    char::from_u32('A' as u32 + (i % 26) as u32).map_or_else(|| i.to_string(), String::from)
}

/// The table behind the picture.
#[must_use]
pub fn rows(picture: &Picture) -> Vec<Row> {
    let all: u32 = picture.split.groups.iter().map(|g| g.people).sum();
    picture
        .split
        .groups
        .iter()
        .enumerate()
        .map(|(i, g)| {
            let distance: f64 = g
                .base
                .iter()
                .map(|&b| {
                    let b = &picture.base[b as usize];
                    let [x, y] = [0, 1].map(|k: usize| b.center[k] - g.center[k]);
                    b.members.len() as f64 * crate::pca::length([x, y])
                })
                .sum();
            Row {
                letter: letter(i),
                id: g.id,
                people: g.people,
                share: f64::from(g.people) / f64::from(all.max(1)),
                center: g.center,
                dots: g.base.len(),
                spread: distance / f64::from(g.people.max(1)),
            }
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The table as an HTML fragment.
#[must_use]
pub fn table(picture: &Picture, words: &Words) -> String {
    let rows = rows(picture);
    if rows.is_empty() {
        return format!("<p>{}</p>\n", escaped(&words.nothing));
    }
    let mut out = format!("<table>\n<caption>{}</caption>\n<thead><tr>", escaped(&words.title));
    for h in [&words.group, &words.people, &words.share, &words.center, &words.dots, &words.spread] {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(h));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for r in rows {
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{:.1} %</td><td>{:.2}, {:.2}</td><td>{}</td><td>{:.2}</td></tr>",
            r.letter,
            r.people,
            r.share * 100.0,
            r.center[0],
            r.center[1],
            r.dots,
            r.spread
        );
    }
    out.push_str("</tbody>\n</table>\n");
    out
}

/// Every dot as a line of CSV: group, number of the base cluster, people, place.
#[must_use]
pub fn dots_csv(picture: &Picture) -> String {
    let mut out = String::from("group,group-id,base-cluster,people,x,y\n");
    for (i, g) in picture.split.groups.iter().enumerate() {
        for &b in &g.base {
            let b = &picture.base[b as usize];
            let [x, y] = b.center;
            let _ = writeln!(out, "{},{},{},{},{x:.6},{y:.6}", letter(i), g.id, b.id, b.members.len());
        }
    }
    out
}

/// From the plane to the drawing.
struct Frame {
    scale: f64,
    middle: [f64; 2],
}

impl Frame {
    fn of(picture: &Picture) -> Self {
        let (mut low, mut high) = ([0.0f64; 2], [0.0f64; 2]);
        for b in &picture.base {
            for k in 0..2 {
                low[k] = low[k].min(b.center[k]);
                high[k] = high[k].max(b.center[k]);
            }
        }
        let span = [0, 1].map(|k: usize| (high[k] - low[k]).max(1e-9));
        let scale = ((WIDTH - 2.0 * MARGIN) / span[0]).min((HEIGHT - 2.0 * MARGIN) / span[1]);
        Self { scale, middle: [0, 1].map(|k: usize| f64::midpoint(low[k], high[k])) }
    }
    fn place(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [WIDTH / 2.0 + (x - self.middle[0]) * self.scale, HEIGHT / 2.0 - (y - self.middle[1]) * self.scale]
    }
}

/// Convex hull (Andrew's monotone chain), counterclockwise.
fn hull(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let cross =
        |o: [f64; 2], a: [f64; 2], b: [f64; 2]| (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
    let half = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut line: Vec<[f64; 2]> = Vec::new();
        for p in points {
            while line.len() >= 2 && cross(line[line.len() - 2], line[line.len() - 1], p) <= 0.0 {
                line.pop();
            }
            line.push(p);
        }
        line.pop();
        line
    };
    let mut out = half(&mut points.iter().copied());
    out.extend(half(&mut points.iter().rev().copied()));
    out
}

/// One dot: a circle, square, triangle, diamond or cross, of the same area in each shape.
fn dot(out: &mut String, shape: usize, [x, y]: [f64; 2], r: f64) {
    let _ = match shape % 5 {
        0 => write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\"/>"),
        1 => {
            let h = r * 0.886;
            write!(
                out,
                "<path d=\"M{:.1} {:.1}h{:.1}v{:.1}h-{:.1}z\"/>",
                x - h,
                y - h,
                2.0 * h,
                2.0 * h,
                2.0 * h
            )
        }
        2 => {
            let h = r * 1.35;
            write!(out, "<path d=\"M{x:.1} {:.1}l{h:.1} {:.1}h-{:.1}z\"/>", y - h * 1.155, h * 1.732, 2.0 * h)
        }
        3 => {
            let h = r * 1.253;
            write!(out, "<path d=\"M{x:.1} {:.1}l{h:.1} {h:.1}-{h:.1} {h:.1}-{h:.1}-{h:.1}z\"/>", y - h)
        }
        _ => {
            let (a, b) = (r * 0.396, r * 1.189);
            let arm = b - a;
            write!(
                out,
                "<path d=\"M{:.1} {:.1}h{:.1}v{arm:.1}h{arm:.1}v{:.1}h-{arm:.1}v{arm:.1}h-{:.1}v-{arm:.1}h-{arm:.1}v-{:.1}h{arm:.1}z\"/>",
                x - a,
                y - b,
                2.0 * a,
                2.0 * a,
                2.0 * a,
                2.0 * a
            )
        }
    };
}

/// The picture as SVG, 720 by 520 units. Its description reads out the table.
#[must_use]
pub fn svg(picture: &Picture, words: &Words) -> String {
    let rows = rows(picture);
    let mut told = String::new();
    for r in &rows {
        let _ = write!(
            told,
            "{} {}: {} {}, {:.1} %, {} {:.2}, {:.2}. ",
            words.group,
            r.letter,
            words.people,
            r.people,
            r.share * 100.0,
            words.center,
            r.center[0],
            r.center[1]
        );
    }
    if rows.is_empty() {
        told.clone_from(&words.nothing);
    }
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"t d\" font-family=\"sans-serif\" font-size=\"15\">\n\
         <title id=\"t\">{}</title>\n<desc id=\"d\">{}</desc>\n",
        escaped(&words.title),
        escaped(told.trim_end())
    );
    let frame = Frame::of(picture);
    let [ox, oy] = frame.place([0.0, 0.0]);
    let _ = writeln!(
        out,
        "<path d=\"M0 {oy:.1}H{WIDTH}M{ox:.1} 0V{HEIGHT}\" stroke=\"#c9c4ba\" stroke-width=\"1\" fill=\"none\"/>\n\
         <text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#5c574f\" font-size=\"12\">{}</text>\n\
         <text x=\"{:.1}\" y=\"14\" fill=\"#5c574f\" font-size=\"12\">{}</text>",
        WIDTH - 4.0,
        oy - 5.0,
        escaped(&words.first),
        ox + 5.0,
        escaped(&words.second)
    );
    for (i, g) in picture.split.groups.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        let outline = hull(g.base.iter().map(|&b| frame.place(picture.base[b as usize].center)).collect());
        let points: Vec<String> = outline.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(
            out,
            "<polygon points=\"{}\" fill=\"{colour}\" stroke=\"{colour}\" stroke-width=\"20\" stroke-linejoin=\"round\" \
             opacity=\"0.1\"/>\n<g fill=\"{colour}\" fill-opacity=\"0.75\">",
            points.join(" ")
        );
        for &b in &g.base {
            let b = &picture.base[b as usize];
            // area grows with people
            let r = (3.0 * (b.members.len() as f64).sqrt()).min(24.0);
            dot(&mut out, i, frame.place(b.center), r);
        }
        out.push_str("</g>\n");
    }
    for (r, g) in rows.iter().zip(&picture.split.groups) {
        let [x, y] = frame.place(g.center);
        let _ = writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" dominant-baseline=\"central\" font-size=\"22\" \
             font-weight=\"bold\" fill=\"#1d1b18\" stroke=\"#fff\" stroke-width=\"4\" paint-order=\"stroke\">{} · {}</text>",
            r.letter, r.people
        );
    }
    out.push_str("</svg>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::Params;
    use crate::history::History;
    use crate::synth;

    fn picture() -> Picture {
        let r = synth::conversation(&synth::Plan { people: 300, ..synth::Plan::default() }).unwrap();
        crate::compute(&r, &Params::default(), &History::default()).0
    }

    #[test]
    fn picture_and_table_say_the_same() {
        let p = picture();
        let (svg, table) = (svg(&p, &Words::default()), table(&p, &Words::default()));
        for r in rows(&p) {
            assert!(svg.contains(&format!(">{} · {}<", r.letter, r.people)));
            assert!(table.contains(&format!("<th scope=\"row\">{}</th><td>{}</td>", r.letter, r.people)));
        }
        let people: u32 = rows(&p).iter().map(|r| r.people).sum();
        assert_eq!(people as usize, p.placed.len());
        assert!((rows(&p).iter().map(|r| r.share).sum::<f64>() - 1.0).abs() < 1e-12);
        let dots = svg.matches("<circle").count() + svg.matches("<path").count() - 1;
        assert_eq!(dots, p.base.len());
        assert_eq!(dots_csv(&p).lines().count(), p.base.len() + 1);
    }

    #[test]
    fn words_are_escaped_and_nothing_is_said() {
        let words = Words { title: "a <b> & \"c\"".into(), ..Words::default() };
        let empty = Picture::default();
        assert!(svg(&empty, &words).contains("<title id=\"t\">a &lt;b&gt; &amp; &quot;c&quot;</title>"));
        assert!(svg(&empty, &words).contains("There are no groups yet."));
        assert!(table(&empty, &words).contains("There are no groups yet."));
    }

    #[test]
    fn a_hull_by_hand() {
        let h = hull(vec![[0.0, 0.0], [2.0, 0.0], [1.0, 1.0], [2.0, 2.0], [0.0, 2.0], [1.0, 0.0]]);
        assert_eq!(h, [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]);
    }
}

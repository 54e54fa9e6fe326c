//! Two pictures for the page, as SVG: when it happened, and who touched what.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use bastide_finding::{guardduty, words};
use bastide_ids::Timestamp;

use super::facts::{Actor, Facts, label_of, stage};
use super::html::escape;
use super::text::{shortened, span};

/// Actors that a picture shows: the severest.
const ACTORS: usize = 30;
/// Others that a picture shows on each side.
const OTHERS: usize = 40;
const WIDTH: usize = 1_000;
/// Where the lanes of the timeline begin and end.
const LEFT: f64 = 230.0;
const RIGHT: f64 = 970.0;

/// A lane for each actor, a mark for each finding at the time when it began.
pub(crate) fn timeline(facts: &Facts) -> String {
    let actors: Vec<&Actor> = facts.actors.iter().take(ACTORS).collect();
    let first = actors.iter().map(|actor| actor.first).min().unwrap_or_default();
    let last = actors.iter().map(|actor| actor.last).max().unwrap_or_default();
    let height = 26 * actors.len() + 50;
    let mut out = open("when", WIDTH, height, "Findings in the order of time", &span(first, last));
    for (step, label) in ticks(first, last) {
        let x = across(step, first, last);
        let _ = writeln!(
            out,
            "<line class=\"rule\" x1=\"{x:.1}\" y1=\"8\" x2=\"{x:.1}\" y2=\"{}\"/><text class=\"soft\" x=\"{x:.1}\" \
             y=\"{}\" text-anchor=\"middle\">{}</text>",
            height - 34,
            height - 16,
            escape(&label)
        );
    }
    for (lane, actor) in actors.iter().enumerate() {
        let y = 26 * lane + 20;
        let name = shortened(&actor.name, 34);
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <line class=\"rule\" x1=\"{LEFT}\" y1=\"{y}\" x2=\"{RIGHT}\" y2=\"{y}\"/>",
            LEFT - 12.0,
            y + 4,
            escape(&name)
        );
        // Marks at about the same place would hide each other: the severest of them is shown, and links there.
        let mut marks = BTreeMap::new();
        for (index, finding) in facts.of(actor) {
            let x = across(finding.detection.first, first, last);
            let severity = guardduty::severity(&finding.detection);
            #[allow(clippy::cast_possible_truncation, reason = "a place in a picture of 1,000")]
            let slot = marks.entry((x / 7.0) as i64).or_insert((severity, index, x, 0));
            slot.3 += 1;
            if severity > slot.0 {
                (slot.0, slot.1) = (severity, index);
            }
        }
        for (_, index, x, count) in marks.into_values() {
            if let Some(finding) = facts.findings.get(index) {
                let label = label_of(finding);
                let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
                let title = format!(
                    "{} {label}: {}{more}",
                    finding.detection.first.iso8601(),
                    words::title(&finding.detection)
                );
                let _ = writeln!(
                    out,
                    "<a href=\"#f-{}\"><circle class=\"{}\" cx=\"{x:.1}\" cy=\"{y}\" r=\"{}\"><title>{}</title></circle></a>",
                    escape(&finding.id),
                    label.to_lowercase(),
                    if label == "Low" { 5 } else { 7 },
                    escape(&title)
                );
            }
        }
    }
    close(out)
}

/// Where from on the left, the actors in the middle, what they touched on the right.
pub(crate) fn graph(facts: &Facts) -> String {
    let actors: Vec<&Actor> = facts.actors.iter().take(ACTORS).collect();
    let remotes = others(&actors, |actor| &actor.remotes);
    let objects = others(&actors, |actor| &actor.objects);
    let rows = actors.len().max(remotes.len()).max(objects.len());
    let height = 34 * rows + 46;
    let what = "Addresses and services on the left, actors in the middle, what they touched on the right";
    let mut out = open("who", WIDTH, height, "Who touched what", what);
    for (x, title) in [(120, "From or to"), (500, "Actors"), (880, "Touched")] {
        let _ =
            writeln!(out, "<text class=\"soft\" x=\"{x}\" y=\"16\" text-anchor=\"middle\">{title}</text>");
    }
    let place = |index: usize, count: usize| {
        // Each column is spread over the whole height.
        (34 * rows) * (2 * index + 1) / (2 * count.max(1)) + 26
    };
    for (index, actor) in actors.iter().enumerate() {
        let y = place(index, actors.len());
        for (row, remote) in remotes.iter().enumerate() {
            if actor.remotes.contains(*remote) {
                edge(&mut out, (230, place(row, remotes.len())), (390, y));
            }
        }
        for (row, object) in objects.iter().enumerate() {
            if actor.objects.contains(*object) {
                edge(&mut out, (610, y), (770, place(row, objects.len())));
            }
        }
    }
    for (row, remote) in remotes.iter().enumerate() {
        node(&mut out, 10, 220, place(row, remotes.len()), remote, "soft");
    }
    for (row, object) in objects.iter().enumerate() {
        node(&mut out, 770, 220, place(row, objects.len()), object, "soft");
    }
    for (row, actor) in actors.iter().enumerate() {
        let label = guardduty::severity_label(actor.severity).to_lowercase();
        node(&mut out, 390, 220, place(row, actors.len()), &actor.name, &label);
    }
    let mut out = close(out);
    stages(&mut out, facts, &actors);
    out
}

/// The stages of each actor in the order of time, in words: what the picture cannot say.
fn stages(out: &mut String, facts: &Facts, actors: &[&Actor]) {
    out.push_str("<ul>\n");
    for actor in actors.iter().take(10) {
        let mut stages: Vec<String> = Vec::new();
        for (_, finding) in facts.of(actor) {
            let stage = stage(finding);
            if !stages.contains(&stage) {
                stages.push(stage);
            }
        }
        let _ = writeln!(out, "<li>{}: {}</li>", escape(&actor.name), escape(&stages.join(", then ")));
    }
    out.push_str("</ul>\n");
}

fn others<'f>(actors: &[&'f Actor], of: impl Fn(&'f Actor) -> &'f BTreeSet<String>) -> Vec<&'f String> {
    let mut seen = BTreeSet::new();
    let all = actors.iter().flat_map(|actor| of(actor)).filter(|other| seen.insert(*other));
    all.take(OTHERS).collect()
}

fn edge(out: &mut String, from: (usize, usize), to: (usize, usize)) {
    let middle = usize::midpoint(from.0, to.0);
    let _ = writeln!(
        out,
        "<path class=\"edge\" d=\"M{} {} C{middle} {} {middle} {} {} {}\"/>",
        from.0, from.1, from.1, to.1, to.0, to.1
    );
}

fn node(out: &mut String, x: usize, width: usize, y: usize, text: &str, class: &str) {
    let _ = writeln!(
        out,
        "<g><title>{}</title><rect class=\"node\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"26\" rx=\"6\"/>\
         <circle class=\"{class}\" cx=\"{}\" cy=\"{y}\" r=\"5\"/><text x=\"{}\" y=\"{}\">{}</text></g>",
        escape(text),
        y.saturating_sub(13),
        x + 14,
        x + 26,
        y + 4,
        escape(&shortened(text, 30))
    );
}

fn open(id: &str, width: usize, height: usize, title: &str, description: &str) -> String {
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{0}\">\n\
         <svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-text\">\n\
         <title id=\"{id}-title\">{0}</title>\n<desc id=\"{id}-text\">{1}</desc>\n",
        escape(title),
        escape(description)
    )
}

fn close(mut out: String) -> String {
    out.push_str("</svg>\n</div>\n");
    out
}

/// Where a time stands in the timeline.
fn across(time: Timestamp, first: Timestamp, last: Timestamp) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a place in a picture of 1,000")]
    let (part, whole) = ((time.millis() - first.millis()) as f64, (last.millis() - first.millis()) as f64);
    if whole <= 0.0 { f64::midpoint(LEFT, RIGHT) } else { LEFT + 10.0 + (RIGHT - LEFT - 20.0) * part / whole }
}

/// Up to about eight round moments between two, with what to call them.
fn ticks(first: Timestamp, last: Timestamp) -> Vec<(Timestamp, String)> {
    const MINUTE: i64 = 60_000;
    const STEPS: [i64; 14] =
        [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440, 2 * 1_440, 7 * 1_440, 30 * 1_440];
    let length = last.millis() - first.millis();
    let step =
        STEPS.iter().map(|step| step * MINUTE).find(|step| length / step <= 8).unwrap_or(length / 8 + 1);
    let mut moment = first.millis().div_euclid(step) * step + step;
    let mut ticks = Vec::new();
    while moment < last.millis() && ticks.len() < 20 {
        let time = Timestamp::from_millis(moment);
        let text = time.iso8601();
        let label = if step >= 1_440 * MINUTE { text.get(5..10) } else { text.get(11..16) };
        ticks.push((time, label.unwrap_or_default().to_owned()));
        moment += step;
    }
    ticks
}

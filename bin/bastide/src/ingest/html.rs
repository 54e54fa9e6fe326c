//! The report as one page for a browser: nothing is loaded from elsewhere, no script runs.

use std::fmt::Write as _;

use bastide_finding::{Finding, guardduty, words};

use super::facts::{Actor, Facts, agent, label_of, stage};
use super::picture;
use super::text::{grouped, plural, some, span};

/// Findings that the page tells; the files beside it have all.
const FINDINGS: usize = 2_000;

/// The whole page.
pub(crate) fn page(facts: &Facts) -> String {
    let mut out = String::with_capacity(64 << 10);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Bastide: findings</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    );
    head(&mut out, facts);
    if !facts.findings.is_empty() {
        out.push_str("<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">When</h2>\n");
        out.push_str(&picture::timeline(facts));
        out.push_str(
            "</section>\n<section aria-labelledby=\"picture\">\n<h2 id=\"picture\">Who touched what</h2>\n",
        );
        out.push_str(&picture::graph(facts));
        out.push_str(
            "</section>\n<section aria-labelledby=\"actors\">\n<h2 id=\"actors\">Actors and findings</h2>\n",
        );
        let mut left = FINDINGS;
        for actor in &facts.actors {
            if left == 0 {
                out.push_str("<p>There are more findings; the files beside this page have all.</p>\n");
                break;
            }
            left -= self::actor(&mut out, facts, actor, left);
        }
        out.push_str("</section>\n");
    }
    input(&mut out, facts);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn head(out: &mut String, facts: &Facts) {
    let time = facts.read.span.map_or(String::new(), |(first, last)| format!(" of {}", span(first, last)));
    let _ = writeln!(
        out,
        "<header>\n<h1>What the logs show</h1>\n<p>{} read{}.</p>\n<ul class=\"counts\">",
        plural(facts.read.records, "record was", "records were"),
        escape(&time)
    );
    for (label, count) in facts.severities() {
        let class = label.to_lowercase();
        let _ =
            writeln!(out, "<li class=\"{class}\"><strong>{}</strong> {class}</li>", grouped(count as u64));
    }
    let _ = writeln!(
        out,
        "<li><strong>{}</strong> {}</li>\n</ul>\n</header>\n<main>",
        grouped(facts.actors.len() as u64),
        if facts.actors.len() == 1 { "actor" } else { "actors" }
    );
    if facts.findings.is_empty() {
        out.push_str("<p>Nothing was found.</p>\n");
    }
}

/// An actor and up to `most` of its findings; gives how many these were.
fn actor(out: &mut String, facts: &Facts, actor: &Actor, most: usize) -> usize {
    let label = guardduty::severity_label(actor.severity);
    let account = match actor.account.as_str() {
        "" => String::new(),
        account => format!(" <small>account {}</small>", escape(account)),
    };
    let _ = writeln!(
        out,
        "<article class=\"actor\">\n<h3><span class=\"badge {}\">{label}</span> {}{account}</h3>",
        label.to_lowercase(),
        escape(&actor.name)
    );
    out.push_str("<dl>\n");
    entry(out, "When", &span(actor.first, actor.last));
    if !actor.remotes.is_empty() {
        entry(out, "From or to", &some(actor.remotes.iter(), 20));
    }
    if !actor.agents.is_empty() {
        entry(out, "With", &some(actor.agents.iter(), 10));
    }
    if !actor.objects.is_empty() {
        entry(out, "Touched", &some(actor.objects.iter(), 20));
    }
    out.push_str("</dl>\n<ol>\n");
    let mut shown = 0;
    for (_, finding) in facts.of(actor).take(most) {
        shown += 1;
        self::finding(out, finding);
    }
    out.push_str("</ol>\n</article>\n");
    shown
}

fn finding(out: &mut String, finding: &Finding) {
    let detection = &finding.detection;
    let label = label_of(finding);
    let _ = writeln!(
        out,
        "<li id=\"f-{}\">\n<h4><span class=\"badge {}\">{label} {:.1}</span> {}</h4>\n\
         <p class=\"kind\">{} · <code>{}</code> · {}</p>\n<p>{}</p>",
        escape(&finding.id),
        label.to_lowercase(),
        guardduty::severity(detection),
        escape(&words::title(detection)),
        escape(&stage(finding)),
        escape(detection.kind.name),
        escape(&span(detection.first, detection.last)),
        escape(&words::description(detection)),
    );
    out.push_str("<dl>\n");
    entry(out, "Count", &grouped(detection.count));
    let from = words::remote(detection);
    if !from.is_empty() {
        entry(out, "From or to", &from);
    }
    if !agent(finding).is_empty() {
        entry(out, "With", agent(finding));
    }
    for threat in &detection.threats {
        entry(out, "Listed", &format!("{} {}", threat.list, threat.names.join(", ")));
    }
    out.push_str("</dl>\n");
    if !detection.reasons.is_empty() {
        out.push_str(
            "<table>\n<caption>Why</caption>\n<thead><tr><th scope=\"col\">Measured</th><th scope=\"col\">Seen</th>\
             <th scope=\"col\">Usual, or the limit</th></tr></thead>\n<tbody>\n",
        );
        for reason in &detection.reasons {
            let _ = writeln!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
                escape(&reason.measure),
                escape(&reason.observed),
                escape(&reason.expected)
            );
        }
        out.push_str("</tbody>\n</table>\n");
    }
    if !detection.evidence.is_empty() {
        out.push_str("<details>\n<summary>Records that show it</summary>\n<ul>\n");
        for record in &detection.evidence {
            let _ = writeln!(
                out,
                "<li><time>{}</time> {} <code>{}</code></li>",
                escape(&record.time.iso8601()),
                escape(&record.what),
                escape(&record.id)
            );
        }
        out.push_str("</ul>\n</details>\n");
    }
    out.push_str("</li>\n");
}

fn entry(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
}

/// What was read, and what could not be.
fn input(out: &mut String, facts: &Facts) {
    let (read, counts) = (&facts.read, facts.counts);
    out.push_str("<section aria-labelledby=\"input\">\n<h2 id=\"input\">What was read</h2>\n<dl>\n");
    for (kind, count) in &read.kinds {
        entry(out, &format!("Records: {}", kind.as_str()), &grouped(*count));
    }
    for (name, count) in [
        ("Files read", read.read),
        ("Files read before", read.unchanged),
        ("Files that are no logs known here", read.unknown),
        ("Files not read to their ends", read.damaged),
        ("Records that could not be read", read.rejected),
        ("Records of other kinds", read.foreign),
        ("Records that came twice", counts.duplicates),
        ("Records more than 6 hours late", counts.late),
        ("Records of times that cannot be", counts.ahead),
    ] {
        if count > 0 {
            entry(out, name, &grouped(count));
        }
    }
    out.push_str("</dl>\n");
    if !read.problems.is_empty() {
        out.push_str("<ul>\n");
        for (file, problem) in &read.problems {
            let _ = writeln!(out, "<li><code>{}</code>: {}</li>", escape(file), escape(&problem.to_string()));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</section>\n");
}

/// Text for HTML and SVG, in elements and in quoted attributes. Control characters, and those that turn the direction
/// of text, are shown as the sign for what cannot be shown.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in super::text::clean(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

const STYLE: &str = "
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #ffffff; --card: #f6f8fa; --line: #d0d7de;
  --critical: #8a1c7c; --high: #b42318; --medium: #9a5b00; --low: #0b6177; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b3; --back: #0d1117; --card: #161b22;
  --line: #30363d; --critical: #e58fdb; --high: #ff8f85; --medium: #f0b35c; --low: #6cc7dd; --link: #7ab7ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.7rem; } h2 { margin-top: 2.5rem; font-size: 1.3rem; }
h3 { margin: 0 0 .5rem; font-size: 1.1rem; } h4 { margin: 0; font-size: 1rem; }
small, .kind { color: var(--soft); font-weight: normal; } .kind { margin: .2rem 0; font-size: .9rem; }
code { font: .85em ui-monospace, monospace; }
a { color: var(--link); }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; padding: 0; list-style: none; }
.counts strong { font-size: 1.4rem; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); }
.badge { display: inline-block; padding: 0 .5rem; border: 1px solid; border-radius: 1rem; font-size: .8rem; font-weight: 600; }
.actor { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.actor ol { padding: 0; list-style: none; } .actor ol > li { padding: .8rem 0; border-top: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .5rem 0; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; }
table { border-collapse: collapse; font-size: .9rem; } caption { text-align: left; color: var(--soft); }
th, td { padding: .1rem 1rem .1rem 0; text-align: left; vertical-align: top; font-weight: normal; }
thead th { color: var(--soft); }
li:target { outline: 2px solid var(--link); outline-offset: .3rem; }
.scroll { overflow-x: auto; }
svg { display: block; width: 100%; min-width: 44rem; height: auto; } svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
svg .soft { fill: var(--soft); } svg .rule { stroke: var(--line); } svg .edge { stroke: var(--soft); fill: none; opacity: .6; }
svg .node { fill: var(--card); stroke: var(--line); } svg .critical { fill: var(--critical); } svg .high { fill: var(--high); }
svg .medium { fill: var(--medium); } svg .low { fill: var(--low); } svg a:focus-visible circle { stroke: var(--link); stroke-width: 3; }
@media print { details > * { display: block; } }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_place() {
        assert_eq!(escape("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
        assert_eq!(escape("a\u{202e}b\0"), "a\u{fffd}b\u{fffd}");
    }
}

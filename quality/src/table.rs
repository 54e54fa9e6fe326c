//! The table: how it is written, and how one is held against an older one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One row: how well a family of detectors does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Its name, `FAMILY/WHAT`; no blanks.
    pub name: String,
    /// How much there is to find: stages of attacks, or samples.
    pub positives: u64,
    /// How much of that was found.
    pub found: u64,
    /// Findings (or samples called bad) that are right.
    pub right: u64,
    /// Findings (or samples called bad) that are not: noise.
    pub wrong: u64,
    /// Records that were looked at.
    pub events: u64,
    /// Days of the log's time that were looked at; 0 for data without time.
    pub days: f64,
    /// Median of the seconds of the log's time from a stage's first record to its finding.
    pub delay: Option<i64>,
    /// Area under the curve of recall over false positives, for classifiers with a score.
    pub auc: Option<f64>,
}

impl Row {
    /// What was found of what there is; 1 where there is nothing to find.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.found, self.positives)
    }

    /// What is right of what was said; 1 where nothing was said.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    /// Wrong findings in a million records.
    #[must_use]
    pub fn noise(&self) -> f64 {
        if self.events == 0 { 0.0 } else { self.wrong as f64 * 1e6 / self.events as f64 }
    }

    /// Wrong findings a day.
    #[must_use]
    pub fn noise_a_day(&self) -> f64 {
        if self.days == 0.0 { 0.0 } else { self.wrong as f64 / self.days }
    }

    /// This row and another of the same name: counts add up.
    pub fn add(&mut self, other: &Row) {
        self.positives += other.positives;
        self.found += other.found;
        self.right += other.right;
        self.wrong += other.wrong;
        self.events += other.events;
        self.days += other.days;
        self.delay = self.delay.max(other.delay);
        self.auc = match (self.auc, other.auc) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
    }

    fn cells(&self) -> [String; 12] {
        [
            self.name.clone(),
            self.positives.to_string(),
            self.found.to_string(),
            format!("{:.3}", self.recall()),
            self.right.to_string(),
            self.wrong.to_string(),
            format!("{:.3}", self.precision()),
            self.events.to_string(),
            format!("{:.1}", self.noise()),
            if self.days > 0.0 { format!("{:.2}", self.noise_a_day()) } else { "-".into() },
            self.delay.map_or_else(|| "-".into(), |delay| format!("{delay}s")),
            self.auc.map_or_else(|| "-".into(), |auc| format!("{auc:.4}")),
        ]
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

const HEAD: [&str; 12] = [
    "family",
    "stages",
    "found",
    "recall",
    "right",
    "wrong",
    "precision",
    "records",
    "wrong/million",
    "wrong/day",
    "delay",
    "auc",
];

/// The columns of the table that may not get worse: their place, and whether more is better.
const HELD: [(usize, bool); 4] = [(3, true), (6, true), (8, false), (11, true)];

/// The table as text, columns aligned.
#[must_use]
pub fn write(rows: &[Row]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let mut written = format!("{:<1$}", line[0], widths[0]);
        for (cell, width) in line.iter().zip(&widths).skip(1) {
            let _ = write!(written, "  {cell:>width$}");
        }
        let _ = writeln!(text, "{}", written.trim_end());
    }
    text
}

/// Where `new` is worse than `old`, one line each; rows that only one of them has are left out unless they are gone
/// and `whole` says that all families were measured.
#[must_use]
pub fn worse(old: &str, new: &str, whole: bool) -> Vec<String> {
    let (old, new) = (read(old), read(new));
    let mut worse = Vec::new();
    for (name, before) in &old {
        let Some(after) = new.get(name) else {
            if whole {
                worse.push(format!("{name}: gone"));
            }
            continue;
        };
        for (column, more_is_better) in HELD {
            let (Some(was), Some(is)) = (number(before, column), number(after, column)) else { continue };
            if (more_is_better && is < was) || (!more_is_better && is > was) {
                worse.push(format!("{name}: {} was {was}, is {is}", HEAD[column]));
            }
        }
    }
    worse
}

fn read(table: &str) -> BTreeMap<&str, Vec<&str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .filter_map(|line| {
            let cells: Vec<&str> = line.split_whitespace().collect();
            Some((*cells.first()?, cells))
        })
        .collect()
}

fn number(cells: &[&str], column: usize) -> Option<f64> {
    cells.get(column)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gets_worse_is_told() {
        let row = |found, wrong| Row {
            name: "a/b".into(),
            positives: 10,
            found,
            right: found,
            wrong,
            events: 1000,
            days: 2.0,
            ..Row::default()
        };
        let old = format!("# made by\n{}", write(&[row(9, 1)]));
        assert_eq!(worse(&old, &write(&[row(9, 1)]), true), Vec::<String>::new());
        assert_eq!(worse(&old, &write(&[row(10, 0)]), true), Vec::<String>::new());
        let told = worse(&old, &write(&[row(8, 2)]), true);
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[0], "a/b: recall was 0.9, is 0.8");
        assert_eq!(worse(&old, &write(&[]), true), ["a/b: gone"]);
        assert!(worse(&old, &write(&[]), false).is_empty());
    }
}

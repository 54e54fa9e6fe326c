//! The small table: quality may not fall below the one that is committed, and the data is what it always was.

use bastide_quality::{Plan, Size, measure, worse};

#[test]
fn quality_does_not_fall() {
    let size = Size::Small;
    let plan = |&seed: &u64| Plan { seed, days: 30, size: size.factor(), write: None, progress: false };
    let plans: Vec<Plan> = size.seeds().iter().map(plan).collect();
    let families: Vec<String> = size.families().iter().map(|&name| name.to_owned()).collect();
    let table = measure(&families, &plans).table();
    let worse = worse(include_str!("../table.small.txt"), &table, true);
    assert!(
        worse.is_empty(),
        "{}\n{table}\nSee what is missed with `cargo xtask quality --small --verbose`; if it is meant, take the \
         table as it is with `cargo xtask quality --small --bless`.",
        worse.join("\n")
    );
}

//! Threat lists in STIX: 1.x as XML, 2.x as JSON with patterns.
#![no_main]

use bastide_intel::{Category, Format, Intel, Limits, Report};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((intel, report)) = read(data) else { return };
    assert_eq!(read(data).map(|(_, report)| report), Some(report.clone()));
    assert!(report.broken >= report.examples.len() as u64 && report.examples.len() <= 20);
    assert_eq!(report.entries() == 0, intel.is_empty());
    assert!(intel.address("10.0.0.1".parse().expect("an address")).is_none());
});

fn read(text: &[u8]) -> Option<(Intel, Report)> {
    let mut builder = Intel::builder().limits(Limits { bytes: 1 << 20, entries: 10_000 });
    let report = builder.list("list", Category::Malicious, Format::Stix, text).ok()?;
    Some((builder.build(), report))
}

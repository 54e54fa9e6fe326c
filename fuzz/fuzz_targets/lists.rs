//! Threat lists in plain text and tables; the first byte picks the format.
#![no_main]

use bastide_intel::{Category, Format, Intel, Limits, Report};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 6] =
    [Format::Txt, Format::OtxCsv, Format::AlienVault, Format::ProofPoint, Format::FireEye, Format::Misp];

fuzz_target!(|data: &[u8]| {
    let Some((pick, text)) = data.split_first() else { return };
    let Some(format) = FORMATS.get(usize::from(*pick) % FORMATS.len()) else { return };
    let Some((intel, report)) = read(*format, text) else { return };
    assert_eq!(read(*format, text).map(|(_, report)| report), Some(report.clone()));
    assert!(report.broken >= report.examples.len() as u64 && report.examples.len() <= 20);
    // A line has two entries at most, but a record of FireEye's five.
    let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    assert!(report.entries() + report.broken + report.skipped <= 5 * lines);
    assert_eq!(report.entries() == 0, intel.is_empty());
    for private in ["10.0.0.1", "127.0.0.1", "fe80::1", "::ffff:192.168.0.1"] {
        assert!(intel.address(private.parse().expect("an address")).is_none());
    }
    for line in text.split(|byte| *byte == b'\n') {
        let Ok(line) = str::from_utf8(line) else { continue };
        if let Some(hit) = line.trim().parse().ok().and_then(|address| intel.address(address)) {
            assert!(hit.has(Category::Malicious) && hit.matches().count() >= 1);
        }
        let _ = intel.domain(line);
    }
});

fn read(format: Format, text: &[u8]) -> Option<(Intel, Report)> {
    let mut builder = Intel::builder().limits(Limits { bytes: 1 << 20, entries: 10_000 });
    let report = builder.list("list", Category::Malicious, format, text).ok()?;
    Some((builder.build(), report))
}

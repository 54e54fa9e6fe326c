//! CloudTrail events in whatever holds them.
#![no_main]

use bastide_fuzz::logs::Found;
use bastide_logs::cloudtrail::{self, Records};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut found = Found::default();
    let mut records = Records::new(data);
    while let Some(record) = records.read() {
        match record {
            Ok(event) => {
                for part in [event.request, event.response, event.additional, event.resources] {
                    assert!(event.raw.contains(part), "a part of the event as it was written");
                }
                let again = cloudtrail::parse(event.raw).expect("what was read once is read again");
                assert_eq!(format!("{again:?}"), format!("{event:?}"));
                found.record(data);
            }
            Err(rejected) => found.reject(data, &rejected),
        }
    }
});

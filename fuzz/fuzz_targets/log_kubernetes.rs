//! Kubernetes audit events in whatever holds them.
#![no_main]

use bastide_fuzz::logs::Found;
use bastide_logs::kubernetes::{self, Records};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut found = Found::default();
    let mut records = Records::new(data);
    while let Some(record) = records.read() {
        match record {
            Ok(mut event) => {
                assert!(event.raw.contains(event.request) && event.raw.contains(event.response));
                // What the envelope says is not in the event.
                event.account = "".into();
                event.cluster = "".into();
                let again = kubernetes::parse(event.raw).expect("what was read once is read again");
                assert_eq!(format!("{again:?}"), format!("{event:?}"));
                found.record(data);
            }
            Err(rejected) => found.reject(data, &rejected),
        }
    }
});

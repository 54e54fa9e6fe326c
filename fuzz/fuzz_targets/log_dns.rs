//! Resolver's query logs in whatever holds them.
#![no_main]

use bastide_fuzz::logs::Found;
use bastide_logs::dns::Records;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut found = Found::default();
    let mut records = Records::new(data);
    while let Some(record) = records.read() {
        match record {
            Ok(query) => {
                assert!(!query.name.is_empty());
                found.record(data);
            }
            Err(rejected) => found.reject(data, &rejected),
        }
    }
});

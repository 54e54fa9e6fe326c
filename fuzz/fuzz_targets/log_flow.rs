//! Flow logs: the format from a header, or from the first line, and lines.
#![no_main]

use bastide_fuzz::logs::Found;
use bastide_logs::Origin;
use bastide_logs::flow::{Columns, Records};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    read(data, None);
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    if let Ok(first) = str::from_utf8(&data[..end])
        && let Ok(columns) = Columns::parse(first)
    {
        assert_eq!(Columns::parse(first), Ok(columns.clone()));
        read(&data[end..], Some(columns));
    }
});

fn read(data: &[u8], columns: Option<Columns>) {
    let mut found = Found::default();
    let mut records = Records::new(data, columns, Origin::default());
    records.each(&mut |record| match record {
        Ok(flow) => {
            for address in [flow.source, flow.destination].into_iter().flatten() {
                assert_eq!(address.to_string().parse(), Ok(address));
            }
            found.record(data);
        }
        Err(rejected) => found.reject(data, &rejected),
    });
}

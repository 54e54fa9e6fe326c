//! Names: ARNs, accounts, regions, ids, cursors and moments as text.
#![no_main]

use bastide_events::Cursor;
use bastide_ids::{AccountId, Arn, Region, Timestamp, Uuid};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(arn) = Arn::parse(text) {
        assert_eq!(arn.to_string(), text);
        assert!(arn.resource_parts().1.len() <= arn.resource.len());
    }
    if let Ok(account) = AccountId::parse(text) {
        assert_eq!(account.as_str(), text);
    }
    if let Ok(region) = Region::parse(text) {
        assert_eq!(region.as_str(), text);
        let _ = region.partition();
    }
    if let Some(uuid) = Uuid::parse(text) {
        assert_eq!(Uuid::parse(&uuid.to_string()), Some(uuid));
    }
    if let Some(cursor) = Cursor::parse(text) {
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
    }
    moment(text);
});

fn moment(text: &str) {
    if let Ok(moment) = Timestamp::parse_basic(text) {
        assert_eq!(moment.basic(), text);
    }
    if let Ok(moment) = Timestamp::parse_iso8601(text) {
        assert_eq!(Timestamp::parse_iso8601(&moment.iso8601_millis()), Ok(moment));
    }
    if let Ok(moment) = Timestamp::parse_http_date(text) {
        assert_eq!(Timestamp::parse_http_date(&moment.http_date()), Ok(moment));
    }
}

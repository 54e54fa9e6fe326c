//! What a server that speaks S3 answers to ListObjectsV2.
#![no_main]

use bastide_remote::read_listing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok((objects, token)) = read_listing(data) else { return };
    assert_eq!(read_listing(data).ok(), Some((objects.clone(), token)));
    assert!(objects.len() <= data.len());
    for object in objects {
        // Escapes that are not UTF-8 become longer.
        assert!(object.key.len() <= 3 * data.len() && object.etag.len() <= 3 * data.len());
    }
});

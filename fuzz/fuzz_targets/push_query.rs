//! The query and the headers of logs that are pushed.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../bin/bastide/src/push/query.rs"]
mod query;

fuzz_target!(|data: &[u8]| {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let (path, encoding) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let body = Bytes::copy_from_slice(lines.next().unwrap_or_default());
    let uri = [&b"/_bastide/ingest?"[..], path].concat();
    let Ok(mut request) = http::Request::post(uri.as_slice()).body(()) else { return };
    if !encoding.is_empty() {
        let Ok(value) = http::HeaderValue::from_bytes(encoding) else { return };
        request.headers_mut().insert("content-encoding", value);
    }
    let (parts, ()) = request.into_parts();
    let Ok(input) = query::input(&parts, &body) else { return };
    assert!(matches!(encoding, b"" | b"identity" | b"gzip" | b"x-gzip" | b"zstd"));
    let name = input.text("name");
    assert!((1..=1024).contains(&name.len()) && !name.chars().any(char::is_control));
    assert_eq!(input.blob("body"), Some(&*body));
});

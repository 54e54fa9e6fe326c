//! aws-chunked bodies: however the bytes are cut, the same comes out. The first byte cuts, a request follows.
#![no_main]

use bastide_fuzz::message;
use bastide_sigv4::{ChunkDecoder, ChunkFailure, ChunkLimits, SigningKey, presented};
use bytes::BytesMut;
use http::request::Parts;
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SMALL: ChunkLimits = ChunkLimits { chunk: 64, head: 96, trailer: 64 };

type Read = (BytesMut, Result<Vec<(String, String)>, ChunkFailure>);

fuzz_target!(|data: &[u8]| {
    let Some((cut, data)) = data.split_first() else { return };
    let Some((parts, body)) = message::request(data) else { return };
    for limits in [ChunkLimits::default(), SMALL] {
        let Ok(decoder) = decoder(&parts, limits) else { continue };
        let whole = read(decoder, [body]);
        let declared = parts.headers.get("x-amz-decoded-content-length").and_then(|text| text.to_str().ok());
        let declared: u64 = declared.and_then(|text| text.parse().ok()).expect("the decoder wants it");
        assert!(whole.0.len() as u64 <= declared, "more than was declared");
        assert!(whole.1.is_err() || whole.0.len() as u64 == declared, "less than was declared");
        for size in [1, usize::from(*cut) + 1] {
            let Ok(decoder) = self::decoder(&parts, limits) else { return };
            assert_eq!(read(decoder, body.chunks(size)), whole, "cut into pieces of {size}");
        }
        let (one, two) = body.split_at(body.len().min(usize::from(*cut)));
        let Ok(decoder) = self::decoder(&parts, limits) else { return };
        assert_eq!(read(decoder, [one, &[], two]), whole, "cut at {cut}");
    }
});

/// The decoder that the request's signature asks for, or that of an unsigned body.
fn decoder(parts: &Parts, limits: ChunkLimits) -> Result<ChunkDecoder, ChunkFailure> {
    match presented(parts) {
        Ok(Some(claim)) => {
            let key = SigningKey::derive(SECRET, &claim.scope);
            ChunkDecoder::new(&parts.headers, &claim, &key, limits)
        }
        _ => ChunkDecoder::unsigned(&parts.headers, limits),
    }
}

fn read<'a>(mut decoder: ChunkDecoder, pieces: impl IntoIterator<Item = &'a [u8]>) -> Read {
    let mut out = BytesMut::new();
    for piece in pieces {
        if let Err(failure) = decoder.push(piece, &mut out) {
            assert_eq!(decoder.push(b"x", &mut out), Err(failure), "it goes on after a failure");
            assert_eq!(decoder.finish(), Err(failure));
            return (out, Err(failure));
        }
    }
    let ended = decoder.finish();
    (out, ended)
}

//! aws-chunked bodies.

use crate::{
    Body, ChunkDecoder, ChunkFailure, ChunkLimits, ChunkSigner, Expected, Payload, Scope, SignedBody,
    SigningKey, presented, verify,
};
use bytes::BytesMut;
use http::request::Parts;
use proptest::prelude::*;

use super::common::{self, DOC_SECRET, at, key, parts};

type Decoded = (Vec<u8>, Vec<(String, String)>);

/// Decodes a body that comes in pieces of this size.
pub(crate) fn decode(parts: &Parts, body: &[u8], piece: usize) -> Result<Decoded, ChunkFailure> {
    decode_within(parts, body, piece, ChunkLimits::default())
}

fn decode_within(
    parts: &Parts,
    body: &[u8],
    piece: usize,
    limits: ChunkLimits,
) -> Result<Decoded, ChunkFailure> {
    let claim = presented(parts).unwrap().unwrap();
    let mut decoder = ChunkDecoder::new(&parts.headers, &claim, &key(&claim), limits)?;
    let mut out = BytesMut::new();
    for piece in body.chunks(piece) {
        decoder.push(piece, &mut out)?;
    }
    Ok((out.to_vec(), decoder.finish()?))
}

/// A signed upload of these chunks: its head and its body.
fn upload(chunks: &[&[u8]], trailers: &[(&'static str, &'static str)], trailer: bool) -> (Parts, Vec<u8>) {
    let mut parts = parts("PUT", "https://b.s3.amazonaws.com/k", &[("host", "b.s3.amazonaws.com")]);
    let length: usize = chunks.iter().map(|chunk| chunk.len()).sum();
    parts.headers.insert("x-amz-decoded-content-length", length.into());
    let payload = if trailer { Payload::StreamingSignedTrailer } else { Payload::StreamingSigned };
    if trailer {
        let names: Vec<&str> = trailers.iter().map(|(name, _)| *name).collect();
        parts.headers.insert("x-amz-trailer", names.join(",").parse().unwrap());
    }
    let (signer, now) = (common::signer("s3", "us-east-1"), at("20150830T123600Z"));
    let seed = signer.sign(&mut parts, SignedBody::Declared(payload), now).unwrap();
    let scope = signer.scope(now);
    let key = SigningKey::derive(common::SECRET, &scope);
    let mut chain = ChunkSigner::new(key, now.basic(), scope, seed);
    let mut body: Vec<u8> = chunks.iter().flat_map(|chunk| chain.encode_chunk(chunk)).collect();
    body.extend(chain.encode_chunk(b""));
    if trailer {
        let owned: Vec<(String, String)> =
            trailers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        for (name, value) in &owned {
            body.extend(format!("{name}:{value}\r\n").bytes());
        }
        let signature: String = chain.trailer(&owned).iter().map(|byte| format!("{byte:02x}")).collect();
        body.extend(format!("x-amz-trailer-signature:{signature}\r\n").bytes());
    }
    body.extend(b"\r\n");
    (parts, body)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in
/// Multiple Chunks", its example.
#[test]
fn the_s3_references_chunks() {
    let parts = parts(
        "PUT",
        "https://s3.amazonaws.com/examplebucket/chunkObject.txt",
        &[
            ("host", "s3.amazonaws.com"),
            ("x-amz-date", "20130524T000000Z"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            ("content-encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", "66560"),
            ("content-length", "66824"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                 SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;\
                 x-amz-decoded-content-length;x-amz-storage-class,\
                 Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
            ),
        ],
    );
    let claim = presented(&parts).unwrap().unwrap();
    let key = SigningKey::derive(DOC_SECRET, &claim.scope);
    let now = at("20130524T000000Z");
    assert_eq!(verify(&parts, &claim, &key, Body::Deferred, now, &Expected::default()), Ok(()));
    let mut body = Vec::new();
    for (size, signature) in [
        (65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
        (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
        (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
    ] {
        body.extend(format!("{size:x};chunk-signature={signature}\r\n").bytes());
        body.extend(vec![b'a'; size]);
        body.extend(b"\r\n");
    }
    assert_eq!(body.len(), 66824);
    let mut decoder = ChunkDecoder::new(&parts.headers, &claim, &key, ChunkLimits::default()).unwrap();
    let mut out = BytesMut::new();
    for piece in body.chunks(4096) {
        decoder.push(piece, &mut out).unwrap();
    }
    assert!(decoder.finish().unwrap().is_empty());
    assert!(out.len() == 66560 && out.iter().all(|byte| *byte == b'a'));
}

/// The same reference's example with a trailing checksum.
#[test]
fn the_s3_references_trailer() {
    let scope = Scope { date: "20130524".into(), region: "us-east-1".into(), service: "s3".into() };
    let key = SigningKey::derive(DOC_SECRET, &scope);
    let mut seed = [0; 32];
    let text = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    for (at, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    }
    let mut chain = ChunkSigner::new(key, "20130524T000000Z".into(), scope, seed);
    let chunk = [b'a'; 65536];
    assert_eq!(hex(&chain.chunk(&chunk)), "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2");
    assert_eq!(
        hex(&chain.chunk(&chunk[..1024])),
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7"
    );
    assert_eq!(hex(&chain.chunk(b"")), "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
    let trailer = chain.trailer(&[("x-amz-checksum-crc32c".into(), "sOO8/Q==".into())]);
    assert_eq!(hex(&trailer), "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435");
}

#[test]
fn signed_chunks_with_a_trailer() {
    let (parts, body) = upload(&[b"hello ", b"world"], &[("x-amz-checksum-crc32", "DUoRhQ==")], true);
    for piece in [1, 2, 3, 50, 10_000] {
        let (data, trailers) = decode(&parts, &body, piece).unwrap();
        assert_eq!(data, b"hello world");
        assert_eq!(trailers, [("x-amz-checksum-crc32".to_owned(), "DUoRhQ==".to_owned())]);
    }
    // As AWS's documentation prints it: a bare line feed, and an empty line before the signature.
    let text = String::from_utf8(body).unwrap();
    let printed = text.replace("DUoRhQ==\r\n", "DUoRhQ==\n\r\n");
    assert_eq!(decode(&parts, printed.as_bytes(), 9).unwrap().0, b"hello world");
    let unsigned = &text[..text.find("x-amz-trailer-signature").unwrap()];
    let unsigned = format!("{unsigned}\r\n\r\n");
    assert_eq!(decode(&parts, unsigned.as_bytes(), 9), Err(ChunkFailure::Signature));
}

#[test]
fn no_changed_byte_is_accepted() {
    for trailer in [false, true] {
        let (parts, body) = upload(&[b"hello ", b"world"], &[("x-amz-checksum-crc32", "DUoRhQ==")], trailer);
        assert!(decode(&parts, &body, 64).is_ok());
        for at in 0..body.len() {
            let mut changed = body.clone();
            changed[at] ^= 0x04;
            assert!(
                decode(&parts, &changed, 64).is_err(),
                "byte {at} of {:?}",
                String::from_utf8_lossy(&body)
            );
        }
        for length in 0..body.len() {
            assert!(decode(&parts, &body[..length], 64).is_err(), "{length} bytes");
        }
        assert_eq!(decode(&parts, &[&body[..], b"x"].concat(), 64), Err(ChunkFailure::Malformed));
    }
}

#[test]
fn nothing_unverified_is_handed_out() {
    let (parts, body) = upload(&[b"hello ", b"world"], &[], false);
    let at = body.windows(5).position(|part| part == b"world").unwrap();
    let mut changed = body;
    changed[at] = b'W';
    let claim = presented(&parts).unwrap().unwrap();
    let mut decoder =
        ChunkDecoder::new(&parts.headers, &claim, &key(&claim), ChunkLimits::default()).unwrap();
    let mut out = BytesMut::new();
    assert_eq!(decoder.push(&changed, &mut out), Err(ChunkFailure::Signature));
    assert_eq!(&out[..], b"hello ");
    assert_eq!(decoder.push(b"0", &mut out), Err(ChunkFailure::Signature));
    assert_eq!(decoder.finish(), Err(ChunkFailure::Signature));
}

#[test]
fn chunks_do_not_change_places() {
    let (parts, body) = upload(&[b"aaaaa", b"bbbbb"], &[], false);
    let half = 5 + "5;chunk-signature=\r\n\r\n".len() + 64;
    let swapped = [&body[half..2 * half], &body[..half], &body[2 * half..]].concat();
    assert_eq!(swapped.len(), body.len());
    assert_eq!(decode(&parts, &swapped, 64), Err(ChunkFailure::Signature));
}

fn unsigned(
    body: &str,
    length: &'static str,
    trailer: &'static str,
) -> Result<Vec<(String, String)>, ChunkFailure> {
    let parts = parts("PUT", "/", &[("x-amz-decoded-content-length", length), ("x-amz-trailer", trailer)]);
    let mut decoder = ChunkDecoder::unsigned(&parts.headers, ChunkLimits::default())?;
    decoder.push(body.as_bytes(), &mut BytesMut::new())?;
    decoder.finish()
}

#[test]
fn each_fault_has_its_name() {
    let crc = "x-amz-checksum-crc32";
    assert!(unsigned("1\r\na\r\n0\r\nx-amz-checksum-crc32: A==\r\n\r\n", "1", crc).is_ok());
    assert!(unsigned("1\r\na\r\n0\r\n\r\n", "1", "").is_ok());
    let cases = [
        ("", "one", "", ChunkFailure::NoLength),
        ("", "+1", "", ChunkFailure::NoLength),
        ("1\r\na\r\n0\r\n\r\n", "2", "", ChunkFailure::Length),
        ("2\r\nab\r\n0\r\n\r\n", "1", "", ChunkFailure::Length),
        ("1\r\na\r\n0\r\n", "1", "", ChunkFailure::Length),
        ("1\r\na\r\n0\r\n\r\n", "1", crc, ChunkFailure::Trailer),
        ("0\r\nx-amz-checksum-sha1:A\r\n\r\n", "0", crc, ChunkFailure::Trailer),
        ("0\r\nx-amz-checksum-crc32:A\r\nx-amz-checksum-crc32:B\r\n\r\n", "0", crc, ChunkFailure::Trailer),
        ("0\r\nnonsense\r\n\r\n", "0", crc, ChunkFailure::Trailer),
        ("0\r\nx-amz-trailer-signature:00\r\n\r\n", "0", "", ChunkFailure::Signature),
        ("1\na\r\n0\r\n\r\n", "1", "", ChunkFailure::Malformed),
        ("g\r\n", "1", "", ChunkFailure::Malformed),
        ("\r\n", "1", "", ChunkFailure::Malformed),
        ("-1\r\n", "1", "", ChunkFailure::Malformed),
        ("1\r\nab\r\n", "1", "", ChunkFailure::Malformed),
        ("fffffffffffffffff\r\n", "1", "", ChunkFailure::Malformed),
        ("0\r\n\r\nmore", "0", "", ChunkFailure::Malformed),
    ];
    for (body, length, trailer, failure) in cases {
        assert_eq!(unsigned(body, length, trailer), Err(failure), "{body:?}");
    }
    let long_head = "0".repeat(5000);
    assert_eq!(unsigned(&long_head, "1", ""), Err(ChunkFailure::TooLarge));
    let long_trailer = format!("0\r\nx-amz-checksum-crc32:{}", "A".repeat(20_000));
    assert_eq!(unsigned(&long_trailer, "0", crc), Err(ChunkFailure::Trailer));
    assert_eq!(ChunkFailure::Signature.code(), "SignatureDoesNotMatch");
    assert_eq!((ChunkFailure::Signature.status(), ChunkFailure::NoLength.status()), (403, 411));
}

#[test]
fn a_signed_chunk_has_a_largest_size() {
    let (parts, body) = upload(&[b"hello world"], &[], false);
    let limits = ChunkLimits { chunk: 10, ..ChunkLimits::default() };
    assert_eq!(decode_within(&parts, &body, 64, limits), Err(ChunkFailure::TooLarge));
    let limits = ChunkLimits { chunk: 11, ..ChunkLimits::default() };
    assert!(decode_within(&parts, &body, 64, limits).is_ok());
}

#[test]
fn other_bodies_are_not_chunked() {
    let mut parts = parts("PUT", "https://b/k", &[("host", "b"), ("x-amz-decoded-content-length", "0")]);
    let now = at("20150830T123600Z");
    common::signer("s3", "us-east-1").sign(&mut parts, SignedBody::Whole(b""), now).unwrap();
    assert_eq!(decode(&parts, b"", 1), Err(ChunkFailure::Malformed));
}

proptest! {
    #[test]
    fn any_chunks_come_back(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..5),
        piece in 1usize..60,
        trailer in any::<bool>(),
    ) {
        let slices: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        let (parts, body) = upload(&slices, &[("x-amz-checksum-sha1", "x")], trailer);
        prop_assert_eq!(decode(&parts, &body, piece).unwrap().0, chunks.concat());
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(
        lines in prop::collection::vec("([0-9a-f]{1,2}|[a-z0-9:; -]{0,20}|x-amz-checksum-crc32:a)", 0..8),
        length in 0u32..20,
        trailer in any::<bool>(),
        piece in 1usize..20,
    ) {
        let body = lines.join("\r\n");
        let mut parts = parts("PUT", "/", &[]);
        parts.headers.insert("x-amz-decoded-content-length", length.into());
        if trailer {
            parts.headers.insert("x-amz-trailer", "x-amz-checksum-crc32".parse().unwrap());
        }
        let mut decoder = ChunkDecoder::unsigned(&parts.headers, ChunkLimits::default()).unwrap();
        let mut out = BytesMut::new();
        let pushed = body.as_bytes().chunks(piece).try_for_each(|piece| decoder.push(piece, &mut out));
        let ended = pushed.and_then(|()| decoder.finish());
        if ended.is_ok() {
            prop_assert_eq!(out.len(), length as usize);
        }
    }
}

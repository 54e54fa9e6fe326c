//! A text as a QR code in a PNG (ISO/IEC 18004, RFC 2083), for authenticator apps.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use qrcodegen::{QrCode, QrCodeEcc};

/// Pixels of a module.
const SCALE: i32 = 5;
/// Modules of the quiet zone around the code.
const QUIET: i32 = 4;

/// The picture; `None` when the text is too long for a QR code.
pub(crate) fn png(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = (code.size() + 2 * QUIET) * SCALE;
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::default());
    for y in 0..size {
        rows.write_all(&row(&code, size, y)).ok()?;
    }
    let side = u32::try_from(size).ok()?.to_be_bytes();
    // One bit a pixel, grey, and nothing special.
    let header = [&side[..], &side[..], &[1, 0, 0, 0, 0]].concat();
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, *b"IHDR", &header);
    chunk(&mut out, *b"IDAT", &rows.finish().ok()?);
    chunk(&mut out, *b"IEND", &[]);
    Some(out)
}

/// A line of pixels: the filter (none), then eight pixels a byte, of which 1 is white.
fn row(code: &QrCode, size: i32, y: i32) -> Vec<u8> {
    let dark = |x: i32| code.get_module(x / SCALE - QUIET, y / SCALE - QUIET);
    let mut row = vec![0];
    for start in (0..size).step_by(8) {
        row.push((start..start + 8).fold(0, |byte, x| byte << 1 | u8::from(!dark(x))));
    }
    row
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let mut sum = crc32fast::Hasher::new();
    sum.update(&kind);
    sum.update(data);
    out.extend_from_slice(&kind);
    out.extend_from_slice(data);
    out.extend_from_slice(&sum.finalize().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_picture_holds_the_code() {
        let text = "otpauth://totp/Bastide:alice@111122223333?secret=ABCDEFGH";
        let png = png(text).unwrap();
        let side = u32::from_be_bytes(png[16..20].try_into().unwrap());
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        assert_eq!(i32::try_from(side).unwrap(), (code.size() + 2 * QUIET) * SCALE);
        let length = u32::from_be_bytes(png[33..37].try_into().unwrap()) as usize;
        assert_eq!(&png[37..41], b"IDAT");
        let mut rows = Vec::new();
        flate2::read::ZlibDecoder::new(&png[41..41 + length]).read_to_end(&mut rows).unwrap();
        let width = (side as usize).div_ceil(8) + 1;
        assert_eq!(rows.len(), width * side as usize);
        // The corner of the code is dark, the quiet zone before it is not.
        let (x, y) = ((QUIET * SCALE) as usize, (QUIET * SCALE) as usize);
        let white = |x: usize, y: usize| rows[y * width + 1 + x / 8] >> (7 - x % 8) & 1 == 1;
        assert!(!white(x, y) && white(x - 1, y) && white(x, y - 1));
    }
}

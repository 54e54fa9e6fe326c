//! Clients that name themselves the path of the socket as `:authority`, as grpc's C core does (percent-encoded): that is no
//! authority, and h2 resets such a stream. Nobody needs it here, so what cannot stand in one is written over before
//! h2 reads it. Kubernetes sends `localhost`, which is left as it is.
//!
//! Frames are as RFC 9113 has them, header blocks as RFC 7541: they are walked, not decoded, and keep their lengths.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What an HTTP/2 client sends first.
const PREFACE: usize = 24;
const FRAME_HEADER: usize = 9;
const HEADERS: u8 = 1;
const PADDED: u8 = 0x08;
const PRIORITY: u8 = 0x20;
/// The largest frame that is held until it is whole; h2 refuses larger ones.
const LARGEST: usize = 16 << 10;
/// The place of `:authority` in HPACK's static table.
const AUTHORITY: usize = 1;

/// A connection whose requests have an authority that h2 takes.
pub(super) struct Mended<S> {
    stream: S,
    /// Read, and not yet looked at.
    pending: BytesMut,
    /// Looked at, and not yet handed on.
    ready: BytesMut,
    /// So many bytes are handed on unseen.
    unseen: usize,
}

impl<S> Mended<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, pending: BytesMut::new(), ready: BytesMut::new(), unseen: PREFACE }
    }

    fn look(&mut self) {
        loop {
            let unseen = self.unseen.min(self.pending.len());
            self.ready.extend_from_slice(&self.pending.split_to(unseen));
            self.unseen -= unseen;
            let Some(header) = self.pending.first_chunk::<FRAME_HEADER>() else { return };
            let [high, middle, low, kind, flags, ..] = *header;
            let length = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
            if kind != HEADERS || length > LARGEST {
                self.unseen = FRAME_HEADER + length;
                continue;
            }
            if self.pending.len() < FRAME_HEADER + length {
                return;
            }
            let mut frame = self.pending.split_to(FRAME_HEADER + length);
            mend(&mut frame, flags);
            self.ready.extend_from_slice(&frame);
        }
    }
}

/// Mends a HEADERS frame. What does not read as one is left for h2 to refuse.
fn mend(frame: &mut [u8], flags: u8) -> Option<()> {
    let padded = flags & PADDED != 0;
    let padding = if padded { usize::from(*frame.get(FRAME_HEADER)?) } else { 0 };
    let start = FRAME_HEADER + usize::from(padded) + if flags & PRIORITY != 0 { 5 } else { 0 };
    let end = frame.len().checked_sub(padding)?;
    let block = frame.get_mut(start..end)?;
    let mut at = 0;
    while let Some(first) = block.get(at).copied() {
        let (prefix, literal) = match first {
            0x80.. => (7, false),
            0x40.. => (6, true),
            0x20.. => (5, false),
            _ => (4, true),
        };
        let index = integer(block, &mut at, prefix)?;
        if !literal {
            continue;
        }
        let mut named = index == AUTHORITY;
        if index == 0 {
            let (_, name) = string(block, &mut at)?;
            named = block.get(name)? == b":authority";
        }
        let (huffman, value) = string(block, &mut at)?;
        if named && !huffman {
            for byte in block.get_mut(value)?.iter_mut() {
                if !(byte.is_ascii_alphanumeric() || b".-_:[]".contains(byte)) {
                    *byte = b'-';
                }
            }
        }
    }
    Some(())
}

/// An integer behind a prefix of so many bits.
fn integer(block: &[u8], at: &mut usize, prefix: u32) -> Option<usize> {
    let mask = (1_usize << prefix) - 1;
    let mut value = usize::from(*block.get(*at)?) & mask;
    *at += 1;
    if value < mask {
        return Some(value);
    }
    for shift in [0, 7, 14, 21] {
        let byte = *block.get(*at)?;
        *at += 1;
        value += usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Where a string stands, and whether it is in the Huffman code.
fn string(block: &[u8], at: &mut usize) -> Option<(bool, Range<usize>)> {
    let huffman = block.get(*at)? & 0x80 != 0;
    let length = integer(block, at, 7)?;
    let range = *at..at.checked_add(length)?;
    block.get(range.clone())?;
    *at = range.end;
    Some((huffman, range))
}

impl<S: AsyncRead + Unpin> AsyncRead for Mended<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.ready.is_empty() {
            let mut space = [0; 8192];
            let mut chunk = ReadBuf::new(&mut space);
            std::task::ready!(Pin::new(&mut this.stream).poll_read(cx, &mut chunk))?;
            if chunk.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.pending.extend_from_slice(chunk.filled());
            this.look();
        }
        let length = this.ready.len().min(out.remaining());
        out.put_slice(this.ready.get(..length).unwrap_or_default());
        this.ready.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Mended<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags, 0, 0, 0, 1], payload].concat()
    }

    /// What comes out of so many bytes at a time.
    fn passed(bytes: &[u8], at_once: usize) -> Vec<u8> {
        let mut mended = Mended::new(());
        for chunk in bytes.chunks(at_once) {
            mended.pending.extend_from_slice(chunk);
            mended.look();
        }
        mended.ready.to_vec()
    }

    #[test]
    fn only_what_cannot_be_an_authority_is_changed() {
        // Indexed `:method POST`, a literal `:authority`, a literal with a name of its own.
        let block = |authority: &[u8]| {
            let length = u8::try_from(authority.len()).unwrap();
            let literal = [b"\x40\x0a:authority", &[length][..], authority].concat();
            [&[0x83, 0x41, length][..], authority, &literal, b"\x00\x02te\x05%2Fab"].concat()
        };
        let stream = |authority: &[u8]| {
            let padded = [&[2][..], &block(authority), &[0, 0]].concat();
            [
                &[b'p'; PREFACE][..],
                &frame(4, 0, b"\x41\x03%2F"),
                &frame(HEADERS, 4, &block(authority)),
                &frame(HEADERS, 4 | PADDED, &padded),
                &frame(0, 1, b"\x41\x03%2F"),
            ]
            .concat()
        };
        for at_once in [1, 7, 10_000] {
            assert_eq!(passed(&stream(b"%2Ftmp/kms.sock"), at_once), stream(b"-2Ftmp-kms.sock"));
            assert_eq!(passed(&stream(b"localhost:1"), at_once), stream(b"localhost:1"));
        }
    }

    proptest! {
        #[test]
        fn lengths_stay_as_they_are(payload in proptest::collection::vec(any::<u8>(), 0..300), flags in any::<u8>()) {
            let stream = [&[b'p'; PREFACE][..], &frame(HEADERS, flags, &payload), &frame(0, 0, b"x")].concat();
            prop_assert_eq!(passed(&stream, 64).len(), stream.len());
        }
    }
}

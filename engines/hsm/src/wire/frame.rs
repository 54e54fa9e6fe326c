use std::convert::Infallible;
use std::io::{self, Read, Write};

use minicbor::{Decode, Encode};

use super::{Answer, Call, Secret};

/// The largest frame of a client: a mebibyte of data and what belongs to it.
pub const MAX_FRAME: usize = (1 << 20) + (64 << 10);

/// The largest frame between an HSM and its like or its supervisor: a backup
/// travels in one.
pub const MAX_INNER_FRAME: usize = 512 << 20;

/// Frames up to this size are read in one piece.
const USUAL: usize = 128 << 10;

/// Why a frame was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The connection failed or ended.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The frame is longer than the reader takes.
    #[error("a frame of {0} bytes is too large")]
    TooLarge(usize),
    /// The frame's bytes are not what they should be.
    #[error("a frame does not decode")]
    Malformed,
}

/// Writes a message as one frame: its length in 4 bytes, big-endian, and its CBOR. One `write`, so that it is one
/// TLS record when it fits.
///
/// # Errors
/// When it is longer than `limit`, or the connection fails.
pub fn write_frame<T: Encode<()>>(to: &mut impl Write, message: &T, limit: usize) -> Result<(), FrameError> {
    let frame = frame(message, limit)?;
    to.write_all(&frame)?;
    to.flush()?;
    Ok(())
}

/// A message as one frame.
///
/// # Errors
/// When it is longer than `limit`.
pub fn frame<T: Encode<()>>(message: &T, limit: usize) -> Result<Secret, FrameError> {
    let mut counted = Counted(0);
    minicbor::encode(message, &mut counted).map_err(|_| FrameError::Malformed)?;
    let length = counted.0;
    let prefix = u32::try_from(length).map_err(|_| FrameError::TooLarge(length))?;
    if length > limit {
        return Err(FrameError::TooLarge(length));
    }
    // Room for all of it, so that no part of a secret is left behind by a growing vector.
    let mut frame = Vec::with_capacity(length + 4);
    frame.extend_from_slice(&prefix.to_be_bytes());
    let encoded = minicbor::encode(message, &mut frame);
    let frame = Secret::new(frame);
    encoded.map(|()| frame).map_err(|_| FrameError::Malformed)
}

/// Counts what would be written.
struct Counted(usize);

impl minicbor::encode::Write for &mut Counted {
    type Error = Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.0 += bytes.len();
        Ok(())
    }
}

/// Reads one frame's bytes. `None` when the connection ended between frames.
///
/// # Errors
/// When the frame is longer than `limit`, or the connection fails or ends within it.
pub fn read_frame(from: &mut impl Read, limit: usize) -> Result<Option<Secret>, FrameError> {
    let mut prefix = [0; 4];
    let mut filled = 0;
    while let Some(rest) = prefix.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A peer that just goes away sends no TLS close; between frames nothing is lost by it.
            Err(error) if filled == 0 && error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    let length = usize::try_from(u32::from_be_bytes(prefix)).unwrap_or(usize::MAX);
    if length > limit {
        return Err(FrameError::TooLarge(length));
    }
    // Beyond the usual it grows as bytes come, so that an announced length alone takes little memory.
    let mut body = Vec::with_capacity(length.min(USUAL));
    let read = from.by_ref().take(length as u64).read_to_end(&mut body);
    let body = Secret::new(body);
    if read? < length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(Some(body))
}

/// Decodes a frame's bytes, all of them.
///
/// # Errors
/// [`FrameError::Malformed`].
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, FrameError> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().map_err(|_| FrameError::Malformed)?;
    if decoder.position() == bytes.len() { Ok(value) } else { Err(FrameError::Malformed) }
}

/// Decodes a call: what a fuzzer gives to an HSM.
///
/// # Errors
/// [`FrameError::Malformed`].
pub fn decode_call(bytes: &[u8]) -> Result<Call, FrameError> {
    decode(bytes)
}

/// Decodes an answer: what a fuzzer gives to a client.
///
/// # Errors
/// [`FrameError::Malformed`].
pub fn decode_answer(bytes: &[u8]) -> Result<Answer, FrameError> {
    decode(bytes)
}

use std::mem;

use aws_lc_rs::constant_time;
use bytes::{BufMut, BytesMut};
use http::HeaderMap;

use crate::key::{Scope, SigningKey};
use crate::presented::{Payload, Presented, hex, unhex};
use crate::verify::sha256;

/// How much of an aws-chunked body is held at once.
#[derive(Clone, Copy, Debug)]
pub struct ChunkLimits {
    /// The most bytes of one signed chunk, which is held until its signature is checked. Unsigned chunks flow
    /// through and may be of any size. 16 MiB.
    pub chunk: usize,
    /// The most bytes of a chunk's head. 1 KiB.
    pub head: usize,
    /// The most bytes of all trailing headers together. 16 KiB.
    pub trailer: usize,
}

impl Default for ChunkLimits {
    fn default() -> Self {
        Self { chunk: 16 << 20, head: 1 << 10, trailer: 16 << 10 }
    }
}

/// Why an aws-chunked body was refused. Only S3 takes such bodies, so codes and messages are S3's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkFailure {
    /// `x-amz-decoded-content-length` is missing or not a number.
    #[error("You must provide the Content-Length HTTP header.")]
    NoLength,
    /// The body ends early, or is not as long as `x-amz-decoded-content-length` says.
    #[error("You did not provide the number of bytes specified by the Content-Length HTTP header")]
    Length,
    /// A chunk's head or end is not of its form, or something follows the last chunk.
    #[error("The body is not well-formed aws-chunked data.")]
    Malformed,
    /// A signed chunk, or a chunk's head, is larger than allowed here.
    #[error("A chunk of the aws-chunked body is too large.")]
    TooLarge,
    /// A chunk or the trailer does not bear the right signature.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your key and \
         signing method."
    )]
    Signature,
    /// The trailing headers are not those that `x-amz-trailer` names, or not well-formed.
    #[error(
        "The request contained trailing data that was not well-formed or did not conform to our published schema."
    )]
    Trailer,
}

impl ChunkFailure {
    /// The error code of the answer.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoLength => "MissingContentLength",
            Self::Length => "IncompleteBody",
            Self::Malformed | Self::TooLarge => "InvalidRequest",
            Self::Signature => "SignatureDoesNotMatch",
            Self::Trailer => "MalformedTrailerError",
        }
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::NoLength => 411,
            Self::Signature => 403,
            _ => 400,
        }
    }
}

/// Reads an aws-chunked body piece by piece. What is signed is handed out only after its signature was
/// checked; checksums in the trailer are handed out by [`Self::finish`] for the caller to hold against the
/// data.
#[derive(Debug)]
pub struct ChunkDecoder {
    state: State,
    chain: Option<ChunkSigner>,
    limits: ChunkLimits,
    /// The line that is being read.
    line: Vec<u8>,
    /// The signed chunk that is being read, and the signature that it should bear.
    held: Vec<u8>,
    claimed: Option<[u8; 32]>,
    /// How many decoded bytes are still to come.
    missing: u64,
    /// The trailing headers that are to come; `None` for a body without a trailer.
    declared: Option<Vec<String>>,
    trailers: Vec<(String, String)>,
    trailer_bytes: usize,
    /// Whether the empty line before the trailer's signature has come.
    gap: bool,
    trailer_signature: Option<[u8; 32]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    /// So many bytes of the chunk are still to come.
    Data(u64),
    /// The line break after a chunk's data.
    DataEnd,
    Trailer,
    /// The line break after the last chunk of a body without a trailer.
    End,
    Done,
    Failed(ChunkFailure),
}

impl ChunkDecoder {
    /// Begins the body of a request whose signature [`crate::verify`] has accepted.
    ///
    /// # Errors
    /// [`ChunkFailure`] when the request's headers do not describe an aws-chunked body.
    pub fn new(
        headers: &HeaderMap,
        presented: &Presented,
        key: &SigningKey,
        limits: ChunkLimits,
    ) -> Result<Self, ChunkFailure> {
        let seed = presented.signature.ok_or(ChunkFailure::Signature)?;
        let chain = ChunkSigner::new(key.clone(), presented.stamp.clone(), presented.scope.clone(), seed);
        match presented.payload {
            Payload::StreamingSigned => Self::begin(headers, Some(chain), false, limits),
            Payload::StreamingSignedTrailer => Self::begin(headers, Some(chain), true, limits),
            Payload::StreamingUnsignedTrailer => Self::unsigned(headers, limits),
            Payload::Absent | Payload::Hash(_) | Payload::Unsigned => Err(ChunkFailure::Malformed),
        }
    }

    /// Begins a `STREAMING-UNSIGNED-PAYLOAD-TRAILER` body, which an anonymous request may have too.
    ///
    /// # Errors
    /// [`ChunkFailure`] when the request's headers do not describe such a body.
    pub fn unsigned(headers: &HeaderMap, limits: ChunkLimits) -> Result<Self, ChunkFailure> {
        Self::begin(headers, None, true, limits)
    }

    fn begin(
        headers: &HeaderMap,
        chain: Option<ChunkSigner>,
        trailer: bool,
        limits: ChunkLimits,
    ) -> Result<Self, ChunkFailure> {
        let length = headers.get("x-amz-decoded-content-length").and_then(|value| value.to_str().ok());
        let length = length.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        Ok(Self {
            state: State::Head,
            chain,
            limits,
            line: Vec::new(),
            held: Vec::new(),
            claimed: None,
            missing: length.and_then(|text| text.parse().ok()).ok_or(ChunkFailure::NoLength)?,
            declared: if trailer { Some(declared(headers)?) } else { None },
            trailers: Vec::new(),
            trailer_bytes: 0,
            gap: false,
            trailer_signature: None,
        })
    }

    /// Takes the next bytes of the body and appends what they decode to.
    ///
    /// # Errors
    /// [`ChunkFailure`] when the body is to be refused; every later call fails alike.
    pub fn push(&mut self, input: &[u8], out: &mut BytesMut) -> Result<(), ChunkFailure> {
        let mut rest = input;
        while !rest.is_empty() {
            let step = match self.state {
                State::Failed(failure) => Err(failure),
                State::Done => Err(ChunkFailure::Malformed),
                State::Data(left) => self.data(left, &mut rest, out),
                State::Head | State::DataEnd | State::Trailer | State::End => {
                    self.read_line(&mut rest).and_then(|whole| if whole { self.line(out) } else { Ok(()) })
                }
            };
            step.inspect_err(|failure| self.state = State::Failed(*failure))?;
        }
        Ok(())
    }

    /// Ends the body: everything announced must have come. Gives the trailing headers, names in lower case.
    ///
    /// # Errors
    /// [`ChunkFailure`] when something is missing.
    pub fn finish(self) -> Result<Vec<(String, String)>, ChunkFailure> {
        match self.state {
            State::Done if self.missing == 0 => Ok(self.trailers),
            State::Failed(failure) => Err(failure),
            _ => Err(ChunkFailure::Length),
        }
    }

    /// Takes data of the chunk; what is signed is held back.
    fn data(&mut self, left: u64, rest: &mut &[u8], out: &mut BytesMut) -> Result<(), ChunkFailure> {
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
        let (data, after) = rest.split_at_checked(take).ok_or(ChunkFailure::Malformed)?;
        *rest = after;
        if self.chain.is_some() {
            self.held.extend_from_slice(data);
        } else {
            out.put_slice(data);
        }
        let left = left - data.len() as u64;
        self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
        Ok(())
    }

    /// Takes bytes up to the end of the line; `true` when [`Self::line`] holds it whole, without its end.
    fn read_line(&mut self, rest: &mut &[u8]) -> Result<bool, ChunkFailure> {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (part, after) = match end {
            Some(at) => (rest.get(..at), rest.get(at + 1..)),
            None => (Some(*rest), Some(&[][..])),
        };
        let (part, after) = part.zip(after).ok_or(ChunkFailure::Malformed)?;
        let (limit, failure) = match self.state {
            State::Trailer => (self.limits.trailer.saturating_sub(self.trailer_bytes), ChunkFailure::Trailer),
            State::Head => (self.limits.head, ChunkFailure::TooLarge),
            _ => (1, ChunkFailure::Malformed),
        };
        if self.line.len().saturating_add(part.len()) > limit {
            return Err(failure);
        }
        self.line.extend_from_slice(part);
        *rest = after;
        if end.is_none() {
            return Ok(false);
        }
        // AWS's own example ends trailing headers with a bare line feed; everything else ends with both.
        let returned = self.line.pop_if(|byte| *byte == b'\r').is_some();
        if returned || self.state == State::Trailer { Ok(true) } else { Err(ChunkFailure::Malformed) }
    }

    fn line(&mut self, out: &mut BytesMut) -> Result<(), ChunkFailure> {
        let line = mem::take(&mut self.line);
        match self.state {
            State::Head => self.head(&line),
            State::Trailer => self.trailer(&line),
            State::DataEnd if line.is_empty() => {
                self.check_chunk()?;
                out.put_slice(&self.held);
                self.held.clear();
                self.state = State::Head;
                Ok(())
            }
            State::End if line.is_empty() => {
                self.state = State::Done;
                Ok(())
            }
            _ => Err(ChunkFailure::Malformed),
        }
    }

    /// `400;chunk-signature=…`
    fn head(&mut self, line: &[u8]) -> Result<(), ChunkFailure> {
        let line = str::from_utf8(line).map_err(|_| ChunkFailure::Malformed)?;
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        if size.is_empty() || size.len() > 15 || !size.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ChunkFailure::Malformed);
        }
        let size = u64::from_str_radix(size, 16).map_err(|_| ChunkFailure::Malformed)?;
        if self.chain.is_some() {
            let claimed = extension.trim().strip_prefix("chunk-signature=").ok_or(ChunkFailure::Malformed)?;
            self.claimed = Some(unhex(claimed.as_bytes()).ok_or(ChunkFailure::Signature)?);
            if size > self.limits.chunk as u64 {
                return Err(ChunkFailure::TooLarge);
            }
        }
        self.missing = self.missing.checked_sub(size).ok_or(ChunkFailure::Length)?;
        if size > 0 {
            self.state = State::Data(size);
            return Ok(());
        }
        self.check_chunk()?;
        self.state = if self.declared.is_some() { State::Trailer } else { State::End };
        Ok(())
    }

    fn check_chunk(&mut self) -> Result<(), ChunkFailure> {
        let Some(chain) = &mut self.chain else { return Ok(()) };
        let claimed = self.claimed.take().ok_or(ChunkFailure::Signature)?;
        same(&chain.chunk(&self.held), &claimed)
    }

    fn trailer(&mut self, line: &[u8]) -> Result<(), ChunkFailure> {
        if line.is_empty() {
            // In AWS's own example one empty line stands between the trailing headers and their signature.
            let waits = self.chain.is_some() && self.trailer_signature.is_none() && !self.trailers.is_empty();
            let skip = waits && !mem::replace(&mut self.gap, true);
            return if skip { Ok(()) } else { self.end_trailer() };
        }
        self.trailer_bytes = self.trailer_bytes.saturating_add(line.len() + 2);
        let line = str::from_utf8(line).map_err(|_| ChunkFailure::Trailer)?;
        let (name, value) = line.split_once(':').ok_or(ChunkFailure::Trailer)?;
        if value.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(ChunkFailure::Trailer);
        }
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
        if name == "x-amz-trailer-signature" {
            let again =
                self.trailer_signature.replace(unhex(value.as_bytes()).ok_or(ChunkFailure::Signature)?);
            return if again.is_some() || self.chain.is_none() { Err(ChunkFailure::Trailer) } else { Ok(()) };
        }
        let declared = self.declared.as_mut().ok_or(ChunkFailure::Trailer)?;
        let at = declared.iter().position(|known| *known == name).ok_or(ChunkFailure::Trailer)?;
        declared.swap_remove(at);
        self.trailers.push((name, value));
        Ok(())
    }

    fn end_trailer(&mut self) -> Result<(), ChunkFailure> {
        if self.declared.as_ref().is_some_and(|still| !still.is_empty()) {
            return Err(ChunkFailure::Trailer);
        }
        if let Some(chain) = &mut self.chain {
            let claimed = self.trailer_signature.ok_or(ChunkFailure::Signature)?;
            same(&chain.trailer(&self.trailers), &claimed)?;
        }
        self.state = State::Done;
        Ok(())
    }
}

/// The chain of signatures over a body's chunks: each is signed with the one before it, the first with the
/// request's own.
#[derive(Clone, Debug)]
pub struct ChunkSigner {
    key: SigningKey,
    stamp: String,
    scope: Scope,
    previous: [u8; 32],
}

impl ChunkSigner {
    /// Begins after a request that was signed at `stamp` (`20261121T093000Z`) with the signature `seed`.
    #[must_use]
    pub fn new(key: SigningKey, stamp: String, scope: Scope, seed: [u8; 32]) -> Self {
        Self { key, stamp, scope, previous: seed }
    }

    /// The signature of the next chunk; the last one is empty.
    pub fn chunk(&mut self, data: &[u8]) -> [u8; 32] {
        // SHA-256 of nothing: the specification's place for headers that no chunk has.
        let empty = sha256(b"");
        self.next("AWS4-HMAC-SHA256-PAYLOAD", &[empty, sha256(data)])
    }

    /// The signature of the trailing headers, after the last chunk.
    pub fn trailer(&mut self, headers: &[(String, String)]) -> [u8; 32] {
        let mut text = String::new();
        for (name, value) in headers {
            text.extend([name.as_str(), ":", value.as_str(), "\n"]);
        }
        self.next("AWS4-HMAC-SHA256-TRAILER", &[sha256(text.as_bytes())])
    }

    /// A chunk as it is sent.
    #[must_use]
    pub fn encode_chunk(&mut self, data: &[u8]) -> Vec<u8> {
        let signature = hex(&self.chunk(data));
        let mut out = format!("{:x};chunk-signature=", data.len()).into_bytes();
        out.extend_from_slice(&signature);
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(data);
        // The last chunk's line break comes after the trailer, if there is one.
        if !data.is_empty() {
            out.extend_from_slice(b"\r\n");
        }
        out
    }

    fn next(&mut self, kind: &str, hashes: &[[u8; 32]]) -> [u8; 32] {
        let mut text = format!("{kind}\n{}\n{}\n", self.stamp, self.scope).into_bytes();
        text.extend_from_slice(&hex(&self.previous));
        for hash in hashes {
            text.push(b'\n');
            text.extend_from_slice(&hex(hash));
        }
        self.previous = self.key.signature(&text);
        self.previous
    }
}

fn same(calculated: &[u8; 32], claimed: &[u8; 32]) -> Result<(), ChunkFailure> {
    constant_time::verify_slices_are_equal(calculated, claimed).map_err(|_| ChunkFailure::Signature)
}

/// The names in `x-amz-trailer`.
fn declared(headers: &HeaderMap) -> Result<Vec<String>, ChunkFailure> {
    let mut names = Vec::new();
    for value in headers.get_all("x-amz-trailer") {
        let value = value.to_str().map_err(|_| ChunkFailure::Trailer)?;
        names.extend(
            value.split(',').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()),
        );
    }
    Ok(names)
}

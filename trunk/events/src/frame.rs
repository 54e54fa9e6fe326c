//! How one event stands on disk.
//!
//! A frame is a 20-byte header and a payload, all numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | length of the payload, never 0: a run of zeros is not a frame |
//! | 4 | CRC-32 of all the rest: the other header fields and the payload |
//! | 8 | position |
//! | 4 | how far behind the position the last durable one was when the frame was written |
//!
//! The last field tells damage from a torn write: a frame that no later frame calls durable may have been
//! lost in a crash, one that was called durable must be there.
//!
//! The payload is the event: id (16), time in milliseconds (8), partition (1), account (12), the region and
//! its length (1), the number of attributes (2), for each its code (1), length (2) and value, then the body.

use bastide_ids::{AccountId, Partition, Place, Region, Timestamp, Uuid};
use bytes::{Buf, Bytes};

use crate::{Attribute, Event, LogError, Position};

/// Bytes before the payload.
pub const HEADER: usize = 20;
/// The largest payload. CloudTrail itself ends at 256 KiB an event.
pub const MAX_PAYLOAD: usize = 1 << 20;
/// The largest value of an attribute, in bytes.
pub const MAX_VALUE: usize = u16::MAX as usize;
/// The most attributes of an event.
pub const MAX_ATTRIBUTES: usize = 4096;

/// A frame and where it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The event's position.
    pub position: Position,
    /// The last position that was durable when this frame was written.
    pub durable: Position,
    /// The event.
    pub record: Record<'a>,
    /// Bytes of the whole frame: the next one starts here.
    pub size: usize,
}

/// An event as it lies in a frame, not yet copied out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The event's id.
    pub id: Uuid,
    /// The event's time.
    pub time: Timestamp,
    /// The partition of its place.
    pub partition: Partition,
    /// The account of its place.
    pub account: AccountId,
    /// The region of its place.
    pub region: &'a str,
    /// How many attributes there are.
    count: u16,
    attributes: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

/// Why bytes are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// They end before the frame does.
    #[error("the frame is cut short")]
    Short,
    /// They begin with a length that no frame has.
    #[error("no frame has this length")]
    Length,
    /// The checksum does not fit.
    #[error("the checksum does not fit")]
    Checksum,
    /// The checksum fits and the content makes no sense: another program wrote it.
    #[error("the frame's content makes no sense")]
    Content,
}

/// Reads the frame that these bytes begin with.
///
/// # Errors
/// [`FrameError`] says what does not fit. Never panics, whatever the bytes.
pub fn decode(bytes: &[u8]) -> Result<Frame<'_>, FrameError> {
    let size = size(bytes)?;
    let frame = bytes.get(..size).ok_or(FrameError::Short)?;
    let (mut header, payload) = frame.split_at_checked(HEADER).ok_or(FrameError::Short)?;
    let (_length, crc) = (short(header.try_get_u32_le())?, short(header.try_get_u32_le())?);
    if checksum(frame) != crc {
        return Err(FrameError::Checksum);
    }
    let position = short(header.try_get_u64_le())?;
    let behind = u64::from(short(header.try_get_u32_le())?);
    if behind == 0 || behind > position {
        return Err(FrameError::Content);
    }
    let record = record(payload).ok_or(FrameError::Content)?;
    Ok(Frame { position: Position(position), durable: Position(position - behind), record, size })
}

/// The size of the frame that these bytes begin with, from its length field alone.
pub(crate) fn size(mut bytes: &[u8]) -> Result<usize, FrameError> {
    let length = short(bytes.try_get_u32_le())? as usize;
    if length == 0 || length > MAX_PAYLOAD { Err(FrameError::Length) } else { Ok(HEADER + length) }
}

/// The position that the header of a frame declares, unchecked.
pub(crate) fn declared_position(bytes: &[u8]) -> Option<Position> {
    bytes.get(8..16)?.try_into().ok().map(|raw| Position(u64::from_le_bytes(raw)))
}

/// Adds an event's frame to a buffer, its position and checksum still open ([`finish`] sets them), and gives
/// the frame's size.
///
/// # Errors
/// [`LogError::TooLarge`]; nothing was added then.
pub(crate) fn encode(event: &Event, out: &mut Vec<u8>) -> Result<usize, LogError> {
    let start = out.len();
    let result = encode_payload(event, out);
    let payload = out.len().saturating_sub(start + HEADER);
    let result = result.and_then(|()| within("whole", payload, MAX_PAYLOAD));
    if let Err(error) = result {
        out.truncate(start);
        return Err(error);
    }
    if let (Some(length), Ok(value)) = (out.get_mut(start..start + 4), u32::try_from(payload)) {
        length.copy_from_slice(&value.to_le_bytes());
    }
    Ok(HEADER + payload)
}

/// Completes a frame that [`encode`] made.
pub(crate) fn finish(frame: &mut [u8], position: Position, durable: Position) {
    let behind = u32::try_from(position.0.saturating_sub(durable.0)).unwrap_or(u32::MAX);
    if let Some(field) = frame.get_mut(8..16) {
        field.copy_from_slice(&position.0.to_le_bytes());
    }
    if let Some(field) = frame.get_mut(16..HEADER) {
        field.copy_from_slice(&behind.to_le_bytes());
    }
    let crc = checksum(frame);
    if let Some(field) = frame.get_mut(4..8) {
        field.copy_from_slice(&crc.to_le_bytes());
    }
}

fn checksum(frame: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(frame.get(..4).unwrap_or_default());
    hasher.update(frame.get(8..).unwrap_or_default());
    hasher.finalize()
}

fn encode_payload(event: &Event, out: &mut Vec<u8>) -> Result<(), LogError> {
    out.extend_from_slice(&[0; HEADER]);
    out.extend_from_slice(&event.id.0);
    out.extend_from_slice(&event.time.millis().to_le_bytes());
    out.push(partition_code(event.place.partition));
    out.extend_from_slice(event.place.account.as_str().as_bytes());
    let region = event.place.region.as_str().as_bytes();
    out.push(u8::try_from(region.len()).map_err(|_| too_large("region", region.len(), 255))?);
    out.extend_from_slice(region);
    let count = event.attributes.iter().len();
    within("number of attributes", count, MAX_ATTRIBUTES)?;
    out.extend_from_slice(&u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes());
    for (attribute, value) in event.attributes.iter() {
        let length =
            u16::try_from(value.len()).map_err(|_| too_large(attribute.as_str(), value.len(), MAX_VALUE))?;
        out.push(attribute.code());
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(value.as_bytes());
    }
    // Checked before it is copied: a body can be large without bound.
    within("body", event.body.len(), MAX_PAYLOAD)?;
    out.extend_from_slice(&event.body);
    Ok(())
}

fn within(what: &'static str, size: usize, limit: usize) -> Result<(), LogError> {
    if size <= limit { Ok(()) } else { Err(too_large(what, size, limit)) }
}

fn too_large(what: &'static str, size: usize, limit: usize) -> LogError {
    LogError::TooLarge { what, size, limit }
}

fn short<T>(read: Result<T, bytes::TryGetError>) -> Result<T, FrameError> {
    read.map_err(|_| FrameError::Short)
}

fn record(mut payload: &[u8]) -> Option<Record<'_>> {
    let mut id = [0; 16];
    payload.try_copy_to_slice(&mut id).ok()?;
    let time = Timestamp::from_millis(payload.try_get_i64_le().ok()?);
    let partition = partition_of(payload.try_get_u8().ok()?)?;
    let account = AccountId::parse(text(&mut payload, 12)?).ok()?;
    let length = payload.try_get_u8().ok()?;
    let region = text(&mut payload, usize::from(length))?;
    // No writer writes more, and copying them out takes time by their number squared.
    let count = payload.try_get_u16_le().ok().filter(|count| usize::from(*count) <= MAX_ATTRIBUTES)?;
    let mut rest = payload;
    for _ in 0..count {
        attribute(&mut rest)?;
    }
    let (attributes, body) = payload.split_at_checked(payload.len() - rest.len())?;
    Some(Record { id: Uuid(id), time, partition, account, region, count, attributes, body })
}

fn attribute<'a>(bytes: &mut &'a [u8]) -> Option<(Attribute, &'a str)> {
    let attribute = Attribute::from_code(bytes.try_get_u8().ok()?)?;
    let length = bytes.try_get_u16_le().ok()?;
    Some((attribute, text(bytes, usize::from(length))?))
}

fn text<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a str> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(taken).ok()
}

fn partition_code(partition: Partition) -> u8 {
    match partition {
        Partition::Aws => 1,
        Partition::AwsCn => 2,
        Partition::AwsUsGov => 3,
        Partition::AwsEusc => 4,
    }
}

fn partition_of(code: u8) -> Option<Partition> {
    let all = [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov, Partition::AwsEusc];
    all.into_iter().find(|partition| partition_code(*partition) == code)
}

impl<'a> Record<'a> {
    /// The attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (Attribute, &'a str)> + use<'a> {
        let (mut rest, count) = (self.attributes, self.count);
        (0..count).map_while(move |_| attribute(&mut rest))
    }

    /// The event, copied out.
    ///
    /// # Errors
    /// [`FrameError::Content`] when the region is not one.
    pub fn to_event(&self) -> Result<Event, FrameError> {
        let region = Region::parse(self.region).map_err(|_| FrameError::Content)?;
        Ok(Event {
            id: self.id,
            time: self.time,
            place: Place { partition: self.partition, account: self.account, region },
            attributes: self.attributes().collect(),
            body: Bytes::copy_from_slice(self.body),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contract::event;

    fn frame(event: &Event, position: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let size = encode(event, &mut bytes).unwrap();
        assert_eq!(size, bytes.len());
        finish(&mut bytes, Position(position), Position(position - 1));
        bytes
    }

    #[test]
    fn reads_back() {
        for n in 0..200 {
            let bytes = frame(&event(n), n + 1);
            let frame = decode(&bytes).unwrap();
            assert_eq!(
                (frame.position, frame.durable, frame.size),
                (Position(n + 1), Position(n), bytes.len())
            );
            assert_eq!(frame.record.to_event().unwrap(), event(n));
        }
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let bytes = frame(&event(5), 77);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&flipped).is_err(), "bit {bit}");
        }
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn refuses_what_is_too_large() {
        let mut bytes = vec![1, 2, 3];
        let large = Event { body: Bytes::from(vec![0; MAX_PAYLOAD + 1]), ..event(1) };
        assert!(matches!(encode(&large, &mut bytes), Err(LogError::TooLarge { what: "body", .. })));
        let just_over = Event { body: Bytes::from(vec![0; MAX_PAYLOAD - 10]), ..event(1) };
        assert!(matches!(encode(&just_over, &mut bytes), Err(LogError::TooLarge { what: "whole", .. })));
        let mut wide = event(1);
        wide.attributes.add(Attribute::ResourceName, "x".repeat(MAX_VALUE + 1));
        assert!(matches!(encode(&wide, &mut bytes), Err(LogError::TooLarge { what: "ResourceName", .. })));
        assert_eq!(bytes, [1, 2, 3]);
    }

    #[test]
    fn refuses_more_attributes_than_a_writer_writes() {
        let with = |count: u16| {
            let mut bytes = vec![0; HEADER + 24];
            bytes.extend(b"\x01111122223333\x09us-east-1");
            bytes.extend(count.to_le_bytes());
            bytes.extend((0..count).flat_map(|_| [1, 0, 0]));
            let payload = u32::try_from(bytes.len() - HEADER).unwrap();
            bytes[..4].copy_from_slice(&payload.to_le_bytes());
            finish(&mut bytes, Position(2), Position(1));
            decode(&bytes).map(|frame| frame.record.attributes().count())
        };
        assert_eq!(with(4096), Ok(MAX_ATTRIBUTES));
        assert_eq!(with(4097), Err(FrameError::Content));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
            let _ = record(&bytes);
        }

        #[test]
        fn any_content_with_a_right_checksum_is_read_or_refused(
            payload in prop::collection::vec(0u8..9, 1..120), position in any::<u64>(), durable in any::<u64>(),
        ) {
            let mut bytes = vec![0; HEADER];
            bytes[0] = u8::try_from(payload.len()).unwrap();
            bytes.extend(payload);
            finish(&mut bytes, Position(position), Position(durable));
            if let Ok(frame) = decode(&bytes) {
                let _ = frame.record.to_event();
            }
        }
    }
}

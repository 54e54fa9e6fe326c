//! Parquet's hybrid of runs and bit-packed groups, in which levels and places in dictionaries are written (Parquet's
//! format, "RLE/bit-packing hybrid").

use bytes::Bytes;
use parquet::errors::ParquetError;

/// Numbers of up to 32 bits.
pub(crate) struct Hybrid {
    bytes: Bytes,
    width: u32,
    /// Where the next run begins.
    at: usize,
    run: Run,
}

enum Run {
    /// The same number so many times.
    Same(u32, usize),
    /// So many numbers, from a bit on.
    Packed(usize, usize),
}

impl Hybrid {
    /// Numbers of `width` bits each.
    pub(crate) fn new(bytes: Bytes, width: u32) -> Result<Self, ParquetError> {
        if width > 32 {
            return Err(ParquetError::General(format!("numbers of {width} bits; 32 is the most")));
        }
        Ok(Self { bytes, width, at: 0, run: Run::Same(0, 0) })
    }

    /// The number that the next `count` ones all are, when one run says so.
    pub(crate) fn alike(&mut self, count: usize) -> Result<Option<u32>, ParquetError> {
        self.refill()?;
        match self.run {
            Run::Same(number, left) if left >= count => Ok(Some(number)),
            _ => Ok(None),
        }
    }

    /// The same; then they are passed.
    pub(crate) fn same(&mut self, count: usize) -> Result<Option<u32>, ParquetError> {
        let number = self.alike(count)?;
        if let (Some(_), Run::Same(_, left)) = (number, &mut self.run) {
            *left -= count;
        }
        Ok(number)
    }

    /// Adds the next `count` numbers to `out`.
    pub(crate) fn read(&mut self, count: usize, out: &mut Vec<u32>) -> Result<(), ParquetError> {
        let end = out.len() + count;
        out.reserve(count);
        while out.len() < end {
            self.refill()?;
            let wanted = end - out.len();
            match &mut self.run {
                Run::Same(number, left) => {
                    let taken = wanted.min(*left);
                    *left -= taken;
                    out.resize(out.len() + taken, *number);
                }
                Run::Packed(bit, left) => {
                    let taken = wanted.min(*left);
                    unpack(&self.bytes, *bit, self.width, taken, out)?;
                    *left -= taken;
                    *bit += taken * self.width as usize;
                }
            }
        }
        Ok(())
    }

    /// Goes to the next run when this one is done.
    fn refill(&mut self) -> Result<(), ParquetError> {
        while let Run::Same(_, 0) | Run::Packed(_, 0) = self.run {
            let header = self.varint()?;
            let count = usize::try_from(header >> 1).unwrap_or(usize::MAX);
            if header & 1 == 0 {
                let bytes = self.width.div_ceil(8) as usize;
                let mut number = [0; 4];
                let from = self.bytes.get(self.at..self.at + bytes).ok_or_else(cut_off)?;
                number.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                self.at += bytes;
                self.run = Run::Same(u32::from_le_bytes(number), count);
            } else {
                // Groups of eight. The last may be filled up, or be cut off behind its last number.
                let left = self.bytes.len() - self.at;
                let bytes = count.saturating_mul(self.width as usize);
                let numbers = count.saturating_mul(8);
                let there = if self.width == 0 { numbers } else { 8 * left / self.width as usize };
                self.run = Run::Packed(8 * self.at, numbers.min(there));
                self.at += bytes.min(left);
            }
        }
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, ParquetError> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = *self.bytes.get(self.at).ok_or_else(cut_off)?;
            self.at += 1;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(ParquetError::General("a run of too many numbers".to_owned()))
    }
}

fn cut_off() -> ParquetError {
    ParquetError::EOF("a page has fewer numbers than it says".to_owned())
}

/// Adds `count` numbers of `width` bits each, which are written from `bit` on.
fn unpack(
    bytes: &[u8],
    bit: usize,
    width: u32,
    count: usize,
    out: &mut Vec<u32>,
) -> Result<(), ParquetError> {
    let width = width as usize;
    let mask = (1_u64 << width) - 1;
    let bytes = bytes.get(..(bit + count * width).div_ceil(8)).ok_or_else(cut_off)?;
    let mut at = bit;
    // Eight bytes hold any number, wherever in a byte it begins.
    let whole = match bytes.len().checked_sub(8) {
        Some(last) if width > 0 => ((8 * last + 8).saturating_sub(bit) / width).min(count),
        _ => 0,
    };
    let start = out.len();
    out.resize(start + whole, 0);
    for number in out.iter_mut().skip(start) {
        let word = bytes.get(at / 8..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        *number = low(u64::from_le_bytes(word) >> (at % 8) & mask);
        at += width;
    }
    for _ in whole..count {
        let mut word = [0; 8];
        word.iter_mut().zip(bytes.get(at / 8..).unwrap_or_default()).for_each(|(to, from)| *to = *from);
        out.push(low(u64::from_le_bytes(word) >> (at % 8) & mask));
        at += width;
    }
    Ok(())
}

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "masked to 32 bits or fewer")]
fn low(number: u64) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As a writer would: runs where numbers repeat, groups else.
    fn write(numbers: &[u32], width: u32, runs: bool) -> Vec<u8> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < numbers.len() {
            let same = numbers[at..].iter().take_while(|number| **number == numbers[at]).count();
            if runs && same >= 8 {
                varint((same as u64) << 1, &mut out);
                out.extend_from_slice(&numbers[at].to_le_bytes()[..width.div_ceil(8) as usize]);
                at += same;
                continue;
            }
            let groups = if runs { 1 } else { (numbers.len() - at).div_ceil(8) };
            varint((groups as u64) << 1 | 1, &mut out);
            let mut bits = vec![0_u8; groups * width as usize];
            for index in 0..8 * groups {
                let number = numbers.get(at + index).copied().unwrap_or(0);
                for bit in 0..width as usize {
                    let place = index * width as usize + bit;
                    bits[place / 8] |= ((number >> bit & 1) as u8) << (place % 8);
                }
            }
            out.extend_from_slice(&bits);
            at += 8 * groups;
        }
        out
    }

    fn varint(mut number: u64, out: &mut Vec<u8>) {
        while number >= 0x80 {
            out.push(number as u8 | 0x80);
            number >>= 7;
        }
        out.push(number as u8);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            width in 0..=32_u32, runs: bool, cut in 1..50_usize,
            numbers in proptest::collection::vec((any::<u32>(), 1..20_usize), 0..60),
        ) {
            let mask = if width == 32 { u32::MAX } else { (1 << width) - 1 };
            let numbers: Vec<u32> =
                numbers.into_iter().flat_map(|(number, times)| vec![number & mask; times]).collect();
            let mut read = Hybrid::new(write(&numbers, width, runs).into(), width).unwrap();
            let mut out = Vec::new();
            while out.len() < numbers.len() {
                let count = cut.min(numbers.len() - out.len());
                match read.same(count).unwrap() {
                    Some(number) => out.extend(vec![number; count]),
                    None => read.read(count, &mut out).unwrap(),
                }
            }
            prop_assert_eq!(out, numbers);
        }

        #[test]
        fn any_bytes_give_numbers_or_an_error(
            width in 0..40_u32, bytes in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let Ok(mut read) = Hybrid::new(bytes.into(), width) else { return Ok(()) };
            let mut out = Vec::new();
            for _ in 0..20 {
                if read.read(100, &mut out).is_err() {
                    return Ok(());
                }
            }
            prop_assert_eq!(out.len(), 2_000);
        }
    }
}

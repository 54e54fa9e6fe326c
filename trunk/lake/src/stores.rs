//! How values of Parquet's types are kept.

use std::marker::PhantomData;
use std::net::IpAddr;

use bytes::Bytes;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;

use crate::chunk::Store;

/// Texts. A row is a place among those of the dictionary and, behind them, those that were written plainly.
#[derive(Default)]
pub(crate) struct Texts {
    /// The dictionary's texts; or, in a column of addresses, what they say.
    known: Vec<Box<str>>,
    addresses: Option<Vec<Option<IpAddr>>>,
    /// How many texts the dictionary has.
    entries: usize,
    /// Plain values: the page, and where in it.
    plain: Vec<(u32, u32, u32)>,
    pages: Vec<Bytes>,
}

impl Texts {
    /// A column that is only asked for addresses: those in the dictionary are read once.
    pub(crate) fn of_addresses() -> Self {
        Self { addresses: Some(Vec::new()), ..Self::default() }
    }

    /// The text of a row; empty when it has none, or none that is UTF-8.
    #[inline]
    pub(crate) fn text(&self, row: u32) -> &str {
        match self.known.get(row as usize) {
            Some(text) => text,
            None if row == Self::NONE => "",
            None => str::from_utf8(self.written(row)).unwrap_or_default(),
        }
    }

    /// The address of a row.
    #[inline]
    pub(crate) fn address(&self, row: u32) -> Option<IpAddr> {
        match self.addresses.as_ref().and_then(|known| known.get(row as usize)) {
            Some(address) => *address,
            None if row == Self::NONE => None,
            None => bastide_logs::flow::address(self.written(row)),
        }
    }

    fn written(&self, row: u32) -> &[u8] {
        let place = (row as usize).checked_sub(self.entries).and_then(|place| self.plain.get(place));
        let Some((page, from, to)) = place else { return &[] };
        let page = self.pages.get(*page as usize);
        page.and_then(|page| page.get(*from as usize..*to as usize)).unwrap_or_default()
    }

    fn add(&mut self, page: usize, from: usize, to: usize) -> u32 {
        self.plain.push((short(page), short(from), short(to)));
        short(self.entries + self.plain.len() - 1)
    }
}

impl Store for Texts {
    type Physical = ByteArrayType;
    type Row = u32;
    const NONE: u32 = u32::MAX;

    fn begin(&mut self) {
        self.plain.clear();
        self.pages.clear();
    }

    fn dictionary(&mut self, page: &Bytes, count: usize) -> Result<(), ParquetError> {
        let mut at = 0;
        for _ in 0..count {
            let (from, to) = value_at(page, at)?;
            let text = page.get(from..to).unwrap_or_default();
            match &mut self.addresses {
                Some(addresses) => addresses.push(bastide_logs::flow::address(text)),
                None => self.known.push(str::from_utf8(text).unwrap_or_default().into()),
            }
            at = to;
        }
        self.entries = count;
        Ok(())
    }

    fn looked_up(&mut self, places: &[u32], rows: &mut Vec<u32>) -> Result<(), ParquetError> {
        if places.iter().max().is_some_and(|place| *place as usize >= self.entries) {
            return Err(outside());
        }
        rows.extend_from_slice(places);
        Ok(())
    }

    fn plain(
        &mut self,
        page: &Bytes,
        mut at: usize,
        count: usize,
        rows: &mut Vec<u32>,
    ) -> Result<usize, ParquetError> {
        self.pages.push(page.clone());
        for _ in 0..count {
            let (from, to) = value_at(page, at)?;
            rows.push(self.add(self.pages.len() - 1, from, to));
            at = to;
        }
        Ok(at)
    }

    fn value(&mut self, value: ByteArray) -> u32 {
        let length = value.len();
        self.pages.push(Bytes::copy_from_slice(value.data()));
        self.add(self.pages.len() - 1, 0, length)
    }
}

/// Where the plain text at a position is: four bytes say how long it is.
fn value_at(page: &[u8], at: usize) -> Result<(usize, usize), ParquetError> {
    let cut_off = || ParquetError::EOF("a text is longer than its page".to_owned());
    let length = page.get(at..).and_then(<[u8]>::first_chunk).copied().ok_or_else(cut_off)?;
    let from = at + 4;
    let to = from + usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX / 2);
    if to > page.len() { Err(cut_off()) } else { Ok((from, to)) }
}

/// Pages are smaller than 2 GiB, and so is what is in them.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn outside() -> ParquetError {
    ParquetError::General("a value that is not in the dictionary".to_owned())
}

/// Whole numbers of a type of Parquet's.
pub(crate) trait Whole: DataType {
    /// Bytes of one that is written plainly.
    const BYTES: usize;

    fn read(bytes: &[u8]) -> i64;
    fn of(value: Self::T) -> i64;
}

impl Whole for Int64Type {
    const BYTES: usize = 8;

    #[inline]
    fn read(bytes: &[u8]) -> i64 {
        bytes.first_chunk().copied().map(i64::from_le_bytes).unwrap_or_default()
    }

    fn of(value: i64) -> i64 {
        value
    }
}

impl Whole for Int32Type {
    const BYTES: usize = 4;

    #[inline]
    fn read(bytes: &[u8]) -> i64 {
        bytes.first_chunk().copied().map(i32::from_le_bytes).unwrap_or_default().into()
    }

    fn of(value: i32) -> i64 {
        value.into()
    }
}

/// Numbers; a row is its number.
pub(crate) struct Numbers<T: Whole> {
    known: Vec<i64>,
    kind: PhantomData<T>,
}

impl<T: Whole> Default for Numbers<T> {
    fn default() -> Self {
        Self { known: Vec::new(), kind: PhantomData }
    }
}

impl<T: Whole> Store for Numbers<T> {
    type Physical = T;
    type Row = i64;
    const NONE: i64 = 0;

    fn dictionary(&mut self, page: &Bytes, count: usize) -> Result<(), ParquetError> {
        self.known.clear();
        let mut known = Vec::new();
        self.plain(page, 0, count, &mut known)?;
        self.known = known;
        Ok(())
    }

    fn looked_up(&mut self, places: &[u32], rows: &mut Vec<i64>) -> Result<(), ParquetError> {
        if places.iter().max().is_some_and(|place| *place as usize >= self.known.len()) {
            return Err(outside());
        }
        rows.extend(places.iter().map(|place| self.known.get(*place as usize).copied().unwrap_or(0)));
        Ok(())
    }

    fn plain(
        &mut self,
        page: &Bytes,
        at: usize,
        count: usize,
        rows: &mut Vec<i64>,
    ) -> Result<usize, ParquetError> {
        let end = at.saturating_add(count.saturating_mul(T::BYTES));
        let cut_off = || ParquetError::EOF("a page has fewer numbers than it says".to_owned());
        let bytes = page.get(at..end).ok_or_else(cut_off)?;
        rows.extend(bytes.chunks_exact(T::BYTES).map(T::read));
        Ok(end)
    }

    fn value(&mut self, value: T::T) -> i64 {
        T::of(value)
    }
}

/// Yes or no.
#[derive(Default)]
pub(crate) struct Truths;

impl Store for Truths {
    type Physical = BoolType;
    type Row = bool;
    const PLAIN: bool = false;
    const NONE: bool = false;

    fn dictionary(&mut self, _: &Bytes, _: usize) -> Result<(), ParquetError> {
        Err(outside())
    }

    fn looked_up(&mut self, _: &[u32], _: &mut Vec<bool>) -> Result<(), ParquetError> {
        Err(outside())
    }

    fn plain(&mut self, _: &Bytes, _: usize, _: usize, _: &mut Vec<bool>) -> Result<usize, ParquetError> {
        Err(outside())
    }

    fn value(&mut self, value: bool) -> bool {
        value
    }
}

//! A column of a row group, decoded some rows at a time into what a row is looked up in by its number.
//!
//! Dictionaries are read once, and rows are places in them. Pages in the usual encodings (plain, dictionaries) are
//! decoded here a stretch at a time; those in others by the `parquet` crate, value by value.

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReaderImpl, get_column_reader, get_typed_column_reader};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescPtr;

use crate::hybrid::Hybrid;

/// How the values of a column are kept.
pub(crate) trait Store {
    /// Parquet's type.
    type Physical: DataType;
    /// What stands for a row.
    type Row: Copy;
    /// Whether plain values and dictionaries are read here.
    const PLAIN: bool = true;
    /// A row without a value.
    const NONE: Self::Row;

    /// Other rows are decoded: what the last ones needed, besides the dictionary, is of no use any more.
    fn begin(&mut self) {}

    /// Takes the dictionary: so many plain values.
    fn dictionary(&mut self, page: &Bytes, count: usize) -> Result<(), ParquetError>;

    /// Adds rows with these places in the dictionary.
    fn looked_up(&mut self, places: &[u32], rows: &mut Vec<Self::Row>) -> Result<(), ParquetError>;

    /// Adds rows with the next plain values of a page from a position on, and gives the one behind them.
    fn plain(
        &mut self,
        page: &Bytes,
        at: usize,
        count: usize,
        rows: &mut Vec<Self::Row>,
    ) -> Result<usize, ParquetError>;

    /// A row with a value.
    fn value(&mut self, value: <Self::Physical as DataType>::T) -> Self::Row;
}

/// A column of a row group.
pub(crate) struct Chunk<S: Store> {
    pages: Box<dyn PageReader>,
    descr: ColumnDescPtr,
    dictionary: Option<Page>,
    /// Whether a page was read.
    begun: bool,
    page: Option<Current<S>>,
    pub(crate) store: S,
    /// The rows that are decoded.
    rows: Vec<S::Row>,
    /// What they all are, or that they have no value, when they are alike; then `rows` is of no meaning.
    alike: Option<Option<S::Row>>,
    /// Which of them have a value; empty when all have.
    present: Vec<bool>,
    /// Levels or places that were read last, kept for their memory.
    levels: Vec<u32>,
    places: Vec<u32>,
}

/// The page that is being read.
struct Current<S: Store> {
    left: usize,
    /// Which rows have a value; `None` when all have.
    levels: Option<Hybrid>,
    values: Values<S>,
}

enum Values<S: Store> {
    Places(Hybrid),
    Plain(Bytes, usize),
    Other(Box<Other<S>>),
}

/// A page that the `parquet` crate decodes, with its levels.
struct Other<S: Store> {
    reader: ColumnReaderImpl<S::Physical>,
    levels: Vec<i16>,
    values: Vec<<S::Physical as DataType>::T>,
}

/// Which rows of a stretch have a value.
enum Presence {
    All,
    None,
    /// Those whose level says so: so many.
    Some(usize),
}

impl<S: Store> Chunk<S> {
    pub(crate) fn new(pages: Box<dyn PageReader>, descr: ColumnDescPtr, store: S) -> Self {
        let (rows, present, levels, places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            pages,
            descr,
            dictionary: None,
            begun: false,
            page: None,
            store,
            rows,
            alike: None,
            present,
            levels,
            places,
        }
    }

    /// A row's value; `None` when it has none.
    #[inline]
    pub(crate) fn row(&self, row: usize) -> Option<S::Row> {
        match self.alike {
            Some(alike) => alike,
            None if self.present.get(row) == Some(&false) => None,
            None => self.rows.get(row).copied(),
        }
    }

    /// Shows the values of rows from one on, with as many things.
    #[inline]
    pub(crate) fn each<T>(&self, from: usize, into: &mut [T], mut set: impl FnMut(&mut T, S::Row)) {
        if let Some(alike) = self.alike {
            if let Some(row) = alike {
                into.iter_mut().for_each(|one| set(one, row));
            }
            return;
        }
        let all = into.iter_mut().zip(self.rows.get(from..).unwrap_or_default());
        match self.present.get(from..) {
            Some(present) if !present.is_empty() => {
                let there = all.zip(present).filter(|(_, present)| **present);
                there.for_each(|((one, row), _)| set(one, *row));
            }
            _ => all.for_each(|(one, row)| set(one, *row)),
        }
    }

    /// Decodes the next `count` rows.
    pub(crate) fn fill(&mut self, count: usize) -> Result<(), ParquetError> {
        self.rows.clear();
        self.present.clear();
        self.store.begin();
        self.alike = self.all_alike(count)?;
        if self.alike.is_some() {
            return Ok(());
        }
        while self.rows.len() < count {
            let wanted = count - self.rows.len();
            match self.page.take() {
                Some(mut page) if page.left > 0 => {
                    let taken = wanted.min(page.left);
                    page.left -= taken;
                    self.stretch(&mut page, taken)?;
                    self.page = Some(page);
                }
                _ => self.page = self.next_page()?,
            }
        }
        Ok(())
    }

    /// What the next `count` rows all are, when their page says so in as few words; then they are passed.
    fn all_alike(&mut self, count: usize) -> Result<Option<Option<S::Row>>, ParquetError> {
        if self.page.as_ref().is_none_or(|page| page.left == 0) {
            self.page = self.next_page()?;
        }
        let Some(page) = self.page.as_mut().filter(|page| page.left >= count) else { return Ok(None) };
        let levels = &mut page.levels;
        let level = levels.as_mut().map_or(Ok(Some(1)), |levels| levels.alike(count))?;
        let place = match (level, &mut page.values) {
            (Some(0), Values::Places(_) | Values::Plain(..)) => None,
            (Some(_), Values::Places(places)) => match places.same(count)? {
                Some(place) => Some(place),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        page.left -= count;
        if let Some(levels) = levels {
            levels.same(count)?;
        }
        if let Some(place) = place {
            self.store.looked_up(&[place], &mut self.rows)?;
        }
        Ok(Some(self.rows.first().copied()))
    }

    /// Adds rows of a page.
    fn stretch(&mut self, page: &mut Current<S>, count: usize) -> Result<(), ParquetError> {
        let presence = match (&mut page.values, &mut page.levels) {
            (Values::Other(other), _) => return self.other(other, count),
            (_, None) => Presence::All,
            (_, Some(levels)) => match levels.same(count)? {
                Some(0) => Presence::None,
                Some(_) => Presence::All,
                None => {
                    self.levels.clear();
                    levels.read(count, &mut self.levels)?;
                    Presence::Some(self.levels.iter().filter(|level| **level > 0).count())
                }
            },
        };
        let values = match presence {
            Presence::All => count,
            Presence::None => 0,
            Presence::Some(values) => values,
        };
        let start = self.rows.len();
        match &mut page.values {
            Values::Places(hybrid) => {
                self.places.clear();
                hybrid.read(values, &mut self.places)?;
                self.store.looked_up(&self.places, &mut self.rows)?;
            }
            Values::Plain(bytes, at) => *at = self.store.plain(bytes, *at, values, &mut self.rows)?,
            Values::Other(_) => {}
        }
        if self.rows.len() != start + values {
            return Err(ParquetError::EOF("a page has fewer values than it says".to_owned()));
        }
        self.spread(&presence, start, count);
        Ok(())
    }

    /// Brings values, which stand behind each other from `start` on, to the rows that they belong to.
    fn spread(&mut self, presence: &Presence, start: usize, count: usize) {
        if matches!(presence, Presence::All) {
            if !self.present.is_empty() {
                self.present.resize(start + count, true);
            }
            return;
        }
        self.present.resize(start, true);
        let mut value = self.rows.len();
        self.rows.resize(start + count, S::NONE);
        match presence {
            Presence::Some(_) => {
                self.present.extend(self.levels.iter().map(|level| *level > 0));
                for (row, level) in (start..start + count).zip(&self.levels).rev() {
                    let mut moved = S::NONE;
                    if *level > 0 {
                        value -= 1;
                        moved = self.rows.get(value).copied().unwrap_or(S::NONE);
                    }
                    if let Some(to) = self.rows.get_mut(row) {
                        *to = moved;
                    }
                }
            }
            _ => self.present.resize(start + count, false),
        }
    }

    fn other(&mut self, other: &mut Other<S>, count: usize) -> Result<(), ParquetError> {
        let start = self.rows.len();
        other.levels.clear();
        other.values.clear();
        let optional = self.descr.max_def_level() > 0;
        let levels = optional.then_some(&mut other.levels);
        let (records, _, _) = other.reader.read_records(count, levels, None, &mut other.values)?;
        if records != count {
            return Err(ParquetError::EOF("a page has fewer values than it says".to_owned()));
        }
        for value in other.values.drain(..) {
            let row = self.store.value(value);
            self.rows.push(row);
        }
        let mut presence = Presence::All;
        if optional {
            self.levels.clear();
            self.levels.extend(other.levels.iter().map(|level| u32::from(*level > 0)));
            presence = Presence::Some(self.rows.len() - start);
        }
        self.spread(&presence, start, count);
        Ok(())
    }

    /// The next page with values.
    fn next_page(&mut self) -> Result<Option<Current<S>>, ParquetError> {
        loop {
            let few = || ParquetError::EOF("a column has fewer rows than its row group".to_owned());
            let page = self.pages.get_next_page()?.ok_or_else(few)?;
            let Page::DictionaryPage { buf, num_values, encoding, .. } = &page else {
                self.begun = true;
                return self.current(page).map(Some);
            };
            // Rows that were decoded are places in the dictionary that was there.
            if std::mem::replace(&mut self.begun, true) {
                return Err(ParquetError::General("a dictionary should be a column's first page".to_owned()));
            }
            match encoding {
                Encoding::PLAIN | Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => {
                    self.store.dictionary(buf, usize::try_from(*num_values).unwrap_or(0))?;
                }
                other => return Err(ParquetError::NYI(format!("a dictionary in the encoding {other}"))),
            }
            self.dictionary = Some(page);
        }
    }

    fn current(&self, page: Page) -> Result<Current<S>, ParquetError> {
        let optional = self.descr.max_def_level() > 0;
        let left = usize::try_from(page.num_values()).unwrap_or(0);
        let cut_off = || ParquetError::EOF("a page is cut off".to_owned());
        let (mut levels, mut from) = (None, 0);
        let (bytes, encoding) = match &page {
            Page::DataPage { buf, encoding, def_level_encoding, .. } => {
                if optional {
                    if *def_level_encoding != Encoding::RLE {
                        return self.by_the_crate(page, left);
                    }
                    let length = buf.first_chunk().copied().ok_or_else(cut_off)?;
                    from = 4 + usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX - 4);
                    levels = Some((4, from));
                }
                (buf, *encoding)
            }
            Page::DataPageV2 { buf, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
                let length = |bytes: u32| usize::try_from(bytes).unwrap_or(usize::MAX / 2);
                let begin = length(*rep_levels_byte_len);
                from = begin + length(*def_levels_byte_len);
                if optional {
                    levels = Some((begin, from));
                }
                (buf, *encoding)
            }
            Page::DictionaryPage { .. } => return Err(cut_off()),
        };
        if from > bytes.len() {
            return Err(cut_off());
        }
        let values = bytes.slice(from..);
        let values = match encoding {
            Encoding::PLAIN if S::PLAIN => Values::Plain(values, 0),
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY if S::PLAIN => match values.first() {
                Some(width) => Values::Places(Hybrid::new(values.slice(1..), (*width).into())?),
                // All of the page's rows are without a value.
                None => Values::Places(Hybrid::new(values, 0)?),
            },
            _ => return self.by_the_crate(page, left),
        };
        let levels = levels.map(|(begin, end)| Hybrid::new(bytes.slice(begin..end), 1)).transpose()?;
        Ok(Current { left, levels, values })
    }

    fn by_the_crate(&self, page: Page, left: usize) -> Result<Current<S>, ParquetError> {
        let pages = self.dictionary.iter().cloned().chain([page]);
        let pages = Box::new(Few(pages.collect::<Vec<_>>().into_iter()));
        let reader = get_typed_column_reader(get_column_reader(self.descr.clone(), pages));
        let other = Other { reader, levels: Vec::new(), values: Vec::new() };
        Ok(Current { left, levels: None, values: Values::Other(Box::new(other)) })
    }
}

/// A few pages that were read already.
struct Few(std::vec::IntoIter<Page>);

impl Iterator for Few {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(Ok)
    }
}

impl PageReader for Few {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        Ok(self.0.next())
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        Ok(None)
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        self.0.next();
        Ok(())
    }
}

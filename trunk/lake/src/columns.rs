//! Columns of a Parquet file, some rows at a time.

use std::net::IpAddr;
use std::ops::Range;

use parquet::basic::Type;
use parquet::data_type::{Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader as _, RowGroupReader, SerializedFileReader};
use parquet::schema::types::SchemaDescriptor;

use crate::chunk::Chunk;
use crate::stores::{Numbers, Texts, Truths};

/// Rows that are decoded at once: few enough to stay in the processor's cache.
const ROWS: usize = 2_048;

/// Some columns of a row group.
pub(crate) struct Columns {
    columns: Vec<Column>,
    /// Rows that are decoded, and how many of them were gone to.
    rows: usize,
    taken: usize,
    left: usize,
    /// The row that was gone to last.
    row: usize,
}

enum Column {
    /// The file has none of this name, or one of another form.
    Missing,
    Text(Chunk<Texts>),
    Long(Chunk<Numbers<Int64Type>>),
    Short(Chunk<Numbers<Int32Type>>),
    Truth(Chunk<Truths>),
}

/// Where the columns of these names are in a file.
pub(crate) fn places(schema: &SchemaDescriptor, names: &[&str]) -> Vec<Option<usize>> {
    let place = |name: &&str| {
        schema.columns().iter().position(|column| {
            let flat = column.max_rep_level() == 0 && column.max_def_level() <= 1;
            flat && column.path().string() == **name
        })
    };
    names.iter().map(place).collect()
}

/// A walk over the rows of a file, one row group after the other.
pub(crate) struct Walk {
    places: Vec<Option<usize>>,
    addresses: Range<usize>,
    columns: Option<Columns>,
    group: usize,
}

impl Walk {
    /// Over the columns of these names; those in `addresses` are texts of addresses.
    pub(crate) fn new<R: ChunkReader + 'static>(
        reader: &SerializedFileReader<R>,
        names: &[&str],
        addresses: Range<usize>,
    ) -> Self {
        let places = places(reader.metadata().file_metadata().schema_descr(), names);
        Self { places, addresses, columns: None, group: 0 }
    }

    /// Goes to the next rows, `most` of them or fewer; 0 at the end.
    pub(crate) fn take<R: ChunkReader + 'static>(
        &mut self,
        reader: &SerializedFileReader<R>,
        most: usize,
    ) -> Result<usize, ParquetError> {
        loop {
            if let Some(columns) = &mut self.columns {
                match columns.take(most)? {
                    0 => {}
                    count => return Ok(count),
                }
            }
            if self.group >= reader.num_row_groups() {
                return Ok(0);
            }
            let group = reader.get_row_group(self.group)?;
            self.columns = Some(Columns::open(&*group, &self.places, self.addresses.clone())?);
            self.group += 1;
        }
    }

    /// The rows that were gone to; `None` before the first.
    #[inline]
    pub(crate) fn rows(&self) -> Option<&Columns> {
        self.columns.as_ref()
    }
}

impl Columns {
    /// Of these places; those in `addresses` are texts of addresses.
    pub(crate) fn open(
        group: &dyn RowGroupReader,
        places: &[Option<usize>],
        addresses: Range<usize>,
    ) -> Result<Self, ParquetError> {
        let left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let column = |(index, place): (usize, &Option<usize>)| -> Result<Column, ParquetError> {
            let Some(place) = *place else { return Ok(Column::Missing) };
            let descr = group.metadata().column(place).column_descr_ptr();
            let pages = group.get_column_page_reader(place)?;
            Ok(match descr.physical_type() {
                Type::BYTE_ARRAY if addresses.contains(&index) => {
                    Column::Text(Chunk::new(pages, descr, Texts::of_addresses()))
                }
                Type::BYTE_ARRAY => Column::Text(Chunk::new(pages, descr, Texts::default())),
                Type::INT64 => Column::Long(Chunk::new(pages, descr, Numbers::default())),
                Type::INT32 => Column::Short(Chunk::new(pages, descr, Numbers::default())),
                Type::BOOLEAN => Column::Truth(Chunk::new(pages, descr, Truths)),
                _ => Column::Missing,
            })
        };
        let columns = places.iter().enumerate().map(column).collect::<Result<_, _>>()?;
        Ok(Self { columns, rows: 0, taken: 0, left, row: 0 })
    }

    /// Goes to the next rows, `most` of them or fewer; 0 at the row group's end.
    #[inline]
    pub(crate) fn take(&mut self, most: usize) -> Result<usize, ParquetError> {
        if self.taken == self.rows && !self.fill()? {
            return Ok(0);
        }
        self.row = self.taken;
        let count = most.min(self.rows - self.taken);
        self.taken += count;
        Ok(count)
    }

    /// Decodes more rows; `false` when there are none.
    fn fill(&mut self) -> Result<bool, ParquetError> {
        if self.left == 0 {
            return Ok(false);
        }
        self.rows = self.left.min(ROWS);
        self.taken = 0;
        self.left -= self.rows;
        for column in &mut self.columns {
            column.fill(self.rows)?;
        }
        Ok(true)
    }

    /// The row's text in a column; empty when it has none, or none that is UTF-8.
    #[inline]
    pub(crate) fn text(&self, column: usize) -> &str {
        match self.columns.get(column) {
            Some(Column::Text(chunk)) => {
                chunk.row(self.row).map(|row| chunk.store.text(row)).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// The row's number in a column.
    #[inline]
    pub(crate) fn number(&self, column: usize) -> Option<i64> {
        match self.columns.get(column)? {
            Column::Long(chunk) => chunk.row(self.row),
            Column::Short(chunk) => chunk.row(self.row),
            _ => None,
        }
    }

    pub(crate) fn truth(&self, column: usize) -> Option<bool> {
        match self.columns.get(column)? {
            Column::Truth(chunk) => chunk.row(self.row),
            _ => None,
        }
    }

    /// Sets the texts of a column into as many things as rows were gone to, where they have one.
    #[inline]
    pub(crate) fn texts<'c, T>(&'c self, column: usize, into: &mut [T], set: impl Fn(&mut T, &'c str)) {
        if let Some(Column::Text(chunk)) = self.columns.get(column) {
            chunk.each(self.row, into, |one, row| set(one, chunk.store.text(row)));
        }
    }

    /// The same of addresses.
    #[inline]
    pub(crate) fn addresses<T>(&self, column: usize, into: &mut [T], set: impl Fn(&mut T, Option<IpAddr>)) {
        if let Some(Column::Text(chunk)) = self.columns.get(column) {
            chunk.each(self.row, into, |one, row| set(one, chunk.store.address(row)));
        }
    }

    /// The same of numbers.
    #[inline]
    pub(crate) fn numbers<T>(&self, column: usize, into: &mut [T], set: impl Fn(&mut T, i64)) {
        match self.columns.get(column) {
            Some(Column::Long(chunk)) => chunk.each(self.row, into, set),
            Some(Column::Short(chunk)) => chunk.each(self.row, into, set),
            _ => {}
        }
    }
}

impl Column {
    fn fill(&mut self, rows: usize) -> Result<(), ParquetError> {
        match self {
            Self::Missing => Ok(()),
            Self::Text(chunk) => chunk.fill(rows),
            Self::Long(chunk) => chunk.fill(rows),
            Self::Short(chunk) => chunk.fill(rows),
            Self::Truth(chunk) => chunk.fill(rows),
        }
    }
}

#[cfg(test)]
mod tests;

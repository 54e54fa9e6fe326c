//! Columns of a Parquet file, some rows at a time.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet::schema::types::SchemaDescriptor;

/// Rows that are decoded at once.
const ROWS: usize = 4_096;

/// Some columns of a row group.
pub(crate) struct Columns {
    columns: Vec<Column>,
    /// Rows that are decoded, and how many of them were taken.
    rows: usize,
    taken: usize,
    left: usize,
}

enum Column {
    /// The file has none of this name, or one of another form.
    Missing,
    Text(Values<ByteArrayType>),
    Long(Values<Int64Type>),
    Short(Values<Int32Type>),
    Truth(Values<BoolType>),
}

struct Values<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
    levels: Vec<i16>,
    optional: bool,
    /// The row's value, when it has one, and the next row's.
    current: Option<usize>,
    next: usize,
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

impl Columns {
    pub(crate) fn open(group: &dyn RowGroupReader, places: &[Option<usize>]) -> Result<Self, ParquetError> {
        let left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let column = |place: &Option<usize>| -> Result<Column, ParquetError> {
            let Some(place) = *place else { return Ok(Column::Missing) };
            let optional = group.metadata().column(place).column_descr().max_def_level() > 0;
            Ok(match group.get_column_reader(place)? {
                ColumnReader::ByteArrayColumnReader(reader) => Column::Text(Values::new(reader, optional)),
                ColumnReader::Int64ColumnReader(reader) => Column::Long(Values::new(reader, optional)),
                ColumnReader::Int32ColumnReader(reader) => Column::Short(Values::new(reader, optional)),
                ColumnReader::BoolColumnReader(reader) => Column::Truth(Values::new(reader, optional)),
                _ => Column::Missing,
            })
        };
        let columns = places.iter().map(column).collect::<Result<_, _>>()?;
        Ok(Self { columns, rows: 0, taken: 0, left })
    }

    /// Goes to the next row; `false` at the row group's end.
    pub(crate) fn next(&mut self) -> Result<bool, ParquetError> {
        if self.taken == self.rows {
            if self.left == 0 {
                return Ok(false);
            }
            self.rows = self.left.min(ROWS);
            self.taken = 0;
            self.left -= self.rows;
            for column in &mut self.columns {
                column.fill(self.rows)?;
            }
        }
        for column in &mut self.columns {
            column.step(self.taken);
        }
        self.taken += 1;
        Ok(true)
    }

    /// The row's text in a column; empty when it has none, or none that is UTF-8.
    pub(crate) fn text(&self, column: usize) -> &str {
        str::from_utf8(self.bytes(column)).unwrap_or_default()
    }

    pub(crate) fn bytes(&self, column: usize) -> &[u8] {
        match self.columns.get(column) {
            Some(Column::Text(values)) => values.get().map(ByteArray::data).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The row's number in a column.
    pub(crate) fn number(&self, column: usize) -> Option<i64> {
        match self.columns.get(column)? {
            Column::Long(values) => values.get().copied(),
            Column::Short(values) => values.get().map(|value| i64::from(*value)),
            _ => None,
        }
    }

    pub(crate) fn truth(&self, column: usize) -> Option<bool> {
        match self.columns.get(column)? {
            Column::Truth(values) => values.get().copied(),
            _ => None,
        }
    }
}

impl Column {
    fn fill(&mut self, rows: usize) -> Result<(), ParquetError> {
        match self {
            Self::Missing => Ok(()),
            Self::Text(values) => values.fill(rows),
            Self::Long(values) => values.fill(rows),
            Self::Short(values) => values.fill(rows),
            Self::Truth(values) => values.fill(rows),
        }
    }

    fn step(&mut self, row: usize) {
        match self {
            Self::Missing => {}
            Self::Text(values) => values.step(row),
            Self::Long(values) => values.step(row),
            Self::Short(values) => values.step(row),
            Self::Truth(values) => values.step(row),
        }
    }
}

impl<T: DataType> Values<T> {
    fn new(reader: ColumnReaderImpl<T>, optional: bool) -> Self {
        Self { reader, values: Vec::new(), levels: Vec::new(), optional, current: None, next: 0 }
    }

    fn fill(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.values.clear();
        self.levels.clear();
        self.next = 0;
        let mut got = 0;
        while got < rows {
            let levels = self.optional.then_some(&mut self.levels);
            let (records, _, _) = self.reader.read_records(rows - got, levels, None, &mut self.values)?;
            if records == 0 {
                return Err(ParquetError::EOF("a column has fewer rows than its row group".to_owned()));
            }
            got += records;
        }
        Ok(())
    }

    fn step(&mut self, row: usize) {
        let present = !self.optional || self.levels.get(row) == Some(&1);
        self.current = present.then_some(self.next);
        self.next += usize::from(present);
    }

    fn get(&self) -> Option<&T::T> {
        self.values.get(self.current?)
    }
}

//! Rows that wait to be written, by column.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use crate::error::LakeError;
use crate::partition::Kind;
use crate::schema::{Form, fields, schema};

/// Bytes and rows of a row group. Flow records are small, and to begin with a row group costs as much as hundreds of
/// them; of a page of long texts a reader holds all.
const GROUP_BYTES: usize = 4 << 20;
const FLOW_GROUP_BYTES: usize = 32 << 20;
const GROUP_ROWS: usize = 64 << 10;

/// Rows of one partition that wait to be written.
pub(crate) struct Table {
    kind: Kind,
    columns: Vec<Column>,
    times: Vec<i64>,
    bytes: usize,
    /// The column that the next value goes into.
    at: usize,
}

enum Column {
    /// All texts behind each other, and where each ends; absent ones are empty.
    Text(Vec<u8>, Vec<usize>),
    Number(Vec<Option<i64>>),
    Truth(Vec<Option<bool>>),
}

impl Table {
    pub(crate) fn new(kind: Kind) -> Self {
        let column = |(_, form): &(&str, Form)| match form {
            Form::Text => Column::Text(Vec::new(), Vec::new()),
            Form::Time | Form::Number => Column::Number(Vec::new()),
            Form::Truth => Column::Truth(Vec::new()),
        };
        Self { kind, columns: fields(kind).iter().map(column).collect(), times: Vec::new(), bytes: 0, at: 0 }
    }

    pub(crate) fn rows(&self) -> usize {
        self.times.len()
    }

    /// Bytes of memory, about.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The times of the first record and of the last.
    pub(crate) fn span(&self) -> Option<(i64, i64)> {
        Some((*self.times.iter().min()?, *self.times.iter().max()?))
    }

    /// Begins a row; as many values as there are columns must follow.
    pub(crate) fn row(&mut self, time: i64) {
        self.times.push(time);
        self.at = 0;
    }

    pub(crate) fn text(&mut self, value: &str) {
        if let Some(Column::Text(all, ends)) = self.columns.get_mut(self.at) {
            all.extend_from_slice(value.as_bytes());
            ends.push(all.len());
            self.bytes += value.len() + 8;
        }
        self.at += 1;
    }

    pub(crate) fn number(&mut self, value: Option<i64>) {
        if let Some(Column::Number(all)) = self.columns.get_mut(self.at) {
            all.push(value);
            self.bytes += 16;
        }
        self.at += 1;
    }

    pub(crate) fn truth(&mut self, value: Option<bool>) {
        if let Some(Column::Truth(all)) = self.columns.get_mut(self.at) {
            all.push(value);
            self.bytes += 1;
        }
        self.at += 1;
    }

    /// Writes the rows in the order of time, and syncs. Gives the file's bytes.
    pub(crate) fn write(self, path: &Path) -> Result<u64, LakeError> {
        let file = File::create_new(path).map_err(LakeError::io(path))?;
        self.parquet(&file).map_err(LakeError::parquet(path))?;
        file.sync_all().map_err(LakeError::io(path))?;
        Ok(file.metadata().map_err(LakeError::io(path))?.len())
    }

    fn parquet(self, file: &File) -> Result<(), ParquetError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_created_by("bastide".to_owned())
            // The raw text is of no use in a dictionary, nor as a bound.
            .set_column_dictionary_enabled("raw".into(), false)
            .set_column_statistics_enabled("raw".into(), parquet::file::properties::EnabledStatistics::None)
            .set_statistics_truncate_length(Some(64))
            .build();
        let mut order: Vec<usize> = (0..self.times.len()).collect();
        order.sort_by_key(|row| (self.times.get(*row).copied(), *row));
        let per_row = self.bytes / self.times.len().max(1) + 1;
        let bytes = if self.kind == Kind::Flow { FLOW_GROUP_BYTES } else { GROUP_BYTES };
        let group = (bytes / per_row).clamp(1, GROUP_ROWS);
        let mut writer = SerializedFileWriter::new(file, schema(self.kind)?, Arc::new(properties))?;
        let columns: Vec<Ready> = self.columns.into_iter().map(Ready::of).collect();
        for rows in order.chunks(group) {
            let mut group = writer.next_row_group()?;
            for column in &columns {
                let Some(mut out) = group.next_column()? else { break };
                column.write(rows, out.untyped())?;
                out.close()?;
            }
            group.close()?;
        }
        writer.close()?;
        Ok(())
    }
}

/// A column whose texts can be given out without copying.
enum Ready {
    Text(Bytes, Vec<usize>),
    Number(Vec<Option<i64>>),
    Truth(Vec<Option<bool>>),
}

impl Ready {
    fn of(column: Column) -> Self {
        match column {
            Column::Text(all, ends) => Self::Text(Bytes::from(all), ends),
            Column::Number(all) => Self::Number(all),
            Column::Truth(all) => Self::Truth(all),
        }
    }

    fn write(&self, rows: &[usize], out: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let mut levels = Vec::with_capacity(rows.len());
        match (self, out) {
            (Self::Text(all, ends), ColumnWriter::ByteArrayColumnWriter(out)) => {
                let mut values = Vec::with_capacity(rows.len());
                for row in rows {
                    let from = row.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
                    let to = ends.get(*row).copied().unwrap_or(from);
                    levels.push(i16::from(to > from));
                    if to > from {
                        values.push(ByteArray::from(all.slice(from..to)));
                    }
                }
                out.write_batch(&values, Some(&levels), None)?;
            }
            (Self::Number(all), ColumnWriter::Int64ColumnWriter(out)) => {
                out.write_batch(&present(all, rows, &mut levels), Some(&levels), None)?;
            }
            (Self::Truth(all), ColumnWriter::BoolColumnWriter(out)) => {
                out.write_batch(&present(all, rows, &mut levels), Some(&levels), None)?;
            }
            _ => return Err(ParquetError::General("a column of another form".to_owned())),
        }
        Ok(())
    }
}

fn present<T: Copy>(all: &[Option<T>], rows: &[usize], levels: &mut Vec<i16>) -> Vec<T> {
    let values = rows.iter().map(|row| all.get(*row).copied().flatten());
    values.inspect(|value| levels.push(i16::from(value.is_some()))).flatten().collect()
}

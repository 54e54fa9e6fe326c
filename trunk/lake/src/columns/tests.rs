use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

use super::*;

const NAMES: [&str; 7] = ["text", "address", "long", "short", "truth", "always", "none"];

#[derive(Clone, Debug, PartialEq)]
struct Row {
    text: Option<String>,
    address: Option<IpAddr>,
    long: Option<i64>,
    short: Option<i32>,
    truth: Option<bool>,
    always: i64,
}

/// A file of these rows, `group` of them in a row group.
fn write(rows: &[Row], group: usize, properties: WriterProperties) -> Bytes {
    let schema =
        "message rows { optional binary text (STRING); optional binary address (STRING); optional int64 long;
        optional int32 short; optional boolean truth; required int64 always; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for rows in rows.chunks(group) {
        let mut group = writer.next_row_group().unwrap();
        let mut at = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            fn some<T>(rows: &[Row], of: impl Fn(&Row) -> Option<T>) -> (Vec<T>, Vec<i16>) {
                let levels = rows.iter().map(|row| i16::from(of(row).is_some())).collect();
                (rows.iter().filter_map(of).collect(), levels)
            }
            let bytes = |text: String| ByteArray::from(text.into_bytes());
            match (at, column.untyped()) {
                (0, ColumnWriter::ByteArrayColumnWriter(out)) => {
                    let (values, levels) = some(rows, |row| row.text.clone().map(bytes));
                    out.write_batch(&values, Some(&levels), None).unwrap();
                }
                (1, ColumnWriter::ByteArrayColumnWriter(out)) => {
                    let (values, levels) =
                        some(rows, |row| row.address.map(|address| bytes(address.to_string())));
                    out.write_batch(&values, Some(&levels), None).unwrap();
                }
                (2, ColumnWriter::Int64ColumnWriter(out)) => {
                    let (values, levels) = some(rows, |row| row.long);
                    out.write_batch(&values, Some(&levels), None).unwrap();
                }
                (3, ColumnWriter::Int32ColumnWriter(out)) => {
                    let (values, levels) = some(rows, |row| row.short);
                    out.write_batch(&values, Some(&levels), None).unwrap();
                }
                (4, ColumnWriter::BoolColumnWriter(out)) => {
                    let (values, levels) = some(rows, |row| row.truth);
                    out.write_batch(&values, Some(&levels), None).unwrap();
                }
                (5, ColumnWriter::Int64ColumnWriter(out)) => {
                    let values: Vec<i64> = rows.iter().map(|row| row.always).collect();
                    out.write_batch(&values, None, None).unwrap();
                }
                other => panic!("column {}", other.0),
            }
            column.close().unwrap();
            at += 1;
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap().into()
}

fn read(file: Bytes) -> Result<Vec<Row>, ParquetError> {
    let file = SerializedFileReader::new(file)?;
    let places = places(file.metadata().file_metadata().schema_descr(), &NAMES);
    let mut rows = Vec::new();
    for group in 0..file.num_row_groups() {
        let mut columns = Columns::open(&*file.get_row_group(group)?, &places, 1..2)?;
        while columns.take(1)? == 1 {
            assert_eq!((columns.text(6), columns.number(6), columns.truth(0)), ("", None, None));
            let text = columns.text(0);
            let mut address = [None];
            columns.addresses(1, &mut address, |to, address| *to = address);
            rows.push(Row {
                text: (!text.is_empty()).then(|| text.to_owned()),
                address: address[0],
                long: columns.number(2),
                short: columns.number(3).map(|number| i32::try_from(number).unwrap()),
                truth: columns.truth(4),
                always: columns.number(5).unwrap(),
            });
        }
    }
    Ok(rows)
}

/// The same by stretches, without truths.
fn read_by_stretches(file: Bytes) -> Result<Vec<Row>, ParquetError> {
    let file = SerializedFileReader::new(file)?;
    let places = places(file.metadata().file_metadata().schema_descr(), &NAMES);
    let none = Row { text: None, address: None, long: None, short: None, truth: None, always: 0 };
    let mut rows = Vec::new();
    for group in 0..file.num_row_groups() {
        let mut columns = Columns::open(&*file.get_row_group(group)?, &places, 1..2)?;
        loop {
            let mut some = vec![none.clone(); columns.take(1 + rows.len() % 200)?];
            columns.texts(0, &mut some, |row, text| {
                row.text = (!text.is_empty()).then(|| text.to_owned());
            });
            columns.addresses(1, &mut some, |row, address| row.address = address);
            columns.numbers(2, &mut some, |row, number| row.long = Some(number));
            columns.numbers(3, &mut some, |row, number| row.short = i32::try_from(number).ok());
            columns.numbers(5, &mut some, |row, number| row.always = number);
            columns.texts(6, &mut some, |_, _| panic!("a column that the file lacks"));
            if some.is_empty() {
                break;
            }
            rows.append(&mut some);
        }
    }
    Ok(rows)
}

/// Rows of which `distinct` are different, with stretches of values and of none.
fn rows(count: usize, distinct: u64, absent: u64, seed: u64) -> Vec<Row> {
    let mix = |number: u64| {
        let mixed = (number ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16
    };
    let row = |index: usize| {
        let number = mix(index as u64) % distinct;
        // By itself, and for hundreds of rows on end.
        let there = |column: u64| {
            let (one, stretch) = (mix(index as u64 * 7 + column), mix(index as u64 / 300 + column));
            absent == 0 || (one % 10 >= absent && stretch % 10 >= absent)
        };
        let address: IpAddr = match number % 3 {
            0 => format!("2001:db8::{:x}", number & 0xffff).parse().unwrap(),
            _ => std::net::Ipv4Addr::from(number as u32).into(),
        };
        Row {
            text: there(0).then(|| format!("text ü {number}")),
            address: there(1).then_some(address),
            long: there(2).then_some(number as i64 - 5),
            short: there(3).then_some(number as i32 % 1_000 - 500),
            truth: there(4).then_some(number.is_multiple_of(2)),
            always: number as i64,
        }
    };
    (0..count).map(row).collect()
}

fn codecs() -> [Compression; 4] {
    [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ]
}

#[test]
fn dictionaries_that_grow_too_long_are_gone_on_without() {
    let rows = rows(9_000, 5_000, 2, 7);
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for codec in codecs() {
            // A dictionary of few values, then plain pages (version 1) or deltas (version 2).
            let properties = WriterProperties::builder()
                .set_writer_version(version)
                .set_compression(codec)
                .set_dictionary_page_size_limit(4_096)
                .set_data_page_row_count_limit(700)
                .set_write_batch_size(350)
                .build();
            let file = write(&rows, 6_000, properties);
            let metadata = SerializedFileReader::new(file.clone()).unwrap();
            let encodings: Vec<Encoding> = metadata.metadata().row_group(0).column(0).encodings().collect();
            let other = if version == WriterVersion::PARQUET_1_0 {
                Encoding::PLAIN
            } else {
                Encoding::DELTA_BYTE_ARRAY
            };
            assert!(
                encodings.contains(&Encoding::RLE_DICTIONARY) && encodings.contains(&other),
                "{encodings:?}"
            );
            assert!(read(file).unwrap() == rows, "{version:?} {codec:?}");
        }
    }
}

#[test]
fn every_encoding_is_read() {
    let rows = rows(5_000, 300, 1, 3);
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for (texts, numbers) in [
            (Encoding::PLAIN, Encoding::PLAIN),
            (Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BINARY_PACKED),
            (Encoding::DELTA_BYTE_ARRAY, Encoding::BYTE_STREAM_SPLIT),
        ] {
            let mut properties =
                WriterProperties::builder().set_writer_version(version).set_dictionary_enabled(false);
            for name in NAMES.iter().take(2) {
                properties = properties.set_column_encoding((*name).into(), texts);
            }
            for name in ["long", "short", "always"] {
                properties = properties.set_column_encoding(name.into(), numbers);
            }
            let file = write(&rows, 5_000, properties.set_data_page_row_count_limit(900).build());
            assert!(read(file).unwrap() == rows, "{version:?} {texts:?} {numbers:?}");
        }
    }
}

#[test]
fn columns_without_any_value_are_read() {
    let mut rows = rows(3_000, 10, 0, 1);
    for row in &mut rows {
        (row.text, row.address, row.long, row.short, row.truth) = (None, None, None, None, None);
    }
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for dictionary in [true, false] {
            let properties =
                WriterProperties::builder().set_writer_version(version).set_dictionary_enabled(dictionary);
            let file = write(&rows, 3_000, properties.build());
            assert!(read(file.clone()).unwrap() == rows);
            assert!(read_by_stretches(file).unwrap() == rows);
        }
    }
}

#[test]
fn stretches_of_one_value_are_read() {
    // Of three values each lasts for long, some of the time there is none, and they end within what is decoded at once.
    let mut rows = rows(30_000, 1, 0, 5);
    for (index, row) in rows.iter_mut().enumerate() {
        let number = index / 5_000 % 3;
        row.text = (number > 0).then(|| format!("text {number}"));
        row.long = (number != 1).then_some(number as i64);
        row.short = Some(number as i32);
        (row.truth, row.always) = (None, 7);
    }
    for group in [30_000, 7_001] {
        let file = write(&rows, group, WriterProperties::default());
        assert!(read(file.clone()).unwrap() == rows);
        assert!(read_by_stretches(file).unwrap() == rows);
    }
}

#[test]
fn damage_is_an_error_or_another_value() {
    let rows = rows(400, 50, 2, 9);
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let properties =
            WriterProperties::builder().set_writer_version(version).set_dictionary_page_size_limit(256);
        let file = write(&rows, 200, properties.set_write_batch_size(20).build());
        for at in (0..file.len()).step_by(29) {
            let mut damaged = file.to_vec();
            damaged[at] ^= if at % 2 == 0 { 0xff } else { 1 };
            // The crate itself may panic; readers are guarded against that.
            let _ = std::panic::catch_unwind(|| read(damaged.into()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn what_was_written_is_read(
        count in 1..6_000_usize, distinct in 1..4_000_u64, absent in 0..4_u64, seed: u64, second: bool,
        codec in 0..4_usize, limit in 100..20_000_usize, page in 50..3_000_usize, batch in 20..1_000_usize,
        group in 500..5_000_usize, dictionary: bool,
    ) {
        let rows = rows(count, distinct, absent, seed);
        let version = if second { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
        let properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_compression(codecs()[codec])
            .set_dictionary_enabled(dictionary)
            .set_dictionary_page_size_limit(limit)
            .set_data_page_row_count_limit(page)
            .set_write_batch_size(batch)
            .build();
        let file = write(&rows, group, properties);
        prop_assert!(read(file.clone()).unwrap() == rows);
        let without: Vec<Row> = rows.into_iter().map(|row| Row { truth: None, ..row }).collect();
        prop_assert!(read_by_stretches(file).unwrap() == without);
    }
}

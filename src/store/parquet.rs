//! Tables as Parquet bytes, the same bytes for the same table.
//!
//! One chunk, a fixed row-group size, fixed compression and statistics, written by one thread.

use std::collections::BTreeMap;
use std::io::Cursor;

use polars::prelude::*;
use stages::contract::Metadata;

/// Rows of a row group.
const ROW_GROUP: usize = 1 << 18;
/// What the metadata's own keys begin with, apart from what Parquet's writers add.
const PREFIX: &str = "ketascreen.";

const STATISTICS: StatisticsOptions = StatisticsOptions {
    min_value: true,
    max_value: true,
    distinct_count: false,
    null_count: true,
    binary_statistics_truncate_length: Some(64),
};

/// A table as the bytes of a Parquet file.
pub fn encode(mut frame: DataFrame, metadata: &Metadata) -> PolarsResult<Vec<u8>> {
    frame.rechunk_mut();
    let own = metadata.iter().map(|(key, value)| (format!("{PREFIX}{key}"), value.clone())).collect();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(STATISTICS)
        .with_row_group_size(Some(ROW_GROUP))
        .set_parallel(false)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(own)))
        .finish(&mut frame)?;
    Ok(bytes)
}

/// The table in the bytes of a Parquet file.
pub fn decode(bytes: Vec<u8>) -> PolarsResult<(DataFrame, Metadata)> {
    let mut reader = ParquetReader::new(Cursor::new(bytes)).read_parallel(ParallelStrategy::None);
    let pairs = reader.get_metadata()?.key_value_metadata().clone().unwrap_or_default();
    let own = pairs.into_iter().filter_map(|pair| {
        let key = pair.key.strip_prefix(PREFIX)?.to_owned();
        Some((key, pair.value.unwrap_or_default()))
    });
    let metadata: BTreeMap<String, String> = own.collect();
    let mut frame = reader.finish()?;
    frame.rechunk_mut();
    Ok((frame, metadata))
}

/// The number of rows, from the file's own description.
pub fn rows(bytes: Vec<u8>) -> PolarsResult<usize> {
    Ok(ParquetReader::new(Cursor::new(bytes)).get_metadata()?.num_rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_survives_with_its_metadata_and_always_has_the_same_bytes() {
        let odd = "=1+1, \"β/3-HB\"<script>";
        let names = Column::new("analyte".into(), [Some(odd), None, Some("x")]);
        let values = Column::new("value".into(), [Some(0.1), Some(-0.5), None]);
        let frame = DataFrame::new(3, vec![names, values]).unwrap();
        let metadata = BTreeMap::from([("scale".to_owned(), "log2".to_owned())]);
        let bytes = encode(frame.clone(), &metadata).unwrap();
        assert_eq!(encode(frame.clone(), &metadata).unwrap(), bytes);
        let (read, read_metadata) = decode(bytes).unwrap();
        assert!(read.equals_missing(&frame));
        assert_eq!(read_metadata, metadata);
        let empty = frame.head(Some(0));
        assert_eq!(decode(encode(empty, &metadata).unwrap()).unwrap().0.height(), 0);
    }
}

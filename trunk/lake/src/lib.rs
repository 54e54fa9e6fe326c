//! Ingested records as Parquet beside the trail, and what was ingested of which file.
//!
//! ```text
//! lake/catalog.db                     which parts there are, and how far each file was read (SQLite)
//! lake/cloudtrail/account=111122223333/region=eu-central-1/day=2023-07-10/17.parquet
//! lake/rejected/day=2023-07-11/18.jsonl   what could not be read, each line with its reason
//! ```
//!
//! Parts are written and synced first; then one transaction of the catalog names them together with the files they
//! came from. So after a crash both are there or neither, and each record once. Parts that the catalog doesn't name
//! are removed by the next writer. Any tool that reads Parquet in Hive's layout can query the folder.

mod catalog;
mod chunk;
mod columns;
mod error;
mod flows;
mod hybrid;
mod lake;
mod partition;
mod read;
mod replay;
mod rows;
mod schema;
mod stores;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub use catalog::{FileHead, FileState, Part};
pub use error::LakeError;
pub use flows::FlowFile;
pub use lake::{Lake, Totals};
pub use partition::{Kind, Partition};
pub use replay::Replay;
pub use writer::Writer;

//! restJson1: a whole request, which finds its operation by its path.
#![no_main]

use std::sync::LazyLock;

use bastide_codec::Catalog;
use bastide_fuzz::{read, tables};
use libfuzzer_sys::fuzz_target;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(&[&tables::REST_JSON]));

fuzz_target!(|data: &[u8]| read::routed(&CATALOG, data, None));

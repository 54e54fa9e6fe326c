//! awsQuery: a line with an operation's name, then the form.
#![no_main]

use bastide_fuzz::{message, read, tables};
use bastide_shape::{Protocol, Service};
use libfuzzer_sys::fuzz_target;

static SERVICES: &[&Service] = &[&tables::QUERY, &bastide_api_iam::IAM, &bastide_api_sts::STS];

fuzz_target!(|data: &[u8]| read::named(Protocol::Query, SERVICES, &message::post(), data));

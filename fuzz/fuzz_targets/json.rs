//! awsJson: a line with an operation's name, then the body.
#![no_main]

use bastide_fuzz::{message, read, tables};
use bastide_shape::{Protocol, Service};
use libfuzzer_sys::fuzz_target;

static SERVICES: &[&Service] = &[
    &tables::JSON,
    &bastide_api_kms::KMS,
    &bastide_api_cloudtrail::CLOUDTRAIL,
    &bastide_api_config::CONFIG,
    &bastide_api_organizations::ORGANIZATIONS,
];

fuzz_target!(|data: &[u8]| read::named(Protocol::Json11, SERVICES, &message::post(), data));

//! Smithy RPC v2 CBOR: a byte that picks the operation, then the body.
#![no_main]

use bastide_codec::Labels;
use bastide_fuzz::read::Asked;
use bastide_fuzz::{message, tables};
use bastide_shape::{Protocol, Service};
use libfuzzer_sys::fuzz_target;

static SERVICES: &[&Service] = &[&tables::JSON, &bastide_api_kms::KMS, &bastide_api_config::CONFIG];

fuzz_target!(|data: &[u8]| {
    let Some((pick, body)) = data.split_first() else { return };
    let all = SERVICES.iter().flat_map(|service| service.operations.iter().map(move |one| (*service, *one)));
    let Some((service, operation)) = all.cycle().nth(usize::from(*pick)) else { return };
    let parts = &message::post();
    Asked { protocol: Protocol::Cbor, service, operation, parts, labels: Labels::new(), body }.read();
});

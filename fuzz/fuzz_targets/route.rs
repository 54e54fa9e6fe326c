//! Routing: any method, path, query, headers and body find the same operation each time, and it can be read.
#![no_main]

use std::sync::LazyLock;

use bastide_codec::{Catalog, Route, route};
use bastide_fuzz::{message, read};
use bastide_shape::Protocol;
use libfuzzer_sys::fuzz_target;

static CATALOG: LazyLock<Catalog> = LazyLock::new(read::catalog);
const SCOPES: [Option<&str>; 8] = [
    None,
    Some("kms"),
    Some("iam"),
    Some("ec2"),
    Some("restful"),
    Some("restxml"),
    Some("form"),
    Some("nobody"),
];

fuzz_target!(|data: &[u8]| {
    let Some((pick, data)) = data.split_first() else { return };
    let scope = SCOPES[usize::from(*pick) % SCOPES.len()];
    let Some((parts, body)) = message::request(data) else { return };
    let told = || told(&route(&CATALOG, &parts, body, scope));
    assert_eq!(told(), told());
    read::routed(&CATALOG, data, scope);
});

fn told(route: &Route) -> String {
    match route {
        Route::Found { service, operation, protocol, labels } => {
            assert!(
                service.protocols.contains(protocol)
                    || matches!(protocol, Protocol::Json10 | Protocol::Json11)
            );
            format!("{} {} {protocol:?} {labels:?}", service.name, operation.name)
        }
        other => format!("{other:?}"),
    }
}

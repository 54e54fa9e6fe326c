//! Templates of a PKCS#11 program: attributes, each with its number (8 bytes), a length (1 byte) and its value.
#![no_main]

use bastide_pkcs11::template::{Attribute, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut rest = data;
    let mut attributes = Vec::new();
    while let Some((kind, after)) = rest.split_first_chunk::<8>()
        && let Some((length, after)) = after.split_first()
    {
        let (value, after) = after.split_at(usize::from(*length).min(after.len()));
        attributes.push(Attribute { kind: u64::from_le_bytes(*kind), value: value.to_vec().into() });
        rest = after;
    }
    if let Ok(template) = Template::new(attributes) {
        let sought = template.sought().is_some();
        assert_eq!(template.whole().is_ok(), sought);
    }
});

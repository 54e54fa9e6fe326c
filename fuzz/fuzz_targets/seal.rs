//! Sealed secrets, the keyring's document, and shares of a root.
#![no_main]

use bastide_seal::{Keyring, Sealed, Share};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(sealed) = Sealed::parse(data) {
        assert_eq!(sealed.as_bytes(), data);
        let text = serde_json::to_string(&sealed).expect("it is text");
        assert_eq!(serde_json::from_str::<Sealed>(&text).expect("what was written"), sealed);
        let _ = (sealed.generation(), format!("{sealed:?}"));
    }
    let _ = serde_json::from_slice::<Sealed>(data);
    if let Ok(keyring) = Keyring::parse(data) {
        let written = serde_json::to_vec(&keyring).expect("it is JSON");
        assert_eq!(Keyring::parse(&written).expect("what was written"), keyring);
    }
    if let Ok(share) = str::from_utf8(data).map_or(Err(()), |text| Share::parse(text).map_err(drop)) {
        assert_eq!(Share::parse(&share.to_text()).expect("what was written"), share);
    }
});

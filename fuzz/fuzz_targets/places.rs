//! Files in MaxMind's format: whatever they hold, asking them neither panics nor runs on.
#![no_main]

use bastide_intel::Intel;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut builder = Intel::builder();
    if builder.places(data.to_vec()).is_err() {
        return;
    }
    let intel = builder.build();
    for address in ["0.0.0.0", "198.51.100.7", "255.255.255.255", "::", "2001:db8::7", "::ffff:8.8.8.8"] {
        let address = address.parse().expect("an address");
        let place = intel.location(address);
        let network = intel.network(address);
        assert_eq!(network, intel.network(address));
        if let Some(network) = network {
            assert_eq!(place.and_then(|place| place.asn), Some(network.asn));
        }
    }
});

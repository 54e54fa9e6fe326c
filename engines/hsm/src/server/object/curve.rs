//! The curves that keys may have.

use bastide_crypto::KeySpec;

use crate::wire::{Code, Fault};

/// A curve.
pub(crate) struct Curve {
    pub(crate) spec: KeySpec,
    /// Its object identifier, without tag and length.
    pub(crate) oid: &'static [u8],
    /// Bytes of a coordinate and of half a signature.
    pub(crate) width: usize,
}

static CURVES: [Curve; 5] = [
    Curve { spec: KeySpec::EccNistP256, oid: &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07], width: 32 },
    Curve { spec: KeySpec::EccNistP384, oid: &[0x2B, 0x81, 0x04, 0x00, 0x22], width: 48 },
    Curve { spec: KeySpec::EccNistP521, oid: &[0x2B, 0x81, 0x04, 0x00, 0x23], width: 66 },
    Curve { spec: KeySpec::EccSecgP256k1, oid: &[0x2B, 0x81, 0x04, 0x00, 0x0A], width: 32 },
    Curve { spec: KeySpec::EccNistEdwards25519, oid: &[0x2B, 0x65, 0x70], width: 32 },
];

/// `edwards25519` as a PrintableString: the other name that PKCS#11 3.0 has for it.
const EDWARDS25519: &[u8] = b"\x13\x0cedwards25519";

/// By `EC_PARAMS`: the object identifier in DER.
pub(crate) fn by_parameters(parameters: &[u8]) -> Result<&'static Curve, Fault> {
    let oid = match parameters {
        EDWARDS25519 => Some(super::super::der::ED25519),
        other => super::super::der::only(other, super::super::der::OID),
    };
    let curve = oid.and_then(|oid| CURVES.iter().find(|curve| curve.oid == oid));
    curve.ok_or_else(|| {
        Fault::new(Code::Curve, "the curve is not one of P-256, P-384, P-521, secp256k1 and edwards25519")
    })
}

/// By the spec of its keys.
pub(crate) fn by_spec(spec: KeySpec) -> Result<&'static Curve, Fault> {
    let curve = CURVES.iter().find(|curve| curve.spec == spec);
    curve.ok_or_else(|| Fault::new(Code::KeyType, "the key is not of a curve"))
}

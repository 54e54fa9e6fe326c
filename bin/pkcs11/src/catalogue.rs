//! The mechanisms that this module has, and what can be done with each.

use cryptoki_sys::*;

use crate::rv::{Answer, Rv};

const CURVES: CK_FLAGS = CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
const SIGNS: CK_FLAGS = CKF_SIGN | CKF_VERIFY;
const CRYPTS: CK_FLAGS = CKF_ENCRYPT | CKF_DECRYPT;
const WRAPS: CK_FLAGS = CKF_WRAP | CKF_UNWRAP;
const RSA_BITS: (CK_ULONG, CK_ULONG) = (2048, 4096);
const EC_BITS: (CK_ULONG, CK_ULONG) = (224, 521);
const AES_BYTES: (CK_ULONG, CK_ULONG) = (16, 32);
const SECRET_BYTES: (CK_ULONG, CK_ULONG) = (1, 800);
const NO_KEY: (CK_ULONG, CK_ULONG) = (0, 0);

/// A mechanism: its number, the sizes of its keys in PKCS#11's unit for it, and its uses. What hashes is done here,
/// the rest in the HSM (`CKF_HW`).
type Row = (CK_MECHANISM_TYPE, (CK_ULONG, CK_ULONG), CK_FLAGS);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (CKM_RSA_PKCS_KEY_PAIR_GEN,   RSA_BITS,     CKF_HW | CKF_GENERATE_KEY_PAIR),
    (CKM_RSA_X9_31_KEY_PAIR_GEN,  RSA_BITS,     CKF_HW | CKF_GENERATE_KEY_PAIR),
    (CKM_RSA_PKCS,                RSA_BITS,     CKF_HW | SIGNS | CRYPTS),
    (CKM_RSA_PKCS_OAEP,           RSA_BITS,     CKF_HW | CRYPTS | WRAPS),
    (CKM_RSA_AES_KEY_WRAP,        RSA_BITS,     CKF_HW | WRAPS),
    (CKM_SHA1_RSA_PKCS,           RSA_BITS,     CKF_HW | SIGNS),
    (CKM_SHA224_RSA_PKCS,         RSA_BITS,     CKF_HW | SIGNS),
    (CKM_SHA256_RSA_PKCS,         RSA_BITS,     CKF_HW | SIGNS),
    (CKM_SHA384_RSA_PKCS,         RSA_BITS,     CKF_HW | SIGNS),
    (CKM_SHA512_RSA_PKCS,         RSA_BITS,     CKF_HW | SIGNS),
    (CKM_RSA_PKCS_PSS,            RSA_BITS,     CKF_HW | SIGNS),
    (CKM_SHA1_RSA_PKCS_PSS,       RSA_BITS,     CKF_HW | SIGNS),
    (CKM_SHA224_RSA_PKCS_PSS,     RSA_BITS,     CKF_HW | SIGNS),
    (CKM_SHA256_RSA_PKCS_PSS,     RSA_BITS,     CKF_HW | SIGNS),
    (CKM_SHA384_RSA_PKCS_PSS,     RSA_BITS,     CKF_HW | SIGNS),
    (CKM_SHA512_RSA_PKCS_PSS,     RSA_BITS,     CKF_HW | SIGNS),
    (CKM_EC_KEY_PAIR_GEN,         EC_BITS,      CKF_HW | CKF_GENERATE_KEY_PAIR | CURVES),
    (CKM_ECDSA,                   EC_BITS,      CKF_HW | SIGNS | CURVES),
    (CKM_ECDSA_SHA1,              EC_BITS,      CKF_HW | SIGNS | CURVES),
    (CKM_ECDSA_SHA224,            EC_BITS,      CKF_HW | SIGNS | CURVES),
    (CKM_ECDSA_SHA256,            EC_BITS,      CKF_HW | SIGNS | CURVES),
    (CKM_ECDSA_SHA384,            EC_BITS,      CKF_HW | SIGNS | CURVES),
    (CKM_ECDSA_SHA512,            EC_BITS,      CKF_HW | SIGNS | CURVES),
    (CKM_ECDH1_DERIVE,            EC_BITS,      CKF_HW | CKF_DERIVE | CURVES),
    (CKM_ECDH1_COFACTOR_DERIVE,   EC_BITS,      CKF_HW | CKF_DERIVE | CURVES),
    (CKM_EC_EDWARDS_KEY_PAIR_GEN, (255, 255),   CKF_HW | CKF_GENERATE_KEY_PAIR | CURVES),
    (CKM_EDDSA,                   (255, 255),   CKF_HW | SIGNS | CURVES),
    (CKM_AES_KEY_GEN,             AES_BYTES,    CKF_HW | CKF_GENERATE),
    (CKM_AES_ECB,                 AES_BYTES,    CKF_HW | CRYPTS),
    (CKM_AES_CBC,                 AES_BYTES,    CKF_HW | CRYPTS),
    (CKM_AES_CBC_PAD,             AES_BYTES,    CKF_HW | CRYPTS | WRAPS),
    (CKM_AES_CTR,                 AES_BYTES,    CKF_HW | CRYPTS),
    (CKM_AES_GCM,                 AES_BYTES,    CKF_HW | CRYPTS | WRAPS),
    (CKM_AES_CMAC,                AES_BYTES,    CKF_HW | SIGNS),
    (CKM_AES_CMAC_GENERAL,        AES_BYTES,    CKF_HW | SIGNS),
    (CKM_AES_KEY_WRAP,            AES_BYTES,    CKF_HW | WRAPS),
    (CKM_AES_KEY_WRAP_PAD,        AES_BYTES,    CKF_HW | WRAPS),
    (CKM_AES_KEY_WRAP_KWP,        AES_BYTES,    CKF_HW | WRAPS),
    (CKM_GENERIC_SECRET_KEY_GEN,  SECRET_BYTES, CKF_HW | CKF_GENERATE),
    (CKM_SHA_1_HMAC,              SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_SHA224_HMAC,             SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_SHA256_HMAC,             SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_SHA384_HMAC,             SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_SHA512_HMAC,             SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_SHA_1_HMAC_GENERAL,      SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_SHA224_HMAC_GENERAL,     SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_SHA256_HMAC_GENERAL,     SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_SHA384_HMAC_GENERAL,     SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_SHA512_HMAC_GENERAL,     SECRET_BYTES, CKF_HW | SIGNS),
    (CKM_HKDF_DERIVE,             SECRET_BYTES, CKF_HW | CKF_DERIVE),
    (CKM_SHA_1,                   NO_KEY,       CKF_DIGEST),
    (CKM_SHA224,                  NO_KEY,       CKF_DIGEST),
    (CKM_SHA256,                  NO_KEY,       CKF_DIGEST),
    (CKM_SHA384,                  NO_KEY,       CKF_DIGEST),
    (CKM_SHA512,                  NO_KEY,       CKF_DIGEST),
];

/// All mechanisms.
pub(crate) fn kinds() -> Vec<CK_MECHANISM_TYPE> {
    ROWS.iter().map(|row| row.0).collect()
}

/// What a mechanism is good for.
pub(crate) fn info(kind: CK_MECHANISM_TYPE) -> Answer<CK_MECHANISM_INFO> {
    let (_, (least, most), flags) = row(kind)?;
    Ok(CK_MECHANISM_INFO { ulMinKeySize: *least, ulMaxKeySize: *most, flags: *flags })
}

/// Refuses a mechanism that is not here, or not for this use (`CKF_SIGN` and the like).
pub(crate) fn allows(kind: CK_MECHANISM_TYPE, usage: CK_FLAGS) -> Answer {
    if row(kind)?.2 & usage == usage { Ok(()) } else { Err(Rv(CKR_MECHANISM_INVALID)) }
}

fn row(kind: CK_MECHANISM_TYPE) -> Answer<&'static Row> {
    ROWS.iter().find(|row| row.0 == kind).ok_or(Rv(CKR_MECHANISM_INVALID))
}

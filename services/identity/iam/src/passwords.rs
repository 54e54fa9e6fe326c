//! Hashes of console passwords: Argon2id (RFC 9106) in the parameters that OWASP gives for it.

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bastide_door::Failure;
use bastide_ids::random_bytes;
use zeroize::Zeroizing;

/// Bytes of the salt and of the hash.
const SALT: usize = 16;
const HASH: usize = 32;
/// KiB of memory, passes and lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// A hash of a password in the PHC string format.
///
/// # Errors
/// When the machine cannot: it costs 19 MiB for a moment.
pub(crate) async fn hash(password: Zeroizing<String>) -> Result<String, Failure> {
    let (memory, passes, lanes) = COST;
    blocking(move || {
        let salt = random_bytes::<SALT>();
        let hash = derive(&password, &salt, COST)?;
        let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash.as_slice()));
        Ok(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}"))
    })
    .await
}

/// Whether a password is one of those that these hashes were made of.
///
/// # Errors
/// When the machine cannot.
pub(crate) async fn is_among(password: Zeroizing<String>, hashes: Vec<String>) -> Result<bool, Failure> {
    blocking(move || {
        for hash in &hashes {
            if verify(&password, hash)? {
                return Ok(true);
            }
        }
        Ok(false)
    })
    .await
}

/// Hashing takes some 20 ms on purpose: not on the threads that serve.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::internal)?
}

fn verify(password: &str, hash: &str) -> Result<bool, Failure> {
    let damaged = || Failure::internal("a stored password hash is damaged");
    let mut parts = hash.strip_prefix("$argon2id$v=19$").ok_or_else(damaged)?.split('$');
    let mut next = || parts.next().ok_or_else(damaged);
    let (costs, salt, expected) = (next()?, next()?, next()?);
    let mut costs = costs.split(',').map(|cost| cost.get(2..).and_then(|number| number.parse::<u32>().ok()));
    let mut cost = || costs.next().flatten().ok_or_else(damaged);
    let cost = (cost()?, cost()?, cost()?);
    let decode = |text: &str| STANDARD_NO_PAD.decode(text).map_err(|_| damaged());
    let found = derive(password, &decode(salt)?, cost)?;
    Ok(verify_slices_are_equal(found.as_slice(), &decode(expected)?).is_ok())
}

fn derive(password: &str, salt: &[u8], cost: (u32, u32, u32)) -> Result<Zeroizing<[u8; HASH]>, Failure> {
    let params = Params::new(cost.0, cost.1, cost.2, Some(HASH)).map_err(Failure::internal)?;
    let mut hash = Zeroizing::new([0; HASH]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, hash.as_mut_slice())
        .map_err(Failure::internal)?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_verifies() {
        let password = |text: &str| Zeroizing::new(text.to_owned());
        let hash = hash(password("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is_among(password("correct horse"), vec![hash.clone()]).await.unwrap());
        assert!(!is_among(password("wrong horse"), vec![hash]).await.unwrap());
        assert!(is_among(password("x"), vec!["$argon2id$broken".into()]).await.is_err());
    }
}

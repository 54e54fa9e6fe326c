use bastide_crypto::{KeySpec, SecretKey, WrappingAlgorithm};
use bastide_ids::Timestamp;
use bastide_resources::Stored;
use bastide_seal::{SealError, Sealed, Sealer};
use zeroize::Zeroizing;

use crate::stored::Key;

const VERSION: u8 = 1;
/// What stands before the private key: version, spec, algorithm, and the moment.
const HEAD: usize = 11;

const SPECS: [KeySpec; 3] = [KeySpec::Rsa2048, KeySpec::Rsa3072, KeySpec::Rsa4096];
const ALGORITHMS: [WrappingAlgorithm; 4] = [
    WrappingAlgorithm::RsaesOaepSha1,
    WrappingAlgorithm::RsaesOaepSha256,
    WrappingAlgorithm::RsaAesKeyWrapSha1,
    WrappingAlgorithm::RsaAesKeyWrapSha256,
];

/// An import token: the private half of the wrapping key, and what it is for, sealed for one key. So nothing is kept
/// here between GetParametersForImport and ImportKeyMaterial.
pub(crate) struct ImportToken {
    pub(crate) wrapping_key: SecretKey,
    pub(crate) algorithm: WrappingAlgorithm,
    pub(crate) valid_to: Timestamp,
}

impl ImportToken {
    /// The token as the client carries it.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn write(&self, sealer: &Sealer, key: &Stored<Key>) -> Result<Vec<u8>, SealError> {
        let place_of = |found: Option<usize>| {
            found.and_then(|at| u8::try_from(at).ok()).ok_or(SealError::Malformed("no such wrapping key"))
        };
        let spec = place_of(SPECS.iter().position(|spec| *spec == self.wrapping_key.spec()))?;
        let algorithm = place_of(ALGORITHMS.iter().position(|one| *one == self.algorithm))?;
        let mut plain = Zeroizing::new(vec![VERSION, spec, algorithm]);
        plain.extend_from_slice(&self.valid_to.millis().to_be_bytes());
        plain.extend_from_slice(self.wrapping_key.bytes());
        Ok(sealer.seal(&key.key.place, &name(key), &plain)?.into_bytes())
    }

    /// Reads a token; `None` when it was not made here, was changed, or was made for another key.
    pub(crate) fn read(bytes: &[u8], sealer: &Sealer, key: &Stored<Key>) -> Option<Self> {
        let sealed = Sealed::parse(bytes).ok()?;
        let plain = sealer.unseal(&key.key.place, &name(key), &sealed).ok()?;
        let (head, private) = plain.split_first_chunk::<HEAD>()?;
        let [version, spec, algorithm, moment @ ..] = head;
        if *version != VERSION {
            return None;
        }
        Some(Self {
            wrapping_key: SecretKey::from_bytes(*SPECS.get(usize::from(*spec))?, private).ok()?,
            algorithm: *ALGORITHMS.get(usize::from(*algorithm))?,
            valid_to: Timestamp::from_millis(i64::from_be_bytes(*moment)),
        })
    }
}

/// What it is sealed for: nothing else that is sealed has such a name.
fn name(key: &Stored<Key>) -> String {
    format!("{} import token", Key::arn(key))
}

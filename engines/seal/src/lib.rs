//! Secret material at rest is sealed.
//!
//! ```text
//! root (file, passphrase, given bytes, shares, a key in a PKCS#11 token or elsewhere)
//!   wraps the keyring key            one copy a root: any one of them opens the keyring
//!     wraps master key generations   one is current, the older ones still open what they sealed
//!       HKDF: a key per place        partition, account and region
//!         HKDF: a key per item       its ARN and a random 128-bit salt
//!           AES-256-GCM              associated data: header, place and ARN
//! ```
//!
//! Nothing below the generations is stored, so a new account or region needs no write before its first secret.
//! The keyring is a small document that the caller keeps behind a [`KeyringStore`]; a change of it is durable
//! there before anything is sealed under it. GCM with random nonces limits one key to 2³² messages (NIST
//! SP 800-38D); since every item has a key of its own, that limit is never met.
//!
//! What is sealed for one ARN or place opens for no other. The engine reads no environment and no clock.

mod crypto;
mod error;
mod keyring;
mod root;
mod sealed;
mod sealer;
mod shares;
mod store;
#[cfg(test)]
mod tests;
mod token;
mod vault;

pub use error::SealError;
pub use keyring::{Keyring, KeyringGeneration, KeyringSeal};
pub use root::{RootSource, Seal, WrappedKey};
pub use sealed::{MAX_PLAINTEXT, Sealed};
pub use sealer::{SealStatus, Sealer, Status};
pub use shares::{Share, SharedRoot};
pub use store::{FileKeyring, KeyringStore, MemoryKeyring, SaveError};
pub use token::{TokenName, TokenRoot};
pub use vault::{Vault, VaultSeal, Vaulted};

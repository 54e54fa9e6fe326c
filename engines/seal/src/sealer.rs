use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use bastide_ids::{Place, Timestamp, random_bytes};
use zeroize::Zeroizing;

use crate::crypto::{Key, NONCE};
use crate::error::SealError;
use crate::keyring::{Keyring, KeyringGeneration, KeyringSeal};
use crate::root::Seal;
use crate::sealed::{Header, MAX_PLAINTEXT, SALT, Sealed, place_bytes};
use crate::store::{KeyringStore, SaveError};

/// How many place keys are kept at hand; beyond that they are derived again.
const PLACES: usize = 4096;

/// Seals and opens secrets. One serves all threads; rotation and new seals need no pause.
pub struct Sealer {
    store: Arc<dyn KeyringStore>,
    state: RwLock<Arc<Opened>>,
    /// Held through a change of the keyring, so that its changes follow one another.
    changing: Mutex<()>,
    places: RwLock<HashMap<(u32, Place), Arc<Key>>>,
}

/// What the keyring holds, for an operator to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The keyring's random name.
    pub keyring: String,
    /// The seals: their ids, kinds and times.
    pub seals: Vec<SealStatus>,
    /// The generation that new secrets are sealed under.
    pub current: u32,
    /// The generations that open, with the times they were made.
    pub generations: Vec<(u32, Timestamp)>,
}

/// One way to open the keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealStatus {
    /// Its name, for [`Sealer::remove_seal`].
    pub id: String,
    /// What kind of root it has.
    pub kind: String,
    /// When it was added.
    pub created: Timestamp,
    /// What is known of its root, such as the name of a token; nothing secret.
    pub parameters: BTreeMap<String, String>,
    /// Whether this process opened the keyring by it.
    pub in_use: bool,
}

/// An opened keyring.
struct Opened {
    keyring: Keyring,
    /// As it is stored.
    bytes: Vec<u8>,
    key: Key,
    masters: BTreeMap<u32, Key>,
    opened_by: String,
}

impl Sealer {
    /// Opens the stored keyring with a root, or makes one on the first start. A new keyring opens nothing that
    /// an older one sealed: a caller that finds data but no keyring should refuse to start.
    ///
    /// # Errors
    /// [`SealError`]: the root is wrong, missing or exposed; the keyring is damaged; the store failed.
    pub fn open(root: &dyn Seal, store: Arc<dyn KeyringStore>, now: Timestamp) -> Result<Self, SealError> {
        let stored = match store.load().map_err(SealError::Store)? {
            Some(bytes) => Opened::from_bytes(root, bytes)?,
            None => match Opened::create(&[root], store.as_ref(), now) {
                // Another node was quicker: its keyring counts.
                Err(SealError::Conflict) => {
                    let bytes = store.load().map_err(SealError::Store)?.ok_or(SealError::Conflict)?;
                    Opened::from_bytes(root, bytes)?
                }
                made => made?,
            },
        };
        Ok(Self::with(stored, store))
    }

    /// Makes a new keyring that each of these roots opens.
    ///
    /// # Errors
    /// [`SealError::Conflict`] when there is a keyring; [`SealError::LastSeal`] without any root; or as
    /// [`Self::open`]. Nothing is stored then.
    pub fn create(
        roots: &[&dyn Seal],
        store: Arc<dyn KeyringStore>,
        now: Timestamp,
    ) -> Result<Self, SealError> {
        if store.load().map_err(SealError::Store)?.is_some() {
            return Err(SealError::Conflict);
        }
        let made = Opened::create(roots, store.as_ref(), now)?;
        Ok(Self::with(made, store))
    }

    fn with(opened: Opened, store: Arc<dyn KeyringStore>) -> Self {
        Self {
            store,
            state: RwLock::new(Arc::new(opened)),
            changing: Mutex::new(()),
            places: RwLock::new(HashMap::new()),
        }
    }

    /// Takes over a keyring that another process has stored: new seals, and a new generation of the master key,
    /// which is sealed under from then on. Gives whether it is another one than before.
    ///
    /// # Errors
    /// [`SealError::KeyringDamaged`] when it is older than the one in use, or not opened by its key: after
    /// [`Self::replace_seals`] elsewhere, this process must be started again.
    pub fn follow(&self, stored: Vec<u8>) -> Result<bool, SealError> {
        let changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if stored == self.opened().bytes {
            return Ok(false);
        }
        self.take_over(stored, &changing).map(|_| true)
    }

    /// Seals a secret for one resource in one place.
    ///
    /// # Errors
    /// [`SealError::TooLarge`] above [`MAX_PLAINTEXT`] bytes.
    pub fn seal(&self, place: &Place, arn: &str, plaintext: &[u8]) -> Result<Sealed, SealError> {
        if plaintext.len() > MAX_PLAINTEXT {
            return Err(SealError::TooLarge(plaintext.len()));
        }
        let opened = self.opened();
        let generation = opened.keyring.current;
        let header = Header { generation, salt: random_bytes::<SALT>(), nonce: random_bytes::<NONCE>() };
        let key = self.item_key(&opened, place, arn, &header)?;
        let sealed = key.seal(header.nonce, &header.aad(place, arn), plaintext)?;
        Ok(Sealed::join(&header, &sealed))
    }

    /// Opens what was sealed for this resource in this place.
    ///
    /// # Errors
    /// [`SealError::NotAuthentic`] when it was changed or sealed for another resource or place;
    /// [`SealError::NoSuchGeneration`] when the keyring is older than it.
    pub fn unseal(&self, place: &Place, arn: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let header = sealed.header().ok_or(SealError::Malformed("too short"))?;
        let mut opened = self.opened();
        if !opened.masters.contains_key(&header.generation) {
            // Another node may have rotated the master key.
            opened = self.reload()?;
        }
        let key = self.item_key(&opened, place, arn, &header)?;
        let plain = key.open(header.nonce, &header.aad(place, arn), sealed.ciphertext());
        plain.ok_or_else(|| SealError::NotAuthentic(arn.to_owned()))
    }

    /// Whether it is sealed under an older generation of the master key.
    #[must_use]
    pub fn needs_reseal(&self, sealed: &Sealed) -> bool {
        sealed.generation() < self.opened().keyring.current
    }

    /// Seals anew under the current generation; `None` when it is already. The old form opens still.
    ///
    /// # Errors
    /// As [`Self::unseal`].
    pub fn reseal(&self, place: &Place, arn: &str, sealed: &Sealed) -> Result<Option<Sealed>, SealError> {
        if !self.needs_reseal(sealed) {
            return Ok(None);
        }
        let plain = self.unseal(place, arn, sealed)?;
        self.seal(place, arn, &plain).map(Some)
    }

    /// Makes a new generation of the master key, stores it, and seals under it from then on. Gives its number.
    ///
    /// # Errors
    /// [`SealError::Conflict`] when another process changed the keyring meanwhile; [`SealError::Store`].
    pub fn rotate_master(&self, now: Timestamp) -> Result<u32, SealError> {
        self.change(|next| {
            let last = next.keyring.generations.iter().map(|generation| generation.number).max();
            let number = last.unwrap_or(0).checked_add(1).ok_or(SealError::Crypto("counting generations"))?;
            next.add_generation(number, Key::random(), now)?;
            next.keyring.current = number;
            Ok(number)
        })
    }

    /// Forgets an old generation of the master key: what is still sealed under it is lost for good. For use
    /// after every item was re-sealed, when the old key may have leaked.
    ///
    /// # Errors
    /// [`SealError::CurrentGeneration`], [`SealError::NoSuchGeneration`], or as [`Self::rotate_master`].
    pub fn retire_generation(&self, number: u32) -> Result<(), SealError> {
        self.change(|next| {
            if number == next.keyring.current {
                return Err(SealError::CurrentGeneration(number));
            }
            next.masters.remove(&number).ok_or(SealError::NoSuchGeneration(number))?;
            next.keyring.generations.retain(|generation| generation.number != number);
            Ok(())
        })?;
        self.write_places().retain(|(generation, _), _| *generation != number);
        Ok(())
    }

    /// Adds a root that opens the keyring too. Gives the id of its seal.
    ///
    /// # Errors
    /// [`SealError`] when the root cannot be used, or as [`Self::rotate_master`].
    pub fn add_seal(&self, root: &dyn Seal, now: Timestamp) -> Result<String, SealError> {
        self.change(|next| next.add_seal(root, now))
    }

    /// Removes a seal, never the last one. Who kept the old keyring and that root still knows the keyring's
    /// key: when a root has leaked, use [`Self::replace_seals`] instead, then rotate and re-seal.
    ///
    /// # Errors
    /// [`SealError::LastSeal`], [`SealError::NoSuchSeal`], or as [`Self::rotate_master`].
    pub fn remove_seal(&self, id: &str) -> Result<(), SealError> {
        self.change(|next| {
            let before = next.keyring.seals.len();
            if !next.keyring.seals.iter().any(|seal| seal.id == id) {
                return Err(SealError::NoSuchSeal(id.to_owned()));
            }
            if before == 1 {
                return Err(SealError::LastSeal(id.to_owned()));
            }
            next.keyring.seals.retain(|seal| seal.id != id);
            Ok(())
        })
    }

    /// Puts these roots in the place of all others, under a new keyring key. Other nodes must be restarted
    /// with one of them.
    ///
    /// # Errors
    /// [`SealError::LastSeal`] when no root is given, or as [`Self::add_seal`].
    pub fn replace_seals(&self, roots: &[&dyn Seal], now: Timestamp) -> Result<Vec<String>, SealError> {
        self.change(|next| {
            if roots.is_empty() {
                return Err(SealError::LastSeal(next.opened_by.clone()));
            }
            next.key = Key::random();
            next.keyring.seals.clear();
            let ids: Vec<String> =
                roots.iter().map(|root| next.add_seal(*root, now)).collect::<Result<_, _>>()?;
            next.opened_by = ids.first().cloned().unwrap_or_default();
            let made: Vec<(u32, Timestamp)> =
                next.keyring.generations.drain(..).map(|old| (old.number, old.created)).collect();
            for (number, created) in made {
                let master = next.masters.get(&number).cloned().ok_or(SealError::NoSuchGeneration(number))?;
                next.add_generation(number, master, created)?;
            }
            Ok(ids)
        })
    }

    /// The keyring as an operator may see it.
    #[must_use]
    pub fn status(&self) -> Status {
        let opened = self.opened();
        opened.keyring.status(&opened.opened_by)
    }

    /// Changes a copy of the keyring, stores it, and only then uses it.
    fn change<T>(&self, edit: impl FnOnce(&mut Opened) -> Result<T, SealError>) -> Result<T, SealError> {
        let changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.opened();
        let mut next = old.copy();
        let outcome = edit(&mut next)?;
        let key = next.key.clone();
        next.bytes = next.keyring.sign(&key)?;
        match self.store.save(Some(&old.bytes), &next.bytes) {
            Ok(()) => {
                self.set(next);
                Ok(outcome)
            }
            Err(SaveError::Failed(cause)) => Err(SealError::Store(cause)),
            Err(SaveError::Conflict) => {
                self.reload_while(&changing)?;
                Err(SealError::Conflict)
            }
        }
    }

    /// Takes over what another process stored.
    fn reload(&self) -> Result<Arc<Opened>, SealError> {
        let changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.reload_while(&changing)
    }

    fn reload_while(&self, changing: &MutexGuard<'_, ()>) -> Result<Arc<Opened>, SealError> {
        let old = self.opened();
        let bytes = self.store.load().map_err(SealError::Store)?;
        let bytes = bytes.ok_or(SealError::KeyringDamaged("it is gone from the store"))?;
        if bytes == old.bytes { Ok(old) } else { self.take_over(bytes, changing) }
    }

    fn take_over(&self, bytes: Vec<u8>, _changing: &MutexGuard<'_, ()>) -> Result<Arc<Opened>, SealError> {
        let old = self.opened();
        let new = Opened::with_key(Keyring::parse(&bytes)?, bytes, old.key.clone(), old.opened_by.clone())?;
        if new.keyring.current < old.keyring.current {
            return Err(SealError::KeyringDamaged("the store holds an older one than is in use"));
        }
        self.set(new);
        Ok(self.opened())
    }

    fn item_key(&self, opened: &Opened, place: &Place, arn: &str, header: &Header) -> Result<Key, SealError> {
        let place = self.place_key(opened, place, header.generation)?;
        place.derive(&header.salt, &[b"bastide item v1\0", arn.as_bytes()])
    }

    fn place_key(&self, opened: &Opened, place: &Place, generation: u32) -> Result<Arc<Key>, SealError> {
        // Looked up first, so that a retired generation opens nothing, cached or not.
        let master = opened.masters.get(&generation).ok_or(SealError::NoSuchGeneration(generation))?;
        let name = (generation, place.clone());
        if let Some(key) = self.places.read().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(master.derive(b"", &[b"bastide place v1\0", &place_bytes(place)])?);
        let mut places = self.write_places();
        if places.len() >= PLACES {
            places.clear();
        }
        places.insert(name, Arc::clone(&key));
        Ok(key)
    }

    fn opened(&self) -> Arc<Opened> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, next: Opened) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }

    fn write_places(&self) -> std::sync::RwLockWriteGuard<'_, HashMap<(u32, Place), Arc<Key>>> {
        self.places.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl Opened {
    fn create(roots: &[&dyn Seal], store: &dyn KeyringStore, now: Timestamp) -> Result<Self, SealError> {
        let mut new = Self {
            keyring: Keyring::new(random_name()),
            bytes: Vec::new(),
            key: Key::random(),
            masters: BTreeMap::new(),
            opened_by: String::new(),
        };
        for root in roots {
            new.opened_by = new.add_seal(*root, now)?;
        }
        if roots.is_empty() {
            return Err(SealError::LastSeal(new.opened_by));
        }
        new.add_generation(1, Key::random(), now)?;
        new.keyring.current = 1;
        new.bytes = new.keyring.sign(&new.key)?;
        match store.save(None, &new.bytes) {
            Ok(()) => Ok(new),
            Err(SaveError::Conflict) => Err(SealError::Conflict),
            Err(SaveError::Failed(cause)) => Err(SealError::Store(cause)),
        }
    }

    /// Tries the root on every seal that it may open.
    fn from_bytes(root: &dyn Seal, bytes: Vec<u8>) -> Result<Self, SealError> {
        let keyring = Keyring::parse(&bytes)?;
        for seal in keyring.seals.iter().filter(|seal| root.opens(&seal.kind)) {
            let context = keyring.seal_context(&seal.id, &seal.kind);
            if let Some(key) = root.unwrap(&context, &seal.key)? {
                let key = Key::from_slice(&*key).ok_or(SealError::KeyringDamaged("a seal's key"))?;
                let id = seal.id.clone();
                return Self::with_key(keyring, bytes, key, id);
            }
        }
        Err(SealError::WrongRoot { kind: root.kind().to_owned(), seals: keyring.seal_list() })
    }

    fn with_key(keyring: Keyring, bytes: Vec<u8>, key: Key, opened_by: String) -> Result<Self, SealError> {
        keyring.check(&key)?;
        let wrapping = wrapping_key(&key)?;
        let mut masters = BTreeMap::new();
        for generation in &keyring.generations {
            let context = keyring.generation_context(generation.number);
            let master = wrapping.unwrap(&context, &generation.wrapped);
            let master = master.and_then(|bytes| Key::from_slice(&bytes));
            masters.insert(
                generation.number,
                master.ok_or(SealError::KeyringDamaged("a generation of the master key"))?,
            );
        }
        if !masters.contains_key(&keyring.current) {
            return Err(SealError::KeyringDamaged("the current generation is missing"));
        }
        Ok(Self { keyring, bytes, key, masters, opened_by })
    }

    fn copy(&self) -> Self {
        Self {
            keyring: self.keyring.clone(),
            bytes: self.bytes.clone(),
            key: self.key.clone(),
            masters: self.masters.clone(),
            opened_by: self.opened_by.clone(),
        }
    }

    fn add_seal(&mut self, root: &dyn Seal, now: Timestamp) -> Result<String, SealError> {
        let (id, kind) = (random_name(), root.kind().to_owned());
        let key = root.wrap(&self.keyring.seal_context(&id, &kind), self.key.as_bytes())?;
        self.keyring.seals.push(KeyringSeal { id: id.clone(), kind, created: now, key });
        Ok(id)
    }

    fn add_generation(&mut self, number: u32, master: Key, now: Timestamp) -> Result<(), SealError> {
        let context = self.keyring.generation_context(number);
        let wrapped = wrapping_key(&self.key)?.wrap(&context, master.as_bytes())?;
        self.keyring.generations.push(KeyringGeneration { number, created: now, wrapped });
        self.masters.insert(number, master);
        Ok(())
    }
}

fn wrapping_key(key: &Key) -> Result<Key, SealError> {
    key.derive(b"", &[b"bastide keyring wrap v1"])
}

/// 64 random bits in hex.
fn random_name() -> String {
    format!("{:016x}", u64::from_be_bytes(random_bytes()))
}

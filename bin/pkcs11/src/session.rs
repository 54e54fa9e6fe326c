//! Sessions, and who is logged in.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use bastide_hsm::{
    Client, ClientError,
    wire::{Handle, Role},
};
use cryptoki_sys::*;

use crate::{
    cipher::Cipher,
    digest::Hashing,
    module::Module,
    rv::{Answer, Rv},
    sign::Signer,
    token::{Count, Token},
};

/// The most sessions of a process.
const MOST_SESSIONS: usize = 100_000;

/// All sessions of the application.
#[derive(Default)]
pub(crate) struct Sessions {
    open: RwLock<HashMap<CK_SESSION_HANDLE, Arc<Session>>>,
    last: AtomicU64,
}

/// One session.
pub(crate) struct Session {
    pub(crate) token: Arc<Token>,
    pub(crate) writable: bool,
    state: Mutex<State>,
}

/// What goes on in a session: at most one operation of each kind.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) find: Option<VecDeque<Handle>>,
    pub(crate) encrypt: Option<Cipher>,
    pub(crate) decrypt: Option<Cipher>,
    pub(crate) digest: Option<Hashing>,
    pub(crate) sign: Option<Signer>,
    pub(crate) verify: Option<Signer>,
    /// Session objects, which end with it.
    pub(crate) objects: Vec<Handle>,
}

impl Sessions {
    fn insert(&self, session: Session) -> Answer<CK_SESSION_HANDLE> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST_SESSIONS {
            return Err(Rv(CKR_SESSION_COUNT));
        }
        let handle = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        open.insert(handle, Arc::new(session));
        Ok(handle)
    }

    fn get(&self, handle: CK_SESSION_HANDLE) -> Answer<Arc<Session>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.get(&handle).cloned().ok_or(Rv(CKR_SESSION_HANDLE_INVALID))
    }

    pub(crate) fn count(&self, slot: CK_SLOT_ID) -> Count {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.values().filter(|session| session.token.slot == slot).fold(Count::default(), |count, session| {
            Count { all: count.all + 1, writable: count.writable + CK_ULONG::from(session.writable) }
        })
    }

    /// Closes all sessions of a slot.
    pub(crate) fn close_all(&self, slot: CK_SLOT_ID) {
        let closed: Vec<_> = {
            let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
            open.extract_if(|_, session| session.token.slot == slot).collect()
        };
        for (_, session) in closed {
            session.end();
        }
    }
}

impl Session {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client, when somebody is logged in.
    pub(crate) fn client(&self) -> Answer<Arc<Client>> {
        let client = self.token.client()?;
        if client.is_logged_in() { Ok(client) } else { Err(Rv(CKR_USER_NOT_LOGGED_IN)) }
    }

    /// Refuses to change a token's object in a session that only reads.
    pub(crate) fn may_write(&self, token_object: bool) -> Answer {
        if token_object && !self.writable { Err(Rv(CKR_SESSION_READ_ONLY)) } else { Ok(()) }
    }

    /// Its objects end with it. What cannot be reached now is destroyed with the login.
    fn end(&self) {
        let objects = std::mem::take(&mut self.state().objects);
        if let (false, Ok(client)) = (objects.is_empty(), self.client()) {
            for object in objects {
                self.token.forget(object);
                let _ = client.destroy(object);
            }
        }
    }
}

impl Module {
    pub(crate) fn session(&self, handle: CK_SESSION_HANDLE) -> Answer<Arc<Session>> {
        self.sessions.get(handle)
    }

    pub(crate) fn open_session(&self, slot: CK_SLOT_ID, flags: CK_FLAGS) -> Answer<CK_SESSION_HANDLE> {
        let token = self.token(slot)?;
        if flags & CKF_SERIAL_SESSION == 0 {
            return Err(Rv(CKR_SESSION_PARALLEL_NOT_SUPPORTED));
        }
        let writable = flags & CKF_RW_SESSION != 0;
        self.sessions.insert(Session { token: Arc::clone(token), writable, state: Mutex::default() })
    }

    pub(crate) fn close_session(&self, handle: CK_SESSION_HANDLE) -> Answer {
        let closed = self.sessions.open.write().unwrap_or_else(PoisonError::into_inner).remove(&handle);
        let session = closed.ok_or(Rv(CKR_SESSION_HANDLE_INVALID))?;
        session.end();
        self.log_out_without_sessions(&session.token);
        Ok(())
    }

    pub(crate) fn close_all_sessions(&self, slot: CK_SLOT_ID) -> Answer {
        let token = self.token(slot)?;
        self.sessions.close_all(slot);
        self.log_out_without_sessions(token);
        Ok(())
    }

    /// With the last session ends the login.
    fn log_out_without_sessions(&self, token: &Token) {
        if self.sessions.count(token.slot).all == 0 && token.is_logged_in() {
            let _ = token.log_out();
        }
    }

    pub(crate) fn session_info(&self, handle: CK_SESSION_HANDLE) -> Answer<CK_SESSION_INFO> {
        let session = self.session(handle)?;
        let state = match (session.writable, session.token.is_logged_in()) {
            (false, false) => CKS_RO_PUBLIC_SESSION,
            (false, true) => CKS_RO_USER_FUNCTIONS,
            (true, false) => CKS_RW_PUBLIC_SESSION,
            (true, true) => CKS_RW_USER_FUNCTIONS,
        };
        let flags = CKF_SERIAL_SESSION | if session.writable { CKF_RW_SESSION } else { 0 };
        Ok(CK_SESSION_INFO { slotID: session.token.slot, state, flags, ulDeviceError: 0 })
    }

    /// Logs a crypto user in. Its PIN is `user:password`. Admins have another door: a token's security officer
    /// (`CKU_SO`) is not known here.
    pub(crate) fn login(&self, handle: CK_SESSION_HANDLE, kind: CK_USER_TYPE, pin: &[u8]) -> Answer {
        let session = self.session(handle)?;
        match kind {
            CKU_USER => {}
            CKU_CONTEXT_SPECIFIC => return Err(Rv(CKR_OPERATION_NOT_INITIALIZED)),
            _ => return Err(Rv(CKR_USER_TYPE_INVALID)),
        }
        let (user, password) = user_and_password(pin)?;
        let client = session.token.client()?;
        if client.is_logged_in() {
            if !is_stale(&client) {
                return Err(Rv(CKR_USER_ALREADY_LOGGED_IN));
            }
            let _ = client.logout();
        }
        client.login(user, password, Some(Role::CryptoUser))?;
        Ok(())
    }

    pub(crate) fn logout(&self, handle: CK_SESSION_HANDLE) -> Answer {
        let session = self.session(handle)?;
        if !session.token.is_logged_in() {
            return Err(Rv(CKR_USER_NOT_LOGGED_IN));
        }
        session.token.log_out()
    }

    /// Gives the logged-in user, who has to tell its old PIN, a new one: `user:password` both.
    pub(crate) fn set_pin(&self, handle: CK_SESSION_HANDLE, old: &[u8], new: &[u8]) -> Answer {
        let session = self.session(handle)?;
        if !session.writable {
            return Err(Rv(CKR_SESSION_READ_ONLY));
        }
        let (user, password) = user_and_password(old)?;
        let (same, new) = user_and_password(new)?;
        if user != same {
            return Err(Rv(CKR_PIN_INVALID));
        }
        // On connections of its own: the old PIN is asked for, whoever is logged in.
        let own = session.token.connect()?;
        own.login(user, password, Some(Role::CryptoUser))?;
        own.change_password(user, Role::CryptoUser, new, None)?;
        let client = session.token.client()?;
        if client.is_logged_in() && is_stale(&client) {
            // The login with the old password has ended with it.
            let _ = client.logout();
            client.login(user, new, Some(Role::CryptoUser))?;
        }
        Ok(())
    }
}

/// Whether the HSMs know no more of a login: a new password ends all those with the old one.
fn is_stale(client: &Client) -> bool {
    match client.info() {
        Ok(info) => info.user.is_none(),
        Err(error) => matches!(error, ClientError::Refused(_)),
    }
}

fn user_and_password(pin: &[u8]) -> Answer<(&str, &str)> {
    let pin = std::str::from_utf8(pin).map_err(|_| Rv(CKR_PIN_INCORRECT))?;
    pin.split_once(':').filter(|(user, _)| !user.is_empty()).ok_or(Rv(CKR_PIN_INCORRECT))
}

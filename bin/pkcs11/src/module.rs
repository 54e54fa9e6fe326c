//! The module: what stands between `C_Initialize` and `C_Finalize`.

use std::{mem, process, sync::Arc};

use arc_swap::ArcSwapOption;
use cryptoki_sys::*;

use crate::{
    config::Config,
    rv::{Answer, Rv},
    session::Sessions,
    token::{Token, padded, version},
};

/// The one module of a process. There is no lock around it: a lock that another thread held at a `fork` would stay
/// locked in the child for ever.
static CURRENT: ArcSwapOption<Module> = ArcSwapOption::const_empty();

/// An initialised module.
pub(crate) struct Module {
    /// The process that initialised it: a child has to do so itself.
    process: u32,
    tokens: Vec<Arc<Token>>,
    pub(crate) sessions: Sessions,
}

/// The module, if this process initialised it.
pub(crate) fn module() -> Answer<Arc<Module>> {
    CURRENT.load_full().filter(|module| module.is_of_this_process()).ok_or(Rv(CKR_CRYPTOKI_NOT_INITIALIZED))
}

/// `C_Initialize`. No HSM is asked for anything yet.
pub(crate) fn initialize() -> Answer {
    let before = CURRENT.load_full();
    if before.as_ref().is_some_and(|module| module.is_of_this_process()) {
        return Err(Rv(CKR_CRYPTOKI_ALREADY_INITIALIZED));
    }
    let config = Config::read().map_err(|error| {
        complain(&error);
        Rv::GENERAL
    })?;
    let tokens = (0..).zip(config.clusters).map(|(slot, cluster)| Arc::new(Token::new(slot, cluster)));
    let made = Module { process: process::id(), tokens: tokens.collect(), sessions: Sessions::default() };
    let found = CURRENT.compare_and_swap(&before, Some(Arc::new(made)));
    let won = found.as_ref().map(Arc::as_ptr) == before.as_ref().map(Arc::as_ptr);
    // What a parent made is left as it is: its connections and session objects are the parent's.
    mem::forget(before);
    if won { Ok(()) } else { Err(Rv(CKR_CRYPTOKI_ALREADY_INITIALIZED)) }
}

/// `C_Finalize`: sessions, logins and session objects end.
pub(crate) fn finalize() -> Answer {
    let module = module()?;
    CURRENT.compare_and_swap(&module, None);
    for token in &module.tokens {
        module.sessions.close_all(token.slot);
        // A cluster that does not answer cannot keep an application from ending.
        let _ = token.log_out();
    }
    Ok(())
}

/// `C_GetInfo`.
pub(crate) fn info() -> CK_INFO {
    CK_INFO {
        cryptokiVersion: CK_VERSION { major: 2, minor: 40 },
        manufacturerID: padded("Bastide"),
        flags: 0,
        libraryDescription: padded("Bastide CloudHSM client"),
        libraryVersion: version(),
    }
}

/// Tells the application's user, where nobody else can, why there is no cluster.
#[allow(
    clippy::print_stderr,
    reason = "PKCS#11 has only numbers for errors; nobody else would say which file is missing"
)]
pub(crate) fn complain(what: &str) {
    eprintln!("bastide-pkcs11: {what}");
}

impl Module {
    fn is_of_this_process(&self) -> bool {
        self.process == process::id()
    }

    pub(crate) fn slots(&self) -> Vec<CK_SLOT_ID> {
        self.tokens.iter().map(|token| token.slot).collect()
    }

    pub(crate) fn token(&self, slot: CK_SLOT_ID) -> Answer<&Arc<Token>> {
        self.tokens.iter().find(|token| token.slot == slot).ok_or(Rv(CKR_SLOT_ID_INVALID))
    }
}

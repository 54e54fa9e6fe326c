use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bastide_hsm::wire::{Code, Role, Secret};
use bastide_hsm::{Client, ClientError, ClientOptions, Timeouts};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::{Trouble, USER};

/// The clusters that this process can reach, and the key stores' logins to them.
#[derive(Clone, Debug)]
pub struct HsmClusters(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Has a folder for each cluster, in which `client` is what its clients need.
    folder: PathBuf,
    /// By the ARNs of key stores.
    clients: Mutex<HashMap<String, Arc<Client>>>,
}

/// Being logged in to a cluster for a key store.
#[derive(Clone)]
pub(in crate::stores) struct Session {
    clusters: HsmClusters,
    store: String,
    cluster: String,
    password: Arc<Zeroizing<String>>,
}

impl HsmClusters {
    /// The clusters whose clients' files are in this folder.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(Arc::new(Inner { folder, clients: Mutex::default() }))
    }

    /// Ends a key store's login.
    pub(in crate::stores) fn forget(&self, store: &str) {
        self.0.clients.lock().unwrap_or_else(PoisonError::into_inner).remove(store);
    }

    fn known(&self, store: &str) -> Option<Arc<Client>> {
        self.0.clients.lock().unwrap_or_else(PoisonError::into_inner).get(store).cloned()
    }

    /// Connects to a cluster, without logging in.
    fn connect(&self, cluster: &str) -> Result<Client, Trouble> {
        let options = options(&self.0.folder.join(cluster).join("client"))?;
        Ok(Client::connect(&options)?)
    }
}

impl Session {
    pub(super) fn new(
        clusters: HsmClusters,
        (store, cluster): (String, String),
        password: Arc<Zeroizing<String>>,
    ) -> Self {
        Self { clusters, store, cluster, password }
    }

    /// The same, with another password.
    pub(in crate::stores) fn with_password(&self, password: Zeroizing<String>) -> Self {
        Self { password: Arc::new(password), ..self.clone() }
    }

    /// Logs in anew.
    ///
    /// # Errors
    /// Why not.
    pub(in crate::stores) async fn log_in(&self) -> Result<(), Trouble> {
        self.clusters.forget(&self.store);
        self.run(|client| client.info().map(drop)).await
    }

    /// Gives `kmsuser` another password.
    ///
    /// # Errors
    /// Why not.
    pub(in crate::stores) async fn change_password(&self, password: &str) -> Result<(), Trouble> {
        let password = Zeroizing::new(password.to_owned());
        let changed =
            self.run(move |client| client.change_password(USER, Role::CryptoUser, &password, None)).await;
        // A new password ends the logins with the old one.
        self.clusters.forget(&self.store);
        changed
    }

    /// Makes a call to the cluster, on a thread that may wait.
    ///
    /// # Errors
    /// When no HSM answers or accepts the login, or one refuses.
    pub(in crate::stores) async fn run<T: Send + 'static>(
        &self,
        call: impl Fn(&Client) -> Result<T, ClientError> + Send + 'static,
    ) -> Result<T, Trouble> {
        let session = self.clone();
        let done = spawn_blocking(move || session.run_here(call)).await;
        done.unwrap_or_else(|error| Err(Trouble::Broken(error.to_string())))
    }

    fn run_here<T>(&self, call: impl Fn(&Client) -> Result<T, ClientError>) -> Result<T, Trouble> {
        if let Some(client) = self.clusters.known(&self.store) {
            match call(&client) {
                // The login has ended, as when an HSM was restored or another node has changed the password.
                Err(ClientError::Refused(fault))
                    if matches!(fault.code, Code::TicketInvalid | Code::NotLoggedIn) => {}
                answered => return Ok(answered?),
            }
        }
        let client = Arc::new(self.clusters.connect(&self.cluster)?);
        client.login(USER, &self.password, Some(Role::CryptoUser))?;
        let mut clients = self.clusters.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.insert(self.store.clone(), Arc::clone(&client));
        drop(clients);
        Ok(call(&client)?)
    }
}

/// What is in a folder that the cluster's own node has written.
fn options(folder: &Path) -> Result<ClientOptions, Trouble> {
    let read = |name: &str| match fs::read_to_string(folder.join(name)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Trouble::NoCluster),
        Err(error) => Err(Trouble::Broken(format!("`{}`: {error}", folder.join(name).display()))),
    };
    let known: serde_json::Value =
        serde_json::from_str(&read("pkcs11.json")?).map_err(|error| Trouble::Broken(error.to_string()))?;
    let hsms = known.pointer("/clusters/0/hsms").and_then(serde_json::Value::as_array);
    let hsms = hsms.into_iter().flatten().filter_map(|each| each.as_str().map(str::to_owned)).collect();
    Ok(ClientOptions {
        hsms,
        trust_anchor: read("customerCA.crt")?.to_string(),
        certificate: read("client.crt")?.to_string(),
        key: Secret::from(read("client.key")?.as_str()),
        timeouts: Timeouts::default(),
    })
}

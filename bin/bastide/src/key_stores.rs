//! What backs custom key stores: how it is reached, and the work of connecting.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bastide_door::{Door, Trunks};
use bastide_kms::work::{connect_key_stores, has_key_stores_to_connect};
use bastide_kms::{HsmClusters, KeyStoreSettings, VpcEndpointService};
use bastide_remote::{Remote, Route, Trust};
use clap::Args;

/// How often it is looked for key stores that wait to be connected.
const TICK: Duration = Duration::from_millis(250);

/// How the proxies of external key stores are reached.
#[derive(Args)]
#[command(next_help_heading = "External key stores")]
pub(crate) struct KeyStores {
    /// PEM file with authorities to trust besides those of the machine
    #[arg(long, env = "BASTIDE_XKS_CA_BUNDLE", value_name = "FILE", hide_short_help = true)]
    xks_ca_bundle: Option<PathBuf>,

    /// Where a proxy's host is to be reached, instead of port 443 at the address that its name has. May be given
    /// several times
    #[arg(
        long,
        env = "BASTIDE_XKS_ROUTES",
        value_name = "HOST=ADDRESS:PORT",
        value_delimiter = ',',
        hide_short_help = true
    )]
    xks_route: Vec<Route>,

    /// A VPC endpoint service that key stores may name, and the private host name that belongs to it. May be given
    /// several times
    #[arg(
        long,
        env = "BASTIDE_XKS_VPC_ENDPOINT_SERVICES",
        value_name = "SERVICE=HOST",
        value_delimiter = ',',
        hide_short_help = true
    )]
    xks_vpc_endpoint_service: Vec<VpcEndpointService>,

    /// JSON file with the proxies to serve, so that somebody else's KMS may use keys of this one as external keys
    /// (docs/xks.md tells its form). It is read again when it changes
    #[arg(long, env = "BASTIDE_XKS_PROXIES", value_name = "FILE", hide_short_help = true)]
    pub(crate) xks_proxies: Option<PathBuf>,

    /// Time that a proxy has to answer, in milliseconds
    #[arg(
        long,
        default_value_t = 250,
        env = "BASTIDE_XKS_TIMEOUT",
        value_name = "MS",
        hide_short_help = true
    )]
    xks_timeout: u64,
}

impl KeyStores {
    /// What these come to, with the clusters of HSMs in a data folder.
    ///
    /// # Errors
    /// When the authorities cannot be used.
    pub(crate) fn settings(&self, data_dir: &Path) -> Result<KeyStoreSettings, String> {
        let trust = match &self.xks_ca_bundle {
            Some(file) => Trust::system().and(file),
            None => Ok(Trust::system()),
        };
        let remote = trust.and_then(|trust| Remote::new(&trust, self.xks_route.clone()));
        Ok(KeyStoreSettings {
            remote: remote.map_err(|error| error.to_string())?,
            time: Duration::from_millis(self.xks_timeout),
            vpc_endpoint_services: self.xks_vpc_endpoint_service.clone(),
            clusters: HsmClusters::new(data_dir.join("hsm")),
        })
    }
}

/// Connects key stores, for as long as the process lives.
pub(crate) async fn work(door: Arc<Door>, settings: KeyStoreSettings) {
    let Trunks { store, sealer, .. } = door.trunks();
    loop {
        tokio::time::sleep(TICK).await;
        if !matches!(has_key_stores_to_connect(store).await, Ok(true)) {
            continue;
        }
        // Nodes that share a store take turns.
        let leased = store.lease("kms.key-stores", &door.settings().node, TICK * 40).await;
        if matches!(leased, Ok(Some(_)))
            && let Err(failure) = connect_key_stores(store, sealer, &settings, door.now()).await
        {
            tracing::warn!(?failure, "key stores were not connected; it is tried again");
        }
    }
}

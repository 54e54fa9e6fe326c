use bastide_door::{Failure, Permitted};
use bastide_resources::{MAX_PAGE, Stored};
use bastide_shape::Document;

use super::{named, no_such_store, register};
use crate::paging::Paging;
use crate::stored::{Backing, Connection, KeyStore, XksProxy};

/// DescribeCustomKeyStores: all of the account in the region, or the one with an id or a name.
///
/// # Errors
/// `CustomKeyStoreNotFoundException`, `InvalidMarkerException`.
pub(crate) async fn describe_custom_key_stores(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, 100, 1000)?;
    let input = call.input();
    let stores = match (input.str("CustomKeyStoreId"), input.str("CustomKeyStoreName")) {
        (Some(_), Some(_)) => {
            let message = "Specify CustomKeyStoreId or CustomKeyStoreName, not both.";
            return Err(Failure::validation(message));
        }
        (Some(id), None) => vec![named(call, id).await?],
        (None, Some(name)) => {
            let id = register::by_name(call, name).await?.ok_or_else(|| no_such_store(name))?;
            vec![named(call, &id).await?]
        }
        (None, None) => call.store().list::<KeyStore>(call.place(), "", None, MAX_PAGE).await?.items,
    };
    Ok(paging.cut("CustomKeyStores", &stores, |store| store.key.id.as_str(), |store| show(store)))
}

/// A store as `CustomKeyStoresListEntry` has it. Nothing of a secret is in it.
fn show(store: &Stored<KeyStore>) -> Document {
    let error = match &store.connection {
        Connection::Failed(code) => Some(code),
        _ => None,
    };
    let entry = Document::new()
        .with("CustomKeyStoreId", &store.key.id)
        .with("CustomKeyStoreName", &store.name)
        .with("ConnectionState", store.connection.as_str())
        .maybe("ConnectionErrorCode", error)
        .with("CreationDate", store.created)
        .with("CustomKeyStoreType", store.kind());
    match &store.backing {
        Backing::External(proxy) => entry.with("XksProxyConfiguration", configuration(proxy)),
        Backing::CloudHsm(hsm) => {
            entry.with("CloudHsmClusterId", &hsm.cluster).with("TrustAnchorCertificate", &hsm.trust_anchor)
        }
    }
}

fn configuration(proxy: &XksProxy) -> Document {
    let connectivity = if proxy.vpc.is_some() { "VPC_ENDPOINT_SERVICE" } else { "PUBLIC_ENDPOINT" };
    Document::new()
        .with("Connectivity", connectivity)
        .with("AccessKeyId", &proxy.access_key_id)
        .with("UriEndpoint", &proxy.endpoint)
        .with("UriPath", &proxy.path)
        .maybe("VpcEndpointServiceName", proxy.vpc.as_ref().map(|vpc| &vpc.name))
        .maybe("VpcEndpointServiceOwner", proxy.vpc.as_ref().map(|vpc| &vpc.owner))
}

use bastide_api_kms::errors::CloudHsmClusterNotRelatedException;
use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use super::{create, hsm, named, register, wrong_state};
use crate::stored::{Backing, Connection, HsmCluster, KeyStore, VpcService, XksProxy};

/// What may be changed while the store is connected.
const AT_ANY_TIME: [&str; 3] =
    ["NewCustomKeyStoreName", "XksProxyAuthenticationCredential", "XksProxyUriPath"];
const PROXY: [&str; 6] = [
    "XksProxyUriEndpoint",
    "XksProxyUriPath",
    "XksProxyVpcEndpointServiceName",
    "XksProxyVpcEndpointServiceOwner",
    "XksProxyAuthenticationCredential",
    "XksProxyConnectivity",
];
const CLOUDHSM: [&str; 2] = ["KeyStorePassword", "CloudHsmClusterId"];

/// UpdateCustomKeyStore: another name, or another way to the same backing.
///
/// # Errors
/// The exceptions of its row.
pub(crate) async fn update_custom_key_store(call: &mut Permitted) -> Result<Document, Failure> {
    let id = call.input().text("CustomKeyStoreId").to_owned();
    let read = named(call, &id).await?;
    let given = |members: &[&'static str]| {
        members.iter().copied().filter(|member| call.input().value(member).is_some()).collect::<Vec<_>>()
    };
    let (of_proxy, of_cluster, names) = (given(&PROXY), given(&CLOUDHSM), given(&["NewCustomKeyStoreName"]));
    let all: Vec<_> = [&of_proxy[..], &of_cluster, &names].concat();
    if all.is_empty() {
        return Err(Failure::validation("Specify at least one property to update."));
    }
    let (foreign, kind) = match &read.backing {
        Backing::External(_) => (&of_cluster, "an external key store"),
        Backing::CloudHsm(_) => (&of_proxy, "an AWS CloudHSM key store"),
    };
    if let Some(member) = foreign.first() {
        return Err(Failure::validation(format!("{member} is not valid for {kind}.")));
    }
    check_state(&read.connection, &all)?;
    let mut store = read.value.clone();
    if let Some(name) = call.input().str("NewCustomKeyStoreName") {
        name.clone_into(&mut store.name);
    }
    match &mut store.backing {
        Backing::External(proxy) => change(call, &id, proxy)?,
        Backing::CloudHsm(cluster) => change_cluster(call, &id, cluster).await?,
    }
    register::enter(call, &id, store.registered()).await?;
    if let Backing::External(proxy) = &store.backing
        && !of_proxy.is_empty()
    {
        create::verify(call, &id, proxy).await?;
    }
    call.changes().update(&read, store);
    Ok(Document::new())
}

fn check_state(connection: &Connection, members: &[&str]) -> Result<(), Failure> {
    let allowed = match connection {
        Connection::Disconnected => true,
        Connection::Connected => members.iter().all(|member| AT_ANY_TIME.contains(member)),
        Connection::Connecting | Connection::Failed(_) => false,
    };
    if allowed {
        return Ok(());
    }
    let state = connection.as_str();
    Err(wrong_state(format!(
        "The custom key store is {state}. Disconnect it before you change these properties."
    )))
}

async fn change_cluster(call: &Permitted, id: &str, cluster: &mut HsmCluster) -> Result<(), Failure> {
    let input = call.input();
    if let Some(name) = input.str("CloudHsmClusterId") {
        let found = hsm::cluster::active(call, name, hsm::cluster::TO_CONNECT).await?;
        if hsm::cluster::certificate(&found) != cluster.certificate {
            let message = format!(
                "The CloudHSM cluster {name} has no backup in common with the one that the custom key store was made with."
            );
            return Err(Failure::new(&CloudHsmClusterNotRelatedException, message));
        }
        name.clone_into(&mut cluster.cluster);
    }
    if let Some(password) = input.str("KeyStorePassword") {
        let arn = KeyStore::arn_in(call.place(), id);
        cluster.set_password(password, (call.sealer(), call.place(), &arn))?;
    }
    Ok(())
}

fn change(call: &Permitted, id: &str, proxy: &mut XksProxy) -> Result<(), Failure> {
    let input = call.input();
    if let Some(endpoint) = input.str("XksProxyUriEndpoint") {
        endpoint.clone_into(&mut proxy.endpoint);
    }
    if let Some(path) = input.str("XksProxyUriPath") {
        path.clone_into(&mut proxy.path);
    }
    connectivity(call, proxy)?;
    if let Some(credential) = input.map("XksProxyAuthenticationCredential") {
        let arn = KeyStore::arn_in(call.place(), id);
        let credential = (credential.text("AccessKeyId").to_owned(), credential.text("RawSecretAccessKey"));
        proxy.set_credential(credential, (call.sealer(), call.place(), &arn))?;
    }
    Ok(())
}

fn connectivity(call: &Permitted, proxy: &mut XksProxy) -> Result<(), Failure> {
    let input = call.input();
    let name = input.str("XksProxyVpcEndpointServiceName");
    let owner = input.str("XksProxyVpcEndpointServiceOwner");
    let changed = input.str("XksProxyConnectivity");
    let was_private = proxy.vpc.is_some();
    let private = changed.map_or(was_private, |connectivity| connectivity == "VPC_ENDPOINT_SERVICE");
    if private != was_private && input.str("XksProxyUriEndpoint").is_none() {
        let message = "Change XksProxyUriEndpoint together with XksProxyConnectivity.";
        return Err(Failure::validation(message));
    }
    if !private {
        if name.is_some() || owner.is_some() {
            let message = "XksProxyVpcEndpointServiceName is not valid for public endpoint connectivity.";
            return Err(Failure::validation(message));
        }
        proxy.vpc = None;
        return Ok(());
    }
    let name = name.map(str::to_owned).or_else(|| proxy.vpc.as_ref().map(|vpc| vpc.name.clone()));
    let Some(name) = name else {
        let message = "XksProxyVpcEndpointServiceName is required for VPC endpoint service connectivity.";
        return Err(Failure::validation(message));
    };
    let owner = owner.map(str::to_owned).or_else(|| proxy.vpc.as_ref().map(|vpc| vpc.owner.clone()));
    let owner = owner.unwrap_or_else(|| call.place().account.as_str().to_owned());
    proxy.vpc = Some(VpcService { name, owner });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connected_store_keeps_its_endpoint() {
        let ok = |connection: &Connection, members: &[&str]| check_state(connection, members).is_ok();
        assert!(ok(&Connection::Disconnected, &["XksProxyUriEndpoint", "XksProxyConnectivity"]));
        assert!(ok(&Connection::Connected, &AT_ANY_TIME));
        assert!(!ok(&Connection::Connected, &["NewCustomKeyStoreName", "XksProxyUriEndpoint"]));
        assert!(!ok(&Connection::Connecting, &["NewCustomKeyStoreName"]));
        assert!(!ok(&Connection::Failed("INTERNAL_ERROR".to_owned()), &["XksProxyUriPath"]));
    }
}

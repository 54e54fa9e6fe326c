//! What must be unique among the custom key stores of an account in a region.

use bastide_api_kms::errors::{
    CloudHsmClusterInUseException, CustomKeyStoreNameInUseException, XksProxyUriEndpointInUseException,
    XksProxyUriInUseException, XksProxyVpcEndpointServiceInUseException,
};
use bastide_door::{Failure, Permitted};

use crate::refusal;
use crate::stored::{Register, Registered, RegisteredProxy};

/// The most custom key stores of an account in a region. Source: KMS Developer Guide, "Resource quotas".
const MOST: usize = 10;

/// Writes a store into the register, in place of what it has of it: a part of this call's changes.
///
/// # Errors
/// When something that must be unique is another store's already; `LimitExceededException`.
pub(super) async fn enter(call: &mut Permitted, id: &str, entry: Registered) -> Result<(), Failure> {
    let place = call.place().clone();
    let read = call.store().find::<Register>(&place, Register::ID).await?;
    let mut register = read.as_ref().map(|read| read.value.clone()).unwrap_or_default();
    let others = register.stores.iter().filter(|(other, _)| *other != id).map(|(_, other)| other);
    clashes(&entry, others)?;
    register.stores.insert(id.to_owned(), entry);
    if register.stores.len() > MOST {
        let message = format!("An account has at most {MOST} custom key stores in a Region.");
        return Err(refusal::limit_exceeded(message));
    }
    match read {
        Some(read) => call.changes().update(&read, register),
        None => call.changes().create(&place, Register::ID, register),
    };
    Ok(())
}

/// Takes a store out of the register: a part of this call's changes.
///
/// # Errors
/// When the store of documents fails.
pub(super) async fn leave(call: &mut Permitted, id: &str) -> Result<(), Failure> {
    let place = call.place().clone();
    if let Some(read) = call.store().find::<Register>(&place, Register::ID).await? {
        let mut register = read.value.clone();
        register.stores.remove(id);
        call.changes().update(&read, register);
    }
    Ok(())
}

/// The id of the store with this name.
///
/// # Errors
/// When the store of documents fails.
pub(super) async fn by_name(call: &Permitted, name: &str) -> Result<Option<String>, Failure> {
    let register = call.store().find::<Register>(call.place(), Register::ID).await?;
    let stores = register.as_ref().map(|register| &register.stores).into_iter().flatten();
    Ok(stores.into_iter().find(|(_, entry)| entry.name == name).map(|(id, _)| id.clone()))
}

fn clashes<'a>(entry: &Registered, others: impl Iterator<Item = &'a Registered>) -> Result<(), Failure> {
    for other in others {
        if other.name == entry.name {
            let message = format!("The custom key store name {} is already in use.", entry.name);
            return Err(Failure::new(&CustomKeyStoreNameInUseException, message));
        }
        if entry.cluster.is_some() && entry.cluster == other.cluster {
            let message = "The CloudHSM cluster, or one that has a backup in common with it, is already associated with another custom key store.";
            return Err(Failure::new(&CloudHsmClusterInUseException, message));
        }
        if let (Some(proxy), Some(other)) = (&entry.proxy, &other.proxy) {
            proxy_clashes(proxy, other)?;
        }
    }
    Ok(())
}

fn proxy_clashes(proxy: &RegisteredProxy, other: &RegisteredProxy) -> Result<(), Failure> {
    let same_host = proxy.endpoint.eq_ignore_ascii_case(&other.endpoint);
    if proxy.vpc.is_some() && proxy.vpc == other.vpc {
        let message = "The VPC endpoint service is already associated with another external key store.";
        return Err(Failure::new(&XksProxyVpcEndpointServiceInUseException, message));
    }
    if same_host && proxy.path == other.path {
        let message = "The XKS proxy URI is already associated with another external key store.";
        return Err(Failure::new(&XksProxyUriInUseException, message));
    }
    // Public stores may share a host behind different paths; a private one has its own.
    if same_host && (proxy.vpc.is_some() || other.vpc.is_some()) {
        let message = "The XKS proxy URI endpoint is already associated with another external key store.";
        return Err(Failure::new(&XksProxyUriEndpointInUseException, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bastide_shape::ErrorShape;

    use super::*;

    fn entry(name: &str, endpoint: &str, path: &str, vpc: Option<&str>) -> Registered {
        let (endpoint, path) = (endpoint.to_owned(), path.to_owned());
        let proxy = RegisteredProxy { endpoint, path, vpc: vpc.map(str::to_owned) };
        Registered { name: name.to_owned(), proxy: Some(proxy), cluster: None }
    }

    #[test]
    fn what_is_unique() {
        let public = entry("a", "https://x.example.com", "/kms/xks/v1", None);
        let private = entry("b", "https://y.example.com", "/kms/xks/v1", Some("svc-1"));
        let told = |new: Registered| clashes(&new, [&public, &private].into_iter());
        let is =
            |new: Registered, error: &'static ErrorShape| told(new).is_err_and(|failure| failure.is(error));
        assert!(told(entry("c", "https://x.example.com", "/p/kms/xks/v1", None)).is_ok());
        assert!(told(entry("c", "https://z.example.com", "/kms/xks/v1", Some("svc-2"))).is_ok());
        assert!(is(
            entry("a", "https://z.example.com", "/kms/xks/v1", None),
            &CustomKeyStoreNameInUseException
        ));
        assert!(is(entry("c", "https://X.example.com", "/kms/xks/v1", None), &XksProxyUriInUseException));
        let mixed = entry("c", "https://x.example.com", "/p/kms/xks/v1", Some("svc-2"));
        assert!(is(mixed, &XksProxyUriEndpointInUseException));
        let shared = entry("c", "https://y.example.com", "/p/kms/xks/v1", None);
        assert!(is(shared, &XksProxyUriEndpointInUseException));
        let same = entry("c", "https://z.example.com", "/p/kms/xks/v1", Some("svc-1"));
        assert!(is(same, &XksProxyVpcEndpointServiceInUseException));
    }
}

use bastide_api_kms::errors::{
    IncorrectTrustAnchorException, XksProxyVpcEndpointServiceInvalidConfigurationException,
    XksProxyVpcEndpointServiceNotFoundException,
};
use bastide_door::{Failure, Permitted};
use bastide_hsm::check_trust_anchor;
use bastide_ids::random_bytes;
use bastide_shape::Document;

use super::xks::Proxy;
use super::{KeyStoreSettings, hsm, register, settings};
use crate::hex;
use crate::stored::{Backing, Connection, HsmCluster, KeyStore, VpcService, XksProxy};

pub(super) const EXTERNAL: &str = "EXTERNAL_KEY_STORE";
/// The members that belong to external key stores only.
const OF_EXTERNAL: [&str; 4] =
    ["XksProxyUriEndpoint", "XksProxyUriPath", "XksProxyAuthenticationCredential", "XksProxyConnectivity"];
const OF_CLOUDHSM: [&str; 3] = ["CloudHsmClusterId", "TrustAnchorCertificate", "KeyStorePassword"];

/// CreateCustomKeyStore: says what backs a key store; keys are made in it once it is connected.
///
/// # Errors
/// The exceptions of its row.
pub(crate) async fn create_custom_key_store(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let external = input.str("CustomKeyStoreType") == Some(EXTERNAL);
    check_members(input, external)?;
    let id = format!("cks-{}", hex::write(&random_bytes::<9>()).get(..17).unwrap_or_default());
    let store = KeyStore {
        name: input.text("CustomKeyStoreName").to_owned(),
        created: call.now(),
        connection: Connection::Disconnected,
        backing: match external {
            true => Backing::External(proxy(call, &id)?),
            false => Backing::CloudHsm(cluster(call, &id).await?),
        },
    };
    register::enter(call, &id, store.registered()).await?;
    if let Backing::External(proxy) = &store.backing {
        verify(call, &id, proxy).await?;
    }
    let place = call.place().clone();
    call.changes().create(&place, id.as_str(), store);
    Ok(Document::new().with("CustomKeyStoreId", id))
}

/// Holds what a request says of the proxy of an external key store against what can be known of it: of one that is
/// connected through a VPC that it is the service which it says, of a public one that it answers.
///
/// # Errors
/// The exceptions of CreateCustomKeyStore.
pub(super) async fn verify(call: &Permitted, id: &str, proxy: &XksProxy) -> Result<(), Failure> {
    let settings = settings(call)?;
    if let Some(vpc) = &proxy.vpc {
        return service(settings, vpc, &proxy.endpoint).map_err(|missing| match missing {
            NoService::NotFound => Failure::new(
                &XksProxyVpcEndpointServiceNotFoundException,
                format!("The VPC endpoint service {} is not found.", vpc.name),
            ),
            NoService::OtherName(host) => Failure::new(
                &XksProxyVpcEndpointServiceInvalidConfigurationException,
                format!(
                    "The private DNS name of the VPC endpoint service is {host}, not that of the endpoint."
                ),
            ),
        });
    }
    let proxy = Proxy::of(proxy, id, (settings, call.sealer(), call.place()))?;
    let asked = proxy.health(call.operation().name, &call.request_id().to_string()).await;
    asked.map_err(super::xks::Trouble::of_store)
}

/// Why there is no such VPC endpoint service.
pub(super) enum NoService {
    NotFound,
    /// Its private host name is this one.
    OtherName(String),
}

/// Whether the operator has declared a VPC endpoint service of this name for this endpoint.
pub(super) fn service(
    settings: &KeyStoreSettings,
    vpc: &VpcService,
    endpoint: &str,
) -> Result<(), NoService> {
    let found = settings.vpc_endpoint_services.iter().find(|service| service.name == vpc.name);
    let host = endpoint.strip_prefix("https://").unwrap_or(endpoint);
    match found {
        None => Err(NoService::NotFound),
        Some(service) if service.private_dns_name.eq_ignore_ascii_case(host) => Ok(()),
        Some(service) => Err(NoService::OtherName(service.private_dns_name.clone())),
    }
}

/// The cluster that a request names: one that can be a key store, and whose certificate the trust anchor signed.
async fn cluster(call: &Permitted, id: &str) -> Result<HsmCluster, Failure> {
    let input = call.input();
    let name = input.text("CloudHsmClusterId").to_owned();
    let found = hsm::cluster::shown_to_caller(call, &name, hsm::cluster::FOR_KEYS).await?;
    let (anchor, certificate) =
        (input.text("TrustAnchorCertificate").to_owned(), hsm::cluster::certificate(&found));
    check_trust_anchor(&certificate, &anchor).map_err(|error| {
        let message =
            format!("The trust anchor certificate is not that of the CloudHSM cluster {name}: {error}.");
        Failure::new(&IncorrectTrustAnchorException, message)
    })?;
    let arn = KeyStore::arn_in(call.place(), id);
    let password = input.text("KeyStorePassword");
    Ok(HsmCluster::new(name, (anchor, certificate), password, (call.sealer(), call.place(), &arn))?)
}

fn check_members(input: &Document, external: bool) -> Result<(), Failure> {
    if !external {
        return check_cloudhsm_members(input);
    }
    if let Some(member) = OF_CLOUDHSM.iter().find(|member| input.value(member).is_some()) {
        return Err(Failure::validation(format!("{member} is not valid for an external key store.")));
    }
    if let Some(member) = OF_EXTERNAL.iter().find(|member| input.value(member).is_none()) {
        return Err(Failure::validation(format!("{member} is required for an external key store.")));
    }
    let private = input.str("XksProxyConnectivity") == Some("VPC_ENDPOINT_SERVICE");
    match (private, input.str("XksProxyVpcEndpointServiceName").is_some()) {
        (true, false) => Err(Failure::validation(
            "XksProxyVpcEndpointServiceName is required for VPC endpoint service connectivity.",
        )),
        (false, true) => Err(Failure::validation(
            "XksProxyVpcEndpointServiceName is not valid for public endpoint connectivity.",
        )),
        _ => Ok(()),
    }
}

fn check_cloudhsm_members(input: &Document) -> Result<(), Failure> {
    let not_ours = ["XksProxyVpcEndpointServiceName", "XksProxyVpcEndpointServiceOwner"];
    if let Some(member) = OF_EXTERNAL.iter().chain(&not_ours).find(|member| input.value(member).is_some()) {
        return Err(Failure::validation(format!("{member} is not valid for an AWS CloudHSM key store.")));
    }
    match OF_CLOUDHSM.iter().find(|member| input.value(member).is_none()) {
        Some(member) => {
            Err(Failure::validation(format!("{member} is required for an AWS CloudHSM key store.")))
        }
        None => Ok(()),
    }
}

fn proxy(call: &Permitted, id: &str) -> Result<XksProxy, Failure> {
    let input = call.input();
    let uri = (input.text("XksProxyUriEndpoint").to_owned(), input.text("XksProxyUriPath").to_owned());
    let vpc = input.str("XksProxyVpcEndpointServiceName").map(|name| VpcService {
        name: name.to_owned(),
        owner: input
            .str("XksProxyVpcEndpointServiceOwner")
            .unwrap_or(call.place().account.as_str())
            .to_owned(),
    });
    let credential = input.map("XksProxyAuthenticationCredential");
    let part = |name| credential.map(|credential| credential.text(name)).unwrap_or_default();
    let arn = KeyStore::arn_in(call.place(), id);
    let credential = (part("AccessKeyId").to_owned(), part("RawSecretAccessKey"));
    Ok(XksProxy::new(uri, vpc, credential, (call.sealer(), call.place(), &arn))?)
}

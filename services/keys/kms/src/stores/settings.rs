use std::str::FromStr;
use std::time::Duration;

use bastide_remote::Remote;

use super::HsmClusters;

/// How KMS reaches what backs custom key stores: the operator's choice, for all accounts.
#[derive(Clone, Debug)]
pub struct KeyStoreSettings {
    /// Sends the requests.
    pub remote: Remote,
    /// How long the proxy of an external key store may take to answer. AWS's is 250 ms.
    pub time: Duration,
    /// The VPC endpoint services that key stores may be connected through.
    pub vpc_endpoint_services: Vec<VpcEndpointService>,
    /// The clusters of HSMs that this process can reach.
    pub clusters: HsmClusters,
}

/// A VPC endpoint service. There are no VPCs here: what one comes to is a name that a key store gives, and the
/// private host name that belongs to it, which only this process need be able to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VpcEndpointService {
    /// `com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0`
    pub name: String,
    /// Its private DNS name, such as `xks.corp.example.com`.
    pub private_dns_name: String,
}

impl FromStr for VpcEndpointService {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, host)) if name.contains(".vpce-svc-") && !host.is_empty() => {
                Ok(Self { name: name.to_owned(), private_dns_name: host.to_ascii_lowercase() })
            }
            _ => Err(format!(
                "`{text}` is not of the form `com.amazonaws.vpce.REGION.vpce-svc-ID=PRIVATE.HOST.NAME`"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_read() {
        let read = "com.amazonaws.vpce.us-east-1.vpce-svc-09=xks.Example.com".parse::<VpcEndpointService>();
        let read = read.unwrap();
        assert_eq!(read.name, "com.amazonaws.vpce.us-east-1.vpce-svc-09");
        assert_eq!(read.private_dns_name, "xks.example.com");
        for wrong in ["", "a=b", "com.amazonaws.vpce.us-east-1.vpce-svc-09=", ".vpce-svc-0"] {
            assert!(wrong.parse::<VpcEndpointService>().is_err(), "{wrong}");
        }
    }
}

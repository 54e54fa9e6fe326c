use std::collections::BTreeSet;

use bastide_api_cloudhsmv2::operations::DescribeClusters;
use bastide_api_kms::errors::{
    CloudHsmClusterInvalidConfigurationException, CloudHsmClusterNotActiveException,
    CloudHsmClusterNotFoundException,
};
use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

/// In how many availability zones a cluster has to have an HSM for keys to be made in it, and to become a key store.
/// Source: KMS API Reference, `CloudHsmClusterInvalidConfigurationException`.
pub(in crate::stores) const FOR_KEYS: usize = 2;
/// The same, to be connected.
pub(in crate::stores) const TO_CONNECT: usize = 1;

/// A cluster, asked for as the caller, who needs `cloudhsm:DescribeClusters`. It is active, and has HSMs in enough
/// availability zones.
///
/// # Errors
/// `CloudHsmClusterNotFoundException`, `CloudHsmClusterNotActiveException`,
/// `CloudHsmClusterInvalidConfigurationException`; the refusal of DescribeClusters.
pub(in crate::stores) async fn shown_to_caller(
    call: &Permitted,
    id: &str,
    zones: usize,
) -> Result<Document, Failure> {
    judged(&call.call(&DescribeClusters, asked(id)).await?, id, zones)
}

/// The same, asked for as KMS.
///
/// # Errors
/// As [`shown_to_caller`].
pub(in crate::stores) async fn active(call: &Permitted, id: &str, zones: usize) -> Result<Document, Failure> {
    judged(&call.call_as_service(call.place(), &DescribeClusters, asked(id)).await?, id, zones)
}

/// The certificate of a cluster, in PEM.
pub(in crate::stores) fn certificate(cluster: &Document) -> String {
    let known = cluster.map("Certificates");
    known.map(|known| known.text("ClusterCertificate").to_owned()).unwrap_or_default()
}

fn asked(id: &str) -> Document {
    Document::new().with("Filters", Document::new().with("clusterIds", vec![id.to_owned()]))
}

fn judged(answer: &Document, id: &str, zones: usize) -> Result<Document, Failure> {
    let found = answer.maps("Clusters").find(|cluster| cluster.text("ClusterId") == id).cloned();
    let Some(cluster) = found.filter(|cluster| !cluster.text("State").starts_with("DELETE")) else {
        let message = format!("The CloudHSM cluster {id} is not found.");
        return Err(Failure::new(&CloudHsmClusterNotFoundException, message));
    };
    if cluster.text("State") != "ACTIVE" {
        let message = format!("The CloudHSM cluster {id} is not active. Initialize and activate it.");
        return Err(Failure::new(&CloudHsmClusterNotActiveException, message));
    }
    let with_hsm: BTreeSet<_> = cluster
        .maps("Hsms")
        .filter(|hsm| hsm.text("State") == "ACTIVE")
        .map(|hsm| hsm.text("AvailabilityZone"))
        .collect();
    if with_hsm.len() < zones {
        let message = match zones {
            TO_CONNECT => format!("The CloudHSM cluster {id} has no active HSM."),
            _ => format!(
                "The CloudHSM cluster {id} needs at least two active HSMs in different Availability Zones."
            ),
        };
        return Err(Failure::new(&CloudHsmClusterInvalidConfigurationException, message));
    }
    Ok(cluster)
}

use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use super::all;
use crate::paging::Paging;
use crate::{refusal, show};

/// The most clusters of one page.
const PAGE: usize = 25;

/// DescribeClusters: those that all filters let through. A deleted one is told of for a while.
///
/// # Errors
/// `CloudHsmInvalidRequestException` for an unknown filter, or a token of something else.
pub(crate) async fn describe_clusters(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, PAGE)?;
    let mut clusters = all(call.store(), call.place()).await?;
    if let Some(filters) = call.input().map("Filters") {
        for (name, _) in filters.iter() {
            let wanted: Vec<_> = filters.strings(name).collect();
            clusters.retain(|cluster| match name.as_ref() {
                "clusterIds" => wanted.contains(&cluster.key.id.as_str()),
                "vpcIds" => wanted.contains(&cluster.vpc.as_str()),
                "states" => wanted.contains(&cluster.state.as_str()),
                _ => true,
            });
            if !["clusterIds", "vpcIds", "states"].contains(&name.as_ref()) {
                let message = format!("Filter {name} is not supported; use clusterIds, vpcIds or states.");
                return Err(refusal::invalid(message));
            }
        }
    }
    Ok(paging.cut(
        "Clusters",
        &clusters,
        |cluster| cluster.key.id.clone(),
        |after, cluster| cluster.key.id.as_str() > after,
        |cluster| show::cluster(cluster),
    ))
}

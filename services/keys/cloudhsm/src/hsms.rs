//! HSMs: CreateHsm, DeleteHsm.

use std::net::{IpAddr, Ipv4Addr};

use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use crate::stored::{Cluster, Hsm, HsmState, Level, State};
use crate::{clusters, names, refusal, show};

/// A cluster has at most so many HSMs. Source: CloudHSM User Guide, quotas.
const MOST: usize = 28;

/// CreateHsm: one more HSM in a zone of the cluster.
///
/// # Errors
/// `CloudHsmInvalidRequestException`.
pub(crate) async fn create_hsm(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Cluster>>()?;
    check_ready(&read)?;
    let zone = call.input().text("AvailabilityZone").to_owned();
    if !read.subnets.contains_key(&zone) {
        let message = format!("Cluster {} has no subnet in Availability Zone {zone}.", read.key.id);
        return Err(refusal::invalid(message));
    }
    let address = address(call).await?;
    let hsm = Hsm {
        id: names::new_id("hsm"),
        created: call.now(),
        zone,
        eni: names::new_hex_id("eni"),
        address,
        port: names::PORT,
        state: HsmState::CreateInProgress,
        message: None,
        joined: false,
        released: false,
    };
    let mut cluster = read.value.clone();
    let shown = show::hsm(&read.key.id, &cluster, &hsm);
    cluster.hsms.push(hsm);
    call.changes().update(&read, cluster);
    Ok(Document::new().with("Hsm", shown))
}

/// DeleteHsm: by its id, or the id or address of its network interface. If the cluster has a certificate, a backup
/// is made first.
///
/// # Errors
/// `CloudHsmInvalidRequestException`, `CloudHsmResourceNotFoundException`.
pub(crate) async fn delete_hsm(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Cluster>>()?;
    let named: Vec<(&str, &str)> = ["HsmId", "EniId", "EniIp"]
        .into_iter()
        .filter_map(|member| Some((member, call.input().str(member)?)))
        .collect();
    let [(member, name)] = *named else {
        return Err(refusal::invalid("Specify exactly one of HsmId, EniId and EniIp."));
    };
    let mut cluster = read.value.clone();
    let at = cluster.hsms.iter().filter(|hsm| hsm.address.to_string() == name).count();
    let shared = member == "EniIp" && at > 1;
    let found = cluster.hsms.iter_mut().find(|hsm| match member {
        "HsmId" => hsm.id == name,
        "EniId" => hsm.eni == name,
        _ => hsm.address.to_string() == name,
    });
    let hsm = found.ok_or_else(|| refusal::no_such_hsm(name))?;
    if shared {
        let message = format!("Several HSMs of the cluster have the EniIp {name}; specify HsmId or EniId.");
        return Err(refusal::invalid(message));
    }
    if let State::InitializeInProgress | State::ModifyInProgress | State::RollbackInProgress = read.state {
        let rest = Cluster::at_rest(read.level).as_str();
        return Err(refusal::cluster_state(&read.key.id, read.state.as_str(), rest));
    }
    if hsm.state == HsmState::DeleteInProgress {
        return Err(refusal::invalid(format!("HSM {} is in state DELETE_IN_PROGRESS.", hsm.id)));
    }
    hsm.state = HsmState::DeleteInProgress;
    hsm.message = None;
    let answer = Document::new().with("HsmId", &hsm.id);
    call.changes().update(&read, cluster);
    Ok(answer)
}

/// Whether the cluster takes one more HSM.
///
/// # Errors
/// `CloudHsmInvalidRequestException`.
fn check_ready(cluster: &Stored<Cluster>) -> Result<(), Failure> {
    let id = &cluster.key.id;
    if cluster.state != Cluster::at_rest(cluster.level) {
        return Err(refusal::cluster_state(
            id,
            cluster.state.as_str(),
            "UNINITIALIZED, INITIALIZED or ACTIVE",
        ));
    }
    if cluster.level == Level::New && !cluster.hsms.is_empty() {
        return Err(refusal::not_activated(id));
    }
    if cluster.hsms.len() >= MOST {
        return Err(refusal::invalid(format!("Cluster {id} has {MOST} HSMs, which is the most.")));
    }
    Ok(())
}

/// Where the HSM is to listen: at an address of this machine's own that no other HSM of the account has.
///
/// # Errors
/// `CloudHsmInvalidRequestException` for an address that is not this machine's, or is taken.
async fn address(call: &Permitted) -> Result<IpAddr, Failure> {
    let taken: Vec<IpAddr> = clusters::all(call.store(), call.place())
        .await?
        .iter()
        .flat_map(|cluster| cluster.hsms.iter().map(|hsm| hsm.address))
        .collect();
    let Some(asked) = call.input().str("IpAddress") else {
        let mut address = IpAddr::V4(names::local_address());
        while taken.contains(&address) {
            address = IpAddr::V4(names::local_address());
        }
        return Ok(address);
    };
    let address = asked.parse::<Ipv4Addr>().ok().filter(Ipv4Addr::is_loopback).map(IpAddr::V4);
    let address = address.ok_or_else(|| {
        refusal::invalid(format!(
            "IpAddress {asked} is not an address of this machine; use one of 127.0.0.0/8."
        ))
    })?;
    if taken.contains(&address) {
        return Err(refusal::invalid(format!("IpAddress {asked} is in use.")));
    }
    Ok(address)
}

//! A cluster of HSMs for tests and benchmarks: `hsm_cluster BASTIDE FOLDER COUNT [fips]`.
//!
//! Starts the HSMs with the executable BASTIDE, initialises and activates the cluster, makes the crypto users
//! `alice` and `bob` (password `password1`; the admin's is `adminpass1`), and writes what a client needs into FOLDER: `customerCA.crt`,
//! `client.crt`, `client.key` and `pkcs11.json`. Then it prints one line of JSON, with the address and process of each HSM, and
//! stays until its standard input ends.

use std::{
    error::Error,
    fs,
    io::{Read as _, stdin},
    path::{Path, PathBuf},
};

use bastide_hsm::{Client, ClientOptions, Control, Fleet, HsmProcess, Program, Timeouts, wire};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, IsCa, Issuer, KeyPair,
};
use serde_json::json;

const CLUSTER: &str = "cluster-conformance1";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bastide, folder, count, mode @ ..] = arguments.as_slice() else {
        return Err("say `hsm_cluster BASTIDE FOLDER COUNT [fips]`".into());
    };
    let folder = PathBuf::from(folder);
    let fips = mode.iter().any(|mode| mode == "fips");
    let fleet = Fleet::generate()?;
    let hsms = start(&fleet, bastide, &folder, count.parse()?, fips)?;
    let options = options(&fleet, &hsms, &folder)?;
    users(&options)?;
    write(&folder, &options)?;
    let shown: Vec<_> = hsms
        .iter()
        .map(|(_, process)| json!({"address": process.address(), "process": process.id()}))
        .collect();
    #[allow(clippy::print_stdout, reason = "a program for tests tells them so where the cluster is")]
    {
        println!("{}", json!({ "hsms": shown }));
    }
    stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn start(
    fleet: &Fleet,
    bastide: &str,
    folder: &Path,
    count: usize,
    fips: bool,
) -> Result<Vec<(String, HsmProcess)>, Box<dyn Error>> {
    let program = Program::bastide(bastide);
    let mut hsms = Vec::new();
    for number in 1..=count {
        let name = format!("hsm-conformance{number}");
        let place = folder.join(&name);
        let process = HsmProcess::start(&program, fleet, (CLUSTER, &name), fips, &place, "127.0.0.1:0")?;
        hsms.push((name, process));
    }
    Ok(hsms)
}

/// Initialises the first HSM with a certificate of a customer's authority, and has the others join it.
fn options(
    fleet: &Fleet,
    hsms: &[(String, HsmProcess)],
    folder: &Path,
) -> Result<ClientOptions, Box<dyn Error>> {
    let members: Vec<_> = hsms
        .iter()
        .map(|(name, process)| wire::Member { hsm: name.clone(), address: process.address().to_owned() })
        .collect();
    let mut links = Vec::new();
    for (name, process) in hsms {
        links.push(Control::connect(fleet, CLUSTER, name, process.address(), Timeouts::default())?);
    }
    let (first, others) = links.split_first_mut().ok_or("there is no HSM")?;
    let (anchor, certificate) = signed(&first.csr()?)?;
    first.initialize(&certificate, &anchor)?;
    for other in others.iter_mut() {
        other.join(members.first().ok_or("there is no HSM")?)?;
    }
    for link in &mut links {
        link.set_members(&members)?;
    }
    let (certificate, key) = links.first_mut().ok_or("there is no HSM")?.new_client("conformance")?;
    fs::write(folder.join("client.crt"), &certificate)?;
    fs::write(folder.join("client.key"), &*key)?;
    fs::write(folder.join("customerCA.crt"), &anchor)?;
    let hsms = members.into_iter().map(|member| member.address).collect();
    Ok(ClientOptions { hsms, trust_anchor: anchor, certificate, key, timeouts: Timeouts::default() })
}

/// What a customer does with OpenSSL: makes an authority and signs the cluster's request. Both in PEM.
fn signed(csr: &str) -> Result<(String, String), Box<dyn Error>> {
    let key = KeyPair::generate()?;
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, "Conformance Customer");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let anchor = parameters.self_signed(&key)?;
    let issuer = Issuer::from_params(&parameters, &key);
    let certificate = CertificateSigningRequestParams::from_pem(csr)?.signed_by(&issuer)?;
    Ok((anchor.pem(), certificate.pem()))
}

fn users(options: &ClientOptions) -> Result<(), Box<dyn Error>> {
    let client = Client::connect(options)?;
    client.activate("adminpass1")?;
    client.login("admin", "adminpass1", None)?;
    for user in ["alice", "bob"] {
        client.create_user(user, wire::Role::CryptoUser, "password1", None)?;
    }
    client.logout()?;
    Ok(())
}

fn write(folder: &Path, options: &ClientOptions) -> Result<(), Box<dyn Error>> {
    let config = json!({"clusters": [{
        "label": "hsm1",
        "hsms": options.hsms,
        "trust_anchor": "customerCA.crt",
        "certificate": "client.crt",
        "key": "client.key",
    }]});
    Ok(fs::write(folder.join("pkcs11.json"), serde_json::to_vec_pretty(&config)?)?)
}

//! A cluster of real HSM processes, and a customer with an authority of its own.

use std::path::PathBuf;

use bastide_hsm::wire::{Member, Role, Secret};
use bastide_hsm::{Client, ClientOptions, Control, Fleet, HsmProcess, Program, Timeouts};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

pub const CLUSTER: &str = "cluster-abcdefghijk";
pub const ADMIN_PASSWORD: &str = "an admin's password";
pub const USER_PASSWORD: &str = "a user's password";

/// A customer's certificate authority.
pub struct Authority {
    pub pem: String,
    params: CertificateParams,
    key: KeyPair,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, params, key }
    }

    pub fn sign(&self, csr: &str) -> String {
        let request = rcgen::CertificateSigningRequestParams::from_pem(csr).unwrap();
        request.signed_by(&Issuer::from_params(&self.params, &self.key)).unwrap().pem()
    }

    /// A client's certificate and key.
    pub fn client(&self, name: &str) -> (String, Secret) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.signed_by(&key, &Issuer::from_params(&self.params, &self.key)).unwrap();
        (certificate.pem(), Secret::from(key.serialize_pem().as_str()))
    }
}

pub struct Hsm {
    pub id: String,
    pub process: Option<HsmProcess>,
    pub address: String,
}

pub struct World {
    pub dir: TempDir,
    pub fleet: Fleet,
    pub authority: Authority,
    pub hsms: Vec<Hsm>,
    pub fips: bool,
}

pub fn program() -> Program {
    Program { path: PathBuf::from(env!("CARGO_BIN_EXE_bastide-hsm")), arguments: Vec::new() }
}

impl World {
    /// A cluster with its certificate, of so many HSMs; not activated.
    pub fn initialized(count: usize, fips: bool) -> Self {
        let mut world = Self {
            dir: tempfile::tempdir().unwrap(),
            fleet: Fleet::generate().unwrap(),
            authority: Authority::new("Customer Root"),
            hsms: Vec::new(),
            fips,
        };
        world.start("hsm-1");
        let mut control = world.control(0);
        let certificate = world.authority.sign(&control.csr().unwrap());
        control.initialize(&certificate, &world.authority.pem).unwrap();
        world.tell_members();
        for number in 2..=count {
            world.add(&format!("hsm-{number}"));
        }
        world
    }

    /// One that also has its admin and the crypto user `user`.
    pub fn new(count: usize) -> Self {
        let world = Self::initialized(count, false);
        let client = world.client();
        client.activate(ADMIN_PASSWORD).unwrap();
        client.login("admin", ADMIN_PASSWORD, Some(Role::Admin)).unwrap();
        client.create_user("user", Role::CryptoUser, USER_PASSWORD, None).unwrap();
        client.logout().unwrap();
        world
    }

    pub fn start(&mut self, id: &str) -> usize {
        let folder = self.dir.path().join(id);
        // One that was there before comes back where it was.
        let known = self.hsms.iter().find(|hsm| hsm.id == id).map(|hsm| hsm.address.clone());
        let listen = known.unwrap_or_else(|| "127.0.0.1:0".to_owned());
        let process =
            HsmProcess::start(&program(), &self.fleet, (CLUSTER, id), self.fips, &folder, &listen).unwrap();
        let address = process.address().to_owned();
        match self.hsms.iter().position(|hsm| hsm.id == id) {
            Some(at) => {
                self.hsms[at] = Hsm { id: id.to_owned(), process: Some(process), address };
                at
            }
            None => {
                self.hsms.push(Hsm { id: id.to_owned(), process: Some(process), address });
                self.hsms.len() - 1
            }
        }
    }

    /// A new HSM that takes the cluster over from the first one.
    pub fn add(&mut self, id: &str) {
        let at = self.start(id);
        self.control(at).join(&self.member(0)).unwrap();
        self.tell_members();
    }

    pub fn member(&self, at: usize) -> Member {
        Member { hsm: self.hsms[at].id.clone(), address: self.hsms[at].address.clone() }
    }

    pub fn tell_members(&self) {
        let members: Vec<Member> = (0..self.hsms.len()).map(|at| self.member(at)).collect();
        for at in 0..self.hsms.len() {
            if self.hsms[at].process.is_some() {
                self.control(at).set_members(&members).unwrap();
            }
        }
    }

    pub fn control(&self, at: usize) -> Control {
        let hsm = &self.hsms[at];
        Control::connect(&self.fleet, CLUSTER, &hsm.id, &hsm.address, Timeouts::default()).unwrap()
    }

    pub fn kill(&mut self, at: usize) {
        self.hsms[at].process.take().unwrap().kill();
    }

    pub fn options(&self) -> ClientOptions {
        let (certificate, key) = self.authority.client("a client");
        ClientOptions {
            hsms: self.hsms.iter().map(|hsm| hsm.address.clone()).collect(),
            trust_anchor: self.authority.pem.clone(),
            certificate,
            key,
            timeouts: Timeouts::default(),
        }
    }

    pub fn client(&self) -> Client {
        Client::connect(&self.options()).unwrap()
    }

    /// A client on which `user` is logged in.
    pub fn user(&self) -> Client {
        let client = self.client();
        client.login("user", USER_PASSWORD, Some(Role::CryptoUser)).unwrap();
        client
    }

    /// A client on which the admin is logged in.
    pub fn admin(&self) -> Client {
        let client = self.client();
        client.login("admin", ADMIN_PASSWORD, Some(Role::Admin)).unwrap();
        client
    }
}

use bastide_hsm::wire::{
    Approval, AttributeType as A, Code, Hash, QuorumService, Request, Role, SignMechanism, State, Template,
    TokenSignature, key_type,
};
use bastide_hsm::{
    ApproverKey, Client, ClientError, Control, ControlError, Fleet, HsmProcess, LinkError, Timeouts,
};

use crate::refusal;
use crate::world::{ADMIN_PASSWORD, Authority, CLUSTER, USER_PASSWORD, World, program};

#[test]
fn from_a_request_to_an_active_cluster() {
    let mut world = World::initialized(1, true);
    let client = world.client();
    assert_eq!(client.info().unwrap().state, State::Initialized);
    assert_eq!(refusal(client.login("admin", ADMIN_PASSWORD, None)), Code::NotActivated);
    assert_eq!(refusal(client.activate("short")), Code::PinRange);
    client.activate(ADMIN_PASSWORD).unwrap();
    assert_eq!(refusal(client.activate(ADMIN_PASSWORD)), Code::AlreadyDone);
    assert_eq!(client.info().unwrap().state, State::Active);

    assert_eq!(refusal(client.list_users()), Code::NotLoggedIn);
    client.login("admin", ADMIN_PASSWORD, Some(Role::Admin)).unwrap();
    client.create_user("alice", Role::CryptoUser, USER_PASSWORD, None).unwrap();
    assert_eq!(refusal(client.create_user("alice", Role::CryptoUser, USER_PASSWORD, None)), Code::UserExists);
    let users = client.list_users().unwrap();
    let names: Vec<_> = users.iter().map(|user| (user.name.as_str(), user.role)).collect();
    let expected = [("admin", Role::Admin), ("alice", Role::CryptoUser), ("app_user", Role::ApplianceUser)];
    assert_eq!(names, expected);
    assert_eq!(refusal(client.delete_user("admin", Role::Admin, None)), Code::NotPermitted);

    // A new HSM has it all, and so has the first one after it was started again.
    world.add("hsm-2");
    world.kill(0);
    let client = world.client();
    client.login("alice", USER_PASSWORD, None).unwrap();
    world.start("hsm-1");
    world.tell_members();
    world.kill(1);
    let client = world.client();
    client.login("alice", USER_PASSWORD, None).unwrap();
}

#[test]
fn wrong_passwords_lock_on_all_hsms() {
    let world = World::new(2);
    let client = world.client();
    for _ in 0..5 {
        assert_eq!(refusal(client.login("user", "a wrong password", None)), Code::PinIncorrect);
    }
    assert_eq!(refusal(client.login("user", USER_PASSWORD, None)), Code::PinLocked);
    assert_eq!(refusal(client.login("nobody", USER_PASSWORD, None)), Code::PinIncorrect);
    let admin = world.admin();
    assert!(admin.list_users().unwrap().iter().any(|user| user.name == "user" && user.locked));
    admin.change_password("user", Role::CryptoUser, "another password", None).unwrap();
    client.login("user", "another password", None).unwrap();
    assert_eq!(refusal(client.create_user("x", Role::Admin, USER_PASSWORD, None)), Code::NotPermitted);
    // A changed password ends every login.
    admin.change_password("user", Role::CryptoUser, "a third password", None).unwrap();
    assert!(matches!(
        refusal(client.find(bastide_hsm::wire::Template::new())),
        Code::NotLoggedIn | Code::TicketInvalid
    ));
}

#[test]
fn strangers_are_refused() {
    let world = World::new(1);
    let mut options = world.options();
    let refused = |options: &_| matches!(Client::connect(options), Err(ClientError::Unreachable(_)));
    // A certificate of another authority.
    let other = Authority::new("Other Root");
    (options.certificate, options.key) = other.client("a stranger");
    assert!(refused(&options));
    // One that the cluster made is accepted.
    let (certificate, key) = world.control(0).new_client("kms").unwrap();
    (options.certificate, options.key) = (certificate, key);
    Client::connect(&options).unwrap().login("user", USER_PASSWORD, None).unwrap();
    // A cluster that another authority signed is not trusted.
    options.trust_anchor = other.pem.clone();
    assert!(refused(&options));
    // The other authority, registered by an admin.
    let admin = world.admin();
    admin.register_trust_anchor(&other.pem, None).unwrap();
    options = world.options();
    (options.certificate, options.key) = other.client("no stranger any more");
    Client::connect(&options).unwrap();
    let anchors = admin.list_trust_anchors().unwrap();
    admin.deregister_trust_anchor(&anchors[0].0, None).unwrap();
    assert!(refused(&options));
    // Another fleet's supervisor.
    let stranger = Fleet::generate().unwrap();
    let hsm = &world.hsms[0];
    let link = Control::connect(&stranger, CLUSTER, &hsm.id, &hsm.address, Timeouts::default());
    assert!(matches!(link, Err(ControlError::Link(LinkError::Io(_)))));
}

#[test]
fn a_certificate_must_fit_the_request() {
    let mut world = World::initialized(1, true);
    let folder = world.dir.path().join("other");
    let cluster = "cluster-other";
    let process =
        HsmProcess::start(&program(), &world.fleet, (cluster, "hsm-9"), true, &folder, "127.0.0.1:0")
            .unwrap();
    let connect =
        || Control::connect(&world.fleet, cluster, "hsm-9", process.address(), Timeouts::default()).unwrap();
    let mut control = connect();
    let code = |outcome| match outcome {
        Err(ControlError::Link(LinkError::Refused(fault))) => fault.code,
        other => panic!("{other:?}"),
    };
    let authority = &world.authority;
    let csr = control.csr().unwrap();
    let other_csr = world.control(0).csr().unwrap();
    assert_eq!(code(control.initialize(&authority.sign(&other_csr), &authority.pem)), Code::Certificate);
    let other = Authority::new("Other Root");
    assert_eq!(code(control.initialize(&other.sign(&csr), &authority.pem)), Code::Certificate);
    assert_eq!(code(control.initialize("nonsense", &authority.pem)), Code::Certificate);
    control.initialize(&authority.sign(&csr), &authority.pem).unwrap();
    assert_eq!(code(control.initialize(&authority.sign(&csr), &authority.pem)), Code::AlreadyDone);
    let certificates = control.certificates().unwrap();
    assert!(certificates.cluster.is_some() && certificates.hsm.starts_with("-----BEGIN CERTIFICATE"));
    // It is not of this cluster, and so neither a member nor somewhere to join.
    let stranger = bastide_hsm::wire::Member { hsm: "hsm-9".into(), address: process.address().into() };
    let at = world.start("hsm-2");
    assert!(world.control(at).join(&stranger).is_err());
}

#[test]
fn a_copied_folder_is_useless() {
    let mut world = World::new(1);
    world.hsms[0].process.take().unwrap().stop();
    let folder = world.dir.path().join("hsm-1");
    let text = String::from_utf8_lossy(&std::fs::read(folder.join("state")).unwrap()).into_owned();
    assert!(!text.contains("user") && !text.contains("PRIVATE"));
    // Another installation's fleet, and another HSM of the same one.
    let stranger = Fleet::generate().unwrap();
    let start = |fleet: &Fleet, hsm: &str| {
        HsmProcess::start(&program(), fleet, (CLUSTER, hsm), false, &folder, "127.0.0.1:0")
    };
    assert!(start(&stranger, "hsm-1").is_err());
    assert!(start(&world.fleet, "hsm-2").is_err());
    // The right one, from its bytes.
    let fleet = Fleet::from_bytes(&world.fleet.to_bytes().unwrap()).unwrap();
    assert!(start(&fleet, "hsm-1").is_ok());
}

#[test]
fn the_audit_log_is_chained() {
    let mut world = World::new(1);
    let _ = world.client().login("user", "a wrong password", None);
    let _ = world.client().login(&"long ".repeat(100_000), "a password", None);
    let mut control = world.control(0);
    let lines = control.audit(1, 100).unwrap();
    let has = |command: &str, response: &str| {
        lines.iter().any(|line| {
            line.contains(&format!("\"command\":\"{command}\""))
                && line.contains(&format!("\"response\":\"{response}\""))
        })
    };
    assert!(has("START", "SUCCESS") && has("INITIALIZE", "SUCCESS") && has("ACTIVATE", "SUCCESS"));
    assert!(has("LOGIN", "SUCCESS") && has("LOGIN", "PinIncorrect") && has("CREATE_USER", "SUCCESS"));
    assert!(!lines.concat().contains(USER_PASSWORD));
    control.verify_audit().unwrap();

    let path = world.dir.path().join("hsm-1/audit.log");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("PinIncorrect", "SUCCESS")).unwrap();
    assert!(control.verify_audit().is_err());
    std::fs::write(&path, text).unwrap();
    control.verify_audit().unwrap();
    world.kill(0);
    world.start("hsm-1");
    assert!(world.control(0).audit(1, 1000).unwrap().last().unwrap().contains("\"reboot\":2"));
    world.hsms[0].process.take().unwrap().stop();
}

/// Somebody who approves: a user with a key of its own.
struct Approver {
    name: String,
    key: ApproverKey,
}

impl Approver {
    fn register(world: &World, name: &str, password: &str) -> Self {
        let approver = Self { name: name.to_owned(), key: ApproverKey::generate().unwrap() };
        let client = world.client();
        client.login(name, password, None).unwrap();
        let pem = approver.key.public_key().unwrap();
        let wrong = approver.sign(b"something else").signature;
        assert_eq!(refusal(client.register_quorum_key(&pem, &wrong)), Code::Signature);
        let challenge = client.quorum_challenge().unwrap();
        client.register_quorum_key(&pem, &approver.sign(&challenge).signature).unwrap();
        approver
    }

    fn sign(&self, message: &[u8]) -> TokenSignature {
        TokenSignature { user: self.name.clone(), signature: self.key.sign(message).unwrap() }
    }
}

#[test]
fn two_of_three_admins_approve() {
    let world = World::new(2);
    let admin = world.admin();
    for name in ["anna", "berta"] {
        admin.create_user(name, Role::Admin, ADMIN_PASSWORD, None).unwrap();
    }
    assert_eq!(refusal(admin.set_quorum(QuorumService::User, 2, None)), Code::Arguments);
    let anna = Approver::register(&world, "anna", ADMIN_PASSWORD);
    let berta = Approver::register(&world, "berta", ADMIN_PASSWORD);
    admin.set_quorum(QuorumService::User, 2, None).unwrap();
    let create = |approval| admin.create_user("new", Role::CryptoUser, USER_PASSWORD, approval);
    assert_eq!(refusal(create(None)), Code::QuorumNeeded);
    let (token, needed) = admin.generate_token(QuorumService::User, None).unwrap();
    assert_eq!(needed, 2);
    let approval = |signatures| Some(Approval { token: token.clone(), signatures });
    // One, one twice, one by another's name, and another token's are too few.
    assert_eq!(refusal(create(approval(vec![anna.sign(&token)]))), Code::QuorumInvalid);
    assert_eq!(refusal(create(approval(vec![anna.sign(&token), anna.sign(&token)]))), Code::QuorumInvalid);
    let mut forged = anna.sign(&token);
    forged.user = "berta".to_owned();
    assert_eq!(refusal(create(approval(vec![anna.sign(&token), forged]))), Code::QuorumInvalid);
    let both = || vec![anna.sign(&token), berta.sign(&token)];
    let mut other = token.clone();
    *other.last_mut().unwrap() ^= 1;
    let altered = Approval { token: other.clone(), signatures: vec![anna.sign(&other), berta.sign(&other)] };
    assert_eq!(refusal(create(Some(altered))), Code::QuorumInvalid);
    create(approval(both())).unwrap();
    // A token is good once, on all HSMs; one's own password needs none.
    for _ in 0..2 {
        let again = admin.delete_user("new", Role::CryptoUser, approval(both()));
        assert_eq!(refusal(again), Code::QuorumInvalid);
    }
    let user = world.user();
    user.change_password("user", Role::CryptoUser, "a password of my own", None).unwrap();
    let quorums = admin.list_quorums().unwrap();
    assert!(quorums.contains(&(QuorumService::User, 2)) && quorums.contains(&(QuorumService::Quorum, 0)));
}

#[test]
fn a_key_that_two_must_approve() {
    let world = World::new(2);
    world.admin().create_user("bob", Role::CryptoUser, USER_PASSWORD, None).unwrap();
    let client = world.user();
    let template = Template::new().with(A::KEY_TYPE, key_type::GENERIC_SECRET).with(A::VALUE_LEN, 32);
    let key = client.generate_key(template.with(A::TOKEN, true)).unwrap();
    assert_eq!(refusal(client.set_key_quorum(key, 2, 2, None)), Code::Arguments);
    client.share(key, "bob", true).unwrap();
    let approvers =
        [Approver::register(&world, "user", USER_PASSWORD), Approver::register(&world, "bob", USER_PASSWORD)];
    client.set_key_quorum(key, 2, 2, None).unwrap();
    let mechanism = SignMechanism::Hmac { hash: Hash::Sha256, length: None };
    let sign = |approval| {
        let (mechanism, data) = (mechanism.clone(), bastide_hsm::wire::Secret::from("message"));
        client.call(&Request::Sign { key, mechanism, data, approval })
    };
    let approve = |service| {
        let (token, needed) = client.generate_token(service, Some(key)).unwrap();
        assert_eq!(needed, 2);
        let signatures = approvers.iter().map(|approver| approver.sign(&token)).collect();
        Some(Approval { token, signatures })
    };
    assert_eq!(refusal(sign(None)), Code::QuorumNeeded);
    assert_eq!(refusal(sign(approve(QuorumService::KeyManagement))), Code::QuorumInvalid);
    let approval = approve(QuorumService::KeyUsage);
    sign(approval.clone()).unwrap();
    assert_eq!(refusal(sign(approval)), Code::QuorumInvalid);
    assert_eq!(refusal(client.destroy(key)), Code::QuorumNeeded);
    assert_eq!(refusal(client.set_key_quorum(key, 0, 0, None)), Code::QuorumNeeded);
    assert_eq!(refusal(client.share(key, "bob", false)), Code::QuorumNeeded);
    client.set_key_quorum(key, 0, 0, approve(QuorumService::KeyManagement)).unwrap();
    sign(None).unwrap();
    client.destroy(key).unwrap();
}

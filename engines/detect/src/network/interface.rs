//! Interfaces, and what is usual for each.

use std::net::IpAddr;

use bastide_finding::{Function, Instance, Interface as Described, Resource};
use bastide_intel::is_public;
use bastide_logs::flow::Flow;

use super::brute::Tries;
use super::table::{Row, Seed, Table};
use super::unusual::{Mail, Ports};
use super::view::{View, seconds};
use super::volume::Volume;
use crate::settings::Settings;

/// Interfaces that are known at once.
const LIMIT: usize = 65_536;
/// Accounts that are known at once.
const ACCOUNTS: usize = 4096;
/// Addresses of an interface that are remembered.
const ADDRESSES: usize = 8;

pub(super) struct Interfaces {
    table: Table<Interface>,
    accounts: Table<Account>,
    seed: Seed,
    serial: u32,
}

impl Default for Interfaces {
    fn default() -> Self {
        Self { table: Table::new(LIMIT), accounts: Table::new(ACCOUNTS), seed: Seed::default(), serial: 0 }
    }
}

/// One interface.
pub(super) struct Interface {
    pub(super) serial: u32,
    pub(super) hash: u64,
    id: Box<str>,
    pub(super) account: Box<str>,
    pub(super) account_hash: u64,
    /// Since when flows of its account are known.
    account_first: u32,
    pub(super) region: Box<str>,
    instance: Box<str>,
    vpc: Box<str>,
    subnet: Box<str>,
    /// The function whose interface it is, as the operator says.
    pub(super) function: Option<Box<str>>,
    /// The address of its own that was last seen.
    local: Option<IpAddr>,
    locals: Vec<IpAddr>,
    /// The ends of a record of which neither was known to be the interface's own.
    candidates: Option<(IpAddr, IpAddr)>,
    pub(super) first: u32,
    pub(super) last: u32,
    /// The aggregation interval of its log, as far as seen: 60 or 600 seconds.
    pub(super) interval: u32,
    /// Packets have been received.
    pub(super) receives: bool,
    pub(super) volume: Volume,
    pub(super) ports: Ports,
    pub(super) mail: Mail,
    pub(super) tries: Tries,
    pub(super) tor: Tor,
    /// Public resolvers that it has asked.
    pub(super) resolvers: u16,
    /// Peers on the port of a cryptocurrency, since when.
    pub(super) coins: (u16, u16, u32),
}

/// Connections with Tor's relays.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tor {
    /// Relays that connected to it.
    pub(super) from: u16,
    /// Relays that it connected to.
    pub(super) to: u16,
}

/// An account: since when its flows are known.
struct Account {
    hash: u64,
    id: Box<str>,
    first: u32,
    last: u32,
}

impl Row for Interface {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Row for Account {
    fn hash(&self) -> u64 {
        self.hash
    }
    fn last(&self) -> u32 {
        self.last
    }
}

impl Interfaces {
    /// The interface of a record. Where the format names none, the instance stands for it; where it names neither,
    /// the end that isn't public, or the source.
    pub(super) fn of(
        &mut self,
        flow: &Flow<'_>,
        source: IpAddr,
        destination: IpAddr,
        settings: &Settings,
    ) -> &mut Interface {
        let made;
        let id = match (flow.interface, flow.instance) {
            ("", "") => {
                let own = if is_public(source) && !is_public(destination) { destination } else { source };
                made = own.to_string();
                made.as_str()
            }
            ("", instance) => instance,
            (interface, _) => interface,
        };
        let hash = self.seed.text(id);
        let Self { table, accounts, seed, serial } = self;
        // Hashes are of 64 bits with a seed that nobody knows: that two of 65,536 are alike doesn't happen.
        let same = |known: &Interface| known.hash == hash;
        let make = || {
            *serial = serial.wrapping_add(1);
            let account = account(accounts, seed.text(flow.account), flow);
            Interface::new((*serial, hash), id, flow, account, settings)
        };
        table.of(hash, same, make).0
    }

    pub(super) fn find(&mut self, (serial, hash): (u32, u64)) -> Option<&mut Interface> {
        self.table.find(hash, |known| known.serial == serial)
    }
}

/// The hash of a record's account, and since when its flows are known.
fn account(accounts: &mut Table<Account>, hash: u64, flow: &Flow<'_>) -> (u64, u32) {
    let now = seconds(flow.start);
    let same = |known: &Account| known.hash == hash && *known.id == *flow.account;
    let (known, _) =
        accounts.of(hash, same, || Account { hash, id: flow.account.into(), first: now, last: now });
    known.last = known.last.max(now);
    (hash, known.first)
}

impl Interface {
    fn new(
        (serial, hash): (u32, u64),
        id: &str,
        flow: &Flow<'_>,
        (account_hash, account_first): (u64, u32),
        settings: &Settings,
    ) -> Self {
        let function = settings.functions.iter().find(|function| {
            let named = |all: &[String], one: &str| !one.is_empty() && all.iter().any(|known| known == one);
            named(&function.interfaces, id) || named(&function.subnets, flow.subnet)
        });
        let first = seconds(flow.start);
        Self {
            serial,
            hash,
            id: id.into(),
            account: flow.account.into(),
            account_hash,
            account_first,
            region: flow.region.into(),
            instance: flow.instance.into(),
            vpc: flow.vpc.into(),
            subnet: flow.subnet.into(),
            function: function.map(|function| function.name.as_str().into()),
            local: None,
            locals: Vec::new(),
            candidates: None,
            first,
            last: first,
            interval: 60,
            receives: false,
            volume: Volume::default(),
            ports: Ports::default(),
            mail: Mail::default(),
            tries: Tries::default(),
            tor: Tor::default(),
            resolvers: 0,
            coins: (0, 0, 0),
        }
    }

    /// Whether a record without `flow-direction` is of packets that the interface sent: each record has the
    /// interface's own address at one end; it is what two records share, or whichever alone isn't public. Until that
    /// is known, the lesser address counts as its own.
    pub(super) fn sends(&self, source: IpAddr, destination: IpAddr) -> bool {
        let own = |address| self.local == Some(address) || self.locals.contains(&address);
        match (own(source), own(destination)) {
            (true, _) => return true,
            (false, true) => return false,
            (false, false) => {}
        }
        match (self.shared(source), self.shared(destination)) {
            (true, false) => true,
            (false, true) => false,
            _ => match (is_public(source), is_public(destination)) {
                (false, true) => true,
                (true, false) => false,
                _ => source <= destination,
            },
        }
    }

    fn shared(&self, address: IpAddr) -> bool {
        self.candidates.is_some_and(|(one, other)| one == address || other == address)
    }

    /// Learns from a record that came to be seen as `view`; `told`: the record itself said which way it went.
    pub(super) fn learn(&mut self, view: &View, told: bool) {
        self.last = self.last.max(view.end);
        self.first = self.first.min(view.start);
        self.receives |= !view.sent;
        if view.end - view.start > 90 {
            self.interval = 600;
        }
        if self.local == Some(view.local) {
            return;
        }
        if self.locals.contains(&view.local) {
            self.local = Some(view.local);
            return;
        }
        let shared = self.shared(view.local) && !self.shared(view.remote);
        let sure = told || shared || (view.public && !is_public(view.local));
        if sure && self.locals.len() < ADDRESSES {
            self.locals.push(view.local);
            self.candidates = None;
        } else if !sure {
            self.candidates = Some((view.local, view.remote));
        }
    }

    /// How long it has been known at a moment, in seconds.
    pub(super) fn age(&self, now: u32) -> u32 {
        now.saturating_sub(self.first)
    }

    /// How long flows of its account have been known at a moment, in seconds.
    pub(super) fn account_age(&self, now: u32) -> u32 {
        now.saturating_sub(self.account_first.min(self.first))
    }

    /// What tells its findings apart from those of others.
    pub(super) fn key(&self) -> &str {
        if self.instance.is_empty() { &self.id } else { &self.instance }
    }

    /// As what a finding is about.
    pub(super) fn resource(&self, local: IpAddr) -> Resource {
        if let Some(function) = &self.function {
            return Resource::Function(Function {
                name: function.to_string(),
                interface: self.id.to_string(),
            });
        }
        let interface = Described {
            id: self.id.to_string(),
            address: Some(local),
            vpc: self.vpc.to_string(),
            subnet: self.subnet.to_string(),
        };
        let id = self.instance.to_string();
        Resource::Instance(Box::new(Instance { id, interfaces: vec![interface], ..Instance::default() }))
    }
}

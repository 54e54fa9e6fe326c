//! DNS queries: threat lists, names that lead to the metadata service, made-up names, tunnels.
//!
//! Each query is taken apart once, and then shown to each part. A name that comes again costs a
//! few look-ups; a little is kept of names that look made or don't exist.

pub mod dga;

mod aging;
mod generated;
mod host;
mod lists;
mod name;
mod rebind;
mod repeats;
#[cfg(test)]
mod tests;
mod tunnel;

use bastide_finding::Detection;
use bastide_ids::Timestamp;
use bastide_logs::Kind;
use bastide_logs::dns::Query;

use crate::detector::{Context, Detector};
use generated::Generated;
use lists::Lists;
use name::Lately;
use rebind::Rebind;
use tunnel::Tunnels;

/// Everything that is found in DNS queries.
pub(crate) struct Dns {
    name: String,
    lately: Lately,
    lists: Lists,
    rebind: Rebind,
    generated: Generated,
    tunnels: Tunnels,
}

impl Dns {
    pub(crate) fn new() -> Self {
        Self {
            name: String::new(),
            lately: Lately::new(),
            lists: Lists::default(),
            rebind: Rebind::default(),
            generated: Generated::new(),
            tunnels: Tunnels::new(),
        }
    }
}

impl Detector for Dns {
    fn name(&self) -> &'static str {
        "dns"
    }

    fn sees(&self, kind: Kind) -> bool {
        kind == Kind::Dns
    }

    fn dns(&mut self, query: &Query<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        let name = name::normal(&query.name, &mut self.name);
        let trusted = self.lists.see(name, query, cx, out);
        if trusted {
            return;
        }
        let Some(domain) = self.lately.domain(name) else { return };
        self.rebind.see(&domain, query, out);
        let host = host::number(query);
        self.generated.see(&domain, host, query, out);
        self.tunnels.see(&domain, host, query, out);
    }

    fn tick(&mut self, now: Timestamp, _cx: Context<'_>, out: &mut Vec<Detection>) {
        self.lists.tick(now, out);
        self.rebind.tick(now, out);
    }
}

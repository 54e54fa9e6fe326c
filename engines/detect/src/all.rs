//! The detectors that stand on their own: one line each.

use crate::credentials::{Console, Exfiltration};
use crate::detector::Detector;
use crate::dns::Dns;
use crate::lists::Lists;
use crate::network::Network;
use crate::profile::Profiles;
use crate::rules::{Policies, Rules};
use crate::sequence::Sequences;

/// Every detector, with nothing learned yet.
#[must_use]
pub fn all() -> Vec<Box<dyn Detector>> {
    vec![
        Box::new(Lists),
        Box::<Network>::default(),
        Box::new(Dns::new()),
        Box::new(Profiles::new()),
        Box::new(Rules::native()),
        Box::<Policies>::default(),
        Box::<Exfiltration>::default(),
        Box::<Console>::default(),
        Box::<Sequences>::default(),
    ]
}

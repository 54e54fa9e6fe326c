//! Flow logs: a network's month, with and without attacks.

pub mod hosts;

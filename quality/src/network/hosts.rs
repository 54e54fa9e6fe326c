//! Hosts of the internet that flows go to, which the generated threat lists name.

/// Guards of Tor.
pub static RELAYS: &[&str] = &["86.59.21.38", "193.23.244.244", "199.58.81.140", "2001:858:2:2:aabb::5"];
/// Servers of command and control that are known.
pub static COMMAND: &[&str] = &["91.219.236.18", "185.130.5.77", "2a0b:f4c2::666"];
/// Mining pools.
pub static POOLS: &[&str] = &["94.23.23.52", "51.15.65.182", "2001:41d0:2:bb3::7"];
/// Where stolen data is dropped.
pub static DROPS: &[&str] = &["193.142.146.35", "2a0b:f4c2:d::35"];
/// Sinkholes.
pub static SINKHOLES: &[&str] = &["192.42.116.41", "131.253.18.12", "2620:fe:bad::b"];

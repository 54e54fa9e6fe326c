//! ec2Query: a line with an operation's name, then the form. IAM's tables stand in for EC2's until those are there.
#![no_main]

use bastide_fuzz::{message, read, tables};
use bastide_shape::{Protocol, Service};
use libfuzzer_sys::fuzz_target;

static SERVICES: &[&Service] = &[&tables::EC2, &bastide_api_iam::IAM];

fuzz_target!(|data: &[u8]| read::named(Protocol::Ec2, SERVICES, &message::post(), data));

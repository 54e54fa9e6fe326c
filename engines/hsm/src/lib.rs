//! A single-tenant HSM as a process of its own, its clusters and its clients.
//!
//! ```text
//! Client (PKCS#11 module, KMS, `bastide hsm`)      Fleet, HsmProcess, Control (the cloudhsmv2 service)
//!     | mutual TLS with the cluster's certificate       | starts, provisions; mutual TLS with hardware certificates
//!     v                                                 v
//!   HSM process  <--- mutual TLS, every change before it is acknowledged --->  HSM process
//! ```
//!
//! An HSM alone holds its keys, sealed in a folder of its own whose key it is told at its start by the one who runs
//! it ([`Fleet`]). Customers trust the cluster's certificate, which they signed; HSMs and their supervisor trust
//! hardware certificates. The supervisor makes, starts and backs up HSMs, but has no user in them: it can open what
//! it runs only by breaking into the process or the folder, as a manufacturer could.

mod approver;
mod client;
mod cluster_certificate;
mod fleet;
mod sealing;
mod server;
mod tls;
pub mod wire;
mod x509;

pub use approver::ApproverKey;
pub use client::{Client, ClientError, ClientOptions, Encrypted, LinkError, Timeouts};
pub use cluster_certificate::{check_cluster_certificate, check_trust_anchor};
pub use fleet::{Control, ControlError, Fleet, HsmProcess, ProcessError, Program, Provision};
pub use server::{RunError, RunOptions, run};
pub use x509::{CertificateError, client_certificate};

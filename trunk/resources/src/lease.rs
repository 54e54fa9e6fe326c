/// The right to do some background work alone for a while.
///
/// Kept by renewing it well before its time is over; lost to the next who asks when it is not. Work done
/// under a lease still commits with optimistic concurrency: a lease saves double work, it does not order it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The work.
    pub name: String,
    /// Who holds it, such as a node's id.
    pub holder: String,
    /// Raised each time that the lease passes to a holder who did not have it.
    pub token: u64,
}

//! What the operator has said about the place that logs come from.

/// What the operator has said about the place that logs come from. The default knows nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Accounts that are the operator's own, besides those that logs come from.
    pub own_accounts: Vec<String>,
}

//! What the operator has said about the place that logs come from.

/// What the operator has said about the place that logs come from. The default knows nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Accounts that are the operator's own, besides those that logs come from.
    pub own_accounts: Vec<String>,
    /// Where functions' interfaces are. Flow logs don't tell them from instances' (Lambda makes them for functions in
    /// a VPC, and names them only in the interface's description), so that what is not named here counts as EC2.
    pub functions: Vec<FunctionNetwork>,
}

/// The network interfaces of a function, or of functions that share them.
#[derive(Clone, Debug, Default)]
pub struct FunctionNetwork {
    /// The function's name.
    pub name: String,
    /// Ids of interfaces (`eni-…`) that Lambda made for it.
    pub interfaces: Vec<String>,
    /// Ids of subnets that have no other interfaces than functions'; the flow log needs `subnet-id`.
    pub subnets: Vec<String>,
}

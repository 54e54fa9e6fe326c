use super::{Client, ClientError};
use crate::wire::{
    AdminReply, AdminRequest, Approval, Handle, OperationId, QuorumService, Reply, Request, Role, Secret,
    User,
};

/// Calls for admins, and for all users about themselves. Their errors are those of [`Client::call`].
#[allow(clippy::missing_errors_doc, reason = "said above, once for all")]
impl Client {
    /// Gives the first admin, `admin`, its password; once.
    pub fn activate(&self, password: &str) -> Result<(), ClientError> {
        self.admin_done(AdminRequest::Activate { password: Secret::from(password) })
    }

    /// All users, by name.
    pub fn list_users(&self) -> Result<Vec<User>, ClientError> {
        match self.admin(AdminRequest::ListUsers)? {
            Reply::Admin(AdminReply::Users(users)) => Ok(users),
            _ => Err(ClientError::Unexpected),
        }
    }

    /// Makes a user.
    pub fn create_user(
        &self,
        name: &str,
        role: Role,
        password: &str,
        approval: Option<Approval>,
    ) -> Result<(), ClientError> {
        let (name, password) = (name.to_owned(), Secret::from(password));
        self.admin_done(AdminRequest::CreateUser { name, role, password, approval })
    }

    /// Deletes a user; a crypto user's keys with it.
    pub fn delete_user(&self, name: &str, role: Role, approval: Option<Approval>) -> Result<(), ClientError> {
        self.admin_done(AdminRequest::DeleteUser { name: name.to_owned(), role, approval })
    }

    /// Gives a user a new password: one's own, or for admins anyone's.
    pub fn change_password(
        &self,
        name: &str,
        role: Role,
        password: &str,
        approval: Option<Approval>,
    ) -> Result<(), ClientError> {
        let (name, password) = (name.to_owned(), Secret::from(password));
        self.admin_done(AdminRequest::ChangePassword { name, role, password, approval })
    }

    /// Bytes to sign for [`Self::register_quorum_key`].
    pub fn quorum_challenge(&self) -> Result<Vec<u8>, ClientError> {
        match self.admin(AdminRequest::QuorumChallenge)? {
            Reply::Admin(AdminReply::Bytes(bytes)) => Ok(bytes),
            _ => Err(ClientError::Unexpected),
        }
    }

    /// Registers the RSA-2048 public key with which the logged-in user approves.
    pub fn register_quorum_key(&self, public_key: &str, signature: &[u8]) -> Result<(), ClientError> {
        let (public_key, signature) = (public_key.to_owned(), signature.to_vec());
        self.admin_done(AdminRequest::RegisterQuorumKey { public_key, signature })
    }

    /// How many approvals each service needs.
    pub fn list_quorums(&self) -> Result<Vec<(QuorumService, u8)>, ClientError> {
        match self.admin(AdminRequest::ListQuorums)? {
            Reply::Admin(AdminReply::Quorums(quorums)) => Ok(quorums),
            _ => Err(ClientError::Unexpected),
        }
    }

    /// Sets how many approvals a service needs.
    pub fn set_quorum(
        &self,
        service: QuorumService,
        approvals: u8,
        approval: Option<Approval>,
    ) -> Result<(), ClientError> {
        self.admin_done(AdminRequest::SetQuorum { service, approvals, approval })
    }

    /// Makes a token that others approve by their signatures; and how many it needs.
    pub fn generate_token(
        &self,
        service: QuorumService,
        key: Option<Handle>,
    ) -> Result<(Vec<u8>, u8), ClientError> {
        match self.admin(AdminRequest::GenerateToken { service, key })? {
            Reply::Admin(AdminReply::Token { token, approvals }) => Ok((token, approvals)),
            _ => Err(ClientError::Unexpected),
        }
    }

    /// Makes a token useless.
    pub fn delete_token(&self, token: &[u8]) -> Result<(), ClientError> {
        self.admin_done(AdminRequest::DeleteToken { token: token.to_vec() })
    }

    /// Registers an authority whose client certificates are accepted too.
    pub fn register_trust_anchor(
        &self,
        certificate: &str,
        approval: Option<Approval>,
    ) -> Result<(), ClientError> {
        self.admin_done(AdminRequest::RegisterTrustAnchor { certificate: certificate.to_owned(), approval })
    }

    /// The registered authorities: reference and certificate in PEM.
    pub fn list_trust_anchors(&self) -> Result<Vec<(String, String)>, ClientError> {
        match self.admin(AdminRequest::ListTrustAnchors)? {
            Reply::Admin(AdminReply::TrustAnchors(anchors)) => Ok(anchors),
            _ => Err(ClientError::Unexpected),
        }
    }

    /// Takes an authority away.
    pub fn deregister_trust_anchor(
        &self,
        reference: &str,
        approval: Option<Approval>,
    ) -> Result<(), ClientError> {
        self.admin_done(AdminRequest::DeregisterTrustAnchor { reference: reference.to_owned(), approval })
    }

    fn admin(&self, request: AdminRequest) -> Result<Reply, ClientError> {
        self.call(&Request::Admin { operation: OperationId::random(), request })
    }

    fn admin_done(&self, request: AdminRequest) -> Result<(), ClientError> {
        match self.admin(request)? {
            Reply::Done => Ok(()),
            _ => Err(ClientError::Unexpected),
        }
    }
}

use super::{Client, ClientError};
use crate::wire::{
    Approval, AttributeAnswer, AttributeType, CipherMechanism, DeriveMechanism, Handle, Hash, OperationId,
    Reply, Request, Secret, SignMechanism, Template, WrapMechanism,
};

/// Takes the reply that belongs to the request.
macro_rules! expect {
    ($reply:expr, $pattern:pat => $value:expr) => {
        match $reply? {
            $pattern => Ok($value),
            _ => Err(ClientError::Unexpected),
        }
    };
}

/// What was encrypted or wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encrypted {
    /// The ciphertext, with the tag if there is one.
    pub data: Vec<u8>,
    /// The IV, when the HSM made it.
    pub iv: Option<Vec<u8>>,
}

/// Calls for crypto users. Their errors are those of [`Client::call`]; the codes are PKCS#11's.
#[allow(clippy::missing_errors_doc, reason = "said above, once for all")]
impl Client {
    /// Makes a secret key.
    pub fn generate_key(&self, template: Template) -> Result<Handle, ClientError> {
        let request = Request::GenerateKey { operation: OperationId::random(), template };
        expect!(self.call(&request), Reply::Handle(handle) => handle)
    }

    /// Makes a key pair: the public and the private key.
    pub fn generate_key_pair(
        &self,
        public: Template,
        private: Template,
    ) -> Result<(Handle, Handle), ClientError> {
        let request = Request::GenerateKeyPair { operation: OperationId::random(), public, private };
        expect!(self.call(&request), Reply::Pair { public, private } => (public, private))
    }

    /// Makes an object of given attributes.
    pub fn create_object(&self, template: Template) -> Result<Handle, ClientError> {
        let request = Request::CreateObject { operation: OperationId::random(), template };
        expect!(self.call(&request), Reply::Handle(handle) => handle)
    }

    /// Copies an object.
    pub fn copy_object(&self, object: Handle, template: Template) -> Result<Handle, ClientError> {
        let request = Request::CopyObject { operation: OperationId::random(), object, template };
        expect!(self.call(&request), Reply::Handle(handle) => handle)
    }

    /// Destroys an object.
    pub fn destroy(&self, object: Handle) -> Result<(), ClientError> {
        let request = Request::Destroy { operation: OperationId::random(), object, approval: None };
        expect!(self.call(&request), Reply::Done => ())
    }

    /// The objects that the user may see and that have these attributes, sorted.
    pub fn find(&self, template: Template) -> Result<Vec<Handle>, ClientError> {
        expect!(self.call(&Request::Find { template }), Reply::Handles(handles) => handles)
    }

    /// Attributes of an object, in the order asked for; all that may be seen when none is named.
    pub fn attributes(
        &self,
        object: Handle,
        types: Vec<AttributeType>,
    ) -> Result<Vec<(AttributeType, AttributeAnswer)>, ClientError> {
        expect!(self.call(&Request::Attributes { object, types }), Reply::Attributes(all) => all)
    }

    /// Changes attributes of an object.
    pub fn set_attributes(&self, object: Handle, template: Template) -> Result<(), ClientError> {
        let request =
            Request::SetAttributes { operation: OperationId::random(), object, template, approval: None };
        expect!(self.call(&request), Reply::Done => ())
    }

    /// Lets another crypto user use a key, or no longer.
    pub fn share(&self, object: Handle, user: &str, shared: bool) -> Result<(), ClientError> {
        let user = user.to_owned();
        let request =
            Request::Share { operation: OperationId::random(), object, user, shared, approval: None };
        expect!(self.call(&request), Reply::Done => ())
    }

    /// Sets how many approvals managing and using a key need. What needs them is then asked for by [`Self::call`],
    /// with the approval in the request.
    pub fn set_key_quorum(
        &self,
        object: Handle,
        manage: u8,
        usage: u8,
        approval: Option<Approval>,
    ) -> Result<(), ClientError> {
        let operation = OperationId::random();
        let request = Request::SetKeyQuorum { operation, object, manage, usage, approval };
        expect!(self.call(&request), Reply::Done => ())
    }

    /// The owner of an object, and with whom it is shared.
    pub fn shares(&self, object: Handle) -> Result<(String, Vec<String>), ClientError> {
        expect!(self.call(&Request::Shares { object }), Reply::Shares { owner, users } => (owner, users))
    }

    /// Signs, or makes a MAC.
    pub fn sign(&self, key: Handle, mechanism: SignMechanism, data: &[u8]) -> Result<Vec<u8>, ClientError> {
        let request = Request::Sign { key, mechanism, data: Secret::from(data), approval: None };
        expect!(self.call(&request), Reply::Bytes(signature) => signature)
    }

    /// Verifies; a wrong signature is refused with [`crate::wire::Code::Signature`].
    pub fn verify(
        &self,
        key: Handle,
        mechanism: SignMechanism,
        data: &[u8],
        signature: &[u8],
    ) -> Result<(), ClientError> {
        let (data, signature) = (Secret::from(data), signature.to_vec());
        expect!(self.call(&Request::Verify { key, mechanism, data, signature }), Reply::Done => ())
    }

    /// Encrypts.
    pub fn encrypt(
        &self,
        key: Handle,
        mechanism: CipherMechanism,
        data: &[u8],
    ) -> Result<Encrypted, ClientError> {
        let request = Request::Encrypt { key, mechanism, data: Secret::from(data) };
        expect!(self.call(&request), Reply::Encrypted { data, iv } => Encrypted { data, iv })
    }

    /// Decrypts.
    pub fn decrypt(
        &self,
        key: Handle,
        mechanism: CipherMechanism,
        data: &[u8],
    ) -> Result<Secret, ClientError> {
        let request = Request::Decrypt { key, mechanism, data: data.to_vec(), approval: None };
        expect!(self.call(&request), Reply::Secret(plain) => plain)
    }

    /// Wraps `key` by `by`.
    pub fn wrap(&self, by: Handle, mechanism: WrapMechanism, key: Handle) -> Result<Encrypted, ClientError> {
        let request = Request::Wrap { by, mechanism, key, approval: None };
        expect!(self.call(&request), Reply::Encrypted { data, iv } => Encrypted { data, iv })
    }

    /// Unwraps a key.
    pub fn unwrap_key(
        &self,
        by: Handle,
        mechanism: WrapMechanism,
        wrapped: &[u8],
        template: Template,
    ) -> Result<Handle, ClientError> {
        let (operation, wrapped) = (OperationId::random(), wrapped.to_vec());
        let request = Request::Unwrap { operation, by, mechanism, wrapped, template, approval: None };
        expect!(self.call(&request), Reply::Handle(handle) => handle)
    }

    /// Derives a key.
    pub fn derive(
        &self,
        from: Handle,
        mechanism: DeriveMechanism,
        template: Template,
    ) -> Result<Handle, ClientError> {
        let request =
            Request::Derive { operation: OperationId::random(), from, mechanism, template, approval: None };
        expect!(self.call(&request), Reply::Handle(handle) => handle)
    }

    /// Hashes in the HSM.
    pub fn digest(&self, hash: Hash, data: &[u8]) -> Result<Vec<u8>, ClientError> {
        expect!(self.call(&Request::Digest { hash, data: Secret::from(data) }), Reply::Bytes(digest) => digest)
    }

    /// Random bytes of the HSM, at most 64 KiB.
    pub fn random(&self, length: u32) -> Result<Secret, ClientError> {
        expect!(self.call(&Request::Random { length }), Reply::Secret(bytes) => bytes)
    }

    /// Destroys the session objects of this client, on all HSMs.
    pub fn end_session(&self) -> Result<(), ClientError> {
        expect!(self.call(&Request::EndSession), Reply::Done => ())
    }
}

//! Keys: generated, wrapped, unwrapped and derived in the HSM; and random bytes.

use bastide_hsm::wire::{self, AttributeType, Handle, WrapMechanism, class, key_type};
use cryptoki_sys::*;

use crate::{
    abi::memory::Output,
    catalogue,
    mechanism::Mechanism,
    module::Module,
    objects::{keep, placed},
    rv::{Answer, Rv},
    template::Template,
};

/// Random bytes in one call.
const MOST_RANDOM: usize = 64 << 10;
/// The most random bytes that are given at once.
const MOST_RANDOM_AT_ONCE: usize = 64 << 20;

const MODEL: Rv = Rv(CKR_TEMPLATE_INCONSISTENT);

impl Module {
    pub(crate) fn generate_key(
        &self,
        session: CK_SESSION_HANDLE,
        mechanism: &Mechanism,
        template: Template,
    ) -> Answer<CK_OBJECT_HANDLE> {
        let session = self.session(session)?;
        catalogue::allows(mechanism.kind, CKF_GENERATE)?;
        mechanism.bare()?;
        let (mut template, token) = placed(&session, template)?;
        let kind = if mechanism.kind == CKM_AES_KEY_GEN { key_type::AES } else { key_type::GENERIC_SECRET };
        shape(&mut template, class::SECRET_KEY, kind)?;
        let made = session.client()?.generate_key(template)?;
        Ok(keep(&session, made, token))
    }

    pub(crate) fn generate_key_pair(
        &self,
        session: CK_SESSION_HANDLE,
        mechanism: &Mechanism,
        public: Template,
        private: Template,
    ) -> Answer<(CK_OBJECT_HANDLE, CK_OBJECT_HANDLE)> {
        let session = self.session(session)?;
        catalogue::allows(mechanism.kind, CKF_GENERATE_KEY_PAIR)?;
        mechanism.bare()?;
        let kind = match mechanism.kind {
            CKM_EC_KEY_PAIR_GEN => key_type::EC,
            CKM_EC_EDWARDS_KEY_PAIR_GEN => key_type::EC_EDWARDS,
            _ => key_type::RSA,
        };
        let ((mut public, public_token), (mut private, private_token)) =
            (placed(&session, public)?, placed(&session, private)?);
        shape(&mut public, class::PUBLIC_KEY, kind)?;
        shape(&mut private, class::PRIVATE_KEY, kind)?;
        let (public, private) = session.client()?.generate_key_pair(public, private)?;
        Ok((keep(&session, public, public_token), keep(&session, private, private_token)))
    }

    pub(crate) fn wrap_key(
        &self,
        session: CK_SESSION_HANDLE,
        mechanism: &Mechanism,
        by: CK_OBJECT_HANDLE,
        key: CK_OBJECT_HANDLE,
        output: Output<'_>,
    ) -> Answer {
        let session = self.session(session)?;
        catalogue::allows(mechanism.kind, CKF_WRAP)?;
        let client = session.client()?;
        let (mut how, kind) = mechanism.wrapping()?;
        let wrapping = session.token.key(Handle(by)).map_err(|rv| for_wrapping(rv.for_key()))?;
        wrapping.allows(AttributeType::WRAP, &[kind]).map_err(for_wrapping)?;
        session.token.key(Handle(key)).map_err(Rv::for_key)?;
        let made = mechanism.parameter.left_to_the_hsm().filter(|_| session.token.makes_vectors());
        if let (Some(_), WrapMechanism::AesGcm { iv, .. }) = (made, &mut how) {
            *iv = None;
        }
        let wrapped = client.wrap(Handle(by), how, Handle(key)).map_err(|error| Rv::from(error).for_key())?;
        let asked_for_length = output.room().is_none();
        output.give(&wrapped.data)?;
        let vector = wrapped.iv.and_then(|iv| <[u8; 12]>::try_from(iv).ok());
        if let (Some(place), Some(vector), false) = (made, vector, asked_for_length) {
            place.write(vector);
        }
        Ok(())
    }

    pub(crate) fn unwrap_key(
        &self,
        session: CK_SESSION_HANDLE,
        mechanism: &Mechanism,
        by: CK_OBJECT_HANDLE,
        wrapped: &[u8],
        template: Template,
    ) -> Answer<CK_OBJECT_HANDLE> {
        let session = self.session(session)?;
        catalogue::allows(mechanism.kind, CKF_UNWRAP)?;
        let client = session.client()?;
        let (how, kind) = mechanism.wrapping()?;
        let unwrapping = session.token.key(Handle(by)).map_err(Rv::for_unwrapping)?;
        unwrapping.allows(AttributeType::UNWRAP, &[kind]).map_err(Rv::for_unwrapping)?;
        let (template, token) = placed(&session, template)?;
        let unwrapped = client.unwrap_key(Handle(by), how, wrapped, template);
        let made = unwrapped.map_err(|error| Rv::from(error).for_unwrapping())?;
        Ok(keep(&session, made, token))
    }

    pub(crate) fn derive_key(
        &self,
        session: CK_SESSION_HANDLE,
        mechanism: &Mechanism,
        from: CK_OBJECT_HANDLE,
        template: Template,
    ) -> Answer<CK_OBJECT_HANDLE> {
        let session = self.session(session)?;
        catalogue::allows(mechanism.kind, CKF_DERIVE)?;
        let client = session.client()?;
        let how = mechanism.derivation()?;
        let kinds: &[CK_KEY_TYPE] = if mechanism.kind == CKM_HKDF_DERIVE {
            &[CKK_GENERIC_SECRET, CKK_AES, CKK_HKDF]
        } else {
            &[CKK_EC]
        };
        let base = session.token.key(Handle(from)).map_err(Rv::for_key)?;
        base.allows(AttributeType::DERIVE, kinds)?;
        let (mut template, token) = placed(&session, template)?;
        if template.number(AttributeType::CLASS).is_some_and(|class| class != class::SECRET_KEY) {
            return Err(MODEL);
        }
        template.set(AttributeType::CLASS, class::SECRET_KEY);
        let made = client.derive(Handle(from), how, template).map_err(|error| Rv::from(error).for_key())?;
        Ok(keep(&session, made, token))
    }

    pub(crate) fn random(&self, session: CK_SESSION_HANDLE, length: usize) -> Answer<Vec<u8>> {
        let session = self.session(session)?;
        if length > MOST_RANDOM_AT_ONCE {
            return Err(Rv::ARGUMENTS);
        }
        let client = session.token.client()?;
        let mut random = Vec::with_capacity(length);
        while random.len() < length {
            let part = (length - random.len()).min(MOST_RANDOM);
            let bytes = client.random(part as u32)?;
            if bytes.len() != part {
                return Err(Rv(CKR_DEVICE_ERROR));
            }
            random.extend_from_slice(&bytes);
        }
        Ok(random)
    }
}

/// The class and kind that a mechanism makes: the template may say so too, and nothing else.
fn shape(template: &mut wire::Template, class: u64, kind: u64) -> Answer {
    for (attribute, made) in [(AttributeType::CLASS, class), (AttributeType::KEY_TYPE, kind)] {
        if template.number(attribute).is_some_and(|said| said != made) {
            return Err(MODEL);
        }
        template.set(attribute, made);
    }
    Ok(())
}

fn for_wrapping(rv: Rv) -> Rv {
    Rv(match rv.0 {
        CKR_KEY_HANDLE_INVALID => CKR_WRAPPING_KEY_HANDLE_INVALID,
        CKR_KEY_TYPE_INCONSISTENT => CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
        CKR_KEY_SIZE_RANGE => CKR_WRAPPING_KEY_SIZE_RANGE,
        other => other,
    })
}

//! Objects: made, copied, found, read, changed and destroyed in the HSM.

use bastide_hsm::wire::{self, AttributeAnswer, AttributeType, Handle};
use cryptoki_sys::*;

use crate::{
    abi::memory::Blanks,
    module::Module,
    rv::{Answer, Rv},
    session::Session,
    template::{self, Template},
};

impl Module {
    pub(crate) fn create_object(
        &self,
        session: CK_SESSION_HANDLE,
        template: Template,
    ) -> Answer<CK_OBJECT_HANDLE> {
        let session = self.session(session)?;
        let (template, token) = placed(&session, template)?;
        let made = session.client()?.create_object(template)?;
        Ok(keep(&session, made, token))
    }

    pub(crate) fn copy_object(
        &self,
        session: CK_SESSION_HANDLE,
        original: CK_OBJECT_HANDLE,
        template: Template,
    ) -> Answer<CK_OBJECT_HANDLE> {
        let session = self.session(session)?;
        let mut template = template.whole()?;
        let client = session.client()?;
        let of_original = session.token.key(Handle(original))?.token;
        let token = template.flag(AttributeType::TOKEN).unwrap_or(of_original);
        session.may_write(token)?;
        template.set(AttributeType::TOKEN, token);
        let made = client.copy_object(Handle(original), template)?;
        Ok(keep(&session, made, token))
    }

    pub(crate) fn destroy_object(&self, session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE) -> Answer {
        let session = self.session(session)?;
        let client = session.client()?;
        session.may_write(session.token.key(Handle(object))?.token)?;
        client.destroy(Handle(object))?;
        session.token.forget(Handle(object));
        session.state().objects.retain(|kept| kept.0 != object);
        Ok(())
    }

    /// An object's size in an HSM says nothing to an application; only that there is such an object is told.
    pub(crate) fn object_size(
        &self,
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
    ) -> Answer<CK_ULONG> {
        let session = self.session(session)?;
        session.client()?.attributes(Handle(object), vec![AttributeType::CLASS])?;
        Ok(CK_UNAVAILABLE_INFORMATION)
    }

    pub(crate) fn attributes(
        &self,
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        mut blanks: Blanks<'_>,
    ) -> Answer {
        let session = self.session(session)?;
        let kinds: Vec<_> = blanks.kinds().into_iter().map(template::known).collect();
        let mut asked: Vec<AttributeType> = kinds.iter().flatten().copied().collect();
        if asked.is_empty() {
            // The object has to be there even when nothing is known of what is asked.
            asked.push(AttributeType::CLASS);
        }
        let client = session.client().map_err(hidden)?;
        let answers = client.attributes(Handle(object), asked)?;
        let mut outcome = Ok(());
        for (index, kind) in kinds.into_iter().enumerate() {
            let answer =
                kind.and_then(|kind| answers.iter().find(|answer| answer.0 == kind)).map(|answer| &answer.1);
            let filled = match answer {
                Some(AttributeAnswer::Value(value)) => blanks.fill(index, Ok(&template::bytes_of(value))),
                Some(AttributeAnswer::Sensitive) => blanks.fill(index, Err(Rv(CKR_ATTRIBUTE_SENSITIVE))),
                _ => blanks.fill(index, Err(Rv(CKR_ATTRIBUTE_TYPE_INVALID))),
            };
            outcome = outcome.and(filled);
        }
        outcome
    }

    pub(crate) fn set_attributes(
        &self,
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        template: Template,
    ) -> Answer {
        let session = self.session(session)?;
        let template = template.whole()?;
        let client = session.client()?;
        session.may_write(session.token.key(Handle(object))?.token)?;
        client.set_attributes(Handle(object), template)?;
        session.token.forget(Handle(object));
        Ok(())
    }

    pub(crate) fn find_init(&self, session: CK_SESSION_HANDLE, template: &Template) -> Answer {
        let session = self.session(session)?;
        let mut state = session.state();
        if state.find.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        let found = match (template.sought(), session.client()) {
            (Some(sought), Ok(client)) => client.find(sought.clone())?,
            // Who is not logged in sees no object: that is an empty list, as for any stranger.
            (_, Err(Rv(CKR_USER_NOT_LOGGED_IN))) | (None, Ok(_)) => Vec::new(),
            (_, Err(rv)) => return Err(rv),
        };
        state.find = Some(found.into());
        Ok(())
    }

    pub(crate) fn find(&self, session: CK_SESSION_HANDLE, most: usize) -> Answer<Vec<CK_OBJECT_HANDLE>> {
        let session = self.session(session)?;
        let mut state = session.state();
        let found = state.find.as_mut().ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?;
        let count = most.min(found.len());
        Ok(found.drain(..count).map(|handle| handle.0).collect())
    }

    pub(crate) fn find_final(&self, session: CK_SESSION_HANDLE) -> Answer {
        let session = self.session(session)?;
        let ended = session.state().find.take();
        ended.map(drop).ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))
    }
}

/// The template of an object that is to be made, and whether it is a token's object.
pub(crate) fn placed(session: &Session, template: Template) -> Answer<(wire::Template, bool)> {
    let mut template = template.whole()?;
    let token = template.flag(AttributeType::TOKEN).unwrap_or(false);
    session.may_write(token)?;
    template.set(AttributeType::TOKEN, token);
    Ok((template, token))
}

/// Remembers a session's object, which ends with the session.
pub(crate) fn keep(session: &Session, made: Handle, token: bool) -> CK_OBJECT_HANDLE {
    if !token {
        session.state().objects.push(made);
    }
    made.0
}

/// Without a login there is no object.
fn hidden(rv: Rv) -> Rv {
    if rv.0 == CKR_USER_NOT_LOGGED_IN { Rv(CKR_OBJECT_HANDLE_INVALID) } else { rv }
}

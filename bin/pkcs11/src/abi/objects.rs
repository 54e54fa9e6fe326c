//! Objects: to make, find, read, change and destroy them.

use cryptoki_sys::*;

use super::{
    interface,
    memory::{self, Blanks, Output},
};
use crate::{module::module, rv::Rv};

interface! {
    /// `C_CreateObject`.
    fn create(
        session: CK_SESSION_HANDLE,
        template: *mut CK_ATTRIBUTE,
        count: CK_ULONG,
        object: *mut CK_OBJECT_HANDLE,
    ) {
        let module = module()?;
        wanted(object)?;
        // SAFETY: null or readable for its length.
        let template = unsafe { memory::template(template, count)? };
        let made = module.create_object(session, template)?;
        // SAFETY: null or writable.
        unsafe { memory::put(object, made) }
    }

    /// `C_CopyObject`.
    fn copy(
        session: CK_SESSION_HANDLE,
        original: CK_OBJECT_HANDLE,
        template: *mut CK_ATTRIBUTE,
        count: CK_ULONG,
        object: *mut CK_OBJECT_HANDLE,
    ) {
        let module = module()?;
        wanted(object)?;
        // SAFETY: null or readable for its length.
        let template = unsafe { memory::template(template, count)? };
        let made = module.copy_object(session, original, template)?;
        // SAFETY: null or writable.
        unsafe { memory::put(object, made) }
    }

    /// `C_DestroyObject`.
    fn destroy(session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE) {
        module()?.destroy_object(session, object)
    }

    /// `C_GetObjectSize`.
    fn size(session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE, size: *mut CK_ULONG) {
        let found = module()?.object_size(session, object)?;
        // SAFETY: null or writable.
        unsafe { memory::put(size, found) }
    }

    /// `C_GetAttributeValue`.
    fn attributes(
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        template: *mut CK_ATTRIBUTE,
        count: CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null, or the caller's template of `count` attributes.
        let blanks = unsafe { Blanks::new(template, count)? };
        module.attributes(session, object, blanks)
    }

    /// `C_SetAttributeValue`.
    fn set_attributes(
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        template: *mut CK_ATTRIBUTE,
        count: CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null or readable for its length.
        let template = unsafe { memory::template(template, count)? };
        module.set_attributes(session, object, template)
    }

    /// `C_FindObjectsInit`.
    fn find_init(session: CK_SESSION_HANDLE, template: *mut CK_ATTRIBUTE, count: CK_ULONG) {
        let module = module()?;
        // SAFETY: null or readable for its length.
        let template = unsafe { memory::template(template, count)? };
        module.find_init(session, &template)
    }

    /// `C_FindObjects`.
    fn find(
        session: CK_SESSION_HANDLE,
        objects: *mut CK_OBJECT_HANDLE,
        most: CK_ULONG,
        count: *mut CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null, or the caller's array of `most` handles, and where it wants their number.
        let output = unsafe { Output::with_room(objects, most, count)? };
        let found = module.find(session, output.room().unwrap_or(0))?;
        output.give(&found)
    }

    /// `C_FindObjectsFinal`.
    fn find_final(session: CK_SESSION_HANDLE) {
        module()?.find_final(session)
    }
}

/// Nothing is made whose handle could not be told.
pub(super) fn wanted(object: *mut CK_OBJECT_HANDLE) -> crate::rv::Answer {
    if object.is_null() { Err(Rv::ARGUMENTS) } else { Ok(()) }
}

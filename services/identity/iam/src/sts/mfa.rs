//! The second factor that a call shows: the serial number of a device and its present code.

use bastide_door::{Asking, Failure, Permitted};
use bastide_policy::Principal;
use bastide_shape::Document;

use crate::mfa;
use crate::model::{MfaDevice, User, home_of};
use crate::totp::verify_totp;

/// Whether a call that is not yet permitted shows the present code of a device of the calling user. The code is
/// not used up by that: see [`use_up`].
///
/// # Errors
/// The refusal when it shows something else: so nobody goes on as if it had shown nothing.
pub(super) async fn is_shown(asking: &Asking<'_>) -> Result<bool, Failure> {
    let Some((serial, code)) = given(asking.input)? else { return Ok(false) };
    let Principal::User { arn, id, .. } = &asking.caller.principal else { return Err(unknown_device()) };
    let home = home_of(arn).ok_or_else(unknown_device)?;
    let device = match MfaDevice::id_of(&home, serial) {
        Some(device) => asking.store.find::<MfaDevice>(&home, device).await?,
        None => None,
    };
    let device = device.filter(|device| device.user.as_ref() == Some(id)).ok_or_else(unknown_device)?;
    let seed = asking.sealer.unseal(&home, serial, &device.seed)?;
    match verify_totp(&seed, code, asking.now, device.drift, device.last_step) {
        Some(_) => Ok(true),
        None => Err(wrong_code()),
    }
}

/// Uses up the code that a call shows: it will not be accepted again. `Ok(false)`: it shows none.
///
/// # Errors
/// The refusal when it is not the present code of a device of the calling user.
pub(super) async fn use_up(call: &mut Permitted) -> Result<bool, Failure> {
    let Some((serial, code)) = given(call.input())? else { return Ok(false) };
    let (serial, code) = (serial.to_owned(), code.to_owned());
    let Principal::User { arn, id, .. } = &call.caller().principal else { return Err(unknown_device()) };
    let home = home_of(arn).ok_or_else(unknown_device)?;
    let user = call.store().find::<User>(&home, id).await?.ok_or_else(unknown_device)?;
    if !user.mfa.iter().any(|assignment| assignment.serial == serial) {
        return Err(unknown_device());
    }
    if mfa::check_code(call, &user, &home, &serial, &code).await? { Ok(true) } else { Err(wrong_code()) }
}

fn given(input: &Document) -> Result<Option<(&str, &str)>, Failure> {
    match (input.str("SerialNumber"), input.str("TokenCode")) {
        (None, None) => Ok(None),
        (Some(serial), Some(code)) => Ok(Some((serial, code))),
        _ => Err(Failure::denied(
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
        )),
    }
}

fn unknown_device() -> Failure {
    Failure::denied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
         valid and associated with this user.",
    )
}

fn wrong_code() -> Failure {
    Failure::denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
}

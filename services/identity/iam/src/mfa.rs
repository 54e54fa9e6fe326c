//! Virtual MFA devices.

use std::sync::Arc;

use bastide_api_iam::errors as iam;
use bastide_door::{Failure, Permitted};
use bastide_ids::{Place, random_bytes};
use bastide_resources::{Store, Stored};
use bastide_shape::Document;
use zeroize::Zeroizing;

use crate::access_key_id::base32;
use crate::errors::{conflict, exists, no_such, quota};
use crate::model::{Assignment, MfaDevice, User};
use crate::paging::{Paging, finish};
use crate::qr;
use crate::resolver::{found, no_device};
use crate::tags::{self, Keys};
use crate::totp;
use crate::view::{self, Detail};

/// The most MFA devices of a user.
const PER_USER: usize = 8;
/// Bytes of a seed: 64 characters in base32.
const SEED: usize = 40;
/// How many steps of 30 seconds the first two codes may be off.
const ENABLE_WINDOW: i64 = 4;
/// How many steps of 30 seconds a device may be off that is brought back into step.
const RESYNC_WINDOW: i64 = 120;

pub(crate) async fn create_device(call: &mut Permitted) -> Result<Document, Failure> {
    let tags = tags::given(call.input(), Keys::Exact)?;
    tags::require(call, "iam:TagMFADevice", &tags).await?;
    let place = call.place().clone();
    let path = call.input().str("Path").unwrap_or("/").to_owned();
    let name = call.input().text("VirtualMFADeviceName").to_owned();
    let id = format!("{path}{name}");
    let serial = place.global_arn("iam", &format!("mfa{id}"));
    if call.store().find::<MfaDevice>(&place, &id).await?.is_some() {
        return Err(exists("MFA device already exists."));
    }
    let seed = Zeroizing::new(random_bytes::<SEED>());
    let device = MfaDevice {
        path,
        name,
        created: call.now().truncated_to_seconds(),
        seed: call.sealer().seal(&place, &serial, seed.as_slice())?,
        user: None,
        enabled: None,
        drift: 0,
        last_step: 0,
        tags,
    };
    let text = Zeroizing::new(base32(seed.as_slice()).collect::<String>());
    let shown = Document::new()
        .with("SerialNumber", &serial)
        .with("Base32StringSeed", text.as_bytes())
        .maybe("QRCodePNG", qr::png(&enrolment(&place, &device.name, &text)))
        .maybe("Tags", view::some_tags(&device.tags));
    call.changes().create(&place, id, device);
    Ok(Document::new().with("VirtualMFADevice", shown))
}

pub(crate) async fn delete_device(call: &mut Permitted) -> Result<Document, Failure> {
    let device = found::<MfaDevice>(call)?;
    if device.user.is_some() {
        return Err(conflict("MFA VirtualDevice in use. Must deactivate first."));
    }
    call.changes().delete(&device);
    Ok(Document::new())
}

pub(crate) async fn list_virtual(call: &mut Permitted) -> Result<Document, Failure> {
    let wanted = call.input().str("AssignmentStatus").unwrap_or("Any");
    let (store, place) = (call.store(), call.place());
    let devices = crate::lookup::all::<MfaDevice>(store, place).await?;
    let devices: Vec<Arc<Stored<MfaDevice>>> = devices
        .into_iter()
        .filter(|device| match wanted {
            "Assigned" => device.user.is_some(),
            "Unassigned" => device.user.is_none(),
            _ => true,
        })
        .collect();
    let (page, next) = Paging::of(call.input())?.cut(&devices, |device| &device.key.id);
    let mut shown = Vec::with_capacity(page.len());
    for device in page {
        let user = match &device.user {
            Some(id) => store.find::<User>(place, id).await?,
            None => None,
        };
        let entry = Document::new()
            .with("SerialNumber", device.serial(place))
            .maybe("User", user.map(|user| view::user(&user, Detail::Listed)))
            .maybe("EnableDate", device.enabled);
        shown.push(entry);
    }
    Ok(finish(Document::new().with("VirtualMFADevices", shown), next.as_deref()))
}

pub(crate) async fn enable(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let device = named(call).await?;
    if device.user.is_some() {
        return Err(exists("MFA Device is already in use."));
    }
    if user.mfa.len() >= PER_USER {
        return Err(quota("MFADevicesPerUser", PER_USER));
    }
    let step = two_codes(call, &device, ENABLE_WINDOW)?;
    let enabled = call.now().truncated_to_seconds();
    let changed = MfaDevice {
        user: Some(user.id.clone()),
        enabled: Some(enabled),
        last_step: step,
        ..device.value.clone()
    };
    let mut owner = user.value.clone();
    owner.mfa.push(Assignment { serial: device.serial(call.place()), enabled });
    call.changes().update(&device, changed).update(&user, owner);
    Ok(Document::new())
}

pub(crate) async fn deactivate(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let device = of_user(call, &user).await?;
    let changed = MfaDevice { user: None, enabled: None, ..device.value.clone() };
    let mut owner = user.value.clone();
    let serial = call.input().text("SerialNumber").to_owned();
    owner.mfa.retain(|assignment| assignment.serial != serial);
    call.changes().update(&device, changed).update(&user, owner);
    Ok(Document::new())
}

pub(crate) async fn resync(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let device = of_user(call, &user).await?;
    let step = two_codes(call, &device, RESYNC_WINDOW)?;
    let drift = step - totp::step(call.now());
    let changed = MfaDevice { drift, last_step: step, ..device.value.clone() };
    call.changes().update(&device, changed);
    Ok(Document::new())
}

pub(crate) async fn list_devices(call: &mut Permitted) -> Result<Document, Failure> {
    let Ok(user) = found::<User>(call) else {
        // The root user, who has none.
        return Ok(finish(Document::new().with("MFADevices", Vec::<Document>::new()), None));
    };
    let (page, next) = Paging::of(call.input())?.cut(&user.mfa, |assignment| &assignment.serial);
    let one = |assignment: &Assignment| {
        Document::new()
            .with("UserName", &user.name)
            .with("SerialNumber", &assignment.serial)
            .with("EnableDate", assignment.enabled)
    };
    let shown: Vec<Document> = page.iter().map(one).collect();
    Ok(finish(Document::new().with("MFADevices", shown), next.as_deref()))
}

pub(crate) async fn device(call: &mut Permitted) -> Result<Document, Failure> {
    let user = found::<User>(call)?;
    let serial = call.input().text("SerialNumber");
    let assignment = user.mfa.iter().find(|assignment| assignment.serial == serial);
    let assignment = assignment.ok_or_else(|| no_device(serial))?;
    Ok(Document::new()
        .with("UserName", &user.name)
        .with("SerialNumber", serial)
        .with("EnableDate", assignment.enabled))
}

pub(crate) async fn tag_device(call: &mut Permitted) -> Result<Document, Failure> {
    let device = found::<MfaDevice>(call)?;
    let tags = tags::merged(&device.tags, call.input(), Keys::Exact)?;
    call.changes().update(&device, MfaDevice { tags, ..device.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn untag_device(call: &mut Permitted) -> Result<Document, Failure> {
    let device = found::<MfaDevice>(call)?;
    let tags = tags::without(&device.tags, call.input(), Keys::Exact)?;
    call.changes().update(&device, MfaDevice { tags, ..device.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn list_device_tags(call: &mut Permitted) -> Result<Document, Failure> {
    tags::listed(call.input(), &found::<MfaDevice>(call)?.tags)
}

/// Whether a code is the present one of a device that this user has. A code that was accepted is used up: that
/// is among the call's changes.
///
/// # Errors
/// When the store or the seal fails.
pub async fn check_code(
    call: &mut Permitted,
    user: &User,
    home: &Place,
    serial: &str,
    code: &str,
) -> Result<bool, Failure> {
    if !user.mfa.iter().any(|assignment| assignment.serial == serial) {
        return Ok(false);
    }
    let Some(device) = find(call.store(), home, serial).await? else { return Ok(false) };
    if device.user.as_ref() != Some(&user.id) {
        return Ok(false);
    }
    let seed = call.sealer().unseal(home, serial, &device.seed)?;
    let step = totp::verify_totp(&seed, code, call.now(), device.drift, device.last_step);
    let Some(step) = step else { return Ok(false) };
    let changed = MfaDevice { last_step: step, ..device.value.clone() };
    call.changes().update(&device, changed);
    Ok(true)
}

async fn find(store: &Store, place: &Place, serial: &str) -> Result<Option<Arc<Stored<MfaDevice>>>, Failure> {
    match MfaDevice::id_of(place, serial) {
        Some(id) => Ok(store.find::<MfaDevice>(place, id).await?),
        None => Ok(None),
    }
}

/// The device that a call names.
async fn named(call: &Permitted) -> Result<Arc<Stored<MfaDevice>>, Failure> {
    let serial = call.input().text("SerialNumber");
    find(call.store(), call.place(), serial).await?.ok_or_else(|| no_device(serial))
}

/// The device that a call names, which the user must have.
async fn of_user(call: &Permitted, user: &User) -> Result<Arc<Stored<MfaDevice>>, Failure> {
    let device = named(call).await?;
    if device.user.as_ref() == Some(&user.id) {
        return Ok(device);
    }
    Err(no_such("MFA Device invalid for user."))
}

/// The step of the second of a call's two codes.
fn two_codes(call: &Permitted, device: &Stored<MfaDevice>, window: i64) -> Result<i64, Failure> {
    let input = call.input();
    let seed = call.sealer().unseal(call.place(), &device.serial(call.place()), &device.seed)?;
    let codes = (input.text("AuthenticationCode1"), input.text("AuthenticationCode2"));
    let step = totp::verify_two(&seed, codes, call.now(), window).filter(|step| *step > device.last_step);
    step.ok_or_else(|| {
        let message = "Authentication code for device is not valid.";
        Failure::new(&iam::InvalidAuthenticationCodeException, message)
    })
}

/// What an authenticator app reads from the QR code.
fn enrolment(place: &Place, name: &str, seed: &str) -> Zeroizing<String> {
    let label = crate::encoding::url_encoded(&format!("Bastide:{name}@{}", place.account));
    Zeroizing::new(format!("otpauth://totp/{label}?secret={seed}&issuer=Bastide"))
}

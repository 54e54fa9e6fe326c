//! Organizational units.

use bastide_api_organizations::errors as org;
use bastide_door::{Failure, Permitted};
use bastide_resources::Key;
use bastide_shape::Document;

use crate::errors::{constraint, no_unit};
use crate::lookup::Target;
use crate::model::{Member, Name, PARENT, Unit};
use crate::paging::Paging;
use crate::scope::{Found, Scope};
use crate::{ids, plain_text, tags, view};

/// So deep may units be. Source: Organizations User Guide, "Quotas".
const DEEPEST: usize = 5;
/// So many may an organization have. Source: as above.
const MOST: usize = 2000;

pub(crate) async fn create_organizational_unit(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let parent = unit(call)?;
    let name = plain_text(call.input().text("Name"))?.to_owned();
    let tags = tags::given(call.input())?;
    if parent.depth() >= DEEPEST {
        let message = "You have exceeded the maximum depth of organizational units.";
        return Err(constraint("OU_DEPTH_LIMIT_EXCEEDED", message));
    }
    if crate::lookup::all::<Unit>(call.store(), scope.home()).await?.len() > MOST {
        let message = "You have exceeded the number of organizational units that you can have.";
        return Err(constraint("OU_NUMBER_LIMIT_EXCEEDED", message));
    }
    free_name(call, &scope, &parent.id, &name).await?;
    let id = ids::unit(&scope.organization.root);
    let made = Unit {
        id: id.clone(),
        parent: Some(parent.id.clone()),
        name: name.clone(),
        path: format!("{}{id}/", parent.path),
        created: call.now(),
        attachments: Vec::new(),
        tags,
    };
    let shown = view::unit(&scope, &made);
    call.record_resource("AWS::Organizations::OrganizationalUnit", scope.unit_arn(&id));
    let changes = call.changes();
    // The parent must still be there when this is committed.
    changes.expect_unchanged(&parent);
    scope.touch(changes);
    changes.create(scope.home(), Name::unit(&parent.id, &name), Name { id: id.clone() });
    changes.create(scope.home(), id, made);
    Ok(Document::new().with("OrganizationalUnit", shown))
}

pub(crate) async fn describe_organizational_unit(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    Ok(Document::new().with("OrganizationalUnit", view::unit(&scope, &*unit(call)?)))
}

pub(crate) async fn update_organizational_unit(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let found = unit(call)?;
    let mut changed = Unit::clone(&found);
    let parent = found.parent.clone().unwrap_or_default();
    let name = call.input().str("Name").map(plain_text).transpose()?.map(str::to_owned);
    if let Some(name) = name.filter(|name| *name != found.name) {
        free_name(call, &scope, &parent, &name).await?;
        let held = call.store().find::<Name>(scope.home(), &Name::unit(&parent, &found.name)).await?;
        changed.name.clone_from(&name);
        let changes = call.changes();
        if let Some(held) = held {
            changes.delete(&held);
        }
        changes.create(scope.home(), Name::unit(&parent, &name), Name { id: found.id.clone() });
        changes.update(&found, changed.clone());
    }
    Ok(Document::new().with("OrganizationalUnit", view::unit(&scope, &changed)))
}

pub(crate) async fn delete_organizational_unit(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let (found, store) = (unit(call)?, call.store().clone());
    let key = Key::of::<Unit>(scope.home(), found.id.as_str());
    let units = store.referrers::<Unit>(scope.home(), PARENT, &key, None, 1).await?;
    let accounts = store.referrers::<Member>(scope.home(), PARENT, &key, None, 1).await?;
    if !units.items.is_empty() || !accounts.items.is_empty() {
        let message = "The organizational unit that you specified is not empty.";
        return Err(Failure::new(&org::OrganizationalUnitNotEmptyException, message));
    }
    let name = Name::unit(found.parent.as_deref().unwrap_or_default(), &found.name);
    let held = store.find::<Name>(scope.home(), &name).await?;
    let changes = call.changes();
    changes.expect_unreferenced(PARENT, &key).delete(&found);
    if let Some(held) = held {
        changes.delete(&held);
    }
    Ok(Document::new())
}

pub(crate) async fn list_organizational_units_for_parent(call: &mut Permitted) -> Result<Document, Failure> {
    let scope = Scope::of(call).await?;
    let (parent, paging) = (unit(call)?, Paging::of(call)?);
    let key = Key::of::<Unit>(scope.home(), parent.id.as_str());
    let after = paging.after.as_deref();
    let page = call.store().referrers::<Unit>(scope.home(), PARENT, &key, after, paging.limit).await?;
    let next = page.items.last().filter(|_| page.more).map(|last| last.id.as_str());
    let shown = page.items.iter().map(|unit| view::unit(&scope, unit)).collect();
    Ok(paging.answer("OrganizationalUnits", shown, next))
}

/// The root or unit that the call was permitted on.
pub(crate) fn unit(call: &Permitted) -> Result<Found<Unit>, Failure> {
    match &*call.resource::<Target>()? {
        Target::Unit(unit) => Ok(unit.clone()),
        Target::Member(_) => Err(no_unit()),
    }
}

async fn free_name(call: &Permitted, scope: &Scope, parent: &str, name: &str) -> Result<(), Failure> {
    if call.store().find::<Name>(scope.home(), &Name::unit(parent, name)).await?.is_none() {
        return Ok(());
    }
    let message = "An OU with the same name already exists.";
    Err(Failure::new(&org::DuplicateOrganizationalUnitException, message))
}

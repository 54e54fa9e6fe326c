//! Managed policies: the customer's, and AWS's to read.

use bastide_door::{Failure, Permitted};
use bastide_ids::{Place, UniqueId};
use bastide_policy::{Policy, PolicyKind};
use bastide_resources::{Key, Store};
use bastide_shape::Document;

use crate::aws_managed::AwsManaged;
use crate::errors::{malformed, no_policy, quota};
use crate::lookup;
use crate::model::{
    ATTACHED, BOUNDARY, Entity, Group, ManagedPolicy, Name, NameKind, PolicyText, PolicyVersion, Role, User,
};
use crate::paging::{Paging, finish};
use crate::resolver::found;
use crate::tags::{self, Keys};
use crate::view;

/// The most customer managed policies of an account.
pub(crate) const QUOTA: usize = 1500;
/// The most characters of a managed policy, white space not counted.
pub(crate) const SIZE: usize = 6144;
/// What the key of an AWS managed policy in a list starts with; it comes after `policy/…`.
const AWS_SECTION: &str = "policy~aws/";

/// A managed policy, whoever's it is, as answers show it.
pub(crate) struct Shown<'a> {
    pub(crate) id: &'a str,
    pub(crate) document: Document,
}

/// How often a policy is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// As an identity policy.
    pub(crate) attached: usize,
    /// As a permissions boundary.
    pub(crate) boundaries: usize,
}

impl Usage {
    /// Counts the users, groups and roles that a policy is attached to.
    pub(crate) async fn of(store: &Store, place: &Place, id: &str) -> Result<Self, Failure> {
        let key = Key::of::<ManagedPolicy>(place, id);
        let attached = lookup::referrers::<User>(store, ATTACHED, &key).await?.len()
            + lookup::referrers::<Group>(store, ATTACHED, &key).await?.len()
            + lookup::referrers::<Role>(store, ATTACHED, &key).await?.len();
        let boundaries = lookup::referrers::<User>(store, BOUNDARY, &key).await?.len()
            + lookup::referrers::<Role>(store, BOUNDARY, &key).await?.len();
        Ok(Self { attached, boundaries })
    }

    pub(crate) fn add_to(self, shown: Document) -> Document {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        shown
            .with("AttachmentCount", number(self.attached))
            .with("PermissionsBoundaryUsageCount", number(self.boundaries))
    }
}

pub(crate) fn customer<'a>(place: &Place, policy: &'a ManagedPolicy) -> Shown<'a> {
    let document = Document::new()
        .with("PolicyName", &policy.name)
        .with("PolicyId", &policy.id)
        .with("Arn", policy.arn(place))
        .with("Path", &policy.path)
        .with("DefaultVersionId", format!("v{}", policy.default))
        .with("IsAttachable", true)
        .with("CreateDate", policy.created)
        .with("UpdateDate", policy.updated);
    Shown { id: &policy.id, document }
}

pub(crate) fn aws(place: &Place, policy: &AwsManaged) -> Shown<'static> {
    let document = Document::new()
        .with("PolicyName", policy.name)
        .with("PolicyId", policy.id)
        .with("Arn", policy.arn(place.partition))
        .with("Path", policy.path)
        .with("DefaultVersionId", "v1")
        .with("IsAttachable", true)
        .with("CreateDate", policy.created())
        .with("UpdateDate", policy.created());
    Shown { id: policy.id, document }
}

pub(crate) async fn create_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let tags = tags::given(call.input(), Keys::Exact)?;
    tags::require(call, "iam:TagPolicy", &tags).await?;
    let document = document(call)?;
    let now = call.now().truncated_to_seconds();
    let policy = ManagedPolicy {
        id: UniqueId::Policy.generate(),
        name: call.input().text("PolicyName").to_owned(),
        path: call.input().str("Path").unwrap_or("/").to_owned(),
        created: now,
        updated: now,
        description: call.input().str("Description").map(str::to_owned),
        versions: vec![PolicyVersion { number: 1, created: now, document }],
        default: 1,
        next: 2,
        tags,
    };
    if lookup::count::<Name>(call.store(), call.place(), NameKind::Policy.prefix()).await? >= QUOTA {
        return Err(quota("PoliciesPerAccount", QUOTA));
    }
    let (store, place) = (call.store().clone(), call.place().clone());
    let shown = Usage::default()
        .add_to(customer(&place, &policy).document)
        .maybe("Tags", view::some_tags(&policy.tags));
    lookup::create(&store, call.changes(), &place, policy).await?;
    Ok(Document::new().with("Policy", shown))
}

pub(crate) async fn get_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let (store, place) = (call.store(), call.place());
    let shown = if let Some(policy) = AwsManaged::by_arn(call.input().text("PolicyArn")) {
        let usage = Usage::of(store, place, policy.id).await?;
        usage
            .add_to(aws(place, policy).document)
            .with("Description", policy.description)
            .with("Tags", view::tags(&[]))
    } else {
        let policy = found::<ManagedPolicy>(call)?;
        let usage = Usage::of(store, place, &policy.id).await?;
        let shown = usage.add_to(customer(place, &policy).document);
        shown.maybe("Description", policy.description.as_ref()).with("Tags", view::tags(&policy.tags))
    };
    Ok(Document::new().with("Policy", shown))
}

pub(crate) async fn delete_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let policy = own(call)?;
    if policy.versions.len() > 1 {
        return Err(crate::errors::conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's \
             versions. The default version is deleted with the policy.",
        ));
    }
    let store = call.store().clone();
    if Usage::of(&store, call.place(), &policy.id).await? != Usage::default() {
        return Err(crate::errors::conflict("Cannot delete a policy attached to entities."));
    }
    call.changes().expect_unreferenced(ATTACHED, &policy.key).expect_unreferenced(BOUNDARY, &policy.key);
    lookup::delete(&store, call.changes(), &policy).await?;
    Ok(Document::new())
}

pub(crate) async fn list_policies(call: &mut Permitted) -> Result<Document, Failure> {
    let wanted = Wanted::of(call.input());
    let Paging { mut after, limit } = Paging::of(call.input())?;
    let (store, place) = (call.store(), call.place());
    let mut shown = Vec::new();
    let mut local = wanted.local && !after.as_deref().is_some_and(|after| after.starts_with(AWS_SECTION));
    while local {
        let paging = Paging { after: after.take(), limit: limit - shown.len() };
        let (policies, next) = lookup::list::<ManagedPolicy>(store, place, &wanted.prefix, &paging).await?;
        for policy in &policies {
            shown.extend(wanted.show(store, place, customer(place, policy)).await?);
        }
        local = next.is_some();
        after = next;
        if local && shown.len() == limit {
            return Ok(finish(Document::new().with("Policies", shown), after.as_deref()));
        }
    }
    let after = after.as_deref().and_then(|after| after.strip_prefix(AWS_SECTION)).unwrap_or_default();
    let mut last = after;
    for policy in AwsManaged::all().iter().filter(|policy| wanted.aws && order(policy.name) > order(after)) {
        if shown.len() == limit {
            let marker = format!("{AWS_SECTION}{last}");
            return Ok(finish(Document::new().with("Policies", shown), Some(&marker)));
        }
        last = policy.name;
        if policy.path.starts_with(&wanted.prefix) {
            shown.extend(wanted.show(store, place, aws(place, policy)).await?);
        }
    }
    Ok(finish(Document::new().with("Policies", shown), None))
}

/// The table's order.
fn order(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// What a call of `ListPolicies` asks for.
struct Wanted {
    local: bool,
    aws: bool,
    prefix: String,
    only_attached: bool,
    usage: Option<String>,
}

impl Wanted {
    fn of(input: &Document) -> Self {
        let scope = input.str("Scope").unwrap_or("All");
        Self {
            local: scope != "AWS",
            aws: scope != "Local",
            prefix: input.str("PathPrefix").unwrap_or("/").to_owned(),
            only_attached: input.bool("OnlyAttached").unwrap_or(false),
            usage: input.str("PolicyUsageFilter").map(str::to_owned),
        }
    }

    async fn show(
        &self,
        store: &Store,
        place: &Place,
        policy: Shown<'_>,
    ) -> Result<Option<Document>, Failure> {
        let usage = Usage::of(store, place, policy.id).await?;
        let fits = match self.usage.as_deref() {
            Some("PermissionsPolicy") => usage.attached > 0 || (!self.only_attached && usage.boundaries == 0),
            Some("PermissionsBoundary") => usage.boundaries > 0,
            _ => !self.only_attached || usage != Usage::default(),
        };
        Ok(fits.then(|| usage.add_to(policy.document)))
    }
}

pub(crate) async fn list_entities(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let arn = input.text("PolicyArn");
    let id = match AwsManaged::by_arn(arn) {
        Some(policy) => policy.id.to_owned(),
        None => found::<ManagedPolicy>(call)?.id.clone(),
    };
    let key = Key::of::<ManagedPolicy>(call.place(), id);
    let relations: &[&str] = match input.str("PolicyUsageFilter") {
        Some("PermissionsPolicy") => &[ATTACHED],
        Some("PermissionsBoundary") => &[BOUNDARY],
        _ => &[ATTACHED, BOUNDARY],
    };
    let only = input.str("EntityFilter");
    let prefix = input.str("PathPrefix").unwrap_or("/");
    let mut entities = Vec::new();
    let store = call.store();
    for relation in relations {
        if only.is_none_or(|only| only == "Group") {
            gather(&mut entities, &lookup::referrers::<Group>(store, relation, &key).await?, prefix);
        }
        if only.is_none_or(|only| only == "User") {
            gather(&mut entities, &lookup::referrers::<User>(store, relation, &key).await?, prefix);
        }
        if only.is_none_or(|only| only == "Role") {
            gather(&mut entities, &lookup::referrers::<Role>(store, relation, &key).await?, prefix);
        }
    }
    entities.sort();
    entities.dedup();
    let (page, next) = Paging::of(input)?.cut(&entities, |entity| &entity.id);
    let of = |kind: &str, name: &'static str, id: &'static str| -> Vec<Document> {
        let found = page.iter().filter(|entity| entity.kind == kind);
        found.map(|entity| Document::new().with(name, &entity.name).with(id, &entity.id)).collect()
    };
    let answer = Document::new()
        .with("PolicyGroups", of(Group::KIND, "GroupName", "GroupId"))
        .with("PolicyUsers", of(User::KIND, "UserName", "UserId"))
        .with("PolicyRoles", of(Role::KIND, "RoleName", "RoleId"));
    Ok(finish(answer, next.as_deref()))
}

/// One that has a policy. Ids of groups, users and roles differ, so the id alone is a key for paging.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Holding {
    id: String,
    kind: &'static str,
    name: String,
}

fn gather<T: lookup::Named>(entities: &mut Vec<Holding>, found: &[lookup::Found<T>], prefix: &str) {
    let found = found.iter().filter(|entity| entity.path().starts_with(prefix));
    entities.extend(found.map(|entity| Holding {
        id: entity.id().to_owned(),
        kind: T::KIND,
        name: entity.name().to_owned(),
    }));
}

pub(crate) async fn tag_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let policy = own(call)?;
    let tags = tags::merged(&policy.tags, call.input(), Keys::Exact)?;
    call.changes().update(&policy, ManagedPolicy { tags, ..policy.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn untag_policy(call: &mut Permitted) -> Result<Document, Failure> {
    let policy = own(call)?;
    let tags = tags::without(&policy.tags, call.input(), Keys::Exact)?;
    call.changes().update(&policy, ManagedPolicy { tags, ..policy.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn list_policy_tags(call: &mut Permitted) -> Result<Document, Failure> {
    if AwsManaged::by_arn(call.input().text("PolicyArn")).is_some() {
        return tags::listed(call.input(), &Vec::new());
    }
    // Unlike the tags of everything else, shorter keys come first (observed on IAM).
    let mut tags = found::<ManagedPolicy>(call)?.tags.clone();
    tags.sort_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
    tags::listed(call.input(), &tags)
}

/// The call's policy, if it is the customer's: AWS's are changed by AWS alone.
pub(crate) fn own(call: &Permitted) -> Result<lookup::Found<ManagedPolicy>, Failure> {
    let arn = call.input().text("PolicyArn");
    if AwsManaged::by_arn(arn).is_some() {
        let (caller, operation) = (call.caller().arn(), call.operation().name);
        return Err(Failure::denied(format!(
            "User: {caller} is not authorized to perform: iam:{operation} on resource: policy {arn}"
        )));
    }
    found::<ManagedPolicy>(call).map_err(|_| no_policy(arn))
}

/// The policy document that a call gives.
pub(crate) fn document(call: &Permitted) -> Result<PolicyText, Failure> {
    let text = call.input().text("PolicyDocument");
    Policy::parse(text, PolicyKind::Managed).map_err(|refusal| malformed(&refusal))?;
    if PolicyText::counted(text) > SIZE {
        return Err(quota("PolicySize", SIZE));
    }
    Ok(PolicyText::new(text))
}

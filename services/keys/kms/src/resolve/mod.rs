//! From what a request says to the keys that it is about, and what the door must know of them to decide: policy,
//! grants, tags and condition keys. The kinds of targets stand in the table ([`bastide_api_kms`]).

mod conditions;
mod find;
mod key_name;

use std::sync::Arc;

use bastide_door::{Asking, Failure, Resource};
use bastide_ids::Place;
use bastide_policy::{Principal, ResourceRule};
use bastide_resources::Stored;
use bastide_shape::Target;
use futures_core::future::BoxFuture;

pub(crate) use conditions::via_service;
pub(crate) use find::{find_alias, find_key};
pub(crate) use key_name::{Accepts, KeyName};

use crate::cryptography::ciphertext::Ciphertext;
use crate::grants::{allow, token::GrantToken};
use crate::stored::{Alias, Key};
use crate::{aliases, grants, managed, refusal, stores};

/// The type of keys in the record.
pub(crate) const KEY: &str = "AWS::KMS::Key";
/// The type of aliases in the record.
pub(crate) const ALIAS: &str = "AWS::KMS::Alias";

/// Finds what an operation is to be authorised on.
pub(crate) fn resolve<'a>(
    asking: &'a Asking<'a>,
    target: &'a Target,
) -> BoxFuture<'a, Result<Vec<Resource>, Failure>> {
    Box::pin(async move {
        let call = Call { asking, target };
        match target.kind {
            "key" => call.key(Accepts::Keys, Reach::Account).await,
            "shared-key" => call.key(Accepts::Keys, Reach::Everywhere).await,
            "named-key" => call.key(Accepts::KeysAndAliases, Reach::Everywhere).await,
            "new-key" => Ok(call.new_key()),
            "ciphertext" => call.ciphertext().await,
            "grant" => call.grant().await,
            "alias" => call.alias().await,
            "alias-key" => return call.alias_key().await,
            other => Err(Failure::internal(format!("kms has no resources of kind `{other}`"))),
        }
        .map(|resource| vec![resource])
    })
}

/// Whose keys an operation takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Account,
    Everywhere,
}

/// A call, and the target that is looked for.
struct Call<'a> {
    asking: &'a Asking<'a>,
    target: &'a Target,
}

impl Call<'_> {
    async fn key(&self, accepts: Accepts, reach: Reach) -> Result<Resource, Failure> {
        self.named(self.asking.input.text(self.target.member), accepts, reach).await
    }

    /// The key that a text names.
    async fn named(&self, text: &str, accepts: Accepts, reach: Reach) -> Result<Resource, Failure> {
        let Asking { store, now, .. } = *self.asking;
        let name = match KeyName::parse(text, self.asking.place, accepts) {
            Ok(name) => name,
            Err(failure) => {
                let alias = text.starts_with("alias/") || text.contains(":alias/");
                let to_alias = self.target.member == "TargetKeyId" && alias;
                let failure = if to_alias { refusal::alias_to_alias() } else { failure };
                let arn = Key::arn_in(self.asking.place, text);
                return Ok(self.missing(self.asking.place, arn, KEY, failure));
            }
        };
        match name {
            KeyName::Key(place, id) => {
                let arn = Key::arn_in(&place, &id);
                let reachable = reach == Reach::Everywhere || place.account == self.asking.place.account;
                match find_key(store, &place, &id, now).await? {
                    Some(key) if reachable && self.may_see(&key) => self.found(key, None).await,
                    _ => Ok(self.missing(&place, arn.clone(), KEY, refusal::no_such_key(&arn))),
                }
            }
            KeyName::Alias(place, name) => {
                let key = match find_alias(store, &place, &name, now).await? {
                    Some((_, key)) => Some(key),
                    None => managed::on_first_use(self.asking, &place, &name),
                };
                match key {
                    Some(key) if self.may_see(&key) => self.found(key, Some(&name)).await,
                    _ => {
                        let arn = Alias::arn_in(&place, &name);
                        Ok(self.missing(&place, arn.clone(), ALIAS, refusal::no_such_alias(&arn)))
                    }
                }
            }
        }
    }

    /// What the door must know of a key to decide.
    async fn found(&self, key: Arc<Stored<Key>>, alias: Option<&str>) -> Result<Resource, Failure> {
        let key = stores::keys::present(self.asking.store, key).await?;
        let mut resource = of_key(&key);
        resource.context = conditions::of_key(self.asking, self.target, &key, alias);
        resource.granted = allow::granted(self.asking, self.target, &key).await?;
        if !GrantToken::all_valid(self.asking.input) {
            resource.missing = Some(refusal::invalid_grant_token());
        }
        resource.document = Some(key);
        Ok(resource)
    }

    /// Something that is not there. Who asks in its own account learns so if its policies would have let it;
    /// of another account's keys nobody learns which exist.
    fn missing(&self, place: &Place, arn: String, kind: &'static str, failure: Failure) -> Resource {
        let foreign = place.account != self.asking.place.account;
        let rule = if foreign { ResourceRule::ResourceMustTrust } else { ResourceRule::Standard };
        Resource { account: Some(place.account), rule, ..Resource::new(arn, kind) }.missing(failure)
    }

    /// AWS owned keys exist for their service only.
    fn may_see(&self, key: &Key) -> bool {
        managed::owner(key).is_none_or(
            |owner| matches!(&self.asking.caller.principal, Principal::Service { name } if *name == owner),
        )
    }

    fn new_key(&self) -> Resource {
        Resource { context: conditions::of_new_key(self.asking), ..Resource::any() }
    }

    /// The key that the request names beside a ciphertext, or else the one that the ciphertext names.
    async fn ciphertext(&self) -> Result<Resource, Failure> {
        let Asking { input, place, store, now, caller, operation, .. } = *self.asking;
        if let Some(text) = input.str("KeyId").or_else(|| input.str("SourceKeyId")) {
            return self.named(text, Accepts::KeysAndAliases, Reach::Everywhere).await;
        }
        let Some(blob) = input.blob(self.target.member) else {
            let message = "KeyId must be specified when the request has no CiphertextBlob.";
            return Ok(Resource::any().missing(Failure::validation(message)));
        };
        let Some(ciphertext) = Ciphertext::parse(blob) else {
            return Ok(Resource::any().missing(refusal::invalid_ciphertext()));
        };
        let (there, id) = (ciphertext.place_in(&place.region), ciphertext.key_id());
        let there = &there;
        let key = if there.region == place.region { find_key(store, there, id, now).await? } else { None };
        match key {
            Some(key) if self.may_see(&key) => self.found(key, None).await,
            _ => {
                let action =
                    self.target.action.map_or_else(|| format!("kms:{}", operation.name), str::to_owned);
                let failure = refusal::no_key_of_ciphertext(caller.arn(), &action);
                Ok(self.missing(there, Key::arn_in(there, id), KEY, failure))
            }
        }
    }

    /// The key of the grant that is to be retired. No policy allows that, only the grant itself.
    async fn grant(&self) -> Result<Resource, Failure> {
        let found = grants::end::to_be_retired(self.asking).await?;
        let grant = match found {
            Ok(grant) => grant,
            Err(failure) => return Ok(Resource::any().missing(failure)),
        };
        Ok(Resource {
            account: Some(grant.key.place.account),
            rule: ResourceRule::ResourceMustTrust,
            granted: allow::may_retire(self.asking.caller, &grant),
            document: Some(grant.clone()),
            ..Resource::new(crate::stored::Grant::key_arn(&grant), KEY)
        })
    }

    /// The alias itself. It has no policy: the caller's own policies say who may make and change it.
    async fn alias(&self) -> Result<Resource, Failure> {
        let Asking { input, place, store, now, operation, .. } = *self.asking;
        let name = input.text(self.target.member);
        let arn = Alias::arn_in(place, name);
        let resource = Resource { account: Some(place.account), ..Resource::new(arn.clone(), ALIAS) };
        if let Err(failure) = aliases::check_name(name) {
            return Ok(resource.missing(failure));
        }
        Ok(match find_alias(store, place, name, now).await? {
            Some((alias, _)) => Resource { document: Some(alias), ..resource },
            None if operation.name == "CreateAlias" => resource,
            None => resource.missing(refusal::no_such_alias(&arn)),
        })
    }

    /// The key behind the alias; none where there is no alias to change, which is told by [`Self::alias`].
    async fn alias_key(&self) -> Result<Vec<Resource>, Failure> {
        let Asking { input, place, store, now, .. } = *self.asking;
        if managed::is_reserved_alias(input.text(self.target.member)) {
            return Ok(Vec::new());
        }
        match find_alias(store, place, input.text(self.target.member), now).await? {
            Some((_, key)) => Ok(vec![self.found(key, None).await?]),
            None => Ok(Vec::new()),
        }
    }
}

/// A key as a resource, without what depends on the request.
pub(crate) fn of_key(key: &Arc<Stored<Key>>) -> Resource {
    Resource {
        account: Some(key.key.place.account),
        policy: key.compiled_policy().cloned(),
        rule: ResourceRule::ResourceMustTrust,
        tags: key.tags.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        ..Resource::new(Key::arn(key), KEY)
    }
}

//! The condition keys of a call. Each value is worked out when a policy asks for it.
//!
//! Source of the names: IAM User Guide, "AWS global condition context keys".

use bastide_ids::Timestamp;
use bastide_policy::{ContextSource, Principal, Value, Values};

use crate::attempt::Attempt;
use crate::caller::{CallerPolicies, Standing};
use crate::{Resource, Session};

/// Everything that condition keys are read from.
pub(crate) struct CallContext<'a> {
    pub(crate) attempt: &'a Attempt,
    pub(crate) policies: &'a CallerPolicies,
    pub(crate) resource: &'a Resource,
    /// What the organization of the caller's account says.
    pub(crate) standing: &'a Standing,
    /// What the organization of the account that owns the resource says.
    pub(crate) owner: &'a Standing,
    pub(crate) request_tags: &'a RequestTags,
}

/// Tags that a call sets, and the keys of those that it sets or removes.
#[derive(Default)]
pub(crate) struct RequestTags {
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) keys: Vec<String>,
}

impl RequestTags {
    /// Reads them from the members by which AWS's services take tags.
    pub(crate) fn of(attempt: &Attempt) -> Self {
        let mut found = Self::default();
        let Some(input) = &attempt.input else { return found };
        for name in ["Tags", "tags", "TagsToAdd", "TagList"] {
            for tag in input.maps(name) {
                let key = ["Key", "TagKey", "key"].iter().find_map(|name| tag.str(name));
                let value = ["Value", "TagValue", "value"].iter().find_map(|name| tag.str(name));
                if let Some(key) = key {
                    found.tags.push((key.to_owned(), value.unwrap_or_default().to_owned()));
                    found.keys.push(key.to_owned());
                }
            }
            for (key, value) in input.map(name).into_iter().flat_map(bastide_shape::Document::iter) {
                found.tags.push((key.to_string(), value.as_str().unwrap_or_default().to_owned()));
                found.keys.push(key.to_string());
            }
        }
        for name in ["TagKeys", "tagKeys", "TagKeyList"] {
            found.keys.extend(input.strings(name).map(str::to_owned));
        }
        found
    }
}

impl ContextSource for CallContext<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let Some(name) = key.strip_prefix("aws:") else { return self.service_key(key) };
        if let Some((family, tag)) = name.split_once('/') {
            return match family {
                "principaltag" => self.principal_tag(tag),
                "requesttag" => find_tag(&self.request_tags.tags, tag),
                "resourcetag" => find_tag(&self.resource.tags, tag),
                _ => None,
            };
        }
        // A service knows better: sts:AssumeRole with a second factor comes from a session without one.
        self.service_key(key).or_else(|| self.principal_key(name)).or_else(|| self.request_key(name))
    }
}

impl CallContext<'_> {
    fn principal_key(&self, name: &str) -> Option<Values<'_>> {
        let organization = self.standing.place.as_ref();
        let session = self.attempt.caller.session.as_ref();
        match name {
            "principalorgid" => organization.map(|place| Values::text(&place.id)),
            "principalorgpaths" => organization.map(|place| Values::text(&place.path)),
            "principalorgmasteraccount" => {
                organization.map(|place| Values::text(place.management_account.as_str()))
            }
            "multifactorauthpresent" => {
                session.map(|session| Values::One(Value::Bool(session.mfa.is_some())))
            }
            "multifactorauthage" => session.and_then(|session| self.mfa_age(session)),
            "tokenissuetime" => session.map(|session| Values::One(Value::Date(session.issued))),
            "sourceidentity" => session?.source_identity.as_deref().map(Values::text),
            _ => None,
        }
    }

    fn mfa_age(&self, session: &Session) -> Option<Values<'_>> {
        let age = self.attempt.now.since(session.mfa?).as_secs();
        Some(Values::One(Value::Number(i64::try_from(age).unwrap_or(i64::MAX))))
    }

    fn principal_tag(&self, tag: &str) -> Option<Values<'_>> {
        let session = self.attempt.caller.session.as_ref();
        session
            .and_then(|session| find_tag(&session.tags, tag))
            .or_else(|| find_tag(&self.policies.tags, tag))
    }

    fn request_key(&self, name: &str) -> Option<Values<'_>> {
        let Attempt { now, origin, via, place, .. } = self.attempt;
        match name {
            "currenttime" => Some(Values::One(Value::Date(*now))),
            "epochtime" => Some(Values::One(Value::Number(Timestamp::seconds(*now)))),
            // A forwarded call comes from a service, not from the client's address.
            "sourceip" if via.is_empty() => origin.address.map(|address| Values::One(Value::Ip(address))),
            "useragent" => Some(Values::text(&origin.user_agent)),
            "securetransport" => Some(Values::One(Value::Bool(origin.tls.is_some()))),
            "requestedregion" => Some(Values::text(place.region.as_str())),
            "viaawsservice" => Some(Values::One(Value::Bool(!via.is_empty()))),
            "calledvia" if !via.is_empty() => Some(Values::Strs(via)),
            "calledviafirst" => via.first().map(|service| Values::text(service)),
            "calledvialast" => via.last().map(|service| Values::text(service)),
            "tagkeys" if !self.request_tags.keys.is_empty() => Some(Values::Strings(&self.request_tags.keys)),
            "resourceaccount" => self.resource.account.as_ref().map(|account| Values::text(account.as_str())),
            "resourceorgid" => self.owner.place.as_ref().map(|place| Values::text(&place.id)),
            "resourceorgpaths" => self.owner.place.as_ref().map(|place| Values::text(&place.path)),
            "principalisawsservice" => {
                let service = matches!(self.attempt.caller.principal, Principal::Service { .. });
                Some(Values::One(Value::Bool(service)))
            }
            _ => None,
        }
    }

    fn service_key(&self, key: &str) -> Option<Values<'_>> {
        let found = self.resource.context.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, values)| Values::Strings(values))
    }
}

fn find_tag<'a>(tags: &'a [(String, String)], key: &str) -> Option<Values<'a>> {
    // Condition keys are not case-sensitive, so neither is the tag's key here.
    tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| Values::text(value))
}

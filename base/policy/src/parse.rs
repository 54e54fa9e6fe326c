use std::collections::BTreeMap;

use crate::condition::Condition;
use crate::document::{self, Document, Draft, PrincipalBlock};
use crate::malformed::{Fault, MalformedPolicy};
use crate::pattern::{ArnPattern, Pattern, Syntax};
use crate::policy::{Actions, Effect, Policy, PolicyKind, Resources, Statement};
use crate::principals::{NamedPrincipal, Principals};
use crate::{MAX_DOCUMENT, validate};

impl Policy {
    /// Reads a policy document and compiles it: patterns are split, operators resolved, numbers, dates and
    /// address ranges read.
    ///
    /// # Errors
    /// [`MalformedPolicy`] with AWS's message when the document does not follow the grammar of its kind. What
    /// is checked first follows IAM: shape, version, effects and dates, `Sid`s, actions, resources.
    pub fn parse(text: &str, kind: PolicyKind) -> Result<Self, MalformedPolicy> {
        let policy = if text.len() > MAX_DOCUMENT {
            Err(MalformedPolicy::new(Fault::Json, "Syntax errors in policy."))
        } else {
            document::read(text).and_then(|document| compile(document, kind))
        };
        policy.map_err(|refusal| validate::reworded(refusal, kind))
    }
}

fn compile(document: Document, kind: PolicyKind) -> Result<Policy, MalformedPolicy> {
    validate::version(document.version.as_deref(), kind)?;
    let variables = document.version.as_deref() == Some("2012-10-17");
    let conditions = document
        .statements
        .iter()
        .map(|draft| effect(draft).and_then(|_| conditions(&draft.condition, variables)))
        .collect::<Result<Vec<_>, _>>()?;
    validate::statements(&document.statements, kind, Syntax { wildcards: true, variables })?;
    let statements = document
        .statements
        .iter()
        .zip(conditions)
        .map(|(draft, conditions)| statement(draft, conditions, kind, variables))
        .collect::<Result<_, _>>()?;
    Ok(Policy { kind, id: document.id.map(Into::into), statements })
}

fn statement(
    draft: &Draft,
    conditions: Box<[Condition]>,
    kind: PolicyKind,
    variables: bool,
) -> Result<Statement, MalformedPolicy> {
    Ok(Statement {
        sid: draft.sid.as_deref().filter(|sid| !sid.is_empty()).map(Into::into),
        effect: effect(draft)?,
        principals: principals(draft)?,
        actions: actions(draft),
        resources: resources(draft, kind, variables),
        conditions,
        span: draft.span,
    })
}

/// The effect, whose case counts.
fn effect(draft: &Draft) -> Result<Effect, MalformedPolicy> {
    match draft.effect.as_str() {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        _ => Err(MalformedPolicy::legacy(Fault::Effect)),
    }
}

fn conditions(
    block: &BTreeMap<String, BTreeMap<String, Vec<String>>>,
    variables: bool,
) -> Result<Box<[Condition]>, MalformedPolicy> {
    block
        .iter()
        .flat_map(|(operator, keys)| keys.iter().map(move |(key, values)| (operator, key, values)))
        .map(|(operator, key, values)| Condition::compile(operator, key, values, variables))
        .collect()
}

fn actions(draft: &Draft) -> Actions {
    let (not, names) = match (&draft.action, &draft.not_action) {
        (_, Some(names)) => (true, &**names),
        (Some(names), None) => (false, &**names),
        // Refused before; an empty list matches nothing.
        (None, None) => (false, &[][..]),
    };
    let plain = Syntax { wildcards: true, variables: false };
    let patterns = names.iter().map(|name| Pattern::compile(&name.to_ascii_lowercase(), plain)).collect();
    Actions { not, patterns }
}

fn resources(draft: &Draft, kind: PolicyKind, variables: bool) -> Resources {
    let syntax = Syntax { wildcards: true, variables };
    let compile = |names: &[String]| {
        names.iter().filter_map(|name| ArnPattern::compile(name, syntax, true)).collect::<Box<[_]>>()
    };
    match (&draft.resource, &draft.not_resource) {
        _ if kind == PolicyKind::Trust => Resources::Own,
        (_, Some(names)) => Resources::NotIn(compile(names)),
        (Some(names), None) => Resources::In(compile(names)),
        // A key policy's statement without `Resource` has no effect.
        (None, None) => Resources::In(Box::default()),
    }
}

fn principals(draft: &Draft) -> Result<Option<Principals>, MalformedPolicy> {
    let (not, block) = match (&draft.principal, &draft.not_principal) {
        (Some(block), _) => (false, block),
        (None, Some(block)) => (true, block),
        (None, None) => return Ok(None),
    };
    let named: Box<[_]> = match block {
        PrincipalBlock::Bare(text) if text == "*" => Box::new([NamedPrincipal::Everyone]),
        PrincipalBlock::Bare(_) => return Err(invalid_principal()),
        PrincipalBlock::Typed(types) => types
            .iter()
            .flat_map(|(kind, names)| names.iter().map(move |name| (kind, name)))
            .map(|(kind, name)| named_principal(kind, name))
            .collect::<Result<_, _>>()?,
    };
    if named.is_empty() { Err(invalid_principal()) } else { Ok(Some(Principals { not, named })) }
}

fn named_principal(kind: &str, name: &str) -> Result<NamedPrincipal, MalformedPolicy> {
    let principal = match kind {
        "AWS" => NamedPrincipal::parse_aws(name),
        "Service" => NamedPrincipal::parse_service(name),
        "Federated" => NamedPrincipal::parse_federated(name),
        "CanonicalUser" => Some(NamedPrincipal::CanonicalUser(name.into())).filter(|_| !name.is_empty()),
        _ => return Err(MalformedPolicy::syntax()),
    };
    principal.ok_or_else(|| {
        let kind = kind.to_ascii_uppercase();
        MalformedPolicy::new(Fault::Principal, format!("Invalid principal in policy: \"{kind}\":\"{name}\""))
    })
}

fn invalid_principal() -> MalformedPolicy {
    MalformedPolicy::new(Fault::Principal, "Invalid principal in policy.")
}

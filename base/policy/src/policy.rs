use crate::condition::Condition;
use crate::pattern::{ArnPattern, Lookup, Pattern, Variable};
use crate::principals::{NamedPrincipal, Principals, Reach};

use bastide_ids::Arn;

/// What a policy is attached to: each kind has its own grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// An inline policy of a user, group or role.
    Identity,
    /// A managed policy: as [`PolicyKind::Identity`], but of version 2012-10-17.
    Managed,
    /// A policy on a resource, such as a KMS key.
    Resource,
    /// A role's trust policy.
    Trust,
    /// A managed policy used as permissions boundary.
    Boundary,
    /// A policy passed when a session is made.
    Session,
    /// A service control policy of an organization.
    Scp,
    /// A resource control policy of an organization.
    Rcp,
    /// A VPC endpoint's policy.
    VpcEndpoint,
}

/// A policy document, read and compiled once. Made by [`Policy::parse`].
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub(crate) kind: PolicyKind,
    pub(crate) id: Option<Box<str>>,
    pub(crate) statements: Box<[Statement]>,
}

/// `Allow` or `Deny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The statement allows what it matches.
    Allow,
    /// The statement denies what it matches, whatever else allows it.
    Deny,
}

/// A place in a policy's text, both counted from 1; the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub(crate) sid: Option<Box<str>>,
    pub(crate) effect: Effect,
    /// `None` where the kind of policy has no such element.
    pub(crate) principals: Option<Principals>,
    pub(crate) actions: Actions,
    pub(crate) resources: Resources,
    pub(crate) conditions: Box<[Condition]>,
    pub(crate) span: (Position, Position),
}

/// `Action` or `NotAction`, lower-cased.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Actions {
    pub(crate) not: bool,
    pub(crate) patterns: Box<[Pattern]>,
}

/// `Resource` or `NotResource`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resources {
    /// A trust policy has no such element: it speaks of its role.
    Own,
    In(Box<[ArnPattern]>),
    NotIn(Box<[ArnPattern]>),
}

/// A request, made ready for matching.
pub(crate) struct Query<'a> {
    /// Lower-cased.
    pub(crate) action: &'a str,
    /// `None` for an action without a resource.
    pub(crate) resource: Option<Arn<'a>>,
    pub(crate) lookup: Lookup<'a>,
}

impl Policy {
    /// What the policy was parsed as.
    #[must_use]
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// The `Id` element.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The statements in the order of the document.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The condition keys that the policy reads, in conditions and as variables, as it first writes each:
    /// `GetContextKeysForCustomPolicy`.
    #[must_use]
    pub fn context_keys(&self) -> Vec<&str> {
        let mut seen = std::collections::BTreeSet::new();
        let keys = self.statements.iter().flat_map(Statement::keys);
        keys.filter(|(_, lower)| seen.insert(*lower)).map(|(name, _)| name).collect()
    }

    /// Every principal that the policy names, in `Principal` and `NotPrincipal`: so that a service can refuse
    /// names that do not exist.
    pub fn principals(&self) -> impl Iterator<Item = &NamedPrincipal> {
        self.statements
            .iter()
            .filter_map(|statement| statement.principals.as_ref())
            .flat_map(|principals| &*principals.named)
    }

    /// Whether a statement allows everyone something without any condition.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.statements.iter().any(|statement| {
            let everyone = statement.principals.as_ref().is_some_and(|principals| {
                principals.not || principals.named.contains(&NamedPrincipal::Everyone)
            });
            everyone && statement.effect == Effect::Allow && statement.conditions.is_empty()
        })
    }
}

impl Statement {
    /// The `Sid` element; an empty one counts as none.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// The `Effect` element.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Where the statement starts and ends in the policy's text, as `SimulateCustomPolicy` counts it.
    #[must_use]
    pub fn span(&self) -> (Position, Position) {
        self.span
    }

    /// How the statement reaches the request; `None` when an element does not match. A statement of a policy
    /// without principals reaches whoever the policy is attached to.
    pub(crate) fn reach(&self, query: &Query<'_>) -> Option<Reach> {
        let reach = self.reach_before_conditions(query)?;
        self.conditions.iter().all(|condition| condition.holds(&query.lookup)).then_some(reach)
    }

    /// As [`Statement::reach`], whatever the conditions say.
    pub(crate) fn reach_before_conditions(&self, query: &Query<'_>) -> Option<Reach> {
        let listed = self.actions.patterns.iter().any(|action| action.matches(query.action, &query.lookup));
        if listed == self.actions.not || !self.resources.include(query) {
            return None;
        }
        match &self.principals {
            None => Some(Reach::Direct),
            Some(principals) => {
                let deny = self.effect == Effect::Deny;
                principals.reach(query.lookup.principal, query.lookup.context, deny)
            }
        }
    }

    /// The condition keys that the statement reads: as written, and lower-cased.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        let resources = match &self.resources {
            Resources::Own => &[],
            Resources::In(patterns) | Resources::NotIn(patterns) => &**patterns,
        };
        let conditions = self.conditions.iter();
        let variables = conditions.clone().flat_map(Condition::variables);
        let variables = resources.iter().flat_map(ArnPattern::variables).chain(variables);
        let variables = variables.map(|Variable { name, key, .. }| (&**name, &**key));
        conditions.map(Condition::key).chain(variables)
    }
}

impl Resources {
    fn include(&self, query: &Query<'_>) -> bool {
        let arn = query.resource.as_ref();
        let matches = |pattern: &ArnPattern| pattern.matches(arn, &query.lookup);
        match self {
            Self::Own => true,
            Self::In(patterns) => patterns.iter().any(matches),
            // A variable without a value matches nothing, so the element as a whole does not match either.
            Self::NotIn(patterns) => {
                !patterns.iter().any(matches)
                    && patterns.iter().all(|pattern| pattern.resolves(&query.lookup))
            }
        }
    }
}

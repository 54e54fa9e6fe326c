//! Files of rules: several documents, global parts, filters.

use crate::correlation::Correlation;
use crate::error::Error;
use crate::expr::Expr;
use crate::matcher::Test;
use crate::modifiers::Placeholders;
use crate::rule::{About, Logsource, Rule, condition_of, texts};
use crate::yaml::{Kind, Node, read};

/// Everything that files of rules hold.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// Rules that look at single records.
    pub rules: Vec<Rule>,
    /// Rules about several records.
    pub correlations: Vec<Correlation>,
    /// Exceptions to rules.
    pub filters: Vec<Filter>,
}

/// A filter: what rules shall not find (`filter`).
#[derive(Clone, Debug)]
pub struct Filter {
    /// What it says of itself.
    pub about: About,
    logsource: Logsource,
    /// Names and ids of rules; nothing: any rule of the logsource.
    rules: Vec<String>,
    condition: Expr<Test>,
}

/// Reads all documents of a text.
///
/// # Errors
/// The first that can't be read, with its line.
pub fn parse(text: &str, placeholders: &Placeholders) -> Result<Collection, Error> {
    let mut collection = Collection::default();
    let mut global: Option<Node> = None;
    let mut previous: Option<Node> = None;
    for document in read(text)? {
        if document.kind == Kind::Null {
            continue;
        }
        let Kind::Map(_) = document.kind else {
            return Err(Error::new(document.line, "", format!("a rule is a map, not {}", document.what())));
        };
        let action = document.get("action").and_then(Node::scalar);
        let document = without_action(document);
        let document = match action.as_deref() {
            None => document,
            Some("repeat") => match &previous {
                Some(previous) => merge(previous, &document),
                None => return Err(Error::new(document.line, "action", "`repeat` needs a rule before it")),
            },
            Some("global") => {
                global = Some(global.as_ref().map_or_else(|| document.clone(), |old| merge(old, &document)));
                continue;
            }
            Some("reset") => {
                global = None;
                continue;
            }
            Some(other) => {
                let reason = format!("`{other}` is not global, reset or repeat");
                return Err(Error::new(document.line, "action", reason));
            }
        };
        let whole = global.as_ref().map_or_else(|| document.clone(), |global| merge(global, &document));
        collection.add(&whole, placeholders)?;
        previous = Some(document);
    }
    Ok(collection)
}

impl Collection {
    fn add(&mut self, node: &Node, placeholders: &Placeholders) -> Result<(), Error> {
        if node.get("correlation").is_some() {
            self.correlations.push(Correlation::read(node)?);
        } else if node.get("filter").is_some() {
            self.filters.push(Filter::read(node, placeholders)?);
        } else if node.get("detection").is_some() {
            self.rules.push(Rule::read(node, placeholders)?);
        } else {
            return Err(Error::new(node.line, "", "has no `detection`, `correlation` or `filter`"));
        }
        Ok(())
    }

    /// Adds what another holds.
    pub fn append(&mut self, mut other: Self) {
        self.rules.append(&mut other.rules);
        self.correlations.append(&mut other.correlations);
        self.filters.append(&mut other.filters);
    }

    /// The rules as the filters leave them, and the correlations.
    ///
    /// # Errors
    /// A filter that names a rule that is not there.
    pub fn filtered(mut self) -> Result<(Vec<Rule>, Vec<Correlation>), Error> {
        for filter in &self.filters {
            for reference in &filter.rules {
                if !self.rules.iter().any(|rule| rule.about.is(reference)) {
                    let line = filter.about.document.line;
                    return Err(Error::new(line, "filter.rules", format!("there is no rule `{reference}`")));
                }
            }
            for rule in &mut self.rules {
                let named =
                    filter.rules.is_empty() || filter.rules.iter().any(|reference| rule.about.is(reference));
                if named && filter.logsource.covers(&rule.logsource) {
                    rule.and(&filter.condition);
                }
            }
        }
        Ok((self.rules, self.correlations))
    }
}

impl Filter {
    fn read(node: &Node, placeholders: &Placeholders) -> Result<Self, Error> {
        let Some(filter) = node.get("filter") else {
            return Err(Error::new(node.line, "filter", "is missing"));
        };
        let rules = texts(filter, "rules", "filter.")?;
        let any = rules.iter().any(|rule| rule.eq_ignore_ascii_case("any"));
        Ok(Self {
            about: About::read(node)?,
            logsource: Logsource::read(node)?,
            rules: if any { Vec::new() } else { rules },
            condition: condition_of(filter, "filter", &["condition", "rules"], placeholders)?,
        })
    }
}

fn without_action(mut node: Node) -> Node {
    if let Kind::Map(entries) = &mut node.kind {
        entries.retain(|(key, _)| key != "action");
    }
    node
}

/// `over` laid over `under`: maps are joined, of anything else it is `over`'s.
fn merge(under: &Node, over: &Node) -> Node {
    let (Kind::Map(below), Kind::Map(above)) = (&under.kind, &over.kind) else { return over.clone() };
    let mut entries: Vec<(String, Node)> = below
        .iter()
        .map(|(key, node)| {
            (key.clone(), over.get(key).map_or_else(|| node.clone(), |other| merge(node, other)))
        })
        .collect();
    entries.extend(above.iter().filter(|(key, _)| under.get(key).is_none()).cloned());
    Node { line: over.line, kind: Kind::Map(entries) }
}

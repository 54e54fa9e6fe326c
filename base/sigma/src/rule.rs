//! One rule: what it says of itself, and what it looks for.

use crate::condition;
use crate::error::Error;
use crate::expr::Expr;
use crate::matcher::Test;
use crate::modifiers::{Placeholders, item};
use crate::yaml::{Kind, Node};

/// A rule that looks at single records.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it says of itself.
    pub about: About,
    /// The records it is about.
    pub logsource: Logsource,
    pub(crate) condition: Expr<Test>,
}

/// What rules, correlations and filters say of themselves.
#[derive(Clone, Debug)]
pub struct About {
    /// `title`.
    pub title: String,
    /// `id`; empty when there is none.
    pub id: String,
    /// `name`, by which correlations and filters refer to it; empty when there is none.
    pub name: String,
    /// `description`.
    pub description: String,
    /// `level`.
    pub level: Level,
    /// `tags`, such as `attack.persistence` and `attack.t1098`.
    pub tags: Vec<String>,
    /// The whole document, for members that are not the language's own.
    pub document: Node,
}

/// `level`: how bad it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Informational,
    /// Worth a look when there is more.
    Low,
    /// Worth a look.
    #[default]
    Medium,
    /// Worth a look now.
    High,
    /// An incident.
    Critical,
}

/// `logsource`: the records a rule is about; members that are missing are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logsource {
    /// `category`, such as `dns`.
    pub category: String,
    /// `product`, such as `aws`.
    pub product: String,
    /// `service`, such as `cloudtrail`.
    pub service: String,
}

impl Logsource {
    pub(crate) fn read(node: &Node) -> Result<Self, Error> {
        let Some(source) = node.get("logsource") else {
            return Err(Error::new(node.line, "logsource", "is missing"));
        };
        let part = |name: &str| text(source, name, "logsource.").map(|text| text.to_ascii_lowercase());
        let read = Self { category: part("category")?, product: part("product")?, service: part("service")? };
        if read == Self::default() {
            return Err(Error::new(source.line, "logsource", "needs a category, product or service"));
        }
        Ok(read)
    }

    /// Whether records of `other` are among these: what is empty here is anything.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let fits = |mine: &str, theirs: &str| mine.is_empty() || mine == theirs;
        fits(&self.category, &other.category)
            && fits(&self.product, &other.product)
            && fits(&self.service, &other.service)
    }
}

impl About {
    pub(crate) fn read(node: &Node) -> Result<Self, Error> {
        let title = text(node, "title", "")?;
        if title.is_empty() || title.len() > 512 {
            return Err(Error::new(node.line, "title", "must be there, and shorter than 512 bytes"));
        }
        let line = node.get("level").map_or(node.line, |level| level.line);
        let level = Level::read(&text(node, "level", "")?).ok_or_else(|| {
            Error::new(line, "level", "must be informational, low, medium, high or critical")
        })?;
        Ok(Self {
            title,
            id: text(node, "id", "")?,
            name: text(node, "name", "")?,
            description: text(node, "description", "")?,
            level,
            tags: texts(node, "tags", "")?,
            document: node.clone(),
        })
    }

    /// Whether a correlation or filter that says `reference` means this.
    #[must_use]
    pub fn is(&self, reference: &str) -> bool {
        !reference.is_empty() && (self.name == reference || self.id.eq_ignore_ascii_case(reference))
    }
}

impl Level {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "" => Self::default(),
            "informational" => Self::Informational,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "critical" => Self::Critical,
            _ => return None,
        })
    }

    /// GuardDuty's number for it, 1.0 to 9.0.
    #[must_use]
    pub fn severity(self) -> f64 {
        match self {
            Self::Informational => 1.0,
            Self::Low => 2.0,
            Self::Medium => 5.0,
            Self::High => 8.0,
            Self::Critical => 9.0,
        }
    }
}

impl Rule {
    pub(crate) fn read(node: &Node, placeholders: &Placeholders) -> Result<Self, Error> {
        let about = About::read(node)?;
        let logsource = Logsource::read(node)?;
        let Some(detection) = node.get("detection") else {
            return Err(Error::new(node.line, "detection", "is missing"));
        };
        let condition = condition_of(detection, "detection", &["condition"], placeholders)?;
        if !condition.selects(true, &Test::selects) {
            return Err(Error::new(
                detection.line,
                "detection.condition",
                "would match everything; ask for a value that few records have",
            ));
        }
        Ok(Self { about, logsource, condition })
    }

    /// The rule, with a further condition that must hold.
    pub(crate) fn and(&mut self, filter: &Expr<Test>) {
        self.condition = Expr::all(vec![self.condition.clone(), filter.clone()]);
    }
}

/// The condition of a `detection` or `filter`, over the definitions beside it.
pub(crate) fn condition_of(
    node: &Node,
    path: &str,
    others: &[&str],
    placeholders: &Placeholders,
) -> Result<Expr<Test>, Error> {
    if let Some(timeframe) = node.get("timeframe") {
        let reason = "is of the old language; write a correlation rule with `timespan`";
        return Err(Error::new(timeframe.line, format!("{path}.timeframe"), reason));
    }
    let definitions: Vec<(&str, &Node)> = (node.entries().iter())
        .filter(|(name, _)| !others.contains(&name.as_str()))
        .map(|(name, node)| (name.as_str(), node))
        .collect();
    if definitions.is_empty() {
        return Err(Error::new(node.line, path, "defines nothing to look for"));
    }
    let read: Vec<Expr<Test>> = (definitions.iter())
        .map(|(name, node)| definition(node, &format!("{path}.{name}"), placeholders))
        .collect::<Result<_, _>>()?;
    let names: Vec<&str> = definitions.iter().map(|(name, _)| *name).collect();
    let Some(condition) = node.get("condition") else {
        return Err(Error::new(node.line, format!("{path}.condition"), "is missing"));
    };
    let texts = texts(node, "condition", &format!("{path}."))?;
    let parsed: Vec<Expr<usize>> = (texts.iter())
        .map(|text| condition::parse(text, &names))
        .collect::<Result<_, _>>()
        .map_err(|reason| Error::new(condition.line, format!("{path}.condition"), reason))?;
    Expr::any(parsed).map(&mut |place: &usize| match read.get(*place) {
        Some(expr) => Ok(expr.clone()),
        None => Err(Error::new(condition.line, format!("{path}.condition"), "names what is not there")),
    })
}

/// A definition: a map of fields that all hold, a list of such maps or of keywords of which one does.
fn definition(node: &Node, path: &str, placeholders: &Placeholders) -> Result<Expr<Test>, Error> {
    match &node.kind {
        Kind::Map(entries) if entries.is_empty() => Err(Error::new(node.line, path, "is empty")),
        Kind::Map(entries) => {
            let items =
                entries.iter().map(|(key, node)| item(key, node, placeholders, &format!("{path}.{key}")));
            Ok(Expr::all(items.collect::<Result<_, _>>()?))
        }
        Kind::List(items) if items.is_empty() => Err(Error::new(node.line, path, "is empty")),
        Kind::List(items) if items.iter().all(|item| item.scalar().is_some()) => {
            item("", node, placeholders, path)
        }
        Kind::List(items) => {
            let parts = items.iter().enumerate();
            let parts = parts.map(|(place, node)| definition(node, &format!("{path}.{place}"), placeholders));
            Ok(Expr::any(parts.collect::<Result<_, _>>()?))
        }
        Kind::Null => Err(Error::new(node.line, path, "is empty")),
        _ => item("", node, placeholders, path),
    }
}

/// A member that is a scalar, as text; empty when it is missing.
pub(crate) fn text(node: &Node, name: &str, path: &str) -> Result<String, Error> {
    let Some(member) = node.get(name) else { return Ok(String::new()) };
    member.scalar().ok_or_else(|| {
        Error::new(member.line, format!("{path}{name}"), format!("must be text, not {}", member.what()))
    })
}

/// A member that is a text or a list of texts; nothing when it is missing.
pub(crate) fn texts(node: &Node, name: &str, path: &str) -> Result<Vec<String>, Error> {
    let Some(member) = node.get(name) else { return Ok(Vec::new()) };
    if member.kind == Kind::Null {
        return Ok(Vec::new());
    }
    let items =
        if let Kind::List(items) = &member.kind { items.as_slice() } else { std::slice::from_ref(member) };
    items
        .iter()
        .map(|item| {
            item.scalar().ok_or_else(|| {
                Error::new(item.line, format!("{path}{name}"), format!("must be text, not {}", item.what()))
            })
        })
        .collect()
}

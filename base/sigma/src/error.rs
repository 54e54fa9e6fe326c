/// What is wrong with a rule, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {}{reason}", if field.is_empty() { String::new() } else { format!("`{field}`: ") })]
pub struct Error {
    /// The line, from 1.
    pub line: usize,
    /// The member, with dots; empty when it is about the whole document.
    pub field: String,
    /// Why, and what to do.
    pub reason: String,
}

impl Error {
    pub(crate) fn new(line: usize, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { line, field: field.into(), reason: reason.into() }
    }
}

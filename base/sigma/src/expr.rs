//! Conditions as trees.

/// A tree of conditions.
#[derive(Clone, Debug)]
pub(crate) enum Expr<T> {
    /// All hold.
    All(Vec<Expr<T>>),
    /// One or more holds.
    Any(Vec<Expr<T>>),
    /// It does not hold.
    Not(Box<Expr<T>>),
    /// What is asked of the record.
    Leaf(T),
}

impl<T> Expr<T> {
    /// All of these; one alone is itself.
    pub(crate) fn all(mut parts: Vec<Self>) -> Self {
        match (parts.len(), parts.pop()) {
            (1, Some(one)) => one,
            (_, last) => Self::All(parts.into_iter().chain(last).collect()),
        }
    }

    /// Any of these; one alone is itself.
    pub(crate) fn any(mut parts: Vec<Self>) -> Self {
        match (parts.len(), parts.pop()) {
            (1, Some(one)) => one,
            (_, last) => Self::Any(parts.into_iter().chain(last).collect()),
        }
    }

    /// The same tree of other leaves, or trees in their place.
    pub(crate) fn map<U, E>(&self, leaf: &mut impl FnMut(&T) -> Result<Expr<U>, E>) -> Result<Expr<U>, E> {
        Ok(match self {
            Self::All(parts) => Expr::All(parts.iter().map(|part| part.map(leaf)).collect::<Result<_, E>>()?),
            Self::Any(parts) => Expr::Any(parts.iter().map(|part| part.map(leaf)).collect::<Result<_, E>>()?),
            Self::Not(part) => Expr::Not(Box::new(part.map(leaf)?)),
            Self::Leaf(one) => leaf(one)?,
        })
    }

    /// Whether it holds.
    pub(crate) fn holds(&self, leaf: &mut impl FnMut(&T) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(leaf)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(leaf)),
            Self::Not(part) => !part.holds(leaf),
            Self::Leaf(one) => leaf(one),
        }
    }

    /// Whether it holding means that something selective of the record holds. `leaf` says whether a leaf does
    /// when it holds (`true`), or when it doesn't (`false`).
    pub(crate) fn selects(&self, holds: bool, leaf: &impl Fn(&T, bool) -> bool) -> bool {
        match (self, holds) {
            (Self::All(parts), true) | (Self::Any(parts), false) => {
                parts.iter().any(|part| part.selects(holds, leaf))
            }
            (Self::All(parts), false) | (Self::Any(parts), true) => {
                parts.iter().all(|part| part.selects(holds, leaf))
            }
            (Self::Not(part), _) => part.selects(!holds, leaf),
            (Self::Leaf(one), _) => leaf(one, holds),
        }
    }

    /// Moves what is cheap to ask to the front, at every level.
    pub(crate) fn sort(&mut self, cost: &impl Fn(&T) -> u32) -> u32 {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                let mut costs: Vec<(u32, Self)> =
                    std::mem::take(parts).into_iter().map(|mut part| (part.sort(cost), part)).collect();
                costs.sort_by_key(|(cost, _)| *cost);
                let total = costs.iter().fold(0, |sum: u32, (cost, _)| sum.saturating_add(*cost));
                *parts = costs.into_iter().map(|(_, part)| part).collect();
                total
            }
            Self::Not(part) => part.sort(cost),
            Self::Leaf(one) => cost(one),
        }
    }
}

//! What policies mean, seen from outside: parsing, conditions, and how layers combine.

#[cfg(test)]
mod conditions;
#[cfg(test)]
mod evaluation;
#[cfg(test)]
mod grammar;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod support;

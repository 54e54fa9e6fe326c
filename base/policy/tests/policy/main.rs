//! What policies mean, seen from outside: parsing, conditions, and how layers combine.

mod conditions;
mod evaluation;
mod grammar;
mod properties;
mod simulation;
mod support;

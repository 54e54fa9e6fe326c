//! Project Wycheproof's vectors: what known attacks and mistakes look like, on every algorithm that has them.

#[cfg(test)]
mod vectors;

//! KMS behind the door: whole calls, from the bytes of a request to those of its answer.

#[cfg(test)]
mod aliases;
#[cfg(test)]
mod asymmetric;
#[cfg(test)]
mod cross_account;
#[cfg(test)]
mod cryptography;
#[cfg(test)]
mod deletion;
#[cfg(test)]
mod grants;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod lock;
#[cfg(test)]
mod managed;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod record;
#[cfg(test)]
mod states;
#[cfg(test)]
mod tags;
#[cfg(test)]
mod world;

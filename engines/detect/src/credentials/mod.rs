//! Credentials that are used where they don't belong: those of instances and functions from elsewhere, those of
//! people from places too far apart.

mod console;
mod exfiltration;
#[cfg(test)]
mod tests;

pub(crate) use console::Console;
pub(crate) use exfiltration::Exfiltration;

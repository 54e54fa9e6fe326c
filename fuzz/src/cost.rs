//! Time must grow no faster than the input.

use std::fs;
use std::time::Duration;

/// What an input of [`SIZE`] bytes may cost, instrumented: some ten times what the slowest parser takes, and less
/// than anything quadratic does.
pub const MOST: Duration = Duration::from_millis(300);
/// To how many bytes an input is grown.
pub const SIZE: usize = 256 << 10;

/// A beginning, a piece that is repeated, and an end.
#[must_use]
pub fn grown(data: &[u8], size: usize) -> Vec<u8> {
    let [first, second, rest @ ..] = data else { return Vec::new() };
    let (start, rest) = rest.split_at(rest.len().min(usize::from(*first)));
    let (piece, end) = rest.split_at(rest.len().min(usize::from(*second)));
    let mut out = start.to_vec();
    while !piece.is_empty() && out.len() + piece.len() + end.len() <= size {
        out.extend_from_slice(piece);
    }
    out.extend_from_slice(end);
    out
}

/// Runs something, and fails when it took too much of the processor's time.
pub fn held<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let before = spent();
    let done = run();
    if let (Some(before), Some(after)) = (before, spent()) {
        let took = after.saturating_sub(before);
        assert!(took < MOST, "{what} took {took:?}");
    }
    done
}

/// The processor's time of this thread, which a busy machine does not change; `None` where the system does not
/// tell it, and only libFuzzer's own timeout counts.
fn spent() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

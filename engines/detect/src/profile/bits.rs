//! Surprise in bits: −log₂ of how likely something was. Bits of independent things add up.

/// −log₂ of a probability, at least 0 and at most `cap`.
pub(super) fn surprise(probability: f32, cap: f32) -> f32 {
    if probability <= 0.0 { cap } else { (-probability.log2()).clamp(0.0, cap) }
}

/// How surprising `count` or more of something is where `mean` are usual, by the geometric distribution: it has
/// the long tail of what comes in bursts, as new actions of people do (a Poisson tail would be far thinner).
pub(super) fn burst(count: u32, mean: f32, cap: f32) -> f32 {
    let mean = mean.max(0.001);
    (count as f32 * ((1.0 + mean) / mean).log2()).clamp(0.0, cap)
}

/// How surprising a value is that lies `deviations` robust standard deviations above the median, by the tail of
/// the logistic distribution, which is heavier than the normal one.
pub(super) fn above(deviations: f32, cap: f32) -> f32 {
    if deviations <= 0.0 { 0.0 } else { (deviations * 1.814 * std::f32::consts::LOG2_E).min(cap) }
}

/// What is left of a weight after so many quarter days, with a half-life of 30 days.
pub(super) fn decayed(weight: f32, quarters: u32) -> f32 {
    if quarters == 0 { weight } else { weight * (-(quarters as f32) / HALF_LIFE).exp2() }
}

/// Quarter days in which a weight halves: 30 days.
const HALF_LIFE: f32 = 120.0;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_values() {
        assert!((surprise(0.25, 12.0) - 2.0).abs() < 1e-6);
        assert!((surprise(0.0, 12.0) - 12.0).abs() < 1e-6);
        assert!((surprise(2.0, 12.0)).abs() < 1e-6);
        assert!((burst(3, 1.0, 12.0) - 3.0).abs() < 1e-6);
        assert!((decayed(8.0, 240) - 2.0).abs() < 1e-4);
    }

    proptest! {
        #[test]
        fn rarer_is_never_less_surprising(a in 0.0f32..1.0, b in 0.0f32..1.0) {
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            prop_assert!(surprise(low, 20.0) >= surprise(high, 20.0));
        }

        #[test]
        fn more_is_never_less_surprising(count in 0u32..100, mean in 0.0f32..50.0) {
            prop_assert!(burst(count + 1, mean, 12.0) >= burst(count, mean, 12.0));
            prop_assert!(burst(count, mean, 12.0) >= burst(count, mean + 1.0, 12.0));
        }
    }
}

//! Numbers that look random and depend on a seed alone.

/// A stream of numbers from a seed (SplitMix64, public domain, Vigna).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x6a09_e667_f3bc_c909)
    }

    /// A stream of its own for `label`, so that what one actor does leaves the others as they are.
    #[must_use]
    pub fn fork(&self, label: &str) -> Self {
        let mut state = self.0;
        for byte in label.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut fork = Self(state);
        fork.draw();
        fork
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 up to, and without, `end`.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.draw() % end as u64) as usize }
    }

    /// `from` up to and with `to`.
    pub fn range(&mut self, from: i64, to: i64) -> i64 {
        from + (self.draw() % ((to - from).max(0) as u64 + 1)) as i64
    }

    /// 0.0 up to, and without, 1.0.
    pub fn unit(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One of these, those at the front far more often (Zipf's law).
    pub fn zipf<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let rank = (of.len() as f64 + 1.0).powf(self.unit()) - 1.0;
        &of[(rank as usize).min(of.len() - 1)]
    }

    /// Exponentially distributed with this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Normally distributed (sum of twelve).
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        mean + deviation * (sum - 6.0)
    }

    /// A whole number whose mean is this (Poisson for small means, rounded normal for large).
    pub fn count(&mut self, mean: f64) -> u64 {
        if mean > 30.0 {
            return self.normal(mean, mean.sqrt()).round().max(0.0) as u64;
        }
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// The same elements in another order.
    pub fn shuffle<T>(&mut self, of: &mut [T]) {
        for index in (1..of.len()).rev() {
            of.swap(index, self.below(index + 1));
        }
    }

    /// Letters and digits out of `alphabet`.
    pub fn letters(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet = alphabet.as_bytes();
        (0..length).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    /// Lower-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        self.letters("0123456789abcdef", length)
    }

    /// Upper-case letters and digits, as in ids of IAM.
    pub fn id(&mut self, prefix: &str, length: usize) -> String {
        format!("{prefix}{}", self.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length))
    }

    /// A version 4 UUID.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.draw(), self.draw());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 50),
            low & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_the_seed_alone() {
        let mut one = Random::new(7).fork("a");
        let mut same = Random::new(7).fork("a");
        let mut other = Random::new(7).fork("b");
        assert_eq!(one.uuid(), same.uuid());
        assert_ne!(one.uuid(), other.uuid());
        let mean = (0..10_000).map(|_| one.count(3.0)).sum::<u64>() as f64 / 10_000.0;
        assert!((2.9..3.1).contains(&mean), "{mean}");
        assert!((0..1000).all(|_| *one.zipf(&[1, 2, 3]) <= 3));
    }
}

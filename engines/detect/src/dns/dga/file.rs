//! A model as bytes: deflated; numbers are little-endian.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::chars::{Chars, SYMBOLS};
use super::grams::{GRAMS, Grams};
use super::look::{FEATURES, Tables};
use super::net::{Layer, Net, WIDEST};
use super::words::{Word, Words};
use super::{Model, Usual};

/// The file has another version, or is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a model of this version")]
pub struct Broken;

/// A model is not larger than this when it is inflated: 4 MiB.
pub const LIMIT: u64 = 4 << 20;

const MAGIC: &[u8; 8] = b"bstdga01";

impl Model {
    /// Reads a model.
    ///
    /// # Errors
    /// [`Broken`] for anything that [`Model::write`] did not write.
    pub fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let mut plain = Vec::new();
        DeflateDecoder::new(bytes).take(LIMIT).read_to_end(&mut plain).map_err(|_| Broken)?;
        let mut rest = Bytes(&plain);
        if rest.take(MAGIC.len())? != MAGIC {
            return Err(Broken);
        }
        let chars = Chars::new(rest.take(SYMBOLS * SYMBOLS * SYMBOLS)?.to_vec()).ok_or(Broken)?;
        let grams = rest.take(GRAMS)?.iter().map(|weight| weight.cast_signed()).collect();
        let grams = Grams::new(grams).ok_or(Broken)?;
        let words = rest.words()?;
        let net = rest.net()?;
        let [one_in_100, one_in_1000, mean, deviation] =
            [rest.float()?, rest.float()?, rest.float()?, rest.float()?];
        let usual = Usual { one_in_100, one_in_1000, mean, deviation };
        Ok(Self { tables: Tables { chars, words, grams }, net, usual })
    }

    /// Writes a model.
    ///
    /// # Errors
    /// None in practice: it is written into memory.
    pub fn write(&self) -> std::io::Result<Vec<u8>> {
        let mut plain = MAGIC.to_vec();
        plain.extend(self.tables.chars.costs());
        plain.extend(self.tables.grams.weights().iter().map(|weight| weight.cast_unsigned()));
        words(&mut plain, self.tables.words.words());
        plain.extend((self.net.layers.len() as u32).to_le_bytes());
        for layer in &self.net.layers {
            plain.extend((layer.inputs as u32).to_le_bytes());
            plain.extend((layer.biases.len() as u32).to_le_bytes());
            for number in layer.weights.iter().chain(&layer.biases) {
                plain.extend(number.to_le_bytes());
            }
        }
        for number in [self.usual.one_in_100, self.usual.one_in_1000, self.usual.mean, self.usual.deviation] {
            plain.extend(number.to_le_bytes());
        }
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(&plain)?;
        deflated.finish()
    }
}

/// Each word as how many bytes it shares with the one before, how many follow, these, its cost and its liking.
fn words(into: &mut Vec<u8>, words: &[Word]) {
    into.extend((words.len() as u32).to_le_bytes());
    let mut last: &[u8] = &[];
    for word in words {
        let text = word.text.as_bytes();
        let shared = text.iter().zip(last).take_while(|(a, b)| a == b).count();
        let rest = text.get(shared..).unwrap_or_default();
        into.extend([shared as u8, rest.len() as u8]);
        into.extend(rest);
        into.extend([word.cost, word.liking.cast_unsigned()]);
        last = text;
    }
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Broken> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Broken)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.take(N)?.try_into().map_err(|_| Broken)
    }

    fn number(&mut self) -> Result<usize, Broken> {
        self.array().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    fn float(&mut self) -> Result<f32, Broken> {
        let number = f32::from_le_bytes(self.array()?);
        if number.is_finite() { Ok(number) } else { Err(Broken) }
    }

    fn words(&mut self) -> Result<Words, Broken> {
        let count = self.number()?;
        let mut words = Vec::new();
        let mut text: Vec<u8> = Vec::new();
        for _ in 0..count {
            let [shared, rest] = self.array()?;
            text.truncate(usize::from(shared));
            text.extend(self.take(usize::from(rest))?);
            let [cost, liking] = self.array()?;
            let text = String::from_utf8(text.clone()).map_err(|_| Broken)?;
            words.push(Word { text, cost, liking: liking.cast_signed() });
        }
        Ok(Words::new(words))
    }

    fn net(&mut self) -> Result<Net, Broken> {
        let mut inputs = FEATURES;
        let mut layers = Vec::new();
        for _ in 0..self.number()?.min(8) {
            let (stated, outputs) = (self.number()?, self.number()?);
            if stated != inputs || outputs == 0 || outputs > WIDEST {
                return Err(Broken);
            }
            let mut floats =
                |count: usize| -> Result<Vec<f32>, Broken> { (0..count).map(|_| self.float()).collect() };
            let weights = floats(inputs * outputs)?;
            let biases = floats(outputs)?;
            layers.push(Layer { inputs, weights, biases });
            inputs = outputs;
        }
        if inputs == 1 { Ok(Net { layers }) } else { Err(Broken) }
    }
}

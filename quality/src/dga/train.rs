//! Training: counts, a logistic regression over groups of letters, and a small network over the features.

use bastide_detect::dns::dga::{
    Chars, FEATURES, GRAMS, Grams, Layer, Model, Net, SYMBOLS, Tables, Usual, Word, Words, symbol,
};

use super::{Generator, Makes, Part, generators, labels, vocabulary};
use crate::random::Random;

/// Labels that a generator makes for training.
const MADE: usize = 1000;

/// Parts of the data: what the network learns from are features of one part's labels by tables of all others.
const PARTS: usize = 4;

/// As much more a chosen name weighs in training: what looks made and isn't costs most.
const CHOSEN: f32 = 3.0;

/// One label to learn from.
struct Sample {
    label: Vec<u8>,
    made: bool,
    weight: f32,
    /// The part of the data it is in. A generator is in one part as a whole, and the parts' generators have no words
    /// in common: the network learns from tables that know neither a label, nor its generator, nor its words.
    part: usize,
}

/// Trains a model. The same seed gives the same model.
#[must_use]
pub fn train(seed: u64) -> Model {
    let samples = samples(seed);
    let but = |part: usize| tables(&samples.iter().filter(|sample| sample.part != part).collect::<Vec<_>>());
    let tables_but: Vec<Tables> = (0..PARTS).map(but).collect();
    let features: Vec<[f32; FEATURES]> =
        samples.iter().map(|sample| tables_but[sample.part].features(&sample.label)).collect();
    let mut net = learn(&samples, &features, &Random::new(seed).fork("net"));
    let tables = tables(&samples.iter().collect::<Vec<_>>());
    // The score is of as many made names as chosen ones.
    if let Some(bias) = net.layers.last_mut().and_then(|last| last.biases.first_mut()) {
        *bias += CHOSEN.ln();
    }
    let mut model = Model { tables, net, usual: Usual::default() };
    model.usual = usual(&model);
    model
}

fn samples(seed: u64) -> Vec<Sample> {
    let chosen = labels(Part::Train);
    let total = chosen.len() as f32;
    let learned: Vec<Generator> = generators().into_iter().filter(|one| !one.held_out).collect();
    let sample = |(index, label): (usize, String)| Sample {
        label: label.into_bytes(),
        made: false,
        weight: CHOSEN,
        part: index % PARTS,
    };
    let mut samples: Vec<Sample> = chosen.into_iter().enumerate().map(sample).collect();
    for (makes, share) in [(Makes::Letters, 0.4), (Makes::Syllables, 0.15), (Makes::Words, 0.45)] {
        let kind: Vec<&Generator> = learned.iter().filter(|one| one.makes == makes).collect();
        let weight = total * share / (kind.len() * MADE) as f32;
        for (index, generator) in kind.into_iter().enumerate() {
            let part = index % PARTS;
            for label in generator.labels_of(seed, MADE, (part, PARTS)) {
                samples.push(Sample { label: label.into_bytes(), made: true, weight, part });
            }
        }
    }
    samples
}

/// Everything that labels are looked up in.
fn tables(samples: &[&Sample]) -> Tables {
    let chosen: Vec<&[u8]> =
        samples.iter().filter(|sample| !sample.made).map(|sample| sample.label.as_slice()).collect();
    Tables { chars: chars(&chosen), words: words(&chosen), grams: grams(samples) }
}

/// Interpolated counts of three letters in a row, in chosen names and, a little, in words.
fn chars(chosen: &[&[u8]]) -> Chars {
    let mut one = vec![1.0f64; SYMBOLS];
    let mut two = vec![0.0f64; SYMBOLS * SYMBOLS];
    let mut three = vec![0.0f64; SYMBOLS * SYMBOLS * SYMBOLS];
    let mut see = |text: &[u8], weight: f64| {
        let (mut a, mut b) = (0usize, 0usize);
        for byte in text {
            let c = usize::from(symbol(*byte));
            one[c] += weight;
            two[b * SYMBOLS + c] += weight;
            three[(a * SYMBOLS + b) * SYMBOLS + c] += weight;
            (a, b) = (b, c);
        }
    };
    for label in chosen {
        see(label, 1.0);
    }
    for entry in vocabulary() {
        see(entry.text.as_bytes(), 0.1);
    }
    let sums = |counts: &[f64]| counts.chunks(SYMBOLS).map(|row| row.iter().sum()).collect::<Vec<f64>>();
    let (all, after_one, after_two) = (one.iter().sum::<f64>(), sums(&two), sums(&three));
    let cost = |index: usize| {
        let (c, ab) = (index % SYMBOLS, index / SYMBOLS);
        let b = ab % SYMBOLS;
        let likely = one[c] / all;
        let likely = (two[b * SYMBOLS + c] + 5.0 * likely) / (after_one[b] + 5.0);
        let likely = (three[index] + 5.0 * likely) / (after_two[ab] + 5.0);
        (-likely.log2() * 16.0).round().clamp(0.0, 255.0) as u8
    };
    Chars::new((0..three.len()).map(cost).collect()).expect("all sequences")
}

/// Words with how much more often they are used in chosen names than in texts.
fn words(chosen: &[&[u8]]) -> Words {
    let plain = vocabulary().into_iter().map(|entry| Word { text: entry.text, cost: entry.cost, liking: 0 });
    let plain = Words::new(plain.collect());
    let mut counts = vec![0.0f64; plain.words().len()];
    for label in chosen {
        plain.used(label, |word| counts[word] += 1.0);
    }
    let often = |word: &Word| (-f64::from(word.cost) / 8.0).exp2();
    let (used, all) = (counts.iter().sum::<f64>(), plain.words().iter().map(often).sum::<f64>());
    let liked = plain.words().iter().zip(counts).map(|(word, count)| {
        let expected = used * often(word) / all;
        let liking = ((count + 1.0) / (expected + 1.0)).log2() * 16.0;
        Word { liking: liking.round().clamp(-127.0, 127.0) as i8, ..word.clone() }
    });
    Words::new(liked.collect())
}

/// A logistic regression over the groups in a label, by stochastic gradient descent.
fn grams(samples: &[&Sample]) -> Grams {
    let mut weights = vec![0.0f32; GRAMS];
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut random = Random::new(5);
    for epoch in 0..12 {
        random.shuffle(&mut order);
        let rate = 0.15 / (1.0 + epoch as f32 * 0.5);
        for &index in &order {
            let sample = samples[index];
            let (mut sum, mut count) = (0.0f32, 0.0f32);
            Grams::each(&sample.label, |gram| {
                sum += weights[gram];
                count += 1.0;
            });
            let likely = 1.0 / (1.0 + (-sum).exp());
            let step =
                rate * sample.weight * (f32::from(u8::from(sample.made)) - likely) / count.max(1.0).sqrt();
            Grams::each(&sample.label, |gram| weights[gram] += step - 0.002 * rate * weights[gram]);
        }
    }
    Grams::new(weights.iter().map(|weight| (weight * 32.0).round().clamp(-127.0, 127.0) as i8).collect())
        .expect("all groups")
}

/// Outputs of the layers.
const LAYERS: [usize; 3] = [24, 12, 1];

/// Nets that are trained apart, and side by side are one: what one makes of odd names the other may not.
const NETS: usize = 2;

/// Learns to weigh the features.
fn learn(samples: &[Sample], features: &[[f32; FEATURES]], random: &Random) -> Net {
    let one = |index: usize| learn_one(samples, features, &mut random.fork(&index.to_string()));
    side_by_side(&(0..NETS).map(one).collect::<Vec<_>>())
}

/// One net whose output is the mean of these nets' outputs.
fn side_by_side(nets: &[Net]) -> Net {
    let depth = LAYERS.len();
    let mut layers = Vec::with_capacity(depth);
    for index in 0..depth {
        let of: Vec<&Layer> = nets.iter().map(|net| &net.layers[index]).collect();
        let (first, last) = (index == 0, index + 1 == depth);
        let inputs = if first { FEATURES } else { of.iter().map(|layer| layer.inputs).sum() };
        let share = if last { 1.0 / nets.len() as f32 } else { 1.0 };
        let (mut weights, mut biases, mut before) = (Vec::new(), Vec::new(), 0);
        for layer in of {
            for (row, bias) in layer.weights.chunks(layer.inputs).zip(&layer.biases) {
                let mut wide = vec![0.0; inputs];
                for (at, weight) in row.iter().enumerate() {
                    wide[before + at] = weight * share;
                }
                weights.extend(wide);
                biases.push(bias * share);
            }
            before += if first { 0 } else { layer.inputs };
        }
        if last {
            weights = (0..inputs).map(|at| weights.iter().skip(at).step_by(inputs).sum()).collect();
            biases = vec![biases.iter().sum()];
        }
        layers.push(Layer { inputs, weights, biases });
    }
    Net { layers }
}

/// Learns to weigh the features: Adam (Kingma and Ba, 2015) on the cross-entropy.
fn learn_one(samples: &[Sample], features: &[[f32; FEATURES]], random: &mut Random) -> Net {
    let scale = Scale::of(features);
    let inputs: Vec<Vec<f32>> = features.iter().map(|one| scale.apply(one)).collect();
    let mut trainer = Trainer::new(random);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let epochs = 40;
    for epoch in 0..epochs {
        random.shuffle(&mut order);
        let rate = 0.003 * (1.0 - epoch as f32 / epochs as f32) + 0.00005;
        for batch in order.chunks(64) {
            for &index in batch {
                trainer.show(&inputs[index], samples[index].made, samples[index].weight);
            }
            trainer.step(rate, batch.len() as f32);
        }
    }
    let mut net = trainer.average;
    scale.fold(&mut net.layers[0]);
    net
}

/// What brings features to mean 0 and deviation 1.
struct Scale {
    mean: Vec<f32>,
    deviation: Vec<f32>,
}

impl Scale {
    fn of(features: &[[f32; FEATURES]]) -> Self {
        let count = features.len() as f64;
        let mean: Vec<f64> = (0..FEATURES)
            .map(|i| features.iter().map(|one| f64::from(one[i])).sum::<f64>() / count)
            .collect();
        let square = |i: usize| features.iter().map(|one| (f64::from(one[i]) - mean[i]).powi(2)).sum::<f64>();
        let deviation = (0..FEATURES).map(|i| ((square(i) / count).sqrt().max(1e-3)) as f32).collect();
        Self { mean: mean.iter().map(|mean| *mean as f32).collect(), deviation }
    }

    fn apply(&self, features: &[f32; FEATURES]) -> Vec<f32> {
        (0..FEATURES).map(|i| (features[i] - self.mean[i]) / self.deviation[i]).collect()
    }

    /// Makes a layer for scaled inputs one for plain inputs.
    fn fold(&self, layer: &mut Layer) {
        for (output, row) in layer.weights.chunks_mut(FEATURES).enumerate() {
            for (i, weight) in row.iter_mut().enumerate() {
                *weight /= self.deviation[i];
                layer.biases[output] -= *weight * self.mean[i];
            }
        }
    }
}

/// A net with its gradients.
struct Trainer {
    net: Net,
    gradient: Vec<Layer>,
    mean: Vec<Layer>,
    square: Vec<Layer>,
    steps: i32,
    /// What the net was on average in the last steps: it depends less on the order of the samples than the last one.
    average: Net,
}

impl Trainer {
    fn new(random: &mut Random) -> Self {
        let mut inputs = FEATURES;
        let mut layers = Vec::new();
        for outputs in LAYERS {
            let deviation = (2.0 / inputs as f64).sqrt();
            let weights = (0..inputs * outputs).map(|_| random.normal(0.0, deviation) as f32).collect();
            layers.push(Layer { inputs, weights, biases: vec![0.0; outputs] });
            inputs = outputs;
        }
        let zero = |layer: &Layer| Layer {
            inputs: layer.inputs,
            weights: vec![0.0; layer.weights.len()],
            biases: vec![0.0; layer.biases.len()],
        };
        let zeros = || layers.iter().map(zero).collect::<Vec<_>>();
        let net = Net { layers: layers.clone() };
        Self { gradient: zeros(), mean: zeros(), square: zeros(), average: net.clone(), net, steps: 0 }
    }

    /// Adds one sample's gradient.
    fn show(&mut self, inputs: &[f32], made: bool, weight: f32) {
        let mut values = vec![inputs.to_vec()];
        let last = self.net.layers.len() - 1;
        for (index, layer) in self.net.layers.iter().enumerate() {
            let from = &values[index];
            let rows = layer.weights.chunks(layer.inputs).zip(&layer.biases);
            let sum =
                |(row, bias): (&[f32], &f32)| row.iter().zip(from).map(|(w, x)| w * x).sum::<f32>() + bias;
            let outputs = rows.map(sum).map(|out| if index == last { out } else { out.max(0.0) }).collect();
            values.push(outputs);
        }
        let likely = 1.0 / (1.0 + (-values[last + 1][0]).exp());
        let mut wrong = vec![weight * (likely - f32::from(u8::from(made)))];
        for index in (0..=last).rev() {
            let (layer, gradient, from) =
                (&self.net.layers[index], &mut self.gradient[index], &values[index]);
            let mut before = vec![0.0; layer.inputs];
            for (output, error) in wrong.iter().enumerate() {
                gradient.biases[output] += error;
                for i in 0..layer.inputs {
                    gradient.weights[output * layer.inputs + i] += error * from[i];
                    before[i] += error * layer.weights[output * layer.inputs + i];
                }
            }
            for (error, value) in before.iter_mut().zip(from) {
                *error *= f32::from(u8::from(*value > 0.0));
            }
            wrong = before;
        }
    }

    /// Goes against the gradient.
    fn step(&mut self, rate: f32, count: f32) {
        self.steps += 1;
        let (first, second) = (1.0 - 0.9f32.powi(self.steps), 1.0 - 0.999f32.powi(self.steps));
        for (((layer, gradient), mean), square) in
            self.net.layers.iter_mut().zip(&mut self.gradient).zip(&mut self.mean).zip(&mut self.square)
        {
            let decay = 1e-4;
            let numbers = layer.weights.iter_mut().chain(&mut layer.biases);
            let gradients = gradient.weights.iter_mut().chain(&mut gradient.biases);
            let means = mean.weights.iter_mut().chain(&mut mean.biases);
            let squares = square.weights.iter_mut().chain(&mut square.biases);
            for (((number, gradient), mean), square) in numbers.zip(gradients).zip(means).zip(squares) {
                let slope = *gradient / count + decay * *number;
                *gradient = 0.0;
                *mean = 0.9 * *mean + 0.1 * slope;
                *square = 0.999 * *square + 0.001 * slope * slope;
                *number -= rate * (*mean / first) / ((*square / second).sqrt() + 1e-8);
            }
        }
        for (average, layer) in self.average.layers.iter_mut().zip(&self.net.layers) {
            let averages = average.weights.iter_mut().chain(&mut average.biases);
            for (average, number) in averages.zip(layer.weights.iter().chain(&layer.biases)) {
                *average += 0.001 * (number - *average);
            }
        }
    }
}

/// The scores of names that the model has not seen.
fn usual(model: &Model) -> Usual {
    let mut scores: Vec<f32> = labels(Part::Tune).iter().map(|label| model.score(label.as_bytes())).collect();
    scores.sort_by(f32::total_cmp);
    let at = |share: f64| scores[((scores.len() as f64 * share) as usize).min(scores.len() - 1)];
    let mean = scores.iter().sum::<f32>() / scores.len() as f32;
    let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f32>() / scores.len() as f32;
    Usual { one_in_100: at(0.99), one_in_1000: at(0.999), mean, deviation: variance.sqrt() }
}

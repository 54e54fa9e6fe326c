//! A small neural network.

/// A layer: each of its outputs weighs all inputs, and has a bias.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// How many inputs there are.
    pub inputs: usize,
    /// The weights of the first output, then of the second, and so on.
    pub weights: Vec<f32>,
    /// One for each output.
    pub biases: Vec<f32>,
}

/// Layers with a rectifier between them; the last has one output.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Net {
    /// From the features on.
    pub layers: Vec<Layer>,
}

/// No layer has more outputs.
pub(super) const WIDEST: usize = 64;

impl Net {
    /// The output for these inputs; 0 without layers.
    #[must_use]
    pub fn weigh(&self, inputs: &[f32]) -> f32 {
        let mut front = [0.0; WIDEST];
        let mut back = [0.0; WIDEST];
        let mut width = inputs.len().min(WIDEST);
        for (place, input) in front.iter_mut().zip(inputs) {
            *place = *input;
        }
        let last = self.layers.len().saturating_sub(1);
        for (index, layer) in self.layers.iter().enumerate() {
            let rows = layer.weights.chunks_exact(layer.inputs.max(1)).zip(&layer.biases);
            let known = front.get(..width).unwrap_or_default();
            for (place, (row, bias)) in back.iter_mut().zip(rows) {
                let sum = dot(row, known) + bias;
                *place = if index == last { sum } else { sum.max(0.0) };
            }
            width = layer.biases.len().min(WIDEST);
            std::mem::swap(&mut front, &mut back);
        }
        if self.layers.is_empty() { 0.0 } else { front.first().copied().unwrap_or(0.0) }
    }
}

/// Eight sums at a time, which the compiler makes one instruction each; always in the same order.
#[inline]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f32>() + rest
}

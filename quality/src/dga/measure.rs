//! How well single names are told apart.

use bastide_detect::dns::dga::Model;

use super::{Generator, Makes, Part, generators, labels};
use crate::family::{Family, Measured, Note, Plan};
use crate::table::Row;

/// Names that each generator makes to be judged by.
const MADE: usize = 2000;

/// How a model does on one generator.
#[derive(Clone, Debug)]
pub struct Scores {
    /// The generator.
    pub name: &'static str,
    /// What it makes names of.
    pub makes: Makes,
    /// Whether the model has not seen it.
    pub held_out: bool,
    /// Area under the curve of recall over false positives, against chosen names that the model has not seen.
    pub auc: f64,
    /// Recall where one in 100 of those chosen names is called made.
    pub recall: f64,
    /// Names over the model's own limit.
    pub found: u64,
    /// Names made.
    pub made: u64,
}

/// How a model does on every generator; and the share of chosen names over the model's own limit.
#[must_use]
pub fn scores(model: &Model, seed: u64, count: usize) -> (Vec<Scores>, f64) {
    let chosen = sorted(model, &labels(Part::Test));
    let limit = chosen[(chosen.len() as f64 * 0.99) as usize];
    let over = |scores: &[f32], limit: f32| scores.len() - scores.partition_point(|score| *score < limit);
    let one = |generator: Generator| {
        let made = sorted(model, &generator.labels(seed, count));
        Scores {
            name: generator.name,
            makes: generator.makes,
            held_out: generator.held_out,
            auc: auc(&made, &chosen),
            recall: over(&made, limit) as f64 / made.len() as f64,
            found: over(&made, model.usual.one_in_100) as u64,
            made: made.len() as u64,
        }
    };
    let wrong = over(&chosen, model.usual.one_in_100) as f64 / chosen.len() as f64;
    (generators().into_iter().map(one).collect(), wrong)
}

fn sorted(model: &Model, labels: &[String]) -> Vec<f32> {
    let mut scores: Vec<f32> = labels.iter().map(|label| model.score(label.as_bytes())).collect();
    scores.sort_by(f32::total_cmp);
    scores
}

/// How likely a made name scores more than a chosen one; equal scores count half. Both in order.
fn auc(made: &[f32], chosen: &[f32]) -> f64 {
    let below = |score: &f32| {
        let (less, not_more) =
            (chosen.partition_point(|other| other < score), chosen.partition_point(|other| other <= score));
        (less + not_more) as f64 / 2.0
    };
    made.iter().map(below).sum::<f64>() / (made.len() * chosen.len()) as f64
}

/// Made names of generators that are held out: letters, syllables, words, changed names.
#[derive(Debug, Default)]
pub struct Families;

impl Family for Families {
    fn name(&self) -> &'static str {
        "dga"
    }

    fn measure(&self, plan: &Plan) -> Measured {
        let model = Model::shipped();
        let (all, wrong) = scores(model, plan.seed, ((MADE as f64 * plan.size) as usize).max(200));
        let chosen = labels(Part::Test).len() as u64;
        let mut measured = Measured::default();
        for (makes, name) in [
            (Makes::Letters, "dga/name-letters"),
            (Makes::Syllables, "dga/name-syllables"),
            (Makes::Words, "dga/name-words"),
            (Makes::Changed, "dga/name-changed"),
        ] {
            let of: Vec<&Scores> = all.iter().filter(|one| one.makes == makes && one.held_out).collect();
            let positives = of.iter().map(|one| one.made).sum();
            let found = of.iter().map(|one| one.found).sum();
            measured.rows.push(Row {
                name: name.to_owned(),
                positives,
                found,
                right: found,
                wrong: (chosen as f64 * wrong).round() as u64,
                events: positives + chosen,
                auc: Some(of.iter().map(|one| one.auc).sum::<f64>() / of.len() as f64),
                ..Row::default()
            });
            measured.notes.extend(of.iter().map(|one| Note {
                row: name.to_owned(),
                text: format!("{}: auc {:.4}, recall at 1 % {:.3}", one.name, one.auc, one.recall),
            }));
        }
        measured
    }
}

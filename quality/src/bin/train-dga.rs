//! Trains the model that tells made names from chosen ones, writes it where the detectors have it, and says how it
//! does: `cargo run --release -p bastide-quality --bin train-dga`.
#![allow(clippy::print_stdout, reason = "what it says is for people")]

use std::path::PathBuf;
use std::process::ExitCode;

use bastide_quality::dga::{Makes, Part, Scores, labels, scores, train};

fn main() -> ExitCode {
    let model = train(1);
    let (all, wrong) = scores(&model, 101, 2000);
    for one in &all {
        let held = if one.held_out { "held out" } else { "" };
        println!("{:18} {:10?} {held:9} auc {:.4} recall {:.3}", one.name, one.makes, one.auc, one.recall);
    }
    for makes in [Makes::Letters, Makes::Syllables, Makes::Words] {
        let of: Vec<_> = all.iter().filter(|one| one.held_out && one.makes == makes).collect();
        let mean =
            |what: &dyn Fn(&Scores) -> f64| of.iter().map(|one| what(one)).sum::<f64>() / of.len() as f64;
        println!("{makes:?}: auc {:.4} recall {:.4}", mean(&|one| one.auc), mean(&|one| one.recall));
    }
    println!("{:?}; {:.4} of chosen names are over the limit", model.usual, wrong);
    if std::env::args().any(|argument| argument == "--verbose") {
        let mut chosen: Vec<(f32, String)> =
            labels(Part::Test).into_iter().map(|label| (model.score(label.as_bytes()), label)).collect();
        chosen.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (score, label) in chosen.iter().take(150) {
            println!("{score:.2} {label}");
        }
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../engines/detect/src/dns/dga/model.bin");
    match model.write().and_then(|bytes| std::fs::write(&path, &bytes).map(|()| bytes.len())) {
        Ok(size) => println!("{}: {size} bytes", path.display()),
        Err(failure) => {
            println!("error: {failure}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

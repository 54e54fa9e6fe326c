//! `oracle compare DATA KNOWN` holds our tables against botocore's models in the folder DATA and prints what differs
//! and is not in the file KNOWN; `oracle serve DATA SERVICE…` answers on standard input and output what
//! [`bastide_botocore::exchange`] tells, for our tables and for those services of botocore's.

#![allow(clippy::print_stdout, reason = "a tool that is read by another program, or by people")]

use std::{
    env,
    error::Error,
    fs,
    io::{self, BufRead as _, Write as _},
    path::Path,
    process::ExitCode,
};

use bastide_botocore::{
    Model,
    compare::{compare, unknown},
    convert::service_of,
    exchange, tables,
};
use bastide_codec::Catalog;
use bastide_shape::Service;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["compare", data, known] => compare_all(Path::new(data), Path::new(known)),
        ["serve", data, services @ ..] => serve(Path::new(data), services),
        _ => Err("say `compare DATA KNOWN` or `serve DATA SERVICE…`".into()),
    }
}

fn compare_all(data: &Path, known: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let (mut facts, mut differences) = (0, Vec::new());
    for service in tables::ALL {
        let model = Model::load(data, service.name)?;
        let found = compare(service, service_of(service.name, &model));
        facts += found.facts;
        differences.extend(found.differences);
    }
    let failed = unknown(&differences, &fs::read_to_string(known)?);
    for line in &failed {
        println!("FAILED {line}");
    }
    println!("{} passed, {} failed", facts.saturating_sub(failed.len()), failed.len());
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn serve(data: &Path, services: &[&str]) -> Result<ExitCode, Box<dyn Error>> {
    let mut all: Vec<&'static Service> = tables::ALL.to_vec();
    for name in services {
        all.push(service_of(name, &Model::load(data, name)?));
    }
    let catalog = Catalog::new(&all);
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        writeln!(output, "{}", exchange::answer(&catalog, &line?))?;
        output.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

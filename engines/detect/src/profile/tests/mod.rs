//! Scenarios: a company's month with and without attacks, and short logs.

mod clusters;
mod company;
mod databases;

use std::collections::{BTreeMap, BTreeSet};

use bastide_finding::Detection;
use bastide_ids::Timestamp;
use bastide_intel::Intel;

use super::Profiles;
use crate::detector::{Context, Detector};
use crate::settings::Settings;
use company::{Call, Company, Victim};

/// What is found in these calls, with the end of input.
fn found(calls: &[Call]) -> Vec<Detection> {
    let (intel, settings) = (Intel::default(), Settings::default());
    let cx = Context { intel: &intel, settings: &settings };
    let (mut profiles, mut out, mut minute) = (Profiles::new(), Vec::new(), 0);
    for (id, call) in calls.iter().enumerate() {
        if call.time / 60 > minute {
            minute = call.time / 60;
            profiles.tick(Timestamp::from_seconds(minute * 60), cx, &mut out);
        }
        let request = call.request();
        profiles.cloudtrail(&call.event(&request, id), cx, &mut out);
    }
    profiles.tick(Timestamp::from_millis(i64::MAX), cx, &mut out);
    out
}

/// Findings that are of no attack (by type, account and key), and stages that were found.
fn judged(calls: &[Call], out: &[Detection]) -> (BTreeSet<String>, BTreeSet<&'static str>) {
    let (mut noise, mut stages) = (BTreeSet::new(), BTreeSet::new());
    for made in out {
        let of = made.evidence.iter().filter_map(|it| it.id.strip_prefix("event-")?.parse::<usize>().ok());
        let of: Vec<_> = of.filter_map(|id| calls[id].stage).collect();
        if of.is_empty() {
            noise.insert(format!("{} {} {}", made.kind.name, made.account, made.key));
        }
        stages.extend(of.into_iter().filter(|stage| made.kind.name.starts_with(stage)));
    }
    (noise, stages)
}

fn print(made: &Detection) {
    println!("{} {} x{} {}", made.first.iso8601(), made.kind.name, made.count, made.key);
    for reason in &made.reasons {
        println!("    {}: {} [{}]", reason.measure, reason.observed, reason.expected);
    }
}

#[test]
#[ignore = "prints what there is to tune by"]
fn sweep() {
    let mut misses: BTreeMap<(String, &str), u32> = BTreeMap::new();
    for seed in std::option_env!("SEEDS").unwrap_or("100,101").split(',').map(|it| it.parse::<u64>().unwrap())
    {
        let calls = Company::live(seed, 60, 60, 30).sorted();
        let out = found(&calls);
        let (noise, _) = judged(&calls, &out);
        println!("seed {seed}: {} calls, {} noise", calls.len(), noise.len());
        for made in out.iter().take(12) {
            print(made);
        }
        for victim in [Victim::Developer, Victim::Service, Victim::New] {
            for day in [3, 16, 25] {
                let mut company = Company::live(seed, 60, 60, 30);
                company.attack(day, victim);
                let calls = company.sorted();
                let out = found(&calls);
                let (_, stages) = judged(&calls, &out);
                if seed == 100 {
                    println!("-- {victim:?} {day}");
                    for made in out.iter().filter(|made| {
                        made.evidence.iter().any(|it| {
                            it.id
                                .strip_prefix("event-")
                                .and_then(|id| id.parse::<usize>().ok())
                                .is_some_and(|id| calls[id].stage.is_some())
                        })
                    }) {
                        print(made);
                    }
                }
                let all: BTreeSet<_> = calls.iter().filter_map(|call| call.stage).collect();
                for missed in all.difference(&stages) {
                    *misses.entry((format!("{victim:?} {day}"), missed)).or_default() += 1;
                }
            }
        }
    }
    for (what, times) in misses {
        println!("missed {what:?}: {times}");
    }
}

#[test]
fn a_benign_month_is_nearly_quiet() {
    let calls = Company::live(7, 30, 30, 30).sorted();
    let (noise, _) = judged(&calls, &found(&calls));
    assert!(noise.len() <= 12, "{noise:#?}");
}

#[test]
fn every_stage_of_an_attack_is_found_once_there_is_a_baseline() {
    for (seed, victim) in [(8, Victim::Developer), (9, Victim::Service)] {
        let mut company = Company::live(seed, 30, 30, 22);
        company.attack(18, victim);
        let calls = company.sorted();
        let out = found(&calls);
        let (_, stages) = judged(&calls, &out);
        let all: BTreeSet<_> = calls.iter().filter_map(|call| call.stage).collect();
        assert_eq!(stages, all, "{victim:?}");
        let says = |made: &&Detection| made.reasons.iter().any(|it| it.measure == "iam CreateAccessKey");
        let made = out.iter().find(says).unwrap();
        assert!(made.reasons.iter().any(|reason| reason.observed.starts_with("identity known for ")));
        let apis = made.additional["anomalies"]["anomalousAPIs"].as_str().unwrap();
        assert!(apis.starts_with("iam.amazonaws.com:[Create"), "{apis}");
        assert_eq!(made.additional["unusualBehavior"]["isUnusualUserIdentity"], "false");
    }
}

#[test]
fn hours_of_logs_without_a_baseline_are_judged_and_say_so() {
    let mut company = Company::live(10, 20, 10, 1);
    company.attack(0, Victim::New);
    let calls = company.sorted();
    let out = found(&calls);
    let (noise, stages) = judged(&calls, &out);
    for made in &out {
        print(made);
    }
    assert!(noise.len() <= 1, "{noise:#?}");
    assert!(stages.contains("DefenseEvasion:IAMUser"), "{stages:?}");
    for made in &out {
        assert!(made.reasons.iter().any(|reason| reason.observed.starts_with("no baseline: ")), "{made:#?}");
    }
}

#[test]
fn the_same_records_give_the_same() {
    let mut company = Company::live(11, 10, 10, 12);
    company.attack(10, Victim::Developer);
    let calls = company.sorted();
    assert_eq!(format!("{:?}", found(&calls)), format!("{:?}", found(&calls)));
}

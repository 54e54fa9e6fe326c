//! CloudTrail: a company's month, with and without attacks.

use std::fs;
use std::io::Write as _;
use std::sync::Arc;

use bastide_detect::{Engine, Settings};
use bastide_intel::Intel;
use bastide_logs::Record;

use crate::attacks;
use crate::company::event::Written;
use crate::company::{Company, DAY, START};
use crate::family::{Family, Measured, Plan, Progress};
use crate::intel;
use crate::judge::{Judge, Owner};

/// The rows, and which of them counts the noise of which types.
static OWNERS: &[Owner] = &[
    ("cloudtrail/initial-access", &["InitialAccess:IAMUser/*", "UnauthorizedAccess:IAMUser/ConsoleLogin*"]),
    ("cloudtrail/discovery", &["Discovery:IAMUser/*"]),
    ("cloudtrail/persistence", &["Persistence:IAMUser/*"]),
    ("cloudtrail/privilege-escalation", &["PrivilegeEscalation:IAMUser/*"]),
    ("cloudtrail/defence-evasion", &["DefenseEvasion:IAMUser/AnomalousBehavior"]),
    ("cloudtrail/credential-access", &["CredentialAccess:IAMUser/AnomalousBehavior"]),
    ("cloudtrail/exfiltration", &["Exfiltration:IAMUser/*"]),
    ("cloudtrail/impact", &["Impact:IAMUser/*"]),
    (
        "cloudtrail/stolen-credentials",
        &["*CredentialExfiltration*", "CredentialAccess:IAMUser/CompromisedCredentials"],
    ),
    ("cloudtrail/lists", &["Recon:IAMUser/*", "UnauthorizedAccess:IAMUser/*"]),
    ("cloudtrail/pen-test", &["PenTest:IAMUser/*"]),
    (
        "cloudtrail/policy",
        &["Policy:IAMUser/*", "Policy:S3/*", "Stealth:*", "DefenseEvasion:IAMUser/Bedrock*"],
    ),
    ("s3/exfiltration", &["Discovery:S3/AnomalousBehavior", "Exfiltration:S3/AnomalousBehavior"]),
    ("s3/impact", &["Impact:S3/AnomalousBehavior*"]),
    ("s3/lists", &["*S3/MaliciousIPCaller*", "*S3/TorIPCaller"]),
    ("s3/pen-test", &["PenTest:S3/*"]),
    ("cloudtrail/sequences", &["AttackSequence:*"]),
    ("cloudtrail/others", &["*"]),
];

/// The noise of behaviour, all types together.
static BENIGN: &[Owner] = &[
    (
        "benign/behaviour",
        &[
            "*AnomalousBehavior*",
            "*InstanceCredentialExfiltration*",
            "*ResourceCredentialExfiltration*",
            "*ConsoleLogin*",
        ],
    ),
    ("benign/sequences", &["AttackSequence:*"]),
    ("benign/others", &["*"]),
];

/// A company's month.
pub struct CloudTrail {
    /// Whether attacks are in it.
    pub attacked: bool,
    /// Whether a geographic database is at hand.
    pub places: bool,
}

impl Family for CloudTrail {
    fn name(&self) -> &'static str {
        match (self.attacked, self.places) {
            (true, true) => "cloudtrail",
            (true, false) => "cloudtrail-no-places",
            (false, _) => "benign",
        }
    }

    fn measure(&self, plan: &Plan) -> Measured {
        let company = Company::new(plan.seed, plan.size);
        let (attack, stages) =
            if self.attacked { attacks::all(&company, plan.days) } else { (Vec::new(), Vec::new()) };
        let owners = if self.attacked { OWNERS } else { BENIGN };
        let judge = Judge::new(stages, owners);
        let intel = intel::build(self.places);
        let mut run = Run { engine: engine(intel), judge, events: 0 };
        let progress = Progress::new(plan, self.name());
        let mut late = Vec::new();
        let mut attack = attack.into_iter().peekable();
        for day in 0..plan.days {
            progress.at(u64::from(day), u64::from(plan.days));
            let end = START + i64::from(day + 1) * DAY;
            let mut events = std::mem::take(&mut late);
            events.extend(company.day(day));
            while let Some(event) = attack.next_if(|event| event.time < end) {
                events.push(event);
            }
            events.sort_by_key(|event| event.time);
            // What a long session does after midnight waits for its day.
            late = events.split_off(events.partition_point(|event| event.time < end));
            self.write(plan, day, &events);
            for event in &events {
                run.feed(event);
            }
        }
        progress.at(u64::from(plan.days), u64::from(plan.days));
        run.finish();
        let mut measured = run.judge.measured(run.events, f64::from(plan.days));
        if !self.places {
            rename(&mut measured, self.name());
        }
        measured
    }
}

impl CloudTrail {
    fn write(&self, plan: &Plan, day: u32, events: &[Written]) {
        let Some(folder) = &plan.write else { return };
        let folder = folder.join(self.name());
        let write = || {
            fs::create_dir_all(&folder)?;
            let file = fs::File::create(folder.join(format!("day-{day:02}.json")))?;
            let mut file = std::io::BufWriter::new(file);
            file.write_all(br#"{"Records":["#)?;
            for (index, event) in events.iter().enumerate() {
                file.write_all(if index == 0 { b"" } else { b"," })?;
                file.write_all(event.text.as_bytes())?;
            }
            file.write_all(b"]}\n")
        };
        write().expect("the folder that was named can be written");
    }
}

/// The rows of a family that differs from another in what it knows get names of their own.
fn rename(measured: &mut Measured, name: &str) {
    if name == "benign" {
        return;
    }
    let rows = measured.rows.iter_mut().map(|row| &mut row.name);
    for old in rows.chain(measured.notes.iter_mut().map(|note| &mut note.row)) {
        *old = format!("{name}/{}", old.replace('/', "-"));
    }
}

fn engine(intel: Intel) -> Engine {
    Engine::new(Arc::new(intel), Settings::default(), bastide_detect::all())
}

struct Run {
    engine: Engine,
    judge: Judge,
    events: u64,
}

impl Run {
    fn feed(&mut self, written: &Written) {
        let event = bastide_logs::cloudtrail::parse(&written.text)
            .unwrap_or_else(|broken| panic!("a generated event can't be read: {broken}: {}", written.text));
        self.engine.feed(&Record::CloudTrail(&event));
        self.events += 1;
        for detection in self.engine.drain() {
            self.judge.detection(event.time, &detection);
        }
    }

    fn finish(&mut self) {
        self.engine.finish();
        let now = self.engine.log_time().unwrap_or_default();
        for detection in self.engine.drain() {
            self.judge.detection(now, &detection);
        }
    }
}

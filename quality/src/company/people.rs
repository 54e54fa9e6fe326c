//! People: when and where they work, and what they do.

use crate::company::calls::{CHANGES, READS, Task, call};
use crate::company::event::{Call, From, Identity};
use crate::company::places::{AWAY, HOMES, MOBILE, OFFICES};
use crate::company::sessions::sign_in;
use crate::company::{
    Company, DATA, DEV, Day, HOUR, MANAGEMENT, PROD, REGIONS, SECURITY, SHARED, STAGING, agents, users,
};
use crate::random::Random;

/// What someone's work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Develops.
    Developer,
    /// Keeps things running; is on call at night.
    Operator,
    /// Works with the data lake.
    Analyst,
    /// Watches over security.
    Guard,
    /// Looks at costs.
    Finance,
    /// Helps customers.
    Support,
}

impl Job {
    /// The letter that tasks name it by.
    fn letter(self) -> char {
        match self {
            Self::Developer => 'd',
            Self::Operator => 's',
            Self::Analyst => 'a',
            Self::Guard => 'c',
            Self::Finance => 'f',
            Self::Support => 'p',
        }
    }

    /// The accounts and permission sets that it works with, the most used first.
    fn places(self) -> &'static [(usize, &'static str)] {
        match self {
            Self::Developer => {
                &[(DEV, "Developer"), (STAGING, "Developer"), (PROD, "ReadOnly"), (SHARED, "Developer")]
            }
            Self::Operator => &[
                (PROD, "PlatformAdmin"),
                (STAGING, "PlatformAdmin"),
                (SHARED, "PlatformAdmin"),
                (DEV, "PlatformAdmin"),
                (DATA, "PlatformAdmin"),
                (MANAGEMENT, "ReadOnly"),
            ],
            Self::Analyst => &[(DATA, "DataEngineer"), (DEV, "DataEngineer")],
            Self::Guard => {
                &[(SECURITY, "SecurityAnalyst"), (PROD, "SecurityAudit"), (MANAGEMENT, "SecurityAudit")]
            }
            Self::Finance => &[(MANAGEMENT, "Billing")],
            Self::Support => &[(PROD, "Support")],
        }
    }

    /// The account that it works in most; `None` for those without the right to much.
    pub fn place(self) -> Option<usize> {
        (!matches!(self, Self::Finance | Self::Support)).then(|| self.places()[0].0)
    }

    /// Sessions on a working day.
    fn sessions(self) -> f64 {
        match self {
            Self::Developer => 2.5,
            Self::Operator => 5.0,
            Self::Analyst => 3.0,
            Self::Guard => 3.0,
            Self::Finance => 0.4,
            Self::Support => 1.2,
        }
    }
}

/// Someone who works there.
#[derive(Clone, Debug)]
pub struct Person {
    /// The name that sessions bear.
    pub email: String,
    /// The work; it can change in the month.
    pub job: Job,
    /// The work from [`Person::moves`] on.
    next_job: Job,
    /// The day on which the work changes.
    moves: u32,
    /// Which home network and time zone.
    home: usize,
    /// Which computer.
    machine: usize,
    /// Hour at which work begins, local time.
    begins: f64,
    /// How often work is done at home.
    remote: f64,
    /// First and last day in the company.
    stays: (u32, u32),
    /// Days of holidays.
    holidays: (u32, u32),
    /// Days away, and where.
    travels: Option<(u32, u32, usize)>,
    /// An IAM user of old days with console access, instead of SSO.
    pub iam_user: bool,
}

/// Everyone.
#[must_use]
pub fn hire(random: &Random, size: f64) -> Vec<Person> {
    const NAMES: [&str; 24] = [
        "anna", "ben", "carla", "deepak", "elif", "finn", "grace", "hana", "ivan", "jonas", "kofi", "lena",
        "marta", "nils", "omar", "petra", "quinn", "rosa", "sven", "tara", "uma", "viktor", "wanda", "yusuf",
    ];
    const LAST: [&str; 11] =
        ["weber", "murphy", "rossi", "singh", "kaya", "novak", "okafor", "lee", "smith", "ortiz", "berg"];
    // Fewer than a tenth of the people would leave no company to speak of.
    let count = (72.0 * size.sqrt()).round() as usize;
    let person = |index: usize| {
        let mut random = random.fork("person").fork(&index.to_string());
        let job = match index % 12 {
            0..=4 => Job::Developer,
            5..=7 => Job::Operator,
            8 | 9 => Job::Analyst,
            10 if index % 24 == 10 => Job::Guard,
            10 => Job::Finance,
            _ => Job::Support,
        };
        let holiday = random.range(0, 60) as u32;
        let travel = random.range(0, 20) as u32;
        Person {
            email: format!("{}.{}@northlight.example", NAMES[index % 24], LAST[(index / 3 + index) % 11]),
            job,
            next_job: if index == 3 { Job::Operator } else { job },
            moves: 16,
            home: random.below(HOMES.len()),
            machine: index,
            begins: random.normal(8.7, 0.7),
            remote: random.unit(),
            stays: if index == 8 {
                (8, 99)
            } else if index == 12 {
                (0, 20)
            } else {
                (0, 99)
            },
            holidays: if holiday < 30 { (holiday, holiday + 8) } else { (99, 99) },
            travels: random.chance(0.15).then(|| (travel, travel + 5, random.below(AWAY.len()))),
            iam_user: index % 17 == 6,
        }
    };
    (0..count.max(14)).map(person).collect()
}

impl Person {
    /// The address that someone works from on a day.
    fn address(&self, company: &Company, day: u32, random: &mut Random) -> String {
        let lasting = |label: &str| company.random.fork(label).fork(&self.email);
        if let Some((from, to, place)) = self.travels
            && (from..to).contains(&day)
        {
            return AWAY[place].address(&mut lasting("hotel"));
        }
        if random.chance(0.02) {
            return MOBILE[self.home % MOBILE.len()].address(random);
        }
        let at_home = random.chance(self.remote) || (day + 1) % 7 >= 5;
        let through_vpn = matches!(self.job, Job::Operator | Job::Guard) && random.chance(0.8);
        let office = OFFICES[self.home % OFFICES.len()];
        if !at_home || through_vpn {
            // An office has a few addresses; the VPN has one.
            let last = if through_vpn { 10 } else { 20 + day % 2 + random.below(2) as u32 };
            return format!("{}{last}", office.prefix);
        }
        let (network, _) = HOMES[self.home];
        if self.machine.is_multiple_of(5) {
            let mut own = lasting("v6");
            return format!(
                "2a02:{:x}:{:x}:{:x}::{:x}",
                0x8100 + self.home,
                own.below(65_536),
                own.below(65_536),
                1 + random.below(9)
            );
        }
        // Providers give another address each week.
        network.address(&mut lasting("home").fork(&(day / 7).to_string()))
    }
}

/// A person's day.
pub fn day(company: &Company, person: &Person, day: &mut Day<'_>) {
    let mut random = company.random(&person.email, day.number);
    let away = !(person.stays.0..=person.stays.1).contains(&day.number)
        || (person.holidays.0..person.holidays.1).contains(&day.number);
    let job = if day.number >= person.moves { person.next_job } else { person.job };
    let works = if day.free() { random.chance(0.05) } else { !random.chance(0.04) };
    if away {
        return;
    }
    let (_, zone) = HOMES[person.home];
    let midnight = day.start - zone * HOUR;
    let ip = person.address(company, day.number, &mut random);
    if job == Job::Operator && random.chance(0.03) {
        // Called at night.
        let at = midnight + (random.unit() * 6.0 * HOUR as f64) as i64;
        session(company, person, job, day, at.max(day.start + 60_000), &ip, &mut random);
    }
    if !works {
        return;
    }
    let count = random.count(job.sessions());
    for _ in 0..count {
        let mut hour = person.begins + random.unit() * 9.0;
        if (12.0..13.0).contains(&hour) && random.chance(0.8) {
            hour += 1.0;
        }
        let at = midnight + (hour * HOUR as f64) as i64;
        let elsewhere = person.address(company, day.number, &mut random);
        let ip = if random.chance(0.1) { &elsewhere } else { &ip };
        session(company, person, job, day, at, ip, &mut random);
    }
}

fn session(
    company: &Company,
    person: &Person,
    job: Job,
    day: &mut Day<'_>,
    at: i64,
    ip: &str,
    random: &mut Random,
) {
    let console = matches!(job, Job::Finance | Job::Support) || random.chance(0.6);
    let browser = agents::browser(person.machine, day.number);
    let (place, set) = if random.chance(0.6) { job.places()[0] } else { *random.zipf(job.places()) };
    let account = &company.accounts[place];
    let who = if person.iam_user && place == job.places()[0].0 {
        iam_sign_in(person, day, at, account, ip, console, random)
    } else {
        let agent = if console { browser.clone() } else { agents::cli(person.machine, day.number) };
        sign_in(company, day, at, (&person.email, set, account), (ip, &agent), console, random)
    };
    let region = if random.chance(0.85) { REGIONS[person.home % 2] } else { *random.zipf(&REGIONS) };
    let script = !console && random.chance(0.25);
    let agent = match (console, script) {
        (true, _) => browser,
        (_, true) => agents::boto3(person.machine),
        _ => agents::cli(person.machine, day.number),
    };
    let from = From::new(who, ip, &agent);
    let mut moment = at + random.range(2000, 20_000);
    let read_only = set.contains("ReadOnly") || set.contains("Audit") || set == "Support";
    for _ in 0..=random.count(4.0) {
        let task = task(company, person, job, console, !read_only, random);
        // Scripts go through many things of a kind, as long as they look only.
        let looks =
            |(_, name): &(&str, &str)| ["List", "Describe", "Get"].iter().any(|verb| name.starts_with(verb));
        let again = if script && task.calls.iter().all(looks) { random.range(3, 40) } else { 1 };
        for _ in 0..again {
            moment = do_task(day, moment, task, &from, (region, account), random);
        }
        moment += random.exponential(240_000.0) as i64 + 5000;
        if moment > at + 3 * HOUR {
            break;
        }
    }
}

/// What someone does next. People have habits: each has an order of their own of what they do most.
fn task(
    company: &Company,
    person: &Person,
    job: Job,
    console: bool,
    writes: bool,
    random: &mut Random,
) -> &'static Task {
    let change = writes && random.chance(if job == Job::Operator { 0.22 } else { 0.15 });
    let of = if change { CHANGES } else { READS };
    let fits = |task: &&Task| task.jobs.contains(job.letter()) && task.page == console;
    let mut own: Vec<&Task> = of.iter().filter(fits).collect();
    if own.is_empty() {
        return &READS[0];
    }
    company.random.fork("habits").fork(&person.email).shuffle(&mut own);
    // Zipf twice over: most of what one does are the same few things.
    let first = random.zipf(&own);
    if random.chance(0.5) { own[0] } else { first }
}

fn do_task(
    day: &mut Day<'_>,
    begin: i64,
    task: &Task,
    from: &From,
    (region, account): (&str, &str),
    random: &mut Random,
) -> i64 {
    let mut at = begin;
    for (service, name) in task.calls {
        let made = call(service, name, region, account, random);
        let made = if random.chance(0.012) { refused(made, from) } else { made };
        let mut from = from.clone();
        if task.page
            && let Some(backend) = agents::console_backend(&made.service)
        {
            backend.clone_into(&mut from.agent);
        }
        day.add(at, &from, &made, random);
        at += if task.page { random.range(10, 900) } else { random.range(500, 30_000) };
    }
    at
}

/// Refused for want of permission, as EC2 and the others say it.
fn refused(call: Call, from: &From) -> Call {
    let code = if call.service == "ec2" { "Client.UnauthorizedOperation" } else { "AccessDenied" };
    let message = format!(
        "User: {} is not authorized to perform: {}:{} because no identity-based policy allows the action",
        from.who.arn, call.service, call.name
    );
    call.fails(code, &message)
}

/// A user of IAM: console with password and second factor (mistyped now and then), or a long-lived key.
fn iam_sign_in(
    person: &Person,
    day: &mut Day<'_>,
    at: i64,
    account: &str,
    ip: &str,
    console: bool,
    random: &mut Random,
) -> Identity {
    let name = person.email.split('@').next().unwrap_or_default();
    if !console {
        let key = users::key(account, name);
        return Identity::user(account, name, &key);
    }
    let browser = agents::browser(person.machine, day.number);
    let from = From::new(Identity::signing_in(account, name), ip, &browser);
    let login = |outcome: &str| Call {
        kind: "AwsConsoleSignIn",
        response: format!(r#"{{"ConsoleLogin":"{outcome}"}}"#),
        additional: format!(
            r#"{{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"{}"}}"#,
            if outcome == "Success" { "Yes" } else { "No" }
        ),
        ..Call::new("signin", "ConsoleLogin", "us-east-1")
    };
    if random.chance(0.08) {
        for _ in 0..random.range(1, 3) {
            let call = Call { error: None, ..login("Failure") };
            let call = Call { error: Some((String::new(), "Failed authentication".into())), ..call };
            day.add(at - random.range(8000, 60_000), &from, &call, random);
        }
    }
    day.add(at, &from, &login("Success"), random);
    Identity::user_session(account, name, &random.id("ASIA", 16), at, true, true)
}

use bastide_finding::{Detection, Reason, find};
use bastide_ids::Timestamp;
use bastide_intel::Location;
use bastide_logs::cloudtrail::Event;
use bastide_logs::json;
use bastide_logs::{Kind, Record};

use crate::describe;
use crate::detector::{Context, Detector};
use crate::recent::Recent;

/// Identities that are remembered: twice this many at most.
const IDENTITIES: usize = 50_000;

/// Logins of an identity that are compared.
const LOGINS: usize = 4;

/// How long two logins count as at the same time, without coordinates: 2 hours.
const SAME_TIME: i64 = 2 * 3_600_000;

/// How far apart places must be, in kilometres: less may be an error of the file of places.
const FAR: f64 = 500.0;

/// Faster than an airliner, in kilometres an hour.
const FAST: f64 = 1000.0;

/// Finds identities that log in to the console from places too far apart for the time between
/// (`UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B`). Needs files of places.
#[derive(Debug)]
pub(crate) struct Console {
    logins: Recent<String, Vec<Login>>,
}

#[derive(Clone, Debug)]
struct Login {
    time: Timestamp,
    location: Location,
}

impl Default for Console {
    fn default() -> Self {
        Self { logins: Recent::new(IDENTITIES) }
    }
}

impl Detector for Console {
    fn name(&self) -> &'static str {
        "console"
    }

    fn sees(&self, kind: Kind) -> bool {
        kind == Kind::CloudTrail
    }

    fn cloudtrail(&mut self, event: &Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        if event.name != "ConsoleLogin" || event.source != "signin.amazonaws.com" {
            return;
        }
        let success =
            json::member(event.response, &["ConsoleLogin"]).is_some_and(|answer| answer == "Success");
        let location = event.source_ip.parse().ok().and_then(|address| cx.intel.location(address));
        let (true, Some(location)) = (success, location) else { return };
        let logins = self.logins.entry(event.identity.arn.to_string());
        let login = Login { time: event.time, location };
        if let Some(reasons) = logins.iter().rev().find_map(|other| apart(other, &login))
            && let Some(kind) = find("UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B")
        {
            let mut detection = describe::detection(kind, &Record::CloudTrail(event), cx);
            detection.reasons = reasons;
            out.push(detection);
        }
        logins.retain(|other| other.location != login.location);
        if logins.len() >= LOGINS {
            logins.remove(0);
        }
        logins.push(login);
    }
}

/// Why two logins can't be of one person; `None` when they can.
fn apart(one: &Login, other: &Login) -> Option<Vec<Reason>> {
    let between = (one.time.millis() - other.time.millis()).abs();
    let place =
        |login: &Login| format!("{} {}", login.location.city, login.location.country).trim().to_owned();
    let mut reasons = vec![Reason {
        measure: "places of two logins".to_owned(),
        observed: format!("{} and {}, {} minutes apart", place(one), place(other), between / 60_000),
        expected: String::new(),
    }];
    let Some(distance) = distance(&one.location, &other.location) else {
        let countries = one.location.country_code != other.location.country_code;
        return (countries && between <= SAME_TIME).then_some(reasons);
    };
    #[allow(clippy::cast_precision_loss, reason = "milliseconds, far below 2^53")]
    let hours = (between as f64 / 3_600_000.0).max(1.0 / 60.0);
    let speed = distance / hours;
    reasons.push(Reason {
        measure: "speed between them".to_owned(),
        observed: format!("{distance:.0} km at {speed:.0} km/h"),
        expected: format!("at most {FAST:.0} km/h"),
    });
    (distance >= FAR && speed >= FAST).then_some(reasons)
}

/// Kilometres over the earth (haversine).
fn distance(one: &Location, other: &Location) -> Option<f64> {
    let (lat1, lon1) = (one.latitude?.to_radians(), one.longitude?.to_radians());
    let (lat2, lon2) = (other.latitude?.to_radians(), other.longitude?.to_radians());
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let chord = half(lat2 - lat1) + lat1.cos() * lat2.cos() * half(lon2 - lon1);
    Some(2.0 * 6371.0 * chord.sqrt().min(1.0).asin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(minutes: i64, country: &str, place: Option<(f64, f64)>) -> Login {
        let location = Location {
            country_code: country.to_owned(),
            latitude: place.map(|place| place.0),
            longitude: place.map(|place| place.1),
            ..Location::default()
        };
        Login { time: Timestamp::from_seconds(minutes * 60), location }
    }

    #[test]
    fn faster_than_an_airliner() {
        let berlin = login(0, "DE", Some((52.5, 13.4)));
        let tokyo = |minutes| login(minutes, "JP", Some((35.7, 139.7)));
        assert!(apart(&berlin, &tokyo(60)).is_some());
        assert!(apart(&berlin, &tokyo(14 * 60)).is_none());
        assert!(apart(&berlin, &login(1, "DE", Some((50.1, 8.7)))).is_none(), "Frankfurt is near");
        assert!(apart(&login(0, "DE", None), &login(30, "JP", None)).is_some());
        assert!(apart(&login(0, "DE", None), &login(300, "JP", None)).is_none());
    }
}

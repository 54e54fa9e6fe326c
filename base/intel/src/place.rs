//! Where addresses are, from files in MaxMind's format.

use std::fmt;
use std::net::IpAddr;

use maxminddb::{Reader, geoip2};

/// Where an address is, from files in MaxMind's format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Location {
    /// Two letters of ISO 3166.
    pub country_code: String,
    /// The country's English name.
    pub country: String,
    /// The city's English name.
    pub city: String,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// The organization that runs the autonomous system.
    pub organization: String,
}

/// The autonomous system of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network<'a> {
    /// Its number.
    pub asn: u32,
    /// The organization that runs it; empty when unknown.
    pub organization: &'a str,
}

/// A file that is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// It isn't in MaxMind's format.
    #[error("not a file in MaxMind's format: {0}")]
    Format(String),
    /// It tells something else.
    #[error("a file of `{0}` tells neither places nor networks; take a City, Country or ASN file")]
    Kind(String),
}

/// Files, by what they tell.
#[derive(Default)]
pub(crate) struct Places {
    places: Vec<Reader<Vec<u8>>>,
    networks: Vec<Reader<Vec<u8>>>,
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.places.iter().chain(&self.networks);
        f.debug_list().entries(all.map(|reader| &reader.metadata().database_type)).finish()
    }
}

impl Places {
    pub(crate) fn add(&mut self, bytes: Vec<u8>) -> Result<(), PlaceError> {
        let reader = Reader::from_source(bytes).map_err(|error| PlaceError::Format(error.to_string()))?;
        let kind = reader.metadata().database_type.clone();
        let has = |part: &str| kind.to_ascii_lowercase().contains(part);
        if has("asn") || has("isp") {
            self.networks.push(reader);
        } else if has("city") || has("country") || has("enterprise") {
            self.places.push(reader);
        } else {
            return Err(PlaceError::Kind(kind));
        }
        Ok(())
    }

    pub(crate) fn knows_networks(&self) -> bool {
        !self.networks.is_empty()
    }

    pub(crate) fn network(&self, address: IpAddr) -> Option<Network<'_>> {
        self.networks.iter().find_map(|reader| {
            let found = reader.lookup(address.to_canonical()).ok()?.decode::<geoip2::Asn<'_>>().ok()??;
            let organization = found.autonomous_system_organization.unwrap_or_default();
            Some(Network { asn: found.autonomous_system_number?, organization })
        })
    }

    pub(crate) fn location(&self, address: IpAddr) -> Option<Location> {
        let place = self.places.iter().find_map(|reader| {
            reader.lookup(address.to_canonical()).ok()?.decode::<geoip2::City<'_>>().ok()?
        });
        let network = self.network(address);
        if place.is_none() && network.is_none() {
            return None;
        }
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let mut location = Location::default();
        if let Some(place) = place {
            location.country_code = text(place.country.iso_code);
            location.country = text(place.country.names.english);
            location.city = text(place.city.names.english);
            location.latitude = place.location.latitude;
            location.longitude = place.location.longitude;
        }
        if let Some(network) = network {
            location.asn = Some(network.asn);
            location.organization = network.organization.to_owned();
        }
        Some(location)
    }
}

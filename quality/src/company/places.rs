//! Where addresses are: networks of offices, homes, clouds and attackers, each with its country and operator.

use crate::random::Random;

/// A network: its first two or three bytes, and what a geographic database says of it.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// The beginning of its addresses, with a dot at the end.
    pub prefix: &'static str,
    /// Two letters of ISO 3166.
    pub country: &'static str,
    /// The city.
    pub city: &'static str,
    /// Its autonomous system.
    pub asn: u32,
    /// Who runs it.
    pub organization: &'static str,
}

const fn network(
    prefix: &'static str,
    country: &'static str,
    city: &'static str,
    asn: u32,
    organization: &'static str,
) -> Network {
    Network { prefix, country, city, asn, organization }
}

impl Network {
    /// An address in it.
    pub fn address(&self, random: &mut Random) -> String {
        let missing = 4 - self.prefix.matches('.').count();
        let rest: Vec<String> = (0..missing).map(|_| random.range(2, 253).to_string()).collect();
        format!("{}{}", self.prefix, rest.join("."))
    }
}

/// Where people are at home: the network of a provider, and hours east of UTC in summer.
pub static HOMES: &[(Network, i64)] = &[
    (network("84.141.", "DE", "Frankfurt", 3320, "Deutsche Telekom AG"), 2),
    (network("91.64.", "DE", "Berlin", 3209, "Vodafone GmbH"), 2),
    (network("89.244.", "DE", "Hamburg", 8881, "1&1 Versatel"), 2),
    (network("86.40.", "IE", "Dublin", 5466, "Eircom"), 1),
    (network("109.76.", "IE", "Cork", 6830, "Liberty Global"), 1),
    (network("81.107.", "GB", "London", 5089, "Virgin Media"), 1),
    (network("73.162.", "US", "San Francisco", 7922, "Comcast"), -7),
    (network("71.190.", "US", "New York", 701, "Verizon"), -4),
];

/// The mobile networks of the same countries, in the same order as far as they go.
pub static MOBILE: &[Network] = &[
    network("80.187.", "DE", "Frankfurt", 3320, "Deutsche Telekom AG"),
    network("89.204.", "DE", "Munich", 6805, "Telefonica Germany"),
    network("92.251.", "IE", "Dublin", 13280, "Hutchison 3G Ireland"),
    network("172.56.", "US", "New York", 21928, "T-Mobile USA"),
];

/// The company's offices and its VPN's way out.
pub static OFFICES: &[Network] = &[
    network("62.96.201.", "DE", "Frankfurt", 8220, "Colt Technology Services"),
    network("87.198.33.", "IE", "Dublin", 5466, "Eircom"),
    network("38.140.77.", "US", "New York", 174, "Cogent"),
];

/// Where people travel.
pub static AWAY: &[Network] = &[
    network("90.84.", "FR", "Paris", 3215, "Orange"),
    network("83.48.", "ES", "Barcelona", 3352, "Telefonica de Espana"),
    network("118.243.", "JP", "Tokyo", 2527, "Sony Network Communications"),
    network("121.6.", "SG", "Singapore", 9506, "Singtel"),
    network("12.171.", "US", "Las Vegas", 7018, "AT&T"),
    network("187.190.", "MX", "Mexico City", 22884, "Total Play"),
];

/// AWS's own addresses by region, which functions and instances without an address of their own call from.
pub static AWS: &[(&str, Network)] = &[
    ("eu-west-1", network("34.243.", "IE", "Dublin", 16509, "Amazon.com")),
    ("eu-central-1", network("3.121.", "DE", "Frankfurt", 16509, "Amazon.com")),
    ("us-east-1", network("54.162.", "US", "Ashburn", 14618, "Amazon.com")),
    ("us-west-2", network("35.86.", "US", "Boardman", 16509, "Amazon.com")),
    ("ap-southeast-1", network("13.229.", "SG", "Singapore", 16509, "Amazon.com")),
];

/// Where hosted CI runs.
pub static CI: &[Network] = &[
    network("20.55.", "US", "Boydton", 8075, "Microsoft Corporation"),
    network("40.88.", "US", "Boydton", 8075, "Microsoft Corporation"),
    network("52.234.", "US", "Des Moines", 8075, "Microsoft Corporation"),
    network("172.183.", "US", "Chicago", 8075, "Microsoft Corporation"),
];

/// A vendor's watchers (in AWS, elsewhere).
pub static VENDOR: Network = network("3.233.144.", "US", "Ashburn", 14618, "Amazon.com");

/// Where attackers come from: rented servers, homes elsewhere, VPNs.
pub static ATTACKERS: &[Network] = &[
    network("159.89.", "NL", "Amsterdam", 14061, "DigitalOcean"),
    network("95.216.", "FI", "Helsinki", 24940, "Hetzner Online"),
    network("51.75.", "FR", "Gravelines", 16276, "OVH SAS"),
    network("45.138.16.", "RO", "Bucharest", 9009, "M247"),
    network("193.32.126.", "SE", "Malmo", 39351, "31173 Services AB"),
    network("36.68.", "ID", "Jakarta", 7713, "Telekomunikasi Indonesia"),
    network("105.112.", "NG", "Lagos", 36873, "Airtel Nigeria"),
    network("188.163.", "UA", "Kyiv", 15895, "Kyivstar"),
    network("45.76.", "JP", "Tokyo", 20473, "The Constant Company"),
    network("5.249.", "IT", "Elsewhere", 64000, "Aruba S.p.A."),
    network("37.48.", "NL", "Elsewhere", 64001, "Leaseweb"),
    network("38.242.", "DE", "Elsewhere", 64002, "Contabo GmbH"),
    network("45.142.", "DE", "Elsewhere", 64003, "netcup GmbH"),
    network("82.165.", "DE", "Elsewhere", 64004, "Ionos SE"),
    network("51.158.", "FR", "Elsewhere", 64005, "Scaleway"),
    network("172.104.", "US", "Elsewhere", 64006, "Linode"),
    network("185.167.", "IL", "Elsewhere", 64007, "Kamatera"),
    network("153.92.", "LT", "Elsewhere", 64008, "Hostinger"),
    network("23.227.", "US", "Elsewhere", 64009, "GTHost"),
    network("23.94.", "US", "Elsewhere", 64010, "RamNode"),
    network("198.98.", "US", "Elsewhere", 64011, "BuyVM"),
    network("80.78.", "SE", "Elsewhere", 64012, "Njalla"),
    network("89.187.", "GB", "Elsewhere", 64013, "Datacamp"),
    network("108.61.", "US", "Elsewhere", 64014, "Psychz Networks"),
    network("192.3.", "US", "Elsewhere", 64015, "ColoCrossing"),
    network("104.129.", "US", "Elsewhere", 64016, "QuadraNet"),
    network("107.167.", "US", "Elsewhere", 64017, "SharkTech"),
    network("205.185.", "US", "Elsewhere", 64018, "FranTech"),
    network("209.141.", "US", "Elsewhere", 64019, "PonyNet"),
    network("46.29.", "PL", "Elsewhere", 64020, "Mevspace"),
    network("103.152.", "IN", "Elsewhere", 64021, "HostRoyale"),
    network("94.237.", "FI", "Elsewhere", 64022, "UpCloud"),
    network("92.223.", "LU", "Elsewhere", 64023, "Gcore"),
    network("194.156.", "RU", "Elsewhere", 64024, "StarkRDP"),
    network("77.247.", "GB", "Elsewhere", 64025, "Clouvider"),
    network("185.107.", "NL", "Elsewhere", 64026, "Worldstream"),
    network("178.21.", "NL", "Elsewhere", 64027, "Serverius"),
    network("185.130.", "RU", "Elsewhere", 64028, "HostKey"),
    network("128.1.", "SG", "Elsewhere", 64029, "Zenlayer"),
    network("122.162.", "IN", "Elsewhere", 64030, "Bharti Airtel"),
    network("113.160.", "VN", "Elsewhere", 64031, "Viettel"),
    network("177.32.", "BR", "Elsewhere", 64032, "Vivo"),
    network("181.48.", "CO", "Elsewhere", 64033, "Claro"),
    network("78.160.", "TR", "Elsewhere", 64034, "Turk Telekom"),
    network("95.24.", "RU", "Elsewhere", 64035, "Rostelecom"),
    network("61.130.", "CN", "Elsewhere", 64036, "China Telecom"),
    network("112.198.", "PH", "Elsewhere", 64037, "PLDT"),
    network("105.160.", "KE", "Elsewhere", 64038, "Safaricom"),
    network("94.200.", "AE", "Elsewhere", 64039, "Etisalat"),
];

/// Tor's exits, which the generated threat list names.
pub static TOR: Network =
    network("185.220.101.", "DE", "Brandenburg", 60729, "Stiftung Erneuerbare Freiheit");

/// Addresses that the generated threat list calls malicious.
pub static LISTED: Network = network("45.95.147.", "NL", "Amsterdam", 49870, "Alsycon");

/// Addresses that the operator's own threat list names.
pub static CUSTOM: Network = network("141.98.10.", "LT", "Vilnius", 209605, "Host Baltic");

/// All networks.
pub fn all() -> impl Iterator<Item = Network> {
    let homes = HOMES.iter().map(|(network, _)| *network);
    let aws = AWS.iter().map(|(_, network)| *network);
    let others = [MOBILE, OFFICES, AWAY, CI, ATTACKERS].into_iter().flatten().copied();
    homes.chain(aws).chain(others).chain([VENDOR, TOR, LISTED, CUSTOM])
}

/// An address of AWS in a region.
pub fn aws(region: &str, random: &mut Random) -> String {
    let known = AWS.iter().find(|(name, _)| *name == region).unwrap_or(&AWS[0]);
    known.1.address(random)
}

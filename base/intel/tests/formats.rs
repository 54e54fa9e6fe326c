//! Every format of lists, and what is wrong in them.
#![cfg(test)]

use std::net::IpAddr;

use bastide_intel::{Category, Format, Intel, Limits, ListError, Report};

fn read(format: Format, text: &str) -> (Intel, Report) {
    let mut builder = Intel::builder();
    let report = builder.list("list", Category::Malicious, format, text.as_bytes()).expect("a list");
    (builder.build(), report)
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// The threat that is told of an address; `None` when no list holds it.
fn threat<'a>(intel: &'a Intel, text: &str) -> Option<&'a str> {
    intel.address(address(text)).map(|hit| hit.of(Category::Malicious).expect("the list").threat)
}

fn domain<'a>(intel: &'a Intel, text: &str) -> Option<&'a str> {
    intel.domain(text).map(|hit| hit.of(Category::Malicious).expect("the list").threat)
}

#[test]
fn plain_text() {
    let text = "# a comment\n198.51.100.7\r\n203.0.113.0/24 ; SBL1\n2001:db8::/48\n2001:db8:1::7 # scanner\n\
        Evil.Example.\n*.bad.example\n198.51.101[.]9\n198.51.100.20 - 198.51.100.22\n0.0.0.0 hosts.example\n\
        198.51.100.99|8080\na.example|198.51.100.98\nhttp://198.51.100.97:80/x.sh\nAKIAIOSFODNN7EXAMPLE\n\n\
        300.1.1.1\n10.0.0.1\n0.0.0.0/0\ncom\nhttps://shared.example/path\n198.51.100.1 extra\n198.51.100.1/33\né.example\n";
    let (intel, report) = read(Format::Txt, text);
    assert_eq!(report.addresses, 9);
    assert_eq!(report.domains, 4);
    assert_eq!(report.access_keys, 1);
    let broken: Vec<u64> = report.examples.iter().map(|broken| broken.line).collect();
    assert_eq!(broken, [16, 17, 18, 19, 20, 21, 22, 23], "{report:?}");
    assert_eq!(report.broken, 8);
    assert_eq!(threat(&intel, "203.0.113.255"), Some("SBL1"));
    assert_eq!(threat(&intel, "203.0.112.255"), None);
    assert_eq!(threat(&intel, "198.51.100.21"), Some(""));
    assert_eq!(threat(&intel, "198.51.100.23"), None);
    assert_eq!(threat(&intel, "2001:db8:1::7"), Some("scanner"));
    assert_eq!(threat(&intel, "2001:db8:0:ffff::1"), Some(""));
    assert_eq!(threat(&intel, "2001:db8:1::8"), None);
    assert_eq!(threat(&intel, "::ffff:198.51.100.7"), Some(""));
    for name in ["evil.example", "www.evil.example", "bad.example", "hosts.example", "a.example"] {
        assert_eq!(domain(&intel, name), Some(""), "{name}");
    }
    for name in ["notevil.example", "example", "evil.example.org", ""] {
        assert_eq!(domain(&intel, name), None, "{name}");
    }
    assert!(intel.access_key("AKIAIOSFODNN7EXAMPLE").is_some());
    assert!(intel.access_key("AKIAIOSFODNN7EXAMPLF").is_none());
}

#[test]
fn otx() {
    let (intel, report) = read(
        Format::OtxCsv,
        "Indicator type,Indicator,Description\nCIDR,203.0.113.0/24,\"a, \"\"quoted\"\" one\"\nIPv4, 198.51.100.1, example\n\
         IPv6,2001:db8::1,\nhostname,c2.example,\nFileHash-MD5,d41d8cd98f00b204e9800998ecf8427e,\nIPv4\n",
    );
    assert_eq!((report.addresses, report.domains, report.skipped, report.broken), (3, 1, 1, 1));
    assert_eq!(threat(&intel, "203.0.113.9"), Some("a, \"quoted\" one"));
    assert_eq!(threat(&intel, "198.51.100.1"), Some("example"));
    assert_eq!(domain(&intel, "c2.example"), Some(""));
}

#[test]
fn alien_vault() {
    let (intel, report) = read(
        Format::AlienVault,
        "# reputation\n198.51.100.1#4#2#Malicious Host#US##0.0,0.0#3\n198.51.100.2 # Scanning Host US,,0,0\n#x\nno\n",
    );
    assert_eq!((report.addresses, report.broken), (2, 1));
    assert_eq!(threat(&intel, "198.51.100.1"), Some("Malicious Host"));
    assert_eq!(threat(&intel, "198.51.100.2"), Some("Scanning Host US,,0,0"));
}

#[test]
fn proof_point() {
    let (intel, report) = read(
        Format::ProofPoint,
        "ip, category, score, first_seen, last_seen, ports (|)\n198.51.100.1, 1, 100, 2000-01-01, 2000-01-01, \n\
         203.0.113.1, 5, 80, 2000-01-01, 2000-01-01, 80|443\n",
    );
    assert_eq!((report.addresses, report.broken), (2, 0));
    assert_eq!(threat(&intel, "203.0.113.1"), Some("5"));
    let (intel, _) = read(Format::ProofPoint, "domain, category, score\nevil.example, 2, 90\n");
    assert_eq!(domain(&intel, "www.evil.example"), Some("2"));
}

#[test]
fn fire_eye() {
    let (intel, report) = read(
        Format::FireEye,
        "reportId,title,description,cidr,domain,ip,malwareFamily\n01-1,t,\"two\nlines\",,,198.51.100.1,Zeus\n\
         01-2,t,,203.0.113.0/24,,,\n01-3,t,,,c2.example,,\n01-4,t,,,,,\n01-5,t,,,,300.0.0.1,\n",
    );
    assert_eq!((report.addresses, report.domains, report.skipped, report.broken), (2, 1, 1, 1));
    assert_eq!(report.examples[0].line, 7);
    assert_eq!(threat(&intel, "198.51.100.1"), Some("Zeus"));
    assert_eq!(threat(&intel, "203.0.113.3"), Some("t"));
    let mut builder = Intel::builder();
    let error =
        builder.list("x", Category::Custom, Format::FireEye, &b"a,b\n1,2\n"[..]).expect_err("no columns");
    assert!(error.to_string().contains("cidr"), "{error}");
}

#[test]
fn misp() {
    let (intel, report) = read(
        Format::Misp,
        "uuid,event_id,category,type,value,comment,to_ids,date\nu,1,Network activity,ip-dst,\"198.51.100.1\",\"c2\",1,1\n\
         u,1,Network activity,ip-dst|port,198.51.100.2|443,,1,1\nu,1,x,domain|ip,evil.example|198.51.100.3,,1,1\n\
         u,1,x,md5,aa,,1,1\nu,1,x,ip-src,198.51.100.9,,0,1\n",
    );
    assert_eq!((report.addresses, report.domains, report.skipped, report.broken), (3, 1, 2, 0));
    assert_eq!(threat(&intel, "198.51.100.1"), Some("c2"));
    assert_eq!(threat(&intel, "198.51.100.9"), None);
    let (_, report) = read(Format::Misp, "198.51.100.1\nevil.example\n");
    assert_eq!((report.addresses, report.domains), (1, 1));
}

#[test]
fn stix_xml() {
    let (intel, report) = read(
        Format::Stix,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1">
  <stix:Observables><cybox:Observable><cybox:Object>
    <cybox:Properties xsi:type="AddressObject:AddressObjectType" category="ipv4-addr">
      <AddressObject:Address_Value condition="Equals" apply_condition="ANY">198.51.100.1##comma##198.51.100.2</AddressObject:Address_Value>
    </cybox:Properties>
  </cybox:Object></cybox:Observable></stix:Observables>
  <stix:Indicators><stix:Indicator><indicator:Title>A &amp; B</indicator:Title><indicator:Observable><cybox:Object>
    <cybox:Properties xsi:type="AddressObj:AddressObjectType" category="cidr">
      <AddressObj:Address_Value>203.0.113.0/24</AddressObj:Address_Value>
    </cybox:Properties>
    <cybox:Properties xsi:type="AddressObj:AddressObjectType" category="ipv6-addr">
      <AddressObj:Address_Value condition="InclusiveBetween">2001:db8::1##comma##2001:db8::9</AddressObj:Address_Value>
    </cybox:Properties>
    <cybox:Properties xsi:type="DomainNameObj:DomainNameObjectType"><DomainNameObj:Value>C2.example</DomainNameObj:Value></cybox:Properties>
    <cybox:Properties xsi:type="AddressObj:AddressObjectType" category="ipv4-addr">
      <AddressObj:Address_Value condition="Contains">198.</AddressObj:Address_Value></cybox:Properties>
  </cybox:Object></indicator:Observable></stix:Indicator></stix:Indicators>
</stix:STIX_Package>"#,
    );
    assert_eq!((report.addresses, report.domains, report.broken), (4, 1, 1), "{report:?}");
    assert_eq!(report.examples[0].line, 17);
    assert_eq!(threat(&intel, "198.51.100.2"), Some(""));
    assert_eq!(threat(&intel, "203.0.113.200"), Some("A & B"));
    assert_eq!(threat(&intel, "2001:db8::5"), Some("A & B"));
    assert_eq!(domain(&intel, "c2.example"), Some("A & B"));
    for broken in ["<a><b>", "<!DOCTYPE a><a/>", "x", &"<a>".repeat(200)] {
        let mut builder = Intel::builder();
        let read = builder.list("x", Category::Malicious, Format::Stix, broken.as_bytes());
        assert!(matches!(read, Err(ListError::Format { .. })), "{broken}");
    }
}

#[test]
fn stix_json() {
    let (intel, report) = read(
        Format::Stix,
        r#"{"type":"bundle","objects":[
        {"type":"indicator","name":"n","pattern_type":"stix","pattern":"[ipv4-addr:value = '198.51.100.1' OR domain-name:value = 'c2.example']"},
        {"type":"indicator","name":"n","pattern_type":"stix","revoked":true,"pattern":"[ipv4-addr:value = '198.51.100.2']"},
        {"type":"indicator","pattern_type":"sigma","pattern":"x"},
        {"type":"malware","name":"m","is_family":false},
        {"type":"indicator","pattern":"[file:name = 'x']"},
        {"type":"indicator","pattern":"[ipv4-addr:value = '198.51.100.3' AND ipv4-addr:value = '198.51.100.4']"},
        {"type":"indicator","pattern":7}]}"#,
    );
    assert_eq!((report.addresses, report.domains, report.skipped, report.broken), (1, 1, 4, 2), "{report:?}");
    assert_eq!(threat(&intel, "198.51.100.1"), Some("n"));
    assert_eq!(threat(&intel, "198.51.100.2"), None);
}

#[test]
fn limits() {
    let mut builder = Intel::builder().limits(Limits { bytes: 40, entries: 2 });
    let long = "198.51.100.1\n198.51.100.2\n198.51.100.3\n198.51.100.4\n";
    let read = builder.list("x", Category::Custom, Format::Txt, long.as_bytes());
    assert!(matches!(read, Err(ListError::TooLarge { limit: 40 })));
    let read = builder.list("x", Category::Custom, Format::Txt, &long.as_bytes()[..39]);
    assert!(matches!(read, Err(ListError::TooMany { limit: 2 })));
}

#[test]
fn categories_and_trust() {
    let mut builder = Intel::builder();
    let mut add = |name: &str, category, text: &str| {
        let report = builder.list(name, category, Format::Txt, text.as_bytes()).expect("a list");
        assert_eq!(report.broken, 0, "{name}: {report:?}");
    };
    add("tor", Category::TorExit, "198.51.100.1\n198.51.100.2\n");
    add("bad", Category::Malicious, "198.51.100.0/24 # net\n198.51.100.1 # host\nevil.example\n");
    add("c2", Category::CommandAndControl, "c2.evil.example\n10.0.0.5\n".split_once("10").expect("a part").0);
    add("own", Category::Custom, "10.0.0.5\n");
    add("office", Category::Trusted, "198.51.100.2\n10.0.0.0/8\ngood.example\n0.0.0.0/8\n");
    add("more", Category::Malicious, "x.good.example\n");
    let intel = builder.build();
    let hit = intel.address(address("198.51.100.1")).expect("a hit");
    assert!(hit.has(Category::TorExit) && hit.has(Category::Malicious) && !hit.has(Category::Custom));
    let all: Vec<_> = hit.matches().map(|found| (found.list, found.threat)).collect();
    assert_eq!(all, [("tor", ""), ("bad", "net"), ("bad", "host")]);
    for trusted in ["198.51.100.2", "10.0.0.5"] {
        let hit = intel.address(address(trusted)).expect("a hit");
        assert_eq!(hit.categories().iter().collect::<Vec<_>>(), [Category::Trusted]);
        assert_eq!(hit.of(Category::Trusted).map(|found| found.list), Some("office"));
        assert_eq!(hit.of(Category::Custom), None);
    }
    let hit = intel.domain("www.c2.evil.example").expect("a hit");
    assert!(hit.has(Category::CommandAndControl) && hit.has(Category::Malicious));
    let hit = intel.domain("x.good.example").expect("a hit");
    assert!(hit.has(Category::Trusted) && !hit.has(Category::Malicious));
}

#[test]
fn names_of_formats_and_categories() {
    for format in Format::ALL {
        assert_eq!(Format::find(format.as_str()), Some(format));
    }
    for category in Category::ALL {
        assert_eq!(Category::find(category.as_str()), Some(category));
    }
}

//! User agents, as consoles, command lines, SDKs and tools write them.

use crate::random::Random;

/// A browser of this kind of machine; its version goes up in the middle of the month.
#[must_use]
pub fn browser(machine: usize, day: u32) -> String {
    let version = 140 + u32::from(day >= 9) + u32::from(day >= 23);
    match machine % 4 {
        0 => format!("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"),
        1 => format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36 Edg/{version}.0.0.0"),
        2 => format!("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"),
        _ => "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15".to_owned(),
    }
}

/// What the console's own back ends call themselves for some services.
#[must_use]
pub fn console_backend(service: &str) -> Option<&'static str> {
    match service {
        "s3" => Some(
            "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.750 Linux/5.10.226 OpenJDK_64-Bit_Server_VM/25.412-b09 java/1.8.0_412 vendor/Oracle_Corporation cfg/retry-mode/standard]",
        ),
        "cloudformation" | "health" | "trustedadvisor" | "ce" => Some("AWS Internal"),
        "lambda" => Some("AWS Internal"),
        _ => None,
    }
}

/// The command line, whose calls name the command in their user agent.
#[must_use]
pub fn cli(machine: usize, day: u32) -> String {
    let newer = day as usize > machine % 28;
    let version = if newer { "2.28.21" } else { "2.27.50" };
    match machine % 4 {
        0 | 3 => format!(
            "aws-cli/{version} md/awscrt#0.26.1 ua/2.1 os/macos#24.6.0 md/arch#arm64 lang/python#3.13.4 md/pyimpl#CPython m/E,b,Z cfg/retry-mode#standard md/installer#source md/prompt#off md/command#{{}}"
        ),
        1 => format!(
            "aws-cli/{version} md/awscrt#0.26.1 ua/2.1 os/windows#10 md/arch#amd64 lang/python#3.13.4 md/pyimpl#CPython m/E,b,Z cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#{{}}"
        ),
        _ => format!(
            "aws-cli/{version} md/awscrt#0.26.1 ua/2.1 os/linux#6.8.0-60-generic md/arch#x86_64 lang/python#3.13.4 md/pyimpl#CPython m/E,b,Z cfg/retry-mode#standard md/installer#exe md/distrib#ubuntu.24 md/prompt#off md/command#{{}}"
        ),
    }
}

/// A script with boto3.
#[must_use]
pub fn boto3(machine: usize) -> String {
    let (system, arch) = match machine % 4 {
        0 | 3 => ("macos#24.6.0", "arm64"),
        1 => ("windows#10", "amd64"),
        _ => ("linux#6.8.0-60-generic", "x86_64"),
    };
    let minor = 30 + machine % 9;
    format!(
        "Boto3/1.{minor}.4 md/Botocore#1.{minor}.4 ua/2.1 os/{system} md/arch#{arch} lang/python#3.12.3 md/pyimpl#CPython m/Z,b cfg/retry-mode#legacy Botocore/1.{minor}.4"
    )
}

/// Terraform, here or in CI.
#[must_use]
pub fn terraform(version: &str, os: &str) -> String {
    format!(
        "APN/1.0 HashiCorp/1.0 Terraform/{version} (+https://www.terraform.io) terraform-provider-aws/6.2.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.5 ua/2.1 os/{os} lang/go#1.23.10 md/GOOS#{os} md/GOARCH#amd64"
    )
}

/// What programs on servers and in functions are written with.
pub static SERVERS: &[&str] = &[
    "aws-sdk-java/2.31.50 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1.134-152.225.amzn2023.x86_64 lang/java#21.0.7 md/OpenJDK_64-Bit_Server_VM#21.0.7+6-LTS md/vendor#Amazon.com_Inc. md/en_US m/D,N",
    "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.2 md/GOOS#linux md/GOARCH#amd64 api/s3#1.79.3 m/E,Z",
    "Boto3/1.38.23 md/Botocore#1.38.23 ua/2.1 os/linux#6.1.134 md/arch#x86_64 lang/python#3.11.12 md/pyimpl#CPython m/Z,b,e cfg/retry-mode#legacy Botocore/1.38.23",
    "aws-sdk-js/3.812.0 ua/2.1 os/linux#6.1.134 lang/js md/nodejs#20.19.1 api/dynamodb#3.812.0 m/E,N",
    "aws-sdk-dotnet-coreclr/3.7.416.0 ua/2.0 os/linux#6.1.134 lang/.NET_Core#8.0.15 md/aws-sdk-dotnet-core#3.7.402.35 api/S3#3.7.416.0 cfg/retry-mode#legacy",
];

/// What functions are written with.
pub static FUNCTIONS: &[&str] = &[
    "aws-sdk-js/3.812.0 ua/2.1 os/linux#5.10.238 lang/js md/nodejs#20.19.0 exec-env/AWS_Lambda_nodejs20.x m/E",
    "Boto3/1.37.3 md/Botocore#1.37.3 ua/2.1 os/linux#5.10.238 md/arch#x86_64 lang/python#3.12.10 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 m/Z,b cfg/retry-mode#legacy Botocore/1.37.3",
    "aws-sdk-java/2.31.20 md/io#sync ua/2.1 os/Linux#5.10.238 lang/java#17.0.15 exec-env/AWS_Lambda_java17 m/D",
];

/// What attackers use: the same tools as others of other versions, and some of their own.
pub fn attacker(random: &mut Random) -> String {
    let agents = [
        "aws-cli/1.22.34 Python/3.10.12 Linux/5.15.0-91-generic botocore/1.23.34",
        "aws-cli/2.15.8 Python/3.11.6 Linux/6.2.0-39-generic exe/x86_64.ubuntu.22 prompt/off command/{}",
        "Boto3/1.26.90 Python/3.9.2 Linux/5.10.0-23-amd64 Botocore/1.29.90",
        "aws-sdk-go/1.44.298 (go1.20.5; linux; amd64)",
        "python-requests/2.31.0",
        "[Boto3/1.20.24 Python/3.8.10 Windows/10 Botocore/1.23.24]",
    ];
    (*random.pick(&agents)).to_owned()
}

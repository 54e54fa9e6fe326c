use crate::{Broken, Member, Shape};

/// A wire protocol. Source: the Smithy specification of AWS protocols, and botocore's `protocols`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// awsJson 1.0
    Json10,
    /// awsJson 1.1
    Json11,
    /// restJson1
    RestJson,
    /// awsQuery
    Query,
    /// ec2Query
    Ec2,
    /// restXml
    RestXml,
    /// Smithy RPC v2 CBOR
    Cbor,
}

/// A service: what clients, policies and records call it, and its operations.
#[derive(Debug)]
pub struct Service {
    /// The name of its folder and of botocore's model, such as `kms`.
    pub name: &'static str,
    /// The service's name in a credential scope, such as `kms`.
    pub signing_name: &'static str,
    /// The prefix of its actions in policies, such as `kms`.
    pub action_prefix: &'static str,
    /// What the record calls it, such as `kms.amazonaws.com`; also its service principal.
    pub event_source: &'static str,
    /// The version of the API, such as `2014-11-01`.
    pub api_version: &'static str,
    /// What stands before the dot in `X-Amz-Target` (awsJson), and the service's name in RPC v2 paths.
    pub target_prefix: &'static str,
    /// The namespace of its XML.
    pub xml_namespace: &'static str,
    /// The protocols it speaks, its own first.
    pub protocols: &'static [Protocol],
    /// It has one endpoint for all regions, and keeps its state and record in us-east-1.
    pub global: bool,
    /// The operations that are built.
    pub operations: &'static [&'static Operation],
    /// The names of those that AWS has and this does not.
    pub unbuilt: &'static [&'static str],
    /// Name, method and URI of those unbuilt operations that are found by their path (rest protocols).
    pub unbuilt_http: &'static [(&'static str, &'static str, &'static str)],
    /// The names of those unbuilt operations that clients call without a signature.
    pub unbuilt_unsigned: &'static [&'static str],
    /// It spoke awsQuery once, and still tells its old error codes in a header (`awsQueryCompatible`).
    pub query_compatible: bool,
    /// Errors that its operations may give besides their own (botocore does not list them).
    pub common_errors: &'static [&'static ErrorShape],
    /// How it tells what is wrong with a request.
    pub telling: Telling,
    /// What it calls a fault of its own, where that is not `InternalFailure`.
    pub fault: Option<&'static ErrorShape>,
}

/// How a service tells that a request does not fit its schema.
#[derive(Clone, Copy, Debug)]
pub enum Telling {
    /// A ValidationException that tells all members that are wrong, and their values.
    Values,
    /// The same without the values (observed on IAM, 2026).
    NoValues,
    /// An error of its own, with a reason and the message for the first constraint that is broken. The reason stands in
    /// these members: `Reason` (observed on Organizations), `__type` (observed on GuardDuty).
    Reasons(&'static ErrorShape, &'static [&'static str], fn(Broken) -> (&'static str, &'static str)),
}

/// What an operation does. Source: the Service Authorization Reference's access levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads: the record says `readOnly`.
    Read,
    /// Lists: the record says `readOnly`.
    List,
    /// Changes something.
    Write,
    /// Changes tags.
    Tagging,
    /// Changes who may do what.
    Permissions,
}

impl Access {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_read(self) -> bool {
        matches!(self, Self::Read | Self::List)
    }
}

/// A resource that an operation acts on, and is authorised for.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The kind of resource, as the service's resolver knows it: `key`, `alias`, `user`, …
    pub kind: &'static str,
    /// The input member that names it; empty when the resource is named by no member.
    pub member: &'static str,
    /// The action to be authorised on it, where it is not the operation's own (`kms:ReEncryptFrom`).
    pub action: Option<&'static str>,
}

/// HTTP binding of an operation (rest protocols; the others use POST /).
#[derive(Clone, Copy, Debug)]
pub struct Http {
    /// GET, POST, …
    pub method: &'static str,
    /// The path with labels, such as `/detector/{detectorId}`.
    pub uri: &'static str,
    /// The status of success.
    pub status: u16,
}

/// An operation: one row that everything else is derived from.
#[derive(Debug)]
pub struct Operation {
    /// The name in AWS's model, such as `CreateAlias`.
    pub name: &'static str,
    /// HTTP binding.
    pub http: Http,
    /// What it takes.
    pub input: Option<&'static Shape>,
    /// What it gives.
    pub output: Option<&'static Shape>,
    /// The element around the answer in the query protocol, such as `CreateUserResult`.
    pub result_wrapper: Option<&'static str>,
    /// The errors AWS lists for it.
    pub errors: &'static [&'static ErrorShape],
    /// What it does.
    pub access: Access,
    /// The action in policies where it is not `prefix:Name`.
    pub action: Option<&'static str>,
    /// The resources it is authorised on, all of them; none means `*`.
    pub targets: &'static [Target],
    /// Input members that the record leaves out besides the sensitive ones and blobs.
    pub unrecorded: &'static [&'static str],
    /// The record says `readOnly` although its access level is another (kms:Encrypt, sts:AssumeRole).
    pub reads: bool,
    /// It may be called without a signature (sts:AssumeRoleWithWebIdentity).
    pub unsigned: bool,
    /// It needs a signature but no permission (sts:GetCallerIdentity).
    pub unauthorized: bool,
}

/// An error of a service.
#[derive(Debug)]
pub struct ErrorShape {
    /// The name in AWS's model, such as `NotFoundException`.
    pub name: &'static str,
    /// The code on the wire, where it is not the name (`NoSuchEntity`).
    pub code: Option<&'static str>,
    /// HTTP status.
    pub status: u16,
    /// Members besides the message.
    pub members: &'static [Member],
}

impl ErrorShape {
    /// Names it; done by [`crate::errors!`].
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The code on the wire.
    #[must_use]
    pub const fn coded(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Members besides the message.
    #[must_use]
    pub const fn with(mut self, members: &'static [Member]) -> Self {
        self.members = members;
        self
    }

    /// The code on the wire.
    #[must_use]
    pub fn wire_code(&self) -> &'static str {
        self.code.unwrap_or(self.name)
    }
}

/// An error with this HTTP status.
#[must_use]
pub const fn error(status: u16) -> ErrorShape {
    ErrorShape { name: "", code: None, status, members: &[] }
}

/// An operation with POST /; see the builder methods for the rest of the row.
#[must_use]
pub const fn operation(access: Access) -> Operation {
    Operation {
        name: "",
        http: Http { method: "POST", uri: "/", status: 200 },
        input: None,
        output: None,
        result_wrapper: None,
        errors: &[],
        access,
        action: None,
        targets: &[],
        unrecorded: &[],
        reads: false,
        unsigned: false,
        unauthorized: false,
    }
}

impl Operation {
    /// Names it; done by [`crate::operations!`].
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// HTTP binding.
    #[must_use]
    pub const fn http(mut self, method: &'static str, uri: &'static str, status: u16) -> Self {
        self.http = Http { method, uri, status };
        self
    }

    /// What it takes.
    #[must_use]
    pub const fn input(mut self, shape: &'static Shape) -> Self {
        self.input = Some(shape);
        self
    }

    /// What it gives.
    #[must_use]
    pub const fn output(mut self, shape: &'static Shape) -> Self {
        self.output = Some(shape);
        self
    }

    /// The element around the answer in the query protocol.
    #[must_use]
    pub const fn wrapped(mut self, element: &'static str) -> Self {
        self.result_wrapper = Some(element);
        self
    }

    /// The errors AWS lists for it.
    #[must_use]
    pub const fn errors(mut self, errors: &'static [&'static ErrorShape]) -> Self {
        self.errors = errors;
        self
    }

    /// The action in policies.
    #[must_use]
    pub const fn action(mut self, action: &'static str) -> Self {
        self.action = Some(action);
        self
    }

    /// The resources it is authorised on.
    #[must_use]
    pub const fn on(mut self, targets: &'static [Target]) -> Self {
        self.targets = targets;
        self
    }

    /// Input members that the record leaves out.
    #[must_use]
    pub const fn unrecorded(mut self, members: &'static [&'static str]) -> Self {
        self.unrecorded = members;
        self
    }

    /// The record says `readOnly` although its access level is another.
    #[must_use]
    pub const fn reads(mut self) -> Self {
        self.reads = true;
        self
    }

    /// Whether the record says `readOnly`.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.reads || self.access.is_read()
    }

    /// It may be called without a signature.
    #[must_use]
    pub const fn unsigned(mut self) -> Self {
        self.unsigned = true;
        self.unauthorized = true;
        self
    }

    /// It needs a signature but no permission.
    #[must_use]
    pub const fn unauthorized(mut self) -> Self {
        self.unauthorized = true;
        self
    }
}

/// The resource that an input member names.
#[must_use]
pub const fn target(kind: &'static str, member: &'static str) -> Target {
    Target { kind, member, action: None }
}

impl Target {
    /// The action to be authorised on it.
    #[must_use]
    pub const fn action(mut self, action: &'static str) -> Self {
        self.action = Some(action);
        self
    }
}

/// A service of this name; see the builder methods for the rest.
#[must_use]
pub const fn service(name: &'static str, event_source: &'static str) -> Service {
    Service {
        name,
        signing_name: name,
        action_prefix: name,
        event_source,
        api_version: "",
        target_prefix: "",
        xml_namespace: "",
        protocols: &[],
        global: false,
        operations: &[],
        unbuilt: &[],
        unbuilt_http: &[],
        unbuilt_unsigned: &[],
        query_compatible: false,
        common_errors: &[],
        telling: Telling::Values,
        fault: None,
    }
}

impl Service {
    /// Its name in credential scopes and the prefix of its actions, where that is not its folder's.
    #[must_use]
    pub const fn signed_as(mut self, name: &'static str) -> Self {
        self.signing_name = name;
        self.action_prefix = name;
        self
    }

    /// The version of the API and the protocols, the service's own first.
    #[must_use]
    pub const fn speaks(mut self, api_version: &'static str, protocols: &'static [Protocol]) -> Self {
        self.api_version = api_version;
        self.protocols = protocols;
        self
    }

    /// What stands before the dot in `X-Amz-Target`.
    #[must_use]
    pub const fn target_prefix(mut self, prefix: &'static str) -> Self {
        self.target_prefix = prefix;
        self
    }

    /// The namespace of its XML.
    #[must_use]
    pub const fn xml_namespace(mut self, namespace: &'static str) -> Self {
        self.xml_namespace = namespace;
        self
    }

    /// It has one endpoint for all regions.
    #[must_use]
    pub const fn global(mut self) -> Self {
        self.global = true;
        self
    }

    /// Its operations: those that are built, and the names of the others.
    #[must_use]
    pub const fn operations(
        mut self,
        built: &'static [&'static Operation],
        unbuilt: &'static [&'static str],
    ) -> Self {
        self.operations = built;
        self.unbuilt = unbuilt;
        self
    }

    /// Name, method and URI of unbuilt operations that are found by their path.
    #[must_use]
    pub const fn unbuilt_http(
        mut self,
        operations: &'static [(&'static str, &'static str, &'static str)],
    ) -> Self {
        self.unbuilt_http = operations;
        self
    }

    /// The names of unbuilt operations that clients call without a signature.
    #[must_use]
    pub const fn unbuilt_unsigned(mut self, names: &'static [&'static str]) -> Self {
        self.unbuilt_unsigned = names;
        self
    }

    /// It spoke awsQuery once, and still tells its old error codes in a header.
    #[must_use]
    pub const fn query_compatible(mut self) -> Self {
        self.query_compatible = true;
        self
    }

    /// Errors that its operations may give besides their own.
    #[must_use]
    pub const fn common_errors(mut self, errors: &'static [&'static ErrorShape]) -> Self {
        self.common_errors = errors;
        self
    }

    /// How it tells what is wrong with a request, where that is not [`Telling::Values`].
    #[must_use]
    pub const fn tells(mut self, telling: Telling) -> Self {
        self.telling = telling;
        self
    }

    /// What it calls a fault of its own, where that is not `InternalFailure`.
    #[must_use]
    pub const fn faults(mut self, error: &'static ErrorShape) -> Self {
        self.fault = Some(error);
        self
    }

    /// The operation of this name, if it is built.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|operation| operation.name == name).copied()
    }
}

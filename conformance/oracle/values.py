"""Values that fit a shape of botocore's model, and the form in which they are compared."""

import base64
import datetime
import math
import struct

from cases import pattern_text

UTC = datetime.timezone.utc
LEAST, MOST, EDGES, RANDOM = "least", "most", "edges", "random"
MODES = (LEAST, MOST, EDGES, RANDOM)
XML = ("query", "ec2", "rest-xml")
TEXT = ["", "a", "Hello, world", "ünï ✓ 𐐷", "<a href=\"x\">&amp;'</a>", "a b+c%20&d=e/f?g#h", " padded ", "line\nline\ttab", "0", "null"]
CONTROL = ["\x00\x01\x1f", "\r\n", "\x7f\u2028"]
PLAIN = ["a", "Hello world", "x-y_z.1", "0", "text/plain; q=0.5", "~!@$%^&*()'<>[]{}|"]
PATH = ["a", "a b", "ünï✓", "x%20y", "a+b=c&d", "key.name", "semi;colon,comma", "q?h#", "a/b"]
DEPTH = 2


class Omit(Exception):
    """There is no value of this shape that could be sent."""


class Values:
    """Makes values for one direction of one protocol: what cannot be carried there is not made."""

    def __init__(self, rng, protocol, answers, mode, matching=False):
        self.rng, self.protocol, self.answers, self.mode = rng, protocol, answers, mode
        self.matching = matching
        self.stack = []

    def document(self, shape):
        """A value for an operation's whole input or output."""
        return {} if shape is None else self.structure(shape, top=True)

    def value(self, shape, place="body"):
        """A value of any shape at a place of the message."""
        make = getattr(self, shape.type_name, None)
        if make is None:
            raise Omit(shape.type_name)
        if self.stack.count(shape.name) >= DEPTH:
            raise Omit(shape.name)
        self.stack.append(shape.name)
        try:
            return make(shape, place)
        finally:
            self.stack.pop()

    def structure(self, shape, place="body", top=False):
        if shape.is_document_type:
            return self.rng.choice([{"a": [1, "x", None, True, {"b": 1.5}]}, {}, {"n": {"m": []}}])
        if shape.is_tagged_union:
            names = list(shape.members)
            self.rng.shuffle(names)
            for name in names:
                try:
                    return {name: self.value(shape.members[name])}
                except Omit:
                    continue
            raise Omit(shape.name)
        made = {}
        for name, member in shape.members.items():
            required = name in shape.required_members
            if not required and not self.wanted():
                continue
            if member.serialization.get("jsonvalue") or member.serialization.get("eventstream"):
                continue
            # The type of an error is told by the protocol, whether or not a member says so too.
            if member.serialization.get("name", "").lower() == "x-amzn-errortype":
                continue
            place = member_place(shape, name, member) if top else "body"
            try:
                made[name] = self.value(member, place)
            except Omit:
                if required and place == "uri":
                    raise
        return made

    def wanted(self):
        return self.mode == MOST or self.mode != LEAST and self.rng.random() < 0.5

    def list(self, shape, place):
        return self.entries(shape, lambda: self.value(shape.member, "list" if place == "header" else place))

    def map(self, shape, place):
        made = {}
        for key in self.entries(shape, lambda: self.value(shape.key, "key")):
            try:
                made[key] = self.value(shape.value, place)
            except Omit:
                break
        return made

    def entries(self, shape, make):
        least = shape.metadata.get("min", 0)
        count = {LEAST: max(least, 1), MOST: max(least, 2), EDGES: least}.get(self.mode)
        if count is None:
            count = self.rng.randint(least, least + 3)
        count = min(count, shape.metadata.get("max", count), 40)
        made = []
        for _ in range(count):
            try:
                made.append(make())
            except Omit:
                break
        return made

    def string(self, shape, place):
        if shape.enum:
            return self.rng.choice(shape.enum)
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 1 << 20)
        if self.matching and shape.metadata.get("pattern"):
            text = pattern_text(self.rng, shape.metadata["pattern"], least, most)
            if text is None:
                raise Omit(shape.name)
            return text
        text = self.text(shape, place)
        filler = self.rng.choice("ab") if place != "body" else self.rng.choice("aé✓")
        if place in ("uri", "greedy", "payload", "key", "header", "list", "headers"):
            least = max(least, 1)
        text = text + filler * (least - len(text))
        if self.mode == EDGES and most <= 4096 and self.rng.random() < 0.1:
            text = text + filler * (most - len(text))
        return text[:most] if len(text[:most].strip()) == len(text[:most]) or place == "body" else "a" * least

    def text(self, shape, place):
        if shape.serialization.get("hostLabel"):
            return "host"
        if place in ("uri", "greedy"):
            return self.rng.choice(PATH if self.protocol != "rest-xml" or place == "greedy" else PATH[:-1])
        if place == "list" and not self.answers:
            return self.rng.choice(PLAIN + ['say "a", b'])
        if place in ("header", "headers", "list"):
            return self.rng.choice(PLAIN)
        if place == "key":
            return self.rng.choice(["a", "b", "key.1", "x-y", "k%d" % self.rng.randint(0, 99)])
        return self.rng.choice(TEXT if self.protocol in XML else TEXT + CONTROL)

    def character(self, shape, place):
        return "c"

    def blob(self, shape, place):
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 1 << 20)
        if place == "payload":
            least = max(least, 1)
        count = {LEAST: least, MOST: 5, EDGES: least}.get(self.mode, self.rng.choice([0, 1, 16, 255, 1000]))
        return self.rng.randbytes(min(max(count, least), most))

    def boolean(self, shape, place):
        return self.rng.random() < 0.5

    def integer(self, shape, place, bits=31):
        if place == "status":
            return self.rng.choice([200, 202, 207])
        least, most = shape.metadata.get("min", -(1 << bits)), shape.metadata.get("max", (1 << bits) - 1)
        if self.mode == EDGES:
            return int(self.rng.choice([least, most]))
        near = [number for number in (0, 1, -1, 23, 24, 255, 256, 65536, 1 << 31, (1 << 53) + 1)]
        return int(self.rng.choice([number for number in near if least <= number <= most] or [least]))

    def long(self, shape, place):
        return self.integer(shape, place, bits=63)

    def double(self, shape, place, more=(0.1, 1e-7, 123456789.123, 1.7976931348623157e308)):
        least, most = shape.metadata.get("min", -math.inf), shape.metadata.get("max", math.inf)
        special = (math.nan, math.inf, -math.inf) if self.mode == EDGES and "min" not in shape.metadata else ()
        every = (0.0, 1.0, 1.5, -2.25, 1e10, 16777216.0) + more + special
        return self.rng.choice([number for number in every if not number < least and not number > most] or [least])

    def float(self, shape, place):
        return struct.unpack(">f", struct.pack(">f", self.double(shape, place, more=())))[0]

    def timestamp(self, shape, place):
        seconds = self.rng.choice([0, 1, 946684799, 1700000000, 4102444800])
        style = shape.serialization.get("timestampFormat")
        whole = style == "rfc822" or place in ("header", "list") or self.mode == LEAST
        millis = 0 if whole else self.rng.choice([0, 1, 120, 999])
        return datetime.datetime.fromtimestamp(seconds, UTC) + datetime.timedelta(milliseconds=millis)


def member_place(shape, name, member):
    """Where a member of an input or output stands."""
    if shape.serialization.get("payload") == name:
        return "payload"
    location = member.serialization.get("location")
    return {"querystring": "query", "statusCode": "status"}.get(location, location) or "body"


GONE = object()


def carried(shape, value, protocol, answers, top=True):
    """What is left of a value behind the wire: some protocols have no form for what is empty."""
    if shape.type_name == "structure" and not shape.is_document_type:
        kept = {}
        for name, part in value.items():
            member = shape.members[name]
            if member.serialization.get("location") == "querystring" and isinstance(part, dict):
                part = {key: value for key, value in part.items() if value != []}
            left = carried(member, part, protocol, answers, top=False)
            if top and left in ([], {}) and member.serialization.get("location"):
                continue
            if left is not GONE:
                kept[name] = left
        return GONE if not kept and not top and vanishes(shape, protocol, answers) else kept
    if shape.type_name == "list":
        parts = [carried(shape.member, part, protocol, answers, top=False) for part in value]
        parts = [part for part in parts if part is not GONE]
        return GONE if not parts and vanishes(shape, protocol, answers) else parts
    if shape.type_name == "map":
        parts = {key: carried(shape.value, part, protocol, answers, top=False) for key, part in value.items()}
        parts = {key: part for key, part in parts.items() if part is not GONE}
        return GONE if not parts and vanishes(shape, protocol, answers) else parts
    return value


def vanishes(shape, protocol, answers):
    """Whether this protocol has no form for an empty structure, list or map."""
    if shape.serialization.get("flattened") and protocol in XML and (answers or protocol == "rest-xml"):
        return True
    if answers or protocol not in ("query", "ec2"):
        return False
    return protocol == "ec2" or shape.type_name != "list"


def plain(shape, value):
    """A value as JSON, as the oracle writes documents."""
    if value is None or shape is None:
        return value
    kind = shape.type_name
    if kind == "structure" and not shape.is_document_type:
        return {name: plain(shape.members[name], part) for name, part in value.items() if name in shape.members}
    if kind == "list":
        return [plain(shape.member, part) for part in value]
    if kind == "map":
        return {key: plain(shape.value, part) for key, part in value.items()}
    if kind == "blob":
        value = value.encode() if isinstance(value, str) else value
        return {"$blob": base64.b64encode(value).decode()}
    if kind == "timestamp":
        since = value - datetime.datetime.fromtimestamp(0, UTC)
        return {"$time": round(since / datetime.timedelta(milliseconds=1))}
    if kind in ("float", "double"):
        number = float(value)
        if math.isfinite(number):
            return number
        return {"$float": "NaN" if math.isnan(number) else "inf" if number > 0 else "-inf"}
    return value

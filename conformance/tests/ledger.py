"""What a server under load has acknowledged, and whether it still holds: `Load` makes it, `Ledger` remembers it.

A fact is something that a write makes or takes away: a key, one of its tags, a user's policy. After each
call it is `YES` or `NO` if the call was acknowledged, and `MAYBE` if the connection was lost first: then it
may hold or not, but a change and its record must have been kept together.
"""

import asyncio
import collections
import contextlib
import itertools
import json
import random
import re
import time

from light import Light, Lost

REGIONS = ("us-east-1", "eu-west-1")
YES, NO, MAYBE = "yes", "no", "maybe"
MANAGED_POLICY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
CONNECTIONS = 32
# What names things made here.
WORD = re.compile(r"w\d{7}x")


class Ledger:
    """Acknowledged calls and facts, and how they are held against a server."""

    def __init__(self):
        # Thing -> fact -> state. A thing is ("key", region, id), ("user", name) or ("policy", ARN).
        self.facts = collections.defaultdict(dict)
        self.touched = set()
        # (region of the record, request id) -> operation
        self.acknowledged = {}
        # Facts whose call was lost: (thing, fact) -> (operation, a word of its parameters, state if it was made)
        self.lost = {}
        # Lost CreateKey calls: description -> region
        self.lost_keys = {}
        self.trail = Trail()
        # Acknowledged calls that were not looked for in the trail yet.
        self.unproved = set()
        # User -> the access key that a lost call has made
        self.adopted = {}
        self.ciphertexts = {}
        self.kinds = collections.Counter()

    def answered(self, region, operation, answer):
        """Every call with a whole answer must be in the trail once, refusals too."""
        assert answer.request_id, answer
        self.acknowledged[(region, answer.request_id)] = operation
        self.unproved.add((region, answer.request_id))
        self.kinds[(operation, answer.status)] += 1

    def set(self, thing, fact, state):
        self.facts[thing][fact] = state
        self.touched.add(thing)

    def lose(self, thing, fact, operation, word, made):
        self.lost[(thing, fact)] = (operation, word, made)
        self.set(thing, fact, MAYBE)

    async def check(self, clients, since, things=None, patience=0):
        """Holds what was touched (or these things) against what the server says, and the trail since a time.

        `patience`: for so many seconds records may still be on their way from the outbox.
        """
        await self.adopt_lost_keys(clients)
        things = sorted(self.touched if things is None else things, key=repr)
        pending = collections.deque(things)

        async def look(ours):
            while pending:
                thing = pending.popleft()
                self.compare(thing, await self.observe(ours, thing))

        await asyncio.gather(*(look(ours) for ours in clients))
        await self.check_ciphertexts(clients[0])
        end = time.monotonic() + patience
        while True:
            for region in REGIONS:
                await self.trail.read(self, clients[0][region], since)
            missing = [(key, self.acknowledged[key]) for key in sorted(self.unproved) if not self.trail.counts[key]]
            if not missing or time.monotonic() > end:
                break
            await asyncio.sleep(0.2)
        assert not missing, f"{len(missing)} acknowledged calls are not in the trail: {missing[:10]}"
        self.unproved.clear()
        self.check_lost()
        self.touched.clear()

    def compare(self, thing, seen):
        for fact, state in self.facts[thing].items():
            if state == MAYBE:
                continue
            assert (fact in seen) == (state == YES), f"{thing}: {fact} was acknowledged as {state}; now {seen}"
        ghosts = seen - self.facts[thing].keys()
        assert not ghosts, f"{thing}: nobody asked for {ghosts}"
        for fact, state in list(self.facts[thing].items()):
            if state == MAYBE:
                self.facts[thing][fact] = YES if fact in seen else NO

    async def adopt_lost_keys(self, clients):
        """Keys in the server that nobody was told of come from calls that were lost."""
        for region in REGIONS:
            client = clients[0][region]
            marker = {}
            while True:
                page = (await self.ask(client, "kms", "ListKeys", {"Limit": 1000, **marker})).json
                for key in page["Keys"]:
                    thing = ("key", region, key["KeyId"])
                    if thing in self.facts:
                        continue
                    described = await self.ask(client, "kms", "DescribeKey", {"KeyId": key["KeyId"]})
                    word = described.json["KeyMetadata"]["Description"]
                    assert self.lost_keys.pop(word, None) == region, f"nobody asked for {described}"
                    self.lost[(thing, ("self",))] = ("CreateKey", word, YES)
                    self.set(thing, ("self",), MAYBE)
                    self.set(thing, ("tag", "made"), MAYBE)
                    self.lost[(thing, ("tag", "made"))] = ("CreateKey", word, YES)
                if not page["Truncated"]:
                    break
                marker = {"Marker": page["NextMarker"]}
        for word in self.lost_keys:
            self.lost[(("no key", word), ("self",))] = ("CreateKey", word, YES)
            self.facts[("no key", word)][("self",)] = NO
        self.lost_keys.clear()

    def check_lost(self):
        """A call that was lost has its change and its record, or neither."""
        for (thing, fact), (operation, word, made) in self.lost.items():
            kept = self.facts[thing][fact] == made
            recorded = self.trail.has(operation, word)
            assert kept == recorded, f"{operation} of {word} for {thing}: kept {kept}, recorded {recorded}"
        self.lost.clear()

    async def check_ciphertexts(self, ours):
        for (region, key), text in self.ciphertexts.items():
            answer = await self.ask(ours[region], "kms", "Decrypt", {"CiphertextBlob": text})
            assert answer.json["KeyId"].endswith(key)
        self.ciphertexts.clear()

    async def observe(self, ours, thing):
        if thing[0] == "key":
            return await self.observe_key(ours[thing[1]], thing[2])
        if thing[0] == "user":
            return await self.observe_user(ours["us-east-1"], thing[1])
        return set()

    async def observe_key(self, client, key):
        described = await self.ask(client, "kms", "DescribeKey", {"KeyId": key}, may_fail=True)
        if not described.ok:
            return set()
        seen = {("self",)}
        seen |= {("tag", tag["TagKey"]) for tag in await self.all(client, "ListResourceTags", "Tags", key)}
        seen |= {("alias", alias["AliasName"]) for alias in await self.all(client, "ListAliases", "Aliases", key)}
        return seen | {("grant", grant["Name"]) for grant in await self.all(client, "ListGrants", "Grants", key)}

    async def all(self, client, operation, member, key):
        """All pages of what belongs to a key."""
        found, parameters = [], {"KeyId": key}
        while True:
            page = (await self.ask(client, "kms", operation, parameters)).json
            found += page[member]
            if not page["Truncated"]:
                return found
            parameters["Marker"] = page["NextMarker"]

    async def observe_user(self, client, name):
        user = await self.ask(client, "iam", "GetUser", {"UserName": name}, may_fail=True)
        if not user.ok:
            return set()
        seen = {("self",)}
        parts = {
            "inline": ("ListUserPolicies", ".//PolicyNames/member"),
            "attached": ("ListAttachedUserPolicies", ".//PolicyArn"),
            "tag": ("ListUserTags", ".//Tags/member/Key"),
            "access key": ("ListAccessKeys", ".//AccessKeyId"),
        }
        for kind, (operation, path) in parts.items():
            answer = await self.ask(client, "iam", operation, {"UserName": name})
            seen |= {(kind, text) for text in answer.texts(path)}
        # An access key whose id nobody was told of comes from a call that was lost.
        thing = ("user", name)
        known = self.facts[thing]
        unknown = [fact for fact in seen if fact[0] == "access key" and fact not in known]
        if known.get(("access key", "?")) == MAYBE and unknown:
            self.adopted[name] = unknown[0]
            known[unknown[0]] = YES
        if self.adopted.get(name) in seen:
            seen.add(("access key", "?"))
        return seen

    async def ask(self, client, service, operation, parameters, may_fail=False):
        answer = await client.call(service, operation, parameters)
        self.answered(client.region if service != "iam" else "us-east-1", operation, answer)
        assert answer.ok or may_fail and answer.status < 500, f"{operation} {parameters}: {answer}"
        return answer


class Trail:
    """What LookupEvents tells, held together over many look-ups."""

    def __init__(self):
        self.counts = collections.Counter()
        self.events = {}
        self.writes = collections.defaultdict(set)

    async def read(self, ledger, client, since):
        """Reads all events of a region since a time. An event's id comes once, and once for a request."""
        token, seen = {}, set()
        while True:
            parameters = {"MaxResults": 50, "StartTime": since, **token}
            answer = await ledger.ask(client, "cloudtrail", "LookupEvents", parameters)
            # The record of this very call is younger than the page.
            page = answer.json
            for event in page["Events"]:
                name = event["EventId"]
                assert name not in seen, f"event {name} comes twice"
                seen.add(name)
                self.add(client.region, event)
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        # The look-ups themselves were acknowledged after their snapshot was taken: the next read finds them.
        await self.read_own(ledger, client, since)

    async def read_own(self, ledger, client, since):
        wanted = {key for key, operation in ledger.acknowledged.items() if operation == "LookupEvents"}
        attribute = [{"AttributeKey": "EventName", "AttributeValue": "LookupEvents"}]
        token = {}
        while True:
            parameters = {"MaxResults": 50, "StartTime": since, "LookupAttributes": attribute, **token}
            answer = await client.call("cloudtrail", "LookupEvents", parameters)
            assert answer.ok, answer
            page = answer.json
            for event in page["Events"]:
                self.add(client.region, event)
            open_calls = {key for key in wanted if key[0] == client.region and not self.counts[key]}
            if "NextToken" not in page or not open_calls:
                break
            token = {"NextToken": page["NextToken"]}

    def add(self, region, event):
        record = json.loads(event["CloudTrailEvent"])
        assert record["eventID"] == event["EventId"]
        known = self.events.get(event["EventId"])
        if known is not None:
            assert known == record["requestID"], event
            return
        self.events[event["EventId"]] = record["requestID"]
        self.counts[(region, record["requestID"])] += 1
        assert self.counts[(region, record["requestID"])] == 1, f"a second record of the same call: {record}"
        if not record["readOnly"] and "errorCode" not in record:
            self.writes[record["eventName"]].update(WORD.findall(json.dumps(record["requestParameters"])))

    def has(self, operation, word):
        """Whether a successful call of this operation with this word is recorded."""
        return WORD.search(word).group() in self.writes[operation]


class Load:
    """Callers on 32 connections, each with things of its own; what they do comes from a seed.

    `patient` callers go on after an answer of 5xx or a lost connection; both acknowledge nothing.
    """

    def __init__(self, ledger, seed, patient=False):
        self.ledger = ledger
        self.patient = patient
        self.broken = collections.Counter()
        self.seed = seed
        self.round = itertools.count()
        self.words = itertools.count()
        self.keys = [[] for _ in range(CONNECTIONS)]
        self.users = [[] for _ in range(CONNECTIONS)]
        self.shared = {}
        self.made_users = 0
        self.failures = []

    def word(self):
        return f"w{next(self.words):07}x"

    async def prepare(self, ours):
        """Keys that all callers work on, so that their writes meet."""
        for region in REGIONS:
            key = await self.create_key(ours[region])
            self.shared[region] = key

    @contextlib.asynccontextmanager
    async def on(self, server):
        """Load on a server for as long as the context lasts; impatient callers end with their connections."""
        until = asyncio.Event()
        callers = asyncio.create_task(self.run(server.port, server.credentials, until))
        try:
            yield
        finally:
            until.set()
            await callers

    async def run(self, port, credentials, until):
        number = next(self.round)
        for things in self.keys + self.users:
            things[:] = [thing for thing in things if self.ledger.facts[thing].get(("self",)) == YES]
        callers = [self.caller(number, n, port, credentials, until) for n in range(CONNECTIONS)]
        await asyncio.gather(*callers)

    async def answers(self, count):
        """Waits for so many answers more."""
        wanted = len(self.ledger.acknowledged) + count
        await self.until(lambda: len(self.ledger.acknowledged) >= wanted, f"{count} answers")

    async def until(self, condition, what, seconds=300):
        """Waits for what the load brings about."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"it did not come to {what}: {self.broken} {self.ledger.kinds}"
            await asyncio.sleep(0.02)

    async def caller(self, number, n, port, credentials, until):
        dice = random.Random(f"{self.seed}-{number}-{n}")
        ours = clients(port, credentials)
        while not until.is_set():
            try:
                await self.one(dice, n, ours)
            except Lost:
                if not self.patient:
                    break
                await asyncio.sleep(0.02)
        for client in ours.values():
            client.close()

    async def one(self, dice, n, ours):
        keys, users = self.keys[n], self.users[n]
        client = ours[dice.choice(REGIONS)]
        mine = [key for key in keys if key[1] == client.region]
        kind = dice.random()
        if kind < 0.12 or not mine:
            keys.append(await self.create_key(client))
            del keys[:-6]
        elif kind < 0.60:
            await dice.choice(self.KEY_WORK)(self, dice, client, dice.choice(mine))
        elif kind < 0.63:
            await self.grant(dice, client, self.shared[client.region])
        elif (kind < 0.72 or not users) and self.room_for_users():
            users.append(await self.create_user(ours["us-east-1"]))
            del users[:-6]
        elif kind < 0.96 and users:
            user = dice.choice(users)
            if await dice.choice(self.USER_WORK)(self, dice, ours["us-east-1"], user):
                users.remove(user)
        elif kind < 0.98:
            missing = "1234abcd-12ab-34cd-56ef-1234567890ab"
            await self.refused(client, "kms", "DescribeKey", {"KeyId": missing}, 400)
        else:
            stranger = Light(client.port, (client.access_key, "not-the-secret"), client.region)
            await self.refused(stranger, "kms", "ListKeys", {}, 400)
            stranger.close()

    async def call(self, client, service, operation, parameters, facts=(), word=None, made=YES):
        """A call that makes (or takes away) facts of things."""
        region = "us-east-1" if service == "iam" else client.region
        try:
            answer = await self.answer(client, service, operation, parameters)
        except Lost:
            for thing, fact in facts:
                self.ledger.lose(thing, fact, operation, word, made)
            raise
        self.ledger.answered(region, operation, answer)
        if answer.ok:
            for thing, fact in facts:
                self.ledger.set(thing, fact, made)
        else:
            self.failures.append((operation, answer))
            for thing, fact in facts:
                self.ledger.facts[thing].setdefault(fact, NO if made == YES else YES)
        return answer

    async def answer(self, client, service, operation, parameters):
        answer = await client.call(service, operation, parameters)
        if answer.status >= 500 and self.patient:
            self.broken[(operation, answer.status)] += 1
            raise Lost(answer)
        return answer

    async def refused(self, client, service, operation, parameters, status):
        answer = await self.answer(client, service, operation, parameters)
        self.ledger.answered(client.region, operation, answer)
        if answer.status != status:
            self.failures.append((operation, answer))

    async def create_key(self, client):
        word = self.word()
        parameters = {"Description": word, "Tags": [{"TagKey": "made", "TagValue": word}]}
        try:
            answer = await self.call(client, "kms", "CreateKey", parameters)
        except Lost:
            self.ledger.lost_keys[word] = client.region
            raise
        if not answer.ok:
            raise Lost(f"CreateKey: {answer}")
        thing = ("key", client.region, answer.json["KeyMetadata"]["KeyId"])
        self.ledger.set(thing, ("self",), YES)
        self.ledger.set(thing, ("tag", "made"), YES)
        return thing

    async def tag(self, dice, client, key):
        word = self.word()
        parameters = {"KeyId": key[2], "Tags": [{"TagKey": word, "TagValue": word}]}
        if self.count(key, "tag") < 40:
            await self.call(client, "kms", "TagResource", parameters, [(key, ("tag", word))], word)

    async def untag(self, dice, client, key):
        word = self.some(dice, key, "tag", not_this="made")
        if word:
            parameters = {"KeyId": key[2], "TagKeys": [word]}
            await self.call(client, "kms", "UntagResource", parameters, [(key, ("tag", word))], word, NO)

    async def alias(self, dice, client, key):
        name = f"alias/{self.word()}"
        if self.count(key, "alias") < 40:
            parameters = {"AliasName": name, "TargetKeyId": key[2]}
            await self.call(client, "kms", "CreateAlias", parameters, [(key, ("alias", name))], name)

    async def unalias(self, dice, client, key):
        name = self.some(dice, key, "alias")
        if name:
            facts = [(key, ("alias", name))]
            await self.call(client, "kms", "DeleteAlias", {"AliasName": name}, facts, name, NO)

    async def grant(self, dice, client, key):
        word = self.word()
        if self.count(key, "grant") < 90:
            parameters = {
                "KeyId": key[2],
                "GranteePrincipal": "arn:aws:iam::000000000000:user/admin",
                "Operations": ["Decrypt"],
                "Name": word,
            }
            await self.call(client, "kms", "CreateGrant", parameters, [(key, ("grant", word))], word)

    async def describe(self, dice, client, key):
        await self.call(client, "kms", "DescribeKey", {"KeyId": key[2]})

    async def encrypt(self, dice, client, key):
        parameters = {"KeyId": key[2], "Plaintext": "bm90aGluZyBpcyBsb3N0"}
        answer = await self.call(client, "kms", "Encrypt", parameters)
        if answer.ok:
            self.ledger.ciphertexts[(client.region, key[2])] = answer.json["CiphertextBlob"]

    KEY_WORK = (tag, tag, untag, alias, alias, unalias, grant, describe, encrypt, encrypt)

    async def create_user(self, client):
        name = self.word()
        thing = ("user", name)
        self.made_users += 1
        answer = await self.call(client, "iam", "CreateUser", {"UserName": name}, [(thing, ("self",))], name)
        if not answer.ok:
            raise Lost(f"CreateUser: {answer}")
        return thing

    async def put_policy(self, dice, client, user):
        word = self.word()
        parameters = {"UserName": user[1], "PolicyName": word, "PolicyDocument": POLICY}
        if self.count(user, "inline") < 8:
            await self.call(client, "iam", "PutUserPolicy", parameters, [(user, ("inline", word))], word)

    async def delete_policy(self, dice, client, user):
        word = self.some(dice, user, "inline")
        if word:
            parameters = {"UserName": user[1], "PolicyName": word}
            await self.call(client, "iam", "DeleteUserPolicy", parameters, [(user, ("inline", word))], word, NO)

    async def attach(self, dice, client, user):
        # Only one word tells this call from others of its kind: the user's name. So it happens once.
        fact = ("attached", MANAGED_POLICY)
        if fact not in self.ledger.facts[user]:
            parameters = {"UserName": user[1], "PolicyArn": MANAGED_POLICY}
            await self.call(client, "iam", "AttachUserPolicy", parameters, [(user, fact)], user[1])

    async def tag_user(self, dice, client, user):
        word = self.word()
        parameters = {"UserName": user[1], "Tags.member.1.Key": word, "Tags.member.1.Value": word}
        if self.count(user, "tag") < 40:
            await self.call(client, "iam", "TagUser", parameters, [(user, ("tag", word))], word)

    async def access_key(self, dice, client, user):
        if self.count(user, "access key") == 0 and ("access key", "?") not in self.ledger.facts[user]:
            lost = [(user, ("access key", "?"))]
            self.ledger.facts[user][("access key", "?")] = NO
            answer = await self.call(client, "iam", "CreateAccessKey", {"UserName": user[1]}, lost, user[1])
            if answer.ok:
                self.ledger.set(user, ("access key", "?"), NO)
                self.ledger.set(user, ("access key", answer.texts(".//AccessKeyId")[0]), YES)

    async def look_up_user(self, dice, client, user):
        await self.call(client, "iam", "GetUser", {"UserName": user[1]})

    async def delete_user(self, dice, client, user):
        facts = self.ledger.facts[user]
        bare = all(state == NO or state == YES and fact[0] in ("self", "tag") for fact, state in facts.items())
        if not bare:
            return False
        gone = [(user, fact) for fact, state in facts.items() if state == YES]
        await self.call(client, "iam", "DeleteUser", {"UserName": user[1]}, gone, user[1], NO)
        self.made_users -= 1
        return True

    USER_WORK = (put_policy, put_policy, delete_policy, attach, tag_user, access_key, look_up_user, delete_user)

    def room_for_users(self):
        """An account has at most 5,000 users."""
        return self.made_users < 5_000 - 2 * CONNECTIONS

    def count(self, thing, kind):
        return sum(fact[0] == kind and state == YES for fact, state in self.ledger.facts[thing].items())

    def some(self, dice, thing, kind, not_this=None):
        facts = self.ledger.facts[thing].items()
        held = [fact[1] for fact, state in facts if fact[0] == kind and state == YES and fact[1] != not_this]
        return dice.choice(held) if held else None


def clients(port, credentials):
    """A caller's clients, one for each region."""
    return {region: Light(port, credentials, region) for region in REGIONS}

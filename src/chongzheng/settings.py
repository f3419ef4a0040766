"""What does each setting mean, what may it be, what is it now, and where does that value come from?"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import msgspec

from chongzheng import config
from chongzheng.journal.postgres import is_url, place_of
from chongzheng.journal.retention import Rule, in_force
from chongzheng.reversal.policy import Policy

FILE, DEFAULT, UNSET = "file", "default", "not set"
NAMES = {"string": "text", "str": "text", "int": "integer", "bool": "true or false", "boolean": "true or false"}

POLICY_SAYS = {
    "version": "A name for these rules; it is stored with every payment that they judged.",
    "reply_wait_ms": "How long we wait for the bank's answer to a sale.",
    "terminal_wait_ms": "How long terminals wait for ours; must be longer.",
    "deliver_wait_ms": "How long writing an approval to a terminal may take before its delivery is in doubt.",
    "repeat_after_ms": "Waits between sends of a reversal; the last one repeats until reverse_for_ms is over.",
    "not_found_after_ms": "Waits before a reversal is tried again after the bank did not find the sale.",
    "urgent_after_ms": "Wait before a reversal is tried again during the bank's day cut-over.",
    "reverse_for_ms": "How long a reversal is driven before a person takes over.",
    "inquire_after_ms": "Waits before the channel is asked about a payment in doubt; empty: it has no inquiry.",
    "file_due_ms": "How long after its day a clearing file may be missing before a person looks.",
    "case_due_ms": "How long a person has for a case.",
    "clearing_days": "How many complete clearing files, silent about a payment, prove that it is absent.",
    "ack_names_original": "Whether F37 of a reversal's answer is the sale's own, so that a blind 00 shows.",
    "accept_partial": "Whether an approval for less than was asked stands; otherwise it is reversed.",
    "timeout_code": "The reason (F39) of a reversal after silence.",
    "duplicate_code": "What a terminal hears when it repeats a sale with other content.",
    "unreachable_code": "What a terminal hears while the bank cannot be reached.",
    "irreversible_code": "What a terminal hears when it reverses what is never reversed but resent, or not undone.",
    "related_code": "What a terminal hears when it voids what is voided or reversed already.",
    "approved": "Answers (F39) that approve a sale.",
    "partial": "Answers (F39) that approve less than was asked.",
    "refused": "Answers (F39) that refuse a sale; any other one leaves it in doubt.",
    "reversal_meaning": "What an answer (F39) to a reversal means.",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `limits` is "" where its kind says everything; `came_from` is FILE, DEFAULT or UNSET.

    A name with `[]` in it stands for one in each row of a list of tables.
    """

    name: str
    value: object
    kind: str
    limits: str
    came_from: str
    says: str


def journal_and_desk(path: Path) -> tuple[Path | str, config.ConsoleSection | None, config.ApiSection | None]:
    """Which journal a configuration names, the desk that it wants beside the engine, and the door."""
    loaded = config.load(path)
    return loaded.journal, loaded.console, loaded.api


def table(path: Path) -> list[Setting]:
    """Every setting of the configuration at `path`. TheirMistake when the engine would refuse that file."""
    loaded = config.load(path)
    policy = loaded.policy
    given = tomllib.loads(path.read_text("utf-8"))
    schema = msgspec.json.schema(config._File)
    found = list(_walk(_target(schema, schema)[0], given, "", schema["$defs"]))
    return [*found, *_retention(loaded.retention), *_policy(policy, given.get("policy", {}))]


def _walk(section: dict[str, Any], given: dict[str, Any], prefix: str, known: dict[str, Any]) -> Iterator[Setting]:
    for name, told in section["properties"].items():
        below, text = _target({**told, "$defs": known}, {"$defs": known})
        where, there = f"{prefix}{name}", name in given
        if below.get("type") == "object" and "properties" in below:
            yield from _walk(below, given.get(name) or {}, f"{where}.", known)
        elif below.get("type") == "array" and "$ref" in below.get("items", {}):
            rows, says = _target(below["items"], {"$defs": known})
            count = f"{len(given.get(name, []))} of them"
            yield Setting(where, count, "list of tables", "", FILE if there else DEFAULT, text or says)
            yield from (_plain(f"{where}[].{inner}", one, {}, inner) for inner, one in rows["properties"].items())
        elif where != "policy":
            yield _plain(where, {**below, "description": text, "default": told.get("default")}, given, name)


def _target(told: dict[str, Any], root: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The schema behind a reference or a "this or nothing", and the words that stand nearest to it."""
    text = told.get("description", "")
    if "anyOf" in told:
        told = {**next(one for one in told["anyOf"] if one.get("type") != "null")}
        text = text or told.get("description", "")
    while "$ref" in told:
        told = root["$defs"][told["$ref"].rpartition("/")[2]]
    return told, text or told.get("description", "")


def _plain(where: str, told: dict[str, Any], given: dict[str, Any], name: str) -> Setting:
    told, text = _target(told, {"$defs": {}}) if "anyOf" in told else (told, told.get("description", ""))
    value = given.get(name, told.get("default"))
    if told.get("secret") and isinstance(value, str):
        value = f"sealed, {len(value) // 2} bytes"
    if told.get("place") and is_url(value):
        value = place_of(str(value))  # without the password
    came_from = FILE if name in given else UNSET if value is None else DEFAULT
    return Setting(where, value, _kind(told), _limits(told), came_from, text)


def _kind(told: dict[str, Any]) -> str:
    kind = str(told.get("type", "text"))
    return "one of" if "enum" in told else NAMES.get(kind, kind)


def _limits(told: dict[str, Any]) -> str:
    if "enum" in told:
        return ", ".join(map(str, told["enum"]))
    if "minimum" in told or "maximum" in told:
        return f"{told.get('minimum', '…')} to {told.get('maximum', '…')}"
    return str(told.get("pattern", ""))


def _retention(sections: Iterable[Any]) -> Iterator[Setting]:
    """The rule that counts today for each kind of row, the operator's own and ours."""
    own = [Rule(one.kind, one.keep_days, one.since, one.why) for one in sections]
    for kind, rule in in_force(own, time.time_ns() // 1_000_000).items():
        came_from = FILE if rule in own else DEFAULT
        says = f"How long rows of this kind are kept: {rule.why or 'by the operator'}."
        yield Setting(f"retention.{kind}", f"{rule.keep_days} days, since {rule.since}", "rule", "", came_from, says)


def _policy(policy: Policy, given: dict[str, Any]) -> Iterator[Setting]:
    for field in fields(Policy):
        where, there = f"policy.{field.name}", field.name in given
        limits = "above 0" if field.name.endswith("_ms") else ""
        value = _listed(getattr(policy, field.name))
        says = POLICY_SAYS.get(field.name, "")
        yield Setting(where, value, _policy_kind(str(field.type)), limits, FILE if there else DEFAULT, says)


def _policy_kind(annotation: str) -> str:
    outer, _, inner = annotation.partition("[")
    one = NAMES.get(inner.rstrip("]").partition(",")[0], "")
    lists = {"frozenset": f"set of {one}", "tuple": f"list of {one}", "MappingProxyType": "table"}
    return lists.get(outer) or NAMES.get(outer, outer)


def _listed(value: object) -> object:
    """A value as JSON can say it."""
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if hasattr(value, "items") else value


def document(settings: list[Setting]) -> list[dict[str, object]]:
    """The table as `--json` prints it."""
    return [asdict(one) for one in settings]

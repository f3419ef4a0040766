"""Which template says this to these people, which facts does it state, and are they proven? If so: its words.

A template names every fact that its words state, with the values it may have and how good the proof must be. One that
is missing, other, or proven too weakly is a refusal with its reason, never a text with a hole or a guess in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chongzheng.mistakes import OurMistake
from chongzheng.notices.blanks import INNER_ONLY, LANGUAGES, Blank, names_a_card, written
from chongzheng.notices.taboo import OUTSIDE, Audience, objections
from chongzheng.reversal.payment import Proof
from chongzheng.settlement.days import is_day, shifted

SHORT_CHARS_MAX = 320
"""Of a short message once it is filled in; longer ones are sent in pieces that arrive out of order."""
SUBJECT_CHARS_MAX = 120
BODY_CHARS_MAX = 4_000
ATTRIBUTION = "attribution"
"""The fact that settles who or what was the cause; before it nobody is blamed."""
CALENDAR_DAYS_MAX = 60
"""Within so many days there are five that are worked, whatever the holidays."""

_LONGEST = {"subject": SUBJECT_CHARS_MAX, "body": BODY_CHARS_MAX, "short": SHORT_CHARS_MAX}
_PLACE = re.compile(r"\{([a-z_]+)\}")
_STRENGTH = {proof: n for n, proof in enumerate(Proof)}


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that the words state: the values it may have, and the weakest proof that is enough."""

    fact: str
    values: frozenset[str]
    proof: Proof


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a fact, how well, and the ids of the evidence that carries it."""

    value: str
    proof: Proof
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ahead:
    """The day in this blank lies at least so many working days after the day of the notice."""

    blank: str
    working_days: int


@dataclass(frozen=True, slots=True)
class Words:
    """A subject line, the whole text, and one short enough for a telephone; blanks are `{name}`."""

    subject: str
    body: str
    short: str


@dataclass(frozen=True, slots=True)
class Template:
    """One version of one template. `since`: the first day (yyyymmdd) on which it is the one to use."""

    name: str
    version: int
    since: str
    audience: Audience
    occasion: str
    states: tuple[Stated, ...]
    blanks: Mapping[str, Blank]
    ahead: Ahead | None
    words: Mapping[str, Words]

    @property
    def id(self) -> str:
        """Name and version, as a notice remembers it."""
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, slots=True)
class Today:
    """The day of the notice in China (yyyymmdd), and the days off around it."""

    day: str
    days_off: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of a notice. `stated`: fact, value, proof, evidence; `digest`: SHA-256 of everything said, in hex."""

    template: str
    language: str
    subject: str
    body: str
    short: str
    stated: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be said; one line for each reason."""

    reasons: tuple[str, ...]


def load(rows: Iterable[Mapping[str, Any]]) -> tuple[Template, ...]:
    """Templates out of the tables of a TOML file. OurMistake: one that could say what it may not."""
    found = tuple(_template(row) for row in rows)
    ids = [one.id for one in found]
    twice = {name for name in ids if ids.count(name) > 1}
    if twice:
        raise OurMistake("two templates have one name and version", min(twice))
    return found


def in_force(templates: Sequence[Template], audience: Audience, occasion: str, day: str) -> Template | None:
    """The newest version for this audience and occasion in force on this day (yyyymmdd); None: nobody wrote one."""
    fitting = [one for one in templates if one.audience is audience and one.occasion == occasion and one.since <= day]
    return max(fitting, key=lambda one: (one.since, one.version), default=None)


def render(
    template: Template,
    facts: Mapping[str, Known],
    values: Mapping[str, object],
    language: str,
    today: Today | None = None,
) -> Rendered | Refused:
    """The notice in `language`: zh, en, or both (Chinese first). TheirMistake: a value does not fit its blank.

    Refused: a fact that is stated is not known so, a day is too near, or a value brings a word that may not be said.
    """
    reasons = [*_unproven(template, facts), *_too_near(template, values, today), *_unfilled(template, values)]
    if reasons:
        return Refused(tuple(reasons))
    texts = [_filled(template, values, one) for one in (LANGUAGES if language == "both" else (language,))]
    words = _joined(texts)
    attributed = ATTRIBUTION in {stated.fact for stated in template.states}
    said = objections("\n".join((words.subject, words.body, words.short)), template.audience, attributed)
    long = _too_long(texts)
    if said or long:
        return Refused((*said, *long))
    stated = tuple(
        (one.fact, facts[one.fact].value, facts[one.fact].proof.value, facts[one.fact].evidence)
        for one in template.states
    )
    everything = "\x1f".join((template.id, language, words.subject, words.body, words.short))
    digest = hashlib.sha256(everything.encode()).hexdigest()
    return Rendered(template.id, language, words.subject, words.body, words.short, stated, digest)


def first_day_after(day: str, working_days: int, days_off: frozenset[str]) -> str:
    """The first day by which so many whole working days have passed since `day`, itself not counted (yyyymmdd)."""
    left, at = working_days, day
    for _ in range(CALENDAR_DAYS_MAX):
        at = shifted(at, 1)
        left -= at not in days_off
        if not left:
            return at
    raise OurMistake(f"there are no {working_days} working days after it", day)


def _unproven(template: Template, facts: Mapping[str, Known]) -> list[str]:
    found = []
    for stated in template.states:
        known, wanted = facts.get(stated.fact), " or ".join(sorted(stated.values))
        if known is None:
            found.append(f"{template.id} states that {stated.fact} is {wanted}; nothing is known of it")
        elif known.value not in stated.values:
            found.append(f"{template.id} states that {stated.fact} is {wanted}; it is {known.value}")
        elif _STRENGTH[known.proof] < _STRENGTH[stated.proof]:
            found.append(f"{template.id} states {stated.fact} as {stated.proof}; it is only {known.proof}")
    return found


def _too_near(template: Template, values: Mapping[str, object], today: Today | None) -> list[str]:
    ahead = template.ahead
    if ahead is None:
        return []
    if today is None:
        return [f"{template.id} needs to know which day it is, to be early enough"]
    day = values.get(ahead.blank)
    earliest = first_day_after(today.day, ahead.working_days, today.days_off)
    if not isinstance(day, str) or not is_day(day) or day < earliest:
        return [f"{ahead.blank} is at least {ahead.working_days} working days ahead: {earliest} or later"]
    return []


def _unfilled(template: Template, values: Mapping[str, object]) -> list[str]:
    return [f"{template.id} needs {name} ({kind})" for name, kind in template.blanks.items() if name not in values]


def _filled(template: Template, values: Mapping[str, object], language: str) -> Words:
    fillings = {name: written(kind, values[name], language, name) for name, kind in template.blanks.items()}

    def fill(text: str) -> str:
        return _PLACE.sub(lambda match: fillings[match.group(1)], text)

    words = template.words[language]
    return Words(fill(words.subject), fill(words.body), fill(words.short))


def _too_long(texts: list[Words]) -> list[str]:
    return [
        f"the {part} has {len(getattr(words, part))} characters, more than {most}"
        for words in texts
        for part, most in _LONGEST.items()
        if len(getattr(words, part)) > most
    ]


def _joined(texts: list[Words]) -> Words:
    return Words(
        " / ".join(one.subject for one in texts),
        "\n\n— — —\n\n".join(one.body for one in texts),
        " ".join(one.short for one in texts),
    )


def _template(row: Mapping[str, Any]) -> Template:
    audience, occasion = Audience(row["audience"]), str(row["occasion"])
    name = f"{audience}.{occasion}"
    states = tuple(Stated(one["fact"], frozenset(one["is"]), Proof(one["proof"])) for one in row.get("states", ()))
    ahead = row.get("ahead")
    template = Template(
        name,
        row["version"],
        row["since"],
        audience,
        occasion,
        states,
        {blank: Blank(kind) for blank, kind in row["blanks"].items()},
        Ahead(ahead["blank"], ahead["working_days"]) if ahead else None,
        {language: Words(**{part: text.strip() for part, text in row[language].items()}) for language in LANGUAGES},
    )
    faults = _faults(template)
    if faults:
        raise OurMistake(faults[0], template.id)
    return template


def _faults(template: Template) -> list[str]:
    """What is wrong with a template as it was written."""
    found = []
    if not is_day(template.since) or template.version < 1:
        found.append("its version counts from 1, and it begins on a day (yyyymmdd)")
    if template.audience in OUTSIDE:
        found += [f"the blank {name} is not for this audience" for name, kind in template.blanks.items()
                  if kind in INNER_ONLY]  # fmt: skip
    attributed = ATTRIBUTION in {stated.fact for stated in template.states}
    for language, words in template.words.items():
        whole = "\n".join((words.subject, words.body, words.short))
        used = set(_PLACE.findall(whole))
        found += [f"{language}: {{{name}}} is no blank of it" for name in sorted(used - set(template.blanks))]
        found += [f"{language}: the blank {name} is never used" for name in sorted(set(template.blanks) - used)]
        found += [f"{language}: {said}" for said in objections(whole, template.audience, attributed)]
        if names_a_card(whole):
            found.append(f"{language}: holds a number as long as a card number")
    return found

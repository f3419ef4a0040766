"""How does a scenario file become facts, and the machine's outcome become the words of that file?"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from chongzheng.money import Money
from chongzheng.reversal import effects, facts
from chongzheng.reversal.effects import Effect
from chongzheng.reversal.entries import position
from chongzheng.reversal.facts import ANY, Answer, Fact, Found, Key, Line, Link, Moves, Request, Sign, Standing, Undo
from chongzheng.reversal.payment import MoneyIs, Payment
from chongzheng.reversal.policy import Policy
from chongzheng.reversal.step import step, stop

FOLDER = Path(__file__).resolve().parent
START = int(datetime(2026, 11, 22, 1, 0, tzinfo=UTC).timestamp()) * 1000
BUSINESS_DAY = date(2026, 11, 22)
DAY_MS = 24 * 3_600_000
KEY = Key("898100000000001", "10000001", "000012", "000123")
ECHO = ("000000", "000123", "10000001", "898100000000001")
UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": DAY_MS}
ANSWERED_WITH_MAC = ("00", "10", "11")


class Unreadable(Exception):
    """A scenario line that says nothing this file understands."""


@dataclass(frozen=True)
class Told:
    """One line: where it stands, its time (ms after the start; None for a check), what it says and expects."""

    number: int
    after_ms: int | None
    day: str
    words: str
    expected: str


@dataclass
class Story:
    """A payment while its file is played, and what was seen on the way."""

    policy: Policy = field(default_factory=Policy)
    day_ends_at: int = START + 15 * 3_600_000
    payment: Payment = field(default_factory=lambda: Payment("P1", KEY))
    rules: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def files() -> list[Path]:
    """Every scenario, in the order of names."""
    return sorted(FOLDER.glob("*.txt"))


def read(text: str) -> Iterator[Told]:
    """The lines of a scenario that say something."""
    for number, line in enumerate(text.split("\n"), 1):
        said = line.partition("#")[0] if line.startswith("#") else line
        if said.strip():
            yield _told(number, said.strip())


def play(path: Path) -> Story:
    """Drive the machine through the file; differences are collected in `wrong`, both versions in each."""
    story = Story()
    for told in read(path.read_text("utf-8")):
        if told.after_ms is None:
            _check(story, told, path.name)
        else:
            _happen(story, told, path.name)
    return story


def moment_ms(text: str) -> int:
    """Milliseconds after the start that `+1m30s` means."""
    parts = re.findall(r"(\d+)(ms|s|m|h|d)", text)
    if text != "+0" and "+" + "".join(n + unit for n, unit in parts) != text:
        raise Unreadable(f"no such time: {text}")
    return sum(int(n) * UNITS_MS[unit] for n, unit in parts)


def _told(number: int, line: str) -> Told:
    left, _, right = line.partition("=>")
    dated = re.match(r"(day|again) (\d+)\s+(.*)", left)
    if dated:
        count = int(dated[2])
        day = (BUSINESS_DAY + timedelta(days=count - 1)).strftime("%Y%m%d")
        return Told(number, max(count, 1) * DAY_MS, day, dated[3].strip(), right.strip())
    timed = re.match(r"(\+\S+)\s+(.*)", left)
    if timed:
        return Told(number, moment_ms(timed[1]), "", timed[2].strip(), right.strip())
    return Told(number, None, "", line, "")


def _happen(story: Story, told: Told, name: str) -> None:
    before, at = story.payment, START + (told.after_ms or 0)
    if told.words == "our mistake":
        outcome = stop(before, facts.DeadlinePassed(before.id, at, at), story.policy)
    else:
        outcome = step(before, _fact(story, told, at), story.policy)
    story.payment = outcome.payment
    story.rules.append(outcome.rule)
    state, rule, then = _expected(told.expected)
    seen = [str(outcome.payment.state), outcome.rule if rule else "", ", ".join(map(said, outcome.effects))]
    if [state, rule, ", ".join(then)] != seen:
        story.wrong.append(_both(name, told, told.expected, happened(outcome.payment, outcome.rule, outcome.effects)))


def happened(payment: Payment, rule: str, done: tuple[Effect, ...]) -> str:
    """The right-hand side of a line, as the machine would write it."""
    return f"{payment.state} ({rule})   {'; '.join(map(said, done))}".rstrip()


def _expected(text: str) -> tuple[str, str, list[str]]:
    found = re.match(r"([A-Z]+)(?:\s+\(([\w.]+)\))?\s*(.*)$", text)
    if not found:
        raise Unreadable(f"no state: {text!r}")
    return found[1], found[2] or "", [word.strip() for word in found[3].split(";") if word.strip()]


def _both(name: str, told: Told, written: str, really: str) -> str:
    return f"{name}:{told.number}: {told.words}\n    written:  => {written}\n    happened: => {really}"


def said(effect: Effect) -> str:
    """An effect in the words of a scenario."""
    match effect:
        case effects.Forward():
            return "forward"
        case effects.AnswerTerminal(code=code, approved=approved):
            return f"approve {code}" if approved else f"answer {code}"
        case effects.AnswerReversal(code=code):
            return f"own {code}" if code == "00" else f"refuse the reversal {code}"
        case effects.SendReversal(reason=reason, attempt=attempt):
            return f"reverse {reason} #{attempt}"
        case effects.Resend(attempt=attempt):
            return f"resend #{attempt}"
        case effects.Inquire(attempt=attempt):
            return f"inquire #{attempt}"
        case effects.TellLinked(payment=payment, link=link, standing=standing, proven=proven):
            return f"tell {payment}: {link} {standing}{' proven' if proven else ''}"
        case effects.SignIn():
            return "sign in"
        case effects.OpenCase(why=why):
            return f"case {why.replace(',', ' /')}"
        case effects.ForgetCard():
            return "forget card"


def _fact(story: Story, told: Told, at: int) -> Fact:
    for phrase, make in _PHRASES.items():
        if told.words == phrase or told.words.startswith(f"{phrase} "):
            return make(story, told.words.removeprefix(phrase).split(), at, told)
    if told.words.startswith("file:"):
        return _file(story, told, at)
    raise Unreadable(f"line {told.number}: {told.words}")


def _options(words: list[str]) -> dict[str, str]:
    return dict(word.split("=", 1) for word in words if "=" in word)


def _fen(amount: str) -> int:
    yuan, _, cents = amount.partition(".")
    return int(yuan) * 100 + int(cents)


def _request(story: Story, amount_fen: int, words: list[str]) -> Request:
    options = _options(words)
    return Request(
        key=KEY,
        amount_fen=amount_fen,
        currency="156",
        fingerprint=f"sale of {amount_fen}",
        echo=ECHO,
        identity=(("3", "000000"), ("4", f"{amount_fen:012d}"), ("11", KEY.stan)),
        day=BUSINESS_DAY.strftime("%Y%m%d"),
        day_ends_at=story.day_ends_at,
        masked_pan="622848******1234",
        undo=Undo(options.get("undo", "reverse")),
        moves=Moves(options.get("moves", "debit")),
        original=options.get("original", ""),
        link=Link(options.get("link", "")),
        undo_ends_at=START + moment_ms(options["undo_until"]) if "undo_until" in options else 0,
    )


def _sale(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.RequestTaken("P1", at, f"sale@{told.number}", _request(story, _fen(words[0]), words))


def _barred(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.RequestBarred("P1", at, f"sale@{told.number}", _request(story, _fen(words[0]), words))


def _reported(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.RequestReported("P1", at, f"report@{told.number}", _request(story, _fen(words[0]), words))


def _inquiry(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.InquiryAnswered("P1", at, f"inquiry@{told.number}", Found(words[0]), "unproven" not in words)


def _check_asked(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.CheckAsked("P1", at, "clerk 7", f"click@{told.number}")


def _gave_up(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.TerminalGaveUp("P1", at, f"sign@{told.number}", Sign(words[0]))


def _linked(story: Story, words: list[str], at: int, told: Told) -> Fact:
    by, *link, standing = [word for word in words if word != "proven"]
    return facts.LinkChanged("P1", at, by, Link(" ".join(link)), Standing(standing), "proven" in words)


def _answer(words: list[str]) -> Answer:
    options = _options(words)
    if "amount" in options:
        part = _fen(options["amount"])
        return Answer(words[0], "good", (*ECHO[:-1], ANY), rrn=options.get("rrn", ""), amount_fen=part)
    usual = "good" if words[0] in ANSWERED_WITH_MAC else "absent"
    echo = (*ECHO[:-1], "another") if options.get("echo") == "wrong" else ECHO
    mac, rrn, settles = options.get("mac", usual), options.get("rrn", ""), options.get("settles", "")
    return Answer(words[0], mac, echo, rrn=rrn, settles=settles)


def _reply(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.ReplyArrived("P1", at, f"reply@{told.number}", _answer(words))


def _reversal_answer(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.ReversalAnswered("P1", at, f"reversal answer@{told.number}", _answer(words))


def _terminal_reverses(story: Story, words: list[str], at: int, told: Told) -> Fact:
    amount_fen = _fen(words[2]) if words[1:2] == ["of"] else story.payment.amount_fen
    request = _request(story, amount_fen, words)
    return facts.ReversalAsked("P1", at, f"terminal reversal@{told.number}", words[0], request)


def _deadline(story: Story, words: list[str], at: int, told: Told) -> Fact:
    set_for = story.payment.wake_at
    if words[:1] == ["stale"]:
        return facts.DeadlinePassed("P1", at, START + moment_ms(words[2]))
    if set_for is None or (at != set_for and words != ["late"]) or at < set_for:
        really = "none" if set_for is None else f"+{set_for - START}ms"
        raise Unreadable(f"line {told.number}: the deadline is {really}, the line says +{at - START}ms")
    return facts.DeadlinePassed("P1", at, set_for)


def _file(story: Story, told: Told, at: int) -> Fact:
    kept: dict[str, list[Line]] = {"original": [], "reversal": []}
    for index, item in enumerate(told.words.removeprefix("file:").split(",")):
        kind, *words = item.split()
        if kind == "silent":
            continue
        options = _options(words)
        amount_fen = _fen(options["amount"]) if "amount" in options else story.payment.amount_fen
        line = Line(f"{kind}@{told.number}.{index}", amount_fen, options.get("rrn", "A1"),
                    options.get("stan", KEY.stan), options.get("sent", "1122090000"))  # fmt: skip
        kept[kind].append(line)
    return facts.SettlementSaw("P1", at, f"file {told.day}", told.day, tuple(kept["original"]), tuple(kept["reversal"]))


def _report(kind: Callable[..., Fact]) -> Callable[[Story, list[str], int, Told], Fact]:
    return lambda story, words, at, told: kind("P1", at, evidence=f"report@{told.number}")


def _not_forwarded(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.NotForwarded("P1", at, "no connection", f"report@{told.number}")


def _stops(story: Story, words: list[str], at: int, told: Told) -> Fact:
    return facts.ReversalStopped("P1", at, "clerk 7", f"click@{told.number}")


_PHRASES: dict[str, Callable[[Story, list[str], int, Told], Fact]] = {
    "sale": _sale,
    "barred": _barred,
    "reported": _reported,
    "inquiry": _inquiry,
    "check asked": _check_asked,
    "terminal gave up": _gave_up,
    "linked": _linked,
    "not forwarded": _not_forwarded,
    "send uncertain": _report(facts.SendUncertain),
    "reply": _reply,
    "answer written": _report(facts.AnswerWritten),
    "answer undelivered": _report(facts.AnswerUndelivered),
    "delivery uncertain": _report(facts.DeliveryUncertain),
    "terminal moved on": _report(facts.TerminalMovedOn),
    "terminal reverses": _terminal_reverses,
    "reversal answered": _reversal_answer,
    "deadline": _deadline,
    "person stops": _stops,
}


def _check(story: Story, told: Told, name: str) -> None:
    word, *rest = told.words.split()
    if word == "policy":
        story.policy = replace(story.policy, **{rest[0]: _value(rest[1])})
    elif told.words.startswith("business day ends"):
        story.day_ends_at = START + moment_ms(rest[-1])
    else:
        really = _CHECKS[word](story.payment)
        if told.words.split() != really.split():
            story.wrong.append(f"{name}:{told.number}:\n    written:  {told.words}\n    happened: {really}")


def _value(text: str) -> Any:
    if "," in text:
        return tuple(int(wait) for wait in text.split(",") if wait)
    return {"yes": True, "no": False}[text] if text in ("yes", "no") else int(text)


def _verdict(payment: Payment) -> str:
    verdict = payment.verdict
    amount = "" if verdict.money is MoneyIs.CORRECT else str(Money(verdict.fen))
    return f"verdict {verdict.truth} {verdict.money} {amount} {verdict.proof}"


def _money(payment: Payment) -> str:
    where = position(payment)
    return f"money merchant {Money(where.merchant)} suspense {Money(where.suspense)}"


def _owes(payment: Payment) -> str:
    if payment.wake_at is None:
        return f"owes {payment.owes}"
    return f"owes {payment.owes} until +{_short(payment.wake_at - START)}"


def _short(milliseconds: int) -> str:
    parts = []
    for unit, size in (("d", DAY_MS), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)):
        count, milliseconds = divmod(milliseconds, size)
        parts.append(f"{count}{unit}" if count else "")
    return "".join(parts)


_CHECKS: dict[str, Callable[[Payment], str]] = {
    "verdict": _verdict,
    "money": _money,
    "owes": _owes,
    "settles": lambda payment: f"settles {payment.settles or 'nothing'}",
    "terminal": lambda payment: f"terminal holds {payment.told}",
}

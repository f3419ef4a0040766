"""S-43: the customer is told what stands, what comes next and when: no code of ours, no card number, no early blame."""

from __future__ import annotations

import re

from chongzheng.journal.post import Post
from chongzheng.mistakes import TheirMistake
from chongzheng.notices.catalogue import packaged
from chongzheng.notices.sending import House, worded
from chongzheng.notices.taboo import Audience
from chongzheng.notices.wording import Known, Refused, Rendered, Template, Today, in_force, render
from chongzheng.reversal.payment import Proof
from journal.made import DAY_MS, NOON_MS, asked, cleared, name_of, pan, reply, sale, undone
from requirements.desk import Desk

DAY = "20260922"
OF_TRUTH = {"unknown": "in_doubt", "contested": "in_doubt", "never_charged": "never_charged", "charged_kept": "kept",
            "charged_returned": "returned"}  # fmt: skip
OURS = re.compile(r"[A-Z]{2,}[_-][A-Z]{2,}|DOUBTFUL|CONTESTED|STAN|RRN|F39|0[24][0-3]0|PR-[0-9]|charged_|unknown")
MONEY = {"zh": ("钱",), "en": ("money", "payment went through")}
NEXT = {"zh": ("下一步", "您要做什么"), "en": ("What comes next", "What you need to do")}
OF_NAME = {
    "merchant": "东方小店", "card": "622200*********1902", "amount": 12_345, "contact": "010 5555 1234",
    "reference": "CASE-17", "what": "one of our lines was down", "debit_day": "20261022",
}  # fmt: skip
OF_KIND = {"instant": NOON_MS + DAY_MS, "day": "20261010", "text": "as the file says", "contact": "010 5555 4321"}


def filled(template: Template) -> dict[str, object]:
    """Something that fits each blank."""
    return {name: OF_NAME.get(name) or OF_KIND[kind] for name, kind in template.blanks.items()}


def post_of(desk: Desk, template: str, language: str = "both") -> Rendered | Refused:
    """What the customer of the first payment would be told by this template now."""
    post = Post(desk.side)
    house = House(packaged(), {}, values={"contact": "010 5555 1234"})
    key = f"{template} {language} {desk.now}"
    said = {"merchant": "东方小店", "card": "622200*********1902", "at": NOON_MS, "by": NOON_MS + DAY_MS}
    post.put(desk.now, "case-17", f"cardholder.{template}", "customer", key, {**said, "payment": name_of(1),
                                                                           "language": language})  # fmt: skip
    return worded(post, house, post.page()[-1], desk.now)


def test_s_43_the_message_changes_with_the_state(desk: Desk) -> None:
    for one in (sale(1), asked(1), reply(1, NOON_MS + 350), undone(1, code="25")):
        desk.journal.apply([one])
    doubt = post_of(desk, "in_doubt")
    assert isinstance(doubt, Rendered) and "2026年9月22日 22:13" in doubt.body, "by when there is an answer"
    for early in ("returned", "kept", "never_charged"):
        assert isinstance(post_of(desk, early), Refused), early
    desk.journal.apply([cleared(1, 1, 1)])
    desk.now += DAY_MS
    known = post_of(desk, "returned")
    assert isinstance(known, Rendered) and known.body != doubt.body
    assert isinstance(post_of(desk, "in_doubt"), Refused), "what is known is not called uncertain any more"


def test_s_43_there_is_one_plain_text_for_each_truth_in_both_languages() -> None:
    for truth, occasion in OF_TRUTH.items():
        template = in_force(packaged(), Audience.CARDHOLDER, occasion, DAY)
        assert template is not None, truth
        facts = {"truth": Known(truth, Proof.CONFIRMED)}
        for language in ("zh", "en"):
            said = render(template, facts, filled(template), language)
            assert isinstance(said, Rendered), (truth, said)
            text = f"{said.subject}\n{said.body}"
            assert any(word in text for word in MONEY[language]), (truth, language)
            assert any(word in text for word in NEXT[language]), (truth, language)
            assert "123.45" in text and "CASE-17" in text


def test_s_43_no_code_and_no_card_number_in_any_text_for_a_customer() -> None:
    texts = [one for one in packaged() if one.audience is Audience.CARDHOLDER]
    assert len(texts) >= 12
    for template in texts:
        for words in template.words.values():
            assert not OURS.search(f"{words.subject}\n{words.body}\n{words.short}"), template.id
        facts = {one.fact: Known(min(one.values), Proof.PROVEN) for one in template.states}
        for name, kind in template.blanks.items():
            assert kind != "number", f"{template.id}: {name} is a number of the trade"
            assert not said_with(template, facts, name, pan(1)), f"{template.id}: {name} took a card number"
        assert said_with(template, facts, "contact", "010 5555 1234")


def said_with(template: Template, facts: dict[str, Known], name: str, value: str) -> bool:
    """Whether it is said when this value fills that blank."""
    try:
        outcome = render(template, facts, {**filled(template), name: value}, "zh", Today(DAY, frozenset()))
    except TheirMistake:
        return False
    return isinstance(outcome, Rendered)


def test_s_43_nobody_is_blamed_before_the_cause_is_settled() -> None:
    template = in_force(packaged(), Audience.CARDHOLDER, "apology", DAY)
    assert template is not None
    facts = {"incident": Known("verified", Proof.CONFIRMED)}
    for blame in ("这是由于收银员操作不当", "It was the shop's fault", "原因代码 4502", "cause HW-PRN"):
        assert isinstance(render(template, facts, {**filled(template), "what": blame}, "zh"), Refused), blame
    assert isinstance(render(template, facts, filled(template), "zh"), Rendered)

"""Do notices reach people over each outlet, once, in proven words, later when it fails, or become work?"""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller

from chongzheng.journal import Journal, Vault
from chongzheng.journal.post import Notice, Post
from chongzheng.journal.side import Side
from chongzheng.mistakes import TheirMistake
from chongzheng.notices.catalogue import packaged, with_own
from chongzheng.notices.mail import Mail, MailServer
from chongzheng.notices.outlets import Delivered, Failed, Message, Outlet
from chongzheng.notices.posting import Hook, Place, Receiver, Room, Sms, SmsGateway
from chongzheng.notices.sending import House, deliver_due, kept, worded
from chongzheng.notices.wording import Rendered
from chongzheng.reversal.policy import Policy

NOON_MS = 1_790_000_000_000
DAY_MS = 86_400_000
KEY = "a shared key"
PROMISE: dict[str, Any] = {
    "what": "把结果告诉您",
    "by": NOON_MS + DAY_MS,
    "facts": {"promise": {"value": "given", "proof": "confirmed"}},
}
SORRY: dict[str, Any] = {
    "merchant": "老王面馆", "card": "622202******1234", "amount": 1_234, "at": NOON_MS, "what": "网络中断。",
    "standing": "钱已退回原卡。", "by": "20261001", "person": "P1", "incident": "I1",
    "facts": {"incident": {"value": "verified", "proof": "confirmed"}},
}  # fmt: skip
TOLD = Message("notice-1", "13800138000", "主题", "全文", "短文", NOON_MS)


class Web:
    """A server on this machine that keeps what it hears and answers what a test says."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, str]] = []
        web = self

        class Answerer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                web.heard.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status, said = web.answers.pop(0) if web.answers else (200, '{"errcode":0,"code":0}')
                self.send_response(status)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said.encode())

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answerer)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def said(self) -> dict[str, Any]:
        """The last body, decoded."""
        return cast(dict[str, Any], json.loads(self.heard[-1][2]))


class Letters:
    """A mail server's hand: keeps letters, refuses whom a test names."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.no: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.no:
            return self.no.pop(0)
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.letters.append(cast(EmailMessage, found))
        return f"250 OK queued as {len(self.letters)}"


class Postman(Controller):
    """A mail server on whatever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server."""
    made = Web()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def letters() -> Iterator[tuple[Letters, MailServer]]:
    """A mail server, and how to reach it."""
    hand = Letters()
    controller = Postman(hand, hostname="127.0.0.1", port=0)
    controller.start()
    yield hand, MailServer("127.0.0.1", controller.port, "none", "desk@acquirer.example")
    controller.stop()


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """The post of an empty journal."""
    path = tmp_path / "journal.db"
    Journal.open(path, Vault.create(tmp_path / "vault.json"), Policy()).close()
    side = Side.open(path)
    yield Post(side)
    side.close()


def secret(folder: Path, text: str = KEY) -> str:
    """The path of a file that holds it."""
    path = folder / f"secret-{len(list(folder.iterdir()))}"
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def send(outlet: Outlet, message: Message = TOLD) -> Delivered | Failed:
    """Try once."""
    return asyncio.run(outlet.send(message))


class Sender:
    """A sender whose clock tests set, and the notices that became people's work."""

    def __init__(self, post: Post, **outlets: Outlet) -> None:
        self.post, self.now = post, NOON_MS
        self.people_work: list[tuple[int, str]] = []
        self.house = House(
            packaged(), outlets, {"li": "mail:li@customer.example"}, {"contact": "400-820-8888"},
            on_failed=self._failed,
        )  # fmt: skip

    def _failed(self, notice: Notice, why: str) -> None:
        self.people_work.append((notice.id, why))

    def run(self) -> int:
        """Send what is due now, claim by claim; how many notices were tried."""
        tried = 0
        while some := asyncio.run(deliver_due(self.post, self.house, lambda: self.now)):
            tried += some
        return tried


def test_days_off_are_asked_for_only_as_far_as_they_count(post: Post) -> None:
    asked_until: list[str] = []

    def published(first: str, last: str) -> frozenset[str]:
        asked_until.append(last)
        if last > "20260928":
            raise TheirMistake("is beyond the calendar of working days", last)
        return frozenset(day for day in ("20260926", "20260927") if first <= day <= last)

    truth = {"value": "charged_returned", "proof": "proven", "evidence": ["E1"]}
    refund = {"value": "posted", "proof": "confirmed", "evidence": ["refund-2"]}
    said = {
        "merchant": "晨光便利店", "card": "622202*********6535", "amount": 8_800, "posted": "20260920",
        "returned": "20260921", "debit_day": "20260928", "documents": "the files", "complaints": "400-820-8888",
        "facts": {"truth": truth, "refund": refund},
    }  # fmt: skip
    post.put(NOON_MS, "clawback-3", "cardholder.clawback", "li", "k1", said)
    house = House(packaged(), {}, {}, {"contact": "400-820-8888"}, days_off=published)
    assert isinstance(worded(post, house, post.page()[-1], NOON_MS), Rendered)
    assert asked_until[-1] == "20260928", "five working days behind the 21st, and no day more"


def test_a_notice_is_worded_mailed_once_and_keeps_the_servers_word(
    post: Post, letters: tuple[Letters, MailServer]
) -> None:
    hand, server = letters
    sender = Sender(post, mail=Mail(server))
    post.put(NOON_MS, "case-17", "cardholder.promise_given", "li", "k1", PROMISE)
    assert not post.put(NOON_MS, "case-17", "cardholder.promise_given", "li", "k1", PROMISE)
    assert (sender.run(), sender.run()) == (1, 0)
    [letter] = hand.letters
    text = letter.get_content()
    assert letter["To"] == "li@customer.example" and "[CASE-17]" in letter["Subject"]
    assert "把结果告诉您" in text and "Beijing time" in text and "400-820-8888" in text
    [one] = post.of_matter("case-17")
    assert (one.state, one.evidence, one.wording) == ("sent", "250 OK queued as 1", "cardholder.promise_given/1")
    assert json.loads(one.stated) == [["promise", "given", "confirmed", []]]


def test_a_busy_server_is_tried_again_with_the_same_words_and_name(
    post: Post, letters: tuple[Letters, MailServer]
) -> None:
    hand, server = letters
    sender = Sender(post, mail=Mail(server))
    hand.no = ["451 try again later"]
    post.put(NOON_MS, "case-17", "cardholder.promise_given", "li", "k1", PROMISE)
    assert sender.run() == 1 and sender.run() == 0 and hand.letters == []
    sender.now += 30_000
    assert sender.run() == 1
    assert len(hand.letters) == 1 and sender.people_work == []
    assert hand.letters[0]["Message-ID"].startswith("<notice-")


def test_what_can_never_arrive_or_never_be_said_is_a_persons_work(
    post: Post, letters: tuple[Letters, MailServer]
) -> None:
    hand, server = letters
    sender = Sender(post, mail=Mail(server))
    hand.no = ["552 mailbox full"]
    unproven = {**PROMISE, "facts": {"promise": {"value": "given", "proof": "claimed"}}}
    for key, to, template, said in (
        ("a", "li", "cardholder.promise_given", PROMISE),
        ("b", "mail:not an address", "cardholder.promise_given", PROMISE),
        ("c", "nobody", "cardholder.promise_given", PROMISE),
        ("d", "li", "cardholder.promise_given", unproven),
        ("e", "li", "cardholder.no_such", PROMISE),
        ("f", "li", "cardholder.promise_given", {**PROMISE, "facts": {"promise": "given"}}),
        ("g", "li", "cardholder.promise_given", {**PROMISE, "by": "soon"}),
    ):
        post.put(NOON_MS, "case-17", template, to, key, said)
    assert sender.run() == 7 and hand.letters == []
    whys = [why for _, why in sender.people_work]
    words = ("552", "e-mail", "no outlet", "only claimed", "no template", "proof", "by: ")
    assert [word in why for word, why in zip(words, whys, strict=True)] == [True] * 7
    assert [one.state for one in post.page()] == ["failed", "failed"] + ["refused"] * 5
    assert post.retry(1, sender.now) and sender.run() == 1 and len(hand.letters) == 1


def test_one_apology_for_an_incident_unless_facts_change_or_a_supervisor_says_so(
    post: Post, letters: tuple[Letters, MailServer]
) -> None:
    hand, server = letters
    sender = Sender(post, mail=Mail(server))
    changed = {**SORRY, "standing": "钱在您的账户里。"}
    tries = [SORRY, SORRY, {**SORRY, "incident": "I2"}, {**SORRY, "supervisor": "zhao"}, changed, changed]
    for n, said in enumerate(tries):
        post.put(NOON_MS, "case-17", "cardholder.apology", "li", f"k{n}", said)
    sender.run()
    assert [one.state for one in post.page()] == ["sent", "refused", "refused", "sent", "sent", "refused"]
    assert len(hand.letters) == 3


def test_a_server_that_is_not_there_is_a_failure_for_now() -> None:
    for tls in ("none", "starttls", "implicit"):
        outcome = send(Mail(MailServer("127.0.0.1", 1, tls, "a@b.example")), Message("n", "c@d.example", "", "", "", 0))
        assert isinstance(outcome, Failed) and not outcome.for_good


def test_a_short_message_fills_the_providers_json_and_believes_its_field(web: Web, tmp_path: Path) -> None:
    body = '{"phones": ["{to}"], "content": "{text}", "request": "{id}", "n": 1}'
    headers = {"authorization": "Bearer {secret}"}
    sms = Sms(SmsGateway(f"{web.base}/send", body, headers, "result.code", "OK", secret(tmp_path)))
    web.answers = [(200, '{"result":{"code":"OK"}}'), (200, '{"result":{"code":"BUSY"}}'), (200, "what?"), (400, "no")]
    assert isinstance(send(sms), Delivered)
    assert web.said() == {"phones": ["13800138000"], "content": "短文", "request": "notice-1", "n": 1}
    assert web.heard[-1][1]["authorization"] == f"Bearer {KEY}"
    assert [send(sms) for _ in range(3)] == [
        Failed("answered BUSY"), Failed("answered None"), Failed("400 no", for_good=True)
    ]  # fmt: skip
    assert send(sms, Message("n", "x", "", "", "", 0)) == Failed("is no telephone number", for_good=True)
    with pytest.raises(TheirMistake, match="JSON"):
        Sms(SmsGateway(web.base, "{", {}))


def test_each_chat_room_is_spoken_to_in_its_own_way_and_signed(web: Web, tmp_path: Path) -> None:
    token, key = secret(tmp_path, "T1"), secret(tmp_path)
    assert isinstance(send(Room(Place("wecom", web.base, token))), Delivered)
    assert web.heard[-1][0] == "/cgi-bin/webhook/send?key=T1"
    assert web.said() == {"msgtype": "text", "text": {"content": "主题\n全文"}}
    assert isinstance(send(Room(Place("dingtalk", web.base, token, key))), Delivered)
    query = parse_qs(urlsplit(web.heard[-1][0]).query)
    mark = hmac.new(KEY.encode(), f"{NOON_MS}\n{KEY}".encode(), hashlib.sha256).digest()
    assert query == {"access_token": ["T1"], "timestamp": [str(NOON_MS)], "sign": [base64.b64encode(mark).decode()]}
    assert isinstance(send(Room(Place("feishu", web.base, token, key))), Delivered)
    mark = hmac.new(f"{NOON_MS // 1000}\n{KEY}".encode(), b"", hashlib.sha256).digest()
    assert web.heard[-1][0] == "/open-apis/bot/v2/hook/T1"
    assert web.said()["sign"] == base64.b64encode(mark).decode()


def test_a_rooms_answer_says_whether_to_try_again(web: Web, tmp_path: Path) -> None:
    room = Room(Place("wecom", web.base, secret(tmp_path, "T1")))
    web.answers = [(200, '{"errcode":45009}'), (200, '{"errcode":93000}'), (200, "<html>"), (503, ""), (429, "")]
    assert [cast(Failed, send(room)).for_good for _ in range(5)] == [False, True, False, False, False]
    long = Message("n", "", "主题", "长" * 700, "短文", NOON_MS)
    assert isinstance(send(room, long), Delivered) and web.said()["text"]["content"] == "主题\n短文"


def test_a_webhook_is_signed_as_those_of_the_api_are(web: Web, tmp_path: Path) -> None:
    from chongzheng.api.events import signature

    assert isinstance(send(Hook(Receiver(web.base, secret(tmp_path)))), Delivered)
    _, headers, body = web.heard[-1]
    assert headers["webhook-signature"] == signature(KEY.encode(), "notice-1", NOON_MS // 1000, body)
    assert isinstance(send(Hook(Receiver("http://127.0.0.1:1/", secret(tmp_path)))), Failed)


def test_a_secret_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    path = Path(secret(tmp_path))
    path.chmod(0o644)
    with pytest.raises(TheirMistake, match="chmod 600"):
        send(Hook(Receiver("http://127.0.0.1:1/", str(path))))


def test_the_share_of_promises_kept_comes_from_the_register(post: Post) -> None:
    for n in range(10):
        post.promise(f"p{n}", "case-1", "答复", NOON_MS, NOON_MS + DAY_MS)
    for n in range(8):
        post.keep(f"p{n}", NOON_MS + DAY_MS)
    share = kept(post, NOON_MS, NOON_MS + 2 * DAY_MS, NOON_MS + 2 * DAY_MS)
    assert (share.kept, share.counted) == (8, 10) and round(share.low, 4) == 0.4902


def test_an_operators_template_may_not_say_what_ours_may_not(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = '[[template]]\naudience = "shop"\noccasion = "kept"\nversion = 2\nsince = "20260102"\nblanks = {}\n'
    words = (
        '\n[template.zh]\nsubject = "%s"\nbody = ""\nshort = ""\n[template.en]\nsubject = ""\nbody = ""\nshort = ""\n'
    )
    own.write_text(text + words % "好")
    assert with_own(tmp_path)[-1].id == "shop.kept/2"
    for bad, why in ((text + words % "绝不再发生", "nobody can keep"), (text, "not whole"), ("x", "TOML"),
                     (text.replace("= 2", "= 1") + words % "好", "higher number")):  # fmt: skip
        own.write_text(bad)
        with pytest.raises(TheirMistake, match=why):
            with_own(tmp_path)

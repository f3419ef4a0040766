"""Does nobody come in who should not, and does everybody who should: password, second factor, limits, forged forms?"""

from __future__ import annotations

import base64
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django_otp.oath import totp

from chongzheng.journal.actors import FAILURES_MAX, Actors, Role
from console.world import PASSWORD, STRICT, Browser, Day, actor_of, now_ms, working_day

SECRET = re.compile(r'<code class="secret">([A-Z2-7 ]+)</code>')


def code_of(page: str, later: int = 0) -> str:
    """The six digits that an authenticator shows for the secret on a page."""
    found = SECRET.search(page)
    assert found
    secret = found[1].replace(" ", "")
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return f"{totp(key, drift=later):06d}"


def test_nobody_sees_a_page_without_signing_in(day: Day) -> None:
    for path in ("/", "/queues/my", f"/matters/{day.matters['case']}", "/money", "/registers"):
        answer = day.browser().get(path)
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/sign-in")


def test_a_person_signs_in_and_out(day: Day) -> None:
    one = day.signed_in("clerk")
    assert one.get("/queues/my").status_code == 200
    assert one.post("/sign-out").headers["location"] == "/sign-in"
    assert one.get("/queues/my").status_code == 302


def test_after_signing_in_a_person_is_where_they_wanted_to_be_and_nowhere_else(day: Day) -> None:
    for back, comes in (
        ("/money", "/money"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil", "/"),
    ):
        one = day.browser()
        one.get("/sign-in")
        answer = one.post("/sign-in", actor=actor_of("clerk"), password=PASSWORD, back=back)
        assert (answer.status_code, answer.headers["location"]) == (302, comes)


@pytest.mark.parametrize(("actor", "password"), [("p-clerk", "wrong"), ("nobody", PASSWORD), ("", ""), ("' OR 1", "x")])
def test_what_was_wrong_is_not_said(day: Day, actor: str, password: str) -> None:
    answer = day.browser().sign_in(actor, password)
    assert answer.status_code == 401
    assert "工号或密码不对" in answer.text
    assert password not in answer.text or len(password) < 2


def test_too_many_wrong_passwords_lock_out(tmp_path: Path) -> None:
    with working_day(tmp_path) as here:
        one = here.browser()
        strangers = {one.sign_in(f"x-{number}", "wrong").status_code for number in range(FAILURES_MAX + 1)}
        assert strangers == {401}, "each name is counted by itself"
        answers = [one.sign_in(actor_of("risk"), "wrong").status_code for _ in range(FAILURES_MAX)]
        assert 429 in answers
        assert one.sign_in(actor_of("risk")).status_code == 429
        assert here.browser().sign_in(actor_of("clerk")).status_code == 302


def test_a_forged_form_does_nothing(day: Day) -> None:
    one = day.signed_in("clerk")
    answer = one.post(f"/matters/{day.matters['task-0']}/say/Taken", token="x" * 64)
    assert answer.status_code == 403
    assert day.keeper.get(day.matters["task-0"]).owner == ""


def test_the_second_factor_is_asked_where_the_role_needs_it(tmp_path: Path) -> None:
    with working_day(tmp_path, STRICT) as here:
        one = here.browser()
        one.sign_in(actor_of("finance"))
        assert one.get("/queues/my").headers["location"] == "/second-factor"
        page = one.get("/second-factor").text
        assert one.post("/second-factor", code="000000").status_code == 401
        time.sleep(1.1)  # a wrong code makes the next one wait a second
        assert one.post("/second-factor", code=code_of(page)).headers["location"] == "/"
        assert one.get("/queues/my").status_code == 200
        again = here.browser()
        again.sign_in(actor_of("finance"))
        shown = again.get("/second-factor").text
        assert not SECRET.search(shown)
        assert again.post("/second-factor", code=code_of(page)).status_code == 401, "a code counts once"


def test_whoever_works_here_no_more_is_out_at_once(tmp_path: Path) -> None:
    with working_day(tmp_path) as here:
        one = here.signed_in("technician")
        Actors(here.side).change(actor_of("technician"), actor_of("administrator"), now_ms(), active=False)
        assert "ended=gone" in one.get("/queues/my").headers["location"]


def test_other_roles_count_from_the_next_request_on(tmp_path: Path) -> None:
    with working_day(tmp_path) as here:
        one = here.signed_in("technician")
        assert one.get("/money").status_code == 403
        roles = frozenset({Role.CLERK})
        Actors(here.side).change(actor_of("technician"), actor_of("administrator"), now_ms(), roles=roles)
        assert one.get("/money").status_code == 200


def test_every_answer_has_the_headers(day: Day) -> None:
    for one in (day.browser(), day.signed_in("clerk")):
        for path in ("/sign-in", "/queues/my", "/nowhere"):
            headers = one.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
            assert headers["x-frame-options"] == "DENY"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store"


def test_no_page_holds_script_or_style_of_its_own(day: Day) -> None:
    one = day.signed_in("supervisor")
    paths = ["/queues/all", f"/matters/{day.matters['case']}", "/money", "/live", "/registers/case%20actions", "/open"]
    for path in paths:
        page = one.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", page), path
        assert "<b>twice</b>" not in page


def test_language_and_light_are_remembered(day: Day) -> None:
    one = day.browser()
    assert '<html lang="zh-CN" data-bs-theme="light">' in one.get("/sign-in").text
    one.post("/choice", language="en", light="dark", back="/sign-in")
    assert '<html lang="en" data-bs-theme="dark">' in one.get("/sign-in").text
    one.post("/choice", language="xx", light="<", back="https://evil.example")
    assert '<html lang="en" data-bs-theme="dark">' in one.get("/sign-in").text


def test_the_session_cookie_is_for_us_alone(day: Day) -> None:
    one: Browser = day.browser()
    one.get("/sign-in")
    answer = one.post("/sign-in", actor=actor_of("clerk"), password=PASSWORD)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_a_stolen_file_of_the_console_opens_no_door(day: Day) -> None:
    day.signed_in("clerk")
    kept = day.folder / "console" / "console.sqlite"
    stored = kept.read_bytes()
    with suppress(FileNotFoundError):
        stored += Path(f"{kept}-wal").read_bytes()
    assert b"_auth_user" in stored or b"django_session" in stored, "nothing of a session is kept here: look elsewhere"
    assert b"czp_" not in stored
    assert ((day.folder / "console" / "console.sqlite").stat().st_mode & 0o077) == 0

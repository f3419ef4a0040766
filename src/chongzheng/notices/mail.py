"""How does a notice leave as e-mail (SMTP), and which answer of the server is for good?"""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from chongzheng.notices.outlets import ANSWER_WAIT_S, Delivered, Failed, Message, secret

ADDRESS_CHARS_MAX = 254
FIRST_PERMANENT = 500
DONE = 250
_ADDRESS = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)*")


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server and who we are there. `tls`: starttls, implicit or none (this machine only); the last two are paths."""

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""
    password: str = ""
    authorities: str = ""


class Mail:
    """E-mail over one server. Each message has a connection of its own, on a thread of its own."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, message: Message) -> Delivered | Failed:
        """As Outlet says; the evidence is the server's last word, which names the place in its queue."""
        if len(message.address) > ADDRESS_CHARS_MAX or not _ADDRESS.fullmatch(message.address):
            return Failed("is no e-mail address", for_good=True)
        try:
            return await asyncio.to_thread(self._send, message)
        except smtplib.SMTPResponseException as no:
            # A sign-in that fails is our configuration's fault, and may be right again at the next attempt.
            ours = isinstance(no, smtplib.SMTPAuthenticationError)
            return Failed(_words(no.smtp_code, no.smtp_error), no.smtp_code >= FIRST_PERMANENT and not ours)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return Failed(type(error).__name__)

    def _send(self, message: Message) -> Delivered | Failed:
        with self._connected() as smtp:
            if self._server.user:
                smtp.login(self._server.user, secret(self._server.password))
            for code, said in (smtp.mail(self._server.sender), smtp.rcpt(message.address)):
                if code != DONE:
                    return Failed(_words(code, said), code >= FIRST_PERMANENT)
            code, said = smtp.data(self._letter(message).as_bytes())
            return (
                Delivered(_words(code, said)) if code == DONE else Failed(_words(code, said), code >= FIRST_PERMANENT)
            )

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.tls == "implicit":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=ANSWER_WAIT_S, context=self._context())
        smtp = smtplib.SMTP(server.host, server.port, timeout=ANSWER_WAIT_S)
        try:
            if server.tls == "starttls":
                smtp.starttls(context=self._context())
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._server.authorities or None)

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)  # lines end in CRLF, or a server takes the letter for one long line
        letter["From"], letter["To"], letter["Subject"] = self._server.sender, message.address, message.subject
        letter["Message-ID"] = f"<{message.id}@{self._server.sender.rpartition('@')[2]}>"
        letter["Date"] = formatdate(message.at // 1000)
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.body)
        return letter


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"

"""What does an engine do beside its payments: mark, checkpoints, certificates, retention, figures and traces?"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from chongzheng.gateway import tls
from chongzheng.gateway.counts import Counts
from chongzheng.gateway.metrics import Metrics, Sources
from chongzheng.gateway.traces import Sampling, Traces, exporter_to
from chongzheng.gateway.upkeep import Chore, Upkeep
from chongzheng.journal import Reader
from chongzheng.journal.backup import Mark, Milestones, refuse_time_travel
from chongzheng.journal.checkpoints import Posting, Signer
from chongzheng.journal.retention import Retention, Rule, in_force
from chongzheng.journal.side import Side, is_url
from chongzheng.mistakes import TheirMistake
from chongzheng.reports.proof import signing_key
from chongzheng.reversal.payment import Payment

MARK_EVERY_MS = 1_000
CERTIFICATES_EVERY_MS = 60_000
FIGURES_EVERY_MS = 60_000
RETENTION_EVERY_MS = 3_600_000
TRACES_EVERY_MS = 2_000
CHECKPOINT_LOOK_MS = 1_000
"""How often it is asked whether a checkpoint is due, and whether the receiver is there again."""
POST_WAIT_S = 5
WARN_BEFORE_MS = 30 * 86_400_000
"""A certificate that runs out within this time is told to the log, once a day."""
WARN_EVERY_MS = 86_400_000

log = structlog.get_logger("engine")


def retention_rules(config: Any) -> tuple[Rule, ...]:
    """The operator's own rules of retention."""
    return tuple(Rule(one.kind, one.keep_days, one.since, one.why) for one in config.retention)


class Housekeeping:
    """Takes the checked configuration whole.

    `open` before the journal is opened, `begin` once the engine stands, `finish` before the journal is closed.
    """

    def __init__(self, config: Any, counts: Counts, clock: Callable[[], int]) -> None:
        self._config = config
        self._counts = counts
        self._clock = clock
        self._renewals: list[tls.Renewal] = []
        self._expires: dict[str, int] = {}
        self._warn_at = 0
        self._metrics: Metrics | None = None
        self._traces: Traces | None = None
        self._upkeep: Upkeep | None = None
        self._side: Side | None = None
        self._milestones: Milestones | None = None
        self._signer: Signer | None = None

    def open(self) -> tuple[ssl.SSLContext | None, ssl.SSLContext | None]:
        """TLS for terminals and for the bank. TheirMistake: a file is no good, or the journal is an older one."""
        config = self._config
        in_force(retention_rules(config), self._clock())
        if not is_url(config.journal):
            refuse_time_travel(config.journal, Mark(config.mark))
        if config.traces.endpoint:
            sampling = Sampling(config.traces.slow_ms, config.traces.per_mille)
            self._traces = Traces(sampling, exporter_to(config.traces.endpoint), self._counts, self._clock)
        return self._tls(config.pos.tls, tls.for_terminals, "pos.tls"), self._tls(
            config.host.tls, tls.for_host, "host.tls"
        )

    def begin(self, sources: Callable[[Callable[[], dict[str, int]]], Sources], reader: Callable[[], Reader]) -> None:
        """Begin with the chores. `sources` is given what tells when certificates run out."""
        config = self._config
        self._metrics = Metrics(sources(lambda: self._expires), self._clock)
        self._side = Side.open(config.journal)
        retention = Retention(self._side, retention_rules(config))
        chores = [
            Chore("certificates", CERTIFICATES_EVERY_MS, self._look_after_certificates),
            Chore("figures", FIGURES_EVERY_MS, lambda: self._with(reader, self._count)),
            Chore("retention", RETENTION_EVERY_MS, lambda: self._expire(retention)),
        ]
        if not is_url(config.journal):  # a database server has archives and standbys of its own for this
            self._milestones = Milestones(config.journal, Mark(config.mark))
            chores.append(Chore("mark", MARK_EVERY_MS, self._milestones.note))
        chores += self._checkpoints(reader)
        if self._traces is not None:
            chores.append(Chore("traces", TRACES_EVERY_MS, lambda: self._with(reader, self._trace)))
        self._upkeep = Upkeep(chores, self._counts)
        self._upkeep.start()

    def _checkpoints(self, reader: Callable[[], Reader]) -> list[Chore]:
        audit = self._config.audit
        file, key, own = Path(audit.checkpoints), Path(audit.key), reader()
        signer = Signer(own, file, lambda: signing_key(key), self._clock, (audit.every_commits, audit.every_ms))
        self._signer = signer
        if self._metrics is not None:
            at = "When the newest checkpoint was signed (Unix time)"
            self._metrics.also("checkpoint_seconds", at, lambda: signer.last.at / 1000 if signer.last else 0)
        chores = [Chore("checkpoint", CHECKPOINT_LOOK_MS, self._sign)]
        if audit.post:
            cursor = Path(f"{self._config.mark}.posted-{own.engine}")
            posting = Posting(file, own.engine, cursor, lambda line: _post(audit.post, line))
            chores.append(Chore("checkpoint post", CHECKPOINT_LOOK_MS, posting.run))
        return chores

    def _sign(self) -> None:
        made = self._signer.look() if self._signer is not None else None
        if made is not None and made.restored is not None:
            after, upto = made.restored
            self._counts.note("checkpoint: commits were lost", f"those after {after}, up to {upto}")

    async def finish(self) -> None:
        """Let the chores come to their end."""
        if self._upkeep is not None:
            await self._upkeep.stop()

    def close(self) -> None:
        """The last word of mark and checkpoints, after the last commit."""
        try:
            if self._signer is not None:
                self._signer.close()
        except TheirMistake as mistake:
            self._counts.note("chore failed: checkpoint", str(mistake))
        for one in (self._milestones, self._side, self._traces):
            if one is not None:
                one.close()

    def watch(self, payment: Payment) -> None:
        """A payment was committed."""
        if self._traces is not None:
            self._traces.watch(payment)

    def also(self, name: str, text: str, value: Callable[[], float]) -> None:
        """One more figure, once the engine stands; `value` may be called from any thread."""
        if self._metrics is not None:
            self._metrics.also(name, text, value)

    def figures(self) -> bytes:
        """The metrics as Prometheus' text; may be called from any thread."""
        return self._metrics.text() if self._metrics is not None else b""

    def _tls(
        self, section: Any, make: Callable[[tls.Papers], ssl.SSLContext], where: str
    ) -> ssl.SSLContext | None:
        if section is None:
            return None
        papers = tls.Papers(section.certificate, section.key, section.authorities, section.minimum)
        context = make(papers)
        self._renewals.append(tls.Renewal(context, papers, where))
        return context

    def _look_after_certificates(self) -> None:
        for renewal in self._renewals:
            if renewal.look():
                log.info("certificates renewed", where=renewal.where)
        papers = {renewal.where: renewal.certificate for renewal in self._renewals if renewal.certificate}
        self._expires = {where: tls.expires_at(Path(file)) for where, file in papers.items()}
        now = self._clock()
        if now < self._warn_at:
            return
        self._warn_at = now + WARN_EVERY_MS
        for where, at in self._expires.items():
            if at - now < WARN_BEFORE_MS:
                log.warning("certificate runs out", where=where, days=(at - now) // WARN_EVERY_MS)

    def _with(self, reader: Callable[[], Reader], work: Callable[[Reader], None]) -> None:
        """On a reader of its own, which the chore's thread alone knows."""
        opened = reader()
        try:
            work(opened)
        finally:
            opened.close()

    def _count(self, reader: Reader) -> None:
        if self._metrics is not None:
            self._metrics.look(reader)

    def _trace(self, reader: Reader) -> None:
        if self._traces is not None:
            self._traces.send(reader)

    def _expire(self, retention: Retention) -> None:
        gone = {kind: rows for kind, rows in retention.run(self._clock()).items() if rows}
        if gone:
            log.info("kept long enough, taken out", **gone)


def _post(url: str, line: bytes) -> None:
    """To the address that was named and nowhere else: no redirects, no proxy of the environment."""
    import httpx  # only where checkpoints are posted: it costs an engine's start

    try:
        headers = {"content-type": "application/json"}
        client = httpx.Client(timeout=POST_WAIT_S, follow_redirects=False, trust_env=False)
        with client, client.stream("POST", url, content=line, headers=headers) as answer:
            accepted = answer.is_success
            said = str(answer.status_code)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        accepted, said = False, type(error).__name__
    if not accepted:
        raise TheirMistake(f"does not accept checkpoints ({said})", "audit.post")

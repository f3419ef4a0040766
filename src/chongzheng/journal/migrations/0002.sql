-- Version 2: payments get a place, and everything about them is found by it; engines get a table.
-- One transaction. Foreign keys are off while a journal is upgraded; they are checked before it.

DROP INDEX payment_due;
DROP INDEX payment_owes;
DROP INDEX payment_terminal;
DROP INDEX payment_day;
ALTER TABLE payment RENAME TO payment_1;
ALTER TABLE fact RENAME TO fact_1;
ALTER TABLE evidence RENAME TO evidence_1;
ALTER TABLE release RENAME TO release_1;
ALTER TABLE entry RENAME TO entry_1;
ALTER TABLE card RENAME TO card_1;
ALTER TABLE cases RENAME TO cases_1;

CREATE TABLE engine (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    epoch      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE alias (
    name    TEXT NOT NULL,
    payment TEXT NOT NULL REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (name, payment)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment (
    place      INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    merchant   TEXT NOT NULL,
    terminal   TEXT NOT NULL,
    batch      TEXT NOT NULL,
    stan       TEXT NOT NULL,
    day        TEXT NOT NULL,
    opened_at  INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen >= 0),
    state      TEXT NOT NULL,
    owes       TEXT NOT NULL,
    wake_at    INTEGER,
    truth      TEXT NOT NULL,
    proof      TEXT NOT NULL,
    owner      INTEGER NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    head       BLOB NOT NULL,
    body       BLOB NOT NULL
) STRICT;

CREATE TABLE fact (
    place     INTEGER NOT NULL REFERENCES payment (place) DEFERRABLE INITIALLY DEFERRED,
    payment   TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    commit_no INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    rule      TEXT NOT NULL,
    record    BLOB NOT NULL,
    hash      BLOB NOT NULL,
    UNIQUE (place, seq)
) STRICT;

CREATE TABLE evidence (
    place   INTEGER NOT NULL REFERENCES payment (place) DEFERRABLE INITIALLY DEFERRED,
    payment TEXT NOT NULL,
    id      TEXT NOT NULL,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    source  TEXT NOT NULL,
    body    BLOB NOT NULL,
    UNIQUE (place, id)
) STRICT;

CREATE TABLE release (
    place   INTEGER PRIMARY KEY REFERENCES payment (place) DEFERRABLE INITIALLY DEFERRED,
    payment TEXT NOT NULL,
    verb    TEXT NOT NULL,
    seq     INTEGER NOT NULL
) STRICT;

CREATE TABLE entry (
    place   INTEGER NOT NULL REFERENCES payment (place) DEFERRABLE INITIALLY DEFERRED,
    payment TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    debit   TEXT NOT NULL,
    credit  TEXT NOT NULL,
    fen     INTEGER NOT NULL CHECK (fen > 0),
    CHECK (debit <> credit),
    PRIMARY KEY (place, seq, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE card (
    place   INTEGER PRIMARY KEY REFERENCES payment (place) DEFERRABLE INITIALLY DEFERRED,
    payment TEXT NOT NULL,
    sealed  BLOB NOT NULL
) STRICT;

CREATE TABLE cases (
    id        INTEGER PRIMARY KEY, -- given by the database
    payment   TEXT NOT NULL REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    why       TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    state     TEXT NOT NULL DEFAULT 'open',
    UNIQUE (payment, why)
) STRICT;

INSERT INTO payment (place, id, merchant, terminal, batch, stan, day, opened_at, amount_fen, state, owes, wake_at,
                     truth, proof, owner, version, head, body)
SELECT rowid, id, merchant, terminal, batch, stan, day, opened_at, amount_fen, state, owes, wake_at,
       truth, proof, 0, version, head, body
FROM payment_1 ORDER BY rowid;

INSERT INTO fact (place, payment, seq, commit_no, at, kind, rule, record, hash)
SELECT p.place, p.id, x.seq, x.commit_no, x.at, x.kind, x.rule, x.record, x.hash
FROM fact_1 x JOIN payment p ON p.id = x.payment ORDER BY x.commit_no, p.place, x.seq;

INSERT INTO evidence (place, payment, id, at, kind, source, body)
SELECT p.place, p.id, x.id, x.at, x.kind, x.source, x.body
FROM evidence_1 x JOIN payment p ON p.id = x.payment ORDER BY x.at, p.place;

INSERT INTO release (place, payment, verb, seq)
SELECT p.place, p.id, x.verb, x.seq
FROM release_1 x JOIN payment p ON p.id = x.payment ORDER BY p.place;

INSERT INTO entry (place, payment, seq, n, debit, credit, fen)
SELECT p.place, p.id, x.seq, x.n, x.debit, x.credit, x.fen
FROM entry_1 x JOIN payment p ON p.id = x.payment ORDER BY p.place;

INSERT INTO card (place, payment, sealed)
SELECT p.place, p.id, x.sealed
FROM card_1 x JOIN payment p ON p.id = x.payment ORDER BY p.place;

INSERT INTO cases (id, payment, why, opened_at, due_at, state)
SELECT id, payment, why, opened_at, due_at, state FROM cases_1 ORDER BY id;

DROP TABLE cases_1;
DROP TABLE card_1;
DROP TABLE entry_1;
DROP TABLE release_1;
DROP TABLE evidence_1;
DROP TABLE fact_1;
DROP TABLE payment_1;

CREATE INDEX payment_due_now ON payment (wake_at) WHERE owes IN ('forward', 'delivery');
CREATE INDEX payment_due_reversal ON payment (wake_at) WHERE owes = 'reversal';
CREATE INDEX payment_due_later ON payment (wake_at)
    WHERE wake_at IS NOT NULL AND owes NOT IN ('forward', 'delivery', 'reversal');
CREATE INDEX payment_terminal ON payment (terminal, opened_at);
CREATE INDEX payment_day ON payment (day, opened_at);

-- Version 1: the first layout, as the first release wrote it. Kept so that the way from it stays tested.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE payment (
    id         TEXT PRIMARY KEY,
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
    version    INTEGER NOT NULL CHECK (version > 0),
    head       BLOB NOT NULL,
    body       BLOB NOT NULL,
    UNIQUE (merchant, terminal, batch, stan)
) STRICT;
CREATE INDEX payment_due ON payment (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX payment_owes ON payment (owes) WHERE owes IN ('forward', 'delivery');
CREATE INDEX payment_terminal ON payment (terminal, opened_at);
CREATE INDEX payment_day ON payment (day, state);

CREATE TABLE fact (
    payment   TEXT NOT NULL REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    seq       INTEGER NOT NULL,
    commit_no INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    rule      TEXT NOT NULL,
    record    BLOB NOT NULL,
    hash      BLOB NOT NULL,
    PRIMARY KEY (payment, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence (
    id      TEXT NOT NULL,
    payment TEXT NOT NULL REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    source  TEXT NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (payment, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE stray (
    id     TEXT PRIMARY KEY,
    at     INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    source TEXT NOT NULL,
    why    TEXT NOT NULL,
    body   BLOB NOT NULL
) STRICT;

-- At most one live give-back per payment, whatever its verb: the database refuses a second.
CREATE TABLE release (
    payment TEXT PRIMARY KEY REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    verb    TEXT NOT NULL,
    seq     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row moves `fen` between two accounts, so no set of rows can fail to sum to zero.
CREATE TABLE entry (
    payment TEXT NOT NULL REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    seq     INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    debit   TEXT NOT NULL,
    credit  TEXT NOT NULL,
    fen     INTEGER NOT NULL CHECK (fen > 0),
    CHECK (debit <> credit),
    PRIMARY KEY (payment, seq, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    id        INTEGER PRIMARY KEY,
    payment   TEXT NOT NULL REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    why       TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    state     TEXT NOT NULL DEFAULT 'open',
    UNIQUE (payment, why)
) STRICT;

-- The sealed card number of a payment that may still have to be reversed; gone when nothing needs it any more.
CREATE TABLE card (
    payment TEXT PRIMARY KEY REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
    name   TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE number (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settlement_file (
    digest   TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    day      TEXT NOT NULL UNIQUE,
    records  INTEGER NOT NULL,
    complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
    at       INTEGER NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('unfinished', 'done'))
) STRICT;

CREATE TABLE commits (
    no    INTEGER PRIMARY KEY,
    facts INTEGER NOT NULL,
    hash  BLOB NOT NULL
) STRICT;

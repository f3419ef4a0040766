-- What does the journal remember? One row a payment, everything that ever happened to it, and whose money it is.
-- Instants are epoch milliseconds (UTC); amounts are fen; bodies are canonical JSON.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Who writes here. On SQLite there is one engine, number 0; elsewhere each holds a lease until `expires_at`, and an
-- engine whose lease was taken from it (another `epoch`) can write nothing any more.
CREATE TABLE engine (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    epoch      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- `place` counts payments in the order of their first fact. All rows about a payment are found by it, so that what
-- belongs to the payments of this minute lies together on the disk; `id` is a hash and would scatter them.
-- `owner` is the engine that wrote last. (merchant, terminal, batch, stan) is unique because `id` is made of it.
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
-- A deadline stands in one of three: what is on its way, what is to be reversed (a million of those must not stand
-- before a sale's own deadline), and what waits for a file. With the id, so that a page of those that fall due at one
-- instant is found and not sorted.
CREATE INDEX payment_due_now ON payment (wake_at, id) WHERE owes IN ('forward', 'delivery');
CREATE INDEX payment_due_reversal ON payment (wake_at, id) WHERE owes = 'reversal';
CREATE INDEX payment_due_later ON payment (wake_at, id)
    WHERE wake_at IS NOT NULL AND owes NOT IN ('forward', 'delivery', 'reversal');
CREATE INDEX payment_terminal ON payment (terminal, opened_at);
CREATE INDEX payment_day ON payment (day, opened_at);
-- Where engines are many, one of them takes over what another leaves.
--postgresql CREATE INDEX payment_owner ON payment (owner) WHERE owes IN ('forward', 'delivery', 'reversal', 'resend');

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
    place   INTEGER PRIMARY KEY REFERENCES payment (place) DEFERRABLE INITIALLY DEFERRED,
    payment TEXT NOT NULL,
    verb    TEXT NOT NULL,
    seq     INTEGER NOT NULL
) STRICT;

-- One row moves `fen` between two accounts, so no set of rows can fail to sum to zero.
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

CREATE TABLE cases (
    id        INTEGER PRIMARY KEY, -- given by the database
    payment   TEXT NOT NULL REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    why       TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    state     TEXT NOT NULL DEFAULT 'open',
    UNIQUE (payment, why)
) STRICT;

-- What a payment is called towards a network, where it goes under numbers of our own.
CREATE TABLE alias (
    name    TEXT NOT NULL,
    payment TEXT NOT NULL REFERENCES payment (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (name, payment)
) STRICT, WITHOUT ROWID;

-- The sealed card number of a payment that may still have to be reversed; gone when nothing needs it any more.
CREATE TABLE card (
    place   INTEGER PRIMARY KEY REFERENCES payment (place) DEFERRABLE INITIALLY DEFERRED,
    payment TEXT NOT NULL,
    sealed  BLOB NOT NULL
) STRICT;

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

-- One chain an engine: the upper bits of `no` are its number.
CREATE TABLE commits (
    no    INTEGER PRIMARY KEY,
    facts INTEGER NOT NULL,
    hash  BLOB NOT NULL
) STRICT;

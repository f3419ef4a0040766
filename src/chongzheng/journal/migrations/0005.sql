-- Version 5: matters of people (cases, refunds, tasks …), what they ask of the engine, and the registers.
-- One transaction. The new tables are those of schema.sql.

-- Slow work: what people do about a payment, and what keeps it from happening again. `body` is canonical JSON; what is
-- beside it are copies that indexes need. `closed`: nothing is waited for any more; `parent`: 0, or the number of the
-- matter it belongs to; `seen`: up to which of its payment's facts it has been told.
CREATE TABLE matter (
    no         INTEGER PRIMARY KEY, -- given by the database
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    closed     INTEGER NOT NULL CHECK (closed IN (0, 1)),
    version    INTEGER NOT NULL CHECK (version > 0),
    opened_at  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    due_at     INTEGER,
    owner      TEXT NOT NULL,
    queue      TEXT NOT NULL,
    priority   INTEGER NOT NULL,
    payment    TEXT NOT NULL,
    parent     INTEGER NOT NULL,
    fen        INTEGER NOT NULL,
    seen       INTEGER NOT NULL,
    body       BLOB NOT NULL
) STRICT;
CREATE INDEX matter_kind ON matter (kind, no);
CREATE INDEX matter_queue ON matter (queue, priority, no) WHERE closed = 0;
CREATE INDEX matter_owner ON matter (owner, priority, no) WHERE closed = 0;
CREATE INDEX matter_due ON matter (due_at, no) WHERE closed = 0 AND due_at IS NOT NULL;
CREATE INDEX matter_payment ON matter (payment, no) WHERE payment <> '';
CREATE INDEX matter_parent ON matter (parent, no) WHERE parent <> 0;

-- What only one matter may hold or be: the database refuses a second.
CREATE TABLE matter_key (
    name   TEXT PRIMARY KEY,
    matter INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Under which names others find a matter.
CREATE TABLE matter_tag (
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    matter INTEGER NOT NULL,
    PRIMARY KEY (name, value, at, matter)
) STRICT, WITHOUT ROWID;
CREATE INDEX matter_tag_of ON matter_tag (matter);

-- What a matter asks of the engine; handed in after the commit, and again until the engine has taken it.
CREATE TABLE errand (
    no      INTEGER PRIMARY KEY, -- given by the database
    matter  INTEGER NOT NULL,
    payment TEXT NOT NULL,
    fact    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    done_at INTEGER
) STRICT;
CREATE INDEX errand_open ON errand (no) WHERE done_at IS NULL;

-- Dated rows of every register (rules, templates, SOPs, calendars, suppliers, parts …): in force from `valid_from` on
-- when a second person has approved them, or at once where the register moves no money. `body` is JSON.
CREATE TABLE register_row (
    register    TEXT NOT NULL,
    name        TEXT NOT NULL,
    valid_from  TEXT NOT NULL,
    edition     INTEGER NOT NULL,
    body        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    approved_by TEXT CHECK (approved_by <> proposed_by),
    approved_at INTEGER,
    in_force    INTEGER NOT NULL CHECK (in_force IN (0, 1)),
    PRIMARY KEY (register, name, valid_from, edition)
) STRICT, WITHOUT ROWID;

-- What somebody is to be told: asked for in the transaction that decides, worded and sent after it. `said`: the values and
-- facts that the asker brings (JSON); from `wording` on it is what was really said, by which outlet, and what shows it.
CREATE TABLE notice (
    id        INTEGER PRIMARY KEY, -- given by the database
    key       TEXT NOT NULL UNIQUE,
    matter    TEXT NOT NULL,
    template  TEXT NOT NULL,
    addressee TEXT NOT NULL,
    said      TEXT NOT NULL,
    made_at   INTEGER NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'refused')),
    next_at   INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    wording   TEXT NOT NULL,
    outlet    TEXT NOT NULL,
    address   TEXT NOT NULL,
    subject   TEXT NOT NULL,
    body      TEXT NOT NULL,
    short     TEXT NOT NULL,
    stated    TEXT NOT NULL,
    person    TEXT NOT NULL,
    incident  TEXT NOT NULL,
    facts     TEXT NOT NULL,
    sent_at   INTEGER,
    evidence  TEXT NOT NULL
) STRICT;
CREATE INDEX notice_due ON notice (next_at, id) WHERE state = 'waiting';
CREATE INDEX notice_matter ON notice (matter, id) WHERE matter <> '';
CREATE INDEX notice_person ON notice (person, id) WHERE person <> '';

-- What people answered to notices, without card numbers.
CREATE TABLE notice_reply (
    id     INTEGER PRIMARY KEY, -- given by the database
    matter TEXT NOT NULL,
    at     INTEGER NOT NULL,
    outlet TEXT NOT NULL,
    text   TEXT NOT NULL
) STRICT;
CREATE INDEX notice_reply_matter ON notice_reply (matter, id);

-- What we said would be so by when. `moved_at`: another date took its place; `asked`: because the other side wished it.
CREATE TABLE promise (
    id       INTEGER PRIMARY KEY, -- given by the database
    key      TEXT NOT NULL UNIQUE,
    matter   TEXT NOT NULL,
    what     TEXT NOT NULL,
    said_at  INTEGER NOT NULL,
    due_at   INTEGER NOT NULL,
    kept_at  INTEGER,
    moved_at INTEGER,
    asked    INTEGER NOT NULL CHECK (asked IN (0, 1))
) STRICT;
CREATE INDEX promise_due ON promise (due_at, id);

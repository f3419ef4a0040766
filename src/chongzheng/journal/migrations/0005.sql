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

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
    body       BLOB NOT NULL,
    channel    TEXT NOT NULL DEFAULT 'card',
    suspense_fen INTEGER NOT NULL DEFAULT 0
) STRICT;
-- A deadline stands in one of three: what is on its way, what is to be reversed (a million of those must not stand
-- before a sale's own deadline), and what waits for a file. With the id, so that a page of those that fall due at one
-- instant is found and not sorted.
CREATE INDEX payment_due_now ON payment (wake_at, id) WHERE owes IN ('forward', 'delivery');
CREATE INDEX payment_due_reversal ON payment (wake_at, id) WHERE owes = 'reversal';
CREATE INDEX payment_due_later ON payment (wake_at, id)
    WHERE wake_at IS NOT NULL AND owes NOT IN ('forward', 'delivery', 'reversal');
CREATE INDEX payment_terminal ON payment (terminal, opened_at);
CREATE INDEX payment_trace ON payment (stan, opened_at);
CREATE INDEX payment_day ON payment (day, opened_at);
-- Whose money nobody knows: few of many, and all that the board of money in doubt shows of them. What is on its way to
-- an answer goes through suspense too, and is left out.
CREATE INDEX payment_in_suspense
    ON payment (opened_at, id, merchant, terminal, channel, owes, truth, wake_at, suspense_fen)
    WHERE suspense_fen <> 0 AND owes NOT IN ('forward', 'delivery');
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
    closed_by INTEGER,
    UNIQUE (payment, why)
) STRICT;

CREATE INDEX cases_open ON cases (id) WHERE state = 'open';
CREATE INDEX cases_due ON cases (due_at) WHERE state = 'open';

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

-- What a channel, or an acquirer, says of a day. `part` tells several files of one day and layout apart (an institution, a
-- merchant, a sequence number). A corrected file takes the place of the one that it names in `supersedes`; `changes`
-- says what it changes, as JSON.
CREATE TABLE settlement_file (
    digest        TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    channel       TEXT NOT NULL,
    format        TEXT NOT NULL,
    part          TEXT NOT NULL,
    day           TEXT NOT NULL,
    records       INTEGER NOT NULL,
    complete      INTEGER NOT NULL CHECK (complete IN (0, 1)),
    at            INTEGER NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('unfinished', 'done')),
    supersedes    TEXT NOT NULL,
    superseded_by TEXT NOT NULL,
    changes       TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX settlement_file_current ON settlement_file (channel, format, part, day) WHERE superseded_by = '';

-- One chain an engine: the upper bits of `no` are its number.
CREATE TABLE commits (
    no    INTEGER PRIMARY KEY,
    facts INTEGER NOT NULL,
    hash  BLOB NOT NULL
) STRICT;

-- What the ledger calls the places where money lies, what finance calls them, and under which number of the general
-- ledger they are exported. `nature`: on which side its balance usually stands.
CREATE TABLE account (
    name   TEXT PRIMARY KEY,
    title  TEXT NOT NULL,
    nature TEXT NOT NULL CHECK (nature IN ('debit', 'credit')),
    code   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO account (name, title, nature, code) VALUES
    ('clearing receivable', '应收清算款', 'debit', ''),
    ('issuer receivable', '应收发卡行', 'debit', ''),
    ('bank', '银行存款', 'debit', ''),
    ('provisional refunds', '垫付款', 'debit', ''),
    ('compensation', '赔付支出', 'debit', ''),
    ('merchant payable', '应付商户款', 'credit', ''),
    ('held', '冻结商户款', 'credit', ''),
    ('cardholder payable', '应退持卡人款', 'credit', ''),
    ('suspense', '挂账', 'credit', ''),
    ('fees', '手续费收入', 'credit', ''),
    ('rounding tail', '尾差', 'credit', '');

-- Everything that a named person did, or that the program booked beside the facts: one chain for all of them.
CREATE TABLE act (
    no      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    record  BLOB NOT NULL,
    hash    BLOB NOT NULL
) STRICT;
CREATE INDEX act_subject ON act (subject, no);

-- Who works here. `roles`: words, in order, with blanks between; `password`: an argon2 hash, or '' while there is none.
CREATE TABLE actor (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    roles        TEXT NOT NULL,
    active       INTEGER NOT NULL CHECK (active IN (0, 1)),
    password     TEXT NOT NULL,
    failures     INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    version      INTEGER NOT NULL CHECK (version > 0),
    made_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A person who has shown who they are, for a while. Only the hash of the token is kept.
CREATE TABLE actor_session (
    id         TEXT PRIMARY KEY,
    actor      TEXT NOT NULL,
    hash       TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;

-- What the house has decided, from a day (yyyymmdd) on; in force when a second person has approved it.
CREATE TABLE rule (
    name        TEXT NOT NULL,
    valid_from  TEXT NOT NULL,
    value       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    approved_by TEXT CHECK (approved_by <> proposed_by),
    approved_at INTEGER,
    PRIMARY KEY (name, valid_from)
) STRICT, WITHOUT ROWID;

-- What book and file disagree about. The same difference of the same file is found once: `mark` is made of what it is.
-- `payment` is '' where only the file knows the trade, `record` 0 where only we do; `fen` is signed, from `viewpoint`.
-- `proposal`: what the first person wants (JSON), `shown`: the hash of what that person saw.
CREATE TABLE breaks (
    id          INTEGER PRIMARY KEY, -- given by the database
    mark        TEXT NOT NULL UNIQUE,
    file        TEXT NOT NULL,
    channel     TEXT NOT NULL,
    day         TEXT NOT NULL,
    type        TEXT NOT NULL,
    payment     TEXT NOT NULL,
    record      INTEGER NOT NULL,
    fen         INTEGER NOT NULL,
    viewpoint   TEXT NOT NULL,
    queue       TEXT NOT NULL,
    next_action TEXT NOT NULL,
    why         TEXT NOT NULL,
    about       TEXT NOT NULL,
    opened_at   INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'proposed', 'resolved', 'superseded')),
    version     INTEGER NOT NULL CHECK (version > 0),
    proposed_by TEXT,
    proposed_at INTEGER,
    proposal    TEXT NOT NULL,
    shown       TEXT NOT NULL,
    approved_by TEXT CHECK (approved_by <> proposed_by),
    resolved_at INTEGER,
    act         INTEGER
) STRICT;
CREATE INDEX breaks_open ON breaks (opened_at, id) WHERE state IN ('open', 'proposed');
CREATE INDEX breaks_unresolved ON breaks (id, type, channel, file) WHERE state IN ('open', 'proposed');
CREATE INDEX breaks_tally ON breaks (type, state, fen);
CREATE INDEX breaks_payment ON breaks (payment) WHERE payment <> '';
CREATE INDEX breaks_file ON breaks (file);

-- What is booked beside the facts, by an act. About a payment (`payment`, else ''), about a break (its id, else 0).
CREATE TABLE voucher (
    act     INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    payment TEXT NOT NULL,
    break_id INTEGER NOT NULL,
    debit   TEXT NOT NULL,
    credit  TEXT NOT NULL,
    fen     INTEGER NOT NULL CHECK (fen > 0),
    CHECK (debit <> credit),
    PRIMARY KEY (act, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX voucher_payment ON voucher (payment) WHERE payment <> '';
CREATE INDEX voucher_suspense ON voucher (payment, break_id, debit, credit, fen)
    WHERE debit = 'suspense' OR credit = 'suspense';
CREATE INDEX voucher_break ON voucher (break_id) WHERE break_id <> 0;

-- A day that is closed for the general ledger, with the balances as they stood then (JSON).
CREATE TABLE closing (
    day     TEXT PRIMARY KEY,
    at      INTEGER NOT NULL,
    act     INTEGER NOT NULL,
    figures BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What the bank says: one row a statement, one row a movement. `fen` is signed: above 0 it came to us.
CREATE TABLE bank_statement (
    digest      TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    format      TEXT NOT NULL,
    account     TEXT NOT NULL,
    currency    TEXT NOT NULL,
    first_day   TEXT NOT NULL,
    last_day    TEXT NOT NULL,
    opening_fen INTEGER,
    closing_fen INTEGER,
    lines       INTEGER NOT NULL,
    at          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE bank_line (
    statement TEXT NOT NULL,
    n         INTEGER NOT NULL,
    account   TEXT NOT NULL,
    day       TEXT NOT NULL,
    value_day TEXT NOT NULL,
    fen       INTEGER NOT NULL,
    reference TEXT NOT NULL,
    theirs    TEXT NOT NULL,
    text      TEXT NOT NULL,
    matched   TEXT NOT NULL,
    PRIMARY KEY (statement, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX bank_line_day ON bank_line (account, day);

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
-- Lists are read in one order, most urgent first, of equals the older first; each of these has it.
CREATE INDEX matter_queue ON matter (queue, priority DESC, no) WHERE closed = 0;
CREATE INDEX matter_owner ON matter (owner, priority DESC, no) WHERE closed = 0;
CREATE INDEX matter_stage ON matter (kind, state, priority DESC, no) WHERE closed = 0;
CREATE INDEX matter_order ON matter (priority DESC, no) WHERE closed = 0;
CREATE INDEX matter_due ON matter (due_at, no, priority) WHERE closed = 0 AND due_at IS NOT NULL;
CREATE INDEX matter_payment ON matter (payment, no) WHERE payment <> '';
CREATE INDEX matter_parent ON matter (parent, no) WHERE parent <> 0;
CREATE INDEX matter_tally ON matter (queue, kind, due_at, fen) WHERE closed = 0;
CREATE INDEX matter_state ON matter (kind, state, no, fen);
CREATE INDEX matter_open ON matter (no) WHERE closed = 0 AND payment <> '';

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

-- By which words people find a matter: what it says, and the numbers and names of its payment.
CREATE TABLE matter_word (
    word   TEXT NOT NULL,
    matter INTEGER NOT NULL,
    PRIMARY KEY (word, matter)
) STRICT, WITHOUT ROWID;
CREATE INDEX matter_word_of ON matter_word (matter);

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
-- facts that the asker brings (JSON); from `wording` on it is what was really said, by which outlet, and what shows it;
-- `heard`: 1 once its matter knows what became of it.
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
    evidence  TEXT NOT NULL,
    heard     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX notice_unheard ON notice (id) WHERE heard = 0 AND state <> 'waiting';
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

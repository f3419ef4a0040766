-- Version 6: matters are found by their words, what is behind is found without reading what is over, and a notice says
-- whether its matter has heard what became of it. One transaction. The new tables are those of schema.sql.

CREATE INDEX cases_open ON cases (id) WHERE state = 'open';
CREATE INDEX matter_open ON matter (no) WHERE closed = 0 AND payment <> '';

CREATE INDEX matter_tally ON matter (queue, kind, due_at, fen) WHERE closed = 0;
CREATE INDEX matter_state ON matter (kind, state, no, fen);
DROP INDEX matter_due;
CREATE INDEX matter_due ON matter (due_at, no, priority) WHERE closed = 0 AND due_at IS NOT NULL;

-- By which words people find a matter: what it says, and the numbers and names of its payment.
CREATE TABLE matter_word (
    word   TEXT NOT NULL,
    matter INTEGER NOT NULL,
    PRIMARY KEY (word, matter)
) STRICT, WITHOUT ROWID;
CREATE INDEX matter_word_of ON matter_word (matter);

ALTER TABLE notice ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
CREATE INDEX notice_unheard ON notice (id) WHERE heard = 0 AND state <> 'waiting';

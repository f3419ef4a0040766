-- Version 7: every list of matters is read in its order; a payment is found by its trace, a matter by an amount and by the
-- last digits of a card; what is unresolved or in suspense is found without reading what is over; and a case that is over
-- leaves the lists of those that wait, are at risk, or have money in suspense. One transaction.

DROP INDEX matter_queue;
DROP INDEX matter_owner;
CREATE INDEX matter_queue ON matter (queue, priority DESC, no) WHERE closed = 0;
CREATE INDEX matter_owner ON matter (owner, priority DESC, no) WHERE closed = 0;
CREATE INDEX matter_stage ON matter (kind, state, priority DESC, no) WHERE closed = 0;
CREATE INDEX matter_order ON matter (priority DESC, no) WHERE closed = 0;

CREATE INDEX payment_trace ON payment (stan, opened_at);
CREATE INDEX breaks_unresolved ON breaks (id, type, channel, file) WHERE state IN ('open', 'proposed');
CREATE INDEX breaks_tally ON breaks (type, state, fen);
CREATE INDEX voucher_suspense ON voucher (payment, break_id, debit, credit, fen)
    WHERE debit = 'suspense' OR credit = 'suspense';
CREATE INDEX cases_due ON cases (due_at) WHERE state = 'open';

DELETE FROM matter_tag
WHERE name IN ('waiting', 'risk', 'suspense') AND matter IN (SELECT no FROM matter WHERE closed = 1);

INSERT INTO matter_word (word, matter)
SELECT substr(word, length(word) - 3), matter FROM matter_word WHERE word LIKE '%*%' ON CONFLICT DO NOTHING;
INSERT INTO matter_word (word, matter)
SELECT (p.amount_fen / 100) || '.' || substr((100 + p.amount_fen % 100) || '', 2), m.no
FROM matter m JOIN payment p ON p.id = m.payment WHERE p.amount_fen > 0 AND m.payment <> '' ON CONFLICT DO NOTHING;
INSERT INTO matter_word (word, matter)
SELECT (fen / 100) || '.' || substr((100 + fen % 100) || '', 2), no FROM matter WHERE fen > 0 ON CONFLICT DO NOTHING;

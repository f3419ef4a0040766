-- Which statements does the journal run? Each has a name; the common subset of SQLite and PostgreSQL where possible.

-- name: open_payment
INSERT INTO payment (place, id, merchant, terminal, batch, stan, day, opened_at, amount_fen, state, owes, wake_at,
                     truth, proof, suspense_fen, owner, version, head, body, channel)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: move_payment
-- Write a payment's newest state; a writer whose version is stale changes nothing, and the caller notices. What a
-- payment is called and when it began never changes, so that no index of it is touched.
UPDATE payment SET amount_fen = v.column1, state = v.column2, owes = v.column3, wake_at = v.column4,
                   truth = v.column5, proof = v.column6, suspense_fen = v.column7, owner = v.column8,
                   version = v.column9, head = v.column10, body = v.column11
FROM (VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)) AS v
WHERE place = v.column12 AND payment.version = v.column13;

-- name: get_payment
SELECT version, head, body FROM payment WHERE id = ?;

-- name: load_payment
SELECT place, version, head, body FROM payment WHERE id = ?;

-- name: load_payments
-- Many as one row, for SQLite: every row that it gives costs a wait. Bodies are JSON as they stand.
SELECT CAST('[' || group_concat('[' || json_quote(id) || ',' || place || ',' || version || ',"' || hex(head) || '",'
                                || body || ']') || ']' AS BLOB)
FROM payment WHERE id IN (SELECT value FROM json_each(?));

-- name: put_fact
INSERT INTO fact (place, payment, seq, commit_no, at, kind, rule, record, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: put_evidence
-- The same words heard twice in the same millisecond are one piece of evidence.
INSERT INTO evidence (place, payment, id, at, kind, source, body) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: put_stray
INSERT INTO stray (id, at, kind, source, why, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: take_release
INSERT INTO release (place, payment, verb, seq) VALUES (?, ?, ?, ?);

-- name: free_release
-- Of a payment whose void did not take effect. The token of a reversal stays where it is.
DELETE FROM release WHERE place = ? AND verb = 'void';

-- name: put_entry
INSERT INTO entry (place, payment, seq, n, debit, credit, fen) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: open_case
-- One case per reason: what goes on happening joins the case that is open for it, or opens the closed one again.
INSERT INTO cases (payment, why, opened_at, due_at) VALUES (?, ?, ?, ?)
ON CONFLICT (payment, why) DO UPDATE SET state = 'open', closed_by = NULL WHERE cases.state <> 'open';

-- name: put_card
INSERT INTO card (place, payment, sealed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING;

-- name: get_cards
-- Many as one row, for SQLite.
SELECT CAST(json_group_array(json_array(p.id, hex(c.sealed))) AS BLOB)
FROM payment p JOIN card c ON c.place = p.place WHERE p.id IN (SELECT value FROM json_each(?));

-- name: forget_card
DELETE FROM card WHERE place = ?;

-- name: put_alias
INSERT INTO alias (name, payment) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: by_alias
-- A name holds no year: of several payments that bear it the newest is meant.
SELECT body FROM alias JOIN payment ON id = payment WHERE name = ? ORDER BY opened_at DESC LIMIT 1;

-- name: put_commit
INSERT INTO commits (no, facts, hash) VALUES (?, ?, ?);

-- name: last_commit
-- Of one engine: its numbers lie between two bounds.
SELECT no, hash FROM commits WHERE no > ? AND no < ? ORDER BY no DESC LIMIT 1;

-- name: last_place
SELECT max(place) FROM payment WHERE place > ? AND place < ?;

-- name: put_secret
INSERT INTO secret (name, sealed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed;

-- name: get_secret
SELECT sealed FROM secret WHERE name = ?;

-- name: next_number
INSERT INTO number (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = number.value + 1 RETURNING value;

-- name: file_by_digest
SELECT state, superseded_by FROM settlement_file WHERE digest = ?;

-- name: current_file
-- The one that speaks for this part of the day: the last that was not superseded.
SELECT digest FROM settlement_file
WHERE channel = ? AND format = ? AND part = ? AND day = ? AND superseded_by = '';

-- name: put_file
INSERT INTO settlement_file (digest, name, day, records, complete, at, channel, format, part, supersedes, changes, state,
                             superseded_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'unfinished', '');

-- name: supersede_file
UPDATE settlement_file SET superseded_by = ? WHERE digest = ? AND superseded_by = '' RETURNING digest;

-- name: finish_file
UPDATE settlement_file SET state = 'done' WHERE digest = ? AND state = 'unfinished' RETURNING name, day;

-- name: all_payments
SELECT body FROM payment ORDER BY opened_at, id;

-- name: facts_of
SELECT f.seq, f.commit_no, f.at, f.kind, f.rule, f.record, f.hash
FROM payment p JOIN fact f ON f.place = p.place WHERE p.id = ? ORDER BY f.seq;

-- name: evidence_of
SELECT e.id, e.at, e.kind, e.source, e.body
FROM payment p JOIN evidence e ON e.place = p.place WHERE p.id = ? ORDER BY e.at, e.id;

-- name: evidence_cut
-- Of proven payments, what was said before this instant (epoch ms, as text) may have been taken out (retention).
SELECT value FROM meta WHERE name = 'retention.evidence';

-- name: entries_of
SELECT e.seq, e.n, e.debit, e.credit, e.fen
FROM payment p JOIN entry e ON e.place = p.place WHERE p.id = ? ORDER BY e.seq, e.n;

-- name: all_cases
SELECT id, payment, why, opened_at, due_at, state FROM cases ORDER BY id;

-- name: cases_of
SELECT id, payment, why, opened_at, due_at, state FROM cases WHERE payment = ? ORDER BY id;

-- name: due
SELECT wake_at, id FROM payment WHERE wake_at IS NOT NULL ORDER BY wake_at, id;

-- name: due_between
-- Two sorted halves, each from its own index, in which the first comparison finds the place. An engine looks after
-- what it wrote last, and nobody else does (:me below 0: everything). What waits for a file is not taken over, it may
-- be millions: of engines that are gone, the living one with the lowest number looks after that.
SELECT wake_at, id FROM payment
WHERE owes IN ('forward', 'delivery') AND (wake_at, id) > (:at, :after) AND wake_at <= :until
  AND (:me < 0 OR owner = :me)
UNION ALL
SELECT wake_at, id FROM payment
WHERE wake_at IS NOT NULL AND owes NOT IN ('forward', 'delivery', 'reversal')
  AND (wake_at, id) > (:at, :after) AND wake_at <= :until
  AND (:me < 0 OR owner = :me
       OR (:me = (SELECT min(e.id) FROM engine e WHERE e.expires_at > now_ms())
           AND owner NOT IN (SELECT e.id FROM engine e WHERE e.expires_at > now_ms())))
ORDER BY wake_at, id LIMIT :most;

-- name: due_reversals
-- A page as one row, for SQLite; the reader sorts it, which is cheaper than to sort bodies here.
SELECT CAST('[' || group_concat(body) || ']' AS BLOB) FROM (
    SELECT body FROM payment
    WHERE owes = 'reversal' AND (wake_at, id) > (:at, :after) AND wake_at <= :until
      AND (:me < 0 OR owner = :me)
    ORDER BY wake_at, id LIMIT :most);

-- name: count_reversals
SELECT count(*) FROM payment WHERE owes = 'reversal' AND wake_at IS NOT NULL
  AND (:me < 0 OR owner = :me);

-- name: in_doubt
-- By state and age: 0 younger than the first instant given, 1 than the second … Everything that is not at rest counts.
SELECT state, CASE WHEN opened_at >= ? THEN 0 WHEN opened_at >= ? THEN 1 WHEN opened_at >= ? THEN 2
                   WHEN opened_at >= ? THEN 3 ELSE 4 END AS age, count(*), sum(amount_fen)
FROM payment
WHERE (wake_at IS NOT NULL OR id IN (SELECT payment FROM cases WHERE state = 'open'))
  AND state NOT IN ('NEW', 'UNSENT', 'APPROVED', 'REFUSED', 'RETURNED', 'VOIDED', 'SETTLED')
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: open_cases
SELECT count(*), coalesce(sum(CASE WHEN due_at < ? THEN 1 ELSE 0 END), 0) FROM cases WHERE state = 'open';

-- name: unfinished
SELECT body FROM payment WHERE owes IN ('forward', 'delivery')
  AND (:me < 0 OR owner = :me)
ORDER BY opened_at, id;

-- name: living
-- Who holds a lease now, visitors included.
SELECT id FROM engine WHERE expires_at > now_ms() ORDER BY id;

-- name: find
-- The newest of those with this id, this beginning of an id, this trace, this terminal; each way has its index.
SELECT body FROM payment WHERE place IN (
    SELECT place FROM payment WHERE id = :exact
    UNION
    SELECT place FROM (SELECT place FROM payment WHERE id >= :prefix AND id < :behind ORDER BY id LIMIT :most) AS named
    UNION
    SELECT place FROM (SELECT place FROM payment WHERE stan = :exact ORDER BY opened_at DESC LIMIT :most) AS traced
    UNION
    SELECT place FROM (SELECT place FROM payment WHERE terminal = :exact ORDER BY opened_at DESC LIMIT :most) AS sold)
ORDER BY opened_at DESC, id LIMIT :most;

-- name: last_of_terminal
SELECT body FROM payment WHERE merchant = ? AND terminal = ? ORDER BY opened_at DESC, id DESC LIMIT 1;

-- name: rules_reached
SELECT rule, count(*) FROM fact GROUP BY rule ORDER BY rule;

-- name: settlement_days
SELECT day, name, digest, records, complete, state, channel, format, part, at, supersedes, superseded_by, changes
FROM settlement_file ORDER BY day, at, digest;

-- name: breaks_of_file
SELECT type, count(*) FROM breaks WHERE file = ? AND state <> 'superseded' GROUP BY type ORDER BY type;

-- name: strays
SELECT id, at, kind, source, why, body FROM stray ORDER BY at, id;

-- name: all_commits
SELECT no, facts, hash FROM commits ORDER BY no;

-- name: fact_hashes
SELECT commit_no, hash FROM fact ORDER BY commit_no;

-- name: payment_bodies
SELECT id, body FROM payment ORDER BY opened_at, id;

-- name: payment_columns
SELECT merchant, terminal, batch, stan, day, opened_at, channel, amount_fen, state, owes, wake_at, truth, proof,
       suspense_fen
FROM payment WHERE id = ?;

-- name: release_of
SELECT r.verb, r.seq FROM payment p JOIN release r ON r.place = p.place WHERE p.id = ?;

-- name: ownerless
-- Rows that name no payment, or another than the one at their place.
SELECT x.payment FROM fact x LEFT JOIN payment p ON p.place = x.place AND p.id = x.payment WHERE p.id IS NULL
UNION
SELECT x.payment FROM entry x LEFT JOIN payment p ON p.place = x.place AND p.id = x.payment WHERE p.id IS NULL
UNION
SELECT x.payment FROM evidence x LEFT JOIN payment p ON p.place = x.place AND p.id = x.payment WHERE p.id IS NULL
UNION
SELECT x.payment FROM release x LEFT JOIN payment p ON p.place = x.place AND p.id = x.payment WHERE p.id IS NULL
UNION
SELECT x.payment FROM card x LEFT JOIN payment p ON p.place = x.place AND p.id = x.payment WHERE p.id IS NULL
UNION
SELECT x.payment FROM cases x LEFT JOIN payment p ON p.id = x.payment WHERE p.id IS NULL;

-- name: find_original
-- A sale that a terminal names by trace and amount, whatever batch it was in.
SELECT body FROM payment
WHERE terminal = :terminal AND merchant = :merchant AND stan = :stan AND amount_fen = :amount AND day = :day
ORDER BY opened_at DESC, id LIMIT 1;

-- name: chains
-- By engine (the upper bits of a commit's number): commits, the last of them, facts in all of them.
SELECT no / 1099511627776, count(*), max(no), CAST(sum(facts) AS INTEGER) FROM commits GROUP BY 1 ORDER BY 1;

-- name: commit_at
SELECT hash FROM commits WHERE no = ?;

-- name: act_at
SELECT hash FROM act WHERE no = ?;

-- name: facts_between
SELECT CAST(coalesce(sum(facts), 0) AS INTEGER) FROM commits WHERE no > ? AND no <= ?;

-- name: count_payments
SELECT count(*) FROM payment;

-- name: heads_page
-- Payments behind a place, for whoever follows all their chains.
SELECT place, id, version, head FROM payment WHERE place > ? ORDER BY place LIMIT ?;

-- name: chain_page
SELECT place, seq, commit_no, record, hash FROM fact WHERE place >= ? AND place <= ? ORDER BY place, seq;

-- What do people do here, and what do they see? Acts, actors, breaks, vouchers and closings; values by name, in the
-- common subset of SQLite and PostgreSQL. Where the two differ, a statement ends in the name of its database.

-- name: queue_sqlite
-- A transaction that writes has the file for itself from its first moment.
SELECT 1;

-- name: queue_postgresql
-- One act at a time: each follows from the one before. 0x435A4143 is this house's number for that.
SELECT pg_advisory_xact_lock(1130053955);

-- name: last_act
SELECT no, hash FROM act ORDER BY no DESC LIMIT 1;

-- name: put_act
INSERT INTO act (no, at, actor, kind, subject, record, hash)
VALUES (:no, :at, :actor, :kind, :subject, :record, :hash);

-- name: all_acts
SELECT no, at, actor, kind, subject, record, hash FROM act ORDER BY no;

-- name: acts_of
SELECT no, at, actor, kind, record FROM act WHERE subject = :subject ORDER BY no;

-- name: all_vouchers
SELECT act, n, at, kind, payment, break_id, debit, credit, fen FROM voucher ORDER BY act, n;

-- name: put_voucher
INSERT INTO voucher (act, n, at, kind, payment, break_id, debit, credit, fen)
VALUES (:act, :n, :at, :kind, :payment, :break_id, :debit, :credit, :fen);

-- name: vouchers_of
SELECT act, n, at, kind, debit, credit, fen FROM voucher WHERE payment = :payment ORDER BY act, n;

-- name: put_actor
INSERT INTO actor (id, name, roles, active, password, failures, locked_until, version, made_at)
VALUES (:id, :name, :roles, 1, '', 0, 0, 1, :at) ON CONFLICT DO NOTHING RETURNING id;

-- name: get_actor
SELECT id, name, roles, active, password, failures, locked_until, version, made_at FROM actor WHERE id = :id;

-- name: all_actors
SELECT id, name, roles, active, password, failures, locked_until, version, made_at FROM actor ORDER BY made_at, id;

-- name: change_actor
UPDATE actor SET name = :name, roles = :roles, active = :active, version = version + 1 WHERE id = :id RETURNING id;

-- name: change_password
UPDATE actor SET password = :password, failures = 0, locked_until = 0, version = version + 1 WHERE id = :id RETURNING id;

-- name: note_failure
-- Counted in the database, so that many tries at once are many failures.
UPDATE actor SET failures = failures + 1,
    locked_until = CASE WHEN failures + 1 >= :most THEN :until ELSE locked_until END
WHERE id = :id;

-- name: forgive_failures
UPDATE actor SET failures = 0, locked_until = 0 WHERE id = :id;

-- name: put_session
INSERT INTO actor_session (id, actor, hash, made_at, expires_at, ended_at)
VALUES (:id, :actor, :hash, :at, :expires_at, NULL);

-- name: get_session
SELECT id, actor, hash, made_at, expires_at, ended_at FROM actor_session WHERE id = :id;

-- name: end_session
UPDATE actor_session SET ended_at = :at WHERE id = :id AND ended_at IS NULL RETURNING actor;

-- name: end_sessions_of
UPDATE actor_session SET ended_at = :at WHERE actor = :actor AND ended_at IS NULL;

-- name: last_sessions
SELECT actor, max(made_at) FROM actor_session GROUP BY actor;

-- name: forget_sessions
DELETE FROM actor_session WHERE expires_at < :before;

-- name: put_rule
INSERT INTO rule (name, valid_from, value, reason, proposed_by, proposed_at, approved_by, approved_at)
VALUES (:name, :valid_from, :value, :reason, :by, :at, NULL, NULL)
ON CONFLICT (name, valid_from) DO UPDATE
SET value = excluded.value, reason = excluded.reason, proposed_by = excluded.proposed_by,
    proposed_at = excluded.proposed_at
WHERE rule.approved_by IS NULL RETURNING name;

-- name: approve_rule
UPDATE rule SET approved_by = :by, approved_at = :at
WHERE name = :name AND valid_from = :valid_from AND value = :value AND approved_by IS NULL AND proposed_by <> :by
RETURNING name;

-- name: get_rule
SELECT value, proposed_by, approved_by FROM rule WHERE name = :name AND valid_from = :valid_from;

-- name: rule_in_force
SELECT value, valid_from FROM rule
WHERE name = :name AND valid_from <= :day AND approved_by IS NOT NULL ORDER BY valid_from DESC LIMIT 1;

-- name: all_rules
SELECT name, valid_from, value, reason, proposed_by, proposed_at, approved_by, approved_at
FROM rule ORDER BY name, valid_from;

-- name: put_break
INSERT INTO breaks (mark, file, channel, day, type, payment, record, fen, viewpoint, queue, next_action, why, about,
                    opened_at, state, version, proposal, shown)
VALUES (:mark, :file, :channel, :day, :type, :payment, :record, :fen, :viewpoint, :queue, :next_action, :why, :about,
        :at, 'open', 1, '', '')
ON CONFLICT (mark) DO NOTHING RETURNING id;

-- name: get_break
SELECT id, file, channel, day, type, payment, record, fen, viewpoint, queue, next_action, why, about, opened_at, state,
       version, proposed_by, proposed_at, proposal, shown, approved_by, resolved_at, act
FROM breaks WHERE id = :id;

-- name: list_breaks
SELECT id, file, channel, day, type, payment, record, fen, viewpoint, queue, next_action, why, about, opened_at, state,
       version, proposed_by, proposed_at, proposal, shown, approved_by, resolved_at, act
FROM breaks WHERE id > :after AND (:state = 'all' OR state = :state OR (:state = 'unresolved' AND state IN ('open', 'proposed')))
ORDER BY id LIMIT :most;

-- name: propose
UPDATE breaks SET state = 'proposed', proposed_by = :by, proposed_at = :at, proposal = :proposal, shown = :shown,
                  version = version + 1
WHERE id = :id AND version = :version AND state IN ('open', 'proposed') RETURNING id;

-- name: resolve
UPDATE breaks SET state = 'resolved', approved_by = :approved_by, resolved_at = :at, act = :act, proposed_by = :proposed_by,
                  proposed_at = :proposed_at, proposal = :proposal, shown = :shown, version = version + 1
WHERE id = :id AND version = :version AND state IN ('open', 'proposed') RETURNING id;

-- name: reopen_break
UPDATE breaks SET state = 'open', proposed_by = NULL, proposed_at = NULL, proposal = '', shown = '', version = version + 1
WHERE id = :id AND version = :version AND state = 'proposed' RETURNING id;

-- name: count_breaks
SELECT type, state, count(*), sum(fen) FROM breaks GROUP BY type, state ORDER BY type, state;

-- name: payment_standing
SELECT version, state, truth, proof, suspense_fen, merchant, terminal, stan, amount_fen FROM payment WHERE id = :payment;

-- name: payment_lies
-- What machine and people together left of a payment in suspense, with the shop, and owed to the cardholder: we owe it.
SELECT coalesce(sum(CASE WHEN credit = 'suspense' THEN fen WHEN debit = 'suspense' THEN -fen ELSE 0 END), 0),
       coalesce(sum(CASE WHEN credit = 'merchant payable' THEN fen WHEN debit = 'merchant payable' THEN -fen ELSE 0 END), 0),
       coalesce(sum(CASE WHEN credit = 'cardholder payable' THEN fen WHEN debit = 'cardholder payable' THEN -fen ELSE 0 END), 0)
FROM (SELECT debit, credit, fen FROM entry WHERE place = (SELECT place FROM payment WHERE id = :payment)
      UNION ALL SELECT debit, credit, fen FROM voucher WHERE payment = :payment) moves;

-- name: payment_body
SELECT body FROM payment WHERE id = :payment;

-- name: hold_payment_sqlite
SELECT 1;

-- name: hold_payment_postgresql
-- An engine that wants to move it waits until we are done, and reads what we wrote.
SELECT 1 FROM payment WHERE id = :payment FOR UPDATE;

-- name: vouchers_suspense
-- What is booked into suspense beside the facts: of a payment, or of a break without one.
SELECT coalesce(sum(CASE WHEN credit = 'suspense' THEN fen WHEN debit = 'suspense' THEN -fen ELSE 0 END), 0)
FROM voucher WHERE (payment = :payment AND payment <> '') OR (break_id = :break_id AND break_id <> 0 AND payment = '');

-- name: close_case
-- The money first: a case of a payment with anything in suspense stays open, whoever asks.
UPDATE cases SET state = 'closed', closed_by = :act
WHERE id = :id AND state = 'open'
  AND 0 = (SELECT p.suspense_fen FROM payment p WHERE p.id = cases.payment)
        + (SELECT coalesce(sum(CASE WHEN v.credit = 'suspense' THEN v.fen WHEN v.debit = 'suspense' THEN -v.fen ELSE 0 END), 0)
           FROM voucher v WHERE v.payment = cases.payment)
RETURNING payment;

-- name: get_case
SELECT payment, why, state, opened_at, due_at FROM cases WHERE id = :id;

-- name: unresolved_of_payment
SELECT count(*) FROM breaks WHERE payment = :payment AND state IN ('open', 'proposed');

-- name: balances_until
-- What facts and acts before an instant left on each account: (account, debited, credited). What was written later but
-- says that it happened before is in it as well; a closing takes the difference to the closing before.
-- Postings are read once: first they are summed by the two accounts between which they move money.
WITH moved AS (
    SELECT e.debit, e.credit, sum(e.fen) AS fen
    FROM entry e JOIN fact f ON f.place = e.place AND f.seq = e.seq WHERE f.at < :until GROUP BY e.debit, e.credit
    UNION ALL
    SELECT debit, credit, sum(fen) FROM voucher WHERE at < :until GROUP BY debit, credit
)
SELECT account, sum(debited), sum(credited) FROM (
    SELECT debit AS account, fen AS debited, 0 AS credited FROM moved
    UNION ALL
    SELECT credit, 0, fen FROM moved
) AS moves GROUP BY account ORDER BY account;

-- name: balances_now
-- The same of everything that there is, for a day that is not over: no fact need be asked when it happened.
WITH moved AS (
    SELECT debit, credit, sum(fen) AS fen FROM entry GROUP BY debit, credit
    UNION ALL
    SELECT debit, credit, sum(fen) FROM voucher GROUP BY debit, credit
)
SELECT account, sum(debited), sum(credited) FROM (
    SELECT debit AS account, fen AS debited, 0 AS credited FROM moved
    UNION ALL
    SELECT credit, 0, fen FROM moved
) AS moves GROUP BY account ORDER BY account;

-- name: accounts
SELECT name, title, nature, code FROM account ORDER BY nature DESC, name;

-- name: set_code
UPDATE account SET code = :code WHERE name = :name RETURNING name;

-- name: put_closing
INSERT INTO closing (day, at, act, figures) VALUES (:day, :at, :act, :figures) ON CONFLICT DO NOTHING RETURNING day;

-- name: get_closing
SELECT day, at, act, figures FROM closing WHERE day = :day;

-- name: last_closing
SELECT day, at, act, figures FROM closing ORDER BY day DESC LIMIT 1;

-- name: closing_before
SELECT day, at, act, figures FROM closing WHERE day < :day ORDER BY day DESC LIMIT 1;

-- name: unfinished_files
SELECT name FROM settlement_file WHERE day <= :day AND state = 'unfinished' AND superseded_by = '' ORDER BY day, name;

-- name: proposals_until
SELECT id FROM breaks WHERE state = 'proposed' AND opened_at < :until ORDER BY id;

-- name: books_apart
-- Payments whose row says another suspense than their entries: none, unless somebody wrote past the engine.
SELECT p.id FROM payment p LEFT JOIN (
    SELECT place, sum(CASE WHEN credit = 'suspense' THEN fen ELSE -fen END) AS fen
    FROM entry WHERE credit = 'suspense' OR debit = 'suspense' GROUP BY place) AS b ON b.place = p.place
WHERE p.suspense_fen <> coalesce(b.fen, 0) ORDER BY p.id LIMIT 10;

-- name: suspense_items
-- The sub-ledger: what lies in suspense now, item by item, oldest first.
SELECT p.id, p.channel, p.merchant, p.terminal, p.stan, p.day, p.opened_at, p.state, p.truth,
       p.suspense_fen + coalesce(v.fen, 0)
FROM payment p LEFT JOIN (
    SELECT payment, sum(CASE WHEN credit = 'suspense' THEN fen WHEN debit = 'suspense' THEN -fen ELSE 0 END) AS fen
    FROM voucher WHERE payment <> '' GROUP BY payment) AS v ON v.payment = p.id
WHERE p.suspense_fen + coalesce(v.fen, 0) <> 0
UNION ALL
SELECT 'break ' || b.id, b.channel, '', '', '', b.day, b.opened_at, b.state, b.type, v.fen
FROM breaks b JOIN (
    SELECT break_id, sum(CASE WHEN credit = 'suspense' THEN fen WHEN debit = 'suspense' THEN -fen ELSE 0 END) AS fen
    FROM voucher WHERE payment = '' AND break_id <> 0 GROUP BY break_id) AS v ON v.break_id = b.id
WHERE v.fen <> 0
ORDER BY 7, 1;

-- name: resolved_breaks
SELECT id, coalesce(act, 0) FROM breaks WHERE state = 'resolved' ORDER BY id;

-- name: unresolved_of_file
SELECT b.id, b.payment, coalesce((
    SELECT sum(CASE WHEN v.credit = 'suspense' THEN v.fen WHEN v.debit = 'suspense' THEN -v.fen ELSE 0 END)
    FROM voucher v WHERE v.break_id = b.id AND v.break_id <> 0), 0)
FROM breaks b WHERE b.file = :file AND b.state IN ('open', 'proposed') ORDER BY b.id;

-- name: supersede_breaks
UPDATE breaks SET state = 'superseded', version = version + 1 WHERE file = :file AND state IN ('open', 'proposed');

-- name: exposure
-- Money in suspense now: how many, fen held for somebody, fen missing; by all words at once, and then by the merchants
-- and the terminals with the most.
-- Payments of which only few are in suspense are found by their index; what is on its way to an answer by the index of
-- deadlines. A case's own date tells until when a person must have decided; what waits for files is proven when they
-- are read.
WITH held AS (
    SELECT payment, sum(CASE WHEN credit = 'suspense' THEN fen WHEN debit = 'suspense' THEN -fen ELSE 0 END) AS fen
    FROM voucher WHERE payment <> '' GROUP BY payment
), parked AS (
    SELECT break_id, sum(CASE WHEN credit = 'suspense' THEN fen WHEN debit = 'suspense' THEN -fen ELSE 0 END) AS fen
    FROM voucher WHERE payment = '' AND break_id <> 0 GROUP BY break_id
), items AS (
    SELECT id, channel, merchant, terminal, opened_at, owes, truth, wake_at, suspense_fen AS fen FROM payment
    WHERE suspense_fen <> 0 AND owes NOT IN ('forward', 'delivery')
    UNION ALL
    SELECT id, channel, merchant, terminal, opened_at, owes, truth, wake_at, suspense_fen FROM payment
    WHERE suspense_fen <> 0 AND owes IN ('forward', 'delivery')
    UNION ALL
    SELECT p.id, p.channel, p.merchant, p.terminal, p.opened_at, p.owes, p.truth, p.wake_at, 0
    FROM held JOIN payment p ON p.id = held.payment WHERE held.fen <> 0 AND p.suspense_fen = 0
    UNION ALL
    SELECT '', b.channel, '', '', b.opened_at, 'parked', 'unknown', NULL, parked.fen
    FROM parked JOIN breaks b ON b.id = parked.break_id
), doubt AS MATERIALIZED (
    SELECT channel, merchant, terminal,
           CASE WHEN opened_at > :hour THEN 'under 1 hour' WHEN opened_at > :day THEN 'under 1 day'
                WHEN opened_at > :three_days THEN 'under 3 days' WHEN opened_at > :week THEN 'under 7 days'
                ELSE '7 days and more' END AS age,
           CASE WHEN owes IN ('forward', 'reply', 'delivery') THEN 'on its way' WHEN owes = 'parked' THEN 'parked'
                WHEN owes IN ('reversal', 'resend') THEN 'being undone' WHEN owes = 'file' THEN 'waiting for files'
                ELSE 'with a person' END AS stage,
           CASE WHEN truth IN ('never_charged', 'charged_kept', 'charged_returned', 'charged_twice') THEN 'cardholder'
                WHEN truth = 'contested' THEN 'contested' ELSE 'nobody knows' END AS whose,
           CASE WHEN owes = 'file' THEN wake_at WHEN owes = 'parked' THEN NULL
                WHEN owes IN ('person', 'nothing') THEN
                    (SELECT min(c.due_at) FROM cases c WHERE c.payment = items.id AND c.state = 'open')
                ELSE opened_at + :clearing_ms END AS due_at,
           items.fen + coalesce(held.fen, 0) AS fen
    FROM items LEFT JOIN held ON held.payment = items.id
    WHERE items.fen + coalesce(held.fen, 0) <> 0
), dated AS (
    SELECT channel, age, stage, whose, fen,
           CASE WHEN due_at IS NULL THEN 'no date' WHEN due_at < :now THEN 'overdue'
                WHEN due_at < :in_one_day THEN 'within 24 hours' WHEN due_at < :in_two_days THEN 'within 48 hours'
                WHEN due_at < :in_three_days THEN 'within 72 hours' ELSE 'later' END AS due
    FROM doubt
), by_terminal AS (
    SELECT merchant, terminal, count(*) AS number, sum(CASE WHEN fen > 0 THEN fen ELSE 0 END) AS held,
           sum(CASE WHEN fen < 0 THEN -fen ELSE 0 END) AS missing
    FROM doubt WHERE merchant <> '' GROUP BY merchant, terminal
)
SELECT channel, age, stage, whose, due, '', '', count(*), sum(CASE WHEN fen > 0 THEN fen ELSE 0 END),
       sum(CASE WHEN fen < 0 THEN -fen ELSE 0 END)
FROM dated GROUP BY channel, age, stage, whose, due
UNION ALL
SELECT * FROM (
    SELECT '', '', '', '', '', merchant, '', sum(number), sum(held), sum(missing)
    FROM by_terminal GROUP BY merchant ORDER BY sum(held + missing) DESC, merchant LIMIT :most) AS merchants
UNION ALL
SELECT * FROM (
    SELECT '', '', '', '', '', merchant, terminal, number, held, missing
    FROM by_terminal ORDER BY held + missing DESC, merchant, terminal LIMIT :most) AS terminals;

-- name: act_by
SELECT actor FROM act WHERE no = :no;

-- name: actor_rows
SELECT id, name, roles, active, password FROM actor ORDER BY id;

-- name: rule_rows
SELECT name || ' from ' || valid_from, value, proposed_by, approved_by FROM rule ORDER BY name, valid_from;

-- name: voucher_balance
-- What vouchers about a payment, or about a break without one, left on an account; above 0 it is a debit.
SELECT coalesce(sum(CASE WHEN debit = :account THEN fen WHEN credit = :account THEN -fen ELSE 0 END), 0)
FROM voucher
WHERE (payment = :payment AND payment <> '') OR (break_id = :break_id AND break_id <> 0 AND payment = '');

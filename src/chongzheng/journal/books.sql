-- What does a desk of finance see of the books and of the day, page by page? Values by name, in the common subset of
-- SQLite and PostgreSQL. Each of them is asked by people who wait, so each finds its rows by an index.

-- name: opened_by_minute
-- Payments by the minute in which they were opened; by three days, so that the index of days is entered three times.
SELECT opened_at / 60000, count(*) FROM payment
WHERE day IN (:before, :today, :behind) AND opened_at >= :since AND opened_at < :until
GROUP BY opened_at / 60000 ORDER BY 1;

-- name: reversals_by_day
-- Of payments with a reversal that is not under way any more: how many failed, and how many there are. Releases come
-- first: they are few, and payments are many.
SELECT p.day, sum(CASE WHEN p.state = 'RETURNED' OR p.truth IN ('charged_returned', 'never_charged') THEN 0 ELSE 1 END),
       count(*)
FROM release r CROSS JOIN payment p
WHERE p.place = r.place AND r.verb = 'reversal' AND p.day >= :first AND p.day <= :last AND p.owes <> 'reversal'
GROUP BY p.day ORDER BY p.day;

-- name: suspense_reach
-- Where the first so many payments with money in suspense end, behind (:at, :after): (opened_at, id); no row, where all of
-- them are fewer.
SELECT opened_at, id FROM payment
WHERE suspense_fen <> 0 AND owes NOT IN ('forward', 'delivery') AND (opened_at, id) > (:at, :after)
  AND opened_at >= :since AND opened_at < :until
ORDER BY opened_at, id LIMIT 1 OFFSET :looked;

-- name: suspense_page
-- The sub-ledger of suspense, oldest first, from behind (:at, :after, :after_break) to (:to_at, :to); of a channel, of an
-- age, or all of it. Payments are read in the order of their index between the two. Those on their way are as many as are
-- on their way; what only vouchers put there is found among the vouchers.
WITH held AS (
    SELECT payment, sum(CASE WHEN credit = 'suspense' THEN fen ELSE -fen END) AS fen
    FROM voucher WHERE (debit = 'suspense' OR credit = 'suspense') AND payment <> '' GROUP BY payment
), parked AS (
    SELECT break_id, sum(CASE WHEN credit = 'suspense' THEN fen ELSE -fen END) AS fen
    FROM voucher WHERE (debit = 'suspense' OR credit = 'suspense') AND payment = '' AND break_id <> 0 GROUP BY break_id
), items AS (
    SELECT p.id, p.channel, p.merchant, p.terminal, p.opened_at, p.owes, p.truth, 0 AS break_id,
           p.suspense_fen + coalesce((
               SELECT sum(CASE WHEN v.credit = 'suspense' THEN v.fen ELSE -v.fen END) FROM voucher v
               WHERE (v.debit = 'suspense' OR v.credit = 'suspense') AND v.payment = p.id), 0) AS fen
    FROM payment p
    WHERE p.suspense_fen <> 0 AND p.owes NOT IN ('forward', 'delivery')
      AND (p.opened_at, p.id) > (:at, :after) AND (p.opened_at, p.id) <= (:to_at, :to)
    UNION ALL
    SELECT p.id, p.channel, p.merchant, p.terminal, p.opened_at, p.owes, p.truth, 0, p.suspense_fen + coalesce((
               SELECT sum(CASE WHEN v.credit = 'suspense' THEN v.fen ELSE -v.fen END) FROM voucher v
               WHERE (v.debit = 'suspense' OR v.credit = 'suspense') AND v.payment = p.id), 0)
    FROM payment p WHERE p.suspense_fen <> 0 AND p.owes IN ('forward', 'delivery')
    UNION ALL
    SELECT p.id, p.channel, p.merchant, p.terminal, p.opened_at, p.owes, p.truth, 0, held.fen
    FROM held JOIN payment p ON p.id = held.payment WHERE held.fen <> 0 AND p.suspense_fen = 0
    UNION ALL
    SELECT '', b.channel, '', '', b.opened_at, 'parked', b.type, b.id, parked.fen
    FROM parked JOIN breaks b ON b.id = parked.break_id
)
SELECT id, channel, merchant, terminal, opened_at, owes, truth, fen, break_id FROM items
WHERE fen <> 0 AND opened_at >= :since AND opened_at < :until AND (:channel = '' OR channel = :channel)
  AND (opened_at > :at OR (opened_at = :at AND (id > :after OR (id = :after AND break_id > :after_break))))
  AND (opened_at, id) <= (:to_at, :to)
ORDER BY opened_at, id, break_id LIMIT :most;

-- name: postings_of_account
-- What the machine booked on an account, newest payments first, before (:place, :seq, :n). The bound on facts says
-- nothing new, but lets a database that joins the two in their order begin there.
SELECT e.place, e.seq, e.n, f.at, e.payment, e.debit, e.credit, e.fen, f.kind
FROM entry e JOIN fact f ON f.place = e.place AND f.seq = e.seq
WHERE (e.debit = :account OR e.credit = :account)
  AND (e.place, e.seq, e.n) < (:place, :seq, :n) AND f.place <= :place
ORDER BY e.place DESC, e.seq DESC, e.n DESC LIMIT :most;

-- name: vouchers_of_account
-- What remedies, files and people booked on it, newest first, before (:act, :n).
SELECT v.act, v.n, v.at, v.kind, v.payment, v.break_id, v.debit, v.credit, v.fen, a.actor
FROM voucher v JOIN act a ON a.no = v.act
WHERE (v.debit = :account OR v.credit = :account) AND (v.act, v.n) < (:act, :n)
ORDER BY v.act DESC, v.n DESC LIMIT :most;

-- name: breaks_unresolved
-- Differences behind the number :after that are not resolved yet, or of one such state, of a type, a channel, a file; the
-- oldest first. What is over is not read.
SELECT id, file, channel, day, type, payment, record, fen, viewpoint, queue, next_action, why, about, opened_at, state,
       version, proposed_by, proposed_at, proposal, shown, approved_by, resolved_at, act
FROM breaks
WHERE state IN ('open', 'proposed') AND id > :after AND (:state = 'unresolved' OR state = :state)
  AND (:type = '' OR type = :type) AND (:channel = '' OR channel = :channel) AND (:file = '' OR file = :file)
ORDER BY id LIMIT :most;

-- name: breaks_page
-- The same of any state.
SELECT id, file, channel, day, type, payment, record, fen, viewpoint, queue, next_action, why, about, opened_at, state,
       version, proposed_by, proposed_at, proposal, shown, approved_by, resolved_at, act
FROM breaks
WHERE id > :after AND (:state = 'all' OR state = :state)
  AND (:type = '' OR type = :type) AND (:channel = '' OR channel = :channel) AND (:file = '' OR file = :file)
ORDER BY id LIMIT :most;

-- name: newest_runs
-- Clearing files that were read, the newest days first.
SELECT f.digest, f.name, f.channel, f.format, f.part, f.day, f.records, f.at, f.state, f.supersedes, f.superseded_by,
       a.record
FROM settlement_file f LEFT JOIN act a ON a.subject = 'file ' || f.digest AND a.kind = 'file settled'
WHERE f.day BETWEEN :since AND :until ORDER BY f.day DESC, f.at DESC, f.digest LIMIT :most OFFSET :after;

-- name: newest_closings
-- Days that are closed, the newest first: who closed each, when, by which act.
SELECT c.day, c.at, c.act, a.actor FROM closing c JOIN act a ON a.no = c.act ORDER BY c.day DESC LIMIT :most;

-- How are matters of people kept and found? Values by name, in the common subset of SQLite and PostgreSQL.

-- name: put_matter
INSERT INTO matter (kind, state, closed, version, opened_at, changed_at, due_at, owner, queue, priority, payment, parent,
                    fen, seen, body)
VALUES (:kind, :state, :closed, :version, :opened_at, :at, :due_at, :owner, :queue, :priority, :payment, :parent,
        :fen, :seen, :body) RETURNING no;

-- name: move_matter
UPDATE matter SET state = :state, closed = :closed, version = :version, changed_at = :at, due_at = :due_at,
    owner = :owner, queue = :queue, priority = :priority, payment = :payment, parent = :parent, fen = :fen, body = :body
WHERE no = :no AND version = :before RETURNING no;

-- name: get_matter
SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
FROM matter WHERE no = :no;

-- name: matters_of_payment
SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
FROM matter WHERE payment = :payment AND payment <> '' ORDER BY no;

-- name: matters_of_parent
SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
FROM matter WHERE parent = :parent AND parent <> 0 AND no > :after ORDER BY no LIMIT :most;

-- name: open_children
SELECT count(*) FROM matter WHERE parent = :parent AND parent <> 0 AND closed = 0;

-- name: matters_tagged
SELECT m.no, m.kind, m.state, m.version, m.opened_at, m.due_at, m.owner, m.queue, m.priority, m.payment, m.parent, m.fen,
       m.body
FROM matter_tag t JOIN matter m ON m.no = t.matter
WHERE t.name = :name AND t.value = :value AND t.at >= :since AND m.kind = :kind ORDER BY t.at, m.no LIMIT :most;

-- name: list_matters
SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
FROM matter WHERE kind = :kind AND no > :after ORDER BY no LIMIT :most;

-- name: list_open_matters
SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
FROM matter WHERE kind = :kind AND closed = 0 AND no > :after ORDER BY no LIMIT :most;

-- name: list_newest_open
SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
FROM matter WHERE kind = :kind AND closed = 0 ORDER BY no DESC LIMIT :most;

-- name: list_queue
-- Open matters of a queue in the order of lists, behind (:priority, :after): the rest of one priority, then all below.
-- Each part is read from an index that has its order, no further than it may be needed; so in the three that follow.
SELECT * FROM (
    SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
    FROM matter WHERE closed = 0 AND queue = :queue AND priority = :priority AND no > :after ORDER BY no LIMIT :most) AS same
UNION ALL
SELECT * FROM (
    SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
    FROM matter WHERE closed = 0 AND queue = :queue AND priority < :priority ORDER BY priority DESC, no LIMIT :most) AS less
ORDER BY priority DESC, no LIMIT :most;

-- name: list_owned
SELECT * FROM (
    SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
    FROM matter WHERE closed = 0 AND owner = :owner AND priority = :priority AND no > :after ORDER BY no LIMIT :most) AS same
UNION ALL
SELECT * FROM (
    SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
    FROM matter WHERE closed = 0 AND owner = :owner AND priority < :priority ORDER BY priority DESC, no LIMIT :most) AS less
ORDER BY priority DESC, no LIMIT :most;

-- name: list_due
-- Open matters with a deadline until an instant, in the same order: read and sorted, so asked for only where they are few.
SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
FROM matter WHERE closed = 0 AND due_at IS NOT NULL AND due_at <= :until
  AND (priority < :priority OR (priority = :priority AND no > :after))
ORDER BY priority DESC, no LIMIT :most;

-- name: list_tagged
-- Open matters under a tag, in the same order: as above.
SELECT m.no, m.kind, m.state, m.version, m.opened_at, m.due_at, m.owner, m.queue, m.priority, m.payment, m.parent, m.fen,
       m.body
FROM matter_tag t JOIN matter m ON m.no = t.matter
WHERE t.name = :name AND t.value = :value AND m.closed = 0
  AND (m.priority < :priority OR (m.priority = :priority AND m.no > :after))
ORDER BY m.priority DESC, m.no LIMIT :most;

-- name: list_open
SELECT * FROM (
    SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
    FROM matter WHERE closed = 0 AND priority = :priority AND no > :after ORDER BY no LIMIT :most) AS same
UNION ALL
SELECT * FROM (
    SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
    FROM matter WHERE closed = 0 AND priority < :priority ORDER BY priority DESC, no LIMIT :most) AS less
ORDER BY priority DESC, no LIMIT :most;

-- name: list_of_state
SELECT * FROM (
    SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
    FROM matter WHERE closed = 0 AND kind = :kind AND state = :state AND priority = :priority AND no > :after ORDER BY no LIMIT :most) AS same
UNION ALL
SELECT * FROM (
    SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body
    FROM matter WHERE closed = 0 AND kind = :kind AND state = :state AND priority < :priority ORDER BY priority DESC, no LIMIT :most) AS less
ORDER BY priority DESC, no LIMIT :most;

-- name: list_suspended
-- Cases with money in suspense, the oldest first, behind (:at, :after), in the order of the tags' own index.
SELECT m.no, m.kind, m.state, m.version, m.opened_at, m.due_at, m.owner, m.queue, m.priority, m.payment, m.parent, m.fen,
       m.body
FROM (SELECT at, matter FROM matter_tag
      WHERE name = 'suspense' AND value = 'yes' AND (at, matter) > (:at, :after) ORDER BY at, matter LIMIT :most) t
JOIN matter m ON m.no = t.matter ORDER BY t.at, t.matter;

-- name: tally_open
-- How many there are, counted up to a limit; so in those that follow. The order is that of an index, which is then read
-- no further than to the limit.
SELECT count(*) FROM (SELECT 1 FROM matter WHERE closed = 0 ORDER BY priority DESC, no LIMIT :most) AS found;

-- name: tally_owned
SELECT count(*) FROM (SELECT 1 FROM matter WHERE closed = 0 AND owner = :owner ORDER BY priority DESC, no LIMIT :most) AS found;

-- name: tally_queue
SELECT count(*) FROM (SELECT 1 FROM matter WHERE closed = 0 AND queue = :queue ORDER BY priority DESC, no LIMIT :most) AS found;

-- name: tally_of_state
SELECT count(*) FROM (SELECT 1 FROM matter WHERE closed = 0 AND kind = :kind AND state = :state ORDER BY priority DESC, no LIMIT :most) AS found;

-- name: tally_due
SELECT count(*) FROM (SELECT 1 FROM matter WHERE closed = 0 AND due_at IS NOT NULL AND due_at <= :until ORDER BY due_at, no LIMIT :most) AS found;

-- name: tally_tagged
-- Of tags that a case loses with its end.
SELECT count(*) FROM (SELECT 1 FROM matter_tag WHERE name = :name AND value = :value ORDER BY at, matter LIMIT :most) AS found;

-- name: tally_run_out
-- Whose clocks have all run out: they have no deadline any more. Of the first so many that are at risk.
SELECT count(*) FROM (
    SELECT matter FROM matter_tag WHERE name = 'risk' AND value = 'yes' ORDER BY at, matter LIMIT :most) AS t
JOIN matter m ON m.no = t.matter WHERE m.closed = 0 AND m.due_at IS NULL;

-- name: open_places
-- Where open matters lie, of which kinds: (queue, kind). An index is entered once for each word that there is.
WITH RECURSIVE q (queue) AS (
    SELECT min(queue) FROM matter WHERE closed = 0
    UNION ALL
    SELECT (SELECT min(m.queue) FROM matter m WHERE m.closed = 0 AND m.queue > q.queue) FROM q WHERE q.queue IS NOT NULL
), k (kind) AS (
    SELECT min(kind) FROM matter WHERE closed = 0
    UNION ALL
    SELECT (SELECT min(m.kind) FROM matter m WHERE m.closed = 0 AND m.kind > k.kind) FROM k WHERE k.kind IS NOT NULL
)
SELECT q.queue, k.kind FROM q CROSS JOIN k
WHERE (SELECT m.no FROM matter m WHERE m.closed = 0 AND m.queue = q.queue AND m.kind = k.kind ORDER BY m.due_at LIMIT 1) > 0
ORDER BY q.queue, k.kind;

-- name: open_owners
-- Who has open matters, in the same way.
WITH RECURSIVE o (owner) AS (
    SELECT min(owner) FROM matter WHERE closed = 0 AND owner > ''
    UNION ALL
    SELECT (SELECT min(m.owner) FROM matter m WHERE m.closed = 0 AND m.owner > o.owner) FROM o WHERE o.owner IS NOT NULL
)
SELECT owner FROM o WHERE owner IS NOT NULL ORDER BY owner;

-- name: count_queues
SELECT queue, kind, count(*), coalesce(sum(fen), 0), min(due_at) FROM matter WHERE closed = 0 GROUP BY queue, kind
ORDER BY queue, kind;

-- name: count_owners
SELECT owner, count(*) FROM matter WHERE closed = 0 AND owner <> '' GROUP BY owner ORDER BY owner;

-- name: count_states
SELECT kind, state, count(*), coalesce(sum(fen), 0) FROM matter GROUP BY kind, state ORDER BY kind, state;

-- name: matters_due
SELECT no FROM matter WHERE closed = 0 AND due_at IS NOT NULL AND due_at <= :now ORDER BY due_at, no LIMIT :most;

-- name: matters_due_after
-- The same behind a place in that order, with their kinds and states.
SELECT no, kind, due_at, state FROM matter
WHERE closed = 0 AND due_at IS NOT NULL AND due_at <= :now AND (due_at > :at OR (due_at = :at AND no > :no))
ORDER BY due_at, no LIMIT :most;

-- name: matters_behind
-- Open matters whose payment has moved since they were told of it.
SELECT m.no, p.version FROM matter m JOIN payment p ON p.id = m.payment
WHERE m.closed = 0 AND m.payment <> '' AND m.seen < p.version AND m.no > :after ORDER BY m.no LIMIT :most;

-- name: matters_behind_among
-- Of the next so many open matters with a payment, behind a number: those that have not heard how it stands now.
SELECT m.no, m.kind, p.version
FROM (SELECT no, kind, payment, seen FROM matter WHERE closed = 0 AND payment <> '' AND no > :after ORDER BY no LIMIT :scan) m
JOIN payment p ON p.id = m.payment WHERE m.seen < p.version ORDER BY m.no LIMIT :most;

-- name: matters_looked_at
-- How many of those there are, and the number of the last.
SELECT count(*), coalesce(max(no), 0)
FROM (SELECT no FROM matter WHERE closed = 0 AND payment <> '' AND no > :after ORDER BY no LIMIT :scan) m;

-- name: matters_behind_in
-- The same of matters of a kind in a state, also where that state is an end.
SELECT m.no, m.kind, p.version
FROM (SELECT no, kind, payment, seen FROM matter WHERE kind = :kind AND state = :state AND no > :after
      ORDER BY no LIMIT :scan) m
JOIN payment p ON p.id = m.payment WHERE m.seen < p.version ORDER BY m.no LIMIT :most;

-- name: matters_looked_at_in
-- How many of those there are, and the number of the last.
SELECT count(*), coalesce(max(no), 0)
FROM (SELECT no FROM matter WHERE kind = :kind AND state = :state AND no > :after ORDER BY no LIMIT :scan) m;

-- name: set_seen
UPDATE matter SET seen = :seen WHERE no = :no;

-- name: take_key
INSERT INTO matter_key (name, matter) VALUES (:name, :matter) ON CONFLICT DO NOTHING RETURNING matter;

-- name: key_holder
SELECT matter FROM matter_key WHERE name = :name;

-- name: free_key
DELETE FROM matter_key WHERE name = :name AND matter = :matter RETURNING name;

-- name: put_tag
INSERT INTO matter_tag (name, value, at, matter) VALUES (:name, :value, :at, :matter) ON CONFLICT DO NOTHING;

-- name: drop_tags
DELETE FROM matter_tag WHERE matter = :matter;

-- name: words_of_matter
SELECT word FROM matter_word WHERE matter = :matter;

-- name: put_word
INSERT INTO matter_word (word, matter) VALUES (:word, :matter) ON CONFLICT DO NOTHING;

-- name: drop_word
DELETE FROM matter_word WHERE word = :word AND matter = :matter;

-- name: count_word
SELECT count(*) FROM (SELECT 1 FROM matter_word WHERE word = :word LIMIT :most) w;

-- name: matters_worded_sqlite
-- Matters with this word and all `n` others (JSON), newest first, among so many with the word.
SELECT m.no, m.kind, m.state, m.version, m.opened_at, m.due_at, m.owner, m.queue, m.priority, m.payment, m.parent, m.fen,
       m.body
FROM (SELECT matter FROM matter_word WHERE word = :word AND matter < :before ORDER BY matter DESC LIMIT :looked) w
JOIN matter m ON m.no = w.matter
WHERE (:kind = '' OR m.kind = :kind) AND (:open = 0 OR m.closed = 0)
  AND :n = (SELECT count(*) FROM matter_word o WHERE o.matter = w.matter
            AND o.word IN (SELECT value FROM json_each(:others)))
ORDER BY w.matter DESC LIMIT :most;

-- name: matters_worded_postgresql
SELECT m.no, m.kind, m.state, m.version, m.opened_at, m.due_at, m.owner, m.queue, m.priority, m.payment, m.parent, m.fen,
       m.body
FROM (SELECT matter FROM matter_word WHERE word = :word AND matter < :before ORDER BY matter DESC LIMIT :looked) w
JOIN matter m ON m.no = w.matter
WHERE (:kind = '' OR m.kind = :kind) AND (:open = 0 OR m.closed = 0)
  AND :n = (SELECT count(*) FROM matter_word o WHERE o.matter = w.matter
            AND o.word IN (SELECT json_array_elements_text(CAST(:others AS JSON)) COLLATE "C"))
ORDER BY w.matter DESC LIMIT :most;

-- name: matters_without_words
SELECT m.no FROM matter m WHERE m.no > :after AND NOT EXISTS (SELECT 1 FROM matter_word w WHERE w.matter = m.no)
ORDER BY m.no LIMIT :most;

-- name: cases_to_adopt
-- Open cases of the engine behind a number, of the next so many, that no matter has taken yet, or whose matter is closed:
-- the engine has opened them again.
SELECT c.id, c.payment, c.why
FROM (SELECT id, payment, why FROM cases WHERE state = 'open' AND id > :after ORDER BY id LIMIT :scan) c
LEFT JOIN matter_key k ON k.name = 'engine case ' || c.id LEFT JOIN matter m ON m.no = k.matter
WHERE k.matter IS NULL OR m.closed = 1 ORDER BY c.id LIMIT :most;

-- name: cases_looked_at
-- How many of those there are, and the number of the last.
SELECT count(*), coalesce(max(id), 0)
FROM (SELECT id FROM cases WHERE state = 'open' AND id > :after ORDER BY id LIMIT :scan) c;

-- name: open_cases_of
SELECT id FROM cases WHERE payment = :payment AND state = 'open' ORDER BY id;

-- name: release_holder
SELECT r.verb, r.seq FROM release r WHERE r.payment = :payment;

-- name: take_release_token
INSERT INTO release (place, payment, verb, seq) SELECT place, id, :verb, 0 FROM payment WHERE id = :payment
ON CONFLICT DO NOTHING RETURNING payment;

-- name: free_release_token
DELETE FROM release WHERE payment = :payment AND seq = 0;

-- name: put_errand
INSERT INTO errand (matter, payment, fact, actor, at) VALUES (:matter, :payment, :fact, :actor, :at);

-- name: open_errands
SELECT no, matter, payment, fact, actor, at FROM errand WHERE done_at IS NULL ORDER BY no LIMIT :most;

-- name: errands_waiting
-- The same behind a number, with the number of the engine that looks after the payment.
SELECT e.no, e.payment, e.fact, e.actor, e.at, p.owner FROM errand e JOIN payment p ON p.id = e.payment
WHERE e.done_at IS NULL AND e.no > :after ORDER BY e.no LIMIT :most;

-- name: end_errand
UPDATE errand SET done_at = :at WHERE no = :no;

-- name: put_register_row
INSERT INTO register_row (register, name, valid_from, edition, body, reason, proposed_by, proposed_at, in_force)
VALUES (:register, :name, :valid_from, :edition, :body, :reason, :by, :at, :in_force)
ON CONFLICT DO NOTHING RETURNING edition;

-- name: approve_register_row
UPDATE register_row SET approved_by = :by, approved_at = :at, in_force = 1
WHERE register = :register AND name = :name AND valid_from = :valid_from AND edition = :edition AND approved_by IS NULL
  AND in_force = 0 AND proposed_by <> :by RETURNING edition;

-- name: register_rows
SELECT register, name, valid_from, edition, body, reason, proposed_by, proposed_at, approved_by, approved_at, in_force
FROM register_row WHERE register = :register ORDER BY name, valid_from, edition;

-- name: rows_in_force
-- Of every name the row of the last day that has come, and of that day the last edition.
SELECT name, body FROM (
    SELECT name, body, row_number() OVER (PARTITION BY name ORDER BY valid_from DESC, edition DESC) AS place
    FROM register_row WHERE register = :register AND in_force = 1 AND valid_from <= :day
) AS rows WHERE place = 1 ORDER BY name;

-- name: release_standing
SELECT p.owes, p.truth, p.proof, r.verb FROM payment p LEFT JOIN release r ON r.place = p.place WHERE p.id = :payment;

-- name: reversals_of_terminal
-- Of payments of a terminal whose reversal was begun and is not under way: how many it did not bring back, and all.
SELECT coalesce(sum(CASE WHEN p.state = 'RETURNED' OR p.truth IN ('charged_returned', 'never_charged') THEN 0 ELSE 1 END), 0),
       count(*)
FROM payment p JOIN release r ON r.place = p.place
WHERE p.terminal = :terminal AND p.opened_at >= :since AND p.opened_at < :until AND p.owes <> 'reversal'
  AND r.verb = 'reversal';

-- name: reversals_of_all
SELECT coalesce(sum(CASE WHEN p.state = 'RETURNED' OR p.truth IN ('charged_returned', 'never_charged') THEN 0 ELSE 1 END), 0),
       count(*)
FROM payment p JOIN release r ON r.place = p.place
WHERE p.day >= :first AND p.day <= :last AND p.opened_at >= :since AND p.opened_at < :until AND p.owes <> 'reversal'
  AND r.verb = 'reversal';

-- name: recurring_causes
-- Causes that at least so many cases opened since an instant have.
SELECT t.value FROM matter_tag t JOIN matter m ON m.no = t.matter
WHERE t.name = 'cause' AND t.at >= :since AND m.kind = 'case'
GROUP BY t.value HAVING count(*) >= :least ORDER BY t.value;

-- Which statements does an engine run on PostgreSQL alone? Whole tables of rows in one statement each, and its lease.

-- name: load_payments
-- In one order for everybody, so that two engines never wait for each other.
SELECT id, place, version, head, body, owner FROM payment WHERE id = ANY(%s) ORDER BY id FOR UPDATE

-- name: get_cards
SELECT p.id, c.sealed FROM payment p JOIN card c ON c.place = p.place WHERE p.id = ANY(%s)

-- name: due_reversals
SELECT convert_to('[' || string_agg(convert_from(body, 'UTF8'), ',') || ']', 'UTF8') FROM (
    SELECT body FROM payment
    WHERE owes = 'reversal' AND (wake_at, id) > (%(at)s, %(after)s) AND wake_at <= %(until)s
      AND (%(me)s < 0 OR owner = %(me)s)
    ORDER BY wake_at, id LIMIT %(most)s) AS page

-- name: write
-- A whole plan, one array a column, in one round trip; empty arrays write nothing. Gives how many payments were opened
-- and how many moved: fewer than asked for means that another engine was there before. A visitor (4096 and above)
-- leaves a payment with whoever looks after it: it may be on its way there.
WITH opened AS (
    INSERT INTO payment (place, id, merchant, terminal, batch, stan, day, opened_at, amount_fen, state, owes, wake_at,
                         truth, proof, suspense_fen, owner, version, head, body, channel)
    SELECT * FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[],
                         %b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::text[], %b::text[],
                         %b::bigint[], %b::bigint[], %b::bigint[], %b::bytea[], %b::bytea[], %b::text[])
    ON CONFLICT DO NOTHING RETURNING 1
), moved AS (
    UPDATE payment p
    SET amount_fen = v.amount_fen, state = v.state, owes = v.owes, wake_at = v.wake_at, truth = v.truth,
        proof = v.proof, suspense_fen = v.suspense_fen, owner = CASE WHEN v.owner < 4096 THEN v.owner ELSE p.owner END, version = v.version, head = v.head, body = v.body
    FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::bigint[],
                %b::bigint[], %b::bytea[], %b::bytea[], %b::bigint[], %b::bigint[])
         AS v (amount_fen, state, owes, wake_at, truth, proof, suspense_fen, owner, version, head, body, place, loaded)
    WHERE p.place = v.place AND p.version = v.loaded RETURNING 1
), facts AS (
    INSERT INTO fact (place, payment, seq, commit_no, at, kind, rule, record, hash)
    SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::text[], %b::text[],
                         %b::bytea[], %b::bytea[])
), heard AS (
    INSERT INTO evidence (place, payment, id, at, kind, source, body)
    SELECT * FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::text[], %b::text[], %b::bytea[])
    ON CONFLICT DO NOTHING
), booked AS (
    INSERT INTO entry (place, payment, seq, n, debit, credit, fen)
    SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::bigint[])
), freed AS (
    DELETE FROM release WHERE place = ANY(%b::bigint[]) AND verb = 'void'
), released AS (
    INSERT INTO release (place, payment, verb, seq)
    SELECT * FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::bigint[])
), referred AS (
    INSERT INTO cases (payment, why, opened_at, due_at)
    SELECT payment, why, min(opened_at), min(due_at)
    FROM unnest(%b::text[], %b::text[], %b::bigint[], %b::bigint[]) AS n (payment, why, opened_at, due_at)
    GROUP BY payment, why
    ON CONFLICT (payment, why) DO UPDATE SET state = 'open', closed_by = NULL WHERE cases.state <> 'open'
), kept AS (
    INSERT INTO card (place, payment, sealed)
    SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bytea[]) ON CONFLICT DO NOTHING
), forgotten AS (
    DELETE FROM card WHERE place = ANY(%b::bigint[])
), called AS (
    INSERT INTO alias (name, payment) SELECT * FROM unnest(%b::text[], %b::text[]) ON CONFLICT DO NOTHING
)
SELECT (SELECT count(*) FROM opened), (SELECT count(*) FROM moved)

-- name: put_stray
INSERT INTO stray (id, at, kind, source, why, body)
SELECT * FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::bytea[]) ON CONFLICT DO NOTHING

-- name: enlist
-- A number that nobody holds any more and that has nothing left to be taken over, or the next one. Whoever left
-- something keeps its number until the living have shared that out.
WITH free AS (
    SELECT id FROM engine WHERE expires_at = 0 AND id >= %(first)s AND id < %(end)s
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE engine e SET epoch = e.epoch + 1, name = %(name)s, expires_at = now_ms() + %(lease_ms)s
    FROM free WHERE e.id = free.id RETURNING e.id, e.epoch
), made AS (
    INSERT INTO engine (id, name, epoch, expires_at)
    SELECT (SELECT coalesce(max(id) + 1, %(first)s) FROM engine WHERE id >= %(first)s AND id < %(end)s), %(name)s, 1, now_ms() + %(lease_ms)s
    WHERE NOT EXISTS (SELECT 1 FROM taken) RETURNING id, epoch
)
SELECT id, epoch FROM taken UNION ALL SELECT id, epoch FROM made

-- name: count_living
SELECT count(*) FROM engine WHERE expires_at > now_ms()

-- name: renew
-- Every transaction begins with this: nobody who has lost the lease, or was frozen past it, writes anything. The row
-- stays locked to the end, so nobody can take the lease away in the middle either.
UPDATE engine SET expires_at = now_ms() + %(lease_ms)s
WHERE id = %(id)s AND epoch = %(epoch)s AND expires_at > now_ms()

-- name: resign
-- 1 is long ago, but not 0: what this engine leaves half done is still to be taken over.
UPDATE engine SET expires_at = 1 WHERE id = %(id)s AND epoch = %(epoch)s

-- name: find_dead
-- One survivor at a time; a dead engine whose last transaction still hangs is passed over.
SELECT id FROM engine WHERE id <> %(id)s AND expires_at > 0 AND expires_at <= now_ms()
ORDER BY id FOR UPDATE SKIP LOCKED

-- name: fence_off
UPDATE engine SET epoch = epoch + 1 WHERE id = ANY(%(dead)s)

-- name: take_over_sent
-- Sales that may be with the host, and answers that may be with their terminal.
UPDATE payment SET owner = %(id)s WHERE place IN (
    SELECT place FROM payment WHERE owner = ANY(%(dead)s) AND owes IN ('forward', 'delivery')
    LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING body

-- name: take_over
UPDATE payment SET owner = %(id)s WHERE place IN (
    SELECT place FROM payment WHERE owner = ANY(%(dead)s) AND owes IN ('reversal', 'resend')
    LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING body

-- name: all_taken
UPDATE engine e SET expires_at = 0 WHERE id = ANY(%(dead)s) AND NOT EXISTS (
    SELECT 1 FROM payment p WHERE p.owner = e.id AND p.owes IN ('forward', 'delivery', 'reversal', 'resend'))

-- What do the papers that leave this house rest on? Reading only; values by name, in the common subset of SQLite and
-- PostgreSQL.

-- name: chain_of
-- Acts of one subject with their places in the chain.
SELECT no, at, actor, kind, record, hash FROM act WHERE subject = :subject ORDER BY no;

-- name: act_before
-- The last act before an instant.
SELECT no, at, hash FROM act WHERE at < :until ORDER BY no DESC LIMIT 1;

-- name: paper_of
-- Under which code a paper was issued.
SELECT no, at, actor, record, hash FROM act WHERE subject = :subject AND kind = 'paper issued' ORDER BY no;

-- name: matters_alive
-- Matters of a kind that were open at some time between two instants, by their numbers.
SELECT no, kind, state, version, opened_at, due_at, owner, queue, priority, payment, parent, fen, body, changed_at
FROM matter WHERE kind = :kind AND opened_at < :until AND (closed = 0 OR changed_at >= :since) AND no > :after
ORDER BY no LIMIT :most;

-- name: payments_between
-- What was found of the payments of some business days.
SELECT truth, proof, count(*), coalesce(sum(amount_fen), 0) FROM payment WHERE day >= :first AND day <= :last
GROUP BY truth, proof ORDER BY truth, proof;

-- name: heads_between
-- Where the chains of these payments' facts end.
SELECT id, head FROM payment WHERE day >= :first AND day <= :last AND id > :after ORDER BY id LIMIT :most;

-- name: last_instants
-- When something was done last, by people and by terminals.
SELECT (SELECT at FROM act ORDER BY no DESC LIMIT 1)
UNION ALL SELECT (SELECT opened_at FROM payment ORDER BY day DESC, opened_at DESC LIMIT 1);

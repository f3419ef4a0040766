-- What does the HTTP door remember? Who may come in, what was said under which key, and who is to be told what.
-- The common subset of SQLite and PostgreSQL; values by name. Nothing here moves money: these rows are written
-- beside the commits of facts, on a connection of their own, by whoever serves the door.

-- name: make
CREATE TABLE IF NOT EXISTS api_token (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    hash       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    merchants  TEXT NOT NULL,
    per_minute BIGINT NOT NULL CHECK (per_minute > 0),
    made_at    BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE TABLE IF NOT EXISTS api_key (
    token       TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    payment     TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (token, key)
);
CREATE INDEX IF NOT EXISTS api_key_age ON api_key (at);
CREATE TABLE IF NOT EXISTS api_audit (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    who     TEXT NOT NULL,
    what    TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS api_audit_age ON api_audit (at);
CREATE TABLE IF NOT EXISTS webhook (
    id         TEXT PRIMARY KEY,
    url        TEXT NOT NULL,
    kinds      TEXT NOT NULL,
    merchants  TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    stopped_at BIGINT
);
CREATE TABLE IF NOT EXISTS outbox (
    payment TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    webhook TEXT NOT NULL,
    PRIMARY KEY (payment, seq, webhook)
);
CREATE TABLE IF NOT EXISTS delivery (
    webhook  TEXT NOT NULL,
    payment  TEXT NOT NULL,
    seq      BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    next_at  BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'given up')),
    last     TEXT NOT NULL,
    PRIMARY KEY (webhook, payment, seq)
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (webhook, next_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS delivery_age ON delivery (next_at) WHERE state = 'done';

-- name: announce_sqlite
-- A row of the outbox is written by the database itself, in the transaction that writes the fact: what is rolled
-- back is never told, what is committed always. The trigger is there only while somebody wants to be told.
CREATE TRIGGER IF NOT EXISTS announce AFTER INSERT ON fact
BEGIN
    INSERT INTO outbox (payment, seq, webhook) VALUES (new.payment, new.seq, '');
END;

-- name: hush_sqlite
DROP TRIGGER IF EXISTS announce;

-- name: announce_postgresql
CREATE OR REPLACE FUNCTION announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (payment, seq, webhook) VALUES (new.payment, new.seq, '');
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER announce AFTER INSERT ON fact FOR EACH ROW EXECUTE FUNCTION announce();

-- name: hush_postgresql
DROP TRIGGER IF EXISTS announce ON fact;

-- name: make_letters_postgresql
-- What processes without wires leave for an engine. Where there is one engine only, its own door needs no letters.
CREATE TABLE IF NOT EXISTS letter (
    name       TEXT PRIMARY KEY,
    at         BIGINT NOT NULL,
    held_until BIGINT NOT NULL,
    body       BYTEA NOT NULL
);

-- name: leave_letter
INSERT INTO letter (name, at, held_until, body) VALUES (:name, :at, 0, :body);

-- name: letter_waits
SELECT 1 FROM letter WHERE name = :name;

-- name: withdraw_letter
DELETE FROM letter
WHERE name = :name AND held_until <= CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) RETURNING 1;

-- name: take_letters_postgresql
UPDATE letter SET held_until = CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) + :held_ms
WHERE name IN (
    SELECT name FROM letter WHERE held_until <= CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)
    ORDER BY at, name LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING name, at, body;

-- name: letter_done
DELETE FROM letter WHERE name = :name;

-- name: put_token
INSERT INTO api_token (id, name, hash, scopes, merchants, per_minute, made_at, revoked_at)
VALUES (:id, :name, :hash, :scopes, :merchants, :per_minute, :made_at, NULL) ON CONFLICT DO NOTHING RETURNING id;

-- name: get_token
SELECT id, name, hash, scopes, merchants, per_minute, made_at, revoked_at FROM api_token WHERE id = :id;

-- name: all_tokens
SELECT id, name, hash, scopes, merchants, per_minute, made_at, revoked_at FROM api_token ORDER BY made_at, id;

-- name: revoke_token
UPDATE api_token SET revoked_at = :at WHERE (id = :text OR name = :text) AND revoked_at IS NULL RETURNING id;

-- name: put_key
INSERT INTO api_key (token, key, fingerprint, payment, at) VALUES (:token, :key, :fingerprint, :payment, :at)
ON CONFLICT DO NOTHING RETURNING at;

-- name: get_key
SELECT fingerprint, payment, at FROM api_key WHERE token = :token AND key = :key;

-- name: put_audit
INSERT INTO api_audit (id, at, who, what, subject, detail) VALUES (:id, :at, :who, :what, :subject, :detail);

-- name: all_audit
SELECT id, at, who, what, subject, detail FROM api_audit ORDER BY at, id;

-- name: put_webhook
INSERT INTO webhook (id, url, kinds, merchants, sealed, made_at, stopped_at)
VALUES (:id, :url, :kinds, :merchants, :sealed, :made_at, NULL);

-- name: all_webhooks
SELECT id, url, kinds, merchants, sealed, made_at, stopped_at FROM webhook ORDER BY made_at, id;

-- name: stop_webhook
UPDATE webhook SET stopped_at = :at WHERE id = :id AND stopped_at IS NULL RETURNING id;

-- name: drop_waiting
DELETE FROM delivery WHERE webhook = :id AND state = 'waiting';

-- name: empty_outbox
DELETE FROM outbox;

-- name: replay
INSERT INTO outbox (payment, seq, webhook)
SELECT payment, seq, :webhook FROM fact WHERE at >= :since AND at < :until ON CONFLICT DO NOTHING;

-- name: waiting_to_be_told
SELECT o.payment, o.seq, o.webhook, p.merchant, f.record, b.record
FROM outbox o JOIN payment p ON p.id = o.payment JOIN fact f ON f.place = p.place AND f.seq = o.seq
     LEFT JOIN fact b ON b.place = p.place AND b.seq = o.seq - 1
LIMIT :most;

-- name: told
DELETE FROM outbox WHERE payment = :payment AND seq = :seq AND webhook = :webhook;

-- name: put_delivery
INSERT INTO delivery (webhook, payment, seq, kind, first_at, next_at, attempts, state, last)
VALUES (:webhook, :payment, :seq, :kind, :at, :at, 0, 'waiting', '')
ON CONFLICT DO NOTHING;

-- name: deliver_again
INSERT INTO delivery (webhook, payment, seq, kind, first_at, next_at, attempts, state, last)
VALUES (:webhook, :payment, :seq, :kind, :at, :at, 0, 'waiting', '')
ON CONFLICT (webhook, payment, seq)
DO UPDATE SET first_at = excluded.first_at, next_at = excluded.next_at, attempts = 0, state = 'waiting';

-- name: claim_sqlite
UPDATE delivery SET next_at = :lease_until, attempts = attempts + 1
WHERE (webhook, payment, seq) IN (
    SELECT webhook, payment, seq FROM delivery
    WHERE webhook = :webhook AND state = 'waiting' AND next_at <= :now ORDER BY next_at LIMIT :most)
RETURNING webhook, payment, seq, kind, first_at, attempts;

-- name: claim_postgresql
UPDATE delivery SET next_at = :lease_until, attempts = attempts + 1
WHERE (webhook, payment, seq) IN (
    SELECT webhook, payment, seq FROM delivery
    WHERE webhook = :webhook AND state = 'waiting' AND next_at <= :now ORDER BY next_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
RETURNING webhook, payment, seq, kind, first_at, attempts;

-- name: delivered
UPDATE delivery SET state = :state, next_at = :next_at, last = :last
WHERE webhook = :webhook AND payment = :payment AND seq = :seq AND state = 'waiting';

-- name: fact_record
SELECT f.record FROM payment p JOIN fact f ON f.place = p.place WHERE p.id = :payment AND f.seq = :seq;

-- name: delivery_counts
SELECT webhook, state, count(*) FROM delivery GROUP BY webhook, state;

-- name: list_by_terminal
SELECT body FROM payment
WHERE terminal = :terminal AND (opened_at > :at OR (opened_at = :at AND id > :id))
ORDER BY opened_at, id LIMIT :most;

-- name: list_by_day
SELECT body FROM payment
WHERE day = :day AND (opened_at > :at OR (opened_at = :at AND id > :id))
ORDER BY opened_at, id LIMIT :most;

-- name: list_by_state
SELECT body FROM payment
WHERE day = :day AND state = :state AND (opened_at > :at OR (opened_at = :at AND id > :id))
ORDER BY opened_at, id LIMIT :most;

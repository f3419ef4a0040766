-- How are notices, replies and promises kept and found? Values by name; where the databases differ, a statement ends in
-- the name of its database.

-- name: put_notice
INSERT INTO notice (key, matter, template, addressee, said, made_at, state, next_at, attempts, wording, outlet, address,
                    subject, body, short, stated, person, incident, facts, sent_at, evidence)
VALUES (:key, :matter, :template, :addressee, :said, :at, 'waiting', :at, 0, '', '', '', '', '', '', '', '', '', '', NULL, '')
ON CONFLICT (key) DO NOTHING RETURNING id;

-- name: claim_notices_sqlite
UPDATE notice SET next_at = :lease_until, attempts = attempts + 1
WHERE id IN (SELECT id FROM notice WHERE state = 'waiting' AND next_at <= :now ORDER BY next_at, id LIMIT :most)
RETURNING id;

-- name: claim_notices_postgresql
UPDATE notice SET next_at = :lease_until, attempts = attempts + 1
WHERE id IN (SELECT id FROM notice WHERE state = 'waiting' AND next_at <= :now ORDER BY next_at, id LIMIT :most
             FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: notices_due
SELECT 1 FROM notice WHERE state = 'waiting' AND next_at <= :now LIMIT 1;

-- name: notices_unheard
-- Of those that were sent, failed or were refused: those of which their matter has not heard.
SELECT id, matter, state, template, wording, said, outlet, evidence FROM notice
WHERE heard = 0 AND state <> 'waiting' AND id > :after ORDER BY id LIMIT :most;

-- name: notice_heard
UPDATE notice SET heard = 1 WHERE id = :id AND state = :state AND heard = 0 RETURNING id;

-- name: payment_told_of
SELECT body FROM payment WHERE id = :payment;

-- name: count_waiting_notices
SELECT count(*) FROM notice WHERE state = 'waiting';

-- name: get_notice
SELECT id, key, matter, template, addressee, said, made_at, state, next_at, attempts, wording, outlet, address, subject,
       body, short, stated, person, incident, facts, sent_at, evidence
FROM notice WHERE id = :id;

-- name: list_notices
SELECT id, key, matter, template, addressee, said, made_at, state, next_at, attempts, wording, outlet, address, subject,
       body, short, stated, person, incident, facts, sent_at, evidence
FROM notice WHERE id > :after AND (:state = 'all' OR state = :state) ORDER BY id LIMIT :most;

-- name: notices_of
SELECT id, key, matter, template, addressee, said, made_at, state, next_at, attempts, wording, outlet, address, subject,
       body, short, stated, person, incident, facts, sent_at, evidence
FROM notice WHERE matter = :matter AND matter <> '' ORDER BY id;

-- name: word_notice
UPDATE notice SET wording = :wording, outlet = :outlet, address = :address, subject = :subject, body = :body,
    short = :short, stated = :stated, person = :person, incident = :incident, facts = :facts
WHERE id = :id AND state = 'waiting' RETURNING id;

-- name: settle_notice
UPDATE notice SET state = :state, next_at = :next_at, sent_at = :sent_at, evidence = :evidence
WHERE id = :id AND state = 'waiting' RETURNING id;

-- name: retry_notice
UPDATE notice SET state = 'waiting', next_at = :at, attempts = 0, wording = '', evidence = '', heard = 0
WHERE id = :id AND state IN ('failed', 'refused') RETURNING id;

-- name: hurry_notice
-- One that waits longer than the lease of somebody who is sending it can last.
UPDATE notice SET next_at = :at WHERE id = :id AND state = 'waiting' AND next_at > :leased_until RETURNING id;

-- name: apologies_to
SELECT person, incident, coalesce(sent_at, made_at), facts, wording FROM notice
WHERE person = :person AND person <> '' AND state IN ('waiting', 'sent') AND wording <> '' ORDER BY id;

-- name: put_reply
INSERT INTO notice_reply (matter, at, outlet, text) VALUES (:matter, :at, :outlet, :text) RETURNING id;

-- name: replies_of
SELECT id, matter, at, outlet, text FROM notice_reply WHERE matter = :matter ORDER BY id;

-- name: matter_there
SELECT no FROM matter WHERE no = :no AND kind = :kind;

-- name: put_promise
INSERT INTO promise (key, matter, what, said_at, due_at, kept_at, moved_at, asked)
VALUES (:key, :matter, :what, :at, :due_at, NULL, NULL, 0) ON CONFLICT (key) DO NOTHING RETURNING id;

-- name: keep_promise
UPDATE promise SET kept_at = :at WHERE key = :key AND kept_at IS NULL RETURNING id;

-- name: move_promise
UPDATE promise SET moved_at = :at, asked = :asked WHERE key = :key AND kept_at IS NULL AND moved_at IS NULL
RETURNING matter, what;

-- name: promises_between
SELECT id, matter, what, said_at, due_at, kept_at, moved_at, asked FROM promise
WHERE due_at >= :since AND due_at < :until ORDER BY due_at, id LIMIT :most;

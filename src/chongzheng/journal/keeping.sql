-- How is a journal kept: copied, put back, and freed of what nobody needs any more? Values by name.

-- name: newest_commit
SELECT no, hash FROM commits ORDER BY no DESC LIMIT 1;

-- name: commit_hash
SELECT hash FROM commits WHERE no = :no;

-- name: skip_numbers
-- After history was lost: numbers given out meanwhile must not be given out again.
UPDATE number SET value = value + :gap;

-- name: note_restore
INSERT INTO stray (id, at, kind, source, why, body) VALUES (:id, :at, :kind, :source, :why, :body)
ON CONFLICT DO NOTHING;

-- name: get_cut
SELECT value FROM meta WHERE name = :name;

-- name: put_cut
INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: expire_card
DELETE FROM card WHERE place IN (
    SELECT c.place FROM card c JOIN payment p ON p.place = c.place
    WHERE p.opened_at < :before AND p.owes NOT IN ('forward', 'delivery', 'reversal', 'resend') LIMIT :most)
RETURNING payment;

-- name: expire_evidence
-- Its id, time, kind and source stay; what was said goes. Only of payments that are proven.
UPDATE evidence SET body = :nothing WHERE (place, id) IN (
    SELECT e.place, e.id FROM evidence e JOIN payment p ON p.place = e.place
    WHERE e.at < :before AND p.opened_at < :before AND p.state = 'SETTLED' AND e.body <> :nothing LIMIT :most)
RETURNING id;

-- name: expire_stray
DELETE FROM stray WHERE id IN (SELECT id FROM stray WHERE at < :before LIMIT :most) RETURNING id;

-- name: expire_api_key
DELETE FROM api_key WHERE (token, key) IN (SELECT token, key FROM api_key WHERE at < :before LIMIT :most)
RETURNING key;

-- name: expire_api_audit
DELETE FROM api_audit WHERE id IN (SELECT id FROM api_audit WHERE at < :before LIMIT :most) RETURNING id;

-- name: expire_delivery
DELETE FROM delivery WHERE (webhook, payment, seq) IN (
    SELECT webhook, payment, seq FROM delivery WHERE state = 'done' AND next_at < :before LIMIT :most)
RETURNING seq;

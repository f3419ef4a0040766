-- Which lines of the channel's files belong to which payments for certain, and which are left to settlement/match.py?
--
-- Standard SQL: DuckDB and Spark SQL run this text as it stands. The engine brings raw_ours, raw_theirs (see
-- reconcile/tables.py; their text is never NULL), near_days(channel, sent_day, day), tolerances(channel, fen), which
-- settlement/windows.py fills, and fingerprint(text), the first 60 bits of its MD5. The words in braces are lists from
-- settlement/line.py.
--
-- A line is sure when match.py would find the same payment whatever else the files hold; a payment is clean when
-- differences.py would find nothing about it. Everything else is doubtful, and so is all that shares a name with it:
-- that closure is what match.py and differences.py get, and nothing outside it can change what they say.

-- shop and till: where everything that can be about each other lies; a wallet has one place.
-- statement: ours
CREATE VIEW ours AS
SELECT
    o.*,
    CASE WHEN channel = 'card' THEN merchant ELSE '' END AS shop,
    CASE WHEN channel = 'card' THEN terminal ELSE '' END AS till,
    CASE WHEN channel = 'card' THEN nullif(rrn, '') ELSE nullif(order_no, '') END AS name
FROM raw_ours o;

-- statement: theirs
CREATE VIEW theirs AS
SELECT
    t.*,
    CASE WHEN channel = 'card' THEN merchant ELSE '' END AS shop,
    CASE WHEN channel = 'card' THEN terminal ELSE '' END AS till,
    CASE WHEN channel = 'card' THEN nullif(rrn, '') ELSE nullif(order_no, '') END AS name,
    CASE WHEN mti IN ({originals}) AND code IN ({executed}) AND error = ''
              AND substr(processing, 1, 2) IN ({moves}) THEN 1 ELSE 0 END AS is_original,
    CASE WHEN substr(processing, 1, 2) IN ({gives_back}) THEN 1 ELSE 0 END AS gives_back
FROM raw_theirs t;

-- statement: rows_of_ours
SELECT count(*) FROM raw_ours;

-- statement: rows_of_theirs
SELECT count(*) FROM raw_theirs;

-- Card numbers in the clear.
-- statement: unmasked_ours
SELECT count(*) FROM raw_ours
WHERE (masked_pan NOT LIKE '%*%' AND length(masked_pan) BETWEEN 12 AND 19
           AND translate(masked_pan, '0123456789', '') = '')
   OR (length(card) BETWEEN 12 AND 19 AND translate(card, '0123456789', '') = '');

-- statement: unmasked_theirs
SELECT count(*) FROM raw_theirs
WHERE (masked_pan NOT LIKE '%*%' AND length(masked_pan) BETWEEN 12 AND 19
           AND translate(masked_pan, '0123456789', '') = '')
   OR (length(card) BETWEEN 12 AND 19 AND translate(card, '0123456789', '') = '');

-- statement: nameless_ours
SELECT count(*) FROM raw_ours WHERE payment = '' OR channel = '';

-- statement: nameless_theirs
SELECT count(*) FROM raw_theirs WHERE number IS NULL OR channel = '';

-- statement: sent_days
SELECT DISTINCT channel, substr(sent_at, 1, 8) AS sent_day FROM raw_theirs;

-- Every line and every payment stands here, together where they share number and trace, alone where nothing does. What
-- lacks a value is never sure and never clean.
-- statement: paired
CREATE TABLE paired AS
SELECT
    t.number, o.payment, o.channel,
    CASE WHEN t.is_original = 1 AND n.day IS NOT NULL AND t.gives_back = o.gives_back
              AND abs(t.amount_fen - o.amount_fen) <= f.fen
              AND (t.channel = 'card' OR t.theirs = '' OR t.theirs = o.rrn)
              AND CASE WHEN t.card <> '' AND o.card <> '' THEN t.card = o.card
                       ELSE t.masked_pan = o.masked_pan OR t.masked_pan = '' OR o.masked_pan = '' END
        THEN 1 ELSE 0 END AS sure,
    CASE WHEN o.held = 'kept' AND o.seen = 0 AND t.number IS NOT NULL
              AND (o.fee_fen IS NULL OR t.fee_fen IS NULL OR o.fee_fen = t.fee_fen)
        THEN 1 ELSE 0 END AS clean
FROM theirs t
FULL JOIN ours o ON t.channel = o.channel AND t.shop = o.shop AND t.till = o.till AND t.name = o.name
    AND (t.stan = o.stan OR t.channel <> 'card')
LEFT JOIN near_days n ON n.channel = t.channel AND n.sent_day = substr(t.sent_at, 1, 8) AND n.day = o.day
LEFT JOIN tolerances f ON f.channel = t.channel;

-- A line that stands with two payments, or a payment with two lines, is doubtful like what is not sure or not clean.
-- statement: doubtful_ours
CREATE TABLE doubtful_ours AS
SELECT o.* FROM ours o WHERE o.payment IN (
    SELECT payment FROM paired WHERE payment IS NOT NULL AND (sure = 0 OR clean = 0)
    UNION
    SELECT payment FROM paired WHERE sure = 1 GROUP BY payment HAVING count(*) > 1
);

-- statement: doubtful_theirs
CREATE TABLE doubtful_theirs AS
SELECT t.* FROM theirs t WHERE t.number IN (
    SELECT number FROM paired WHERE number IS NOT NULL AND sure = 0
    UNION
    SELECT number FROM paired WHERE sure = 1 GROUP BY number HAVING count(*) > 1
);

-- Names that doubtful rows have and that were not followed yet.
-- statement: fresh
CREATE TABLE fresh AS
SELECT channel, shop, till, what, name FROM (
    SELECT channel, shop, till, 'stan' AS what, stan AS name FROM doubtful_ours
    UNION ALL SELECT channel, shop, till, 'rrn', rrn FROM doubtful_ours
    UNION ALL SELECT channel, shop, till, 'order', order_no FROM doubtful_ours
    UNION ALL SELECT channel, shop, till, 'network', network FROM doubtful_ours
    UNION ALL SELECT channel, shop, till, 'stan', stan FROM doubtful_theirs
    UNION ALL SELECT channel, shop, till, 'stan', original_stan FROM doubtful_theirs
    UNION ALL SELECT channel, shop, till, 'rrn', rrn FROM doubtful_theirs
    UNION ALL SELECT channel, shop, till, 'rrn', original_rrn FROM doubtful_theirs
    UNION ALL SELECT channel, shop, till, 'rrn', theirs FROM doubtful_theirs
    UNION ALL SELECT channel, shop, till, 'order', order_no FROM doubtful_theirs
    UNION ALL SELECT channel, shop, till, 'order', original_order FROM doubtful_theirs
    UNION ALL SELECT channel, shop, till, 'network', concat(acquirer, '|', forwarder, '|', stan, '|', sent_at)
        FROM doubtful_theirs WHERE acquirer <> ''
    UNION ALL SELECT channel, shop, till, 'network',
        concat(acquirer, '|', forwarder, '|', original_stan, '|', original_sent_at)
        FROM doubtful_theirs WHERE acquirer <> ''
) AS named
WHERE name <> ''
EXCEPT
SELECT channel, shop, till, what, name FROM touched;

-- statement: touch
INSERT INTO touched SELECT channel, shop, till, what, name FROM fresh;

-- statement: hit_ours
CREATE TABLE hit_ours AS
SELECT x.payment FROM ours x WHERE x.stan <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'stan' AND k.name = x.stan
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.payment FROM ours x WHERE x.rrn <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'rrn' AND k.name = x.rrn
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.payment FROM ours x WHERE x.order_no <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'order' AND k.name = x.order_no
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.payment FROM ours x WHERE x.network <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'network' AND k.name = x.network
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till);

-- statement: hit_theirs
CREATE TABLE hit_theirs AS
SELECT x.number FROM theirs x WHERE x.stan <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'stan' AND k.name = x.stan
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.number FROM theirs x WHERE x.original_stan <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'stan' AND k.name = x.original_stan
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.number FROM theirs x WHERE x.rrn <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'rrn' AND k.name = x.rrn
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.number FROM theirs x WHERE x.original_rrn <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'rrn' AND k.name = x.original_rrn
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.number FROM theirs x WHERE x.theirs <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'rrn' AND k.name = x.theirs
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.number FROM theirs x WHERE x.order_no <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'order' AND k.name = x.order_no
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.number FROM theirs x WHERE x.original_order <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'order' AND k.name = x.original_order
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.number FROM theirs x WHERE x.acquirer <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'network'
        AND k.name = concat(x.acquirer, '|', x.forwarder, '|', x.stan, '|', x.sent_at)
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till)
UNION SELECT x.number FROM theirs x WHERE x.acquirer <> '' AND EXISTS (
    SELECT 1 FROM fresh k WHERE k.what = 'network'
        AND k.name = concat(x.acquirer, '|', x.forwarder, '|', x.original_stan, '|', x.original_sent_at)
        AND k.channel = x.channel AND k.shop = x.shop AND k.till = x.till);

-- statement: spread_ours
CREATE TABLE spread_ours AS
SELECT o.* FROM ours o
WHERE o.payment IN (SELECT payment FROM hit_ours EXCEPT SELECT payment FROM doubtful_ours);

-- statement: spread_theirs
CREATE TABLE spread_theirs AS
SELECT t.* FROM theirs t
WHERE t.number IN (SELECT number FROM hit_theirs EXCEPT SELECT number FROM doubtful_theirs);

-- statement: grow_ours
INSERT INTO doubtful_ours SELECT * FROM spread_ours;

-- statement: grow_theirs
INSERT INTO doubtful_theirs SELECT * FROM spread_theirs;

-- statement: sure
SELECT count(*) AS lines, coalesce(sum(CAST(fingerprint(concat(
    CAST(p.number AS VARCHAR(20)), ' ', p.payment, ' ', CASE WHEN p.channel = 'card' THEN '1' ELSE '7' END
)) AS DECIMAL(38, 0))), 0) AS digest
FROM paired p
WHERE p.sure = 1 AND NOT EXISTS (SELECT 1 FROM doubtful_theirs d WHERE d.number = p.number);

-- statement: sure_pairs
SELECT p.number, p.payment, CASE WHEN p.channel = 'card' THEN 1 ELSE 7 END AS fit
FROM paired p
WHERE p.sure = 1 AND NOT EXISTS (SELECT 1 FROM doubtful_theirs d WHERE d.number = p.number);

-- statement: group_ours
SELECT channel, shop, till, payment, merchant, terminal, stan, rrn, order_no, network, amount_fen, day, opened_at_ms,
       masked_pan, card, gives_back, held, fee_fen, seen, read_days
FROM doubtful_ours ORDER BY channel, shop, till, payment;

-- statement: group_theirs
SELECT channel, shop, till, number, mti, processing, code, error, merchant, terminal, stan, rrn, order_no, theirs, acquirer,
       forwarder, amount_fen, sent_at, masked_pan, card, fee_fen, original_stan, original_sent_at, original_order,
       original_rrn
FROM doubtful_theirs ORDER BY channel, shop, till, number;

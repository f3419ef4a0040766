-- Which lines of the channel's files belong to which payments for certain, and which are left to settlement/match.py?
--
-- Standard SQL: DuckDB and Spark SQL run this text as it stands. The engine brings raw_ours, raw_theirs (see
-- reconcile/tables.py), near_days(channel, sent_day, day) and tolerances(channel, fen), which settlement/windows.py
-- fills, and fingerprint(text), the first 60 bits of its MD5. The words in braces are lists from settlement/line.py.
--
-- A line is sure when match.py would find the same payment whatever else the files hold; a payment is clean when
-- differences.py would find nothing about it. Everything else is doubtful, and so is all that shares a name with it:
-- that closure is what match.py and differences.py get, and nothing outside it can change what they say.

-- statement: ours
CREATE TABLE ours AS
SELECT
    payment, coalesce(channel, 'card') AS channel, coalesce(merchant, '') AS merchant,
    coalesce(terminal, '') AS terminal, coalesce(stan, '') AS stan, coalesce(rrn, '') AS rrn,
    coalesce(order_no, '') AS order_no, coalesce(network, '') AS network, amount_fen, day, opened_at_ms,
    coalesce(masked_pan, '') AS masked_pan, coalesce(card, '') AS card, gives_back, held, fee_fen,
    coalesce(seen, 0) AS seen, coalesce(read_days, '') AS read_days,
    CASE WHEN coalesce(channel, 'card') = 'card'
        THEN concat(coalesce(merchant, ''), '|', coalesce(terminal, '')) ELSE '' END AS place,
    CASE WHEN coalesce(channel, 'card') = 'card' THEN nullif(rrn, '') ELSE nullif(order_no, '') END AS name
FROM raw_ours;

-- statement: theirs
CREATE TABLE theirs AS
SELECT
    number, coalesce(mti, '') AS mti, coalesce(processing, '') AS processing, coalesce(code, '') AS code,
    coalesce(error, '') AS error, coalesce(channel, 'card') AS channel, coalesce(merchant, '') AS merchant,
    coalesce(terminal, '') AS terminal, coalesce(stan, '') AS stan, coalesce(rrn, '') AS rrn,
    coalesce(order_no, '') AS order_no, coalesce(theirs, '') AS theirs, coalesce(acquirer, '') AS acquirer,
    coalesce(forwarder, '') AS forwarder, amount_fen, coalesce(sent_at, '') AS sent_at,
    coalesce(masked_pan, '') AS masked_pan, coalesce(card, '') AS card, fee_fen,
    coalesce(original_stan, '') AS original_stan, coalesce(original_sent_at, '') AS original_sent_at,
    coalesce(original_order, '') AS original_order, coalesce(original_rrn, '') AS original_rrn,
    CASE WHEN coalesce(channel, 'card') = 'card'
        THEN concat(coalesce(merchant, ''), '|', coalesce(terminal, '')) ELSE '' END AS place,
    CASE WHEN coalesce(channel, 'card') = 'card' THEN nullif(rrn, '') ELSE nullif(order_no, '') END AS name,
    CASE WHEN mti IN ({originals}) AND code IN ({executed}) AND coalesce(error, '') = ''
              AND substr(processing, 1, 2) IN ({moves}) THEN 1 ELSE 0 END AS is_original,
    CASE WHEN substr(processing, 1, 2) IN ({gives_back}) THEN 1 ELSE 0 END AS gives_back
FROM raw_theirs;

-- statement: unmasked
SELECT count(*) FROM (
    SELECT masked_pan AS digits FROM ours UNION ALL SELECT card FROM ours
    UNION ALL SELECT masked_pan FROM theirs UNION ALL SELECT card FROM theirs
) AS shown
WHERE length(digits) BETWEEN 12 AND 19 AND translate(digits, '0123456789', '') = '';

-- statement: repeated
SELECT
    (SELECT count(*) FROM (SELECT payment FROM ours GROUP BY payment HAVING count(*) > 1) AS twice) AS payments,
    (SELECT count(*) FROM (SELECT number FROM theirs GROUP BY number HAVING count(*) > 1) AS twice) AS numbers;

-- statement: malformed
SELECT
    (SELECT count(*) FROM ours WHERE payment IS NULL OR amount_fen IS NULL OR opened_at_ms IS NULL OR day IS NULL
        OR gives_back IS NULL OR held NOT IN ({held}) OR held IS NULL
        OR length(day) <> 8 OR translate(day, '0123456789', '') <> '') AS payments,
    (SELECT count(*) FROM theirs WHERE number IS NULL OR amount_fen IS NULL
        OR length(sent_at) NOT IN (0, 8, 14) OR translate(sent_at, '0123456789', '') <> '') AS lines;

-- statement: sent_days
SELECT DISTINCT channel, substr(sent_at, 1, 8) AS sent_day FROM theirs WHERE is_original = 1;

-- A number that several payments of one place carry decides nothing by itself.
-- statement: crowded
CREATE TABLE crowded AS
SELECT channel, place, name FROM ours WHERE name IS NOT NULL
GROUP BY channel, place, name HAVING count(*) > 1;

-- Every line and every payment stands here, together where they share number and trace, alone where nothing does.
-- statement: paired
CREATE TABLE paired AS
SELECT
    t.number, o.payment, o.channel,
    CASE WHEN t.is_original = 1 AND n.day IS NOT NULL AND c.name IS NULL AND t.gives_back = o.gives_back
              AND abs(t.amount_fen - o.amount_fen) <= f.fen
              AND (t.channel = 'card' OR t.theirs = '' OR o.rrn = '' OR t.theirs = o.rrn)
              AND CASE WHEN t.card <> '' AND o.card <> '' THEN t.card = o.card
                       ELSE t.masked_pan = o.masked_pan OR t.masked_pan = '' OR o.masked_pan = '' END
        THEN 1 ELSE 0 END AS sure,
    CASE WHEN o.held = 'kept' AND o.seen = 0 AND t.number IS NOT NULL
              AND (o.fee_fen IS NULL OR t.fee_fen IS NULL OR o.fee_fen = t.fee_fen)
        THEN 1 ELSE 0 END AS clean
FROM theirs t
FULL JOIN ours o ON t.channel = o.channel AND t.place = o.place AND t.name = o.name
    AND (t.stan = o.stan OR t.channel <> 'card')
LEFT JOIN crowded c ON c.channel = o.channel AND c.place = o.place AND c.name = o.name
LEFT JOIN near_days n ON n.channel = t.channel AND n.sent_day = substr(t.sent_at, 1, 8) AND n.day = o.day
LEFT JOIN tolerances f ON f.channel = t.channel;

-- statement: doubtful_ours
CREATE TABLE doubtful_ours AS
SELECT o.* FROM ours o WHERE o.payment IN (
    SELECT payment FROM paired WHERE payment IS NOT NULL AND (sure = 0 OR clean = 0)
    UNION
    SELECT payment FROM paired WHERE sure = 1 GROUP BY payment HAVING count(*) > 1
);

-- statement: doubtful_theirs
CREATE TABLE doubtful_theirs AS
SELECT t.* FROM theirs t WHERE t.number IN (SELECT number FROM paired WHERE number IS NOT NULL AND sure = 0);

-- Names that doubtful rows have and that were not followed yet.
-- statement: fresh
CREATE TABLE fresh AS
SELECT channel, place, what, name FROM (
    SELECT channel, place, 'stan' AS what, stan AS name FROM doubtful_ours
    UNION ALL SELECT channel, place, 'rrn', rrn FROM doubtful_ours
    UNION ALL SELECT channel, place, 'order', order_no FROM doubtful_ours
    UNION ALL SELECT channel, place, 'network', network FROM doubtful_ours
    UNION ALL SELECT channel, place, 'stan', stan FROM doubtful_theirs
    UNION ALL SELECT channel, place, 'stan', original_stan FROM doubtful_theirs
    UNION ALL SELECT channel, place, 'rrn', rrn FROM doubtful_theirs
    UNION ALL SELECT channel, place, 'rrn', original_rrn FROM doubtful_theirs
    UNION ALL SELECT channel, place, 'rrn', theirs FROM doubtful_theirs
    UNION ALL SELECT channel, place, 'order', order_no FROM doubtful_theirs
    UNION ALL SELECT channel, place, 'order', original_order FROM doubtful_theirs
    UNION ALL SELECT channel, place, 'network', concat(acquirer, '|', forwarder, '|', stan, '|', sent_at)
        FROM doubtful_theirs WHERE acquirer <> ''
    UNION ALL SELECT channel, place, 'network',
        concat(acquirer, '|', forwarder, '|', original_stan, '|', original_sent_at)
        FROM doubtful_theirs WHERE acquirer <> ''
) AS named
WHERE name <> ''
EXCEPT
SELECT channel, place, what, name FROM touched;

-- statement: touch
INSERT INTO touched SELECT channel, place, what, name FROM fresh;

-- statement: spread_ours
CREATE TABLE spread_ours AS
SELECT o.* FROM ours o
WHERE (EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'stan' AND k.name = o.stan
                   AND k.channel = o.channel AND k.place = o.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'rrn' AND k.name = o.rrn
                   AND k.channel = o.channel AND k.place = o.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'order' AND k.name = o.order_no
                   AND k.channel = o.channel AND k.place = o.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'network' AND k.name = o.network
                   AND k.channel = o.channel AND k.place = o.place))
  AND NOT EXISTS (SELECT 1 FROM doubtful_ours d WHERE d.payment = o.payment);

-- statement: spread_theirs
CREATE TABLE spread_theirs AS
SELECT t.* FROM theirs t
WHERE (EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'stan' AND k.name = t.stan
                   AND k.channel = t.channel AND k.place = t.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'stan' AND k.name = t.original_stan
                   AND k.channel = t.channel AND k.place = t.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'rrn' AND k.name = t.rrn
                   AND k.channel = t.channel AND k.place = t.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'rrn' AND k.name = t.original_rrn
                   AND k.channel = t.channel AND k.place = t.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'rrn' AND k.name = t.theirs
                   AND k.channel = t.channel AND k.place = t.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'order' AND k.name = t.order_no
                   AND k.channel = t.channel AND k.place = t.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'order' AND k.name = t.original_order
                   AND k.channel = t.channel AND k.place = t.place)
    OR EXISTS (SELECT 1 FROM fresh k WHERE k.what = 'network' AND t.acquirer <> ''
                   AND k.name IN (concat(t.acquirer, '|', t.forwarder, '|', t.stan, '|', t.sent_at),
                                  concat(t.acquirer, '|', t.forwarder, '|', t.original_stan, '|', t.original_sent_at))
                   AND k.channel = t.channel AND k.place = t.place))
  AND NOT EXISTS (SELECT 1 FROM doubtful_theirs d WHERE d.number = t.number);

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
SELECT channel, place, payment, merchant, terminal, stan, rrn, order_no, network, amount_fen, day, opened_at_ms,
       masked_pan, card, gives_back, held, fee_fen, seen, read_days
FROM doubtful_ours ORDER BY channel, place, payment;

-- statement: group_theirs
SELECT channel, place, number, mti, processing, code, error, merchant, terminal, stan, rrn, order_no, theirs, acquirer,
       forwarder, amount_fen, sent_at, masked_pan, card, fee_fen, original_stan, original_sent_at, original_order,
       original_rrn
FROM doubtful_theirs ORDER BY channel, place, number;

-- statement: counts
SELECT (SELECT count(*) FROM ours) AS ours, (SELECT count(*) FROM theirs) AS theirs;

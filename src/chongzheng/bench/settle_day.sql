-- What does a national day look like, with which differences planted in it? Made by DuckDB for bench settle.
--
-- Of every thousand trades one is of each kind below; all others are plain sales that agree. {total}, {terminals}, {day},
-- {next} and {midnight_ms} are filled in by bench/settle.py.

-- statement: trades
CREATE TABLE trades AS
SELECT
    i,
    CAST(i % {terminals} AS BIGINT) AS terminal,
    CASE i % 1000
        WHEN 0 THEN 'long' WHEN 1 THEN 'short' WHEN 2 THEN 'one_sided_ours' WHEN 3 THEN 'one_sided_theirs'
        WHEN 4 THEN 'amount' WHEN 5 THEN 'status' WHEN 6 THEN 'fee' WHEN 7 THEN 'line twice' WHEN 8 THEN 'next day'
        WHEN 9 THEN 'pair across days' WHEN 10 THEN 'pair' WHEN 11 THEN 'trace again' WHEN 12 THEN 'no number in file'
        WHEN 13 THEN 'no number of ours' ELSE 'plain' END AS kind,
    i // {terminals} AS turn,
    100 + (i * 48271) % 1000000 AS fen,
    (i * 17) % 80000 AS second
FROM range({total}) AS made(i);

-- statement: ours
SELECT
    printf('P%010d', i) AS payment, 'card' AS channel, printf('8981100%08d', terminal) AS merchant,
    printf('T%07d', terminal) AS terminal,
    printf('%06d', 1 + (CASE WHEN kind = 'trace again' AND turn > 0 THEN turn - 1 ELSE turn END) % 999999) AS stan,
    CASE WHEN kind = 'no number of ours' THEN '' ELSE printf('%012d', i) END AS rrn, '' AS order_no, '' AS network,
    fen AS amount_fen, '{day}' AS day, {midnight_ms} + second * 1000 AS opened_at_ms,
    printf('622202******%04d', i % 10000) AS masked_pan, substr(md5(CAST(i AS VARCHAR)), 1, 24) AS card,
    0 AS gives_back,
    CASE WHEN kind IN ('long', 'pair', 'pair across days') THEN 'returned' WHEN kind = 'status' THEN 'never'
        ELSE 'kept' END AS held,
    fen * 6 // 1000 AS fee_fen, 0 AS seen, '' AS read_days
FROM trades WHERE kind <> 'one_sided_theirs';

-- statement: theirs
WITH lines AS (
    SELECT *, i + 1 AS number, false AS back FROM trades WHERE kind <> 'one_sided_ours'
    UNION ALL
    SELECT *, {total} + i + 1, kind <> 'line twice' FROM trades
    WHERE kind IN ('short', 'status', 'pair', 'pair across days', 'line twice')
), named AS (
    SELECT *,
        printf('%06d', 1 + (CASE WHEN kind = 'trace again' AND turn > 0 THEN turn - 1 ELSE turn END) % 999999) AS trace,
        concat(CASE WHEN kind = 'next day' THEN '{next}' ELSE '{day}' END,
               printf('%02d%02d%02d', second // 3600, second // 60 % 60, second % 60)) AS sold_at
    FROM lines
)
SELECT
    number, CASE WHEN back THEN '0420' ELSE '0200' END AS mti, '000000' AS processing, '00' AS code, '' AS error,
    'card' AS channel, printf('8981100%08d', terminal) AS merchant, printf('T%07d', terminal) AS terminal, trace AS stan,
    CASE WHEN kind = 'no number in file' THEN '' ELSE printf('%012d', i) END AS rrn, '' AS order_no, '' AS theirs,
    '' AS acquirer, '' AS forwarder,
    CASE WHEN kind = 'amount' THEN fen + 1 + i % 7 ELSE fen END AS amount_fen,
    CASE WHEN back AND kind = 'pair across days' THEN '{next}093000' WHEN back THEN '{day}233000' ELSE sold_at END
        AS sent_at,
    printf('622202******%04d', i % 10000) AS masked_pan, substr(md5(CAST(i AS VARCHAR)), 1, 24) AS card,
    CASE WHEN kind = 'fee' THEN fen * 6 // 1000 + 1 ELSE fen * 6 // 1000 END AS fee_fen,
    CASE WHEN back THEN trace ELSE '' END AS original_stan, CASE WHEN back THEN sold_at ELSE '' END AS original_sent_at,
    '' AS original_order, '' AS original_rrn
FROM named ORDER BY md5(CAST(number AS VARCHAR));

-- statement: planted
SELECT
    CASE WHEN kind = 'line twice' THEN 'status' ELSE kind END AS type,
    CASE WHEN kind = 'one_sided_theirs' THEN '' ELSE printf('P%010d', i) END AS payment,
    CASE WHEN kind = 'one_sided_ours' THEN 0 WHEN kind = 'line twice' THEN {total} + i + 1 ELSE i + 1 END AS number,
    CASE kind WHEN 'short' THEN -fen WHEN 'one_sided_ours' THEN -fen WHEN 'status' THEN 0 WHEN 'fee' THEN -1
        WHEN 'amount' THEN 1 + i % 7 ELSE fen END AS fen
FROM trades
WHERE kind IN ('long', 'short', 'one_sided_ours', 'one_sided_theirs', 'amount', 'status', 'fee', 'line twice');

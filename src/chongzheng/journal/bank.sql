-- What does the bank say, what did the channels' files come to, and what do our books say of it? Values by name, in the
-- common subset of SQLite and PostgreSQL.

-- name: put_bank_statement
INSERT INTO bank_statement (digest, name, format, account, currency, first_day, last_day, opening_fen, closing_fen, lines,
                            at)
VALUES (:digest, :name, :format, :account, :currency, :first_day, :last_day, :opening_fen, :closing_fen, :lines, :at)
ON CONFLICT (digest) DO NOTHING RETURNING digest;

-- name: get_bank_statement
SELECT digest, name, account, first_day, last_day, lines FROM bank_statement WHERE digest = :digest;

-- name: bank_statements_within
-- Statements of the account that share a day with these days.
SELECT digest, name FROM bank_statement
WHERE account = :account AND first_day <= :last_day AND last_day >= :first_day AND lines > 0 ORDER BY first_day, digest;

-- name: bank_statement_before
SELECT last_day, closing_fen FROM bank_statement WHERE account = :account AND last_day < :before
ORDER BY last_day DESC LIMIT 1;

-- name: put_bank_line
INSERT INTO bank_line (statement, n, account, day, value_day, fen, reference, theirs, text, matched)
VALUES (:statement, :n, :account, :day, :value_day, :fen, :reference, :theirs, :text, :matched);

-- name: bank_lines_of
SELECT n, day, value_day, fen, reference, theirs, text, matched FROM bank_line WHERE statement = :statement ORDER BY n;

-- name: paid_clearing_days
-- What earlier lines were matched to: channel and clearing days, as they stand in `matched`.
SELECT DISTINCT matched FROM bank_line WHERE matched <> '';

-- name: booked_for_clearing
-- What clearing owes us for each channel and business day: the entries of payments, and what was booked about
-- differences of that day's file.
SELECT channel, day, SUM(fen) FROM (
    SELECT p.channel AS channel, p.day AS day,
           CASE WHEN e.debit = 'clearing receivable' THEN e.fen ELSE -e.fen END AS fen
    FROM payment p JOIN entry e ON e.place = p.place
    WHERE p.day BETWEEN :first_day AND :last_day AND 'clearing receivable' IN (e.debit, e.credit)
    UNION ALL
    SELECT b.channel, b.day, CASE WHEN v.debit = 'clearing receivable' THEN v.fen ELSE -v.fen END
    FROM breaks b JOIN voucher v ON v.break_id = b.id
    WHERE b.file NOT IN (SELECT digest FROM bank_statement) AND b.day BETWEEN :first_day AND :last_day AND 'clearing receivable' IN (v.debit, v.credit)
) moves GROUP BY channel, day ORDER BY channel, day;

-- name: settlement_runs
SELECT f.digest, f.name, f.channel, f.format, f.part, f.day, f.records, f.at, f.state, f.supersedes, f.superseded_by,
       a.record
FROM settlement_file f LEFT JOIN act a ON a.subject = 'file ' || f.digest AND a.kind = 'file settled'
WHERE f.day BETWEEN :since AND :until ORDER BY f.day, f.at, f.digest LIMIT :most OFFSET :after;

-- name: settlement_run
SELECT f.digest, f.name, f.channel, f.format, f.part, f.day, f.records, f.at, f.state, f.supersedes, f.superseded_by,
       a.record
FROM settlement_file f LEFT JOIN act a ON a.subject = 'file ' || f.digest AND a.kind = 'file settled'
WHERE f.digest = :digest;

-- name: breaks_of_days
SELECT file, type, state, count(*) FROM breaks WHERE day BETWEEN :since AND :until
GROUP BY file, type, state ORDER BY file, type, state;

-- name: booked_tails
-- What the fees of files of these days left over, and what of it was taken back: acts that booked something.
SELECT a.no, a.at, f.digest, a.record, f.name, f.day
FROM settlement_file f JOIN act a ON a.subject = 'file ' || f.digest
WHERE f.day BETWEEN :since AND :until AND EXISTS (SELECT 1 FROM voucher v WHERE v.act = a.no)
ORDER BY f.day, a.no;

-- name: standing_files
-- Files that nothing has superseded, with what each came to; a file of disputes proves nothing and pays nothing.
SELECT f.name, f.channel, f.format, f.day, f.state, a.record
FROM settlement_file f LEFT JOIN act a ON a.subject = 'file ' || f.digest AND a.kind = 'file settled'
WHERE f.superseded_by = '' AND f.day BETWEEN :first_day AND :last_day ORDER BY f.day, f.at, f.digest;

-- name: list_bank_statements
SELECT digest, name, format, account, currency, first_day, last_day, opening_fen, closing_fen, lines, at
FROM bank_statement ORDER BY last_day DESC, account, digest LIMIT :most OFFSET :after;

-- name: one_bank_statement
SELECT digest, name, format, account, currency, first_day, last_day, opening_fen, closing_fen, lines, at
FROM bank_statement WHERE digest = :digest;

-- name: breaks_of_statement
SELECT id, type, channel, day, fen, record, queue, next_action, why, state FROM breaks WHERE file = :digest ORDER BY id;

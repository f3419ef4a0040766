-- Version 3: deadlines that fall due at one instant are found page by page, and not sorted for every page.

DROP INDEX payment_due_now;
DROP INDEX payment_due_reversal;
DROP INDEX payment_due_later;
CREATE INDEX payment_due_now ON payment (wake_at, id) WHERE owes IN ('forward', 'delivery');
CREATE INDEX payment_due_reversal ON payment (wake_at, id) WHERE owes = 'reversal';
CREATE INDEX payment_due_later ON payment (wake_at, id)
    WHERE wake_at IS NOT NULL AND owes NOT IN ('forward', 'delivery', 'reversal');

-- Digests that every parked thread has lie as the 32 bytes they are, and not as 64 letters, which no packing of pages makes fewer.
-- The placeholders named as the columns are the dialect's words for the bytes that their letters stand for.
ALTER TABLE approval ALTER COLUMN filing_key SET DATA TYPE ${binary} USING ${filing_key};
ALTER TABLE approval ALTER COLUMN argument_digest SET DATA TYPE ${binary} USING ${argument_digest};
ALTER TABLE decision_log ALTER COLUMN hash SET DATA TYPE ${binary} USING ${hash};

-- A thread whose transcript is its own log, which no other thread shares, has no segment: it is made of all of that log.
DELETE FROM segment WHERE part = 0 AND last_idx < 0 AND NOT EXISTS
    (SELECT 1 FROM segment shared WHERE shared.log_id = segment.log_id AND shared.thread_id <> segment.thread_id);

-- All threads of an owner are those of each kind, merged, and all approvals of a requester those in each state; nothing looks for
-- what is not delivered yet but for what is not spread, or still due.
DROP INDEX thread_owner;
DROP INDEX approval_requester;
DROP INDEX notification_due;

-- A thread's few approvals, notifications and forks are found all at once, and need no order beforehand.
DROP INDEX approval_thread;
CREATE INDEX approval_thread ON approval (thread_id);
DROP INDEX notification_thread;
CREATE INDEX notification_thread ON notification (thread_id);
DROP INDEX thread_parent;
CREATE INDEX thread_parent ON thread (parent_id);

-- What happens to an approval by itself. remind_at and escalate_at: when a notification is due, null when none is (any more).
-- close_at: when to withdraw it at Permit, first its deadline, then the next try; closings counts the tries. withdrawn: its
-- requester wants it no more. extensions counts how often a reviewer moved its deadline. look_at: when to look once more for
-- requests at Permit that carry its reference and that nobody waits for, null when that is over; looks counts them.
ALTER TABLE approval ADD COLUMN remind_at BIGINT;
ALTER TABLE approval ADD COLUMN escalate_at BIGINT;
ALTER TABLE approval ADD COLUMN close_at BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE approval ADD COLUMN closings INTEGER DEFAULT 0 NOT NULL;
ALTER TABLE approval ADD COLUMN withdrawn BOOLEAN DEFAULT FALSE NOT NULL;
ALTER TABLE approval ADD COLUMN extensions INTEGER DEFAULT 0 NOT NULL;
ALTER TABLE approval ADD COLUMN look_at BIGINT;
ALTER TABLE approval ADD COLUMN looks INTEGER DEFAULT 0 NOT NULL;
UPDATE approval SET close_at = deadline;
CREATE INDEX approval_remind ON approval (state, remind_at);
CREATE INDEX approval_escalate ON approval (state, escalate_at);
CREATE INDEX approval_close ON approval (state, close_at);
CREATE INDEX approval_look ON approval (look_at);

-- What somebody should be told, written in the transaction that causes it; no text of a person stands here. id is made of what
-- it is about, its kind and its occurrence, so that a cause is told once. delivered_at is null until it was delivered.
CREATE TABLE notification (
    id           VARCHAR(96) PRIMARY KEY,
    thread_id    VARCHAR(36) NOT NULL,
    approval_id  VARCHAR(36),
    kind         VARCHAR(16) NOT NULL,
    created_at   BIGINT      NOT NULL,
    delivered_at BIGINT
);
CREATE INDEX notification_due ON notification (delivered_at, created_at);
CREATE INDEX notification_thread ON notification (thread_id, created_at);

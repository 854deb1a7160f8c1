-- How notifications get out. spread says that a notification has its rows in delivery, one for each channel that was configured
-- at that moment; what happened before there was any delivery is not told now. attempts counts what was begun, and is the fence:
-- whoever ends an attempt names it. next_at is when the next attempt may begin, during one when it counts as lost. problem says
-- in our words why the last one failed; no text of a person and no address stands here. A delivery whose notification was taken
-- away ends as VOID.
ALTER TABLE notification ADD COLUMN spread BOOLEAN DEFAULT FALSE NOT NULL;
UPDATE notification SET spread = TRUE;
CREATE INDEX notification_unspread ON notification (spread, created_at);

CREATE TABLE delivery (
    notification_id VARCHAR(96) NOT NULL,
    channel         VARCHAR(16) NOT NULL,
    state           VARCHAR(16) NOT NULL,
    attempts        INTEGER     NOT NULL,
    next_at         BIGINT      NOT NULL,
    problem         VARCHAR(200),
    PRIMARY KEY (notification_id, channel)
);
CREATE INDEX delivery_due ON delivery (channel, state, next_at);

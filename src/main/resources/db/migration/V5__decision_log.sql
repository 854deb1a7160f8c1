-- Every request, refusal, decision, dispatch and outcome, in one chain: hash is made of the row before and of this row's
-- fields (LogRow says how), so that no row can be changed, taken out or moved without the rest telling. No text of a person or a
-- model stands here: erasing a thread leaves the chain whole.
CREATE TABLE decision_log (
    seq        BIGINT        PRIMARY KEY,
    created_at BIGINT        NOT NULL,
    kind       VARCHAR(32)   NOT NULL,
    thread_id  VARCHAR(36)   NOT NULL,
    subject    VARCHAR(64)   NOT NULL,
    actor      VARCHAR(128),
    detail     VARCHAR(1000) NOT NULL,
    hash       VARCHAR(64)   NOT NULL
);

-- One row: the newest of the log. Whoever appends holds it until the commit, so the chain has no gaps and no branches.
CREATE TABLE decision_log_head (
    id   INTEGER     PRIMARY KEY,
    seq  BIGINT      NOT NULL,
    hash VARCHAR(64) NOT NULL
);
INSERT INTO decision_log_head (id, seq, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- Why a thread is held: its turn does not fit the program or the agent of now. It counts while the thread stands at this head; a
-- thread that went on leaves it behind. why is encrypted with the thread's key.
CREATE TABLE thread_hold (
    thread_id VARCHAR(36) PRIMARY KEY,
    head      BIGINT      NOT NULL,
    verdict   VARCHAR(32) NOT NULL,
    why       ${binary}   NOT NULL,
    held_at   BIGINT      NOT NULL
);

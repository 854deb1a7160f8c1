-- The store of one Countersign. H2 and PostgreSQL run the same text; ${binary} is the dialect's byte string.
-- Times are milliseconds since 1970 UTC. Every text that a person or model wrote is encrypted with its log's key.

-- An append-only log of messages. Forks share a prefix of it; erasing destroys wrapped_key, and with it every text under it.
CREATE TABLE message_log (
    id          VARCHAR(36) PRIMARY KEY,
    wrapped_key ${binary},
    created_at  BIGINT NOT NULL
);

CREATE TABLE message (
    log_id VARCHAR(36) NOT NULL,
    idx    INTEGER     NOT NULL,
    body   ${binary}   NOT NULL,
    PRIMARY KEY (log_id, idx)
);

-- One conversation or job. head is the newest checkpoint's seq (0: none yet), head_next the node it rests before.
-- fence rises with every lease; whoever holds an older one writes nothing. events_accepted and events_done are the
-- counters that make "what is next" a lookup instead of a scan. due: a turn must be run.
CREATE TABLE thread (
    id              VARCHAR(36)  PRIMARY KEY,
    owner           VARCHAR(128) NOT NULL,
    agent           VARCHAR(64)  NOT NULL,
    kind            VARCHAR(8)   NOT NULL,
    status          VARCHAR(16)  NOT NULL,
    title           ${binary}    NOT NULL,
    log_id          VARCHAR(36)  NOT NULL,
    parent_id       VARCHAR(36),
    parent_seq      BIGINT,
    head            BIGINT       NOT NULL,
    head_next       VARCHAR(64)  NOT NULL,
    messages        INTEGER      NOT NULL,
    tool_calls      INTEGER      NOT NULL,
    events_accepted BIGINT       NOT NULL,
    events_done     BIGINT       NOT NULL,
    due             BOOLEAN      NOT NULL,
    cancel_asked    BOOLEAN      NOT NULL,
    fence           BIGINT       NOT NULL,
    lease_owner     VARCHAR(64)  NOT NULL,
    lease_until     BIGINT       NOT NULL,
    created_at      BIGINT       NOT NULL,
    updated_at      BIGINT       NOT NULL
);
CREATE INDEX thread_owner ON thread (owner, created_at);
CREATE INDEX thread_due ON thread (due);

-- Which stretches of which logs a thread's transcript is made of, in order: from first (inclusive) to last (exclusive);
-- a last of -1 is open: the thread still appends there.
CREATE TABLE segment (
    thread_id VARCHAR(36) NOT NULL,
    part      INTEGER     NOT NULL,
    log_id    VARCHAR(36) NOT NULL,
    first_idx INTEGER     NOT NULL,
    last_idx  INTEGER     NOT NULL,
    PRIMARY KEY (thread_id, part)
);

-- The only thing that may advance a thread. seq counts from 1 in each thread; consumed when thread.events_done reaches it.
CREATE TABLE event (
    thread_id  VARCHAR(36) NOT NULL,
    seq        BIGINT      NOT NULL,
    kind       VARCHAR(16) NOT NULL,
    body       ${binary}   NOT NULL,
    created_at BIGINT      NOT NULL,
    PRIMARY KEY (thread_id, seq)
);

-- A step: a small row that points into the transcript by a message count; keys holds the rest of the state.
CREATE TABLE checkpoint (
    thread_id   VARCHAR(36) NOT NULL,
    seq         BIGINT      NOT NULL,
    id          VARCHAR(36) NOT NULL UNIQUE,
    parent_id   VARCHAR(36),
    node        VARCHAR(64) NOT NULL,
    next_node   VARCHAR(64) NOT NULL,
    messages    INTEGER     NOT NULL,
    keys        ${binary}   NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    format      INTEGER     NOT NULL,
    created_at  BIGINT      NOT NULL,
    PRIMARY KEY (thread_id, seq)
);

-- Our record of one access request or operation approval. filing_key makes it one per wish; reference finds it at Permit.
CREATE TABLE approval (
    id                VARCHAR(36)  PRIMARY KEY,
    thread_id         VARCHAR(36)  NOT NULL,
    filing_key        VARCHAR(64)  NOT NULL UNIQUE,
    reference         VARCHAR(32)  NOT NULL,
    kind              VARCHAR(16)  NOT NULL,
    state             VARCHAR(16)  NOT NULL,
    version           INTEGER      NOT NULL,
    requester         VARCHAR(128) NOT NULL,
    agent             VARCHAR(64)  NOT NULL,
    tool              VARCHAR(128) NOT NULL,
    argument_digest   VARCHAR(64)  NOT NULL,
    body              ${binary}    NOT NULL,
    resource_instance VARCHAR(256),
    request_id        VARCHAR(64)  UNIQUE,
    reviewer          VARCHAR(128),
    comment           ${binary},
    created_at        BIGINT       NOT NULL,
    deadline          BIGINT       NOT NULL,
    next_check        BIGINT       NOT NULL,
    decided_at        BIGINT
);
CREATE INDEX approval_thread ON approval (thread_id, created_at);
CREATE INDEX approval_requester ON approval (requester, created_at);
CREATE INDEX approval_check ON approval (state, next_check);

-- The write-ahead journal of effects; id is the idempotency key that travels with the call.
CREATE TABLE effect (
    id              VARCHAR(64)  PRIMARY KEY,
    thread_id       VARCHAR(36)  NOT NULL,
    call_id         VARCHAR(64)  NOT NULL,
    fence           BIGINT       NOT NULL,
    tool            VARCHAR(128) NOT NULL,
    argument_digest VARCHAR(64)  NOT NULL,
    arguments       ${binary}    NOT NULL,
    state           VARCHAR(16)  NOT NULL,
    attempts        INTEGER      NOT NULL,
    outcome         ${binary},
    created_at      BIGINT       NOT NULL,
    dispatched_at   BIGINT,
    ended_at        BIGINT
);
CREATE INDEX effect_thread ON effect (thread_id, created_at);

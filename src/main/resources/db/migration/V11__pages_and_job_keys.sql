-- Lists are read in pages that begin where the page before ended: time and id make the order total, and the whole of it stands in
-- the index, so that a page costs a page, however long the list.
DROP INDEX thread_owner;
CREATE INDEX thread_owner ON thread (owner, created_at, id);
CREATE INDEX thread_owner_kind ON thread (owner, kind, created_at, id);
DROP INDEX approval_requester;
CREATE INDEX approval_requester ON approval (requester, created_at, id);
DROP INDEX approval_requester_state;
CREATE INDEX approval_requester_state ON approval (requester, state, created_at, id);
CREATE INDEX approval_reviewer ON approval (reviewer, decided_at, id);
CREATE INDEX approval_created ON approval (created_at, id);
DROP INDEX effect_state;
CREATE INDEX effect_state ON effect (state, created_at, id);

-- Which job stands for which key of its owner's, written in the transaction that creates the job. The key is a digest: what a
-- client writes there is a text like any other. What was submitted under it is the job's first event, and stands there only.
CREATE TABLE job_key (
    owner      VARCHAR(128) NOT NULL,
    key_digest VARCHAR(64)  NOT NULL,
    thread_id  VARCHAR(36)  NOT NULL,
    created_at BIGINT       NOT NULL,
    PRIMARY KEY (owner, key_digest)
);

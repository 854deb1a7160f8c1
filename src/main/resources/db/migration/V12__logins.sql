-- A login that was taken away: its password opens nothing, and what was issued to it is void at once.
ALTER TABLE account ADD COLUMN disabled_at TIMESTAMP WITH TIME ZONE;

-- One login of one person: every token of it names it, and all of them end with its row. The refresh token is kept as a hash, and
-- changes at each use.
CREATE TABLE login_session (
    id           VARCHAR(32)              PRIMARY KEY,
    name         VARCHAR(128)             NOT NULL,
    refresh_hash VARCHAR(64)              NOT NULL,
    created_at   TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at   TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX login_session_name ON login_session (name, created_at);
CREATE INDEX login_session_expires_at ON login_session (expires_at);

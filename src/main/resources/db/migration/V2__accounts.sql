-- A login and nothing more: roles live in Permit.
CREATE TABLE account (
    name VARCHAR(128) PRIMARY KEY,
    password_hash VARCHAR(100) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL
);

-- The forks of a thread are looked up by it.
CREATE INDEX thread_parent ON thread (parent_id, created_at);

-- The forks of a thread are looked up by it, and by the log that they share.
CREATE INDEX thread_parent ON thread (parent_id, created_at);
CREATE INDEX segment_log ON segment (log_id);

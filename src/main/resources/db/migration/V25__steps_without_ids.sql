-- A step is named by its thread and its number. An id of its own cost a random place in an index that all threads share,
-- which each step had written anew.
ALTER TABLE checkpoint DROP COLUMN id;
ALTER TABLE checkpoint DROP COLUMN parent_id;
-- approval_thread finds the few of a thread, whatever their state.
DROP INDEX approval_thread_state;

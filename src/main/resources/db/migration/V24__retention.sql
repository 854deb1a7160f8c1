-- Conversations of one agent in the order they were begun: retention finds the old ones in a stretch of it. Neither column ever
-- changes, so turns pay nothing for it.
CREATE INDEX thread_agent ON thread (agent, created_at, id);

-- What a thread waits for is looked up at each rest: without this a rest would walk all it ever asked for.
CREATE INDEX approval_thread_state ON approval (thread_id, state);

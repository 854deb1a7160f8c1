-- A webhook names the requester and no request, so what somebody waits for is looked up by requester, however much was decided.
CREATE INDEX approval_requester_state ON approval (requester, state, created_at);

-- Figures of approvals are stretches of these: how many wait since when, and what was decided when.
CREATE INDEX approval_state_created ON approval (state, created_at);
CREATE INDEX approval_decided ON approval (decided_at);

-- Which attempt of an unknown effect a person has answered: at most one answer is taken for each.
ALTER TABLE effect ADD COLUMN answered INTEGER;
-- What waits for an answer is looked up by its state: there are few.
CREATE INDEX effect_state ON effect (state, created_at);

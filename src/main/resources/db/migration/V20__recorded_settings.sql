-- What an agent was like when its steps ran, as JSON: prompt, policy, limits and tools, so that they can be replayed after its file
-- or a tool server has changed. Stored once under the digest of its text; a step that saw it names the digest. It comes from agent
-- files and tool servers: no text of a conversation stands here. Sealed with the master key.
CREATE TABLE recorded_setting (
    digest VARCHAR(64) PRIMARY KEY,
    body   ${binary}   NOT NULL
);

-- What several nodes of one store share: tasks that run once in the cluster, and secrets that must be the same everywhere.

-- db-scheduler's table, with its names and types. Its rows hold names and times, no text of anybody.
CREATE TABLE scheduled_tasks (
    task_name            VARCHAR(100)             NOT NULL,
    task_instance        VARCHAR(100)             NOT NULL,
    task_data            ${binary},
    execution_time       TIMESTAMP WITH TIME ZONE,
    picked               BOOLEAN                  NOT NULL,
    picked_by            VARCHAR(100),
    last_success         TIMESTAMP WITH TIME ZONE,
    last_failure         TIMESTAMP WITH TIME ZONE,
    consecutive_failures INTEGER,
    last_heartbeat       TIMESTAMP WITH TIME ZONE,
    version              BIGINT                   NOT NULL,
    priority             SMALLINT,
    state                VARCHAR(100),
    PRIMARY KEY (task_name, task_instance)
);
CREATE INDEX scheduled_tasks_execution_time ON scheduled_tasks (execution_time);
CREATE INDEX scheduled_tasks_last_heartbeat ON scheduled_tasks (last_heartbeat);

-- Each sealed with the master key: a node with another master key cannot open them, and is refused.
CREATE TABLE shared_secret (
    name   VARCHAR(64) PRIMARY KEY,
    sealed ${binary}   NOT NULL
);

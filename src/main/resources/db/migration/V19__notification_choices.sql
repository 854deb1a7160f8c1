-- What people have said of which notifications they want, by which way. What nothing is said of stays as the operator set it.
CREATE TABLE notification_choice (
    login   VARCHAR(128) NOT NULL,
    kind    VARCHAR(16)  NOT NULL,
    channel VARCHAR(16)  NOT NULL,
    wanted  BOOLEAN      NOT NULL,
    PRIMARY KEY (login, kind, channel)
);

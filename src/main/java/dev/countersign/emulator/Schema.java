package dev.countersign.emulator;

/**
 * The tables. Everything Permit catalogues is a row of {@code entity} with its own fields as JSON; what must be found or
 * raced for by condition (assignments, requests) has columns. An absent reference is the empty text, so that unique keys
 * and comparisons work without special cases.
 */
final class Schema {
    static final String CREATE = """
            CREATE SEQUENCE new_id START WITH 1 NO CACHE;

            CREATE TABLE meta (name VARCHAR(40) PRIMARY KEY, content VARCHAR(200) NOT NULL);

            CREATE TABLE entity (
                seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                id VARCHAR(36) NOT NULL UNIQUE,
                kind VARCHAR(16) NOT NULL,
                scope VARCHAR(36) NOT NULL,
                item_key VARCHAR(500) NOT NULL,
                tenant_id VARCHAR(36) NOT NULL,
                body CLOB NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                CONSTRAINT one_key UNIQUE (kind, scope, item_key)
            );
            CREATE INDEX entity_by_kind ON entity (kind, seq);

            CREATE TABLE alias (alias VARCHAR(100) PRIMARY KEY, user_id VARCHAR(36) NOT NULL);

            CREATE TABLE member (
                user_id VARCHAR(36) NOT NULL, tenant_id VARCHAR(36) NOT NULL, PRIMARY KEY (user_id, tenant_id)
            );

            CREATE TABLE assignment (
                seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                id VARCHAR(36) NOT NULL UNIQUE,
                user_id VARCHAR(36) NOT NULL,
                role_id VARCHAR(36) NOT NULL,
                tenant_id VARCHAR(36) NOT NULL,
                instance_id VARCHAR(36) NOT NULL,
                created_at BIGINT NOT NULL,
                pdp_from BIGINT NOT NULL,
                CONSTRAINT held_once UNIQUE (user_id, role_id, tenant_id, instance_id)
            );
            CREATE INDEX assignment_by_instance ON assignment (instance_id, role_id);
            CREATE INDEX assignment_by_role ON assignment (role_id);

            CREATE TABLE residue (
                user_id VARCHAR(36) NOT NULL,
                role_id VARCHAR(36) NOT NULL,
                tenant_id VARCHAR(36) NOT NULL,
                instance_id VARCHAR(36) NOT NULL,
                pdp_from BIGINT NOT NULL,
                pdp_until BIGINT NOT NULL
            );
            CREATE INDEX residue_by_user ON residue (user_id);

            CREATE TABLE request (
                seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                id VARCHAR(36) NOT NULL UNIQUE,
                kind VARCHAR(20) NOT NULL,
                element_id VARCHAR(36) NOT NULL,
                tenant_id VARCHAR(36) NOT NULL,
                resource_id VARCHAR(36) NOT NULL,
                instance_id VARCHAR(36) NOT NULL,
                role_id VARCHAR(36) NOT NULL,
                requester_id VARCHAR(36) NOT NULL,
                reason CLOB,
                details_sent CLOB NOT NULL,
                status VARCHAR(10) NOT NULL,
                reviewer_id VARCHAR(36) NOT NULL,
                reviewer_comment CLOB,
                reviewed_at BIGINT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            );
            CREATE INDEX request_by_status ON request (kind, status, seq);
            CREATE INDEX request_by_requester ON request (requester_id, seq);

            CREATE TABLE audit (
                seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                at BIGINT NOT NULL,
                actor VARCHAR(200) NOT NULL,
                act VARCHAR(60) NOT NULL,
                subject VARCHAR(800) NOT NULL
            );

            CREATE TABLE outbox (
                seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                element_id VARCHAR(36) NOT NULL,
                request_id VARCHAR(36) NOT NULL,
                body CLOB NOT NULL,
                posted_at BIGINT NOT NULL,
                attempts INT NOT NULL,
                state VARCHAR(10) NOT NULL,
                outcome VARCHAR(200) NOT NULL
            );
            CREATE INDEX outbox_by_state ON outbox (state, seq);
            """;

    private Schema() {}
}

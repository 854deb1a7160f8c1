package dev.countersign.core;

import static java.util.Objects.requireNonNull;

/**
 * A stable, searchable error code such as {@code CS-301}. Each room declares its own constants; the hundreds tell the room:
 * 1 config and usage, 2 store and threads, 3 Permit, 4 tools and MCP, 5 models, 6 agents and graph, 7 server and login,
 * 8 emulator and food, 9 internal.
 *
 * @param id {@code CS-} and three digits
 * @param kind what sort of failure it is; edges map it to HTTP status, exit code or tool result
 */
public record ErrorCode(String id, Kind kind) {
    public ErrorCode {
        requireNonNull(kind, "kind is null");
        if (!id.matches("CS-\\d{3}")) {
            throw new IllegalArgumentException("expected a code such as CS-301, got " + id);
        }
    }

    /** The sorts of failure, each with the HTTP status and the exit code it becomes at the edges. */
    public enum Kind {
        INVALID(400, 2),
        UNAUTHENTICATED(401, 4),
        REFUSED(403, 4),
        NOT_FOUND(404, 1),
        NOT_ALLOWED(405, 2),
        CONFLICT(409, 1),
        TOO_LARGE(413, 2),
        UNSUPPORTED(415, 2),
        UNPROCESSABLE(422, 1),
        LIMITED(429, 1),
        UNREACHABLE(503, 3),
        CORRUPT(500, 1),
        INTERNAL(500, 1);

        private final int httpStatus;
        private final int exitCode;

        Kind(int httpStatus, int exitCode) {
            this.httpStatus = httpStatus;
            this.exitCode = exitCode;
        }

        /** The HTTP status this kind becomes. */
        public int httpStatus() {
            return httpStatus;
        }

        /** The process exit code this kind becomes: 1 failed, 2 wrong usage, 3 unreachable, 4 refused. */
        public int exitCode() {
            return exitCode;
        }
    }
}

package dev.countersign.cli;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The command line's own refusals. */
final class CliErrors {
    static final ErrorCode USAGE = new ErrorCode("CS-120", ErrorCode.Kind.INVALID);
    static final ErrorCode NOT_LOGGED_IN = new ErrorCode("CS-121", ErrorCode.Kind.UNAUTHENTICATED);
    static final ErrorCode UNREACHABLE = new ErrorCode("CS-122", ErrorCode.Kind.UNREACHABLE);
    static final ErrorCode FILES = new ErrorCode("CS-125", ErrorCode.Kind.CORRUPT);
    static final ErrorCode FAILED = new ErrorCode("CS-123", ErrorCode.Kind.INTERNAL);

    private CliErrors() {}

    static CountersignException usage(String what) {
        return new CountersignException(USAGE, what);
    }

    static CountersignException notLoggedIn() {
        return new CountersignException(
                NOT_LOGGED_IN, "nobody is logged in here; run countersign login, or say who with --user NAME");
    }

    static CountersignException notLoggedIn(String name) {
        return new CountersignException(
                NOT_LOGGED_IN,
                "'" + Style.line(name, 128) + "' is not logged in here; run countersign login --user "
                        + Style.line(name, 128));
    }

    static CountersignException unreachable(String what, @Nullable Throwable cause) {
        return new CountersignException(UNREACHABLE, what, cause);
    }

    static CountersignException failed(String what) {
        return new CountersignException(FAILED, what);
    }
}

package dev.countersign.server;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;

/** The room's own refusals. */
final class ServerErrors {
    static final ErrorCode BAD_REQUEST = new ErrorCode("CS-710", ErrorCode.Kind.INVALID);
    static final ErrorCode NO_LOGIN = new ErrorCode("CS-711", ErrorCode.Kind.UNAUTHENTICATED);
    static final ErrorCode FOREIGN = new ErrorCode("CS-712", ErrorCode.Kind.REFUSED);
    static final ErrorCode TOO_LARGE = new ErrorCode("CS-713", ErrorCode.Kind.TOO_LARGE);
    static final ErrorCode OWN_REQUEST = new ErrorCode("CS-714", ErrorCode.Kind.REFUSED);
    static final ErrorCode UNKNOWN_AGENT = new ErrorCode("CS-715", ErrorCode.Kind.NOT_FOUND);
    static final ErrorCode UNKNOWN_REVIEWER = new ErrorCode("CS-716", ErrorCode.Kind.REFUSED);
    static final ErrorCode UNKNOWN_REQUEST = new ErrorCode("CS-717", ErrorCode.Kind.NOT_FOUND);
    static final ErrorCode UNKNOWN_PATH = new ErrorCode("CS-718", ErrorCode.Kind.NOT_FOUND);
    static final ErrorCode CANNOT_LISTEN = new ErrorCode("CS-719", ErrorCode.Kind.UNREACHABLE);
    static final ErrorCode WEBHOOKS_OFF = new ErrorCode("CS-721", ErrorCode.Kind.NOT_FOUND);
    static final ErrorCode FORGED = new ErrorCode("CS-722", ErrorCode.Kind.UNAUTHENTICATED);
    static final ErrorCode DECIDED = new ErrorCode("CS-723", ErrorCode.Kind.CONFLICT);
    static final ErrorCode WRONG_METHOD = new ErrorCode("CS-730", ErrorCode.Kind.NOT_ALLOWED);
    static final ErrorCode NOT_JSON = new ErrorCode("CS-731", ErrorCode.Kind.INVALID);
    static final ErrorCode WRONG_TYPE = new ErrorCode("CS-732", ErrorCode.Kind.UNSUPPORTED);
    static final ErrorCode UNREADABLE = new ErrorCode("CS-733", ErrorCode.Kind.INVALID);
    static final ErrorCode BAD_CURSOR = new ErrorCode("CS-734", ErrorCode.Kind.INVALID);
    static final ErrorCode AUDITOR_ONLY = new ErrorCode("CS-735", ErrorCode.Kind.REFUSED);
    static final ErrorCode TOO_MANY_FEEDS = new ErrorCode("CS-736", ErrorCode.Kind.LIMITED);
    static final ErrorCode TOO_MANY_CALLS = new ErrorCode("CS-737", ErrorCode.Kind.LIMITED);
    static final ErrorCode NO_SESSION = new ErrorCode("CS-738", ErrorCode.Kind.NOT_FOUND);
    static final ErrorCode NOT_READY = new ErrorCode("CS-770", ErrorCode.Kind.UNREACHABLE);
    static final ErrorCode NO_METRICS = new ErrorCode("CS-771", ErrorCode.Kind.REFUSED);
    static final ErrorCode INTERNAL = new ErrorCode("CS-901", ErrorCode.Kind.INTERNAL);

    private ServerErrors() {}

    static CountersignException badRequest(String what) {
        return new CountersignException(BAD_REQUEST, what);
    }
}

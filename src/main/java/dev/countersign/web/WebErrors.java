package dev.countersign.web;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;

/** The room's own refusals, in words for people. */
final class WebErrors {
    static final ErrorCode NO_COOKIE = new ErrorCode("CS-740", ErrorCode.Kind.UNAUTHENTICATED);
    static final ErrorCode OLD_FORM = new ErrorCode("CS-741", ErrorCode.Kind.REFUSED);
    static final ErrorCode BAD_FORM = new ErrorCode("CS-742", ErrorCode.Kind.INVALID);

    static final ErrorCode TOO_LONG = new ErrorCode("CS-662", ErrorCode.Kind.UNPROCESSABLE);
    static final ErrorCode AT_IT = new ErrorCode("CS-663", ErrorCode.Kind.LIMITED);

    private WebErrors() {}

    static CountersignException noCookie() {
        return new CountersignException(NO_COOKIE, "nobody is logged in here; log in first");
    }

    /** Of another login, of no login, or forged: which of them is not said. */
    static CountersignException oldForm() {
        return new CountersignException(
                OLD_FORM, "this page is from before you logged in, so nothing was done; load it again and repeat it");
    }

    static CountersignException badForm(String what) {
        return new CountersignException(BAD_FORM, what);
    }

    static CountersignException tooLong(long most, long steps) {
        return new CountersignException(
                TOO_LONG,
                "expected a conversation of at most " + most + " steps to replay here, got one of " + steps
                        + "; 'countersign replay' does it on your own machine");
    }

    static CountersignException atIt() {
        return new CountersignException(AT_IT, "another replay is under way; ask again in a moment");
    }
}

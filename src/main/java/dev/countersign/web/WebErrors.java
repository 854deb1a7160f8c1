package dev.countersign.web;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;

/** The room's own refusals, in words for people. */
final class WebErrors {
    static final ErrorCode NO_COOKIE = new ErrorCode("CS-740", ErrorCode.Kind.UNAUTHENTICATED);
    static final ErrorCode OLD_FORM = new ErrorCode("CS-741", ErrorCode.Kind.REFUSED);
    static final ErrorCode BAD_FORM = new ErrorCode("CS-742", ErrorCode.Kind.INVALID);

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
}

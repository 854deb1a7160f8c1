package dev.countersign.mcpserver;

import dev.countersign.permit.PermitException;

/** Permit's refusals and failures in words for a tool's caller. */
final class PermitFailures {
    private static final int DETAIL_CHARS_MAX = 500;

    private PermitFailures() {}

    static ToolRefusal refusal(PermitException failure) {
        if (failure.outcomeUnknown()) {
            return new ToolRefusal(
                    "outcome_unknown",
                    "Permit did not answer in time, so whether this had an effect is not known. List the requests before"
                            + " you repeat it.");
        }
        return switch (failure.status()) {
            case 401 ->
                new ToolRefusal(
                        "permit_unauthorized",
                        "Permit did not accept this server's own key. Its operator must set it.");
            case 403 -> new ToolRefusal("forbidden", "Permit refused it to this user. " + detail(failure));
            case 404 -> new ToolRefusal("not_found", "Permit knows no such thing. " + detail(failure));
            case 409 -> new ToolRefusal("conflict", "Permit refused it in the present state. " + detail(failure));
            case 400, 422 -> new ToolRefusal("invalid_arguments", "Permit did not take it. " + detail(failure));
            case 429 -> new ToolRefusal("rate_limited", "Permit asks to slow down. Wait a minute, then repeat it.");
            default -> byKind(failure);
        };
    }

    private static ToolRefusal byKind(PermitException failure) {
        return switch (failure.code().kind()) {
            case REFUSED -> new ToolRefusal("forbidden", "Permit refused it to this user. " + detail(failure));
            case NOT_FOUND -> new ToolRefusal("not_found", detail(failure));
            case CONFLICT -> new ToolRefusal("conflict", detail(failure));
            case INVALID, TOO_LARGE, NOT_ALLOWED, UNSUPPORTED, UNPROCESSABLE ->
                new ToolRefusal("invalid_arguments", detail(failure));
            case UNAUTHENTICATED, LIMITED, UNREACHABLE, CORRUPT, INTERNAL ->
                new ToolRefusal(
                        "permit_unavailable",
                        "Permit gave no usable answer, so nothing was allowed and nothing was done. Repeat it later.");
        };
    }

    private static String detail(PermitException failure) {
        String detail = failure.detail();
        return detail.length() <= DETAIL_CHARS_MAX ? detail : detail.substring(0, DETAIL_CHARS_MAX) + "…";
    }
}

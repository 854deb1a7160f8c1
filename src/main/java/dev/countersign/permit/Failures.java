package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Every way a call to Permit can end without a usable answer, named for the situation. The wording lives here. */
final class Failures {
    private static final ErrorCode UNREACHABLE = new ErrorCode("CS-301", ErrorCode.Kind.UNREACHABLE);
    private static final ErrorCode REFUSED = new ErrorCode("CS-302", ErrorCode.Kind.REFUSED);
    private static final ErrorCode NOT_FOUND = new ErrorCode("CS-303", ErrorCode.Kind.NOT_FOUND);
    static final ErrorCode CONFLICT = new ErrorCode("CS-304", ErrorCode.Kind.CONFLICT);
    private static final ErrorCode INVALID = new ErrorCode("CS-305", ErrorCode.Kind.INVALID);
    // Our key, not our caller's login: the caller can do nothing about it, so it is not UNAUTHENTICATED at our edge.
    private static final ErrorCode KEY_REFUSED = new ErrorCode("CS-306", ErrorCode.Kind.UNREACHABLE);
    private static final ErrorCode LIMITED = new ErrorCode("CS-307", ErrorCode.Kind.LIMITED);
    private static final ErrorCode UNREADABLE = new ErrorCode("CS-308", ErrorCode.Kind.UNREACHABLE);
    private static final ErrorCode BAD_SCOPE = new ErrorCode("CS-309", ErrorCode.Kind.INVALID);
    static final ErrorCode BAD_FILE = new ErrorCode("CS-310", ErrorCode.Kind.INVALID);
    private static final int DETAIL_MAX = 500;
    private static final int PAUSE_SECONDS = 10;
    private static final int PAUSE_SECONDS_MAX = 300;

    private Failures() {}

    static PermitException invalid(String message) {
        return new PermitException(INVALID, message, 0, false, null);
    }

    static PermitException badScope(String message) {
        return new PermitException(BAD_SCOPE, message, 0, false, null);
    }

    static PermitException refused(String message, int status) {
        return new PermitException(REFUSED, message, status, false, null);
    }

    static PermitException conflict(String message, int status) {
        return new PermitException(CONFLICT, message, status, false, null);
    }

    static PermitException tooMany(String message) {
        return new PermitException(LIMITED, message, 0, false, null);
    }

    static PermitException noAnswer(String what, boolean outcomeUnknown, String why, @Nullable Throwable cause) {
        return new PermitException(
                UNREACHABLE,
                "could not " + what + ": Permit gave no answer (" + why + "). " + advice(outcomeUnknown),
                0,
                outcomeUnknown,
                cause);
    }

    static PermitException unreadable(String what, int status, boolean outcomeUnknown, String expected) {
        return new PermitException(
                UNREADABLE,
                "could not " + what + ": expected " + expected + " from Permit, got something else with HTTP " + status
                        + ". " + advice(outcomeUnknown),
                status,
                outcomeUnknown,
                null);
    }

    /**
     * An answer that says no.
     *
     * @param write whether the call might have changed something although the answer is an error
     * @param secrets texts that must not appear in the message, should the answer echo them
     */
    static PermitException answered(String what, Answer answer, boolean write, String... secrets) {
        int status = answer.status();
        // A server error says nothing of what was done before it happened; any other answer is a plain no.
        boolean unknown = write && (status >= 500 || status == 408 || status < 400);
        String message = "could not " + what + ": Permit answered HTTP " + status + detail(answer, secrets)
                + hint(status) + (unknown ? " " + advice(true) : "");
        PermitException told = new PermitException(code(status), message, status, unknown, null);
        return status == 429 ? told.askingForPause(pause(answer)) : told;
    }

    /** At least a second, and no longer than a person would wait, whatever was asked for. */
    private static Duration pause(Answer answer) {
        long seconds = answer.retryAfterSeconds().orElse(PAUSE_SECONDS);
        return Duration.ofSeconds(Math.max(1, Math.min(seconds, PAUSE_SECONDS_MAX)));
    }

    private static ErrorCode code(int status) {
        return switch (status) {
            case 400, 422 -> INVALID;
            case 401 -> KEY_REFUSED;
            case 403 -> REFUSED;
            case 404 -> NOT_FOUND;
            case 409 -> CONFLICT;
            case 429 -> LIMITED;
            default -> UNREACHABLE;
        };
    }

    private static String hint(int status) {
        return switch (status) {
            case 401 -> " Check PERMIT_API_KEY; countersign doctor says more.";
            case 429 -> " Try again later.";
            default -> "";
        };
    }

    private static String advice(boolean outcomeUnknown) {
        return outcomeUnknown
                ? "The request may have taken effect: read before sending it again."
                : "Nothing was changed; countersign doctor checks the connection.";
    }

    /** Permit's own words out of any of its error shapes, without secrets, cut after they are gone. */
    private static String detail(Answer answer, String... secrets) {
        JsonNode json = answer.jsonOrMissing();
        StringBuilder words = new StringBuilder();
        append(words, json.path("error_code").asText(""));
        append(words, json.path("title").asText(""));
        append(words, json.path("message").asText(""));
        append(words, json.path("error").asText(""));
        JsonNode detail = json.path("detail");
        append(words, detail.asText(""));
        for (JsonNode item : detail) {
            append(words, location(item) + item.path("msg").asText(""));
        }
        if (words.length() == 0 && !answer.body().stripLeading().startsWith("<")) {
            append(words, answer.body());
        }
        String clean = words.toString().replaceAll("\\p{Cntrl}+", " ");
        for (String secret : secrets) {
            clean = secret.isEmpty() ? clean : clean.replace(secret, "***");
        }
        clean = clean.replaceAll("(?i)bearer\\s+[^\\s\",}]+", "Bearer ***");
        String cut = clean.length() > DETAIL_MAX ? clean.substring(0, DETAIL_MAX) + "…" : clean;
        return cut.isBlank() ? "." : ": " + cut + ".";
    }

    private static String location(JsonNode item) {
        StringBuilder where = new StringBuilder();
        for (JsonNode part : item.path("loc")) {
            where.append(where.length() == 0 ? "" : ".").append(part.asText());
        }
        return where.length() == 0 ? "" : where + ": ";
    }

    private static void append(StringBuilder words, String more) {
        if (!more.isBlank()) {
            words.append(words.length() == 0 ? "" : "; ").append(more.strip());
        }
    }
}

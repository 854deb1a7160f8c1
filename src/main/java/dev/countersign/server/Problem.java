package dev.countersign.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one error mapper: any exception becomes an RFC 9457 problem document with our code, or one line of plain words for a
 * chat. What nobody foresaw is logged with its stack and told as no more than that.
 *
 * @param status HTTP status
 * @param code our code
 * @param title the kind of failure
 * @param detail plain words: expected, got, what to do
 */
record Problem(int status, String code, String title, String detail) {
    private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

    static Problem of(Exception failure) {
        if (failure instanceof CountersignException known) {
            ErrorCode code = known.code();
            return new Problem(code.kind().httpStatus(), code.id(), title(code.kind()), known.detail());
        }
        if (failure instanceof HttpResponseException http) {
            return of(http);
        }
        LOG.atError().setCause(failure).log("unforeseen failure while serving");
        return of(new CountersignException(
                ServerErrors.INTERNAL, "something went wrong here; the server's log says what. Trying again is safe"));
    }

    private static Problem of(HttpResponseException http) {
        ErrorCode code = switch (http.getStatus()) {
            case 404, 405 -> ServerErrors.UNKNOWN_PATH;
            case 413 -> ServerErrors.TOO_LARGE;
            default -> ServerErrors.BAD_REQUEST;
        };
        return new Problem(http.getStatus(), code.id(), title(code.kind()), String.valueOf(http.getMessage()));
    }

    private static String title(ErrorCode.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    void answer(Context context) {
        ObjectNode body = Json.object()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .put("code", code);
        if (status == 401) {
            context.header("WWW-Authenticate", "Bearer");
        }
        context.status(status).contentType("application/problem+json").result(Json.write(body));
    }

    /** For people in a chat. */
    String words() {
        return "[" + code + "] " + detail;
    }
}

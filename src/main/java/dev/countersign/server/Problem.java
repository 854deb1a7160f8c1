package dev.countersign.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.Locale;
import org.eclipse.jetty.http.HttpException;
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
public record Problem(int status, String code, String title, String detail) {
    static final String MEDIA_TYPE = "application/problem+json";

    private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

    /** What an exception is told as. */
    public static Problem of(Exception failure) {
        if (failure instanceof CountersignException known) {
            ErrorCode code = known.code();
            return new Problem(code.kind().httpStatus(), code.id(), title(code.kind()), known.detail());
        }
        if (failure instanceof HttpResponseException http) {
            return ofStatus(http.getStatus());
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // A body that turned out too long, or in pieces, while it was read.
            if (cause instanceof HttpException broken && broken.getCode() < 500) {
                return ofStatus(broken.getCode());
            }
        }
        LOG.atError().setCause(failure).log("unforeseen failure while serving");
        return of(new CountersignException(
                ServerErrors.INTERNAL, "something went wrong here; the server's log says what. Trying again is safe"));
    }

    /** What the HTTP library refuses, in our words: its own would tell of its insides. */
    static Problem ofStatus(int status) {
        ErrorCode code = switch (status) {
            case 404 -> ServerErrors.UNKNOWN_PATH;
            case 405 -> ServerErrors.WRONG_METHOD;
            case 413 -> ServerErrors.TOO_LARGE;
            case 415 -> ServerErrors.WRONG_TYPE;
            case 501, 505 -> ServerErrors.UNREADABLE;
            default -> status < 500 ? ServerErrors.UNREADABLE : ServerErrors.INTERNAL;
        };
        return new Problem(status, code.id(), title(code.kind()), words(status));
    }

    private static String words(int status) {
        return switch (status) {
            case 404 -> "there is nothing at this path; /openapi.json lists what there is";
            case 405 -> "this path takes other methods; the header Allow names them";
            case 408 -> "expected a whole request, and it did not come in time";
            case 413 -> "expected a body of at most " + Wire.BODY_BYTES_MAX + " bytes, got more";
            case 414 -> "expected a shorter path and query";
            case 415 -> "expected 'Content-Type: application/json', got another";
            case 431 -> "expected fewer or shorter headers";
            case 501, 505 -> "expected plain HTTP/1.1";
            default ->
                status < 500
                        ? "expected an HTTP request that can be read in one way only, got another"
                        : "something went wrong here; the server's log says what. Trying again is safe";
        };
    }

    private static String title(ErrorCode.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The document. */
    ObjectNode tree() {
        return Json.object()
                .put("type", "about:blank")
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .put("code", code);
    }

    String json() {
        return Json.write(tree());
    }

    void answer(Context context) {
        if (status == 401) {
            context.header("WWW-Authenticate", "Bearer");
        }
        context.status(status).contentType(MEDIA_TYPE).result(json());
    }

    /** For people in a chat. */
    String words() {
        return "[" + code + "] " + detail;
    }
}

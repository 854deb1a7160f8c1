package dev.countersign.model;

import dev.countersign.config.ModelConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import java.net.http.HttpTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One mapper from what the client library throws to our codes. The cause is not chained: endpoints echo keys and prompts in
 * their error bodies, and a chained cause ends up in logs.
 */
final class ModelFailure {
    static final ErrorCode CREDENTIALS = new ErrorCode("CS-501", ErrorCode.Kind.UNAUTHENTICATED);
    static final ErrorCode RATE_LIMITED = new ErrorCode("CS-502", ErrorCode.Kind.LIMITED);
    static final ErrorCode TIMED_OUT = new ErrorCode("CS-503", ErrorCode.Kind.UNREACHABLE);
    static final ErrorCode ENDPOINT_FAILED = new ErrorCode("CS-504", ErrorCode.Kind.UNREACHABLE);
    static final ErrorCode REQUEST_REFUSED = new ErrorCode("CS-505", ErrorCode.Kind.INVALID);
    static final ErrorCode UNUSABLE_ANSWER = new ErrorCode("CS-506", ErrorCode.Kind.INTERNAL);
    static final ErrorCode UNREACHABLE = new ErrorCode("CS-507", ErrorCode.Kind.UNREACHABLE);
    private static final int EXCERPT_MAX_CHARS = 300;

    private ModelFailure() {}

    static CountersignException from(RuntimeException failure, ModelConfig config) {
        if (failure instanceof CountersignException ours) {
            return ours;
        }
        @Nullable HttpException http = find(failure, HttpException.class);
        int status = http == null ? 0 : http.statusCode();
        String where = " at " + config.baseUrl() + " (model " + config.model() + ")";
        if (status == 401 || status == 403 || failure instanceof AuthenticationException) {
            return failure(
                    CREDENTIALS,
                    "expected the model endpoint to take our key, got status " + status + where
                            + ". Check OPENAI_API_KEY and OPENAI_BASE_URL.");
        }
        if (status == 429 || failure instanceof RateLimitException) {
            return failure(
                    RATE_LIMITED,
                    "the model endpoint limits our requests (status 429)" + where
                            + ". Wait a little, or check the account's quota.");
        }
        if (failure instanceof TimeoutException || find(failure, HttpTimeoutException.class) != null) {
            return failure(
                    TIMED_OUT,
                    "expected an answer within " + config.timeout().toMillis() + " ms, got none" + where
                            + ". Try again, or raise OPENAI_TIMEOUT.");
        }
        return byStatus(failure, config, status, where);
    }

    private static CountersignException byStatus(
            RuntimeException failure, ModelConfig config, int status, String where) {
        if (status >= 500) {
            return failure(
                    ENDPOINT_FAILED,
                    "the model endpoint failed with status " + status + where + ": " + excerpt(failure, config)
                            + ". Try again later.");
        }
        if (status >= 400) {
            return failure(
                    REQUEST_REFUSED,
                    "the model endpoint refused our request with status " + status + where + ": "
                            + excerpt(failure, config) + ". Check OPENAI_MODEL and OPENAI_BASE_URL.");
        }
        if (find(failure, java.io.IOException.class) != null
                && find(failure, com.fasterxml.jackson.core.JsonProcessingException.class) == null) {
            return failure(UNREACHABLE, "could not reach the model endpoint" + where + ". Check OPENAI_BASE_URL.");
        }
        return failure(
                UNUSABLE_ANSWER,
                "expected a chat completion, got something else" + where + " ("
                        + failure.getClass().getSimpleName() + ").");
    }

    static CountersignException emptyAnswer(ModelConfig config) {
        return failure(
                UNUSABLE_ANSWER,
                "expected words or a tool call from the model, got neither, at " + config.baseUrl() + " (model "
                        + config.model() + ").");
    }

    static CountersignException brokenOff(ModelConfig config) {
        return failure(
                UNREACHABLE,
                "the model's answer broke off, at " + config.baseUrl() + " (model " + config.model() + "). Try again.");
    }

    private static CountersignException failure(ErrorCode code, String message) {
        return new CountersignException(code, message);
    }

    private static String excerpt(RuntimeException failure, ModelConfig config) {
        String text = String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
        String key = config.apiKey().value();
        String clean = key.isEmpty() ? text : text.replace(key, "***");
        return clean.length() <= EXCERPT_MAX_CHARS ? clean : clean.substring(0, EXCERPT_MAX_CHARS) + "…";
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }
}

package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.Secret;
import dev.countersign.core.Meters;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Raw HTTP to Permit's API and PDP. A write is sent once: the JDK's client re-sends GET only, unlike the SDK's, and nothing
 * here does. What only asks is tried up to three times within the deadline. No redirects. Thread-safe.
 */
final class Rest {
    private static final int TRIES_MAX = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private final HttpClient http;
    private final Secret key;

    Rest(Secret key, Duration timeout) {
        this.key = key;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    /** Sends the call and returns the answer's JSON; every other end is a {@link PermitException}. */
    JsonNode json(RestCall call, Deadline deadline) {
        Answer answer = send(call, deadline);
        if (!answer.ok()) {
            throw failed(call, answer);
        }
        JsonNode json = answer.jsonOrMissing();
        if (!json.isContainerNode()) {
            throw Failures.unreadable(call.what(), answer.status(), !call.repeatable(), "JSON");
        }
        return json;
    }

    PermitException failed(RestCall call, Answer answer) {
        String token = call.bearer() == null ? "" : call.bearer();
        return Failures.answered(call.what(), answer, !call.repeatable(), key.value(), token);
    }

    /** Sends the call and returns whatever was answered, errors included. */
    Answer send(RestCall call, Deadline deadline) {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == TRIES_MAX || !call.repeatable();
            Duration pause = FIRST_PAUSE.multipliedBy(attempt);
            try {
                Answer answer = once(call, deadline);
                if (last || !passing(answer.status())) {
                    return answer;
                }
                pause = longer(pause, answer.retryAfterSeconds());
                if (pause.compareTo(deadline.left()) >= 0) {
                    return answer;
                }
            } catch (PermitException noAnswer) {
                if (last || pause.compareTo(deadline.left()) >= 0) {
                    throw noAnswer;
                }
            }
            pause(pause);
        }
    }

    private static boolean passing(int status) {
        return status == 429 || status >= 500;
    }

    private static Duration longer(Duration pause, OptionalLong seconds) {
        Duration asked = Duration.ofSeconds(Math.min(seconds.orElse(0), 3600));
        return asked.compareTo(pause) > 0 ? asked : pause;
    }

    private static void pause(Duration time) {
        new CompletableFuture<@Nullable Void>()
                .completeOnTimeout(null, time.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private Answer once(RestCall call, Deadline deadline) {
        long began = System.nanoTime();
        String outcome = "no answer";
        try {
            Answer answer = attempt(call, deadline);
            outcome = String.valueOf(answer.status());
            return answer;
        } finally {
            Meters.permitCall(outcome, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private Answer attempt(RestCall call, Deadline deadline) {
        Duration left = deadline.left();
        if (left.isZero()) {
            throw Failures.noAnswer(call.what(), false, "the time was up before it was sent", null);
        }
        CompletableFuture<HttpResponse<String>> sent = http.sendAsync(request(call, left), info -> new LimitedBody());
        try {
            HttpResponse<String> response = sent.get(left.toNanos(), TimeUnit.NANOSECONDS);
            return new Answer(response.statusCode(), response.body(), retryAfter(response));
        } catch (TimeoutException late) {
            sent.cancel(true);
            throw Failures.noAnswer(call.what(), !call.repeatable(), "nothing within the deadline", late);
        } catch (InterruptedException stopped) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw Failures.noAnswer(call.what(), !call.repeatable(), "interrupted while waiting", stopped);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw Failures.noAnswer(
                    call.what(), !call.repeatable() && !neverSent(cause), reason(call.uri(), cause), cause);
        }
    }

    private HttpRequest request(RestCall call, Duration left) {
        String bearer = call.bearer() == null ? key.value() : call.bearer();
        HttpRequest.Builder request = HttpRequest.newBuilder(call.uri())
                .timeout(left)
                .header("Authorization", "Bearer " + bearer)
                .header("Accept", "application/json");
        if (call.body() == null) {
            return request.method(call.method(), BodyPublishers.noBody()).build();
        }
        return request.header("Content-Type", "application/json")
                .method(call.method(), BodyPublishers.ofString(call.bodyText()))
                .build();
    }

    /** Only a connection that was never made proves that nothing arrived. */
    private static boolean neverSent(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof HttpConnectTimeoutException
                || cause instanceof UnresolvedAddressException;
    }

    private static String reason(URI uri, Throwable cause) {
        String place = uri.getScheme() + "://" + uri.getAuthority();
        String said = cause instanceof IOException && cause.getMessage() != null ? ": " + cause.getMessage() : "";
        return cause.getClass().getSimpleName() + said + " at " + place;
    }

    private static OptionalLong retryAfter(HttpResponse<String> response) {
        String value = response.headers().firstValue("Retry-After").orElse("").strip();
        return value.matches("\\d{1,9}") ? OptionalLong.of(Long.parseLong(value)) : OptionalLong.empty();
    }
}

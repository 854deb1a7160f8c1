package dev.countersign.notify;

import dev.countersign.config.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Posts JSON to one address, which is never shown. Certificates are checked as the JDK does. No redirect is followed: the address
 * is the operator's choice and not the other side's. Of an answer only the status and {@code Retry-After} are read. Safe for use
 * by many threads.
 */
final class HttpPost {
    static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER_MAX = Duration.ofHours(4);
    private static final int RATE_LIMITED = 429;

    /** Statuses that speak of the other side as a whole, and not of this message. */
    private static final Set<Integer> EVERYTHING = Set.of(401, 403, 404, 410, 429, 502, 503, 504);

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();

    private final URI target;
    private final Clock clock;
    private final Duration timeout;

    HttpPost(Secret target, Clock clock, Duration timeout) {
        this.target = URI.create(target.value());
        this.clock = clock;
        this.timeout = timeout;
    }

    Outcome post(String json, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target)
                .timeout(timeout)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "countersign")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        headers.forEach(request::header);
        try {
            HttpResponse<InputStream> response =
                    CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            // Whatever it says beyond its status is not ours to read; closing gives the connection up.
            response.body().close();
            return outcome(response);
        } catch (HttpTimeoutException e) {
            return new Outcome.Failed("no answer in time", true, null);
        } catch (SSLException e) {
            return new Outcome.Failed("no TLS connection, or a certificate that is not trusted", true, null);
        } catch (ConnectException e) {
            return new Outcome.Failed("no connection", true, null);
        } catch (IOException e) {
            return new Outcome.Failed("the connection broke", true, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted", true, null);
        }
    }

    private Outcome outcome(HttpResponse<?> response) {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return new Outcome.Sent();
        }
        @Nullable
        Duration retryAfter = response.headers()
                .firstValue("Retry-After")
                .map(this::retryAfter)
                .orElse(null);
        String words = status >= 300 && status < 400
                ? "answered " + status + ", a redirect, which is not followed"
                : status == RATE_LIMITED ? "answered 429: too many messages" : "answered " + status;
        return new Outcome.Failed(words, EVERYTHING.contains(status), retryAfter);
    }

    /** Seconds or a date; null for anything else. Bounded, since somebody else wrote it. */
    private @Nullable Duration retryAfter(String value) {
        Duration asked;
        if (value.matches("\\d{1,9}")) {
            asked = Duration.ofSeconds(Long.parseLong(value));
        } else {
            try {
                asked = Duration.between(
                        clock.instant(),
                        ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                                .toInstant());
            } catch (DateTimeException e) {
                return null;
            }
        }
        if (asked.isNegative()) {
            return Duration.ZERO;
        }
        return asked.compareTo(RETRY_AFTER_MAX) < 0 ? asked : RETRY_AFTER_MAX;
    }
}

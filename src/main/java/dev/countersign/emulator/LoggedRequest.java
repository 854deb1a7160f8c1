package dev.countersign.emulator;

import java.time.Instant;

/**
 * One request as it arrived, without secrets.
 *
 * @param path as sent, percent-encoding and all
 * @param query as sent
 * @param body as sent, except that values of secret fields read {@code ***}; empty when there was none
 * @param credential what kind of credential came: {@code api-key}, {@code elements}, {@code wrong}, {@code none}
 * @param status the status answered, 0 when the connection was dropped
 */
public record LoggedRequest(
        Instant at, String method, String path, String query, String body, String credential, int status) {}

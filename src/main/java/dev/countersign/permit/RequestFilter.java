package dev.countersign.permit;

import org.jspecify.annotations.Nullable;

/**
 * Which requests a list holds; null parts do not filter. Filters that Permit is known not to apply are applied by the client.
 *
 * @param resourceInstance key or id
 * @param page from 1
 * @param perPage 1 to 100
 */
public record RequestFilter(
        @Nullable RequestStatus status,
        @Nullable String role,
        @Nullable String resourceInstance,
        int page,
        int perPage) {
    public RequestFilter {
        if (page < 1 || perPage < 1 || perPage > 100) {
            throw new IllegalArgumentException(
                    "expected page from 1 and perPage 1 to 100, got " + page + " and " + perPage);
        }
    }

    /** The first hundred requests in one status. */
    public static RequestFilter in(RequestStatus status) {
        return new RequestFilter(status, null, null, 1, 100);
    }
}

package dev.countersign.lab;

import dev.countersign.approval.Wish;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Very many pending requests of the same wish, a hundred of each user. They are worked out from their number and not kept, so that
 * they take nothing of the memory that is measured beside them; only what became of those that were decided is.
 */
final class NumberedRequests implements RequestBook {
    static final int PER_USER = 100;
    private static final String PREFIX = "00000000-0000-4000-8000-";
    private static final int DIGITS = 12;

    private final long count;
    private final Wish wish;
    private final Instant filed;
    private final Map<String, PermitRequest> decided = new HashMap<>();
    private final Map<String, Long> userOfId = new ConcurrentHashMap<>();

    /** Requests from number 0 on, all filed at that moment. */
    NumberedRequests(long count, Wish wish, Instant filed) {
        this.count = count;
        this.wish = wish;
        this.filed = filed;
        for (long user = 0; user * PER_USER < count; user++) {
            userOfId.put(QuietPermit.idOf(user(user * PER_USER)), user);
        }
    }

    static String id(long number) {
        return PREFIX + String.format(Locale.ROOT, "%0" + DIGITS + "x", number);
    }

    static String reference(long number) {
        return String.format(Locale.ROOT, "%016x", number);
    }

    /** The requester's key. */
    static String user(long number) {
        return "user" + number / PER_USER;
    }

    @Override
    public @Nullable PermitRequest find(String id) {
        PermitRequest known = decided.get(id);
        if (known != null || !id.startsWith(PREFIX)) {
            return known;
        }
        long number = Long.parseLong(id.substring(PREFIX.length()), 16);
        return number < count ? pending(number) : null;
    }

    private PermitRequest pending(long number) {
        return new PermitRequest(
                id(number),
                wish.kind(),
                RequestStatus.PENDING,
                QuietPermit.idOf(user(number)),
                null,
                wish.resourceInstance(),
                wish.role(),
                wish.operation(),
                reference(number),
                wish.reason(),
                null,
                null,
                filed,
                null);
    }

    @Override
    public List<String> of(String requester) {
        Long user = userOfId.get(requester);
        return user == null
                ? List.of()
                : LongStream.range(user * PER_USER, Math.min(count, (user + 1) * PER_USER))
                        .mapToObj(NumberedRequests::id)
                        .toList();
    }

    @Override
    public void put(PermitRequest request) {
        decided.put(request.id(), request);
    }

    @Override
    public void know(String key) {
        // All who file are known.
    }

    @Override
    public String keyOf(String keyOrId) {
        Long user = userOfId.get(keyOrId);
        return user == null ? keyOrId : user(user * PER_USER);
    }
}

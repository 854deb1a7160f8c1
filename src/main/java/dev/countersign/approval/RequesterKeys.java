package dev.countersign.approval;

import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitUser;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which requester a webhook means, who is named there by Permit's id. What is learned is kept for a while, ids that belong to
 * nobody for a shorter one, so that many webhooks of one requester cost one request. A wrong answer would only choose whose
 * requests are read first. Used by one thread at a time.
 */
final class RequesterKeys {
    private static final Logger LOG = LoggerFactory.getLogger(RequesterKeys.class);
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final int KEPT_MAX = 10_000;
    private static final Duration KNOWN_FOR = Duration.ofMinutes(10);
    private static final Duration UNKNOWN_FOR = Duration.ofMinutes(1);

    private record Known(Optional<String> key, Instant until) {}

    private final Clock clock;
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > KEPT_MAX;
        }
    };

    RequesterKeys(Clock clock) {
        this.clock = clock;
    }

    /** The requester's key; empty when nobody is meant whom anything waits for, or Permit does not tell. */
    Optional<String> keyOf(String keyOrId, DueApprovals due, Lookups lookups) {
        boolean isKey =
                !ID.matcher(keyOrId).matches() || !due.youngestOf(keyOrId, 1).isEmpty() || due.isFiling(keyOrId);
        if (isKey) {
            return Optional.of(keyOrId);
        }
        Known kept = known.get(keyOrId);
        if (kept == null || !clock.instant().isBefore(kept.until)) {
            kept = ask(keyOrId, lookups);
            known.put(keyOrId, kept);
        }
        return kept.key;
    }

    private Known ask(String id, Lookups lookups) {
        try {
            Optional<String> key = lookups.user(id).map(PermitUser::key);
            return new Known(key, clock.instant().plus(key.isPresent() ? KNOWN_FOR : UNKNOWN_FOR));
        } catch (PermitException e) {
            LOG.atWarn()
                    .log(
                            "Permit did not tell whom a webhook is about; their requests are asked for later: {}",
                            e.forLog());
            return new Known(Optional.empty(), clock.instant());
        }
    }
}

package dev.countersign.notify;

import dev.countersign.config.NotifyConfig;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitUser;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose address a mail goes to. Reviewers stand in the settings; whoever asked is a Permit user, and told where Permit knows a
 * plain address of theirs. What Permit says is kept for a while. Used by one thread at a time.
 */
final class Recipients {
    private static final Duration KEPT = Duration.ofMinutes(10);
    private static final int KEPT_MAX = 1_000;

    private record Known(Optional<String> address, Instant until) {}

    private final NotifyConfig.Mail mail;
    private final Permit permit;
    private final Clock clock;
    private final Map<String, Known> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > KEPT_MAX;
        }
    };

    Recipients(NotifyConfig.Mail mail, Permit permit, Clock clock) {
        this.mail = mail;
        this.permit = permit;
        this.clock = clock;
    }

    /**
     * The addresses for a notice, each once; empty when nobody's is known. What only concerns whoever asked goes to the reviewers
     * where that person's address is not known: somebody is told.
     *
     * @throws dev.countersign.permit.PermitException when Permit does not answer
     */
    Set<String> of(Notice notice) {
        Set<String> all = new LinkedHashSet<>();
        switch (notice.about().kind()) {
            case FILED, REMINDER -> all.addAll(reviewers());
            case ESCALATION -> all.addAll(mail.escalateTo().isEmpty() ? reviewers() : addresses(mail.escalateTo()));
            case DECIDED -> {
                addressOf(notice.owner()).ifPresent(all::add);
                if (all.isEmpty()) {
                    all.addAll(reviewers());
                }
            }
            case EXPIRED, NEEDS_ATTENTION -> {
                addressOf(notice.owner()).ifPresent(all::add);
                all.addAll(reviewers());
            }
        }
        return all;
    }

    private List<String> reviewers() {
        return addresses(mail.to());
    }

    private List<String> addresses(List<String> people) {
        List<String> found = new ArrayList<>();
        for (String one : people) {
            if (one.contains("@")) {
                found.add(one);
            } else {
                addressOf(one).ifPresent(found::add);
            }
        }
        return found;
    }

    private Optional<String> addressOf(String user) {
        @Nullable Known kept = known.get(user);
        if (kept == null || !clock.instant().isBefore(kept.until)) {
            Optional<String> address = permit.user(user).map(PermitUser::email).filter(NotifyConfig::isAddress);
            kept = new Known(address, clock.instant().plus(KEPT));
            known.put(user, kept);
        }
        return kept.address;
    }
}

package dev.countersign.notify;

import dev.countersign.approval.Notification;
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
    private final Wishes wishes;
    private final Map<String, Known> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > KEPT_MAX;
        }
    };

    Recipients(NotifyConfig.Mail mail, Permit permit, Clock clock, Wishes wishes) {
        this.mail = mail;
        this.permit = permit;
        this.clock = clock;
        this.wishes = wishes;
    }

    /**
     * The addresses for a notice, each once, of those who want it by mail; empty when there are none. What only concerns whoever
     * asked goes to the reviewers where that person's address is not known: somebody is told. Where that person wants no mail, it
     * goes to nobody.
     *
     * @throws dev.countersign.permit.PermitException when Permit does not answer
     */
    Set<String> of(Notice notice) {
        Notification.Kind kind = notice.about().kind();
        Set<String> all = new LinkedHashSet<>();
        switch (kind) {
            case FILED, REMINDER -> all.addAll(reviewers(kind));
            case ESCALATION ->
                all.addAll(mail.escalateTo().isEmpty() ? reviewers(kind) : addresses(mail.escalateTo(), kind));
            case DECIDED -> {
                if (wants(notice.owner(), kind)) {
                    addressOf(notice.owner()).ifPresent(all::add);
                    if (all.isEmpty()) {
                        all.addAll(reviewers(kind));
                    }
                }
            }
            case EXPIRED, NEEDS_ATTENTION -> {
                all.addAll(addresses(List.of(notice.owner()), kind));
                all.addAll(reviewers(kind));
            }
            case JOB_FINISHED -> all.addAll(addresses(List.of(notice.owner()), kind));
        }
        return all;
    }

    private boolean wants(String user, Notification.Kind kind) {
        return wishes.wants(user, kind, NotifyConfig.Channel.MAIL);
    }

    private List<String> reviewers(Notification.Kind kind) {
        return addresses(mail.to(), kind);
    }

    /** A plain address is no login's, and nobody can speak for it. */
    private List<String> addresses(List<String> people, Notification.Kind kind) {
        List<String> found = new ArrayList<>();
        for (String one : people) {
            if (one.contains("@")) {
                found.add(one);
            } else if (wants(one, kind)) {
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

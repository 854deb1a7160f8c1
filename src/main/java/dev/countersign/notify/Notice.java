package dev.countersign.notify;

import dev.countersign.approval.Approval;
import dev.countersign.approval.Notification;
import dev.countersign.approval.Wish;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A notification with what is known of its subject now, which may be more than when it was written.
 *
 * @param owner of the thread: who asked
 * @param approval null when it is about the thread as a whole
 * @param now when it is told
 */
record Notice(
        Notification about,
        String owner,
        String agent,
        @Nullable Approval approval,
        Instant now) {
    /** What a template may name that says nothing of anybody's words. */
    private static final Set<String> FACTS = Set.of(
            "id",
            "thread",
            "approval",
            "request",
            "kind",
            "state",
            "requester",
            "agent",
            "tool",
            "reviewer",
            "at",
            "deadline",
            "waiting");

    /** What a template may name that is there only where texts are carried. */
    private static final Set<String> TEXTS = Set.of("instance", "role", "operation", "reason", "comment", "arguments");

    static boolean isName(String name) {
        return FACTS.contains(name) || TEXTS.contains(name);
    }

    /**
     * What the names of a template stand for; a name without an entry has no value.
     *
     * @param texts whether arguments are carried, and the texts that may repeat them
     */
    Map<String, String> values(boolean texts) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("id", about.id());
        values.put("thread", about.threadId());
        values.put("requester", owner);
        values.put("agent", agent);
        values.put("at", words(about.createdAt()));
        Approval subject = approval;
        if (subject != null) {
            facts(values, subject);
            if (texts) {
                texts(values, subject);
            }
        }
        return values;
    }

    private void facts(Map<String, String> values, Approval subject) {
        values.put("approval", subject.id());
        values.put("kind", lower(subject.kind()));
        values.put("state", lower(subject.state()));
        values.put("tool", subject.wish().tool());
        values.put("deadline", words(subject.deadline()));
        values.put("waiting", words(Duration.between(subject.createdAt(), now)));
        put(values, "request", subject.requestId());
        put(values, "reviewer", subject.reviewer());
    }

    private static void texts(Map<String, String> values, Approval subject) {
        Wish wish = subject.wish();
        put(values, "instance", wish.resourceInstance());
        put(values, "role", wish.role());
        put(values, "operation", wish.operation());
        put(values, "reason", wish.reason());
        put(values, "comment", subject.comment());
        put(values, "arguments", wish.arguments());
    }

    private static void put(Map<String, String> values, String name, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            values.put(name, value);
        }
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String words(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String words(Duration time) {
        if (time.toMinutes() < 1) {
            return "less than a minute";
        }
        if (time.toHours() < 1) {
            return time.toMinutes() + " min";
        }
        return time.toDays() < 1
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toDays() + " d " + time.toHoursPart() + " h";
    }
}

package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.app.SystemSources;
import dev.countersign.config.Durations;
import dev.countersign.core.CountersignException;
import dev.countersign.replay.Recording;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of the login's conversations and jobs are meant, when none is named. */
final class Picking {
    private static final int LAST = 100;
    private static final int PAGE = 200;

    /** In the middle of a turn, from before there were notes, or gone since it was listed. */
    private static final Set<String> NO_RECORDING = Set.of("CS-641", "CS-642", "CS-212");

    @Option(names = "--all", description = "all your conversations and jobs")
    boolean all;

    @Option(names = "--last", paramLabel = "N", description = "your newest N, whose turn has ended; default " + LAST)
    @Nullable
    Integer last;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "those in which something happened since, such as 7d or 12h ago")
    @Nullable
    String since;

    /**
     * Where they come from, and where they go.
     *
     * @param leftOut conversations that have no recording now, and why
     */
    record Way(Recordings source, Consumer<Recording> taker, Map<String, String> leftOut) {}

    boolean isAnything() {
        return all || last != null || since != null;
    }

    void requireSense() {
        if (last != null && last < 1) {
            throw CliErrors.usage("expected --last to be 1 or more, got " + last);
        }
        if (last != null && all) {
            throw CliErrors.usage("expected --all or --last, got both");
        }
        if (since != null && Durations.parse(since).isEmpty()) {
            throw CliErrors.usage(
                    "expected --since to be a time such as 7d or 12h, got '" + Style.line(since, 60) + "'");
        }
    }

    /**
     * Hands out each, newest first.
     *
     * @param agent only this one's conversations; null means any
     */
    void each(Api api, Door door, @Nullable String agent, Way way) {
        Instant earliest = earliest();
        long left = all || (since != null && last == null) ? Long.MAX_VALUE : last == null ? LAST : last;
        String cursor = "";
        while (cursor != null && left > 0) {
            JsonNode page = api.get("/api/threads?limit=" + PAGE + cursor);
            for (JsonNode thread : page.path("threads")) {
                boolean meant = (agent == null
                                || agent.equals(thread.path("agent").asText()))
                        && !Instant.parse(thread.path("updated_at").asText()).isBefore(earliest);
                if (meant && left > 0 && isTaken(api, door, thread.path("id").asText(), way)) {
                    left--;
                }
            }
            JsonNode next = page.path("next");
            cursor = next.isTextual() ? "&cursor=" + Api.encode(next.asText()) : null;
        }
    }

    private Instant earliest() {
        return since == null
                ? Instant.MIN
                : Durations.parse(since)
                        .map(SystemSources.clock().instant()::minus)
                        .orElse(Instant.MIN);
    }

    /** One that has no recording now is no reason to judge none of the others. */
    private static boolean isTaken(Api api, Door door, String thread, Way way) {
        Recording recording;
        try {
            recording = way.source().fetched(api, door, thread);
        } catch (CountersignException e) {
            if (!NO_RECORDING.contains(e.code().id())) {
                throw e;
            }
            way.leftOut().put(thread, e.detail());
            return false;
        }
        way.taker().accept(recording);
        return true;
    }
}

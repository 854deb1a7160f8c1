package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.replay.Recording;
import dev.countersign.replay.Resaid;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says again in a fork what the user of a recorded conversation said, one after the other, for real: the model is asked, tools are
 * called, and whatever needs an approval is asked for anew. In the name of whoever is logged in, who must be the conversation's
 * owner. A message is said when the turn before it has come to rest, and, unless it was said while the conversation waited, when
 * what is waited for now is decided. Whoever breaks it off keeps the fork as it stands.
 */
final class ReAsk {
    private static final String RUNNING = "RUNNING";
    private static final int TEXT_CHARS_MAX = 100;

    private final Shell shell;
    private final Api api;
    private final boolean quiet;

    /** @param quiet whether only the end is of interest */
    ReAsk(Shell shell, Api api, boolean quiet) {
        this.shell = shell;
        this.api = api;
        this.quiet = quiet;
    }

    /**
     * Makes the fork and says everything in it.
     *
     * @param step the fork is taken at it; null for the beginning
     * @return the fork as it stands at the end
     */
    ObjectNode run(Recording recording, @Nullable Long step) throws InterruptedException {
        List<Resaid> said = Resaid.from(recording, step);
        String parent = recording.thread().id();
        ObjectNode wish = Json.object()
                .put("step", step == null ? 1 : step)
                .put("message", said.get(0).text());
        String fork = api.post(path(parent) + "/fork", wish).path("id").asText();
        tell("fork " + fork + " of " + parent + ": " + api.base().resolve("/threads/" + fork + "/history"));
        tell("said 1 of " + said.size() + ": " + Style.line(said.get(0).text(), TEXT_CHARS_MAX));
        for (int i = 1; i < said.size(); i++) {
            Resaid next = said.get(i);
            await(fork, status -> isReady(status, next));
            api.post(path(fork) + "/messages", Json.object().put("message", next.text()));
            tell("said " + (i + 1) + " of " + said.size() + ": " + Style.line(next.text(), TEXT_CHARS_MAX));
        }
        await(fork, status -> !status.equals(RUNNING));
        JsonNode thread = api.get(path(fork));
        tell("now " + thread.path("status").asText().toLowerCase(Locale.ROOT)
                + "; compare them: countersign thread diff " + parent + " " + fork);
        return Json.object()
                .put("thread", parent)
                .put("fork", fork)
                .put("said", said.size())
                .put("status", thread.path("status").asText());
    }

    private static boolean isReady(String status, Resaid next) {
        return !status.equals(RUNNING) && (next.whileWaiting() || status.equals("IDLE"));
    }

    private static String path(String thread) {
        return "/api/threads/" + Api.encode(thread);
    }

    private void tell(String line) {
        if (!quiet) {
            shell.out().println(Style.harmless(line));
        }
    }

    /** The feed tells when to look; a feed that ended is opened again as long as the server answers. */
    private void await(String thread, Predicate<String> wanted) throws InterruptedException {
        boolean told = false;
        String status = status(thread);
        while (!wanted.test(status)) {
            if (!told && !status.equals(RUNNING)) {
                told = true;
                tell("waits (" + status.toLowerCase(Locale.ROOT) + "): "
                        + api.get(path(thread)).path("waiting_for").asText("somebody must look at it"));
            }
            CountDownLatch moved = new CountDownLatch(1);
            String before = status;
            Feed feed = Feed.open(api, "thread=" + Api.encode(thread), news -> {
                String type = news.path("type").asText();
                boolean looks = type.equals("history_update") || type.equals("closed");
                if (looks || (type.equals("listening") && !status(thread).equals(before))) {
                    moved.countDown();
                }
            });
            try {
                moved.await();
            } finally {
                feed.close();
            }
            status = status(thread);
        }
    }

    private String status(String thread) {
        return api.get(path(thread)).path("status").asText();
    }
}

package dev.countersign.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive;
import dev.countersign.replay.Change;
import dev.countersign.replay.History;
import dev.countersign.replay.Step;
import dev.countersign.server.Auditors;
import dev.countersign.server.HistoryExport;
import dev.countersign.server.Readers;
import dev.countersign.thread.ThreadKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as one walks through it: its steps, the way a turn took through the graph, and what each step did. Every step has
 * an address that does not change. A page costs a page, however long the conversation. For its owner and auditors.
 */
final class HistoryPage implements Section {
    /** Steps in sight at once. */
    private static final int WINDOW = 25;

    /** How far back the beginning of a turn is looked for, beyond what is in sight. */
    private static final int TURN_MAX = 100;

    private static final int MESSAGES_MAX = 30;

    /**
     * What is shown.
     *
     * @param other whose conversation it is, when it is somebody else's; else empty
     * @param base the path of its history
     * @param earlier where the steps before those in sight are; empty when there are none
     * @param later the same after them
     * @param now null for a conversation without steps
     */
    record View(
            ThreadView thread,
            String other,
            String base,
            long head,
            List<Row> rows,
            String earlier,
            String later,
            GraphPicture graph,
            @Nullable Now now) {
        View {
            rows = List.copyOf(rows);
        }

        /** Where it is read as it goes on. */
        String back() {
            return !other.isEmpty()
                    ? "/inbox"
                    : thread.kind() == ThreadKind.JOB ? "/jobs/" + thread.id() : "/chat/" + thread.id();
        }

        String forks() {
            return "/threads/" + thread.id() + "/forks";
        }

        String replay() {
            return "/threads/" + thread.id() + "/replay";
        }

        /** Where an approval is seen by whoever looks; for somebody else's, where it is decided. */
        String back(Step.Touched approval) {
            return other.isEmpty()
                    ? back() + "#ap-" + approval.id()
                    : back() + "#" + InboxCard.place(String.valueOf(approval.requestId()));
        }
    }

    /**
     * A step in sight.
     *
     * @param marks what it did, in a word each
     */
    record Row(long seq, String path, boolean current, String node, Instant at, List<String> marks) {
        Row {
            marks = List.copyOf(marks);
        }
    }

    /**
     * The step one stands on.
     *
     * @param before where the step before is; empty at the first
     * @param after where the next one is; empty at the newest
     * @param took since the step before, as words; empty at the first in sight
     * @param unseen messages before those shown
     * @param state the small keys, written out
     */
    record Now(
            Step step,
            String before,
            String after,
            String took,
            List<Difference> differences,
            History.Moment moment,
            long unseen,
            String state) {
        Now {
            differences = List.copyOf(differences);
        }

        String node() {
            return GraphPicture.name(step.node());
        }

        String next() {
            return GraphPicture.name(step.next());
        }
    }

    /** A line of a diff. */
    record Difference(String sign, String kind, String path, String before, String after) {
        static Difference of(Change change) {
            return switch (change.kind()) {
                case ADDED -> new Difference("+", "added", change.path(), "", text(change.after()));
                case REMOVED -> new Difference("−", "removed", change.path(), text(change.before()), "");
                case CHANGED ->
                    new Difference("~", "changed", change.path(), text(change.before()), text(change.after()));
            };
        }

        private static String text(@Nullable JsonNode value) {
            return value == null ? "" : value.isTextual() ? value.asText() : written(value);
        }
    }

    @Override
    public Optional<Entry> entry() {
        return Optional.empty();
    }

    @Override
    public void on(Site site) {
        site.get("/threads/{id}/history", visit -> show(site, visit, 0));
        site.get("/threads/{id}/history/{seq}", visit -> show(site, visit, seq(visit.path("seq"))));
        site.get("/threads/{id}/history.json", visit -> export(site, visit));
        site.get("/threads/{id}/asked/{approval}", visit -> find(site, visit));
    }

    private static Principal reader(Site site, Visit visit) {
        Auditors auditors = new Auditors(site.parts().permit(), site.parts().auditorRole());
        return new Readers(site.parts().runtime(), auditors).of(visit.who(), visit.path("id"));
    }

    /** To the step that asked for an approval; to the newest one where the conversation has no such approval. */
    private static void find(Site site, Visit visit) {
        Principal reader = reader(site, visit);
        AgentRuntime runtime = site.parts().runtime();
        ThreadView thread = runtime.thread(reader, visit.path("id"));
        AskingStep asking = new AskingStep(site.parts().hindsight().history(), reader, thread.id());
        String step = runtime.approvals(reader, thread.id()).stream()
                .filter(approval -> approval.id().equals(visit.path("approval")))
                .findFirst()
                .map(approval -> "/" + asking.of(approval))
                .orElse("");
        visit.seeOther("/threads/" + thread.id() + "/history" + step);
    }

    /** What is no number is no step either. */
    private static long seq(String given) {
        return given.matches("[1-9]\\d{0,17}") ? Long.parseLong(given) : -1;
    }

    private static void show(Site site, Visit visit, long wanted) {
        Principal reader = reader(site, visit);
        ThreadView thread = site.parts().runtime().thread(reader, visit.path("id"));
        History history = site.parts().hindsight().history();
        String other = reader.equals(visit.who()) ? "" : reader.user();
        View view = view(history, reader, thread, other, wanted);
        visit.page("steps", "Steps of " + thread.title(), "history", view);
    }

    private static View view(History history, Principal reader, ThreadView thread, String other, long wanted) {
        String base = "/threads/" + thread.id() + "/history";
        long seq = wanted == 0 ? newest(history, reader, thread) : wanted;
        if (seq == 0) {
            return new View(thread, other, base, 0, List.of(), "", "", GraphPicture.of(List.of(), ""), null);
        }
        History.Moment moment = history.at(reader, thread.id(), seq, MESSAGES_MAX);
        long last = Math.min(moment.head(), (seq + WINDOW - 1) / WINDOW * WINDOW);
        List<Step> window = page(history, reader, thread, last + 1, WINDOW);
        long first = window.get(0).seq();
        List<String> ran = turn(history, reader, thread, window, seq);
        return new View(
                thread,
                other,
                base,
                moment.head(),
                rows(window, base, seq),
                first > 1 ? base + "/" + (first - 1) : "",
                last < moment.head() ? base + "/" + (last + 1) : "",
                GraphPicture.of(ran, moment.step().next()),
                now(moment, window, base));
    }

    private static long newest(History history, Principal reader, ThreadView thread) {
        List<Step> newest = page(history, reader, thread, Long.MAX_VALUE, 1);
        return newest.isEmpty() ? 0 : newest.get(0).seq();
    }

    /** Steps before a number, oldest first. */
    private static List<Step> page(History history, Principal reader, ThreadView thread, long before, int limit) {
        Archive.Slice slice = new Archive.Slice(new Mark(before, ""), limit);
        List<Step> steps =
                new ArrayList<>(history.steps(reader, thread.id(), slice).items());
        Collections.reverse(steps);
        return steps;
    }

    /** The nodes that ran since the event that the turn began with, up to the step. */
    private static List<String> turn(
            History history, Principal reader, ThreadView thread, List<Step> window, long seq) {
        List<Step> known = new ArrayList<>(window);
        known.removeIf(step -> step.seq() > seq);
        long first = known.get(0).seq();
        if (first > 1 && known.stream().noneMatch(step -> step.event() != null)) {
            known.addAll(0, page(history, reader, thread, first, TURN_MAX));
        }
        List<String> ran = new ArrayList<>();
        for (int i = known.size() - 1; i >= 0; i--) {
            ran.add(0, known.get(i).node());
            if (known.get(i).event() != null) {
                break;
            }
        }
        return ran;
    }

    private static List<Row> rows(List<Step> window, String base, long seq) {
        List<Row> rows = new ArrayList<>();
        for (Step step : window) {
            rows.add(new Row(
                    step.seq(),
                    base + "/" + step.seq(),
                    step.seq() == seq,
                    GraphPicture.name(step.node()),
                    step.at(),
                    marks(step)));
        }
        return rows;
    }

    private static List<String> marks(Step step) {
        List<String> marks = new ArrayList<>();
        Step.Consumed event = step.event();
        if (event != null) {
            marks.add(event.kind());
        }
        step.calls().stream()
                .filter(call -> !call.outcome().equals("told"))
                .forEach(call -> marks.add(call.tool() + " " + call.outcome()));
        step.approvals().forEach(approval -> marks.add(approval.how()));
        return marks;
    }

    private static Now now(History.Moment moment, List<Step> window, String base) {
        Step step = moment.step();
        String took = window.stream()
                .filter(one -> one.seq() == step.seq() - 1)
                .map(one -> length(Duration.between(one.at(), step.at())))
                .findFirst()
                .orElse("");
        return new Now(
                step,
                step.seq() > 1 ? base + "/" + (step.seq() - 1) : "",
                step.seq() < moment.head() ? base + "/" + (step.seq() + 1) : "",
                took,
                step.changes().stream().map(Difference::of).toList(),
                moment,
                step.messages() - moment.last().size(),
                written(moment.state()));
    }

    /** Which colour an outcome or a state has. */
    static String tone(String word) {
        return switch (word) {
            case "succeeded", "filed", "approved", "spent" -> "good";
            case "unknown", "pending", "filing" -> "warn";
            case "failed", "refused", "denied", "not_sent" -> "bad";
            default -> "";
        };
    }

    private static String length(Duration time) {
        return time.toMillis() < 10_000 ? Math.max(0, time.toMillis()) + " ms" : When.length(time);
    }

    static String written(JsonNode value) {
        try {
            return Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    private static void export(Site site, Visit visit) {
        Principal reader = reader(site, visit);
        ThreadView thread = site.parts().runtime().thread(reader, visit.path("id"));
        visit.context()
                .contentType("application/json")
                .header("Content-Disposition", "attachment; filename=\"countersign-" + thread.id() + ".json\"");
        try {
            new HistoryExport(site.parts().hindsight().history(), reader)
                    .write(thread, visit.context().outputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("the browser went away in the middle of an export", e);
        }
    }
}

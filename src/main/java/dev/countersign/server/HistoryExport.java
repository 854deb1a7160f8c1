package dev.countersign.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive;
import dev.countersign.replay.History;
import dev.countersign.replay.Step;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A thread with all its steps as one JSON object, written as it is read: what is in memory at once is a page, however long the
 * thread. Names and forms are those of the API. What is added to the thread meanwhile may or may not be there, at the end.
 *
 * <pre>{"thread":{"id":…},"steps":[{"seq":1,…},{"seq":2,…}]}</pre>
 */
public final class HistoryExport {
    private static final int PAGE = 100;

    private final History history;
    private final Principal reader;

    /** In whose name it is read. */
    public HistoryExport(History history, Principal reader) {
        this.history = history;
        this.reader = reader;
    }

    /**
     * Writes the thread; the stream is left open.
     *
     * @throws IOException when the stream breaks
     */
    public void write(ThreadView thread, OutputStream out) throws IOException {
        try (JsonGenerator json = Json.mapper().getFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeFieldName("thread");
            json.writeTree(Wire.tree(thread));
            json.writeArrayFieldStart("steps");
            long known = 0;
            List<Step> page = after(thread.id(), known);
            while (!page.isEmpty()) {
                for (Step step : page) {
                    json.writeTree(Wire.tree(step));
                }
                known = page.get(page.size() - 1).seq();
                page = after(thread.id(), known);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    /** The steps after a number, oldest first. */
    private List<Step> after(String thread, long known) {
        Archive.Slice slice = new Archive.Slice(new Mark(known + PAGE + 1, ""), PAGE);
        List<Step> page = new ArrayList<>(history.steps(reader, thread, slice).items());
        page.removeIf(step -> step.seq() <= known);
        Collections.reverse(page);
        return page;
    }
}

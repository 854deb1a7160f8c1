package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.replay.Fate;
import dev.countersign.replay.PolicyReport;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;

/** What another policy would change, for people and as JSON. Arguments are shortened: they may be anybody's words. */
final class PolicyView {
    private static final int NAME_CHARS_MAX = 80;
    private static final int ARGUMENT_CHARS_MAX = 160;
    private static final int LINE_CHARS_MAX = 600;

    private final Map<String, URI> places;
    private final Map<String, String> leftOut;

    /**
     * A view.
     *
     * @param places where conversations can be looked at
     * @param leftOut conversations that have no recording, and why
     */
    PolicyView(Map<String, URI> places, Map<String, String> leftOut) {
        this.places = places;
        this.leftOut = new TreeMap<>(leftOut);
    }

    void print(Shell shell, PolicyReport report, boolean json) {
        if (json) {
            shell.out().println(Json.write(json(report)));
            return;
        }
        for (PolicyReport.Row row : report.changes()) {
            shell.out().println(shell.style().bold(line(row)));
            row.samples().forEach(sample -> shell.out().println(line(sample)));
        }
        report.rows().stream()
                .filter(row -> !row.isChange())
                .forEach(row -> shell.out().println(shell.style().dim(line(row))));
        report.otherAgents()
                .forEach((agent, count) ->
                        shell.out().println("left out: " + count + " of agent " + Style.line(agent, NAME_CHARS_MAX)));
        leftOut.forEach((thread, why) ->
                shell.out().println(Style.line("left out: thread " + thread + ": " + why, LINE_CHARS_MAX)));
        report.notes().forEach(note -> shell.out().println("note: " + Style.line(note, LINE_CHARS_MAX)));
        shell.out().println(sums(report));
    }

    private static String line(PolicyReport.Row row) {
        String what = row.isChange()
                ? "otherwise: " + Style.line(row.tool(), NAME_CHARS_MAX) + ": "
                        + row.before().words() + " -> " + row.after().words()
                : "as before: " + Style.line(row.tool(), NAME_CHARS_MAX) + ": "
                        + row.before().words();
        String told =
                what + ", " + counted(row.calls(), "call") + " in " + counted(row.conversations(), "conversation");
        return row.untold() == 0 ? told : told + "; of " + row.untold() + " the records do not say enough to tell";
    }

    private String line(PolicyReport.Sample sample) {
        String why = sample.why().isEmpty() ? "" : " (" + sample.why() + ")";
        return Style.line(
                        "- thread " + sample.thread() + " of " + sample.owner() + ", step " + sample.step() + ", "
                                + sample.at() + ": " + shortened(sample) + why,
                        LINE_CHARS_MAX)
                + ForecastView.link(places, sample.thread(), sample.step());
    }

    private static String shortened(PolicyReport.Sample sample) {
        return Style.line(sample.arguments(), ARGUMENT_CHARS_MAX);
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String sums(PolicyReport report) {
        StringBuilder line = new StringBuilder(counted(report.conversations(), "conversation") + ", "
                + counted(report.calls(), "call") + ": " + (report.calls() - report.changed()) + " as before");
        for (Fate fate : Fate.values()) {
            line.append(", ")
                    .append(report.newly(fate))
                    .append(" newly '")
                    .append(fate.words())
                    .append('\'');
        }
        return report.untold() == 0
                ? line.toString()
                : line + "; of " + report.untold() + " the records do not say enough to tell";
    }

    private ObjectNode json(PolicyReport report) {
        ObjectNode told = Json.object()
                .put("conversations", report.conversations())
                .put("calls", report.calls())
                .put("changed", report.changed())
                .put("untold", report.untold());
        ObjectNode newly = told.putObject("newly");
        for (Fate fate : Fate.values()) {
            newly.put(fate.word(), report.newly(fate));
        }
        ArrayNode tools = told.putArray("tools");
        report.rows().forEach(row -> tools.add(json(row)));
        told.set("other_agents", Json.mapper().valueToTree(report.otherAgents()));
        told.set("left_out", Json.mapper().valueToTree(leftOut));
        told.set("notes", Json.mapper().valueToTree(report.notes()));
        return told;
    }

    private static ObjectNode json(PolicyReport.Row row) {
        ObjectNode told = Json.object()
                .put("tool", row.tool())
                .put("before", row.before().word())
                .put("after", row.after().word())
                .put("changed", row.isChange())
                .put("calls", row.calls())
                .put("conversations", row.conversations())
                .put("untold", row.untold());
        ArrayNode samples = told.putArray("samples");
        for (PolicyReport.Sample sample : row.samples()) {
            samples.addObject()
                    .put("thread", sample.thread())
                    .put("owner", sample.owner())
                    .put("step", sample.step())
                    .put("at", sample.at().toString())
                    .put("arguments", shortened(sample))
                    .put("why", sample.why());
        }
        return told;
    }
}

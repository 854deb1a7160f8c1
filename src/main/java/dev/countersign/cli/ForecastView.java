package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.replay.Deed;
import dev.countersign.replay.Forecast;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A what-if's report, for people and as JSON. */
final class ForecastView {
    private final Map<String, URI> places;

    ForecastView(Map<String, URI> places) {
        this.places = places;
    }

    List<String> lines(Forecast forecast) {
        List<String> lines = new ArrayList<>();
        int found = forecast.deviations().size() + forecast.more();
        lines.add((forecast.isEqual() ? "the same: thread " : "otherwise: thread ") + forecast.thread() + ", "
                + forecast.turns() + " turns, " + found + (found == 1 ? " difference" : " differences"));
        forecast.deviations()
                .forEach(one -> lines.add("  " + one.line() + link(places, forecast.thread(), one.step())));
        if (forecast.more() > 0) {
            lines.add("  and " + forecast.more() + " more");
        }
        add(lines, "approval newly asked", forecast.approvalsNew());
        add(lines, "approval no longer asked", forecast.approvalsGone());
        add(lines, "new call", forecast.callsNew());
        add(lines, "call missing", forecast.callsMissing());
        if (!forecast.ended().isEmpty()) {
            lines.add("  ended: " + forecast.ended());
        }
        forecast.notes().forEach(note -> lines.add("  note: " + note));
        return lines;
    }

    private static void add(List<String> lines, String what, List<Deed> deeds) {
        deeds.forEach(deed -> lines.add("  " + what + ": " + deed));
    }

    /** Where a recorded step is seen; empty when it came from no server that stays, or the record has no such step. */
    static String link(Map<String, URI> places, String thread, long step) {
        URI place = places.get(thread);
        return place == null || step < 1
                ? ""
                : " (see " + place.resolve("/threads/" + thread + "/history/" + step) + ")";
    }

    ArrayNode json(List<Forecast> forecasts) {
        ArrayNode list = Json.array();
        for (Forecast forecast : forecasts) {
            ObjectNode one = list.addObject()
                    .put("thread", forecast.thread())
                    .put("equal", forecast.isEqual())
                    .put("turns", forecast.turns());
            one.set("deviations", tree(forecast.deviations()));
            one.put("more_deviations", forecast.more());
            one.set("approvals_new", tree(forecast.approvalsNew()));
            one.set("approvals_gone", tree(forecast.approvalsGone()));
            one.set("calls_new", tree(forecast.callsNew()));
            one.set("calls_missing", tree(forecast.callsMissing()));
            one.put("ended", forecast.ended());
            one.set("notes", tree(forecast.notes()));
        }
        return list;
    }

    private static JsonNode tree(Object value) {
        return Json.mapper().valueToTree(value);
    }
}

package dev.countersign.replay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.graph.Circumstances;
import dev.countersign.graph.Judging;
import dev.countersign.thread.Message;
import dev.countersign.tool.UserRoles;
import dev.countersign.tool.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call of a model as it stood at the gate in a record. Of a fork, the calls that its parent made are not among its own.
 *
 * @param setting digest of what the agent was like; empty when the record does not say
 * @param before what the gate said
 * @param noAccess whether it was made, and its tool refused it for want of access
 */
record GateCall(
        Place place,
        Message.ToolCall call,
        String setting,
        Judging.Circumstance circumstance,
        Fate before,
        boolean noAccess) {
    private static final String GATE = "gate";
    private static final String NO_ACCESS = "access_denied";
    private static final String FAILED = "failed";

    /**
     * Where it stood.
     *
     * @param step of the gate, from 1
     * @param position among the calls of its answer, from 0
     */
    record Place(long step, Instant at, int position) {}

    /** All of a record, in order. */
    static List<GateCall> of(Recording recording) {
        Map<String, Seen.End> ends = new HashMap<>();
        recording.steps().forEach(step -> step.seen().ends().forEach(end -> ends.put(end.call(), end)));
        List<GateCall> calls = new ArrayList<>();
        Optional<Message> last = Optional.empty();
        String setting = "";
        UserRoles roles = new UserRoles.Unavailable("the record does not say");
        long number = 0;
        for (Recording.Stride step : recording.steps()) {
            number++;
            setting = step.seen().setting() == null ? setting : step.seen().setting();
            roles = roles(step.seen()).orElse(roles);
            if (step.node().equals(GATE) && last.isPresent()) {
                add(calls, new Gate(recording, step, number, setting, roles), last.get(), ends);
            }
            List<Message> said = step.messages();
            last = said.isEmpty() ? last : Optional.of(said.get(said.size() - 1));
        }
        return calls;
    }

    /** A step of the gate. */
    private record Gate(Recording recording, Recording.Stride step, long number, String setting, UserRoles roles) {
        Judging.Circumstance circumstance() {
            Circumstances agent = recording.settings().getOrDefault(setting, Script.NONE);
            return new Judging.Circumstance(
                    step.seen().isCanceled(),
                    this::roles,
                    step.seen().noTools() == null ? agent.catalogue() : List.of());
        }
    }

    private static void add(List<GateCall> calls, Gate gate, Message answer, Map<String, Seen.End> ends) {
        Judging.Circumstance circumstance = gate.circumstance();
        Map<String, Fate> planned = planned(gate.step());
        int position = 0;
        for (Message.ToolCall call : answer.calls()) {
            Place place = new Place(gate.number(), gate.step().at(), position++);
            Fate before = planned.get(call.id());
            calls.add(new GateCall(
                    place,
                    call,
                    gate.setting(),
                    circumstance,
                    before == null ? refused(circumstance, call) : before,
                    isNoAccess(ends.get(call.id()))));
        }
    }

    /** What was not planned was refused; the words of a refusal may have been redacted, but not which tools there were. */
    private static Fate refused(Judging.Circumstance circumstance, Message.ToolCall call) {
        boolean known =
                circumstance.catalogue().stream().anyMatch(tool -> tool.name().equals(call.tool()));
        return known || circumstance.canceled() ? Fate.REFUSED : Fate.UNKNOWN;
    }

    private static Map<String, Fate> planned(Recording.Stride step) {
        Map<String, Fate> planned = new HashMap<>();
        if (step.state().get("plan") instanceof String plan && !plan.isEmpty()) {
            for (JsonNode item : Json.read(plan).path("items")) {
                planned.put(
                        item.path("callId").asText(), fate(item.path("action").asText()));
            }
        }
        return planned;
    }

    private static Fate fate(String action) {
        return switch (action) {
            case "RUN" -> Fate.RUNS;
            case "FILE" -> Fate.FILES;
            case "ASK" -> Fate.ASKS;
            default -> throw new IllegalStateException("a plan with an action of a new kind: " + action);
        };
    }

    private static boolean isNoAccess(Seen.@Nullable End end) {
        if (end == null || !end.word().equals(FAILED)) {
            return false;
        }
        try {
            return Json.read(end.text()).path("error").asText().equals(NO_ACCESS);
        } catch (CountersignException e) {
            // A tool may fail in words of its own.
            return false;
        }
    }

    private static Optional<UserRoles> roles(Seen seen) {
        if (seen.roles() != null) {
            return Optional.of(new UserRoles.Known(Set.copyOf(seen.roles())));
        }
        return Optional.ofNullable(seen.noRoles()).map(UserRoles.Unavailable::new);
    }

    /** The same with only the tools of these servers. */
    Judging.Circumstance with(Set<String> servers) {
        return new Judging.Circumstance(
                circumstance.canceled(),
                circumstance.roles(),
                circumstance.catalogue().stream()
                        .filter(tool -> servers.contains(tool.server()))
                        .toList());
    }

    /** What this judge says of it. */
    Verdict judged(Judging judging, Judging.Circumstance now) {
        return judging.judge(now, call, place.position());
    }
}

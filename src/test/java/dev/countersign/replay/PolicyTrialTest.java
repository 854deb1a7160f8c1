package dev.countersign.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.Circumstances;
import dev.countersign.graph.Judging;
import dev.countersign.graph.Limits;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RolePermissions;
import dev.countersign.thread.Message;
import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.RequestRule;
import dev.countersign.tool.ToolPolicy;
import dev.countersign.tool.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Recorded calls under another policy, in each direction. */
final class PolicyTrialTest {
    private static final Path KEPT = Path.of("src/test/resources/replay/1");
    private static final PolicyChange NOTHING = new PolicyChange(null, null, null, Map.of());

    private static final ApprovalRule GATED_ORDER = new ApprovalRule(
            "order_dish",
            "create_operation_approval",
            "{restaurant_id}",
            "order_dish: {dish_name}",
            "Order {dish_name}",
            new Waiting(Duration.ofDays(1), null, null));

    private static Recording recording(String name) throws IOException {
        return Fixture.read(KEPT.resolve(name + ".json")).recording();
    }

    private static List<Recording> all() {
        List<Recording> all = new ArrayList<>();
        FixtureFolder.of(KEPT).cases().forEach(one -> {
            try {
                all.add(Fixture.read(one.file()).recording());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return all;
    }

    private static Circumstances agent(Recording recording) {
        return recording.settings().values().iterator().next();
    }

    /** The recorded agent with another policy. */
    private static PolicyChange policy(Recording recording, UnaryOperator<ToolPolicy> change) {
        return policy(recording, change, Limits.DEFAULTS);
    }

    private static PolicyChange policy(Recording recording, UnaryOperator<ToolPolicy> change, Limits limits) {
        AgentDefinition was = agent(recording).agent(recording.thread().agent());
        AgentDefinition supposed = new AgentDefinition(
                was.name(),
                was.title(),
                was.prompt(),
                was.examples(),
                List.of(),
                change.apply(was.policy()),
                limits,
                "supposed");
        Set<String> servers = new HashSet<>();
        agent(recording).tools().forEach(tool -> servers.add(tool.server()));
        return PolicyChange.of(supposed, servers);
    }

    private static UnaryOperator<ToolPolicy> approvals(ApprovalRule... rules) {
        return was -> new ToolPolicy(was.allowed(), was.requests(), List.of(rules));
    }

    private static UnaryOperator<ToolPolicy> requests(RequestRule... rules) {
        return was -> new ToolPolicy(was.allowed(), List.of(rules), was.approvals());
    }

    private static UnaryOperator<ToolPolicy> roles(Map<String, Set<String>> allowed) {
        return was -> new ToolPolicy(allowed, was.requests(), was.approvals());
    }

    private static PolicyReport tried(PolicyChange change, Recording... recordings) {
        PolicyTrial trial = new PolicyTrial(change, 3);
        for (Recording recording : recordings) {
            trial.judge(recording);
        }
        return trial.report();
    }

    private static PolicyReport.Row only(PolicyReport report) {
        assertThat(report.changes()).hasSize(1);
        return report.changes().get(0);
    }

    private static void assertChange(PolicyReport report, String tool, Fate before, Fate after, String why) {
        PolicyReport.Row row = only(report);
        assertThat(row.tool()).isEqualTo(tool);
        assertThat(row.before()).isEqualTo(before);
        assertThat(row.after()).isEqualTo(after);
        assertThat(row.samples()).extracting(PolicyReport.Sample::why).containsOnly(why);
        assertThat(report.newly(after)).isEqualTo(report.changed()).isEqualTo(row.calls());
    }

    /** The record as it would be if the gate had not planned calls of this tool. */
    private static Recording refusing(Recording recording, String tool) {
        List<Recording.Stride> steps = new ArrayList<>();
        for (Recording.Stride step : recording.steps()) {
            Map<String, Object> state = new TreeMap<>(step.state());
            if (state.get("plan") instanceof String plan) {
                var kept = Json.object();
                var items = kept.putArray("items");
                Json.read(plan).path("items").forEach(item -> {
                    if (!item.path("tool").asText().equals(tool)) {
                        items.add(item);
                    }
                });
                state.put("plan", Json.write(kept));
            }
            steps.add(with(step, state, step.seen(), step.messages()));
        }
        return with(recording, recording.settings(), steps);
    }

    private static Recording.Stride with(
            Recording.Stride step, Map<String, Object> state, Seen seen, List<Message> messages) {
        return new Recording.Stride(step.id(), step.node(), step.next(), step.at(), seen, state, messages);
    }

    private static Recording with(
            Recording recording, Map<String, Circumstances> settings, List<Recording.Stride> steps) {
        return new Recording(recording.thread(), settings, recording.events(), recording.approvals(), steps);
    }

    @Test
    void promise12_withNothingChanged_everyCallOfEveryKeptRecordingFaresAsItDid() {
        PolicyTrial trial = new PolicyTrial(NOTHING, 3);
        List<Recording> all = all();
        all.forEach(trial::judge);
        PolicyReport report = trial.report();
        assertThat(report.conversations()).isEqualTo(all.size()).isGreaterThanOrEqualTo(20);
        assertThat(report.calls()).isGreaterThan(60);
        assertThat(report.changes()).isEmpty();
        assertThat(report.rows()).extracting(PolicyReport.Row::before).contains(Fate.RUNS, Fate.FILES, Fate.ASKS);
        // Each by what the gate itself decides with, and the agent of its moment.
        for (Recording recording : all) {
            for (GateCall call : GateCall.of(recording)) {
                Judging judging = Judging.of(recording
                        .settings()
                        .getOrDefault(call.setting(), Script.NONE)
                        .agent(recording.thread().agent()));
                assertThat(Fate.of(call.judged(judging, call.circumstance()))).isEqualTo(call.before());
            }
        }
    }

    @Test
    void aCallThatNewlyNeedsAnApproval_isNamedWithItsConversation() throws IOException {
        Recording recording = recording("family-an-order");
        PolicyReport report = tried(policy(recording, approvals(GATED_ORDER)), recording);
        assertChange(report, "order_dish", Fate.RUNS, Fate.ASKS, "");
        PolicyReport.Sample sample = only(report).samples().get(0);
        assertThat(sample.thread()).isEqualTo(recording.thread().id());
        Recording.Stride step = recording.steps().get((int) sample.step() - 1);
        assertThat(step.node()).isEqualTo("gate");
        assertThat(sample.at()).isEqualTo(step.at());
        assertThat(sample.arguments()).contains("Zioylfc Uqmack");
        assertThat(report.rows()).hasSize(2);
    }

    @Test
    void aCallThatNoLongerNeedsOne_goesThrough() throws IOException {
        Recording recording = recording("volumes-deletion-approved");
        assertChange(tried(policy(recording, approvals()), recording), "delete_volume", Fate.ASKS, Fate.RUNS, "");
    }

    @Test
    void anApprovalThatNothingCouldFile_isARefusal() throws IOException {
        Recording recording = recording("volumes-deletion-approved");
        assertChange(
                tried(policy(recording, requests()), recording),
                "delete_volume",
                Fate.ASKS,
                Fate.REFUSED,
                "cannot_ask");
    }

    @Test
    void aToolThatIsClosed_isRefused_andOneThatIsOpened_goesThrough() throws IOException {
        Recording recording = recording("family-an-order");
        UnaryOperator<ToolPolicy> closed =
                roles(Map.of("child-can-view", Set.of("list_resource_instances", "list_dishes")));
        assertChange(tried(policy(recording, closed), recording), "order_dish", Fate.RUNS, Fate.REFUSED, "not_allowed");

        Recording refused = refusing(recording, "order_dish");
        assertChange(
                tried(policy(recording, UnaryOperator.identity()), refused), "order_dish", Fate.REFUSED, Fate.RUNS, "");
        assertThat(tried(policy(recording, closed), refused).changes()).isEmpty();
        UnaryOperator<ToolPolicy> gated = approvals(GATED_ORDER);
        assertChange(tried(policy(recording, gated), refused), "order_dish", Fate.REFUSED, Fate.ASKS, "");
    }

    @Test
    void aRequestThatIsNoneAnyMore_isAnyCall_andTheOtherWayRound() throws IOException {
        Recording recording = recording("family-access-approved");
        assertChange(
                tried(policy(recording, requests()), recording), "create_access_request", Fate.FILES, Fate.RUNS, "");
        Recording before = recording("family-an-order");
        RequestRule filing = new RequestRule("order_dish", RequestKind.ACCESS, Duration.ofDays(1));
        assertChange(tried(policy(before, requests(filing)), before), "order_dish", Fate.RUNS, Fate.FILES, "");
    }

    @Test
    void aToolWhoseServerIsGone_isNoLongerKnown_andOneThatNeverWasStaysSo() throws IOException {
        Recording recording = recording("family-an-order");
        PolicyChange whole = policy(recording, UnaryOperator.identity());
        PolicyReport report = tried(new PolicyChange(whole.agent(), Set.of("another"), null, Map.of()), recording);
        assertThat(report.changes()).hasSize(2).allMatch(row -> row.after() == Fate.UNKNOWN);
        assertThat(report.notes()).anyMatch(note -> note.contains("servers") && note.endsWith(": another"));

        Map<String, Circumstances> without = new TreeMap<>();
        recording
                .settings()
                .forEach((digest, was) -> without.put(
                        digest,
                        new Circumstances(
                                was.prompt(),
                                was.allowed(),
                                was.requests(),
                                was.approvals(),
                                was.limits(),
                                was.tools().stream()
                                        .filter(tool -> !tool.name().equals("order_dish"))
                                        .toList())));
        Recording unknown =
                with(recording, without, refusing(recording, "order_dish").steps());
        PolicyReport stays = tried(whole, unknown);
        assertThat(stays.changes()).isEmpty();
        assertThat(stays.rows())
                .anyMatch(row -> row.before() == Fate.UNKNOWN
                        && row.after() == Fate.UNKNOWN
                        && row.tool().equals("order_dish"));
    }

    @Test
    void moreCallsThanAnAnswerMayHave_areRefused() throws IOException {
        Recording recording = recording("family-an-order");
        List<Recording.Stride> steps = new ArrayList<>();
        for (Recording.Stride step : recording.steps()) {
            List<Message> messages = new ArrayList<>();
            for (Message message : step.messages()) {
                List<Message.ToolCall> calls = new ArrayList<>(message.calls());
                calls.addAll(message.calls());
                messages.add(with(message, calls));
            }
            steps.add(with(step, step.state(), step.seen(), messages));
        }
        Recording twice = with(recording, recording.settings(), steps);
        Limits was = Limits.DEFAULTS;
        Limits one = new Limits(
                was.steps(), was.jobSteps(), was.turnTime(), was.jobTime(), was.window(), was.windowTokens(), 1);
        PolicyReport report = tried(policy(recording, UnaryOperator.identity(), one), twice);
        assertThat(report.calls()).isEqualTo(4);
        assertThat(report.newly(Fate.REFUSED)).isEqualTo(2);
        assertThat(report.changes().get(0).samples().get(0).why()).isEqualTo("too_many_calls");
    }

    private static PolicyChange permitting(Map<String, Set<String>> roles, String needs) {
        return new PolicyChange(
                null,
                null,
                new RolePermissions(Set.of("read", "update"), roles),
                Map.of("list_dishes", needs, "order_dish", needs));
    }

    @Test
    void aRoleThatNoLongerPermitsWhatAToolAsksFor_isARefusalByPermit() throws IOException {
        Recording recording = recording("family-access-denied");
        Recording order = recording("family-an-order");
        Map<String, Set<String>> now = Map.of("child-can-view", Set.of("read"), "parent", Set.of("read", "update"));
        PolicyReport same = tried(permitting(now, "read"), recording, order);
        assertThat(same.changes()).isEmpty();
        // Where the child held its role is in no record, so why its look at one menu was refused stays open.
        assertThat(same.untold()).isEqualTo(1);
        assertThat(same.rows())
                .anyMatch(row -> row.before() == Fate.DENIED && row.tool().equals("list_dishes") && row.untold() == 1);

        Map<String, Set<String>> less = Map.of("child-can-view", Set.of(), "parent", Set.of("read", "update"));
        PolicyReport report = tried(permitting(less, "read"), recording, order);
        assertChange(report, "order_dish", Fate.RUNS, Fate.DENIED, "no_role_permits");
        assertThat(report.untold()).isZero();
        PolicyReport strangers = tried(permitting(Map.of("parent", Set.of()), "read"), order);
        assertThat(strangers.changes()).isEmpty();
        assertThat(strangers.untold()).isEqualTo(1);
    }

    @Test
    void whatTheGateRefuses_isNotAskedOfPermit() throws IOException {
        Recording order = recording("family-an-order");
        PolicyChange closed = policy(order, roles(Map.of()));
        PolicyChange both = new PolicyChange(
                closed.agent(),
                closed.servers(),
                new RolePermissions(Set.of("read"), Map.of("child-can-view", Set.of())),
                Map.of("order_dish", "read"));
        PolicyReport report = tried(both, order);
        assertThat(report.newly(Fate.REFUSED)).isEqualTo(2);
        assertThat(report.newly(Fate.DENIED)).isZero();
    }

    @Test
    void rolesThatCouldNotBeRead_openNothing() throws IOException {
        Recording recording = recording("family-an-order");
        List<Recording.Stride> steps = new ArrayList<>();
        for (Recording.Stride step : recording.steps()) {
            Seen seen = step.seen();
            steps.add(with(
                    step,
                    step.state(),
                    withoutRoles(seen, seen.roles() == null ? null : "Permit is away"),
                    step.messages()));
        }
        Recording away = with(refusing(recording, "order_dish"), recording.settings(), steps);
        PolicyReport report = tried(NOTHING, away);
        assertThat(report.newly(Fate.REFUSED)).isEqualTo(2);
        assertThat(report.changes().get(0).samples().get(0).why()).isEqualTo("permissions_unavailable");
    }

    private static Seen withoutRoles(Seen seen, @Nullable String why) {
        return new Seen(
                seen.setting(),
                seen.noTools(),
                null,
                why,
                seen.canceled(),
                seen.lapMillis(),
                seen.asked(),
                seen.answer(),
                seen.noAnswer(),
                seen.summed(),
                seen.ends(),
                seen.filings(),
                seen.withdrawn(),
                seen.grants());
    }

    @Test
    void overAllKeptRecordings_sumsAgree_samplesAreOfDifferentConversations_andOtherAgentsAreLeftOut()
            throws IOException {
        PolicyTrial trial = new PolicyTrial(policy(recording("family-an-order"), approvals(GATED_ORDER)), 2);
        List<Recording> all = all();
        all.forEach(trial::judge);
        PolicyReport report = trial.report();
        assertThat(report.otherAgents()).containsOnlyKeys("volumes");
        assertThat(report.conversations() + report.otherAgents().getOrDefault("volumes", 0))
                .isEqualTo(all.size());
        assertThat(report.rows().stream().mapToLong(PolicyReport.Row::calls).sum())
                .isEqualTo(report.calls());
        PolicyReport.Row row = only(report);
        assertThat(row.tool()).isEqualTo("order_dish");
        assertThat(row.conversations()).isGreaterThan(2);
        assertThat(row.calls()).isGreaterThanOrEqualTo(row.conversations());
        assertThat(row.samples()).hasSize(2);
        assertThat(row.samples().get(0).thread())
                .isNotEqualTo(row.samples().get(1).thread());
    }

    @Test
    void toolsAreToldApartUpToALimit() throws IOException {
        Recording recording = recording("family-an-order");
        PolicyTrial trial = new PolicyTrial(NOTHING, 1);
        for (int i = 0; i < PolicyTrial.TOOLS_MAX + 50; i++) {
            String other = "tool_" + i;
            List<Recording.Stride> steps = new ArrayList<>();
            for (Recording.Stride step : recording.steps()) {
                List<Message> messages = new ArrayList<>();
                for (Message message : step.messages()) {
                    List<Message.ToolCall> calls = message.calls().stream()
                            .map(call -> new Message.ToolCall(call.id(), other, call.arguments()))
                            .toList();
                    messages.add(with(message, calls));
                }
                steps.add(with(step, step.state(), step.seen(), messages));
            }
            trial.judge(with(recording, recording.settings(), steps));
        }
        assertThat(trial.report().rows()).hasSize(PolicyTrial.TOOLS_MAX + 1);
    }

    private static Message with(Message message, List<Message.ToolCall> calls) {
        return new Message(
                message.role(), message.text(), calls, message.callId(), message.tool(), message.error(), message.at());
    }
}

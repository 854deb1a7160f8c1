package dev.countersign.cli;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.AgentFile;
import dev.countersign.permit.RolePermissions;
import dev.countersign.replay.PolicyChange;
import dev.countersign.replay.PolicyReport;
import dev.countersign.replay.PolicyTrial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Says which calls of recorded conversations would newly need an approval, be refused or go through under another policy. Nothing is
 * run: the recordings are fetched or read, and judged in this process.
 */
@Command(
        name = "try",
        description =
                "Say which recorded calls would newly need an approval, be refused, or go through, under a changed"
                        + " agent's file or other permissions of roles. Nothing is run and nobody is asked.",
        footer = "Exit codes: 0 nothing fares otherwise, 1 something does; others as everywhere.")
final class PolicyTryCommand implements Callable<Integer> {
    private static final int OTHERWISE = 1;
    private static final int SAMPLES_MAX = 1000;
    private static final ErrorCode NOTHING_CHANGED = new ErrorCode("CS-652", ErrorCode.Kind.INVALID);
    private static final ErrorCode NOTHING_JUDGED = new ErrorCode("CS-653", ErrorCode.Kind.NOT_FOUND);
    private static final ErrorCode NO_SUCH_ACTION = new ErrorCode("CS-654", ErrorCode.Kind.INVALID);

    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Mixin
    Picking picking = new Picking();

    @Option(
            names = "--agent",
            paramLabel = "FILE.yaml",
            description = "an agent's file as it is to be: its roles, requests, approvals and limits; its servers are"
                    + " not started, and conversations of other agents are left out")
    @Nullable
    Path agent;

    @Option(
            names = "--permissions",
            paramLabel = "FILE.yaml",
            description = "what roles are to permit at Permit, in a file as permit-setup takes; with --needs")
    @Nullable
    Path permissions;

    @Option(
            names = "--needs",
            paramLabel = "TOOL=ACTION",
            split = ",",
            description = "with --permissions: the action that a tool asks Permit for before it does anything, such as"
                    + " list_dishes=read")
    Map<String, String> needs = new TreeMap<>();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "conversations to show of each kind of change; default ${DEFAULT-VALUE}")
    int samples = 3;

    @Option(names = "--json", description = "print JSON")
    boolean json;

    @Parameters(
            paramLabel = "ID|FILE|FOLDER",
            arity = "0..*",
            description =
                    "conversations' ids, or their first 8 characters or more; or files that 'replay export' wrote,"
                            + " or folders of such; default: your newest conversations")
    List<String> given = new ArrayList<>();

    PolicyTryCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException {
        requireSense();
        PolicyChange change = change();
        PolicyTrial trial = new PolicyTrial(change, samples);
        Recordings source = new Recordings(shell, server);
        Map<String, String> leftOut = new TreeMap<>();
        if (given.isEmpty()) {
            try (Door door = server.door(shell)) {
                AgentDefinition about = change.agent();
                var way = new Picking.Way(source, trial::judge, leftOut);
                picking.each(server.api(shell, door), door, about == null ? null : about.name(), way);
            }
        } else {
            source.each(given, trial::judge);
        }
        PolicyReport report = trial.report();
        requireSomeJudged(report, leftOut);
        new PolicyView(source.places(), leftOut).print(shell, report, json);
        return report.changed() == 0 ? 0 : OTHERWISE;
    }

    private void requireSense() {
        if (agent == null && permissions == null) {
            throw new CountersignException(
                    NOTHING_CHANGED,
                    "expected --agent with an agent's file as it is to be, --permissions with what roles are to permit, or"
                            + " both, got neither");
        }
        if ((permissions == null) != needs.isEmpty()) {
            throw CliErrors.usage(
                    "expected --permissions and --needs together: which action a tool asks Permit for stands"
                            + " in no record, such as --needs list_dishes=read");
        }
        if (samples < 0 || samples > SAMPLES_MAX) {
            throw CliErrors.usage("expected --samples from 0 to " + SAMPLES_MAX + ", got " + samples);
        }
        if (!given.isEmpty() && picking.isAnything()) {
            throw CliErrors.usage("expected conversations by name, or --all, --last and --since, got both");
        }
        picking.requireSense();
    }

    private PolicyChange change() {
        RolePermissions permitted = permissions == null ? null : RolePermissions.read(permissions);
        needs.forEach((tool, action) -> {
            if (permitted != null && !permitted.actions().contains(action)) {
                throw new CountersignException(
                        NO_SUCH_ACTION,
                        permissions + ": expected an action of its resource, one of "
                                + new TreeSet<>(permitted.actions()) + ", got '" + Style.line(action, 60)
                                + "' in --needs for " + Style.line(tool, 60));
            }
        });
        return agent == null
                ? new PolicyChange(null, null, permitted, needs)
                : new PolicyChange(AgentFile.readWithoutServers(agent), AgentFile.serverNames(agent), permitted, needs);
    }

    private void requireSomeJudged(PolicyReport report, Map<String, String> leftOut) {
        if (report.conversations() > 0) {
            return;
        }
        String others = report.otherAgents().isEmpty()
                ? ""
                : "; those that were given are of other agents: "
                        + String.join(", ", report.otherAgents().keySet());
        String without = leftOut.isEmpty() ? "" : "; " + leftOut.size() + " have no recording now";
        throw new CountersignException(NOTHING_JUDGED, "expected conversations to judge, got none" + others + without);
    }
}

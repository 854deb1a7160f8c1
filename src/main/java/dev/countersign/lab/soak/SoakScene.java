package dev.countersign.lab.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The files a soak runs on: an agent with gated tools and deadlines of seconds, and a Permit with plots of land for
 * each conversation, since two approvals of one user on one instance are one grant at Permit.
 *
 * @param folder where it plays
 * @param conversations how many go on at the same time
 * @param plotsEach for each of them: a new one whenever something may still be open on the old one
 * @param users who hold them, at most
 */
public record SoakScene(Path folder, int conversations, int plotsEach, int users) {
    static final String AGENT = "soak";
    static final String VISITOR = "visitor";
    static final String REVIEWER = "reviewer";
    static final String PASSWORD = "soak_password";

    private static final String AGENT_FILE = """
            name: soak
            title: Soak
            prompt: |
              You do what {user} asks.
            servers:
              soak:
                command: [countersign, soak-tools, "LEDGER"]
                environment: [PERMIT_API_KEY, PERMIT_API_URL, PERMIT_PDP_URL, TENANT, COUNTERSIGN_STATE_DIR,
                              RESOURCE_KEY, ACCESS_ELEMENTS_CONFIG_ID, OPERATION_ELEMENTS_CONFIG_ID]
                timeout: 20s
            roles:
              "*": ["*"]
            requests:
              create_access_request: {kind: access, deadline: 1h}
              create_operation_approval: {kind: operation, deadline: 1h}
            approvals:
              gated:
                file_with: create_operation_approval
                resource_instance: "{plot}"
                operation: "gated: {token}"
                reason: "The soak asks for {token}"
                deadline: 1h
              brief:
                file_with: create_operation_approval
                resource_instance: "{plot}"
                operation: "brief: {token}"
                reason: "The soak asks for {token}"
                deadline: 3s
            """;

    private static final String PERMIT_FILE = """
            format: 1
            resource:
              key: plots
              name: Plots
              actions: [use, operate, review, approve, deny]
              attributes: {name: string}
              roles:
                worker: {name: Worker, permissions: [use]}
                visitor: {name: Visitor, permissions: [use]}
                _Approved_: {name: Approved, permissions: [operate]}
                _Reviewer_: {name: Reviewer, permissions: [review, approve, deny]}
            elements:
              - {key: plot-requests, name: Plot requests, type: user_management, levels: {LEVEL_1: [_Reviewer_], LEVEL_4: [visitor]}}
              - {key: plot-approval, name: Plot approval, type: operation_approval}
              - {key: plot-operations, name: Plot operations, type: approval_management}
            instances:
            """;

    /** Writes the files. */
    public void write() throws IOException {
        Path graphs = Files.createDirectories(folder.resolve("graphs"));
        Files.createDirectories(folder.resolve("checkpoints"));
        Files.writeString(graphs.resolve("soak.yaml"), AGENT_FILE.replace("LEDGER", ledger().toString()));
        Files.writeString(permitFile(), PERMIT_FILE + instances() + people());
    }

    private String instances() {
        return plots().stream()
                .map(plot -> "  - {key: " + plot + ", attributes: {name: " + plot + "}}\n")
                .collect(Collectors.joining());
    }

    private String people() {
        StringBuilder people = new StringBuilder("users:\n");
        people.append("  - {key: " + REVIEWER + ", first_name: Reviewer, roles: {_Reviewer_: [")
                .append(String.join(", ", plots()))
                .append("]}}\n");
        for (String user : askers()) {
            people.append("  - {key: " + user + ", first_name: " + user + ", roles: {worker: [plot-0-0]}}\n");
        }
        return people.toString();
    }

    private List<String> plots() {
        List<String> plots = new ArrayList<>();
        for (int conversation = 0; conversation < conversations; conversation++) {
            for (int part = 0; part < plotsEach; part++) {
                plots.add(plot(conversation, part));
            }
        }
        return plots;
    }

    static String plot(int conversation, int part) {
        return "plot-" + conversation + "-" + part;
    }

    /** Who holds the conversations. */
    List<String> askers() {
        List<String> askers = new ArrayList<>();
        for (int i = 1; i <= Math.min(users, conversations); i++) {
            askers.add("asker-" + i);
        }
        return askers;
    }

    String asker(int conversation) {
        List<String> askers = askers();
        return askers.get(conversation % askers.size());
    }

    /** Where effects are written down. */
    public Path ledger() {
        return folder.resolve("ledger.tsv").toAbsolutePath();
    }

    /** What the emulator is seeded with. */
    public Path permitFile() {
        return folder.resolve("soak.permit.yaml");
    }
}

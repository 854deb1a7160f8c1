package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.app.SystemSources;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The story itself. Emulator, server, MCP server and the two people's chats are processes of their own; this one only starts
 * them, types what the people type, reads what they see, and kills the server once.
 */
final class DemoStory implements AutoCloseable {
    private static final ErrorCode NOT_AS_TOLD = new ErrorCode("CS-906", ErrorCode.Kind.INTERNAL);
    private static final String UUID = "([0-9a-f]{8}-[0-9a-f-]{27})";
    private static final String KEY = "permit_key_demo";
    private static final String ORDER = "order Truffle Pasta from Fancy French";

    private final Shell shell;
    private final Style style;
    private final List<String> self;
    private final Path folder;
    private final Clock clock = SystemSources.clock();
    private final Instant began = clock.instant();
    private final Deque<DemoParty> parties = new ArrayDeque<>();
    private final List<String[]> table = new ArrayList<>();
    private Map<String, String> permit = Map.of();
    private int orders;

    DemoStory(Shell shell, List<String> self, Path folder) {
        this.shell = shell;
        this.style = shell.style();
        this.self = self;
        this.folder = folder;
    }

    void play() throws InterruptedException {
        shell.out()
                .println("The agent's answers come from the offline demo model, Permit is the emulator; both say so.");
        int port = freePort();
        Map<String, String> secret = Map.of("COUNTERSIGN_WEBHOOK_SECRET", secret());
        String webhook = "http://127.0.0.1:" + port + "/webhooks/permit";
        DemoParty emulator =
                party("the emulator", secret, "permit-emulator", "--port", "0", "--api-key", KEY, "--webhook", webhook);
        String permitUrl = emulator.expect("(http://\\S+)");
        pid("Permit emulator", emulator.pid());
        permit = new HashMap<>(secret);
        permit.putAll(Map.of(
                "PERMIT_API_KEY", KEY,
                "PERMIT_API_URL", permitUrl,
                "PERMIT_PDP_URL", permitUrl,
                "COUNTERSIGN_POLL_INTERVAL", "500ms"));
        DemoParty server = party("the server", permit, "serve", "--port", Integer.toString(port), "--demo");
        String url = server.expect("serves at (http://\\S+)");
        pid("server with the agent", server.pid());
        DemoParty henry = chat("henry", url);
        DemoParty joe = chat("joe", url);

        asksForAccess(henry, server);
        killAndRestart(server, url);
        decidesAccess(joe, henry);
        ordersAndIsDenied(henry, joe);
        ordersAndIsApproved(henry, joe);
        aSecondOrderNeedsAnotherYes(henry);
        say(henry, "henry", "exit");
        say(joe, "joe", "exit");
        henry.end();
        joe.end();
        tell();
    }

    /** Emulator and server have to know each other's address, so one of the two is settled before both are there. */
    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port for the demo", e);
        }
    }

    private static String secret() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private void asksForAccess(DemoParty henry, DemoParty server) throws InterruptedException {
        say(henry, "henry", "show me the menu of Fancy French");
        henry.expect("(?i)reason");
        server.children().forEach(pid -> pid("MCP server (stdio, started by the server)", pid));
        step("henry asks for the menu of Fancy French", "denied by policy; the agent asks for a reason");
        say(henry, "henry", "it is my birthday");
        henry.expect("Waiting:");
        step("henry gives his reason", "create_access_request is filed, the thread parks");
    }

    private void killAndRestart(DemoParty server, String url) throws InterruptedException {
        server.kill();
        DemoParty again = party("the server again", permit, "serve", "--port", url.replaceAll(".*:", ""), "--demo");
        again.expect("serves at (http://\\S+)");
        pid("server with the agent, started anew", again.pid());
        step("the server is killed (SIGKILL) and started anew", "the parked thread is found again");
    }

    private void decidesAccess(DemoParty joe, DemoParty henry) throws InterruptedException {
        say(joe, "joe", "show me the pending access requests");
        String id = joe.expect(UUID);
        say(joe, "joe", "approve access request " + id + " with the comment enjoy");
        henry.expect("Truffle Pasta");
        step(
                "joe lists the requests in his own chat and approves",
                "henry's thread resumes by itself and shows the menu");
    }

    private String fileOperation(DemoParty henry, String reason) throws InterruptedException {
        say(henry, "henry", ORDER);
        henry.expect("(?i)reason");
        say(henry, "henry", reason);
        return henry.expect("Waiting:.*request " + UUID);
    }

    private void ordersAndIsDenied(DemoParty henry, DemoParty joe) throws InterruptedException {
        String id = fileOperation(henry, "I got an A in maths");
        step(
                "henry orders Truffle Pasta",
                "over the children's limit; an operation approval is filed, the thread parks");
        say(joe, "joe", "deny operation approval " + id + " because we already cooked tonight");
        henry.expect("already cooked");
        expectOrders(0);
        step("joe denies, with a reason", "henry is told the reason; nothing was ordered");
    }

    private void ordersAndIsApproved(DemoParty henry, DemoParty joe) throws InterruptedException {
        String id = fileOperation(henry, "tomorrow is my birthday dinner");
        say(joe, "joe", "show me the pending operation approvals");
        joe.expect(id);
        say(joe, "joe", "approve operation approval " + id);
        henry.expect("(?i)\\bordered\\b");
        expectOrders(1);
        step("henry asks again, joe approves", "the order is placed by the resumed thread, exactly once");
    }

    private void aSecondOrderNeedsAnotherYes(DemoParty henry) throws InterruptedException {
        say(henry, "henry", ORDER);
        henry.expect("(?i)reason");
        expectOrders(1);
        step("henry orders the same dish again", "the approval is spent: a new one is needed");
        say(henry, "henry", "never mind");
    }

    /** Counts in the food store, in yet another process. */
    private void expectOrders(int expected) throws InterruptedException {
        DemoParty reader = party("the reader of the food store", permit, "orders", "--json");
        JsonNode found = Json.read(reader.expect("^\\["));
        reader.end();
        for (int i = orders; i < found.size(); i++) {
            shell.out()
                    .println(style.bold(
                            "order placed: " + found.get(i).path("dish").asText() + " by "
                                    + found.get(i).path("user").asText() + " for "
                                    + found.get(i).path("price").asText() + ", read from the food store by process "
                                    + reader.pid()));
        }
        orders = found.size();
        if (orders != expected) {
            throw new CountersignException(
                    NOT_AS_TOLD,
                    "expected " + expected + " in the food store at this point of the story, got " + orders);
        }
    }

    private DemoParty chat(String user, String url) throws InterruptedException {
        Map<String, String> settings = new HashMap<>(permit);
        settings.remove("COUNTERSIGN_WEBHOOK_SECRET");
        settings.put("COUNTERSIGN_PASSWORD", user + "_password");
        DemoParty party = party(user + "'s chat", settings, "chat", "--user", user, "--server", url);
        pid(user + "'s chat", party.pid());
        return party;
    }

    private DemoParty party(String name, Map<String, String> settings, String... arguments) {
        List<String> command = new ArrayList<>(self);
        command.addAll(List.of(arguments));
        boolean person = name.endsWith("chat");
        String speaker = name.replace("'s chat", "");
        DemoParty party = DemoParty.start(new DemoParty.Start(name, command, folder, settings, line -> {
            if (person) {
                shell.out().println(style.dim(String.format("%8s | ", speaker)) + line);
            }
        }));
        parties.push(party);
        return party;
    }

    private void say(DemoParty party, String speaker, String words) {
        shell.out().println(style.dim(String.format("%8s | ", speaker)) + style.green("> " + words));
        party.say(words);
    }

    private void pid(String what, long pid) {
        shell.out().println(style.dim("process " + pid + ": " + what));
    }

    private void step(String what, String outcome) {
        table.add(new String[] {what, outcome});
    }

    private void tell() {
        shell.out().println();
        shell.out()
                .println(style.bold("What happened, in "
                        + Duration.between(began, clock.instant()).toSeconds() + " s"));
        int width = table.stream().mapToInt(row -> row[0].length()).max().orElse(0);
        int number = 1;
        for (String[] row : table) {
            shell.out().println(String.format("%2d  %-" + width + "s  %s", number++, row[0], row[1]));
        }
        shell.out().println("Dishes in the food store: " + orders + ", counted by a process of its own.");
    }

    @Override
    public void close() {
        parties.forEach(DemoParty::close);
    }
}

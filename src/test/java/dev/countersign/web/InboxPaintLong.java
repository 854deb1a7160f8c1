package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.countersign.app.RunningServer;
import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Lifecycle;
import dev.countersign.approval.Wish;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.Digest;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.graph.Ports;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.Permits;
import dev.countersign.permit.RequestDraft;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStore.NewThread;
import dev.countersign.web.Browsers.Person;
import dev.countersign.web.Browsers.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures how soon a browser paints the inbox of a reviewer before whom a thousand requests lie: a whole server, the emulator of
 * Permit, each request one of a thread of its own. What is painted first is the page with its first fifty cards. It asserts
 * counts, and prints times.
 */
@Tag("long")
@Tag("page")
@ExtendWith(NeedsBrowser.class)
final class InboxPaintLong {
    private static final String KEY = "permit_key_for_this_measurement";
    private static final int PENDING = 1_000;
    private static final int LOADS = 15;
    private static final int TOGETHER = 50;
    private static final String PAINTED =
            "performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime)[0] ?? -1";
    private static final String ANSWERED = "performance.getEntriesByType('navigation')[0].responseEnd";

    private static Config config(Path folder, EmulatorServer emulator) throws IOException {
        Files.createDirectories(folder.resolve("checkpoints"));
        Map<String, String> settings = new HashMap<>(Stores.settings(folder));
        settings.put("PERMIT_API_KEY", KEY);
        settings.put("PERMIT_API_URL", emulator.url());
        settings.put("PERMIT_PDP_URL", emulator.url());
        settings.put("COUNTERSIGN_STATE_DIR", folder.resolve("state").toString());
        return Config.of(new Places(folder, Path.of("").toAbsolutePath()), settings);
    }

    /** Writes what turns would have written, and files each request at Permit. */
    private static void fill(Config config) {
        try (Database database = Database.open(config.store())) {
            Ports ports = Ports.over(
                    database,
                    Permits.connect(config.permit()),
                    Clock.systemUTC(),
                    () -> UUID.randomUUID().toString(),
                    Duration.ofSeconds(30),
                    Duration.ZERO);
            for (int done = 0; done < PENDING; done += TOGETHER) {
                int from = done;
                database.useTransaction(tx -> {
                    for (int i = from; i < from + TOGETHER; i++) {
                        park(ports, tx, i);
                    }
                });
            }
        }
    }

    private static void park(Ports ports, Handle tx, int number) {
        boolean access = number % 2 == 0;
        String user = number % 3 == 0 ? "rose" : "henry";
        String reason = "wish number " + number;
        RequestKind kind = access ? RequestKind.ACCESS : RequestKind.OPERATION;
        String role = access ? "child-can-view" : null;
        String operation = access ? null : "order_dish: Truffle Pasta";
        ThreadRow thread = ports.threads()
                .create(
                        tx,
                        new NewThread(
                                ports.ids().newId(),
                                ports.ids().newId(),
                                user,
                                "food-ordering",
                                ThreadKind.CHAT,
                                "a chat"));
        Wish wish = new Wish(
                kind,
                access ? "create_access_request" : "create_operation_approval",
                "{\"reason\":\"" + reason + "\",\"resource_instance\":\"3\"}",
                null,
                "3",
                role,
                operation,
                reason,
                Duration.ofDays(7),
                null,
                null);
        String reference = ports.ids().newId().substring(0, 16);
        Approval filing = ports.approvals()
                .begin(
                        tx,
                        new ApprovalStore.Filing(
                                ports.ids().newId(),
                                Digest.of(ports.ids().newId()),
                                reference,
                                thread,
                                Digest.of(String.valueOf(number)),
                                wish));
        PermitRequest filed =
                ports.permit().file(new RequestDraft(kind, user, "3", role, operation, reason, reference));
        ports.approvals().move(tx, filing, Lifecycle.Move.FILED, new ApprovalStore.Facts(filed.id(), null, null, null));
    }

    private static double[] load(Page page) {
        page.navigate("/inbox");
        assertThat(page.locator("#pending > .card").count()).isEqualTo(50);
        assertThat(page.locator("#count").textContent()).contains(PENDING + " wait for you");
        // A function, since the page's policy lets no text be run as a script, and an expression is run anew at each
        // frame.
        page.waitForFunction("() => performance.getEntriesByName('first-contentful-paint').length > 0");
        return new double[] {
            ((Number) page.evaluate(PAINTED)).doubleValue(), ((Number) page.evaluate(ANSWERED)).doubleValue()
        };
    }

    @Test
    void theInboxOfAThousand_isPainted(@TempDir Path folder) throws IOException {
        try (EmulatorServer emulator = EmulatorServer.start(EmulatorConfig.inMemory(KEY, Clock.systemUTC()))) {
            Config config = config(folder, emulator);
            fill(config);
            try (RunningServer server = RunningServer.start(config, new RunningServer.Options(0, true));
                    Person joe = Browsers.person(server.url().toString(), View.DESK)) {
                joe.logIn("joe");
                double[] first = load(joe.page);
                List<double[]> more = new ArrayList<>();
                for (int i = 0; i < LOADS; i++) {
                    more.add(load(joe.page));
                }
                System.out.printf(
                        "first paint of the inbox with %d pending: %.0f ms (median of %d; server's part %.0f ms; slowest"
                                + " %.0f ms; the first load after the start %.0f ms)%n",
                        PENDING,
                        at(more, 0, LOADS / 2),
                        LOADS,
                        at(more, 1, LOADS / 2),
                        at(more, 0, LOADS - 1),
                        first[0]);
                assertThat(joe.complaints).isEmpty();
            }
        }
    }

    private static double at(List<double[]> loads, int figure, int place) {
        return loads.stream().mapToDouble(load -> load[figure]).sorted().toArray()[place];
    }
}

package dev.countersign.cli;

import dev.countersign.app.PermitPlace;
import dev.countersign.app.SystemSources;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the emulator of Permit by itself. */
@Command(
        name = "permit-emulator",
        description = "Run the emulator of Permit.io: REST and PDP on one port, seeded with the food-ordering family.")
final class PermitEmulatorCommand implements Callable<Integer> {
    private final Shell shell;

    @Option(names = "--port", paramLabel = "N", description = "0 takes a free one", required = true)
    int port;

    @Option(names = "--api-key", paramLabel = "KEY", description = "the one key it accepts", required = true)
    String key = "";

    @Option(
            names = "--webhook",
            paramLabel = "URL",
            description = "where decisions are told, with COUNTERSIGN_WEBHOOK_SECRET as the secret")
    @Nullable
    URI webhook;

    @Option(names = "--reset", description = "forget everything and seed anew")
    boolean reset;

    PermitEmulatorCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        EmulatorConfig config = EmulatorConfig.inFile(
                        key,
                        SystemSources.clock(),
                        PermitPlace.file(shell.config().store()))
                .withPort(port)
                .withReset(reset)
                .withWebhook(
                        webhook == null
                                ? null
                                : EmulatorConfig.Webhook.to(
                                        webhook,
                                        shell.config().permit().webhookSecret().value()));
        EmulatorServer emulator = EmulatorServer.start(config);
        Stop.whenTold(emulator::close);
        shell.out().println("permit emulator ready at " + emulator.url());
        Stop.await();
        return 0;
    }
}

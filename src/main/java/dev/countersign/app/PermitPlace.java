package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.config.PermitConfig;
import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where Permit is: the environment of the key, or, without one, an emulator in this process whose state stays in the state
 * folder.
 *
 * @param config aimed at that place
 * @param words for banners
 * @param emulator in this process; null where there is a key
 */
public record PermitPlace(
        PermitConfig config,
        Permit permit,
        String words,
        @Nullable EmulatorServer emulator) {
    private static final int KEY_BYTES = 24;

    static PermitPlace open(Config config, Clock clock, Closers closers) {
        if (config.permit().hasKey()) {
            PermitConfig real = config.permit();
            return new PermitPlace(real, Permits.connect(real), "Permit at " + real.apiUrl(), null);
        }
        return emulated(config, key -> EmulatorConfig.inFile(key, clock, file(config.store())), closers);
    }

    /** An emulator in memory, seeded anew, for a look that must leave the real files alone. */
    static PermitPlace passing(Config config, Clock clock, Closers closers) {
        return emulated(config, key -> EmulatorConfig.inMemory(key, clock), closers);
    }

    private static PermitPlace emulated(Config config, Function<String, EmulatorConfig> kind, Closers closers) {
        String key = newKey();
        EmulatorServer emulator = closers.add(EmulatorServer.start(kind.apply(key)));
        URI url = URI.create(emulator.url());
        PermitConfig aimed = config.permit().at(url, url, new Secret(key));
        PermitConfig known =
                aimed.webhookSecret().value().isEmpty() ? aimed.withWebhookSecret(new Secret(random())) : aimed;
        return new PermitPlace(
                known, Permits.connect(known), "the embedded Permit emulator, no PERMIT_API_KEY is set", emulator);
    }

    /** Lets an emulator in this process tell the server of decisions, as Permit would. */
    void tellOfDecisions(int port) {
        if (emulator != null) {
            URI target = URI.create("http://127.0.0.1:" + port + "/webhooks/permit");
            emulator.sendWebhooksTo(
                    EmulatorConfig.Webhook.to(target, config.webhookSecret().value()));
        }
    }

    /** The embedded emulator's H2 file, without its ending. */
    public static Path file(StoreConfig store) {
        return store.stateDir().resolve("emulator");
    }

    /** Only this process and what it starts know the key. */
    private static String newKey() {
        return "permit_key_" + random();
    }

    private static String random() {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** The settings under which this program's own MCP servers find the same place. */
    Map<String, String> settings(StoreConfig store) {
        return settings(config, store.stateDir());
    }

    static Map<String, String> settings(PermitConfig config, Path stateDir) {
        return Map.of(
                "PERMIT_API_KEY", config.apiKey().value(),
                "PERMIT_API_URL", config.apiUrl().toString(),
                "PERMIT_PDP_URL", config.pdpUrl().toString(),
                "TENANT", config.tenant(),
                "RESOURCE_KEY", config.resource(),
                "ACCESS_ELEMENTS_CONFIG_ID", config.accessElement(),
                "OPERATION_ELEMENTS_CONFIG_ID", config.operationElement(),
                "COUNTERSIGN_STATE_DIR", stateDir.toAbsolutePath().toString());
    }
}

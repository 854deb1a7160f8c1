package dev.countersign.config;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Principal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Turns settings into the tree; every default stands here, and nowhere else. */
final class ConfigReader {
    static final ErrorCode BAD_SETTING = new ErrorCode("CS-101", ErrorCode.Kind.INVALID);

    /** Every setting there is; a name with our prefix that is not here is refused, since it is a typing error. */
    static final Set<String> KNOWN = Set.of(
            "PERMIT_API_KEY",
            "PERMIT_API_URL",
            "PERMIT_PDP_URL",
            "PERMIT_MCP_USER",
            "PERMIT_TIMEOUT",
            "TENANT",
            "PROJECT_ID",
            "ENV_ID",
            "RESOURCE_KEY",
            "ACCESS_ELEMENTS_CONFIG_ID",
            "OPERATION_ELEMENTS_CONFIG_ID",
            "MODEL_PROVIDER",
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "OPENAI_MODEL",
            "OPENAI_TIMEOUT",
            "COUNTERSIGN_DB_URL",
            "COUNTERSIGN_DB_USER",
            "COUNTERSIGN_DB_PASSWORD",
            "COUNTERSIGN_DURABILITY",
            "COUNTERSIGN_STATE_DIR",
            "COUNTERSIGN_MASTER_KEY",
            "COUNTERSIGN_MASTER_KEY_FILE",
            "COUNTERSIGN_HOST",
            "COUNTERSIGN_PORT",
            "COUNTERSIGN_TOKEN_LIFETIME",
            "COUNTERSIGN_POLL_INTERVAL",
            "COUNTERSIGN_LEASE",
            "COUNTERSIGN_OIDC_ISSUER",
            "COUNTERSIGN_OIDC_AUDIENCE",
            "COUNTERSIGN_OIDC_CLAIM",
            "COUNTERSIGN_AUDITOR_ROLE",
            "COUNTERSIGN_WEBHOOK_SECRET",
            "COUNTERSIGN_PERMIT_CALLS_PER_MINUTE",
            "COUNTERSIGN_NOTIFY_SLACK_URL",
            "COUNTERSIGN_NOTIFY_SMTP_URL",
            "COUNTERSIGN_NOTIFY_SMTP_FROM",
            "COUNTERSIGN_NOTIFY_SMTP_TO",
            "COUNTERSIGN_NOTIFY_SMTP_ESCALATE_TO",
            "COUNTERSIGN_NOTIFY_HTTP_URL",
            "COUNTERSIGN_NOTIFY_HTTP_SECRET",
            "COUNTERSIGN_NOTIFY_ARGUMENTS",
            "COUNTERSIGN_NOTIFY_TEMPLATES",
            "COUNTERSIGN_NOTIFY_KEEP",
            "COUNTERSIGN_MCP_TOKEN",
            "COUNTERSIGN_METRICS_TOKEN",
            "COUNTERSIGN_LOG_FORMAT",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "OTEL_EXPORTER_OTLP_HEADERS",
            "OTEL_SERVICE_NAME",
            "OTEL_SDK_DISABLED",
            "COUNTERSIGN_SERVER",
            "COUNTERSIGN_PASSWORD",
            "COUNTERSIGN_JAVA_OPTS",
            "NO_COLOR");

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private static final String WEB_URL = "an http or https URL without user, query or fragment";

    private final Places places;

    ConfigReader(Places places) {
        this.places = places;
    }

    Config read(Map<String, String> all) {
        refuseUnknown(all);
        Path checkpoints = places.folder("checkpoints");
        StoreConfig store = store(all, checkpoints);
        return new Config(
                permit(all),
                model(all),
                store,
                server(all),
                client(all),
                mcp(all, store),
                NotifyReader.read(all),
                ObservationReader.read(all),
                new Secret(text(all, "COUNTERSIGN_METRICS_TOKEN", "")),
                places.folder("graphs"),
                checkpoints,
                new Settings(all));
    }

    private static void refuseUnknown(Map<String, String> all) {
        Set<String> unknown = new TreeSet<>();
        for (String name : all.keySet()) {
            if ((name.startsWith("COUNTERSIGN_") || name.startsWith("PERMIT_")) && !KNOWN.contains(name)) {
                unknown.add(name);
            }
        }
        if (!unknown.isEmpty()) {
            throw bad(String.join(", ", unknown), "one of " + new TreeSet<>(KNOWN), "an unknown name");
        }
    }

    private static PermitConfig permit(Map<String, String> all) {
        return new PermitConfig(
                new Secret(text(all, "PERMIT_API_KEY", "")),
                url(all, "PERMIT_API_URL", "https://api.permit.io"),
                url(all, "PERMIT_PDP_URL", PermitConfig.CLOUD_PDP.toString()),
                text(all, "TENANT", "default"),
                optional(all, "PROJECT_ID"),
                optional(all, "ENV_ID"),
                text(all, "RESOURCE_KEY", "restaurants"),
                text(all, "ACCESS_ELEMENTS_CONFIG_ID", "restaurant-requests"),
                text(all, "OPERATION_ELEMENTS_CONFIG_ID", "dish-requests"),
                new Secret(text(all, "COUNTERSIGN_WEBHOOK_SECRET", "")),
                duration(all, "PERMIT_TIMEOUT", "10s"),
                callsPerMinute(all));
    }

    private static int callsPerMinute(Map<String, String> all) {
        String name = "COUNTERSIGN_PERMIT_CALLS_PER_MINUTE";
        int calls = number(all, name, 600, PermitConfig.CALLS_MAX);
        if (calls < PermitConfig.CALLS_MIN) {
            throw bad(name, "at least " + PermitConfig.CALLS_MIN, Integer.toString(calls));
        }
        return calls;
    }

    private static ModelConfig model(Map<String, String> all) {
        boolean reachable = optional(all, "OPENAI_API_KEY").isPresent()
                || optional(all, "OPENAI_BASE_URL").isPresent();
        String provider = text(all, "MODEL_PROVIDER", reachable ? "openai" : "offline");
        return new ModelConfig(
                choice("MODEL_PROVIDER", provider, ModelConfig.Provider.class),
                new Secret(text(all, "OPENAI_API_KEY", "")),
                url(all, "OPENAI_BASE_URL", "https://api.openai.com/v1"),
                text(all, "OPENAI_MODEL", "gpt-4.1-mini"),
                duration(all, "OPENAI_TIMEOUT", "60s"));
    }

    private static StoreConfig store(Map<String, String> all, Path checkpoints) {
        Path stateDir = path(all, "COUNTERSIGN_STATE_DIR", checkpoints.resolveSibling(".countersign"));
        StoreUrl url = StoreUrl.read(text(
                all,
                "COUNTERSIGN_DB_URL",
                "jdbc:h2:file:" + checkpoints.resolve("countersign").toAbsolutePath()));
        String user = url.user().orElse(url.url().startsWith("jdbc:h2:") ? "sa" : "");
        return new StoreConfig(
                url.url(),
                text(all, "COUNTERSIGN_DB_USER", user),
                optional(all, "COUNTERSIGN_DB_PASSWORD")
                        .map(Secret::new)
                        .or(url::password)
                        .orElse(new Secret("")),
                stateDir,
                new StoreConfig.MasterKey(
                        path(all, "COUNTERSIGN_MASTER_KEY_FILE", stateDir.resolve("master.key")),
                        new Secret(text(all, "COUNTERSIGN_MASTER_KEY", ""))),
                choice(
                        "COUNTERSIGN_DURABILITY",
                        text(all, "COUNTERSIGN_DURABILITY", "fsync"),
                        StoreConfig.Durability.class));
    }

    private static ServerConfig server(Map<String, String> all) {
        return new ServerConfig(
                text(all, "COUNTERSIGN_HOST", "127.0.0.1"),
                number(all, "COUNTERSIGN_PORT", 8000, 65_535),
                duration(all, "COUNTERSIGN_TOKEN_LIFETIME", "30m"),
                duration(all, "COUNTERSIGN_POLL_INTERVAL", "2s"),
                duration(all, "COUNTERSIGN_LEASE", "30s"),
                oidc(all),
                text(all, "COUNTERSIGN_AUDITOR_ROLE", ""));
    }

    /** Without an audience any token of the issuer would do, also one that was made for somebody else. */
    private static Optional<OidcConfig> oidc(Map<String, String> all) {
        Optional<String> issuer = optional(all, "COUNTERSIGN_OIDC_ISSUER");
        Optional<String> audience = optional(all, "COUNTERSIGN_OIDC_AUDIENCE");
        if (issuer.isPresent() != audience.isPresent()) {
            throw bad(
                    "COUNTERSIGN_OIDC_AUDIENCE",
                    "a value exactly when COUNTERSIGN_OIDC_ISSUER has one",
                    audience.orElse(""));
        }
        String claim = text(all, "COUNTERSIGN_OIDC_CLAIM", "sub");
        return issuer.map(value -> new OidcConfig(issuer(all, value), audience.orElseThrow(), claim));
    }

    private static URI issuer(Map<String, String> all, String value) {
        URI checked = url(all, "COUNTERSIGN_OIDC_ISSUER", value);
        if ("http".equals(checked.getScheme()) && !LOOPBACK.contains(checked.getHost())) {
            throw bad("COUNTERSIGN_OIDC_ISSUER", "an https URL", value);
        }
        // Some issuers end in a slash, and their tokens say so: what is compared is what was given.
        return URI.create(value);
    }

    private static ClientConfig client(Map<String, String> all) {
        return new ClientConfig(
                optional(all, "COUNTERSIGN_SERVER").map(value -> url(all, "COUNTERSIGN_SERVER", value)),
                new Secret(text(all, "COUNTERSIGN_PASSWORD", "")),
                optional(all, "NO_COLOR").isPresent());
    }

    private static McpConfig mcp(Map<String, String> all, StoreConfig store) {
        Optional<String> user = optional(all, "PERMIT_MCP_USER");
        user.filter(key -> !Principal.isKey(key)).ifPresent(key -> {
            throw bad("PERMIT_MCP_USER", "a Permit user key", key);
        });
        return new McpConfig(
                user,
                new Secret(text(all, "COUNTERSIGN_MCP_TOKEN", "")),
                store.stateDir().resolve("food"));
    }

    static String text(Map<String, String> all, String name, String otherwise) {
        return optional(all, name).orElse(otherwise);
    }

    static Optional<String> optional(Map<String, String> all, String name) {
        return Optional.ofNullable(all.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static Path path(Map<String, String> all, String name, Path otherwise) {
        return optional(all, name).map(Path::of).orElse(otherwise);
    }

    static URI url(Map<String, String> all, String name, String otherwise) {
        String value = text(all, name, otherwise).replaceAll("/+$", "");
        try {
            URI url = new URI(value);
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            // A password in a URL would show up in banners and messages; a query or fragment would swallow the path.
            if (web && url.getHost() != null && url.getRawUserInfo() == null && !value.matches(".*[?#].*")) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw bad(name, WEB_URL, "another form");
        }
        throw bad(name, WEB_URL, value.contains("@") ? "one with a user" : value);
    }

    private static int number(Map<String, String> all, String name, int otherwise, int max) {
        @Nullable String value = optional(all, name).orElse(null);
        if (value == null) {
            return otherwise;
        }
        if (value.matches("\\d{1,9}") && Integer.parseInt(value) <= max) {
            return Integer.parseInt(value);
        }
        throw bad(name, "a whole number from 0 to " + max, value);
    }

    static Duration duration(Map<String, String> all, String name, String otherwise) {
        String value = text(all, name, otherwise);
        return Durations.parse(value)
                .filter(time -> !time.isZero())
                .orElseThrow(() -> bad(name, "a time such as 500ms, 30s, 10m, 12h or 7d", value));
    }

    static <E extends Enum<E>> E choice(String name, String value, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value)) {
                return constant;
            }
        }
        StringBuilder options = new StringBuilder();
        for (E constant : type.getEnumConstants()) {
            options.append(options.length() == 0 ? "" : " or ")
                    .append(constant.name().toLowerCase(Locale.ROOT));
        }
        throw bad(name, options.toString(), value);
    }

    static CountersignException bad(String name, String expected, String got) {
        return new CountersignException(
                BAD_SETTING,
                "setting " + name + ": expected " + expected + ", got '" + got
                        + "'. Set it in the environment or in .env; .env.example explains each.");
    }
}

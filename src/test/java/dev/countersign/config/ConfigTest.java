package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The defaults are pinned, every name leads somewhere, and what is wrong is said. */
final class ConfigTest {
    private static final Places PLACES = new Places(Path.of("/here"), Path.of("/home"));
    private static final Pattern EXAMPLE_LINE = Pattern.compile("#?([A-Z][A-Z_]+)=(.*)");

    /** A value other than the default for every name. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("PERMIT_API_KEY", "k"),
            Map.entry("PERMIT_API_URL", "https://api.eu.permit.io/"),
            Map.entry("PERMIT_PDP_URL", "http://localhost:7766/"),
            Map.entry("PERMIT_MCP_USER", "joe"),
            Map.entry("PERMIT_TIMEOUT", "500ms"),
            Map.entry("TENANT", "t"),
            Map.entry("PROJECT_ID", "p"),
            Map.entry("ENV_ID", "e"),
            Map.entry("RESOURCE_KEY", "cars"),
            Map.entry("ACCESS_ELEMENTS_CONFIG_ID", "a"),
            Map.entry("OPERATION_ELEMENTS_CONFIG_ID", "o"),
            Map.entry("MODEL_PROVIDER", "OpenAI"),
            Map.entry("OPENAI_API_KEY", "k"),
            Map.entry("OPENAI_BASE_URL", "http://localhost:11434/v1"),
            Map.entry("OPENAI_MODEL", "m"),
            Map.entry("OPENAI_TIMEOUT", "5m"),
            Map.entry("COUNTERSIGN_DB_URL", "jdbc:postgresql://h/d"),
            Map.entry("COUNTERSIGN_DB_USER", "u"),
            Map.entry("COUNTERSIGN_DB_PASSWORD", "p"),
            Map.entry("COUNTERSIGN_DURABILITY", "process"),
            Map.entry("COUNTERSIGN_STATE_DIR", "/state"),
            Map.entry("COUNTERSIGN_MASTER_KEY", "m"),
            Map.entry("COUNTERSIGN_MASTER_KEY_FILE", "/key"),
            Map.entry("COUNTERSIGN_HOST", "0.0.0.0"),
            Map.entry("COUNTERSIGN_PORT", "0"),
            Map.entry("COUNTERSIGN_TOKEN_LIFETIME", "12h"),
            Map.entry("COUNTERSIGN_POLL_INTERVAL", "1s"),
            Map.entry("COUNTERSIGN_LEASE", "1d"),
            Map.entry("COUNTERSIGN_AUDITOR_ROLE", "auditor"),
            Map.entry("COUNTERSIGN_WEBHOOK_SECRET", "s"),
            Map.entry("COUNTERSIGN_PERMIT_CALLS_PER_MINUTE", "60"),
            Map.entry("COUNTERSIGN_NOTIFY_SLACK_URL", "https://hooks.example/services/T/B/x"),
            Map.entry("COUNTERSIGN_NOTIFY_SMTP_URL", "smtps://u:p@mail.example"),
            Map.entry("COUNTERSIGN_NOTIFY_SMTP_FROM", "agents@example.com"),
            Map.entry("COUNTERSIGN_NOTIFY_SMTP_TO", "joe, ann@example.com"),
            Map.entry("COUNTERSIGN_NOTIFY_SMTP_ESCALATE_TO", "boss@example.com"),
            Map.entry("COUNTERSIGN_NOTIFY_HTTP_URL", "https://h/path?token=x"),
            Map.entry("COUNTERSIGN_NOTIFY_HTTP_SECRET", "whsec_" + "A".repeat(43) + "="),
            Map.entry("COUNTERSIGN_NOTIFY_ARGUMENTS", "slack, http"),
            Map.entry("COUNTERSIGN_NOTIFY_TEMPLATES", "/templates"),
            Map.entry("COUNTERSIGN_NOTIFY_KEEP", "1d"),
            Map.entry("COUNTERSIGN_MCP_TOKEN", "t"),
            Map.entry("COUNTERSIGN_METRICS_TOKEN", "m"),
            Map.entry("COUNTERSIGN_LOG_FORMAT", "json"),
            Map.entry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"),
            Map.entry("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x"),
            Map.entry("OTEL_SERVICE_NAME", "agents"),
            Map.entry("OTEL_SDK_DISABLED", "true"),
            Map.entry("COUNTERSIGN_SERVER", "http://127.0.0.1:8000"),
            Map.entry("COUNTERSIGN_PASSWORD", "p"),
            Map.entry("NO_COLOR", "1"));

    /** They belong together. */
    private static final Map<String, String> OIDC = Map.of(
            "COUNTERSIGN_OIDC_ISSUER", "https://login.example/realm",
            "COUNTERSIGN_OIDC_AUDIENCE", "countersign",
            "COUNTERSIGN_OIDC_CLAIM", "email");

    /** The tree without its record of what was given, in which any two inputs differ. */
    private static Config tree(Map<String, String> settings) {
        Config read = Config.of(PLACES, settings);
        return new Config(
                read.permit(),
                read.model(),
                read.store(),
                read.server(),
                read.client(),
                read.mcp(),
                read.notifications(),
                read.observation(),
                read.metricsToken(),
                read.graphs(),
                read.checkpoints(),
                new Settings(Map.of()));
    }

    @Test
    void theDefaultsAreThese() {
        Path checkpoints = Path.of("/home/checkpoints");
        Path state = Path.of("/home/.countersign");
        Config expected = new Config(
                new PermitConfig(
                        new Secret(""),
                        URI.create("https://api.permit.io"),
                        URI.create("https://cloudpdp.api.permit.io"),
                        "default",
                        Optional.empty(),
                        Optional.empty(),
                        "restaurants",
                        "restaurant-requests",
                        "dish-requests",
                        new Secret(""),
                        Duration.ofSeconds(10),
                        600),
                new ModelConfig(
                        ModelConfig.Provider.OFFLINE,
                        new Secret(""),
                        URI.create("https://api.openai.com/v1"),
                        "gpt-4.1-mini",
                        Duration.ofSeconds(60)),
                new StoreConfig(
                        "jdbc:h2:file:/home/checkpoints/countersign",
                        "sa",
                        new Secret(""),
                        state,
                        new StoreConfig.MasterKey(state.resolve("master.key"), new Secret("")),
                        StoreConfig.Durability.FSYNC),
                new ServerConfig(
                        "127.0.0.1",
                        8000,
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(30),
                        Optional.empty(),
                        ""),
                new ClientConfig(Optional.empty(), new Secret(""), false),
                new McpConfig(Optional.empty(), new Secret(""), state.resolve("food")),
                new NotifyConfig(
                        new Secret(""),
                        new NotifyConfig.Mail(null, "", List.of(), List.of()),
                        new NotifyConfig.Hook(new Secret(""), new Secret("")),
                        Set.of(),
                        Optional.empty(),
                        Duration.ofDays(30)),
                new ObservationConfig(
                        ObservationConfig.LogFormat.PLAIN,
                        new ObservationConfig.Traces(Optional.empty(), Map.of(), "countersign", false)),
                new Secret(""),
                Path.of("/home/graphs"),
                checkpoints,
                new Settings(Map.of()));
        assertThat(Config.of(PLACES, Map.of())).isEqualTo(expected);
    }

    @Test
    void everyNameLeadsSomewhere_andThereIsNoOther() {
        Config defaults = tree(Map.of());
        OTHERS.forEach(
                (name, value) -> assertThat(tree(Map.of(name, value))).as(name).isNotEqualTo(defaults));
        Config oidc = tree(OIDC);
        assertThat(oidc).isNotEqualTo(defaults);
        OIDC.forEach((name, value) -> {
            Map<String, String> other = new HashMap<>(OIDC);
            other.put(name, value + "x");
            assertThat(tree(other)).as(name).isNotEqualTo(oidc);
        });
        Map<String, String> all = new HashMap<>(OTHERS);
        all.putAll(OIDC);
        // The launcher reads it before there is a JVM.
        all.put("COUNTERSIGN_JAVA_OPTS", "-Xmx1g");
        assertThat(ConfigReader.KNOWN).isEqualTo(all.keySet());
    }

    @Test
    void anIdentityProviderNeedsAnAudience_andHttpsBeyondThisMachine() {
        for (Map<String, String> wrong : List.of(
                Map.of("COUNTERSIGN_OIDC_ISSUER", "https://login.example"),
                Map.of("COUNTERSIGN_OIDC_AUDIENCE", "a"),
                Map.of("COUNTERSIGN_OIDC_ISSUER", "http://login.example", "COUNTERSIGN_OIDC_AUDIENCE", "a"))) {
            assertThatThrownBy(() -> Config.of(PLACES, wrong))
                    .isInstanceOf(CountersignException.class)
                    .hasMessageContaining("COUNTERSIGN_OIDC_");
        }
    }

    @Test
    void aTrailingSlashIsTakenOffAnUrl() {
        PermitConfig permit = Config.of(PLACES, OTHERS).permit();
        assertThat(permit.pdpUrl()).hasToString("http://localhost:7766");
        assertThat(permit.apiUrl()).hasToString("https://api.eu.permit.io");
    }

    @Test
    void theExampleNamesEverySetting_andShowsTheDefaults() throws Exception {
        Map<String, String> shown = new HashMap<>();
        for (String line : Files.readAllLines(Path.of(".env.example"))) {
            Matcher setting = EXAMPLE_LINE.matcher(line);
            if (setting.matches()) {
                shown.put(setting.group(1), setting.group(2));
            }
        }
        assertThat(shown.keySet()).isEqualTo(ConfigReader.KNOWN);
        assertThat(tree(shown)).isEqualTo(tree(Map.of()));
    }

    @Test
    void aMisspeltNameIsRefused_whatOthersUseIsNot() {
        assertThatThrownBy(() -> Config.of(PLACES, Map.of("PERMIT_APIKEY", "x", "COUNTERSIGN_PROT", "1")))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("COUNTERSIGN_PROT, PERMIT_APIKEY")
                .hasMessageContaining("COUNTERSIGN_PORT");
        assertThat(Config.of(PLACES, Map.of("PATH", "/bin", "OPENAI_ORG_ID", "x")))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PERMIT_API_URL             | api.permit.io             | an http or https URL",
                "PERMIT_PDP_URL             | ftp://host                | an http or https URL",
                "PERMIT_PDP_URL             | http://                   | an http or https URL",
                "OPENAI_BASE_URL            | https://h/v1?key=x        | without user, query or fragment",
                "OPENAI_BASE_URL            | https://h/ v1             | an http or https URL",
                "COUNTERSIGN_SERVER         | 127.0.0.1:8000            | an http or https URL",
                "PERMIT_TIMEOUT             | 10                        | a time such as",
                "PERMIT_TIMEOUT             | 0s                        | a time such as",
                "OPENAI_TIMEOUT             | -1s                       | a time such as",
                "COUNTERSIGN_LEASE          | 99999999999s              | a time such as",
                "COUNTERSIGN_PORT           | 65536                     | a whole number from 0 to 65535",
                "COUNTERSIGN_PORT           | http                      | a whole number from 0 to 65535",
                "MODEL_PROVIDER             | gemini                    | openai or offline",
                "COUNTERSIGN_DURABILITY     | none                      | fsync or process",
                "OTEL_EXPORTER_OTLP_ENDPOINT | localhost:4317          | an http or https URL",
                "OTEL_EXPORTER_OTLP_HEADERS | authorization             | NAME=VALUE",
                "COUNTERSIGN_LOG_FORMAT     | xml                       | plain or json",
                "COUNTERSIGN_NOTIFY_KEEP    | 23h                       | at least 1d",
                "PERMIT_MCP_USER            | ../joe                    | a Permit user key"
            })
    void aBadValueIsRefusedByNameWithWhatWasExpected(String name, String value, String expected) {
        assertThatThrownBy(() -> Config.of(PLACES, Map.of(name, value)))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("CS-101")
                .hasMessageContaining("setting " + name)
                .hasMessageContaining(expected);
    }

    @Test
    void aPasswordInAnUrlIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> Config.of(PLACES, Map.of("PERMIT_API_URL", "https://joe:hunter2@host")))
                .hasMessageContaining("without user")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> Config.of(PLACES, Map.of("PERMIT_API_URL", "https://joe:hun ter2@host")))
                .hasMessageNotContaining("ter2");
    }

    @Test
    void aBlankValueCountsAsNotSet() {
        Map<String, String> blank = new HashMap<>();
        OTHERS.keySet().forEach(name -> blank.put(name, " "));
        assertThat(tree(blank)).isEqualTo(tree(Map.of()));
    }

    @Test
    void aLoginInTheStoresUrlIsTakenOutOfIt_andASettingOfItsOwnCountsMore() {
        String url = "jdbc:postgresql://db.example:5432/agents?sslmode=require&user=ann&password=hunter%202";
        StoreConfig store = Config.of(PLACES, Map.of("COUNTERSIGN_DB_URL", url)).store();
        assertThat(store.url()).isEqualTo("jdbc:postgresql://db.example:5432/agents?sslmode=require");
        assertThat(store.place()).isEqualTo("jdbc:postgresql://db.example:5432/agents");
        assertThat(store.user()).isEqualTo("ann");
        assertThat(store.password().value()).isEqualTo("hunter 2");
        assertThat(store.toString()).doesNotContain("hunter");
        StoreConfig both = Config.of(
                        PLACES,
                        Map.of("COUNTERSIGN_DB_URL", url, "COUNTERSIGN_DB_USER", "bo", "COUNTERSIGN_DB_PASSWORD", "p"))
                .store();
        assertThat(both.user()).isEqualTo("bo");
        assertThat(both.password().value()).isEqualTo("p");
        assertThat(Config.of(PLACES, Map.of("COUNTERSIGN_DB_URL", "jdbc:postgresql:agents"))
                        .store()
                        .user())
                .as("the driver's own default")
                .isEmpty();
    }

    @Test
    void aStoresUrlOfAnotherFormIsRefused_andNotRepeated() {
        for (String url : new String[] {
            "jdbc:postgresql://ann:hunter2@db/agents",
            "postgres://db/agents?password=hunter2",
            "jdbc:mysql://db/agents?password=hunter2",
            "jdbc:h2:tcp://db/agents;PASSWORD=hunter2",
            "jdbc:h2:file:/x;AUTO_SERVER=TRUE;PASSWORD=hunter2"
        }) {
            assertThatThrownBy(() -> Config.of(PLACES, Map.of("COUNTERSIGN_DB_URL", url)))
                    .as(url)
                    .isInstanceOf(CountersignException.class)
                    .hasMessageContaining("COUNTERSIGN_DB_URL")
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void aSecretShowsItselfNeitherAsTextNorAsJson() {
        Map<String, String> secrets = new HashMap<>();
        for (String name : new String[] {
            "PERMIT_API_KEY",
            "COUNTERSIGN_WEBHOOK_SECRET",
            "OPENAI_API_KEY",
            "COUNTERSIGN_DB_PASSWORD",
            "COUNTERSIGN_MASTER_KEY",
            "COUNTERSIGN_MCP_TOKEN",
            "COUNTERSIGN_PASSWORD"
        }) {
            secrets.put(name, "hunter2");
        }
        Config config = Config.of(PLACES, secrets);
        assertThat(config.toString()).contains("***").doesNotContain("hunter2");
        assertThat(Json.write(config.permit().apiKey())).isEqualTo("\"***\"");
        assertThat(String.valueOf(config.client().password())).isEqualTo("***");
        assertThat(config.permit().apiKey().value()).isEqualTo("hunter2");
        assertThat(new Secret("")).hasToString("(not set)");
    }

    @Test
    void dotEnvLinesAreRead_andTheEnvironmentWins(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve(".env"), "# comment\nTENANT=from-file\nRESOURCE_KEY=\"cars\"\n\nNO_SUCH=1\n");
        Map<String, String> read = Environment.merged(file, Map.of("TENANT", "from-environment"));
        assertThat(read)
                .containsEntry("TENANT", "from-environment")
                .containsEntry("RESOURCE_KEY", "cars")
                .containsEntry("NO_SUCH", "1");
        assertThat(Environment.merged(folder.resolve("none"), Map.of())).isEmpty();
    }

    @Test
    void aDotEnvThatIsNotOneIsRefusedByName(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), "TENANT=x\nthis is not a setting\n");
        assertThatThrownBy(() -> Environment.merged(file, Map.of()))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("NAME=value in " + file + ", got something else in line 2")
                .hasMessageNotContaining("not a setting");
    }

    @Test
    void theCurrentFolderWinsOverTheShippedOne(@TempDir Path current) throws Exception {
        Places places = new Places(current, Path.of("/home"));
        assertThat(Config.of(places, Map.of()).graphs()).isEqualTo(Path.of("/home/graphs"));
        Files.createDirectory(current.resolve("graphs"));
        assertThat(Config.of(places, Map.of()).graphs()).isEqualTo(current.resolve("graphs"));
    }
}

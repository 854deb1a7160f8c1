package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.account.Accounts;
import dev.countersign.account.DemoFamily;
import dev.countersign.account.LoginTokens;
import dev.countersign.account.Logins;
import dev.countersign.account.Sessions;
import dev.countersign.account.SettableClock;
import dev.countersign.account.SigningKey;
import dev.countersign.approval.ApprovalFigures;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.config.Config;
import dev.countersign.config.NotifyConfig;
import dev.countersign.config.Places;
import dev.countersign.config.Secret;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.log.DecisionLog;
import dev.countersign.log.LogEntry;
import dev.countersign.log.LogKind;
import dev.countersign.mcpserver.permit.PermitMcpServer;
import dev.countersign.web.Website;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A real server on a free loopback port, with accounts in a real store, and a runtime and a Permit in memory. */
public final class ServerFixture implements AutoCloseable {
    public final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T12:00:00Z"));
    public final MemoryRuntime runtime = new MemoryRuntime(clock);
    public final MemoryHistory history = new MemoryHistory(runtime);
    public final MemoryPermit permit = new MemoryPermit();
    public final HttpClient http = HttpClient.newHttpClient();
    public final LoginTokens tokens;
    public final DecisionLog log;
    public final Database database;
    public final AtomicBoolean storeAnswers = new AtomicBoolean(true);
    private final HttpServer server;

    /** Without webhooks. */
    public ServerFixture(Path folder) throws IOException {
        this(folder, new Secret(""));
    }

    /** With a secret that webhooks have to show. */
    public ServerFixture(Path folder, Secret secret) throws IOException {
        this(folder, secret, new Secret(""));
    }

    /** With a secret that webhooks have to show, and a token that opens the figures. */
    public ServerFixture(Path folder, Secret secret, Secret metricsToken) throws IOException {
        this(folder, secret, metricsToken, null);
    }

    /** With something else than the tools over the Permit in memory for other agents. */
    ServerFixture(Path folder, ServerParts.Mcp mcp) throws IOException {
        this(folder, new Secret(""), new Secret(""), mcp);
    }

    private ServerFixture(Path folder, Secret secret, Secret metricsToken, ServerParts.@Nullable Mcp mcp)
            throws IOException {
        Files.createDirectories(folder.resolve("checkpoints"));
        Map<String, String> settings = new HashMap<>(Stores.settings(folder));
        settings.putAll(Map.of(
                "COUNTERSIGN_PORT", "0", "COUNTERSIGN_DURABILITY", "process", "COUNTERSIGN_AUDITOR_ROLE", "auditor"));
        Config config = Config.of(new Places(folder, folder), settings);
        database = Database.open(config.store());
        Accounts accounts = Accounts.in(database, clock);
        DemoFamily.seed(accounts);
        tokens = new LoginTokens(SigningKey.in(folder), clock, Duration.ofMinutes(30));
        Logins logins = new Logins(accounts, new Sessions(database, clock), tokens, null, clock);
        log = new DecisionLog(database, clock);
        ServerParts.About about = new ServerParts.About(
                "a Permit in memory", "an echo", List.of(NotifyConfig.Channel.SLACK, NotifyConfig.Channel.MAIL));
        Operations operations = new Operations(() -> "figures 1\n", metricsToken, storeAnswers::get);
        ServerParts.Mcp tools = mcp == null ? PermitMcpServer.forLogins(permit)::answer : mcp;
        server = HttpServer.start(
                config.server(),
                new ServerParts(
                        runtime,
                        new Hindsight(history, new ApprovalFigures(database)),
                        permit,
                        logins,
                        log,
                        new NotificationChoices(database),
                        about,
                        secret,
                        operations,
                        tools),
                Website::of);
    }

    public URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    /** A valid token without the cost of a login. */
    public String token(String user) {
        return tokens.issue(new Principal(user), LoginTokens.Audience.PERSON);
    }

    public HttpResponse<String> get(String user, String path) {
        return send(request(path).header("Authorization", "Bearer " + token(user)));
    }

    public HttpResponse<String> delete(String user, String path) {
        return send(
                request(path).header("Authorization", "Bearer " + token(user)).DELETE());
    }

    public HttpResponse<String> post(String user, String path, String body) {
        return send(request(path)
                .header("Authorization", "Bearer " + token(user))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url(path)).timeout(Duration.ofSeconds(20));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            HttpRequest made = request.build();
            HttpResponse<String> response = http.send(made, BodyHandlers.ofString());
            // Every answer of every test is held against the description, so the two cannot drift apart.
            assertThat(Described.complaints(made.method(), response))
                    .as(response.body())
                    .isEmpty();
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Lets the decision log say that a request was filed: whoever follows the log looks again. */
    public void logged(String request) {
        database.useTransaction(tx -> log.append(
                tx,
                LogEntry.of(
                        LogKind.REQUEST_FILED,
                        new LogEntry.Place("thread-1", request, "henry"),
                        Map.of("request", request))));
    }

    /** Method and path of every route. */
    public Set<String> routes() {
        return server.routes();
    }

    /** What clients follow. */
    Feeds feeds() {
        return server.feeds();
    }

    /** Stops the HTTP server only. */
    public void stopListening() {
        server.close();
    }

    @Override
    public void close() {
        server.close();
        runtime.close();
        database.close();
    }
}

package dev.countersign.app;

import dev.countersign.account.Accounts;
import dev.countersign.account.DemoFamily;
import dev.countersign.account.LoginTokens;
import dev.countersign.account.Logins;
import dev.countersign.account.OidcTokens;
import dev.countersign.account.Sessions;
import dev.countersign.account.SigningKey;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.approval.Watcher;
import dev.countersign.config.Config;
import dev.countersign.config.ServerConfig;
import dev.countersign.config.StoreConfig;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Chore;
import dev.countersign.graph.Outfit;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.graph.Retaining;
import dev.countersign.log.DecisionLog;
import dev.countersign.mcpserver.LoginDesk;
import dev.countersign.mcpserver.permit.PermitMcpServer;
import dev.countersign.notify.Forgetting;
import dev.countersign.notify.Notifier;
import dev.countersign.server.Hindsight;
import dev.countersign.server.HttpServer;
import dev.countersign.server.Operations;
import dev.countersign.server.ServerParts;
import dev.countersign.web.Website;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * A whole server: store, Permit or its emulator, agents with their tools, HTTP. When {@link #start} returns it answers; a
 * kill at any moment loses nothing that was acknowledged. {@link #close} ends it in order and may be called more than once.
 */
public final class RunningServer implements AutoCloseable {
    private static final int WORKERS = 12;
    private static final Duration NOTIFY_EVERY = Duration.ofSeconds(2);
    private static final Duration FORGET_EVERY = Duration.ofHours(1);
    private static final Duration RETAIN_EVERY = Duration.ofMinutes(10);
    private static final Duration OPERATOR_TOKEN = Duration.ofMinutes(5);

    private final Closers closers;
    private final URI url;
    private final String about;
    private final String decisions;
    private final String durability;

    private RunningServer(Closers closers, URI url, String about, String decisions, String durability) {
        this.closers = closers;
        this.url = url;
        this.about = about;
        this.decisions = decisions;
        this.durability = durability;
    }

    /**
     * What a start may vary.
     *
     * @param port 0 takes a free one
     * @param demo whether the demo family may log in
     */
    public record Options(int port, boolean demo) {}

    /**
     * Starts.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-201} when another process owns the store, and whatever a
     *     part says that cannot start
     */
    public static RunningServer start(Config config, Options options) {
        LogFile.into(config.store().stateDir(), config.observation().logFormat());
        // Before others run: a second thread that asked for a logger meanwhile would be given a makeshift one.
        LoggerFactory.getILoggerFactory();
        Closers closers = new Closers();
        // First, so that it is closed last: what a stop still does is told, too.
        Tracing.begin(config.observation().traces()).ifPresent(closers::add);
        try {
            return assemble(config, options, closers);
        } catch (RuntimeException e) {
            closers.close();
            throw e;
        }
    }

    private static RunningServer assemble(Config config, Options options, Closers closers) {
        Clock clock = SystemSources.clock();
        // Neither of the two needs the other, and an emulator takes as long as a store.
        Meanwhile<PermitPlace> permit =
                closers.add(Meanwhile.make("start-permit", mine -> PermitPlace.open(config, clock, mine)));
        Database database = closers.add(Database.open(config.store()));
        Accounts accounts = Accounts.in(database, clock);
        if (options.demo) {
            DemoFamily.seed(accounts);
        }
        LoginTokens tokens = new LoginTokens(
                SigningKey.shared(config.store().stateDir(), database),
                clock,
                config.server().tokenLifetime());
        Telemetry telemetry =
                closers.add(new Telemetry(database, clock, config.permit().callsPerMinute()));
        PermitPlace place = permit.get();
        Lazily<LoginDesk> desk = closers.add(new Lazily<>(() -> PermitMcpServer.forLogins(place.permit())));
        Ports ports = ports(config, place, database);
        AgentRuntime runtime = closers.add(runtime(config, place, ports, closers));
        ServerParts.About about = new ServerParts.About(
                place.words(), AgentOutfits.words(config.model()), Notifier.channels(config.notifications()));
        ServerConfig given = config.server();
        ServerConfig listening = new ServerConfig(
                given.host(),
                options.port,
                given.tokenLifetime(),
                given.pollInterval(),
                given.lease(),
                given.oidc(),
                given.auditorRole());
        ServerParts parts = new ServerParts(
                runtime,
                Hindsight.over(ports),
                place.permit(),
                new Logins(
                        accounts,
                        new Sessions(database, clock),
                        tokens,
                        given.oidc().map(oidc -> new OidcTokens(oidc, clock)).orElse(null),
                        clock),
                new DecisionLog(database, clock),
                new NotificationChoices(database),
                about,
                place.config().webhookSecret(),
                new Operations(telemetry::text, config.metricsToken(), database::answers),
                (login, version, message) -> desk.get().answer(login, version, message));
        HttpServer http = closers.add(HttpServer.start(listening, parts, Website::of));
        place.tellOfDecisions(http.port());
        URI url = URI.create("http://" + inUrl(given.host()) + ":" + http.port());
        ServerNote note = new ServerNote(config.store().stateDir());
        note.write(url);
        closers.add(() -> note.remove(url));
        return new RunningServer(
                closers,
                url,
                about.permit() + "; " + about.model(),
                Webhooks.words(place.config(), url),
                database.durability());
    }

    private static String inUrl(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static Ports ports(Config config, PermitPlace place, Database database) {
        ServerConfig pace = config.server();
        return Ports.over(
                database,
                place.permit(),
                SystemSources.clock(),
                SystemSources.ids(),
                pace.lease(),
                new Watcher.Pace(pace.pollInterval(), config.permit().callsPerMinute()));
    }

    private static AgentRuntime runtime(Config config, PermitPlace place, Ports ports, Closers closers) {
        ServerConfig pace = config.server();
        Notifier notifier = closers.add(Notifier.over(ports, config.notifications(), SystemSources::chance));
        Forgetting forgetting = new Forgetting(
                ports.database(), ports.clock(), config.notifications().keep());
        List<Outfit> outfits = new ArrayList<>();
        AgentOutfits.definitions(config, place.settings(config.store()))
                .forEach(agent -> outfits.add(AgentOutfits.equip(agent, config.model())));
        Retaining retaining =
                new Retaining(ports, outfits.stream().map(Outfit::agent).toList());
        return Agents.start(
                ports,
                outfits,
                new Pace(pace.pollInterval(), pace.lease(), WORKERS),
                SystemSources::pause,
                new Chore("notify", NOTIFY_EVERY, notifier::run),
                new Chore("forget", FORGET_EVERY, forgetting::run),
                new Chore("retain", RETAIN_EVERY, retaining::run));
    }

    /** A token for the administration of accounts, for whoever can read the key file. */
    public static String operatorToken(StoreConfig store) {
        return new LoginTokens(SigningKey.in(store.stateDir()), SystemSources.clock(), OPERATOR_TOKEN)
                .issue(new Principal("operator"), LoginTokens.Audience.OPERATOR);
    }

    /** Where it listens. */
    public URI url() {
        return url;
    }

    /** What it runs on, in plain words. */
    public String about() {
        return about;
    }

    /** How it learns of decisions, in plain words. */
    public String decisions() {
        return decisions;
    }

    /** What survives what, in plain words. */
    public String durability() {
        return durability;
    }

    @Override
    public void close() {
        closers.close();
    }
}

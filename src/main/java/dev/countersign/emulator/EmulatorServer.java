package dev.countersign.emulator;

import java.net.http.HttpClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A running emulator of Permit.io: REST and PDP on one port, over its own database.
 *
 * <p>What it answered with success is in its file and survives a kill of the process. It never talks to Permit itself. Safe
 * for use by many threads; {@link #close} stops it and may be called more than once. {@code docs/permit-emulator.md} says what
 * of its behaviour is known of Permit and what is a model.
 */
public final class EmulatorServer implements AutoCloseable {
    private final String host;
    private final Database database;
    private final Dispatcher dispatcher;
    private final HttpEdge edge;
    private final WebhookSender sender;
    private final Faults faults;
    private final RequestLog log;

    private EmulatorServer(EmulatorConfig config, Database database, HttpEdge edge, HttpClient client) {
        this.host = config.host();
        this.database = database;
        this.faults = new Faults(() -> database.inTransaction(handle -> {
            Policy.flush(handle);
            return true;
        }));
        this.log = new RequestLog();
        this.sender = new WebhookSender(database, client, config.webhook());
        Scope scope = new Scope(Ids.named("organization"), Ids.named("project"), Ids.named("environment"));
        Ids ids = new Ids(database.epoch(), config.ids());
        seed(config, scope, ids);
        ElementsTokens tokens = new ElementsTokens(config.apiKey());
        this.dispatcher = new Dispatcher(
                routes(tokens),
                new Dispatcher.Services(
                        database, scope, ids, config.clock(), config.apiKey(), tokens, faults, log, sender::poke));
        this.edge = edge;
    }

    /**
     * Starts; when it returns, the port answers.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-801} when the database cannot be used, {@code CS-802} when
     *     the port cannot be had, {@code CS-803} when the seed file is no good
     */
    public static EmulatorServer start(EmulatorConfig config) {
        // Whoever opens another store at the same time does not wait for this one: what needs no database comes first.
        CompletableFuture<Dispatcher> dispatcher = new CompletableFuture<>();
        HttpEdge edge = HttpEdge.start(config.host(), config.port(), dispatcher);
        try {
            EmulatorServer server = over(config, edge, WebhookSender.client());
            dispatcher.complete(server.dispatcher);
            server.sender.poke();
            return server;
        } catch (RuntimeException e) {
            dispatcher.completeExceptionally(e);
            edge.close();
            throw e;
        }
    }

    private static EmulatorServer over(EmulatorConfig config, HttpEdge edge, HttpClient client) {
        Database database = Database.open(config.database(), config.reset(), config.clock());
        try {
            return new EmulatorServer(config, database, edge, client);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** In one transaction with its mark, so that a kill half-way leaves a file that will be seeded again. */
    private void seed(EmulatorConfig config, Scope scope, Ids ids) {
        Clock clock = config.clock();
        database.inTransaction(handle -> {
            if (Database.meta(handle, "seeded").isEmpty()) {
                Tx tx = new Tx(handle, scope, ids, Switches.standard(), clock.millis());
                new Seeder(tx, SeedFile.read(config.seedFile())).seed();
                Database.setMeta(handle, "seeded", "yes");
            }
            return true;
        });
    }

    private List<Route> routes(ElementsTokens tokens) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(PdpApi.routes());
        routes.addAll(TenantsApi.routes());
        routes.addAll(UsersApi.routes());
        routes.addAll(InstancesApi.routes());
        routes.addAll(AssignmentsApi.routes());
        routes.addAll(ResourcesApi.routes());
        routes.addAll(RolesApi.resourceRoutes());
        routes.addAll(RolesApi.tenantRoutes());
        routes.addAll(new ElementsApi(tokens).routes());
        routes.addAll(RequestsApi.routes());
        routes.addAll(new ControlApi(faults, log).routes());
        return routes;
    }

    /** The base address for REST and PDP alike, without a slash at the end. */
    public String url() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return "http://" + shown + ":" + edge.port();
    }

    /** Where decisions go from now on when their element names no webhook of its own; what was told before stays told. */
    public void sendWebhooksTo(EmulatorConfig.Webhook webhook) {
        sender.sendTo(webhook);
    }

    /** What goes wrong on purpose. */
    public Faults faults() {
        return faults;
    }

    /** What was asked, without secrets. */
    public RequestLog requestLog() {
        return log;
    }

    @Override
    public void close() {
        dispatcher.stop();
        edge.close();
        sender.close();
        database.close();
    }
}

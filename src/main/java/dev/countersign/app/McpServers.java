package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.config.McpConfig;
import dev.countersign.core.Principal;
import dev.countersign.mcpserver.HttpSettings;
import dev.countersign.mcpserver.Identity;
import dev.countersign.mcpserver.McpProgram;
import dev.countersign.mcpserver.RunningMcp;
import dev.countersign.mcpserver.food.FoodMcpServer;
import dev.countersign.mcpserver.food.FoodStore;
import dev.countersign.mcpserver.permit.PermitMcpServer;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;

/** This program's own MCP servers with everything they stand on. {@link #close} ends what was opened for them. */
public final class McpServers implements AutoCloseable {
    private final Closers closers;
    private final McpProgram program;
    private final McpConfig config;

    private McpServers(Closers closers, McpProgram program, McpConfig config) {
        this.closers = closers;
        this.program = program;
        this.config = config;
    }

    /** The two servers. */
    public enum Which {
        PERMIT,
        FOOD
    }

    /**
     * What a start may vary.
     *
     * @param exclude names of tools to leave out
     * @param guideUserId whether every tool takes {@code user_id}
     */
    public record Options(Which which, List<String> exclude, boolean guideUserId) {
        public Options {
            exclude = List.copyOf(exclude);
        }
    }

    /** Opens what the server needs: Permit, and for the example its store. */
    public static McpServers open(Config config, Options options) {
        Closers closers = new Closers();
        try {
            Clock clock = SystemSources.clock();
            PermitPlace place = PermitPlace.open(config, clock, closers);
            Identity identity = identity(config.mcp(), options.guideUserId);
            McpProgram program = switch (options.which) {
                case PERMIT -> PermitMcpServer.program(place.permit(), identity, options.exclude);
                case FOOD ->
                    FoodMcpServer.program(
                            place.permit(),
                            identity,
                            closers.add(FoodStore.open(config.mcp().foodFile(), clock)),
                            SystemSources.ids(),
                            options.exclude);
            };
            return new McpServers(closers, program, config.mcp());
        } catch (RuntimeException e) {
            closers.close();
            throw e;
        }
    }

    private static Identity identity(McpConfig config, boolean guideUserId) {
        Identity identity = config.desktopUser()
                .map(user -> Identity.desktop(new Principal(user)))
                .orElseGet(Identity::boundByHost);
        return guideUserId ? identity.withGuideUserId() : identity;
    }

    /** Serves one host over the process's streams. */
    public RunningMcp stdio(InputStream in, PrintStream out, PrintStream ready) {
        return program.stdio(in, out, ready);
    }

    /** Serves bearers of the configured token over HTTP on the loopback address. */
    public RunningMcp http(int port, PrintStream ready) {
        return program.http(HttpSettings.loopback(port, config.httpToken()), ready);
    }

    @Override
    public void close() {
        closers.close();
    }
}

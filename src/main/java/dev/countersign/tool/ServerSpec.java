package dev.countersign.tool;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An MCP server as an agent file names it: a subprocess over stdio (command) or a remote one over HTTP (url), never both.
 *
 * @param command program and arguments; the word {@code countersign} at the start means this very program
 * @param environment variables the subprocess gets, on top of a small safe set; values are already resolved
 * @param token bearer token for an HTTP server, empty for none
 * @param timeout of one call, default 60 s
 */
public record ServerSpec(
        String name,
        List<String> command,
        Optional<URI> url,
        Map<String, String> environment,
        Optional<String> token,
        Duration timeout) {
    public ServerSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.isEmpty() == url.isEmpty()) {
            throw new IllegalArgumentException("server " + name + ": expected either a command or a url");
        }
    }

    @Override
    public String toString() {
        return "ServerSpec[" + name + " " + (command.isEmpty() ? url.orElseThrow() : command) + "]";
    }
}

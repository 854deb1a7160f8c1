package dev.countersign.mcpserver;

import dev.countersign.config.Secret;

/**
 * Where and to whom an MCP server listens.
 *
 * @param host an address of this machine; 127.0.0.1 unless there is a reason
 * @param port 0 takes a free one
 * @param token what callers must show as {@code Authorization: Bearer}; never empty
 * @param bodyBytesMax largest request, default 1 MiB
 */
public record HttpSettings(String host, int port, Secret token, int bodyBytesMax) {
    /** On the loopback address with the default limit. */
    public static HttpSettings loopback(int port, Secret token) {
        return new HttpSettings("127.0.0.1", port, token, 1 << 20);
    }
}

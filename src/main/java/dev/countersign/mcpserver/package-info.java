/**
 * What the MCP servers share: transports, identity, error results. May import {@code core} and {@code config}.
 */
@NullMarked
package dev.countersign.mcpserver;

import org.jspecify.annotations.NullMarked;

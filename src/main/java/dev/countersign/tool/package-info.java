/**
 * Tools: the catalogue of an agent's MCP servers, the client that calls them, the gate's rules and the effect journal. A
 * call enters with a verified principal; exactly one outcome leaves. May import layer 0 and 1, and {@code permit}.
 */
@NullMarked
package dev.countersign.tool;

import org.jspecify.annotations.NullMarked;

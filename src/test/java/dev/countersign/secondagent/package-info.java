/**
 * An agent of another domain, for tests: an MCP server about storage volumes that shares no class with the main code. It is
 * written over the JDK alone, speaks JSON-RPC by hand, and knows nothing of Permit or of who started it.
 */
@NullMarked
package dev.countersign.secondagent;

import org.jspecify.annotations.NullMarked;

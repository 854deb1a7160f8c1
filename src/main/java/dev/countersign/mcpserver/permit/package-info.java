/**
 * Permit's Access Request tools as an MCP server: a library that registers them on any server, and a program. Calls enter
 * with an identity bound by the host; structured results leave. May import {@code core}, {@code config}, {@code permit}.
 */
@NullMarked
package dev.countersign.mcpserver.permit;

import org.jspecify.annotations.NullMarked;

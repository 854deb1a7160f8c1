/**
 * What the MCP servers share: how a tool is described and its arguments are checked, who is acting, how refusals read, and
 * the two transports. Raw MCP calls enter; structured results leave, or one JSON object that says what to do. May import
 * {@code core}, {@code config} and the {@code permit} port.
 */
@NullMarked
package dev.countersign.mcpserver;

import org.jspecify.annotations.NullMarked;

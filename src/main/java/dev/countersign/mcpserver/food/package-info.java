/**
 * The family's food ordering as an MCP server on top of the Permit tools, with its own H2 file. May import {@code core},
 * {@code config}, {@code permit}, {@code mcpserver.permit}.
 */
@NullMarked
package dev.countersign.mcpserver.food;

import org.jspecify.annotations.NullMarked;

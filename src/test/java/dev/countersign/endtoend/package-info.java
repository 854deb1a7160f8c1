/**
 * The whole product in one piece: agent files as they ship, MCP servers as processes, the Permit client over HTTP, the store in
 * its files. Only the model's words, and the people's decisions, come from a test.
 */
@NullMarked
package dev.countersign.endtoend;

import org.jspecify.annotations.NullMarked;

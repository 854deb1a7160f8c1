package dev.countersign.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How this program's own MCP servers run.
 *
 * @param desktopUser the one Permit user key every call acts as ({@code PERMIT_MCP_USER}); empty when the host names the user
 *     of each call
 * @param httpToken bearer token that callers over HTTP must show ({@code COUNTERSIGN_MCP_TOKEN}); empty when none is set, and
 *     then nothing is served over HTTP
 * @param foodFile the food-ordering example's H2 file without its suffix; {@code food} in the state folder
 */
public record McpConfig(Optional<String> desktopUser, Secret httpToken, Path foodFile) {}

package dev.countersign.config;

import java.net.URI;
import java.util.Optional;

/**
 * How the command line finds and greets a server.
 *
 * @param server the server to use; empty for the one that runs on this machine, or one of the command's own
 * @param password answers the password prompt when it is set; for scripts
 * @param noColor plain text even on a terminal (the variable {@code NO_COLOR} holds anything)
 */
public record ClientConfig(Optional<URI> server, Secret password, boolean noColor) {}

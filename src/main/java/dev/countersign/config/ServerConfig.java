package dev.countersign.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How the server listens and paces itself.
 *
 * @param host default 127.0.0.1
 * @param port default 8000; 0 takes a free one
 * @param tokenLifetime of a login, default 30 min
 * @param pollInterval how often pending approvals are asked for at Permit at most, default 2 s
 * @param lease how long a turn may hold its thread without renewing, default 30 s
 * @param oidc whose tokens are taken as logins beside our own, default none
 * @param auditorRole the role in Permit's tenant whose holders see everybody's approvals; empty: nobody does
 */
public record ServerConfig(
        String host,
        int port,
        Duration tokenLifetime,
        Duration pollInterval,
        Duration lease,
        Optional<OidcConfig> oidc,
        String auditorRole) {}

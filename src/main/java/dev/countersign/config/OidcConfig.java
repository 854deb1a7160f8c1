package dev.countersign.config;

import java.net.URI;

/**
 * A company's own identity provider, whose access tokens are taken as logins.
 *
 * @param issuer as it stands in the tokens, and where {@code /.well-known/openid-configuration} is found
 * @param audience what must be among a token's audiences
 * @param claim which claim is the user's key at Permit, default {@code sub}
 */
public record OidcConfig(URI issuer, String audience, String claim) {}

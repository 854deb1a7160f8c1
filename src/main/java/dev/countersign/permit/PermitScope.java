package dev.countersign.permit;

/**
 * What the API key opens, read once from the key itself.
 *
 * @param organization id
 * @param project id
 * @param environment id
 */
public record PermitScope(String organization, String project, String environment) {}

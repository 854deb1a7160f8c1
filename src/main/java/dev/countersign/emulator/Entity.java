package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One catalogued thing. Keys are unique within kind and scope: roles and instances live in the scope of their resource's
 * id, everything else (tenant roles included) in the empty scope.
 *
 * @param tenantId the tenant an instance belongs to, empty for every other kind
 * @param body the fields that are the kind's own, as Permit names them
 * @param createdAt milliseconds since the epoch, as is {@code updatedAt}
 */
record Entity(
        String id,
        Kind kind,
        String scope,
        String key,
        String tenantId,
        ObjectNode body,
        long createdAt,
        long updatedAt) {

    /** How another object names this one in messages. */
    String label() {
        return kind.label() + " '" + key + "'";
    }
}

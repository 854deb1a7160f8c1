package dev.countersign.server;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.permit.Permit;

/**
 * Who may see everybody's approvals: holders of one role in Permit's tenant, read from Permit at each request. A role on a
 * single instance is not it, and without a configured role nobody is one.
 */
public final class Auditors {
    private final Permit permit;
    private final String role;

    /**
     * Auditors as this Permit knows them.
     *
     * @param role empty: nobody is one
     */
    public Auditors(Permit permit, String role) {
        this.permit = permit;
        this.role = role;
    }

    /** Whether this person is one now. */
    public boolean has(Principal principal) {
        return !role.isEmpty()
                && permit.roles(principal.user()).stream()
                        .anyMatch(held -> held.role().equals(role) && held.resourceInstance() == null);
    }

    /**
     * Refuses everybody else.
     *
     * @throws CountersignException {@code CS-735}
     */
    public void require(Principal principal) {
        if (!has(principal)) {
            throw new CountersignException(
                    ServerErrors.AUDITOR_ONLY,
                    "only auditors see everybody's approvals; COUNTERSIGN_AUDITOR_ROLE names their role in Permit");
        }
    }
}

package dev.countersign.emulator;

/**
 * How the emulator answers where Permit's own answer is not known, or where a test wants the other one. Immutable; change
 * one through {@link Faults#change}.
 *
 * @param pdpLagMillis how long the PDP keeps answering from before a role was assigned or removed; 0 is no lag
 * @param pdpFrozen the PDP sees no role change at all until {@link Faults#flushPdp}
 * @param duplicatePending409 a second pending request for the same thing is refused
 * @param secondDecisionStatus the status of a decision on a request that is no longer pending
 * @param notInTenantStatus the status when the requester is no member of the tenant
 * @param roleNotAssignableStatus the status when the element does not offer the role
 * @param selfApprovalOfAccess a reviewer may approve their own access request (Permit refuses)
 * @param selfApprovalOfOperations a reviewer may approve their own operation approval
 * @param detailsAsSent requests show their details as the client wrote them instead of as UUIDs
 * @param duplicateAssignment409 assigning a role that is held answers 409 instead of 200
 * @param webhookOnCreation a webhook is sent for a new, pending request too
 * @param listsAsEnvelope lists that are bare arrays come wrapped
 * @param listsAsArray lists that are wrapped come as bare arrays
 * @param elementsTokenSeconds how long an Elements token is good for
 * @param loginError when not empty, an Elements login answers 200 with this error
 */
public record Switches(
        long pdpLagMillis,
        boolean pdpFrozen,
        boolean duplicatePending409,
        int secondDecisionStatus,
        int notInTenantStatus,
        int roleNotAssignableStatus,
        boolean selfApprovalOfAccess,
        boolean selfApprovalOfOperations,
        boolean detailsAsSent,
        boolean duplicateAssignment409,
        boolean webhookOnCreation,
        boolean listsAsEnvelope,
        boolean listsAsArray,
        long elementsTokenSeconds,
        String loginError) {
    public Switches {
        if (pdpLagMillis < 0 || pdpLagMillis > 600_000) {
            throw new IllegalArgumentException("expected pdpLagMillis from 0 to 600000, got " + pdpLagMillis);
        }
        if (elementsTokenSeconds < 1) {
            throw new IllegalArgumentException("expected elementsTokenSeconds above 0, got " + elementsTokenSeconds);
        }
        requireRefusal("secondDecisionStatus", secondDecisionStatus);
        requireRefusal("notInTenantStatus", notInTenantStatus);
        requireRefusal("roleNotAssignableStatus", roleNotAssignableStatus);
    }

    private static void requireRefusal(String name, int status) {
        if (status < 400 || status > 499) {
            throw new IllegalArgumentException("expected " + name + " from 400 to 499, got " + status);
        }
    }

    /** What the contract says or recommends. */
    public static Switches standard() {
        return new Switches(0, false, false, 409, 403, 403, false, false, false, false, false, false, false, 3600, "");
    }
}

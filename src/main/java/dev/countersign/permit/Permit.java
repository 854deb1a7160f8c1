package dev.countersign.permit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything Countersign asks of Permit.io, in one project, environment and tenant.
 *
 * <p>Every call has a deadline. Reads may be retried; a write is sent once: when its outcome is not known the call throws
 * {@link PermitException} with {@link PermitException#outcomeUnknown()}, and the caller finds out by reading. No call ever
 * answers "allowed" or "approved" by default. User keys and ids are checked before they become part of a path.
 * Implementations are safe for use by many threads. All methods throw {@link PermitException}.
 */
public interface Permit {
    /** Whether the user may do the action on the instance (or, with a null instance, on the type). Denied unless Permit says so. */
    boolean check(String user, String action, @Nullable String resourceInstance);

    /** Files a request as its user. Not retried: look with {@link #list} for the draft's reference after an unknown outcome. */
    PermitRequest file(RequestDraft draft);

    /** Reads one request by id as the given user (the requester or a reviewer). */
    PermitRequest get(RequestKind kind, String id, String asUser);

    /** The requests the user may see: a requester's own, and for a reviewer those to review. */
    Page<PermitRequest> list(RequestKind kind, String asUser, RequestFilter filter);

    /** Approves as the reviewer; refused by Permit for the requester. */
    PermitRequest approve(RequestKind kind, String id, String reviewer, @Nullable String comment);

    /** Denies as the reviewer. */
    PermitRequest deny(RequestKind kind, String id, String reviewer, @Nullable String comment);

    /** Cancels as the requester, only while pending. */
    PermitRequest cancel(RequestKind kind, String id, String requester);

    /** One page of the configured resource type's instances; page from 1, perPage 1 to 100. */
    Page<ResourceInstance> instances(int page, int perPage);

    /**
     * One instance by key or id; empty when there is none. Its attributes are policy data for our own servers, such as a
     * price limit: read at each call, so that a change at Permit counts at once.
     */
    Optional<ResourceInstance> instance(String keyOrId);

    /** A user by key or id; empty when there is none. */
    Optional<PermitUser> user(String keyOrId);

    /** One page of the environment's users; page from 1, perPage 1 to 100. */
    Page<PermitUser> users(int page, int perPage);

    /** Every role the user holds, in the tenant and on instances; read from Permit at each call. */
    List<RoleAssignment> roles(String user);

    /** Users that hold a role allowing the action on the instance, by user key. Used to find reviewers. */
    Map<String, List<String>> authorizedUsers(String action, @Nullable String resourceInstance);

    /** Assigns a role on an instance (key), or in the tenant when null. Holding it already counts as success. */
    void assign(String user, String role, @Nullable String resourceInstance);

    /**
     * Removes a role from an instance: the atomic step that spends a one-time approval.
     *
     * @return true when this call removed it, false when there was nothing to remove
     */
    boolean unassign(String user, String role, @Nullable String resourceInstance);

    /** Where this port leads: for banners and {@code doctor}. */
    PermitScope scope();
}

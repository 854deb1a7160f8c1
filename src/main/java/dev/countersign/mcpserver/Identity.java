package dev.countersign.mcpserver;

import dev.countersign.core.McpMeta;
import dev.countersign.core.Principal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who a call acts as. The host says it, in the call's {@code _meta} or once for a desktop user; the model never does. A
 * transport hands calls on only from a host that may say it: the parent process over stdio, a bearer of the token over HTTP.
 *
 * @param desktopUser acts in every call; a call that names somebody else is refused. Empty: every call must name its user
 * @param guideUserId the switch for clients of the guide's first version: every tool takes {@code user_id} and acts as that
 *     user. Whoever can call then chooses who acts, so it is off unless it is asked for
 */
public record Identity(Optional<Principal> desktopUser, boolean guideUserId) {
    static final Field USER_ID = Field.key("user_id", "Permit key of the user who acts.");

    /** Every call names its user in {@code _meta}. */
    public static Identity boundByHost() {
        return new Identity(Optional.empty(), false);
    }

    /** Every call acts as this one user. */
    public static Identity desktop(Principal user) {
        return new Identity(Optional.of(user), false);
    }

    /** The same, with the guide's {@code user_id} parameter. */
    public Identity withGuideUserId() {
        return new Identity(desktopUser, true);
    }

    /** The acting user, or a refusal: two sources that differ, or none, mean that nobody acts. */
    Principal resolve(@Nullable Map<String, Object> meta, Optional<String> userIdArgument) {
        Optional<Principal> named = Optional.ofNullable(meta == null ? null : meta.get(McpMeta.USER))
                .map(Identity::principal);
        Optional<Principal> bound = agreed(desktopUser, named);
        Optional<Principal> all = agreed(bound, userIdArgument.map(Identity::principal));
        return all.orElseThrow(() -> new ToolRefusal(
                "no_identity",
                "Nobody is bound to this call, so nothing was done. The host names the user in _meta \"" + McpMeta.USER
                        + "\"; a desktop user sets PERMIT_MCP_USER."));
    }

    private static Optional<Principal> agreed(Optional<Principal> first, Optional<Principal> second) {
        if (first.isPresent() && second.isPresent() && !first.equals(second)) {
            throw new ToolRefusal(
                    "identity_mismatch",
                    "This call names another user than the one that is bound here, so nothing was done.");
        }
        return first.or(() -> second);
    }

    private static Principal principal(Object value) {
        if (value instanceof String key && Principal.isKey(key)) {
            return new Principal(key);
        }
        throw new ToolRefusal("no_identity", "Expected a Permit user key for the acting user, got another form.");
    }
}

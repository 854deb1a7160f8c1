package dev.countersign.mcpserver.food;

import dev.countersign.mcpserver.Remedy;
import dev.countersign.mcpserver.ToolRefusal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every way this server says no, named for the situation. */
final class Refusals {
    private Refusals() {}

    static ToolRefusal mayNotRead(String user, Restaurant restaurant) {
        @Nullable
        Remedy remedy = restaurant
                .accessRole()
                .map(role -> new Remedy(
                        "create_access_request",
                        Map.of("resource_instance", restaurant.key(), "role", role),
                        List.of("reason")))
                .orElse(null);
        return new ToolRefusal(
                "access_denied",
                user + " has no access to " + restaurant.name() + "."
                        + (remedy == null ? "" : " Access can be asked for; a reviewer decides."),
                remedy);
    }

    static ToolRefusal needsApproval(Wish wish) {
        return new ToolRefusal(
                "approval_required",
                wish.dish().name() + " at " + wish.restaurant().name() + " costs "
                        + wish.dish().price() + " dollars, more than the "
                        + wish.restaurant().freeUpTo().setScale(2, RoundingMode.HALF_UP) + " that " + wish.user()
                        + " may spend without approval. An approval for this one order can be asked for; a reviewer"
                        + " decides.",
                approval(wish));
    }

    static ToolRefusal grantIsGone(Wish wish) {
        return new ToolRefusal(
                "approval_required",
                "The approval of " + wish.dish().name() + " at "
                        + wish.restaurant().name()
                        + " is not in force: Permit keeps one grant for a user and restaurant, and another order used it"
                        + " or it was withdrawn. Nothing was ordered. Ask for a new approval.",
                approval(wish));
    }

    private static Remedy approval(Wish wish) {
        return new Remedy(
                "create_operation_approval",
                Map.of("resource_instance", wish.restaurant().key(), "operation", wish.operation()),
                List.of("reason"));
    }

    static ToolRefusal unknownDish(Restaurant restaurant, List<Dish> menu) {
        return new ToolRefusal(
                "unknown_dish",
                restaurant.name() + " has no such dish. It has "
                        + menu.stream().map(Dish::name).toList() + ".");
    }

    static ToolRefusal keyMeansAnotherCall() {
        return new ToolRefusal(
                "idempotency_conflict",
                "This idempotency key belongs to another order. Nothing was ordered. A new call needs a new key.");
    }
}

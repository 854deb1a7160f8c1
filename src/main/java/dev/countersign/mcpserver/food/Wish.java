package dev.countersign.mcpserver.food;

/**
 * A dish that a user wants, before it is known whether they may have it.
 *
 * @param callKey the host's idempotency key, or a new id when it sent none
 */
record Wish(String user, Restaurant restaurant, Dish dish, String callKey) {
    private static final String TOOL = "order_dish";

    /** What an approval must be for to let this dish be ordered. */
    String operation() {
        return TOOL + ": " + dish.name();
    }

    boolean isFor(String operation) {
        return operation().equalsIgnoreCase(operation.strip());
    }
}

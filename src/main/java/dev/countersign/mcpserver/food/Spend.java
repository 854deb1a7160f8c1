package dev.countersign.mcpserver.food;

/**
 * An approval on its way into an order: written before anything is removed at Permit, so that the same call can be taken to
 * its end after a crash.
 *
 * @param callKey of the call that may finish it
 * @param orderId the order it will become
 */
record Spend(String approvalId, String callKey, String user, String restaurant, String dish, String orderId) {}

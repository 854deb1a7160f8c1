package dev.countersign.mcpserver.food;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dish that was ordered.
 *
 * @param user Permit key of who ordered
 * @param restaurant key of the restaurant
 * @param price in dollars, as it was then
 * @param approvalId the operation approval that it spent; null when it needed none
 * @param callKey the host's idempotency key, or the order's own id when the host sent none; unique
 */
public record Order(
        String id,
        String user,
        String restaurant,
        String dish,
        BigDecimal price,
        @Nullable String approvalId,
        String callKey,
        Instant orderedAt) {}

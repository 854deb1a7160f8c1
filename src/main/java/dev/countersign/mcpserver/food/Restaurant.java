package dev.countersign.mcpserver.food;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.permit.ResourceInstance;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * A restaurant with the rules that Permit holds for it. Whoever changes them there changes them here at the next call. What
 * is missing or has another form grants nothing: no limit means none of it is free, no action means nobody is exempt.
 *
 * @param key its key at Permit and in the menu
 * @param name as Permit says it
 * @param freeUpTo what a dish may cost, in dollars, without approval ({@code child_price_limit})
 * @param unlimitedAction who may do this action there orders without limit ({@code unlimited_action})
 * @param accessRole what somebody who may not read may ask for ({@code access_role})
 */
record Restaurant(
        String key, String name, BigDecimal freeUpTo, Optional<String> unlimitedAction, Optional<String> accessRole) {
    static Restaurant of(ResourceInstance instance) {
        JsonNode rules = instance.attributes();
        return new Restaurant(
                instance.key(),
                instance.displayName(),
                limit(rules.path("child_price_limit")),
                word(rules.path("unlimited_action")),
                word(rules.path("access_role")));
    }

    private static BigDecimal limit(JsonNode value) {
        return value.isNumber() ? value.decimalValue() : BigDecimal.ZERO;
    }

    private static Optional<String> word(JsonNode value) {
        return Optional.of(value.asText("")).filter(text -> !text.isBlank());
    }
}

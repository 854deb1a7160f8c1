package dev.countersign.mcpserver.food;

import java.math.BigDecimal;

/**
 * What can be ordered.
 *
 * @param restaurant key of its restaurant
 * @param name unique in its restaurant, whatever the case of its letters
 * @param price in dollars
 */
record Dish(String restaurant, String name, BigDecimal price) {}

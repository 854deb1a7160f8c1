package dev.countersign.mcpserver.food;

import dev.countersign.core.IdSource;
import dev.countersign.mcpserver.Effect;
import dev.countersign.mcpserver.Field;
import dev.countersign.mcpserver.Schemas;
import dev.countersign.mcpserver.ToolCall;
import dev.countersign.mcpserver.ToolDefinition;
import dev.countersign.permit.Permit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The two tools of the food-ordering example. */
final class FoodTools {
    private static final Field RESTAURANT =
            Field.line("restaurant_id", 200, "The restaurant's key (or its exact name), from list_resource_instances.");

    private final FoodStore store;
    private final Restaurants restaurants;
    private final Ordering ordering;

    private FoodTools(Permit permit, FoodStore store, IdSource ids) {
        this.store = store;
        this.restaurants = new Restaurants(permit);
        this.ordering = new Ordering(permit, store, ids);
    }

    static List<ToolDefinition> all(Permit permit, FoodStore store, IdSource ids) {
        FoodTools tools = new FoodTools(permit, store, ids);
        return List.of(tools.listDishes(), tools.orderDish());
    }

    private ToolDefinition listDishes() {
        return new ToolDefinition(
                new ToolDefinition.Face(
                        "list_dishes",
                        "List a restaurant's dishes",
                        "Lists the dishes of a restaurant, its menu, with prices in dollars."),
                List.of(RESTAURANT),
                Schemas.object(
                        "restaurant",
                        restaurantSchema(),
                        "dishes",
                        Schemas.list(Schemas.object(
                                "name", Schemas.string("the dish"),
                                "price", Schemas.number("in dollars")))),
                Effect.READS,
                this::dishes);
    }

    private Map<String, Object> dishes(ToolCall call) {
        Restaurant restaurant = restaurants.find(call.arguments().text("restaurant_id"));
        ordering.requireReader(call.user(), restaurant);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("restaurant", json(restaurant));
        json.put(
                "dishes",
                store.dishes(restaurant.key()).stream().map(FoodTools::json).toList());
        return json;
    }

    private ToolDefinition orderDish() {
        return new ToolDefinition(
                new ToolDefinition.Face(
                        "order_dish",
                        "Order a dish",
                        "Orders one dish for the acting user. A call with the same idempotency key in _meta is the same"
                                + " order."),
                List.of(RESTAURANT, Field.line("dish_name", 200, "The dish, as list_dishes names it.")),
                Schemas.object(
                        "status",
                        Schemas.choice("ordered"),
                        "order",
                        Schemas.object(
                                "id", Schemas.string("the order's id"),
                                "restaurant", restaurantSchema(),
                                "dish", Schemas.string("the dish"),
                                "price", Schemas.number("in dollars"),
                                "approval_id?", Schemas.string("the approval that it used up"),
                                "ordered_at", Schemas.string("ISO 8601"))),
                Effect.ONCE_PER_KEY,
                this::ordered);
    }

    private Map<String, Object> ordered(ToolCall call) {
        Restaurant restaurant = restaurants.find(call.arguments().text("restaurant_id"));
        Order order = ordering.order(call, restaurant, call.arguments().text("dish_name"));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("status", "ordered");
        json.put("order", json(order, restaurant));
        return json;
    }

    private static Map<String, Object> json(Order order, Restaurant restaurant) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", order.id());
        json.put("restaurant", json(restaurant));
        json.put("dish", order.dish());
        json.put("price", order.price());
        if (order.approvalId() != null) {
            json.put("approval_id", order.approvalId());
        }
        json.put("ordered_at", order.orderedAt().toString());
        return json;
    }

    private static Map<String, Object> json(Dish dish) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", dish.name());
        json.put("price", dish.price());
        return json;
    }

    private static Map<String, Object> json(Restaurant restaurant) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("key", restaurant.key());
        json.put("name", restaurant.name());
        return json;
    }

    private static Map<String, Object> restaurantSchema() {
        return Schemas.object("key", Schemas.string("its key"), "name", Schemas.string("what people call it"));
    }
}

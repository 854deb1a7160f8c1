package dev.countersign.mcpserver.food;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The dishes a new file starts with. */
final class Menu {
    private Menu() {}

    static List<Dish> shipped() {
        List<Dish> dishes = new ArrayList<>();
        for (JsonNode restaurant : read()) {
            restaurant
                    .path("dishes")
                    .properties()
                    .forEach(dish -> dishes.add(new Dish(
                            restaurant.path("key").asText(),
                            dish.getKey(),
                            new BigDecimal(dish.getValue().asText()))));
        }
        return dishes;
    }

    private static JsonNode read() {
        try (InputStream in = Menu.class.getResourceAsStream("menu.json")) {
            if (in == null) {
                throw new CountersignException(FoodStore.BROKEN, "expected menu.json in the program, got none");
            }
            return Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new CountersignException(FoodStore.BROKEN, "could not read menu.json", e);
        }
    }
}

package dev.countersign.mcpserver.food;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Dishes that nobody would cook. */
public final class MoreDishes {
    private MoreDishes() {}

    /** Puts them on a restaurant's menu, in a file that no process keeps. */
    public static void at(Path file, String restaurant, List<String> names) {
        FoodStore.open(file, Clock.systemUTC()).close();
        Jdbi.create("jdbc:h2:file:" + file.toAbsolutePath(), "sa", "").useTransaction(handle -> {
            FoodTables tables = new FoodTables(handle);
            names.forEach(name -> tables.insert(new Dish(restaurant, name, BigDecimal.ONE)));
        });
    }
}

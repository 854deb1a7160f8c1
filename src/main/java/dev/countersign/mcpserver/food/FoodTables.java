package dev.countersign.mcpserver.food;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The SQL of dishes and orders. */
final class FoodTables {
    private static final String CREATE_DISH = """
            CREATE TABLE IF NOT EXISTS dish (
                restaurant VARCHAR(128)            NOT NULL,
                name       VARCHAR_IGNORECASE(200) NOT NULL,
                price      DECIMAL(10, 2)          NOT NULL,
                PRIMARY KEY (restaurant, name)
            )
            """;
    private static final String CREATE_ORDERS = """
            CREATE TABLE IF NOT EXISTS orders (
                id          VARCHAR(64)    PRIMARY KEY,
                user_key    VARCHAR(128)   NOT NULL,
                restaurant  VARCHAR(128)   NOT NULL,
                dish        VARCHAR(200)   NOT NULL,
                price       DECIMAL(10, 2) NOT NULL,
                approval_id VARCHAR(64)    UNIQUE,
                call_key    VARCHAR(200)   NOT NULL UNIQUE,
                ordered_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL
            )
            """;
    private static final String COUNT_DISHES = "SELECT COUNT(*) FROM dish";
    private static final String INSERT_DISH =
            "INSERT INTO dish (restaurant, name, price) VALUES (:restaurant, :name, :price)";
    private static final String DISHES =
            "SELECT restaurant, name, price FROM dish WHERE restaurant = :restaurant ORDER BY name";
    private static final String INSERT_ORDER = """
            INSERT INTO orders (id, user_key, restaurant, dish, price, approval_id, call_key, ordered_at)
            VALUES (:id, :user, :restaurant, :dish, :price, :approval, :call, :at)
            """;
    private static final String ORDERS = """
            SELECT id, user_key, restaurant, dish, price, approval_id, call_key, ordered_at FROM orders
            ORDER BY ordered_at, id
            """;
    private static final String ORDER_OF = """
            SELECT id, user_key, restaurant, dish, price, approval_id, call_key, ordered_at FROM orders
            WHERE call_key = :call
            """;

    private final Handle handle;

    FoodTables(Handle handle) {
        this.handle = handle;
    }

    static void create(Handle handle) {
        handle.execute(CREATE_DISH);
        handle.execute(CREATE_ORDERS);
    }

    boolean isEmpty() {
        return handle.createQuery(COUNT_DISHES).mapTo(Integer.class).one() == 0;
    }

    void insert(Dish dish) {
        handle.createUpdate(INSERT_DISH)
                .bind("restaurant", dish.restaurant())
                .bind("name", dish.name())
                .bind("price", dish.price())
                .execute();
    }

    List<Dish> dishes(String restaurant) {
        return handle.createQuery(DISHES)
                .bind("restaurant", restaurant)
                .map((row, context) ->
                        new Dish(row.getString("restaurant"), row.getString("name"), row.getBigDecimal("price")))
                .list();
    }

    void insert(Order order) {
        handle.createUpdate(INSERT_ORDER)
                .bind("id", order.id())
                .bind("user", order.user())
                .bind("restaurant", order.restaurant())
                .bind("dish", order.dish())
                .bind("price", order.price())
                .bind("approval", order.approvalId())
                .bind("call", order.callKey())
                .bind("at", order.orderedAt())
                .execute();
    }

    List<Order> orders() {
        return handle.createQuery(ORDERS).map((row, context) -> order(row)).list();
    }

    Optional<Order> orderOf(String callKey) {
        return handle.createQuery(ORDER_OF)
                .bind("call", callKey)
                .map((row, context) -> order(row))
                .findOne();
    }

    private static Order order(ResultSet row) throws SQLException {
        return new Order(
                row.getString("id"),
                row.getString("user_key"),
                row.getString("restaurant"),
                row.getString("dish"),
                row.getBigDecimal("price"),
                row.getString("approval_id"),
                row.getString("call_key"),
                row.getObject("ordered_at", OffsetDateTime.class).toInstant());
    }
}

package dev.countersign.mcpserver.food;

import dev.countersign.core.IdSource;
import dev.countersign.mcpserver.ToolCall;
import dev.countersign.permit.Permit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Orders a dish, once per idempotency key: the same call again, also after a crash, is answered with the same order. Whether
 * the user may is asked of Permit at each new order.
 */
final class Ordering {
    private static final int LOCKS = 64;

    private final Permit permit;
    private final FoodStore store;
    private final IdSource ids;
    private final Spending spending;

    /** One for every user and restaurant, some shared: a grant is looked at, spent and written by one call at a time. */
    private final List<ReentrantLock> locks =
            IntStream.range(0, LOCKS).mapToObj(i -> new ReentrantLock()).toList();

    Ordering(Permit permit, FoodStore store, IdSource ids) {
        this.permit = permit;
        this.store = store;
        this.ids = ids;
        this.spending = new Spending(permit, store, ids);
    }

    Order order(ToolCall call, Restaurant restaurant, String dish) {
        ReentrantLock lock = locks.get(Math.floorMod((call.user() + '\n' + restaurant.key()).hashCode(), LOCKS));
        lock.lock();
        try {
            Optional<Order> before = before(call, restaurant, dish);
            return before.isPresent() ? before.get() : placed(wish(call, restaurant, dish));
        } finally {
            lock.unlock();
        }
    }

    private Optional<Order> before(ToolCall call, Restaurant restaurant, String dish) {
        Optional<Order> before = Optional.ofNullable(call.idempotencyKey()).flatMap(store::orderOf);
        before.filter(order -> !(order.user().equals(call.user())
                        && order.restaurant().equals(restaurant.key())
                        && order.dish().equalsIgnoreCase(dish)))
                .ifPresent(another -> {
                    throw Refusals.keyMeansAnotherCall();
                });
        return before;
    }

    private Wish wish(ToolCall call, Restaurant restaurant, String dish) {
        requireReader(call.user(), restaurant);
        List<Dish> menu = store.dishes(restaurant.key());
        Dish wanted = menu.stream()
                .filter(one -> one.name().equalsIgnoreCase(dish))
                .findFirst()
                .orElseThrow(() -> Refusals.unknownDish(restaurant, menu));
        String key = call.idempotencyKey();
        return new Wish(call.user(), restaurant, wanted, key == null ? ids.newId() : key);
    }

    void requireReader(String user, Restaurant restaurant) {
        if (!permit.check(user, "read", restaurant.key())) {
            throw Refusals.mayNotRead(user, restaurant);
        }
    }

    private Order placed(Wish wish) {
        return isFree(wish) ? store.place(wish, ids.newId()) : spending.spend(wish);
    }

    private boolean isFree(Wish wish) {
        return wish.dish().price().compareTo(wish.restaurant().freeUpTo()) <= 0
                || wish.restaurant()
                        .unlimitedAction()
                        .map(action -> permit.check(
                                wish.user(), action, wish.restaurant().key()))
                        .orElse(false);
    }
}

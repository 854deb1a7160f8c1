package dev.countersign.mcpserver.food;

import dev.countersign.mcpserver.ToolRefusal;
import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.ResourceInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the restaurant a caller means, by key or by the name it has at Permit now. */
final class Restaurants {
    private static final int PAGES_MAX = 20;
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9|@+\\-._:]+");

    private final Permit permit;

    Restaurants(Permit permit) {
        this.permit = permit;
    }

    Restaurant find(String given) {
        // A name may hold anything; only what can be a key is put into Permit's path.
        Optional<ResourceInstance> byKey =
                KEY.matcher(given).matches() && !given.matches("\\.+") ? permit.instance(given) : Optional.empty();
        return Restaurant.of(byKey.orElseGet(() -> byName(given)));
    }

    private ResourceInstance byName(String name) {
        List<ResourceInstance> named = new ArrayList<>();
        for (int number = 1; number <= PAGES_MAX; number++) {
            Page<ResourceInstance> page = permit.instances(number, 100);
            page.data().stream()
                    .filter(instance -> instance.displayName().strip().equalsIgnoreCase(name.strip()))
                    .forEach(named::add);
            if (number >= page.pageCount()) {
                break;
            }
        }
        if (named.size() == 1) {
            return named.get(0);
        }
        throw named.isEmpty()
                ? new ToolRefusal(
                        "unknown_restaurant",
                        "There is no restaurant with this key or name. Look it up with list_resource_instances.")
                : new ToolRefusal(
                        "ambiguous_restaurant",
                        named.size() + " restaurants have this name. Use the key that list_resource_instances shows.");
    }
}

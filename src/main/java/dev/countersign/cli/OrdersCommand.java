package dev.countersign.cli;

import dev.countersign.core.Json;
import dev.countersign.mcpserver.food.FoodStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reads the food example's orders from a copy of its file, so that it works while its server runs. */
@Command(name = "orders", description = "List the orders that the food-ordering example has taken.")
final class OrdersCommand implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    Listing listing = new Listing();

    OrdersCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        listing.print(
                shell,
                Json.mapper().valueToTree(FoodStore.orders(shell.config().mcp().foodFile())),
                "no orders yet",
                "user",
                "restaurant",
                "dish",
                "price",
                "approvalId",
                "orderedAt");
        return 0;
    }
}

package dev.countersign.mcpserver;

import dev.countersign.mcpserver.permit.PermitMcpServer;
import java.util.List;

/** A Permit server over stdio as a process of its own, on the port in memory. */
public final class StdioPrograms {
    private StdioPrograms() {}

    public static void main(String[] arguments) throws InterruptedException {
        RunningMcp running = PermitMcpServer.program(new FakePermit(), Identity.boundByHost(), List.of(arguments))
                .stdio(System.in, System.out, System.err);
        running.join();
    }
}

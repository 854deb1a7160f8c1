package dev.countersign.tool;

import dev.countersign.core.Principal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Starts a server, prints the server's process id, and waits to be killed. */
final class ParentProgram {
    private ParentProgram() {}

    public static void main(String[] args) throws InterruptedException {
        ToolClient client =
                ToolClients.connect(List.of(Programs.rogue("well", Duration.ofSeconds(20))), List.of("/bin/false"));
        ToolOutcome pid = client.call(new ToolInvocation("pid", "{}", new Principal("henry"), "key", null));
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        out.println(pid.text());
        new CountDownLatch(1).await();
    }
}

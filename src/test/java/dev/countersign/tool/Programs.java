package dev.countersign.tool;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Test programs as subprocesses: the same JVM, as quick to start as it goes. */
final class Programs {
    private Programs() {}

    static List<String> java(Class<?> program, String... arguments) {
        var command = new java.util.ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    static ServerSpec rogue(String manner, Duration timeout) {
        return rogue(manner, timeout, Map.of());
    }

    static ServerSpec rogue(String manner, Duration timeout, Map<String, String> environment) {
        return new ServerSpec(
                "rogue", java(RogueServer.class, manner), Optional.empty(), environment, Optional.empty(), timeout);
    }
}

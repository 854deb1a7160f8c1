package dev.countersign.endtoend;

import dev.countersign.replay.Fixture;
import dev.countersign.replay.Recording;
import dev.countersign.replay.Replays;
import dev.countersign.replay.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that can open no socket: {@code WithoutSockets FOLDER ROUNDS} replays every recording there, so often, and says how many
 * turns a second. Exit code 0 when all were equal each time.
 */
public final class WithoutSockets {
    private WithoutSockets() {}

    /** Stands in for the provider of the platform; named on the command line. */
    public static final class NoProvider extends SelectorProvider {
        @Override
        public DatagramChannel openDatagramChannel() throws IOException {
            throw new IOException("no socket here");
        }

        @Override
        public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
            throw new IOException("no socket here");
        }

        @Override
        public Pipe openPipe() throws IOException {
            throw new IOException("no socket here");
        }

        @Override
        public AbstractSelector openSelector() throws IOException {
            throw new IOException("no socket here");
        }

        @Override
        public ServerSocketChannel openServerSocketChannel() throws IOException {
            throw new IOException("no socket here");
        }

        @Override
        public SocketChannel openSocketChannel() throws IOException {
            throw new IOException("no socket here");
        }
    }

    /** The command of such a program. */
    static List<String> command(Path folder, int rounds) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.nio.channels.spi.SelectorProvider=" + NoProvider.class.getName(),
                "-cp",
                System.getProperty("java.class.path"),
                WithoutSockets.class.getName(),
                folder.toString(),
                Integer.toString(rounds));
    }

    public static void main(String[] args) throws IOException {
        forbid();
        List<Recording> recordings = new ArrayList<>();
        try (var files = Files.walk(Path.of(args[0]))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                recordings.add(Fixture.read(file).recording());
            }
        }
        int unequal = 0;
        try (Replays.Crew crew = new Replays.Crew(Runtime.getRuntime().availableProcessors())) {
            for (int round = 1; round <= Integer.parseInt(args[1]); round++) {
                unequal += round(crew, recordings, round);
            }
        }
        System.exit(unequal == 0 && !recordings.isEmpty() ? 0 : 1);
    }

    private static int round(Replays.Crew crew, List<Recording> recordings, int number) {
        Replays.Outcome outcome = crew.run(recordings);
        int unequal = 0;
        for (int i = 0; i < recordings.size(); i++) {
            Verdict verdict = outcome.verdicts().get(i);
            if (!verdict.digest().equals(recordings.get(i).digest())) {
                unequal++;
                verdict.divergence().ifPresent(divergence -> say(divergence.line()));
            }
        }
        say("round " + number + ": " + outcome.line());
        return unequal;
    }

    /** A look that nothing gets through: a socket that opens here ends the program. */
    @SuppressWarnings("deprecation")
    private static void forbid() throws IOException {
        Socket.setSocketImplFactory(() -> {
            throw new IllegalStateException("no socket here");
        });
        ServerSocket.setSocketFactory(() -> {
            throw new IllegalStateException("no socket here");
        });
        List<Opening> ways = List.of(
                () -> new Socket(InetAddress.getLoopbackAddress(), 9).close(),
                () -> new ServerSocket(0).close(),
                () -> SocketChannel.open().close(),
                () -> ServerSocketChannel.open().close());
        for (Opening way : ways) {
            try {
                way.open();
            } catch (IllegalStateException | IOException e) {
                if (String.valueOf(e.getMessage()).contains("no socket here")) {
                    continue;
                }
            }
            throw new IllegalStateException("a socket could be opened");
        }
    }

    @FunctionalInterface
    private interface Opening {
        void open() throws IOException;
    }

    private static void say(String line) {
        System.out.println(line);
    }
}

package dev.countersign.lab.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The outside world of the soak: a file with a line for each effect that really happened. A line that was appended is on disk,
 * whoever is killed next; several processes and threads may append.
 */
final class Ledger {
    private static final int PARTS = 3;

    private final Path file;

    Ledger(Path file) {
        this.file = file;
    }

    /**
     * One effect.
     *
     * @param key the idempotency key that came with the call
     */
    record Line(String token, String tool, String key) {}

    /** Makes the effect happen. */
    synchronized void append(Line line) {
        byte[] bytes = (line.token + "\t" + line.tool + "\t" + line.key + "\n").getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                FileLock lock = channel.lock()) {
            if (lock.isValid()) {
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not append to " + file, e);
        }
    }

    /** Every effect so far, oldest first; a line that a kill cut short did not happen. */
    List<Line> read() {
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            return Files.readAllLines(file).stream()
                    .map(line -> line.split("\t", -1))
                    .filter(parts -> parts.length == PARTS)
                    .map(parts -> new Line(parts[0], parts[1], parts[2]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + file, e);
        }
    }
}

package dev.countersign.db;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks for bytes in files as they lie on the disk, whatever their format. */
public final class Searched {
    private Searched() {}

    /** Files below the folder that hold this; those that go away meanwhile are passed over. */
    public static List<Path> holding(Path folder, String words) throws IOException {
        return holding(folder, words.getBytes(StandardCharsets.UTF_8));
    }

    /** The same for any bytes. */
    public static List<Path> holding(Path folder, byte[] bytes) throws IOException {
        List<Path> found = new ArrayList<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (contentOf(file).contains(text(bytes))) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static String contentOf(Path file) throws IOException {
        try {
            return text(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** A character a byte. */
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}

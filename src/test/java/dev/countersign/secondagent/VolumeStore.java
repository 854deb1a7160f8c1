package dev.countersign.secondagent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Volumes and the effects they have seen, in one small text file that other processes may read at any time. A line is
 * {@code volume<TAB>id<TAB>name<TAB>size} or {@code effect<TAB>tool<TAB>volume<TAB>detail}.
 */
public final class VolumeStore {
    private final Path file;

    /** Opens the file, filling it with three volumes when there is none. */
    public VolumeStore(Path file) {
        this.file = file;
        if (!Files.exists(file)) {
            Map<String, Volume> first = new LinkedHashMap<>();
            first.put("vol-1", new Volume("vol-1", "payroll archive", 100));
            first.put("vol-2", new Volume("vol-2", "build cache", 40));
            first.put("vol-3", new Volume("vol-3", "mail spool", 250));
            write(first, List.of());
        }
    }

    /** A volume. */
    public record Volume(String id, String name, long sizeGb) {}

    public synchronized Map<String, Volume> volumes() {
        Map<String, Volume> all = new LinkedHashMap<>();
        for (String[] line : lines("volume")) {
            all.put(line[1], new Volume(line[1], line[2], Long.parseLong(line[3])));
        }
        return all;
    }

    /** How often a tool took effect, over all volumes. */
    public synchronized long effects(String tool) {
        return lines("effect").stream().filter(line -> line[1].equals(tool)).count();
    }

    /** Resizes; false when there is no such volume. */
    public synchronized boolean resize(String id, long sizeGb) {
        Map<String, Volume> all = volumes();
        Volume volume = all.get(id);
        if (volume == null) {
            return false;
        }
        all.put(id, new Volume(id, volume.name(), sizeGb));
        write(all, effectsAnd("effect\tresize_volume\t" + id + "\t" + sizeGb));
        return true;
    }

    /** Deletes; the volume that was there, or null when there was none. */
    public synchronized @Nullable Volume delete(String id) {
        Map<String, Volume> all = volumes();
        Volume volume = all.remove(id);
        if (volume != null) {
            write(all, effectsAnd("effect\tdelete_volume\t" + id + "\t" + volume.sizeGb()));
        }
        return volume;
    }

    private List<String> effectsAnd(String another) {
        List<String> effects = new ArrayList<>();
        lines("effect").forEach(line -> effects.add(String.join("\t", line)));
        effects.add(another);
        return effects;
    }

    private List<String[]> lines(String kind) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                    .map(line -> line.split("\t"))
                    .filter(line -> line[0].equals(kind))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Map<String, Volume> volumes, List<String> effects) {
        List<String> lines = new ArrayList<>();
        volumes.values()
                .forEach(volume -> lines.add("volume\t" + volume.id() + "\t" + volume.name() + "\t" + volume.sizeGb()));
        lines.addAll(effects);
        try {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.write(next, lines, StandardCharsets.UTF_8);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

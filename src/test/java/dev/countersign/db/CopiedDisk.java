package dev.countersign.db;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * A disk of H2 that keeps a copy of a store's files as they stand after every few writes to any of them: each is what a kill at that
 * moment leaves. A copy is {@code copy-N.mv.db} and what lies beside it under the same name.
 */
public final class CopiedDisk extends FilePathWrapper {
    static final String SCHEME = "copied";
    private static final int EVERY = 7;
    private static final List<Copy> COPIES = new ArrayList<>();
    private static int wanted;
    private static Map<Integer, Integer> told = Map.of();
    private static int writes;

    static void register() {
        FilePath.register(new CopiedDisk());
    }

    /**
     * The files as they were.
     *
     * @param acknowledged what had been told by then
     */
    record Copy(Path file, Map<Integer, Integer> acknowledged) {}

    /** From now on so many copies are made, each with what the map holds at the moment. */
    static void want(int copies, Map<Integer, Integer> acknowledged) {
        synchronized (COPIES) {
            COPIES.clear();
            wanted = copies;
            told = acknowledged;
        }
    }

    static List<Copy> copies() {
        synchronized (COPIES) {
            return List.copyOf(COPIES);
        }
    }

    /** Nothing is written meanwhile. */
    private static void wrote(Path at) throws IOException {
        String file = at.getFileName().toString();
        if (++writes % EVERY != 0 || COPIES.size() >= wanted) {
            return;
        }
        Map<Integer, Integer> acknowledged = Map.copyOf(told);
        String store = file.substring(0, file.indexOf('.'));
        String copy = "copy-" + COPIES.size();
        for (String ending : List.of(".mv.db", ".redo-0", ".redo-1")) {
            Path from = at.resolveSibling(store + ending);
            if (Files.exists(from)) {
                Files.copy(from, at.resolveSibling(copy + ending));
            }
        }
        COPIES.add(new Copy(at.resolveSibling(copy + ".mv.db"), acknowledged));
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        return new Copied(getBase().open(mode), Path.of(getBase().toString()));
    }

    private static final class Copied extends FileBaseDefault {
        private final FileChannel file;
        private final Path path;

        Copied(FileChannel file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public synchronized int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public synchronized int write(ByteBuffer from, long position) throws IOException {
            synchronized (COPIES) {
                int written = file.write(from, position);
                wrote(path);
                return written;
            }
        }

        @Override
        protected void implTruncate(long size) throws IOException {
            synchronized (COPIES) {
                file.truncate(size);
                wrote(path);
            }
        }

        @Override
        public void force(boolean metaData) throws IOException {
            file.force(metaData);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return file.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }
    }
}

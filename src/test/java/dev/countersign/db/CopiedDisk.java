package dev.countersign.db;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/** A disk of H2 that keeps a copy of the file as it stands after every few writes: each is what a kill at that moment leaves. */
public final class CopiedDisk extends FilePathWrapper {
    static final String SCHEME = "copied";
    private static final int EVERY = 7;
    private static final List<Path> COPIES = new ArrayList<>();
    private static int wanted;
    private static int writes;

    static void register() {
        FilePath.register(new CopiedDisk());
    }

    /** From now on so many copies are made. */
    static synchronized void want(int copies) {
        COPIES.clear();
        wanted = copies;
    }

    static synchronized List<Path> copies() {
        return List.copyOf(COPIES);
    }

    private static synchronized void wrote(FileChannel file, Path at) throws IOException {
        if (++writes % EVERY != 0 || COPIES.size() >= wanted) {
            return;
        }
        Path copy = at.resolveSibling("copy-" + COPIES.size() + ".mv.db");
        try (FileChannel to = FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.transferTo(0, file.size(), to);
        }
        COPIES.add(copy);
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
            int written = file.write(from, position);
            if (path.toString().endsWith(".mv.db")) {
                wrote(file, path);
            }
            return written;
        }

        @Override
        protected void implTruncate(long size) throws IOException {
            file.truncate(size);
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

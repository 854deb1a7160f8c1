package dev.countersign.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Files as a disk keeps them whose cache is lost in a power cut: what is written is read back at once, but reaches the file
 * below only with the next force. A process that ends takes everything later with it. JDBC urls say {@code jdbc:h2:cut:…}.
 */
public final class CutDisk extends FilePathWrapper {
    private static final Map<String, Content> CONTENTS = new HashMap<>();

    /** Called by the database, for each path. */
    public CutDisk() {}

    /** From now on this process knows such urls. */
    public static void register() {
        FilePath.register(new CutDisk());
    }

    @Override
    public String getScheme() {
        return "cut";
    }

    @Override
    public long size() {
        synchronized (CONTENTS) {
            Content content = CONTENTS.get(getBase().toString());
            return content == null ? super.size() : content.size();
        }
    }

    @Override
    public void delete() {
        synchronized (CONTENTS) {
            CONTENTS.remove(getBase().toString());
            super.delete();
        }
    }

    @Override
    public void moveTo(FilePath target, boolean atomicReplace) {
        synchronized (CONTENTS) {
            super.moveTo(target, atomicReplace);
            Content moved = CONTENTS.remove(getBase().toString());
            String there = ((CutDisk) target).getBase().toString();
            CONTENTS.remove(there);
            if (moved != null) {
                CONTENTS.put(there, moved);
            }
        }
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        synchronized (CONTENTS) {
            FileChannel below = getBase().open(mode);
            String name = getBase().toString();
            Content content = CONTENTS.get(name);
            if (content == null) {
                content = Content.of(below);
                CONTENTS.put(name, content);
            }
            content.below = below;
            return new Channel(content, below);
        }
    }

    /** A write, or a cut to {@code position} when there are no bytes. */
    private record Change(long position, @Nullable ByteBuffer bytes) {
        void to(FileChannel file) throws IOException {
            if (bytes == null) {
                file.truncate(Math.min(position, file.size()));
                return;
            }
            ByteBuffer rest = bytes.duplicate();
            while (rest.hasRemaining()) {
                file.write(rest, position + rest.position());
            }
        }
    }

    /** A file as its process sees it, and what of that is not on the disk. */
    private static final class Content {
        private byte[] bytes;
        private int size;
        private final List<Change> unforced = new ArrayList<>();
        private FileChannel below;

        private Content(byte[] bytes, FileChannel below) {
            this.bytes = bytes;
            this.size = bytes.length;
            this.below = below;
        }

        static Content of(FileChannel file) throws IOException {
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            int read = 0;
            while (all.hasRemaining() && read >= 0) {
                read = file.read(all, all.position());
            }
            return new Content(all.array(), file);
        }

        synchronized int size() {
            return size;
        }

        synchronized int read(ByteBuffer target, long position) {
            if (position >= size) {
                return -1;
            }
            int length = (int) Math.min(target.remaining(), size - position);
            target.put(bytes, (int) position, length);
            return length;
        }

        synchronized int write(ByteBuffer source, long position) {
            byte[] written = new byte[source.remaining()];
            source.get(written);
            int end = (int) position + written.length;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
            }
            System.arraycopy(written, 0, bytes, (int) position, written.length);
            size = Math.max(size, end);
            unforced.add(new Change(position, ByteBuffer.wrap(written)));
            return written.length;
        }

        synchronized void truncate(long length) {
            if (length < size) {
                Arrays.fill(bytes, (int) length, size, (byte) 0);
                size = (int) length;
                unforced.add(new Change(length, null));
            }
        }

        synchronized void force() throws IOException {
            for (Change change : unforced) {
                change.to(below);
            }
            unforced.clear();
            below.force(true);
        }
    }

    /** An open file. */
    private static final class Channel extends FileBase {
        private final Content content;
        private final FileChannel below;
        private long position;

        Channel(Content content, FileChannel below) {
            this.content = content;
            this.below = below;
        }

        @Override
        public synchronized int read(ByteBuffer target) {
            int length = content.read(target, position);
            position += Math.max(0, length);
            return length;
        }

        @Override
        public synchronized int read(ByteBuffer target, long from) {
            return content.read(target, from);
        }

        @Override
        public synchronized int write(ByteBuffer source) {
            int length = content.write(source, position);
            position += length;
            return length;
        }

        @Override
        public synchronized int write(ByteBuffer source, long to) {
            return content.write(source, to);
        }

        @Override
        public synchronized long position() {
            return position;
        }

        @Override
        public synchronized FileChannel position(long newPosition) {
            position = newPosition;
            return this;
        }

        @Override
        public long size() {
            return content.size();
        }

        @Override
        public FileChannel truncate(long length) {
            content.truncate(length);
            return this;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            content.force();
        }

        @Override
        public FileLock tryLock(long from, long length, boolean shared) throws IOException {
            return below.tryLock(from, length, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            below.close();
        }
    }
}

package dev.countersign.db;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.h2.store.fs.FilePath;

/**
 * One file of the redo log: transactions one behind the other, each after its length and a checksum (CRC-32C), 4 bytes each. What was
 * appended survives a kill of the process; after {@link #force} also a power cut. One that was emptied keeps its length, since forcing
 * what is written over something takes two thirds of the time that forcing a longer file does; what stood there before is not
 * taken for what was written, since it does not follow it. Append and clear are called by one thread at a
 * time; force by any. No thread that may be here is ever interrupted: that would close the file.
 */
final class RedoFile implements AutoCloseable {
    private static final int PREFIX = 8;
    /** A statement holds at most a few megabytes; a length beyond this was never written. */
    private static final int LONGEST = 1 << 30;
    /** What an emptied file keeps of its length: more than is mostly written before it is emptied again. */
    private static final long KEPT = 4L << 20;

    private final FilePath path;
    private final FileChannel channel;
    private RedoCodec codec = new RedoCodec();
    private volatile long end;
    private volatile boolean whole = true;

    private RedoFile(FilePath path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Opens one, or makes it.
     *
     * @param path as H2 writes it, so that both lie on the same disk, whatever that is
     */
    static RedoFile open(String path) throws IOException {
        FilePath file = FilePath.get(path);
        return new RedoFile(file, file.open("rw"));
    }

    /** Its length in bytes. */
    long length() {
        return end;
    }

    /**
     * All whole transactions from its beginning to the first that is not, or that does not follow the one before: the end of what was
     * written, or what a power cut left of it, or of what stood here before it was cleared. To be called once; the file is to be cleared
     * before anything is appended.
     */
    List<RedoCodec.Entry> read() throws IOException {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        int read = 0;
        while (all.hasRemaining() && read >= 0) {
            read = channel.read(all, all.position());
        }
        all.flip();
        List<RedoCodec.Entry> entries = new ArrayList<>();
        long before = 0;
        while (all.remaining() >= PREFIX) {
            int length = all.getInt();
            int sum = all.getInt();
            if (length <= 0 || length > all.remaining()) {
                break;
            }
            byte[] body = new byte[length];
            all.get(body);
            if (sum(body) != sum || (before > 0 && RedoCodec.number(body) != before + 1)) {
                break;
            }
            before = RedoCodec.number(body);
            entries.add(codec.decode(body));
        }
        end = channel.size();
        return entries;
    }

    private static int sum(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }

    /** Appends a transaction; when that fails, nothing of it is there, unless even that could not be seen to ({@link #isWhole}). */
    void append(RedoCodec.Entry entry) throws IOException {
        int mark = codec.mark();
        long begin = end;
        try {
            byte[] body = codec.encode(entry);
            if (body.length > LONGEST) {
                throw new IOException("a transaction of " + body.length + " bytes is too long for the redo log");
            }
            ByteBuffer record = ByteBuffer.allocate(PREFIX + body.length);
            record.putInt(body.length).putInt(sum(body)).put(body).flip();
            long at = begin;
            while (record.hasRemaining()) {
                at += channel.write(record, at);
            }
            end = at;
        } catch (IOException | RuntimeException e) {
            codec.forget(mark);
            takeBack(begin, e);
            throw e;
        }
    }

    private void takeBack(long begin, Exception why) {
        try {
            channel.truncate(begin);
        } catch (IOException e) {
            whole = false;
            why.addSuppressed(e);
        }
    }

    /** Whether it ends with a whole transaction. */
    boolean isWhole() {
        return whole;
    }

    /** Brings to disk what was appended before. */
    void force() throws IOException {
        channel.force(false);
    }

    /**
     * Empties it, once all that stands in it is elsewhere. Where this does not reach the disk before a power cut, what stood here before stands
     * here again.
     */
    void clear() throws IOException {
        if (channel.size() > KEPT) {
            channel.truncate(KEPT);
        }
        ByteBuffer nothing = ByteBuffer.allocate((int) Math.min(PREFIX, channel.size()));
        while (nothing.hasRemaining()) {
            channel.write(nothing, nothing.position());
        }
        codec = new RedoCodec();
        end = 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Closes and removes it. */
    void delete() throws IOException {
        channel.close();
        path.delete();
    }
}

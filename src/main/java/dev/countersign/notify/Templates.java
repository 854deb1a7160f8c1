package dev.countersign.notify;

import dev.countersign.approval.Notification;
import dev.countersign.config.NotifyConfig.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The words of each channel for each kind of notification, in files named {@code slack-filed.txt}, {@code mail-filed.txt} and so
 * on. Built in are all of them; a folder may hold others that count more. All are read at the start, and a mistake in one is
 * found then.
 */
final class Templates {
    private static final List<Channel> WORDED = List.of(Channel.SLACK, Channel.MAIL);
    private static final String SUBJECT = "Subject: ";
    private static final long BYTES_MAX = 16_384;

    private final Map<String, NoticeTemplate> byName;

    private Templates(Map<String, NoticeTemplate> byName) {
        this.byName = Map.copyOf(byName);
    }

    /**
     * Reads the built-in ones, and those of a folder.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-761} naming the file and what is wrong with it
     */
    static Templates load(Optional<Path> folder) {
        Set<String> foreign = new HashSet<>();
        folder.ifPresent(from -> foreign.addAll(listed(from)));
        Map<String, NoticeTemplate> read = new HashMap<>();
        for (Channel channel : WORDED) {
            for (Notification.Kind kind : Notification.Kind.values()) {
                String name = name(channel, kind);
                @Nullable
                Path file = foreign.remove(name) ? folder.orElseThrow().resolve(name) : null;
                String where = file == null ? name : file.toString();
                NoticeTemplate template = NoticeTemplate.parse(where, file == null ? builtIn(name) : text(file));
                read.put(name, channel == Channel.MAIL ? withSubject(where, template) : template);
            }
        }
        if (!foreign.isEmpty()) {
            throw NoticeTemplate.refused(
                    folder.orElseThrow().resolve(foreign.iterator().next()).toString(), "no message has that name");
        }
        return new Templates(read);
    }

    static String name(Channel channel, Notification.Kind kind) {
        return Notice.lower(channel) + "-" + Notice.lower(kind).replace('_', '-') + ".txt";
    }

    private static NoticeTemplate withSubject(String where, NoticeTemplate template) {
        if (!template.lines().get(0).startsWith(SUBJECT)) {
            throw NoticeTemplate.refused(where, "its first line has to begin with '" + SUBJECT + "'");
        }
        return template;
    }

    /** Other files may lie there, such as a README. */
    private static Set<String> listed(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            Set<String> names = new HashSet<>();
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".txt"))
                    .forEach(names::add);
            return names;
        } catch (IOException e) {
            throw NoticeTemplate.refused(folder.toString(), "it is no folder that can be read");
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw NoticeTemplate.refused(file.toString(), "it is longer than " + BYTES_MAX + " bytes");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw NoticeTemplate.refused(file.toString(), "it cannot be read as UTF-8 text");
        }
    }

    private static String builtIn(String name) {
        try (InputStream in = Objects.requireNonNull(Templates.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw NoticeTemplate.refused(name, "it cannot be read");
        }
    }

    /** What Slack is told. */
    String slack(Notice notice, boolean texts) {
        return of(Channel.SLACK, notice).fill(notice.values(texts), PlainText::mrkdwn);
    }

    /** A mail's subject, one line, and its body. */
    record Mail(String subject, String body) {}

    /** What a mail says. */
    Mail mail(Notice notice, boolean texts) {
        NoticeTemplate template = of(Channel.MAIL, notice);
        List<String> lines = template.lines();
        Map<String, String> values = notice.values(texts);
        NoticeTemplate subject = new NoticeTemplate(List.of(lines.get(0).substring(SUBJECT.length())));
        NoticeTemplate body = new NoticeTemplate(lines.subList(1, lines.size()));
        return new Mail(
                PlainText.line(subject.fill(values, PlainText::line)),
                body.fill(values, PlainText::line).strip() + "\n");
    }

    private NoticeTemplate of(Channel channel, Notice notice) {
        return Objects.requireNonNull(byName.get(name(channel, notice.about().kind())));
    }
}

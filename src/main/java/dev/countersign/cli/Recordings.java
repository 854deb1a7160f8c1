package dev.countersign.cli;

import dev.countersign.core.Json;
import dev.countersign.replay.Fixture;
import dev.countersign.replay.Recording;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Recorded conversations as commands are given them: files, folders of such, and ids of conversations that a server has. */
final class Recordings {
    private final Shell shell;
    private final ServerOptions server;

    /** Where conversations can be looked at, those that came from a server that stays. */
    private final Map<String, URI> places = new HashMap<>();

    Recordings(Shell shell, ServerOptions server) {
        this.shell = shell;
        this.server = server;
    }

    Map<String, URI> places() {
        return places;
    }

    /** Hands out each, files first; a server is asked only where an id is given. None is kept here. */
    void each(List<String> given, Consumer<Recording> taker) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String one : given) {
            Path path = Path.of(one);
            if (Files.isDirectory(path)) {
                for (Path file : files(path)) {
                    taker.accept(Fixture.read(file).recording());
                }
            } else if (Files.exists(path) || one.endsWith(".json")) {
                taker.accept(Fixture.read(path).recording());
            } else {
                ids.add(one);
            }
        }
        if (!ids.isEmpty()) {
            try (Door door = server.door(shell)) {
                Api api = server.api(shell, door);
                ids.forEach(id -> taker.accept(fetched(api, door, id)));
            }
        }
    }

    /** One conversation's, which is remembered to be there to be looked at. */
    Recording fetched(Api api, Door door, String given) {
        Recording recording = of(api, given);
        if (!door.isOwn()) {
            places.put(recording.thread().id(), door.url());
        }
        return recording;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    static Recording of(Api api, String given) {
        String id = ShortId.ofThread(given, api);
        String answer = Json.write(api.get("/api/threads/" + Api.encode(id) + "/recording"));
        return Fixture.parse(answer, "conversation " + id).recording();
    }
}

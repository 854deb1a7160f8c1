package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A fresh emulator in memory for every test, with a clock that stands still. */
abstract class EmulatorTestBase {
    final SettableClock clock = new SettableClock();
    final EmulatorServer server = EmulatorServer.start(EmulatorConfig.inMemory(Client.KEY, clock));
    final Client client = new Client(server);

    @AfterEach
    final void stop() {
        server.close();
    }

    static List<String> texts(JsonNode array, String field) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.path(field).asText()));
        return texts;
    }
}

package dev.countersign.lab.soak;

import dev.countersign.core.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the people of a scene known to its server. */
final class Logins {
    private Logins() {}

    /** Logs every asker in; a token for each. */
    static Map<String, String> of(Stage stage, Wire wire, SoakScene scene) {
        Map<String, String> logins = new LinkedHashMap<>();
        try {
            for (String user : scene.askers()) {
                wire.post(
                        stage.operatorToken(),
                        "/operator/users",
                        Json.object().put("user", user).put("password", SoakScene.PASSWORD));
                logins.put(user, wire.login(user, SoakScene.PASSWORD));
            }
        } catch (Wire.NoAnswer e) {
            throw new IllegalStateException("the people could not log in: " + e.getMessage(), e);
        }
        return logins;
    }
}

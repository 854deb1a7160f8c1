package dev.countersign.crash;

import dev.countersign.config.Config;
import dev.countersign.config.PermitConfig;
import dev.countersign.config.Places;
import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a child process is to do with one folder: tell the story to its end there, or be halted at a boundary on the way.
 *
 * @param url of the store
 * @param permit address of Permit
 * @param at where to be halted; empty to reach the end
 * @param occurrence which passing of it, from 1
 */
record Errand(
        Path folder,
        String url,
        String user,
        StoreConfig.Durability durability,
        String permit,
        Optional<Boundary> at,
        int occurrence) {
    static final String KEY = "permit_key_emulated";

    Errand toTheEnd() {
        return new Errand(folder, url, user, durability, permit, Optional.empty(), 0);
    }

    StoreConfig store() {
        return new StoreConfig(
                url,
                user,
                new Secret(""),
                folder,
                new StoreConfig.MasterKey(folder.resolve("master.key"), new Secret("")),
                durability);
    }

    PermitConfig permitConfig() {
        Map<String, String> settings = Map.of(
                "PERMIT_API_KEY", KEY, "PERMIT_API_URL", permit, "PERMIT_PDP_URL", permit, "PERMIT_TIMEOUT", "5s");
        return Config.of(new Places(folder, folder), settings).permit();
    }

    Ledger effects() {
        return new Ledger(folder.resolve("effects"));
    }

    Ledger acknowledged() {
        return new Ledger(folder.resolve("acknowledged"));
    }

    Ledger passed() {
        return new Ledger(folder.resolve("passed"));
    }

    String line() {
        return String.join(
                "|",
                List.of(
                        folder.toString(),
                        url,
                        user,
                        durability.name(),
                        permit,
                        at.map(Enum::name).orElse(""),
                        String.valueOf(occurrence)));
    }

    static Errand parse(String line) {
        String[] part = line.split("\\|", -1);
        return new Errand(
                Path.of(part[0]),
                part[1],
                part[2],
                StoreConfig.Durability.valueOf(part[3]),
                part[4],
                part[5].isEmpty() ? Optional.empty() : Optional.of(Boundary.valueOf(part[5])),
                Integer.parseInt(part[6]));
    }

    @Override
    public String toString() {
        String place =
                at.map(boundary -> boundary + " (passing " + occurrence + ")").orElse("no halt");
        return place + " on " + url.split("[/?]", 2)[0] + " in " + folder.getFileName();
    }
}

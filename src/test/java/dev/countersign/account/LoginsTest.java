package dev.countersign.account;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class LoginsTest {
    private static final Principal HENRY = new Principal("henry");

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T12:00:00Z"));
    private Database database;
    private Accounts accounts;
    private LoginTokens tokens;
    private Logins logins;

    @BeforeEach
    void open() {
        Map<String, String> settings = new HashMap<>(Stores.settings(folder));
        settings.put("COUNTERSIGN_DURABILITY", "process");
        Config config = Config.of(new Places(folder, folder), settings);
        database = Database.open(config.store());
        accounts = new StoredAccounts(database, clock, 4);
        tokens = new LoginTokens(SigningKey.in(folder), clock, Duration.ofMinutes(30));
        logins = new Logins(accounts, new Sessions(database, clock), tokens, null, clock);
        accounts.add(HENRY, "henry_password");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void rightPassword_provesTheLoginForHalfAnHour() {
        String token = logins.login("henry", "henry_password", "here").access();

        assertThat(logins.verify(token).principal()).isEqualTo(HENRY);
        clock.advance(Duration.ofMinutes(29));
        assertThat(logins.verify(token).principal()).isEqualTo(HENRY);
        clock.advance(Duration.ofMinutes(1));
        refused("CS-702", () -> logins.verify(token));
    }

    @Test
    void wrongPasswordUnknownNameAndOddNames_areToldTheSame() {
        String overlong = "x".repeat(Accounts.PASSWORD_BYTES_MAX + 1);
        for (String[] attempt : new String[][] {
            {"henry", "Henry_password"},
            {"nobody", "henry_password"},
            {"../henry", "x"},
            {"henry", ""},
            {"rose", overlong}
        }) {
            assertThatThrownBy(
                            () -> logins.login(attempt[0], attempt[1], "here").access())
                    .hasMessage("[CS-701] Incorrect username or password");
        }
    }

    @Test
    void afterFiveFailures_evenTheRightPasswordHasToWait() {
        for (int i = 0; i < 5; i++) {
            refused(
                    "CS-701",
                    () -> logins.login("henry", "wrong password", "here").access());
        }
        refused("CS-703", () -> logins.login("henry", "henry_password", "here").access());
        refused("CS-703", () -> logins.login("HENRY", "henry_password", "here").access());

        clock.advance(Duration.ofSeconds(31));
        assertThat(logins.login("henry", "henry_password", "here").access()).isNotEmpty();
    }

    @Test
    void guessesThatComeAtOnce_areCountedLikeOthers() throws Exception {
        ExecutorService guessers = Executors.newFixedThreadPool(16);
        try {
            List<Callable<String>> guesses = Collections.nCopies(16, () -> {
                try {
                    return logins.login("henry", "wrong password", "here").access();
                } catch (CountersignException e) {
                    return e.code().id();
                }
            });
            Map<String, Integer> answers = new HashMap<>();
            for (Future<String> answer : guessers.invokeAll(guesses)) {
                answers.merge(answer.get(), 1, Integer::sum);
            }
            assertThat(answers).containsOnly(Map.entry("CS-701", 5), Map.entry("CS-703", 11));
        } finally {
            guessers.shutdown();
        }
    }

    @Test
    void promise7_forgedTokens_proveNothing() throws Exception {
        String real = logins.login("henry", "henry_password", "here").access();
        String[] parts = real.split("\\.");
        JWTClaimsSet joe = claims("joe", "PERSON");
        SignedJWT otherKey = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), joe);
        otherKey.sign(new MACSigner(new byte[32]));
        String body = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(joe.toString().getBytes(UTF_8));

        refused("CS-702", () -> logins.verify(new PlainJWT(claims("henry", "PERSON")).serialize()));
        refused("CS-702", () -> logins.verify(otherKey.serialize()));
        refused("CS-702", () -> logins.verify(parts[0] + "." + body + "." + parts[2]));
        refused("CS-702", () -> logins.verify(parts[0] + "." + parts[1] + "."));
        refused("CS-702", () -> logins.verify("eyJhbGciOiJub25lIn0." + parts[1] + "."));
        refused("CS-702", () -> logins.verify("not a token"));
        refused("CS-702", () -> logins.verify(""));
        refused("CS-702", () -> logins.verify("x".repeat(5000)));
    }

    @Test
    void anotherAlgorithmOfTheSameKey_isRefused() throws Exception {
        byte[] key = SigningKey.in(folder).bytes();
        byte[] longer = new byte[64];
        System.arraycopy(key, 0, longer, 0, 32);
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS512), claims("henry", "PERSON"));
        token.sign(new MACSigner(longer));

        refused("CS-702", () -> logins.verify(token.serialize()));
    }

    @Test
    void tokensForPersonsAndOperators_doNotOpenEachOthersDoors() {
        String person = logins.login("henry", "henry_password", "here").access();
        String operator = tokens.issue(HENRY, LoginTokens.Audience.OPERATOR);

        refused("CS-702", () -> logins.verify(operator));
        refused("CS-702", () -> logins.add(person, new Principal("eve"), "long enough"));
        logins.add(operator, new Principal("eve"), "long enough");
        assertThat(logins.login("eve", "long enough", "here").access()).isNotEmpty();
    }

    @Test
    void tokenOfAnAccountThatIsGone_provesNothing() {
        refused("CS-702", () -> logins.verify(tokens.issue(new Principal("ghost"), LoginTokens.Audience.PERSON)));
    }

    @Test
    void passwordsThatAreTooShortOrTooLong_andTakenNames_areRefused() {
        refused("CS-704", () -> accounts.add(new Principal("eve"), "short"));
        refused("CS-704", () -> accounts.add(new Principal("eve"), "é".repeat(37)));
        refused("CS-705", () -> accounts.add(HENRY, "another password"));
    }

    @Test
    void signingKey_isMadeOnce_andOnlyTheOwnerMayReadIt() throws IOException {
        Path file = folder.resolve("login.key");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(SigningKey.in(folder).bytes())
                .isEqualTo(SigningKey.in(folder).bytes())
                .hasSize(32);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        refused("CS-706", () -> SigningKey.in(folder));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file, "not a key");
        refused("CS-706", () -> SigningKey.in(folder));
    }

    @Test
    void demoFamily_isSeededOnce_andPasswordsAreNowhereInTheClear() {
        DemoFamily.seed(accounts);
        DemoFamily.seed(accounts);

        assertThat(logins.login("joe", DemoFamily.passwordOf("joe"), "here").access())
                .isNotEmpty();
        List<String> hashes = database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT password_hash FROM account")
                        .mapTo(String.class)
                        .list());
        assertThat(hashes).hasSize(4).allMatch(hash -> hash.startsWith("$2a$"));
    }

    private JWTClaimsSet claims(String user, String audience) {
        return new JWTClaimsSet.Builder()
                .issuer("countersign")
                .audience(audience)
                .subject(user)
                .expirationTime(Date.from(clock.instant().plusSeconds(600)))
                .build();
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CountersignException.class,
                        failure -> assertThat(failure.code().id()).isEqualTo(code));
    }
}

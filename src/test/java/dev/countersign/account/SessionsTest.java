package dev.countersign.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a login lasts, and what ends it: on every node that looks at the same store. */
@Tag("store")
final class SessionsTest {
    private static final Principal HENRY = new Principal("henry");

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T12:00:00Z"));
    private Database database;
    private Logins logins;
    private Logins otherNode;
    private String operator;

    @BeforeEach
    void open() {
        Map<String, String> settings = new HashMap<>(Stores.settings(folder));
        settings.put("COUNTERSIGN_DURABILITY", "process");
        database = Database.open(Config.of(new Places(folder, folder), settings).store());
        logins = node();
        otherNode = node();
        operator = new LoginTokens(SigningKey.in(folder), clock, Duration.ofDays(100))
                .issue(new Principal("operator"), LoginTokens.Audience.OPERATOR);
        logins.add(operator, HENRY, "henry_password");
    }

    private Logins node() {
        LoginTokens tokens = new LoginTokens(SigningKey.in(folder), clock, Duration.ofMinutes(30));
        return new Logins(new StoredAccounts(database, clock, 4), new Sessions(database, clock), tokens, null, clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Issued login() {
        return logins.login("henry", "henry_password", "here");
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CountersignException.class,
                        failure -> assertThat(failure.code().id()).isEqualTo(code));
    }

    @Test
    void aRefreshToken_isGoodForOneUse_andForAsLongAsItIsUsed() {
        Issued issued = login();
        for (int week = 0; week < 12; week++) {
            clock.advance(Duration.ofDays(7));
            issued = otherNode.refresh(issued.refresh());
            assertThat(logins.verify(issued.access()).principal()).isEqualTo(HENRY);
        }
        String last = issued.refresh();
        clock.advance(Duration.ofDays(7));
        refused("CS-702", () -> logins.refresh(last));
    }

    @Test
    void aRefreshTokenThatIsNotUsedForTwoWeeks_isVoid() {
        String refresh = login().refresh();
        clock.advance(Duration.ofDays(14));
        refused("CS-702", () -> logins.refresh(refresh));
    }

    @Test
    void anOldRefreshTokenThatComesBack_endsTheWholeLogin_andNoOther() {
        Issued first = login();
        Issued other = login();
        Issued second = logins.refresh(first.refresh());

        refused("CS-702", () -> otherNode.refresh(first.refresh()));

        refused("CS-702", () -> logins.refresh(second.refresh()));
        refused("CS-702", () -> logins.verify(second.access()));
        refused("CS-702", () -> otherNode.verify(first.access()));
        assertThat(logins.verify(other.access()).principal()).isEqualTo(HENRY);
    }

    @Test
    void whatIsNoRefreshToken_isRefused() {
        Issued issued = login();
        String id = issued.refresh().split("\\.")[0];
        for (String token : List.of("", ".", "x", "x.y", issued.access(), "a.b.c", "x".repeat(5000))) {
            refused("CS-702", () -> logins.refresh(token));
        }
        assertThat(logins.verify(issued.access()).principal()).isEqualTo(HENRY);
        refused("CS-702", () -> logins.verify(issued.refresh()));
        assertThat(id).isNotEmpty();
    }

    @Test
    void logout_endsTheLogin_onAllNodesAndAfterARestart() {
        Issued issued = login();
        Issued other = login();

        logins.logout(issued.access());

        refused("CS-702", () -> logins.verify(issued.access()));
        refused("CS-702", () -> otherNode.verify(issued.access()));
        refused("CS-702", () -> node().refresh(issued.refresh()));
        assertThat(otherNode.verify(other.access()).principal()).isEqualTo(HENRY);
        otherNode.forget(other.refresh());
        refused("CS-702", () -> logins.verify(other.access()));
    }

    @Test
    void aDisabledUser_isOutAtOnce_andIsToldWhatAnUnknownOneIs() {
        Issued issued = login();

        logins.setDisabled(operator, HENRY, true);

        refused("CS-702", () -> otherNode.verify(issued.access()));
        refused("CS-702", () -> otherNode.refresh(issued.refresh()));
        assertThatThrownBy(this::login).hasMessage("[CS-701] Incorrect username or password");
        assertThat(logins.list(operator))
                .singleElement()
                .satisfies(listed -> assertThat(listed.disabled()).isTrue());

        logins.setDisabled(operator, HENRY, false);
        refused("CS-702", () -> logins.verify(issued.access()));
        assertThat(logins.verify(login().access()).principal()).isEqualTo(HENRY);
    }

    @Test
    void anotherPassword_endsEveryLoginMadeWithTheOldOne() {
        Issued issued = login();

        logins.changePassword(operator, HENRY, "another password");

        refused("CS-702", () -> otherNode.verify(issued.access()));
        refused("CS-701", this::login);
        assertThat(otherNode.login("henry", "another password", "here").access())
                .isNotEmpty();
        refused("CS-704", () -> logins.changePassword(operator, HENRY, "short"));
        refused("CS-750", () -> logins.changePassword(operator, new Principal("nobody"), "long enough"));
        refused("CS-750", () -> logins.setDisabled(operator, new Principal("nobody"), true));
    }

    @Test
    void onlyTheOperatorMayCareForAccounts() {
        String person = login().access();
        refused("CS-702", () -> logins.list(person));
        refused("CS-702", () -> logins.setDisabled(person, HENRY, true));
        refused("CS-702", () -> logins.changePassword(person, HENRY, "another password"));
    }

    @Test
    void theWaitDoubles_isTold_andTheRightPasswordEndsIt() {
        long[] waits = new long[3];
        for (int i = 0; i < 4; i++) {
            refused("CS-701", () -> logins.login("henry", "wrong password", "here"));
        }
        for (int i = 0; i < waits.length; i++) {
            refused("CS-701", () -> logins.login("henry", "wrong password", "here"));
            waits[i] = catchThrowableOfType(TooManyAttempts.class, this::login).seconds();
            clock.advance(Duration.ofSeconds(waits[i]));
        }
        assertThat(waits).containsExactly(30, 60, 120);
        assertThat(login().access()).isNotEmpty();
        refused("CS-701", () -> logins.login("henry", "wrong password", "here"));
        assertThat(login().access()).isNotEmpty();
    }

    @Test
    void anAddressThatTriesManyNames_hasToWait_andOthersNeedNot() {
        for (int i = 0; i < 100; i++) {
            String name = "guess" + i;
            refused("CS-701", () -> logins.login(name, "henry_password", "there"));
        }
        refused("CS-703", () -> logins.login("henry", "henry_password", "there"));
        assertThat(login().access()).isNotEmpty();
    }

    @Test
    void whoHasFailed_isRememberedWithinBounds() {
        LoginAttempts attempts = new LoginAttempts(LoginAttempts.NAME, clock);
        for (int i = 0; i < 20_000; i++) {
            attempts.failed("name" + i);
        }
        assertThat(attempts.size()).isEqualTo(10_000);
    }

    @Test
    void theOldestLoginsOfOnePerson_endWhenThereAreTooMany() {
        Sessions sessions = new Sessions(database, clock);
        Sessions.Opened oldest = sessions.open("henry");
        for (int i = 0; i < Sessions.OF_ONE_MAX; i++) {
            clock.advance(Duration.ofSeconds(1));
            sessions.open("henry");
        }
        assertThat(sessions.lives(oldest.id(), "henry")).isFalse();
        Integer kept = database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM login_session")
                        .mapTo(Integer.class)
                        .one());
        assertThat(kept).isEqualTo(Sessions.OF_ONE_MAX);
    }

    @Test
    void noTokenStandsInTheStore() {
        String refresh = login().refresh();
        String secret = refresh.split("\\.")[1];
        List<String> hashes = database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT refresh_hash FROM login_session")
                        .mapTo(String.class)
                        .list());
        assertThat(hashes).hasSize(1).doesNotContain(secret);
    }
}

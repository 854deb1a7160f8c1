package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.ServerFixture;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logging in and out with a browser, and what a browser is told to do with what it gets. */
@Tag("store")
final class EntranceTest {
    @SuppressWarnings("NullAway.Init")
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String location(HttpResponse<?> response) {
        assertThat(response.statusCode()).isEqualTo(303);
        return response.headers().firstValue("Location").orElseThrow();
    }

    @Test
    void aStrangerIsShownTheWayIn_andBackToWhereTheyWanted() {
        PlainBrowser stranger = new PlainBrowser(server);
        assertThat(location(stranger.get("/"))).isEqualTo("/login");
        assertThat(location(stranger.get("/settings?saved=yes"))).isEqualTo("/login?next=%2Fsettings%3Fsaved%3Dyes");
        HttpResponse<String> form = stranger.get("/login?next=%2Fsettings");
        assertThat(form.body()).contains("name=\"next\" value=\"/settings\"");
        String token = PlainBrowser.token(form.body());

        assertThat(location(stranger.post(
                        "/login",
                        "csrf",
                        token,
                        "username",
                        "henry",
                        "password",
                        "henry_password",
                        "next",
                        "/settings")))
                .isEqualTo("/settings");
        assertThat(stranger.get("/settings").body()).contains("henry").contains("a Permit in memory");
        assertThat(location(stranger.get("/login?next=%2Fsettings"))).isEqualTo("/settings");
    }

    @Test
    void nobodyIsSentToAnotherSite() {
        for (String elsewhere :
                List.of("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "")) {
            PlainBrowser browser = new PlainBrowser(server);
            String token = PlainBrowser.token(browser.get("/login").body());
            assertThat(location(browser.post(
                            "/login",
                            "csrf",
                            token,
                            "username",
                            "rose",
                            "password",
                            "rose_password",
                            "next",
                            elsewhere)))
                    .as(elsewhere)
                    .isEqualTo("/");
        }
    }

    @Test
    void theCookieIsReadByNoScript_andSentFromNoOtherSite() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        assertThat(henry.given)
                .isNotEmpty()
                .allSatisfy(cookie -> assertThat(cookie)
                        .contains("HttpOnly")
                        .contains("SameSite=Strict")
                        .containsIgnoringCase("path=/")
                        .doesNotContain("Domain"));
        assertThat(henry.cookies.get(Doorman.PLAIN)).isNotNull();
        assertThat(henry.given.toString()).doesNotContain("Secure");
    }

    @Test
    void behindTlsTheCookieTravelsOverTlsOnly() {
        PlainBrowser henry = new PlainBrowser(server);
        HttpResponse<String> form = henry.get("/login", "X-Forwarded-Proto", "https");
        assertThat(form.headers().firstValue("Strict-Transport-Security")).isPresent();
        String token = PlainBrowser.token(form.body());
        String body = "csrf=" + token + "&username=henry&password=henry_password";
        HttpResponse<String> answer = henry.send(henry.request(
                        "/login", "X-Forwarded-Proto", "https", "Content-Type", "application/x-www-form-urlencoded")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body)));

        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(henry.given).allSatisfy(cookie -> assertThat(cookie).contains("Secure"));
        assertThat(henry.cookies).containsKey(Doorman.SECURE).doesNotContainKey(Doorman.PLAIN);
    }

    @Test
    void aWrongPasswordSaysWhatToDo_andTooManyOfThemSayWhen() {
        PlainBrowser joe = new PlainBrowser(server);
        HttpResponse<String> wrong = joe.logIn("jane", "not it at all");
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(wrong.body())
                .contains("do not belong together")
                .contains("value=\"jane\"")
                .doesNotContain("not it at all");
        for (int i = 0; i < 4; i++) {
            joe.logIn("jane", "not it at all");
        }
        HttpResponse<String> paused = joe.logIn("jane", "jane_password");
        assertThat(paused.statusCode()).isEqualTo(429);
        assertThat(paused.headers().firstValue("Retry-After")).contains("30");
        assertThat(paused.body()).contains("Try again in 30 seconds");
        server.clock.advance(Duration.ofSeconds(31));
        assertThat(joe.logIn("jane", "jane_password").statusCode()).isEqualTo(303);
    }

    @Test
    void aFormWithoutItsTokenDoesNothing() {
        PlainBrowser browser = new PlainBrowser(server);
        assertThat(browser.post("/login", "username", "henry", "password", "henry_password")
                        .statusCode())
                .isEqualTo(403);
        browser.get("/login");
        assertThat(browser.post("/login", "csrf", "guessed", "username", "henry", "password", "henry_password")
                        .statusCode())
                .isEqualTo(403);
        assertThat(browser.cookies).doesNotContainKey(Doorman.PLAIN);

        PlainBrowser henry = PlainBrowser.of(server, "henry");
        PlainBrowser rose = PlainBrowser.of(server, "rose");
        String foreign = PlainBrowser.token(rose.get("/settings").body());
        for (String token : List.of("", "x", foreign)) {
            assertThat(henry.post("/settings", "csrf", token, "theme", "dark").statusCode())
                    .isEqualTo(403);
            assertThat(henry.post("/login/end", "csrf", token).statusCode()).isEqualTo(403);
        }
        assertThat(henry.get("/settings").statusCode()).isEqualTo(200);
        assertThat(henry.cookies).doesNotContainKey(Preferences.COOKIE);
    }

    @Test
    void aPageOfAnotherOriginCanPostNothing() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        String token = PlainBrowser.token(henry.get("/settings").body());
        HttpResponse<String> answer = henry.send(henry.request(
                        "/settings",
                        "Origin",
                        "https://evil.example",
                        "Content-Type",
                        "application/x-www-form-urlencoded")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("csrf=" + token)));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("Not allowed").contains("CS-712");
    }

    @Test
    void promise7_aCookieThatIsNoneOfOurs_orOfAnEndedLogin_provesNothing() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        String cookie = henry.login();
        String[] parts = cookie.split("\\.", -1);
        PlainBrowser rose = PlainBrowser.of(server, "rose");
        String[] hers = rose.login().split("\\.", -1);
        for (String forged : List.of(
                parts[0] + ".x", parts[0] + "." + hers[1], parts[0], "." + parts[1], server.token("henry"), "x")) {
            PlainBrowser thief = new PlainBrowser(server);
            thief.cookies.put(Doorman.PLAIN, forged);
            assertThat(location(thief.get("/settings"))).startsWith("/login");
        }
        assertThat(henry.get("/settings").statusCode()).isEqualTo(200);

        assertThat(location(henry.post("/login/end", "csrf", Doorman.token(cookie))))
                .isEqualTo("/login?goodbye");
        assertThat(henry.cookies).doesNotContainKey(Doorman.PLAIN);
        PlainBrowser late = new PlainBrowser(server);
        late.cookies.put(Doorman.PLAIN, cookie);
        assertThat(location(late.get("/settings"))).startsWith("/login");
        assertThat(late.act("/settings", "theme", "dark").statusCode()).isEqualTo(401);
    }

    @Test
    void theCookieOpensNoApi_andTheApisTokenOpensNoPage() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        HttpResponse<String> api = henry.get("/api/threads");
        assertThat(api.statusCode()).isEqualTo(401);
        assertThat(api.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(location(
                        new PlainBrowser(server).get("/settings", "Authorization", "Bearer " + server.token("henry"))))
                .startsWith("/login");
    }

    @Test
    void aLinkOnAnotherSiteLeadsIn_thoughItComesWithoutTheCookie() {
        HttpResponse<String> followed = new PlainBrowser(server).get("/settings", "Sec-Fetch-Site", "cross-site");
        assertThat(followed.statusCode()).isEqualTo(200);
        assertThat(followed.body()).contains("http-equiv=\"refresh\"").doesNotContain("henry");
    }

    @Test
    void everyPageForbidsWhatItDoesNotNeed_andIsKeptByNobody() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        for (String path : List.of("/login", "/settings", "/no/such/page", "/")) {
            HttpResponse<String> page = henry.get(path);
            String policy = page.headers().firstValue("Content-Security-Policy").orElse("none at " + path);
            assertThat(policy)
                    .contains("default-src 'none'")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
            assertThat(page.headers().firstValue("Referrer-Policy")).contains("same-origin");
        }
        HttpResponse<String> none = henry.get("/no/such/page");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("There is nothing here").contains("CS-718");
        assertThat(server.send(server.request("/no/such/page")).body()).startsWith("{");
    }

    @Test
    void howSomebodyLikesThePageIsKeptInTheirBrowser() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        assertThat(henry.get("/settings").body())
                .contains("data-theme=\"auto\"")
                .contains("data-keys=\"on\"");
        assertThat(henry.act("/settings", "theme", "dark", "alerts", "on")
                        .headers()
                        .firstValue("HX-Redirect"))
                .contains("/settings?saved=yes");
        assertThat(henry.get("/settings").body())
                .contains("data-theme=\"dark\"")
                .contains("data-keys=\"off\"")
                .contains("data-alerts=\"on\"");
        henry.cookies.put(Preferences.COOKIE, "\"><script>.x.y");
        assertThat(henry.get("/settings").body())
                .contains("data-theme=\"auto\"")
                .doesNotContain("\"><script>");
    }
}

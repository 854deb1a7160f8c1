package dev.countersign.web;

import static java.util.Objects.requireNonNull;

import dev.countersign.account.DemoFamily;
import dev.countersign.server.ServerFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of a browser as it takes to log in: cookies, forms and the token in them. It follows no redirect and runs no script. */
final class PlainBrowser {
    private static final Pattern TOKEN = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");

    private final ServerFixture server;
    private final HttpClient http = HttpClient.newHttpClient();
    final Map<String, String> cookies = new LinkedHashMap<>();

    /** Every Set-Cookie that came. */
    final List<String> given = new ArrayList<>();

    PlainBrowser(ServerFixture server) {
        this.server = server;
    }

    /** One in which somebody of the family has logged in. */
    static PlainBrowser of(ServerFixture server, String user) {
        PlainBrowser browser = new PlainBrowser(server);
        HttpResponse<String> answer = browser.logIn(user, DemoFamily.passwordOf(user));
        if (answer.statusCode() != 303) {
            throw new AssertionError("expected a login, got " + answer.statusCode() + " " + answer.body());
        }
        return browser;
    }

    HttpResponse<String> logIn(String user, String password) {
        String token = token(get("/login").body());
        return post("/login", "csrf", token, "username", user, "password", password);
    }

    /** The cookie that proves the login. */
    String login() {
        return requireNonNull(cookies.get(Doorman.PLAIN), "nobody is logged in");
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    /** A form; names and values in turn. */
    HttpResponse<String> post(String path, String... fields) {
        return send(request(path, "Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form(fields))));
    }

    /** A form with the token of a page of one's own, as htmx sends it. */
    HttpResponse<String> act(String path, String... fields) {
        String token = Doorman.token(cookies.getOrDefault(Doorman.PLAIN, ""));
        return send(request(
                        path,
                        "Content-Type",
                        "application/x-www-form-urlencoded",
                        "HX-Request",
                        "true",
                        Doorman.TOKEN_HEADER,
                        token)
                .POST(BodyPublishers.ofString(form(fields))));
    }

    private static String form(String... fields) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            form.append(i == 0 ? "" : "&")
                    .append(encoded(fields[i]))
                    .append('=')
                    .append(encoded(fields[i + 1]));
        }
        return form.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static String token(String page) {
        Matcher token = TOKEN.matcher(page);
        if (!token.find()) {
            throw new AssertionError("expected a form with a token, got " + page);
        }
        return token.group(1);
    }

    HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.url(path))
                .timeout(Duration.ofSeconds(20))
                .header("Accept", "text/html,*/*;q=0.8");
        StringBuilder sent = new StringBuilder();
        cookies.forEach((name, value) -> sent.append(sent.length() == 0 ? "" : "; ")
                .append(name)
                .append('=')
                .append(value));
        if (sent.length() > 0) {
            request.header("Cookie", sent.toString());
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            for (String cookie : response.headers().allValues("Set-Cookie")) {
                given.add(cookie);
                String[] pair = cookie.split(";", 2)[0].split("=", 2);
                if (pair[1].isEmpty()) {
                    cookies.remove(pair[0]);
                } else {
                    cookies.put(pair[0], pair[1]);
                }
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The bytes of an answer, as they came. */
    HttpResponse<byte[]> bytes(String path, String... headers) {
        try {
            return http.send(request(path, headers).build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

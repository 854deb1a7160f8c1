package dev.countersign.account;

import dev.countersign.core.Principal;
import java.util.List;

/** The logins of the food-ordering example. They have well-known passwords, so they exist only where a demo asks for them. */
public final class DemoFamily {
    /** The four names. */
    public static final List<String> NAMES = List.of("joe", "jane", "henry", "rose");

    private DemoFamily() {}

    /** The password of a member. */
    public static String passwordOf(String name) {
        return name + "_password";
    }

    /** Adds those who are not there yet. */
    public static void seed(Accounts accounts) {
        for (String name : NAMES) {
            Principal member = new Principal(name);
            if (!accounts.exists(member)) {
                accounts.add(member, passwordOf(name));
            }
        }
    }
}

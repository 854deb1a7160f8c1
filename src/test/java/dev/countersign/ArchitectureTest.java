package dev.countersign;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The walls of the house: what each room may know. */
final class ArchitectureTest {
    private static JavaClasses main;

    @BeforeAll
    static void readClasses() {
        main = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.countersign");
    }

    private static String[] rooms(String... names) {
        String[] packages = new String[names.length];
        for (int i = 0; i < names.length; i++) {
            packages[i] = "dev.countersign." + names[i] + "..";
        }
        return packages;
    }

    @Test
    void dataFlowsOneWayThroughTheLayers() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("0")
                .definedBy(rooms("core", "config"))
                .layer("1")
                .definedBy(rooms("thread", "log", "account", "db"))
                .layer("2")
                .definedBy(rooms("approval", "checkpoint", "tool", "permit", "model"))
                .layer("3")
                .definedBy(rooms("graph"))
                .layer("4")
                .definedBy(rooms("server", "web", "replay", "notify"))
                .layer("5")
                .definedBy(rooms("cli", "app", "lab"))
                .layer("aside")
                .definedBy(rooms("emulator", "mcpserver"))
                .whereLayer("5")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("4")
                .mayOnlyBeAccessedByLayers("5")
                .whereLayer("3")
                .mayOnlyBeAccessedByLayers("4", "5")
                .whereLayer("2")
                .mayOnlyBeAccessedByLayers("3", "4", "5", "aside")
                .whereLayer("1")
                .mayOnlyBeAccessedByLayers("2", "3", "4", "5")
                .whereLayer("aside")
                .mayOnlyBeAccessedByLayers("5")
                .check(main);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("dev.countersign.(*)..").should().beFreeOfCycles().check(main);
    }

    @Test
    void roomsOfLayerTwoDoNotSeeEachOther_exceptThatApprovalAndToolUsePermit() {
        String[] siblings = {"approval", "checkpoint", "tool", "permit", "model"};
        for (String room : siblings) {
            for (String other : siblings) {
                boolean allowed = other.equals("permit") && (room.equals("approval") || room.equals("tool"));
                if (!room.equals(other) && !allowed) {
                    noClasses()
                            .that()
                            .resideInAnyPackage(rooms(room))
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(rooms(other))
                            .allowEmptyShould(true)
                            .check(main);
                }
            }
        }
    }

    @Test
    void asidesSeeOnlyWhatTheyMay() {
        onlyIn(
                "permit and mcpserver see permit from aside",
                rooms("permit"),
                "approval",
                "tool",
                "graph",
                "server",
                "web",
                "replay",
                "notify",
                "cli",
                "app",
                "lab",
                "mcpserver",
                "permit");
        noClasses()
                .that()
                .resideInAnyPackage(rooms("emulator"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(rooms("permit", "config", "thread", "log", "account", "db", "tool", "graph"))
                .allowEmptyShould(true)
                .check(main);
        noClasses()
                .that()
                .resideInAnyPackage(rooms("permit"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(rooms("emulator"))
                .allowEmptyShould(true)
                .check(main);
        noClasses()
                .that()
                .resideInAnyPackage(rooms("mcpserver"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        rooms("thread", "log", "account", "db", "tool", "graph", "emulator", "approval", "checkpoint"))
                .allowEmptyShould(true)
                .check(main);
    }

    @Test
    void eachLibraryStaysInItsRooms() {
        onlyIn(
                "JDBC",
                new String[] {"java.sql..", "javax.sql..", "org.jdbi..", "org.h2..", "org.flywaydb.."},
                "db",
                "thread",
                "checkpoint",
                "approval",
                "tool",
                "log",
                "account",
                "notify",
                "emulator",
                "mcpserver.food");
        onlyIn("Micrometer", new String[] {"io.micrometer.."}, "core", "app");
        onlyIn("OpenTelemetry", new String[] {"io.opentelemetry.."}, "app");
        onlyIn("logback", new String[] {"ch.qos.logback.."}, "app");
        onlyIn("db-scheduler", new String[] {"com.github.kagkarlsson.."}, "db");
        onlyIn("LangGraph4j", new String[] {"org.bsc.."}, "graph", "checkpoint", "replay", "lab.work");
        onlyIn("MCP", new String[] {"io.modelcontextprotocol..", "dev.langchain4j.mcp.."}, "tool", "mcpserver");
        onlyIn(
                "the HTTP server",
                new String[] {"io.javalin..", "org.eclipse.jetty..", "jakarta.servlet.."},
                "server",
                "web",
                "emulator",
                "mcpserver");
        onlyIn("mail", new String[] {"jakarta.mail..", "jakarta.activation..", "org.eclipse.angus.."}, "notify");
        onlyIn("JTE", new String[] {"gg.jte.."}, "web");
        onlyIn("the Permit SDK", new String[] {"io.permit.."}, "permit", "mcpserver");
    }

    /** What runs a record again is handed a model where one is to be asked, and can make no client of anything. */
    @Test
    void promise12_theRoomReplayHasNoWayToToolsPermitOrModels() {
        noClasses()
                .that()
                .resideInAnyPackage(rooms("replay"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "dev.countersign.model..", "dev.countersign.config..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching(
                        "dev\\.countersign\\.(tool\\.(ToolClients|McpToolClient)|permit\\.(Permits|PermitClient))")
                .check(main);
    }

    @Test
    void theServerKnowsNothingOfItsPages() {
        noClasses()
                .that()
                .resideInAnyPackage(rooms("server"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(rooms("web"))
                .check(main);
    }

    private static void onlyIn(String what, String[] packages, String... allowedRooms) {
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms(allowedRooms))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .as(what + " is used only in " + Set.of(allowedRooms))
                .allowEmptyShould(true)
                .check(main);
    }

    @Test
    void timeIdsAndRandomnessAreArguments() {
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms("app"))
                .should()
                .callMethodWhere(new DescribedPredicate<JavaAccess<?>>("system clock, ids or sleep") {
                    @Override
                    public boolean test(JavaAccess<?> access) {
                        JavaClass owner = access.getTargetOwner();
                        String name = access.getName();
                        boolean noArgs = access.getTarget().getFullName().endsWith("()");
                        return (owner.getFullName().startsWith("java.time.") && name.equals("now") && noArgs)
                                || (owner.getFullName().equals("java.time.Clock") && name.startsWith("system"))
                                || (owner.getFullName().equals("java.lang.System") && name.equals("currentTimeMillis"))
                                || (owner.getFullName().equals("java.util.UUID") && name.equals("randomUUID"))
                                || (owner.getFullName().equals("java.lang.Thread") && name.equals("sleep"));
                    }
                })
                .check(main);
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms("app"))
                .should()
                .callConstructor(java.util.Random.class)
                .check(main);
    }

    @Test
    void onlyTheCommandLineWritesToStandardOutput_andOnlyConfigReadsTheEnvironment() {
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms("cli"))
                .should()
                .accessField(System.class, "out")
                .check(main);
        noClasses()
                .that()
                .resideOutsideOfPackages(rooms("config"))
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(main);
    }

    @Test
    void noRoomIsACatchAll() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .check(main);
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..impl..")
                .check(main);
    }

    @Test
    void constructorsTakeTheirOwnPartOfTheConfig() {
        classes()
                .that()
                .resideOutsideOfPackages(rooms("config", "app", "cli", "lab"))
                .should()
                .onlyDependOnClassesThat(new DescribedPredicate<JavaClass>("are not the whole config tree") {
                    @Override
                    public boolean test(JavaClass type) {
                        return !type.getFullName().equals("dev.countersign.config.Config");
                    }
                })
                .check(main);
    }
}

package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class EffectJournalTest {
    private static final ToolInfo DELETE = Tools.tool("delete_volume", "{}");
    private static final String ARGUMENTS = "{\"volume_id\":\"zebra-crossing\"}";

    @TempDir
    Path folder;

    private final List<EffectWitness.Step> seen = new ArrayList<>();
    private Desk desk;
    private EffectJournal journal;
    private EffectSite site;
    private EffectIntent intent;

    @BeforeEach
    void open() {
        desk = new Desk(folder);
        journal = desk.journal((transaction, step) -> seen.add(step));
        site = desk.takeOver();
        intent = EffectIntent.of(site.threadId(), "call-1", DELETE, ARGUMENTS);
    }

    @AfterEach
    void close() {
        desk.close();
    }

    private boolean intend() {
        return desk.database.inTransaction(handle -> journal.intend(handle, site, intent));
    }

    private boolean resolve(EffectJournal.Resolution resolution) {
        return desk.database.inTransaction(handle -> journal.resolve(handle, site, intent.id(), resolution));
    }

    private EffectRecord row() {
        return journal.find(site, intent.id()).orElseThrow();
    }

    private void loseIt() {
        assertThat(journal.dispatch(site, intent)).isEqualTo(new Dispatch.Go(1));
        assertThat(journal.end(site, intent, 1, new ToolOutcome.Unknown("?"))).isTrue();
    }

    @Test
    void intentIsWrittenOnce_andDispatchGoesOnFromIt() {
        assertThat(intend()).isTrue();
        assertThat(intend()).isTrue();
        assertThat(row().state()).isEqualTo(EffectState.INTENT);
        assertThat(row().arguments()).isEqualTo(ARGUMENTS);
        assertThat(journal.dispatch(site, intent)).isEqualTo(new Dispatch.Go(1));
        assertThat(journal.dispatch(site, intent)).isEqualTo(new Dispatch.InDoubt(1));
        assertThat(journal.end(site, intent, 1, new ToolOutcome.Succeeded("gone")))
                .isTrue();
        assertThat(journal.end(site, intent, 1, new ToolOutcome.Failed("late"))).isFalse();
        assertThat(journal.dispatch(site, intent)).isEqualTo(new Dispatch.Ended(new ToolOutcome.Succeeded("gone")));
        assertThat(seen)
                .extracting(EffectWitness.Step::state)
                .containsExactly(EffectState.INTENT, EffectState.DISPATCHED, EffectState.SUCCEEDED);
        assertThat(seen).extracting(EffectWitness.Step::argumentDigest).containsOnly(intent.argumentDigest());
    }

    @Test
    void intentOfACallersTransaction_goesWithIt() {
        assertThatThrownBy(() -> desk.database.useTransaction(handle -> {
                    journal.intend(handle, site, intent);
                    throw new IllegalStateException("the approval was spent already");
                }))
                .hasMessageContaining("spent already");
        assertThat(journal.find(site, intent.id())).isEmpty();
    }

    @Test
    void promise2_oldFence_writesNothing() {
        EffectSite old = site;
        intend();
        site = desk.takeOver();
        assertThat(journal.dispatch(old, intent)).isEqualTo(new Dispatch.Fenced());
        boolean intended = desk.database.inTransaction(handle -> journal.intend(handle, old, intent));
        assertThat(intended).isFalse();
        assertThat(row().state()).isEqualTo(EffectState.INTENT);
        loseIt();
        boolean resolved = desk.database.inTransaction(
                handle -> journal.resolve(handle, old, intent.id(), EffectJournal.Resolution.CONFIRM));
        assertThat(resolved).isFalse();
        assertThat(row().state()).isEqualTo(EffectState.UNKNOWN);
    }

    @Test
    void promise4_effectThatMayNotBeRepeated_isNotRepeated() {
        journal.dispatch(site, intent);
        assertThatThrownBy(() -> journal.repeat(site, intent, 1)).hasMessageContaining("may not be repeated");
        assertThat(row().attempts()).isEqualTo(1);
    }

    @Test
    void personsWord_endsAnUnknownEffect_once() {
        loseIt();
        assertThat(resolve(EffectJournal.Resolution.CONFIRM)).isTrue();
        assertThat(resolve(EffectJournal.Resolution.REFUTE)).isFalse();
        assertThat(row().state()).isEqualTo(EffectState.SUCCEEDED);
        assertThat(row().outcome()).contains("confirmed");
    }

    @Test
    void personsRetry_sendsItAgain_underTheSameKey() {
        loseIt();
        assertThat(resolve(EffectJournal.Resolution.RETRY)).isTrue();
        assertThat(row().outcome()).isNull();
        assertThat(row().endedAt()).isNull();
        assertThat(journal.dispatch(site, intent)).isEqualTo(new Dispatch.Go(2));
        assertThat(journal.end(site, intent, 1, new ToolOutcome.Succeeded("late")))
                .isFalse();
        assertThat(journal.end(site, intent, 2, new ToolOutcome.Succeeded("done")))
                .isTrue();
    }

    @Test
    void onlyAnUnknownEffect_isResolved() {
        assertThat(resolve(EffectJournal.Resolution.RETRY)).isFalse();
        journal.dispatch(site, intent);
        assertThat(resolve(EffectJournal.Resolution.RETRY)).isFalse();
        assertThat(row().state()).isEqualTo(EffectState.DISPATCHED);
    }

    @Test
    void promise13_argumentsAndOutcomes_areNotReadableInTheFiles() throws Exception {
        journal.dispatch(site, intent);
        journal.end(site, intent, 1, new ToolOutcome.Succeeded("quagga-result"));
        desk.close();
        List<Path> files;
        try (var all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            assertThat(bytes)
                    .as(file.toString())
                    .doesNotContain("zebra-crossing")
                    .doesNotContain("quagga-result");
        }
        desk = new Desk(folder);
        journal = desk.journal(EffectWitness.NONE);
        site = desk.takeOver();
        assertThat(row().outcome()).isEqualTo("quagga-result");
        assertThat(journal.ofThread(site, 10)).containsExactly(row());
    }
}

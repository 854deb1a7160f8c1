package dev.countersign.lab.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.lab.soak.Evidence.Approval;
import dev.countersign.lab.soak.Evidence.AtPermit;
import dev.countersign.lab.soak.Evidence.Call;
import dev.countersign.lab.soak.Evidence.Entry;
import dev.countersign.lab.soak.Evidence.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That a soak can fail: each calamity, put into evidence that was clean, is found and counted under its name. */
final class AuditTest {
    private static final Errand MARK = new Errand(Errand.Kind.MARK, "t1", "plot-0-0");
    private static final Errand KEEP = new Errand(Errand.Kind.KEEP, "t2", "plot-0-0");
    private static final Errand GATED = new Errand(Errand.Kind.GATED, "t3", "plot-0-0");
    private static final String REQUEST = "11111111-1111-1111-1111-111111111111";
    private static final String UNKNOWN = "{\"error\":\"outcome_unknown\",\"message\":\"nobody knows\"}";

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Integer> withdrawals = new HashMap<>();
    private final List<Approval> approvals = new ArrayList<>();
    private final List<Ledger.Line> ledger = new ArrayList<>();
    private final List<AtPermit> requests = new ArrayList<>();

    /** One effect, one that may be repeated and was, one approved and run. */
    private void clean() {
        said(MARK);
        called("c1-0", MARK, "{\"done\":\"t1\"}");
        ledger.add(new Ledger.Line("t1", "mark", "k1"));
        said(KEEP);
        called("c4-0", KEEP, "{\"done\":\"t2\"}");
        ledger.add(new Ledger.Line("t2", "keep", "k2"));
        ledger.add(new Ledger.Line("t2", "keep", "k2"));
        said(GATED);
        called("c7-0", GATED, "{\"status\":\"pending\"}");
        entries.add(new Entry(
                "assistant",
                "",
                "",
                List.of(new Call("c9-0", "await_decision", "{\"request_id\":\"" + REQUEST + "\"}"))));
        entries.add(new Entry("tool", "{\"status\":\"approved\"}", "await_decision", List.of()));
        called("c7-0-approved", GATED, "{\"done\":\"t3\"}");
        ledger.add(new Ledger.Line("t3", "gated", "k3"));
        approvals.add(new Approval(REQUEST, "spent", "gated", "The soak asks for t3"));
        requests.add(new AtPermit(REQUEST, "approved", "ref-3", "gated: t3", "The soak asks for t3"));
    }

    private void said(Errand errand) {
        entries.add(new Entry("user", errand.text(), "", List.of()));
    }

    private void called(String id, Errand errand, String result) {
        String tool = Model.tool(errand.kind());
        String arguments = "{\"token\":\"" + errand.token() + "\"}";
        entries.add(new Entry("assistant", "", "", List.of(new Call(id, tool, arguments))));
        entries.add(new Entry("tool", result, tool, List.of()));
        entries.add(new Entry("assistant", "Noted.", "", List.of()));
    }

    private Tally.Row audited() {
        List<Diary.Deed> deeds = List.of(
                new Diary.Deed(MARK, "thread"), new Diary.Deed(KEEP, "thread"), new Diary.Deed(GATED, "thread"));
        Map<String, Told> threads = new LinkedHashMap<>();
        threads.put("thread", new Told("thread", "IDLE", entries, approvals));
        return Audit.of(new Evidence(deeds, Set.of("t1", "t2", "t3"), withdrawals, threads, ledger, requests))
                .total();
    }

    private void expect(int lost, int duplicated, int filedTwice, int unknown) {
        Tally.Row row = audited();
        assertThat(List.of(row.lost, row.duplicated, row.filedTwice, row.unknown))
                .containsExactly(lost, duplicated, filedTwice, unknown);
    }

    private int indexOf(String text) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).text().equals(text)) {
                return i;
            }
        }
        throw new AssertionError("no entry " + text);
    }

    private void answer(String before, String now) {
        int at = indexOf(before);
        entries.set(at, new Entry("tool", now, entries.get(at).tool(), List.of()));
    }

    private void decide(String state, String atPermit) {
        approvals.set(0, new Approval(REQUEST, state, "gated", "The soak asks for t3"));
        requests.set(0, new AtPermit(REQUEST, atPermit, "ref-3", "gated: t3", "The soak asks for t3"));
    }

    @Test
    void evidenceThatIsClean_isClean() {
        clean();
        expect(0, 0, 0, 0);
        assertThat(audited().done).isEqualTo(3);
        assertThat(audited().acknowledged).isEqualTo(3);
    }

    @Test
    void anAcknowledgedMessageThatIsGone_isLost() {
        clean();
        entries.subList(0, 4).clear();
        ledger.remove(0);
        expect(1, 0, 0, 0);
    }

    @Test
    void aMessageThatStandsTwice_isDuplicated() {
        clean();
        said(MARK);
        entries.add(new Entry("assistant", "Noted.", "", List.of()));
        expect(0, 1, 0, 0);
    }

    @Test
    void aMessageWithoutAnAnswer_isLost() {
        clean();
        entries.remove(entries.size() - 1);
        said(new Errand(Errand.Kind.TALK, "t9", "plot-0-0"));
        List<Diary.Deed> deeds = List.of(new Diary.Deed(new Errand(Errand.Kind.TALK, "t9", "plot-0-0"), "thread"));
        Evidence evidence = new Evidence(
                deeds,
                Set.of("t9"),
                Map.of(),
                Map.of("thread", new Told("thread", "IDLE", entries, List.of())),
                List.of(),
                List.of());
        assertThat(Audit.of(evidence).total().lost).isEqualTo(1);
    }

    @Test
    void anEffectThatHappenedTwice_isDuplicated() {
        clean();
        ledger.add(ledger.get(0));
        expect(0, 1, 0, 0);
    }

    @Test
    void aRepeatableEffectUnderASecondKey_isDuplicated() {
        clean();
        ledger.add(new Ledger.Line("t2", "keep", "another"));
        expect(0, 1, 0, 0);
    }

    @Test
    void anEffectThatIsToldAsDoneAndNeverHappened_isLost() {
        clean();
        ledger.remove(0);
        expect(1, 0, 0, 0);
    }

    @Test
    void anUnknownEffect_isCounted_andNeitherLostNorDuplicated_whetherItHappenedOrNot() {
        clean();
        answer("{\"done\":\"t1\"}", UNKNOWN);
        expect(0, 0, 0, 1);
        ledger.remove(0);
        expect(0, 0, 0, 1);
    }

    @Test
    void anUnknownEffectThatHappenedTwice_isDuplicated() {
        clean();
        answer("{\"done\":\"t1\"}", UNKNOWN);
        ledger.add(ledger.get(0));
        expect(0, 1, 0, 1);
    }

    @Test
    void anEffectOfARefusedCall_isDuplicated() {
        clean();
        answer("{\"done\":\"t1\"}", "{\"error\":\"not_sent\"}");
        expect(0, 1, 0, 0);
    }

    @Test
    void anEffectNobodyAskedFor_isDuplicated() {
        clean();
        ledger.add(new Ledger.Line("t77", "mark", "k"));
        expect(0, 1, 0, 0);
    }

    @Test
    void aSecondRequestForTheSameErrand_isFiledTwice_byErrandAndByReference() {
        clean();
        requests.add(new AtPermit("another", "pending", "ref-3", "gated: t3", "The soak asks for t3"));
        expect(0, 0, 2, 0);
    }

    @Test
    void aRequestThatOnlyPermitKnows_isLost_andItsEffectIsOneTooMany() {
        clean();
        approvals.clear();
        expect(1, 1, 0, 0);
    }

    @Test
    void aDeniedCallThatRan_isDuplicated() {
        clean();
        decide("denied", "denied");
        expect(0, 1, 0, 0);
    }

    @Test
    void anApprovalThatHereIsADenial_isLost() {
        clean();
        ledger.remove(ledger.size() - 1);
        decide("denied", "approved");
        expect(1, 0, 0, 0);
    }

    @Test
    void aSpentApprovalThatPermitNeverGave_isDuplicated() {
        clean();
        decide("spent", "pending");
        expect(0, 1, 0, 0);
    }

    @Test
    void anApprovedCallThatNeverRan_isLost() {
        clean();
        answer("{\"done\":\"t3\"}", "{\"error\":\"approval_not_usable\"}");
        ledger.remove(ledger.size() - 1);
        expect(1, 0, 0, 0);
    }

    @Test
    void aDecisionThatArrivesAfterAllRests_isLost() {
        clean();
        ledger.remove(ledger.size() - 1);
        decide("pending", "approved");
        expect(1, 0, 0, 0);
    }

    @Test
    void aDecisionToldTwice_isDuplicated_andOneNeverTold_isLost() {
        clean();
        int told = indexOf("{\"status\":\"approved\"}");
        entries.add(entries.get(told - 1));
        entries.add(entries.get(told));
        expect(0, 1, 0, 0);
        entries.subList(entries.size() - 2, entries.size()).clear();
        entries.subList(told - 1, told + 1).clear();
        expect(1, 0, 0, 0);
    }

    private void tell(int at, String status) {
        entries.add(at, new Entry("tool", "{\"status\":\"" + status + "\"}", "await_decision", List.of()));
        entries.add(at, entries.get(indexOf("{\"status\":\"approved\"}") - 1));
    }

    @Test
    void aWithdrawalThatPermitDidNotConfirm_isToldAsPending_onceForEachThatWasSent() {
        clean();
        withdrawals.put("thread", 1);
        int told = indexOf("{\"status\":\"approved\"}") - 1;
        tell(told, "pending");
        expect(0, 0, 0, 0);
        tell(told, "pending");
        expect(0, 1, 0, 0);
        withdrawals.put("thread", 2);
        expect(0, 0, 0, 0);
    }

    @Test
    void aDecisionThatIsTakenBack_isDuplicated_andADecisionThatIsOnlyToldAsPending_isLost() {
        clean();
        withdrawals.put("thread", 1);
        tell(entries.size(), "pending");
        expect(0, 1, 0, 0);
        int told = indexOf("{\"status\":\"approved\"}");
        entries.subList(told - 1, told + 1).clear();
        expect(1, 0, 0, 0);
    }

    @Test
    void aCallWithoutAResult_isLost() {
        clean();
        entries.add(new Entry("assistant", "", "", List.of(new Call("c50-0", "await_decision", "{}"))));
        expect(1, 0, 0, 0);
    }
}

package dev.countersign.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Softmax regression over sparse features, trained in the constructor by a fixed schedule: the same samples give the same
 * model, to the bit. Immutable afterwards.
 */
final class Classifier {
    private static final int ROUNDS = 30;
    private static final double RATE = 1.0;
    private static final double DECAY = 1e-5;

    private final List<String> labels;
    private final Map<String, Integer> index = new HashMap<>();
    private final double[][] weights;

    /** One phrase: what it means, what it shows, and how much it counts. */
    record Sample(String label, Set<String> features, double weight) {}

    Classifier(List<Sample> samples) {
        labels = samples.stream().map(Sample::label).distinct().sorted().toList();
        List<int[]> rows = new ArrayList<>();
        for (Sample sample : samples) {
            rows.add(sample.features().stream()
                    .mapToInt(feature -> index.computeIfAbsent(feature, name -> index.size()))
                    .toArray());
        }
        weights = new double[labels.size()][index.size()];
        for (int round = 0; round < ROUNDS; round++) {
            double rate = RATE / (1 + 0.15 * round);
            train(samples, rows, rate, round);
        }
    }

    private void train(List<Sample> samples, List<int[]> rows, double rate, int round) {
        int count = samples.size();
        // A stride that shares no divisor with the count visits every sample once, in a scattered order.
        int stride = coprimeTo(count, 7919 + 2 * round);
        for (int i = 0; i < count; i++) {
            int at = (int) ((long) i * stride % count);
            Sample sample = samples.get(at);
            int[] row = rows.get(at);
            double scale = 1 / Math.sqrt(Math.max(1, row.length));
            double[] chances = softmax(row, scale);
            for (int label = 0; label < chances.length; label++) {
                double wanted = labels.get(label).equals(sample.label()) ? 1 : 0;
                double step = rate * sample.weight() * (wanted - chances[label]) * scale;
                for (int feature : row) {
                    weights[label][feature] += step - rate * DECAY * weights[label][feature];
                }
            }
        }
    }

    private static int coprimeTo(int count, int start) {
        int stride = start;
        while (gcd(stride, count) != 1) {
            stride++;
        }
        return stride;
    }

    private static int gcd(int left, int right) {
        return right == 0 ? left : gcd(right, left % right);
    }

    /** How likely each label is; the numbers add up to 1. Features never seen in training say nothing. */
    Map<String, Double> chances(Set<String> features) {
        int[] row = features.stream()
                .filter(index::containsKey)
                .mapToInt(index::get)
                .toArray();
        double[] chances = softmax(row, 1 / Math.sqrt(Math.max(1, features.size())));
        Map<String, Double> byLabel = new HashMap<>();
        for (int label = 0; label < chances.length; label++) {
            byLabel.put(labels.get(label), chances[label]);
        }
        return byLabel;
    }

    private double[] softmax(int[] row, double scale) {
        double[] scores = new double[labels.size()];
        double top = Double.NEGATIVE_INFINITY;
        for (int label = 0; label < scores.length; label++) {
            double sum = 0;
            for (int feature : row) {
                sum += weights[label][feature];
            }
            scores[label] = sum * scale;
            top = Math.max(top, scores[label]);
        }
        double total = 0;
        for (int label = 0; label < scores.length; label++) {
            scores[label] = Math.exp(scores[label] - top);
            total += scores[label];
        }
        for (int label = 0; label < scores.length; label++) {
            scores[label] /= total;
        }
        return scores;
    }
}

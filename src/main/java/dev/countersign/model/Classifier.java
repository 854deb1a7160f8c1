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
    private static final int ROUNDS = 16;
    private static final double RATE = 1.0;
    private static final double LEAST_STEP = 1e-4;

    private final List<String> labels;
    private final Map<String, Integer> index = new HashMap<>();
    private final double[][] weights;

    /** One phrase: what it means, what it shows, and how much it counts. */
    record Sample(String label, Set<String> features, double weight) {}

    /** How far a round steps, and in which order it visits the samples. */
    private record Pace(double rate, int stride) {}

    Classifier(List<Sample> samples) {
        labels = samples.stream().map(Sample::label).distinct().sorted().toList();
        List<int[]> rows = new ArrayList<>();
        for (Sample sample : samples) {
            rows.add(sample.features().stream()
                    .mapToInt(feature -> index.computeIfAbsent(feature, name -> index.size()))
                    .toArray());
        }
        int[] targets = samples.stream()
                .mapToInt(sample -> labels.indexOf(sample.label()))
                .toArray();
        weights = new double[labels.size()][index.size()];
        for (int round = 0; round < ROUNDS; round++) {
            double rate = RATE / (1 + 0.15 * round);
            train(samples, rows, targets, new Pace(rate, 7919 + 2 * round));
        }
    }

    private void train(List<Sample> samples, List<int[]> rows, int[] targets, Pace pace) {
        int count = samples.size();
        // A stride that shares no divisor with the count visits every sample once, in a scattered order.
        int stride = coprimeTo(count, pace.stride());
        for (int i = 0; i < count; i++) {
            int at = (int) ((long) i * stride % count);
            Sample sample = samples.get(at);
            int[] row = rows.get(at);
            double scale = 1 / Math.sqrt(Math.max(1, row.length));
            double[] chances = softmax(row, scale);
            for (int label = 0; label < chances.length; label++) {
                double wanted = label == targets[at] ? 1 : 0;
                double step = pace.rate() * sample.weight() * (wanted - chances[label]) * scale;
                // What is learnt already moves nothing: most steps of the later rounds end here.
                if (Math.abs(step) > LEAST_STEP) {
                    double[] line = weights[label];
                    for (int feature : row) {
                        line[feature] += step;
                    }
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

//! Gradients from the probes of runs: their size in every layer, and how it changes during the training.

use record::{LayerProbe, Probe, RunRecord};
use spec::Metric;

use super::axis::{Look, Numbers, Scale, extent};
use super::plot::{Panel, Plot, PlotPoint, Series};
use super::points::mean_over_runs;
use super::replicates::RunCurves;
use super::runs::STEPS_LABEL;

const GRADIENT_HEADING: &str = "Gradient, root mean square";
const LAYERS: Look = ("Layer, from the first to the output layer", Scale::Linear, Numbers::Whole);

/// The size of something in a layer; none before the first step.
type Size = fn(&LayerProbe) -> Option<f64>;

/// How large gradients and updates are in every layer, early in the training: the picture of vanishing gradients.
///
/// Left the root mean square of a layer's gradient, right that of its updates over that of its weights; geometric means
/// over the probes of the first [`Metric::EARLY_EPOCHS`] epochs and over replicates, whose lowest and highest values
/// are the ends of the error bars.
pub(crate) fn gradient_sizes(runs: &[RunCurves]) -> Plot {
    let panel = |heading: &str, size: Size| {
        let series = runs.iter().enumerate().map(|(index, run)| sizes_by_layer(index, run, size));
        Panel::around(LAYERS, (heading, Scale::Logarithmic, Numbers::Plain), series.collect())
    };
    let panels = vec![
        panel(GRADIENT_HEADING, |layer| Some(layer.gradient_rms)),
        panel("Update over weights, root mean squares", |layer| Some(layer.update_rms? / layer.weight_rms)),
    ];
    let has_means = runs.iter().any(RunCurves::is_mean);
    let over_seeds = if has_means { " and over seeds; bars: lowest and highest seed" } else { "" };
    let epochs = Metric::EARLY_EPOCHS;
    let note = format!("Geometric mean over the validations of the first {epochs} epochs{over_seeds}.");
    let records: Vec<&RunRecord> = runs.iter().flat_map(|run| run.records.iter().copied()).collect();
    Plot::new("Gradients and updates, layer by layer", &records, panels, vec![note])
}

/// How the gradients of the first, the middle, the last hidden and the output layer change over the steps of a run.
///
/// Replicates are their geometric mean, as long as at least half of them still train.
pub(crate) fn gradient_course(run: &RunCurves) -> Plot {
    let n_layers = run.records.first().map_or(0, |record| record.layers().len());
    let series = course_layers(n_layers).into_iter().enumerate().map(|(index, (layer, name))| {
        let label = format!("layer {}: {name}", layer + 1);
        Series { marks: Vec::new(), ..Series::with_dots(index, label, course(run, layer)) }
    });
    let title = format!("Gradients during the training: {}", run.label_with_ends());
    let sizes = (GRADIENT_HEADING, Scale::Logarithmic, Numbers::Plain);
    let panels = vec![Panel::around((STEPS_LABEL, Scale::Linear, Numbers::Whole), sizes, series.collect())];
    let notes = if run.is_mean() { vec!["Lines: geometric mean over seeds.".to_owned()] } else { Vec::new() };
    Plot::new(&title, &run.records, panels, notes)
}

fn sizes_by_layer(index: usize, run: &RunCurves, size: Size) -> Series {
    let records = run.averaged();
    let n_layers = records.iter().map(|record| record.layers().len()).max().unwrap_or(0);
    let point = |layer: usize| {
        let sizes: Vec<f64> = records.iter().filter_map(|record| early_size(record, layer, size)).collect();
        let interval = (sizes.len() > 1).then(|| extent(sizes.iter().copied()));
        Some(PlotPoint { interval, ..PlotPoint::new((layer + 1) as f64, geometric_mean(sizes.into_iter())?) })
    };
    Series::with_dots(index, run.label_with_ends(), (0..n_layers).filter_map(point).collect())
}

/// The size in a layer of one run, over the probes of the first epochs.
fn early_size(record: &RunRecord, layer: usize, size: Size) -> Option<f64> {
    let last_step = Metric::EARLY_EPOCHS * record.spec.steps_per_epoch() as f64;
    let early = record.history.probes.iter().filter(|probe| probe.step > 0 && probe.step as f64 <= last_step);
    geometric_mean(early.filter_map(|probe| size(probe.layers.get(layer)?)))
}

/// The geometric mean of the values above 0; none without such a value.
fn geometric_mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let logarithms: Vec<f64> =
        values.filter(|value| *value > 0.0).map(f64::ln).filter(|value| value.is_finite()).collect();
    let mean = logarithms.iter().sum::<f64>() / logarithms.len() as f64;
    (!logarithms.is_empty()).then(|| mean.exp())
}

/// The layers that are shown of `n_layers`, each once, with their names.
fn course_layers(n_layers: usize) -> Vec<(usize, &'static str)> {
    let Some(output) = n_layers.checked_sub(1) else { return Vec::new() };
    let mut layers = vec![(0, "first"), (output / 2, "middle"), (output.saturating_sub(1), "last hidden")];
    layers.retain(|(layer, _)| *layer < output);
    layers.dedup_by_key(|(layer, _)| *layer);
    layers.push((output, "output"));
    layers
}

fn course(run: &RunCurves, layer: usize) -> Vec<PlotPoint> {
    let logarithms: Vec<Vec<PlotPoint>> = run.averaged().iter().map(|record| logarithms(record, layer)).collect();
    mean_over_runs(&logarithms).iter().map(|point| PlotPoint::new(point.x, point.y.exp())).collect()
}

/// The logarithms of a layer's gradients, whose mean is that of the geometric mean.
fn logarithms(record: &RunRecord, layer: usize) -> Vec<PlotPoint> {
    let logarithm = |probe: &Probe| Some(PlotPoint::new(probe.step as f64, probe.layers.get(layer)?.gradient_rms.ln()));
    record.history.probes.iter().filter_map(logarithm).filter(|point| point.y.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_support::synthetic::{Curve, empty_record, record, replicates, with_probes, with_units};

    fn deep(seeds: u64) -> Vec<RunRecord> {
        let runs = replicates("task4e", "Ten layers", 9_000, &Curve::DEEP, seeds);
        runs.into_iter().map(|run| with_probes(0.5, with_units(&[64; 10], run))).collect()
    }

    fn curves(records: &[RunRecord]) -> RunCurves<'_> {
        RunCurves { label: "Ten layers".to_owned(), records: records.iter().collect() }
    }

    #[test]
    fn every_layer_is_a_point_with_the_range_of_the_seeds() {
        let records = deep(3);
        let plot = gradient_sizes(&[curves(&records)]);
        for panel in &plot.panels {
            let points = &panel.series[0].points;
            assert_eq!(
                points.iter().map(|point| point.x).collect::<Vec<_>>(),
                (1..=11).map(f64::from).collect::<Vec<_>>()
            );
            for point in points {
                let (low, high) = point.interval.unwrap();
                assert!(low < point.y && point.y < high, "{point:?}");
            }
        }
        assert!(gradient_sizes(&[curves(&records[..1])]).panels[0].series[0].points[0].interval.is_none());
    }

    #[test]
    fn the_mean_is_geometric_and_of_the_first_epochs_without_the_start() {
        let mut run = with_probes(0.5, with_units(&[64], record("x", "X", 125, &Curve::STANDARD)));
        let layers = run.history.probes[0].layers.clone();
        let probe = |step: usize, gradient_rms: f64| {
            let layers = layers.iter().map(|layer| LayerProbe { gradient_rms, ..*layer }).collect();
            Probe { step, layers }
        };
        run.history.probes =
            vec![probe(0, 7.0), probe(125, 1.0), probe(3_125, 4.0), probe(250, 0.0), probe(3_250, 9.0)];
        let plot = gradient_sizes(&[curves(&[run])]);
        assert!((plot.panels[0].series[0].points[0].y - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_course_shows_each_layer_once() {
        let names =
            |n_layers: usize| -> Vec<usize> { course_layers(n_layers).iter().map(|(layer, _)| *layer).collect() };
        let cases: [(usize, &[usize]); 6] =
            [(0, &[]), (1, &[0]), (2, &[0, 1]), (3, &[0, 1, 2]), (4, &[0, 1, 2, 3]), (11, &[0, 5, 9, 10])];
        for (n_layers, layers) in cases {
            assert_eq!(names(n_layers), layers, "{n_layers} layers");
        }
    }

    #[test]
    fn runs_without_probes_give_empty_panels() {
        let records = [empty_record("x", "X")];
        for plot in [gradient_sizes(&[curves(&records)]), gradient_course(&curves(&records))] {
            assert!(plot.to_svg().unwrap().contains("no values"));
        }
    }
}

//! Parallel coordinates: a line per trial through its settings to its score.

use maud::{Markup, html};
use spec::{Domain, Parameter};

use crate::figure::axis::extent;
use crate::figure::svg::{self, FAINT_INK, INK, SUBTITLE, TITLE, TextStyle, fitted, middle_text, path};
use crate::format::{capitalized, plain_text};
use crate::sweep::{SweepResult, TrialResult, key_in_words, value_in_words};

const WIDTH: f64 = 920.0;
/// Pixels left and right of the axes, above and below them.
const MARGINS: (f64, f64) = (120.0, 92.0);
const HEIGHT: f64 = 300.0;
const KEY: TextStyle = TextStyle { size: 12.5, colour: INK, anchor: "middle" };
const VALUE: TextStyle = TextStyle { size: 11.5, colour: FAINT_INK, anchor: "end" };
/// The colours of the worst and of the best trial.
const COLOURS: [[f64; 3]; 2] = [[222.0, 222.0, 222.0], [0.0, 90.0, 160.0]];

/// An axis: the places of the trials on it, from 0 at its foot to 1, and the values that are written there.
struct Upright {
    title: String,
    places: Vec<Option<f64>>,
    labels: Vec<(f64, String)>,
}

/// The trials with a score, over these keys.
pub(crate) fn draw(result: &SweepResult, keys: &[&Parameter]) -> String {
    let trials: Vec<(&TrialResult, f64)> = result.scored().map(|(_, trial, score)| (trial, score)).collect();
    let mut axes: Vec<Upright> = keys.iter().map(|one| of_key(one, &trials)).collect();
    axes.push(of_score(result, &trials));
    // The best lie on top.
    let mut order: Vec<usize> = (0..trials.len()).collect();
    order.sort_by(|one, other| {
        let [one, other] = [one, other].map(|index| result.spec.objective.loss(trials[*index].1));
        other.total_cmp(&one)
    });
    let content = html! {
        (svg::text((20.0, 28.0), TITLE, &fitted(&plain_text(&result.spec.title), TITLE.size, WIDTH - 40.0)))
        (svg::text((20.0, 47.0), SUBTITLE, &format!("{} trials, better ones darker; {}", trials.len(), result.provenance())))
        @for (rank, trial) in order.iter().enumerate() { (line(&axes, *trial, rank as f64 / (order.len().max(2) - 1) as f64)) }
        @for (index, axis) in axes.iter().enumerate() { (upright(axis, across(index, axes.len()))) }
    };
    svg::document((WIDTH, MARGINS.1 + HEIGHT + 30.0), &result.spec.title, &content)
}

fn of_key(one: &Parameter, trials: &[(&TrialResult, f64)]) -> Upright {
    let title = capitalized(&key_in_words(&one.key));
    let value = |trial: &TrialResult| trial.settings.get(&one.key).cloned();
    if let Domain::Values(values) = &one.domain {
        let place = |index: usize| if values.len() > 1 { index as f64 / (values.len() - 1) as f64 } else { 0.5 };
        let of = |(trial, _): &(&TrialResult, f64)| {
            let value = value(trial)?;
            values.iter().position(|one| *one == value).map(place)
        };
        let labels = values.iter().enumerate().map(|(index, value)| (place(index), value_in_words(value)));
        return Upright { title, places: trials.iter().map(of).collect(), labels: labels.collect() };
    }
    let &Domain::Range { low, high, is_log, .. } = &one.domain else { unreachable!("lists are above") };
    let spread =
        |value: f64| if is_log { (value / low).ln() / (high / low).ln() } else { (value - low) / (high - low) };
    let places = trials.iter().map(|(trial, _)| Some(spread(value(trial)?.as_f64()?)));
    let labels = vec![(0.0, low.to_string()), (1.0, high.to_string())];
    Upright { title, places: places.collect(), labels }
}

fn of_score(result: &SweepResult, trials: &[(&TrialResult, f64)]) -> Upright {
    let (worst, best) = {
        let (low, high) = result.deciding_scores();
        if result.is_better(low, high) { (high, low) } else { (low, high) }
    };
    let (_, span) = extent([0.0, (best - worst).abs()].into_iter());
    let spread = |score: f64| if span > 0.0 { ((score - worst) / (best - worst)).clamp(0.0, 1.0) } else { 1.0 };
    let title = capitalized(&result.spec.objective.metric.title());
    let labels = [(0.0, worst), (1.0, best)].map(|(place, score)| (place, result.score_in_words(Some(score))));
    Upright { title, places: trials.iter().map(|(_, score)| Some(spread(*score))).collect(), labels: labels.to_vec() }
}

fn across(index: usize, count: usize) -> f64 {
    MARGINS.0 + (WIDTH - 2.0 * MARGINS.0) * index as f64 / (count.max(2) - 1) as f64
}

fn down(place: f64) -> f64 {
    MARGINS.1 + HEIGHT * (1.0 - place)
}

/// The line of a trial; a key that does not count for it is left out.
fn line(axes: &[Upright], trial: usize, share: f64) -> Markup {
    let places = axes
        .iter()
        .enumerate()
        .filter_map(|(index, axis)| Some((across(index, axes.len()), down(axis.places[trial]?))));
    let mix = |part: usize| (COLOURS[0][part] + share * (COLOURS[1][part] - COLOURS[0][part])).round();
    let colour = format!("rgb({},{},{})", mix(0), mix(1), mix(2));
    html! { path d=(path(places)) fill="none" stroke=(colour) stroke-width="1.4" {} }
}

fn upright(axis: &Upright, x: f64) -> Markup {
    html! {
        path d=(path([(x, down(0.0)), (x, down(1.0))])) fill="none" stroke="#9a9a9a" stroke-width="1" {}
        (middle_text((x, MARGINS.1 - 20.0), KEY, &fitted(&axis.title, KEY.size, 200.0)))
        // Readable also where lines pass.
        g stroke="white" stroke-width="4" paint-order="stroke" {
            @for (place, label) in &axis.labels {
                (middle_text((x - 6.0, down(*place)), VALUE, &fitted(label, VALUE.size, MARGINS.0 - 10.0)))
            }
        }
    }
}

//! The pictures of a sweep: the score over each key, over both of two keys, over the trials, and all keys side by side.

use spec::{Direction, Domain, MetricKind, Parameter};

use super::axis::{Axis, Look, Numbers, Scale, extent, padded};
use super::pictures::{heat_map, parallel};
use super::plot::{Line, Panel, Plot, PlotPoint, Series};
use crate::format::{capitalized, plain_text, provenance, whole};
use crate::sweep::{SweepResult, TrialResult, TrialState, key_in_words, value_in_words};

/// The better trials whose scores decide the range; the axis ends a little beyond the worst of them.
const DECIDING: f64 = 0.8;
/// The key whose values are lists of layers.
const LAYERS: &str = "model.hidden_units";

/// A picture of a sweep.
#[derive(Debug, Clone)]
pub struct SweepPicture {
    /// Its name, to follow the sweep's: `slice-momentum`.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// The picture.
    pub svg: String,
    /// The same as numbers, for the interactive page.
    pub(crate) chart: Option<serde_json::Value>,
}

impl SweepResult {
    /// All pictures of the sweep; none before the first score.
    ///
    /// # Errors
    /// A picture cannot be drawn.
    pub fn pictures(&self) -> crate::Result<Vec<SweepPicture>> {
        if self.sample.is_empty() || self.scored().next().is_none() {
            return Ok(Vec::new());
        }
        let varied = self.varied_parameters();
        let mut pictures = Vec::new();
        let mut plotted = |name: String, caption: String, plot: &Plot| {
            pictures.push(SweepPicture { name, caption, svg: plot.to_svg()?, chart: plot.to_json() });
            Ok::<(), crate::FigureError>(())
        };
        let title = self.metric_title();
        for one in &varied {
            let (name, words) = (one.key.replace(['.', '_'], "-"), key_in_words(&one.key));
            plotted(
                format!("slice-{name}"),
                format!("{title} over the {words}: one point per trial."),
                &self.slice(one),
            )?;
        }
        plotted("progress".to_owned(), format!("{title} of the trials, and the best so far."), &self.progress())?;
        let mut drawn = |name: &str, caption: String, svg: String| {
            pictures.push(SweepPicture { name: name.to_owned(), caption, svg, chart: None });
        };
        if let [one, other] = varied[..] {
            let [across, down] = [other, one].map(|one| key_in_words(&one.key));
            let caption = format!("{title} over {down} and {across}; of several trials in a cell the best.");
            drawn("map", caption, heat_map::draw(self, other, one));
        }
        if varied.len() > 1 {
            let caption = "Every line is a trial: its settings, and its score at the right; better ones are darker.";
            drawn("parallel", caption.to_owned(), parallel::draw(self, &varied));
        }
        Ok(pictures)
    }

    pub(super) fn varied_parameters(&self) -> Vec<&Parameter> {
        let keys = self.varied();
        self.spec.search.iter().filter(|one| keys.contains(&one.key.as_str())).collect()
    }

    fn metric_title(&self) -> String {
        capitalized(&self.spec.objective.metric.title())
    }

    /// Dataset and protocol.
    pub(super) fn provenance(&self) -> String {
        provenance(&self.sample.iter().collect::<Vec<_>>())
    }

    /// The trials with a score, by position.
    pub(super) fn scored(&self) -> impl Iterator<Item = (usize, &TrialResult, f64)> {
        self.trials.iter().enumerate().filter_map(|(index, trial)| Some((index, trial, trial.score?)))
    }

    /// Whether one score is better than another.
    pub(super) fn is_better(&self, one: f64, other: f64) -> bool {
        if self.spec.objective.direction == Direction::Minimize { one < other } else { one > other }
    }

    /// The scores from the best to the worst that decides a range.
    pub(super) fn deciding_scores(&self) -> (f64, f64) {
        let mut losses: Vec<f64> = self.scored().map(|(.., score)| self.spec.objective.loss(score)).collect();
        losses.sort_by(f64::total_cmp);
        losses.truncate(whole((DECIDING * losses.len() as f64).ceil()).max(1));
        extent(losses.into_iter().map(|loss| self.spec.objective.loss(loss)))
    }

    fn score_axis(&self) -> Axis {
        let (low, high) = self.deciding_scores();
        Axis::linear(&self.metric_title(), padded(low, high), 7, self.score_numbers())
    }

    fn score_numbers(&self) -> Numbers {
        match self.spec.objective.metric.kind() {
            MetricKind::Share => Numbers::Percent,
            MetricKind::Steps => Numbers::Whole,
            MetricKind::Loss | MetricKind::Ratio => Numbers::Plain,
        }
    }

    /// A plot of one panel with the sweep's title and provenance.
    fn plot(&self, x: Axis, series: Vec<Series>) -> Plot {
        let y = self.score_axis();
        let outside = self.scored().filter(|(.., score)| !y.contains(*score)).count();
        let notes = match outside {
            0 => Vec::new(),
            1 => vec!["1 trial with a worse score lies outside.".to_owned()],
            outside => vec![format!("{outside} trials with worse scores lie outside.")],
        };
        let sample: Vec<_> = self.sample.iter().collect();
        Plot::new(&plain_text(&self.spec.title), &sample, vec![Panel { x, y, series }], notes)
    }

    /// The score over the values of a key; over the parameters of the network where the key is a list of layers.
    fn slice(&self, one: &Parameter) -> Plot {
        if one.key == LAYERS {
            return self.over_parameters();
        }
        let values: Vec<String> = match &one.domain {
            Domain::Values(values) if values.iter().any(|value| !value.is_number()) => {
                values.iter().map(value_in_words).collect()
            }
            _ => Vec::new(),
        };
        let place = |trial: &TrialResult| {
            let value = trial.settings.get(&one.key)?;
            let name = value_in_words(value);
            if values.is_empty() {
                value.as_f64()
            } else {
                values.iter().position(|one| *one == name).map(|at| at as f64)
            }
        };
        let label = capitalized(&key_in_words(&one.key));
        let x = if values.is_empty() {
            let numbers = self.trials.iter().filter_map(place);
            Axis::around(look(&label, &one.domain, numbers.clone()), numbers)
        } else {
            Axis::named(&label, values.clone())
        };
        let [complete, stopped] = [true, false].map(|is_complete| {
            let of_state = self.scored().filter(|(_, trial, _)| (trial.state == TrialState::Complete) == is_complete);
            let points = of_state.filter_map(|(index, trial, score)| Some((index, place(trial)?, score)));
            points.collect::<Vec<_>>()
        });
        let best = complete.iter().filter(|(index, ..)| self.best.first() == Some(index)).copied().collect();
        self.plot(x, states(complete, stopped, best))
    }

    /// The score over the number of parameters, a line per number of hidden layers: the best trial of every size.
    fn over_parameters(&self) -> Plot {
        let mut depths: Vec<usize> = self.trials.iter().map(|trial| trial.hidden_layers).collect();
        depths.sort_unstable();
        depths.dedup();
        let series = depths.iter().enumerate().map(|(index, &depth)| {
            let of_depth = self.scored().filter(|(_, trial, _)| trial.hidden_layers == depth);
            let mut points: Vec<(f64, f64)> =
                of_depth.map(|(_, trial, score)| (trial.parameters as f64, score)).collect();
            points.sort_by(|one, other| {
                let losses = [one.1, other.1].map(|score| self.spec.objective.loss(score));
                one.0.total_cmp(&other.0).then(losses[0].total_cmp(&losses[1]))
            });
            points.dedup_by_key(|point| point.0.to_bits());
            let label = if depth == 1 { "1 hidden layer".to_owned() } else { format!("{depth} hidden layers") };
            Series::with_dots(index, label, points.into_iter().map(|(x, y)| PlotPoint::new(x, y)).collect())
        });
        let sizes = self.trials.iter().map(|trial| trial.parameters as f64);
        let x = Axis::around(("Parameters", Scale::Logarithmic, Numbers::Whole), sizes);
        self.plot(x, series.collect())
    }

    /// The score of every trial in the order in which they were proposed, and the best so far.
    fn progress(&self) -> Plot {
        let points = |is_complete: bool| -> Vec<(usize, f64, f64)> {
            let of_state = self.scored().filter(|(_, trial, _)| (trial.state == TrialState::Complete) == is_complete);
            of_state.map(|(index, _, score)| (index, (index + 1) as f64, score)).collect()
        };
        let (complete, stopped) = (points(true), points(false));
        let mut best: Option<f64> = None;
        let mut line = Vec::new();
        for &(_, x, score) in &complete {
            let before = best;
            best = best.filter(|best| !self.is_better(score, *best)).or(Some(score));
            // A step, not a slope: between two trials the best stays as it is.
            line.extend(before.into_iter().chain(best).map(|best| PlotPoint::new(x, best)));
        }
        line.extend(best.map(|best| PlotPoint::new(self.trials.len() as f64, best)));
        let line = Series { marks: Vec::new(), ..Series::with_dots(1, "the best so far".to_owned(), line) };
        let mut series = states(complete, stopped, Vec::new());
        series.push(line);
        let numbers = [1.0, self.trials.len() as f64].into_iter();
        self.plot(Axis::around(("Trial", Scale::Linear, Numbers::Whole), numbers), series)
    }
}

/// How the numbers of a key are spread and written.
fn look<'a>(label: &'a str, domain: &Domain, numbers: impl Iterator<Item = f64>) -> Look<'a> {
    let (is_log, is_whole) = match *domain {
        Domain::Range { is_log, is_whole, .. } => (is_log, is_whole),
        Domain::Values(_) => {
            // Listed numbers are spread as they were chosen: evenly in their ratios or their differences.
            let (low, high) = extent(numbers);
            (low > 0.0 && high >= 4.0 * low, false)
        }
    };
    let scale = if is_log { Scale::Logarithmic } else { Scale::Linear };
    (label, scale, if is_whole { Numbers::Whole } else { Numbers::Plain })
}

/// Points of trials by their state, each with its place and score; those of one state are one series.
fn states(
    complete: Vec<(usize, f64, f64)>,
    stopped: Vec<(usize, f64, f64)>,
    best: Vec<(usize, f64, f64)>,
) -> Vec<Series> {
    let named = [(7, "stopped early", stopped), (0, "trained to the end", complete), (1, "the best", best)];
    let series = named.into_iter().filter(|(.., points)| !points.is_empty()).map(|(colour, label, mut points)| {
        points.sort_by(|one, other| one.1.total_cmp(&other.1));
        let points = points.into_iter().map(|(_, x, y)| PlotPoint::new(x, y)).collect();
        Series { line: Line::None, ..Series::with_dots(colour, label.to_owned(), points) }
    });
    series.collect()
}

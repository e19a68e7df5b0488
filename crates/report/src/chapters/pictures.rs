//! The pictures that the templates can ask for. Each function draws one, keeps it under the anchor of its figure and returns
//! the anchor.

use evidence::{Centre, Replicates};
use minijinja::Error;
use minijinja::value::Value;
use record::{Mistake, RunRecord};
use spec::Metric;

use super::CloseUp;
use super::values::Report;
use crate::FigureError;
use crate::document::Picture::{self, Png, Svg};
use crate::figure::{self, CurveSets, Plot, PlotPoint, RunCurves, SweepPicture};
use crate::format::{plain_text, seeds_in_words};

/// The anchor of a figure, ready for Markdown.
type Anchor = Result<Value, Error>;

#[expect(clippy::needless_pass_by_value, reason = "templates pass values")]
impl Report {
    /// Loss and accuracy over gradient steps.
    pub(super) fn curves(&self, id: &str, title: &str, names: Vec<String>, with_training: bool) -> Anchor {
        let records: Vec<&RunRecord> = self.found(&names).flat_map(|replicates| &replicates.records).collect();
        let sets = if with_training { CurveSets::Both } else { CurveSets::Validation };
        let plot = Plot::of_records(title, &records, sets);
        Ok(self.keep(id, Svg(plot.to_svg()?), plot.to_json()))
    }

    /// The size of the gradient in every layer.
    pub(super) fn gradient_sizes(&self, id: &str, names: Vec<String>) -> Anchor {
        let runs: Vec<RunCurves> = self.found(&names).map(run_curves).collect();
        Ok(self.keep(id, Svg(figure::gradient_sizes(&runs).to_svg()?), None))
    }

    /// The size of the gradient over the whole training, in some layers.
    pub(super) fn gradient_course(&self, id: &str, name: &str) -> Anchor {
        let run = run_curves(self.find(name).ok_or(FigureError::NoRuns)?);
        Ok(self.keep(id, Svg(figure::gradient_course(&run).to_svg()?), None))
    }

    /// Best validation accuracy over the number of parameters.
    pub(super) fn accuracy_over_parameters(&self, id: &str, names: Vec<String>) -> Anchor {
        let dataset = &self.material.dataset;
        let subtitle = format!("{}, {}", plain_text(&dataset.title), seeds_in_words(&self.material.seeds));
        let points = self.found(&names).filter_map(point).collect();
        let plot = figure::accuracy_over_parameters(points, subtitle, dataset.is_made_up());
        Ok(self.keep(id, Svg(plot.to_svg()?), None))
    }

    /// Where the variation of an experiment's metrics comes from.
    pub(super) fn variance(&self, id: &str, name: &str) -> Anchor {
        let crossed = self.crossed(name).ok_or(FigureError::NoRuns)?;
        Ok(self.keep(id, Svg(figure::variance_figure(crossed)?), None))
    }

    /// The weights of the close-up's first layer as images.
    pub(super) fn first_layer(&self, id: &str) -> Anchor {
        let CloseUp { first_layer, n_units, .. } = self.material.close_up.as_ref().ok_or(FigureError::NoRuns)?;
        Ok(self.keep(id, Png(figure::first_layer_weights(first_layer, *n_units, self.material.dataset.shape)?), None))
    }

    /// The close-up's predictions by class.
    pub(super) fn confusion(&self, id: &str) -> Anchor {
        let predictions = self.predictions().ok_or(FigureError::NoRuns)?;
        Ok(self.keep(id, Svg(figure::confusion(&predictions.confusion)), None))
    }

    /// The close-up's mistakes whose pixels were recorded.
    pub(super) fn mistakes(&self, id: &str) -> Anchor {
        let mistakes = self.predictions().into_iter().flat_map(|predictions| &predictions.mistakes);
        let pictured: Vec<&Mistake> = mistakes.filter(|mistake| !mistake.pixels.is_empty()).collect();
        Ok(self.keep(id, Svg(figure::digits(&pictured, self.material.dataset.shape)?), None))
    }

    /// A picture of a sweep, both by their positions.
    pub(super) fn sweep_picture(&self, id: &str, sweep: usize, picture: usize) -> Anchor {
        let picture = self.sweep_pictures.get(sweep).and_then(|pictures| pictures.get(picture));
        let SweepPicture { svg, chart, .. } = picture.ok_or(FigureError::NoRuns)?;
        Ok(self.keep(id, Svg(svg.clone()), chart.clone()))
    }

    fn keep(&self, id: &str, picture: Picture, chart: Option<serde_json::Value>) -> Value {
        self.pictures().insert(id.to_owned(), (picture, chart));
        Value::from_safe_string(id.to_owned())
    }
}

fn run_curves(replicates: &Replicates) -> RunCurves<'_> {
    RunCurves { label: plain_text(&replicates.spec.title), records: replicates.records.iter().collect() }
}

fn point(replicates: &Replicates) -> Option<PlotPoint> {
    let summary = replicates.summary(Metric::BestValidationAccuracy)?;
    let Centre::Mean(y) = summary.centre else { return None };
    let interval = summary.interval.map(|interval| (interval.low, interval.high)).filter(|(low, high)| low < high);
    let x = replicates.records.first()?.parameters as f64;
    Some(PlotPoint { x, y, interval, label: Some(plain_text(&replicates.spec.title)) })
}

//! `LinePlot`: a small general figure, one panel or two, on the page of the run figures.

mod axes;
mod draw;
mod labels;

use super::axis::{Numbers, Scale};

/// Lines and marks in one panel or in two side by side.
///
/// Series of one label have one colour and one entry in the legend, in whichever panel they are.
#[derive(Debug, Clone, PartialEq)]
pub struct LinePlot {
    /// First line.
    pub title: String,
    /// Second line: dataset, seeds.
    pub subtitle: String,
    /// Whether the numbers are of made-up digits, which nobody may take for a dataset.
    pub is_made_up: bool,
    /// The panels, left to right.
    pub panels: Vec<PlotPanel>,
    /// Lines below: how to read the figure.
    pub notes: Vec<String>,
}

/// One panel.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotPanel {
    /// What stands above it: the y values, with their unit.
    pub heading: String,
    /// What stands below it: the x values, with their unit.
    pub x_label: String,
    /// The x axis.
    pub x: PlotAxis,
    /// The y axis.
    pub y: PlotAxis,
    /// The series; later ones lie above earlier ones.
    pub series: Vec<PlotSeries>,
}

/// How an axis is spread and written; its range is that of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlotAxis {
    /// How values are spread.
    pub scale: Scale,
    /// How numbers are written.
    pub numbers: Numbers,
}

/// Points that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotSeries {
    /// What the legend calls it; empty where points carry their own labels.
    pub label: String,
    /// The points, in the order in which the line joins them.
    pub points: Vec<PlotPoint>,
    /// Whether a line joins them.
    pub has_line: bool,
    /// Whether each has a mark.
    pub has_marks: bool,
}

/// One point.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotPoint {
    /// Where it lies.
    pub x: f64,
    /// Its value.
    pub y: f64,
    /// Lower and upper end of its error bar.
    pub interval: Option<(f64, f64)>,
    /// What stands beside its mark.
    pub label: Option<String>,
}

impl LinePlot {
    /// The labels of all series, each once, in the order of the legend.
    fn labels(&self) -> Vec<&str> {
        let mut labels = Vec::new();
        for series in self.panels.iter().flat_map(|panel| &panel.series) {
            if !labels.contains(&series.label.as_str()) {
                labels.push(series.label.as_str());
            }
        }
        labels
    }
}

impl PlotPoint {
    /// A point with neither error bar nor label.
    #[must_use]
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y, interval: None, label: None }
    }
}

#[cfg(test)]
mod tests;

//! Figures: plots of curves over two axes, and pictures of digits, weights and the confusion matrix.
//!
//! `runs`, `gradients` and `parameters` turn records into a [`Plot`], which is plain data. `draw` writes a plot as SVG,
//! with `panel`, `legend` and `labels`; `chart` writes the same plot as numbers for the interactive page. Plots
//! and pictures share the elements and the text of `svg`; `raster` turns an SVG into a PNG.

pub(crate) mod axis;
mod chart;
mod compared;
mod draw;
mod gradients;
mod labels;
mod legend;
mod panel;
mod parameters;
mod pictures;
pub(crate) mod plot;
mod points;
mod ranges;
mod raster;
mod replicates;
mod runs;
mod series;
mod svg;
mod sweep;

pub use compared::{ComparedCurve, compared_figure};
pub(crate) use gradients::{gradient_course, gradient_sizes};
pub(crate) use parameters::accuracy_over_parameters;
pub use pictures::{PixelSheet, variance_figure};
pub(crate) use pictures::{confusion, digits, first_layer_weights};
pub use plot::Plot;
pub(crate) use plot::PlotPoint;
pub use raster::to_png;
pub(crate) use replicates::RunCurves;
pub use runs::CurveSets;
pub use svg::without_glyph;
pub use sweep::SweepPicture;

#[cfg(test)]
pub(crate) mod tests;

//! The drawing of a figure: two panels, the legend, and notes that say what lines and bands are.

use super::Figure;
use super::axis::Axis;
use super::legend::Legend;
use super::page::{BODY_TOP, LEGEND_GAP, PANEL_HEIGHT, Page, panel_areas};
use super::panel::{Panel, draw_panel};
use super::series::{RunSeries, all_series, window_steps};
use super::style::{Area, Drawn, PAGE_WIDTH, register_embedded_font};
use crate::FigureError;

/// Draws the whole figure.
pub(super) fn svg(figure: &Figure) -> Result<String, FigureError> {
    register_embedded_font()?;
    let runs = all_series(figure, window_steps(figure));
    let legend = Legend::of_runs(&runs, figure.sets);
    let legend_top = PANEL_HEIGHT + LEGEND_GAP;
    let (title, subtitle, is_made_up) = (&figure.title, &figure.subtitle, figure.is_made_up());
    let page = Page { width: PAGE_WIDTH, title, subtitle, is_made_up, notes: &notes(figure) };
    page.svg(legend_top + legend.height(), |page| {
        draw_panels(page, &runs)?;
        legend.draw(page, BODY_TOP + legend_top)
    })
}

fn draw_panels(page: &Area, runs: &[RunSeries]) -> Drawn {
    let steps = Axis::of_steps(runs);
    let [loss, accuracy] = Panel::of_runs(runs);
    let areas = panel_areas(page, PAGE_WIDTH, 2);
    draw_panel(&areas[0], &loss, &steps, &runs.iter().map(|run| &run.loss).collect::<Vec<_>>())?;
    draw_panel(&areas[1], &accuracy, &steps, &runs.iter().map(|run| &run.accuracy).collect::<Vec<_>>())
}

/// How to read the curves, and what their numbers are not.
fn notes(figure: &Figure) -> Vec<String> {
    let has_single_runs = figure.runs.iter().any(|run| !run.is_mean());
    let mut notes = Vec::new();
    if figure.has_means() {
        notes.push(note_on_means(figure));
    }
    if figure.sets.has_train() {
        notes.push(note_on_training(figure));
    }
    if figure.sets.has_validation() {
        let dots = if has_single_runs { "Dots mark the lowest validation loss. " } else { "" };
        notes.push(format!(
            "{dots}The validation images also decide when a run stops: no number here is a clean test result."
        ));
    }
    notes
}

fn note_on_means(figure: &Figure) -> String {
    let counts: Vec<usize> = figure.runs.iter().map(|run| run.records.len()).filter(|&count| count > 1).collect();
    let seeds = match (counts.iter().min(), counts.iter().max()) {
        (Some(fewest), Some(most)) if fewest < most => format!("{fewest} to {most}"),
        (fewest, _) => fewest.map_or_else(String::new, usize::to_string),
    };
    let is_without_some = figure.runs.iter().any(|run| run.averaged().len() < run.records.len());
    let without = if is_without_some { " without runs that diverged or were interrupted" } else { "" };
    format!(
        "Lines: mean over {seeds} seeds{without}, until fewer than half of the runs still train. \
         Bands: one standard deviation."
    )
}

fn note_on_training(figure: &Figure) -> String {
    let has_single_runs = figure.runs.iter().any(|run| !run.is_mean());
    let loss = match (window_steps(figure), has_single_runs, figure.has_means()) {
        (1, ..) => "every step".to_owned(),
        (window, true, false) => format!("mean of {window} consecutive steps, with a band of one standard deviation"),
        (window, true, true) => format!("mean of {window} consecutive steps; within these is the band of a single run"),
        (window, false, _) => format!("mean of {window} consecutive steps of every run"),
    };
    format!("Training loss: {loss}. Training accuracy: dashed.")
}

//! The best score for every pair of values of two keys, as a map.

use maud::{Markup, html};
use spec::{Domain, Parameter};

use crate::figure::svg::{self, FAINT_INK, INK, TextStyle, fitted, middle_text, wrapped};
use crate::format::{capitalized, plain_text, whole};
use crate::sweep::{SweepResult, TrialResult, key_in_words, value_in_words};

/// Pixels of a cell across and down.
const CELL: (f64, f64) = (84.0, 34.0);
/// Pixels left of the cells and above them.
const MARGINS: (f64, f64) = (132.0, 92.0);
/// Parts into which a range is cut.
const PARTS: usize = 8;
const TITLE: TextStyle = TextStyle { size: 15.0, colour: INK, anchor: "start" };
const NOTE: TextStyle = TextStyle { size: 11.5, colour: FAINT_INK, anchor: "start" };
const NUMBER: TextStyle = TextStyle { size: 12.0, colour: INK, anchor: "middle" };
const KEY: TextStyle = TextStyle { size: 12.5, colour: INK, anchor: "middle" };
const VALUE: TextStyle = TextStyle { size: 11.5, colour: FAINT_INK, anchor: "middle" };
const VALUE_LEFT: TextStyle = TextStyle { anchor: "end", ..VALUE };
/// The colour of the best score.
const BEST: [f64; 3] = [0.0, 114.0, 178.0];

/// The values of a key as the rows or columns of a map: those that are listed, or equal parts of the range.
struct Side<'a> {
    key: &'a str,
    domain: &'a Domain,
    /// At the middle of each cell for listed values, at the edges for parts of a range.
    labels: Vec<String>,
}

impl<'a> Side<'a> {
    fn new(one: &'a Parameter) -> Self {
        let labels = match &one.domain {
            Domain::Values(values) => values.iter().map(value_in_words).collect(),
            domain @ Domain::Range { .. } => (0..=PARTS).map(|part| short(edge(domain, part))).collect(),
        };
        Self { key: &one.key, domain: &one.domain, labels }
    }

    fn cells(&self) -> usize {
        if self.has_edges() { PARTS } else { self.labels.len() }
    }

    fn has_edges(&self) -> bool {
        matches!(self.domain, Domain::Range { .. })
    }

    /// The cell of a trial.
    fn cell_of(&self, trial: &TrialResult) -> Option<usize> {
        let value = trial.settings.get(self.key)?;
        match self.domain {
            Domain::Values(values) => values.iter().position(|one| one == value),
            domain @ Domain::Range { .. } => {
                let value = value.as_f64()?;
                Some((1..PARTS).take_while(|part| edge(domain, *part) <= value).count())
            }
        }
    }

    /// Where a label stands, in cells.
    fn place(&self, index: usize) -> f64 {
        index as f64 + if self.has_edges() { 0.0 } else { 0.5 }
    }
}

/// The lower end of a part of a range.
fn edge(domain: &Domain, part: usize) -> f64 {
    let &Domain::Range { low, high, is_log, .. } = domain else { return f64::NAN };
    let share = part as f64 / PARTS as f64;
    if is_log { low * (high / low).powf(share) } else { low + share * (high - low) }
}

/// A number with two significant digits.
fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let rounded: f64 = format!("{value:.1e}").parse().unwrap_or(value);
    if (1e-4..1e6).contains(&rounded.abs()) { rounded.to_string() } else { format!("{rounded:e}") }
}

/// The map as SVG; a cell without a trial is empty.
pub(crate) fn draw(result: &SweepResult, across: &Parameter, down: &Parameter) -> String {
    let (across, down) = (Side::new(across), Side::new(down));
    let mut best: Vec<Option<f64>> = vec![None; across.cells() * down.cells()];
    for (_, trial, score) in result.scored() {
        let Some(cell) =
            down.cell_of(trial).zip(across.cell_of(trial)).map(|(row, column)| row * across.cells() + column)
        else {
            continue;
        };
        best[cell] = best[cell].filter(|best| !result.is_better(score, *best)).or(Some(score));
    }
    let (low, high) = result.deciding_scores();
    let share = |score: f64| {
        let share = if high > low { (score - low) / (high - low) } else { 1.0 };
        let share = if result.is_better(low, high) { 1.0 - share } else { share };
        share.clamp(0.0, 1.0)
    };
    let (width, height) = (CELL.0 * across.cells() as f64, CELL.1 * down.cells() as f64);
    let (subtitle, bottom) = (capitalized(&result.spec.objective.metric.title()), MARGINS.1 + height + 24.0);
    let notes = wrapped(&result.provenance(), NOTE.size, MARGINS.0 + width);
    let content = html! {
        (svg::text((16.0, 26.0), TITLE, &fitted(&plain_text(&result.spec.title), TITLE.size, MARGINS.0 + width - 16.0)))
        (svg::text((16.0, 46.0), NOTE, &fitted(&subtitle, NOTE.size, MARGINS.0 + width - 16.0)))
        (labels(&across, &down, (width, height)))
        @for (index, score) in best.iter().enumerate() {
            @let place = (MARGINS.0 + CELL.0 * (index % across.cells()) as f64, MARGINS.1 + CELL.1 * (index / across.cells()) as f64);
            (cell(place, score.map(|score| (share(score), result.score_in_words(Some(score))))))
        }
        @for (index, line) in notes.iter().enumerate() {
            (svg::text((16.0, bottom + 16.0 * index as f64), NOTE, line))
        }
    };
    let size = (MARGINS.0 + width + 40.0, bottom + 16.0 * notes.len() as f64);
    svg::document(size, &result.spec.title, &content)
}

fn labels(across: &Side, down: &Side, (width, height): (f64, f64)) -> Markup {
    html! {
        (middle_text((MARGINS.0 + width / 2.0, MARGINS.1 - 30.0), KEY, &capitalized(&key_in_words(across.key))))
        g transform={ "translate(14 " (MARGINS.1 + height / 2.0) ") rotate(-90)" } {
            (middle_text((0.0, 0.0), KEY, &capitalized(&key_in_words(down.key))))
        }
        @for (index, label) in across.labels.iter().enumerate() {
            (middle_text((MARGINS.0 + CELL.0 * across.place(index), MARGINS.1 - 10.0), VALUE, &fitted(label, VALUE.size, CELL.0 - 4.0)))
        }
        @for (index, label) in down.labels.iter().enumerate() {
            (middle_text((MARGINS.0 - 8.0, MARGINS.1 + CELL.1 * down.place(index)), VALUE_LEFT, &fitted(label, VALUE.size, MARGINS.0 - 34.0)))
        }
    }
}

fn cell((left, top): svg::Place, score: Option<(f64, String)>) -> Markup {
    let colour = |share: f64| {
        let [red, green, blue] = BEST.map(|best| whole((255.0 + 0.6 * share * (best - 255.0)).round()));
        format!("rgb({red},{green},{blue})")
    };
    let fill = score.as_ref().map_or_else(|| "white".to_owned(), |(share, _)| colour(*share));
    html! {
        rect x=(svg::tenths(left)) y=(svg::tenths(top)) width=(CELL.0) height=(CELL.1) fill=(fill) stroke="#d5d5d5" {}
        @if let Some((_, words)) = score {
            (middle_text((left + CELL.0 / 2.0, top + CELL.1 / 2.0), NUMBER, &words))
        }
    }
}

//! The confusion matrix: how many images of every class are taken for every class.

use maud::{Markup, html};
use spec::thousands;

use crate::figure::svg::{self, FAINT_INK, INK, TextStyle, middle_text};

/// Pixels of a cell across and down.
const CELL: f64 = 50.0;
/// Pixels left of the cells and above them.
const MARGINS: (f64, f64) = (62.0, 60.0);
const NUMBER: TextStyle = TextStyle { size: 15.0, colour: INK, anchor: "middle" };
const DIRECTION: TextStyle = TextStyle { size: 16.0, colour: INK, anchor: "middle" };
const CLASS: TextStyle = TextStyle { size: 16.0, colour: FAINT_INK, anchor: "middle" };
/// The colour of the diagonal.
const RIGHT: &str = "#eeeeee";
/// The colour of the most frequent confusion.
const MOST: [f64; 3] = [213.0, 94.0, 0.0];

/// The counts as a map, an SVG: rows are true classes, columns predicted ones. More frequent confusions are darker; a
/// cell with a count of 0 is empty.
pub(crate) fn confusion(counts: &[Vec<usize>]) -> String {
    let classes = counts.len();
    let places = || (0..classes).flat_map(|row| (0..classes).map(move |column| (row, column)));
    let most = places().filter(|(row, column)| row != column).map(|(row, column)| counts[row][column]).max();
    let most = most.unwrap_or(0).max(1);
    let content = html! {
        (labels(classes))
        @for (row, column) in places() { (cell((row, column), counts[row][column], most)) }
    };
    let side = CELL * classes as f64;
    svg::document((MARGINS.0 + side + 12.0, MARGINS.1 + side + 12.0), "Confusion matrix", &content)
}

/// The names of the classes and of both directions.
fn labels(classes: usize) -> Markup {
    let middle = CELL * classes as f64 / 2.0;
    html! {
        (middle_text((MARGINS.0 + middle, 16.0), DIRECTION, "predicted class"))
        g transform={ "translate(12.5 " (MARGINS.1 + middle) ") rotate(-90)" } {
            (middle_text((0.0, 0.0), DIRECTION, "true class"))
        }
        @for class in 0..classes {
            @let along = CELL * (class as f64 + 0.5);
            (middle_text((MARGINS.0 + along, MARGINS.1 - 15.5), CLASS, &class.to_string()))
            (middle_text((MARGINS.0 - 16.0, MARGINS.1 + along), CLASS, &class.to_string()))
        }
    }
}

fn cell((row, column): (usize, usize), count: usize, most: usize) -> Markup {
    let (left, top) = (MARGINS.0 + CELL * column as f64, MARGINS.1 + CELL * row as f64);
    let fill = if row == column { RIGHT.to_owned() } else { colour(count as f64 / most as f64) };
    let middle = (left + CELL / 2.0, top + CELL / 2.0);
    html! {
        rect x=(left) y=(top) width=(CELL) height=(CELL) fill=(fill) stroke="#d5d5d5" {}
        @if count > 0 { (middle_text(middle, NUMBER, &thousands(count))) }
    }
}

/// From white to the colour of the most frequent confusion, on which dark numbers can be read.
fn colour(share: f64) -> String {
    let [red, green, blue] = MOST.map(|most| (255.0 + 0.85 * share * (most - 255.0)).round());
    format!("rgb({red},{green},{blue})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::to_png;

    #[test]
    fn every_count_above_0_is_written_and_the_most_frequent_confusion_is_darkest() {
        let mut counts = vec![vec![0; 10]; 10];
        (0..10).for_each(|class| counts[class][class] = 1_000 + class);
        (counts[4][9], counts[9][4], counts[3][5]) = (48, 24, 12);
        let drawn = confusion(&counts);
        for text in [">1,009<", ">48<", ">24<", ">12<", "true class", "predicted class"] {
            assert_eq!(drawn.matches(text).count(), 1, "{text}");
        }
        for share in [0.25, 0.5, 1.0] {
            assert_eq!(drawn.matches(&colour(share)).count(), 1, "{share}");
        }
        assert!(to_png(&drawn, 92).is_ok());
    }

    #[test]
    fn a_network_without_mistakes_has_no_colour() {
        assert_eq!(confusion(&vec![vec![0; 10]; 10]).matches(&colour(0.0)).count(), 90);
    }
}

//! Where variation comes from: a bar for every metric, divided into the shares of its sources.

use evidence::{Crossed, Share};
use maud::{Markup, html};
use spec::Metric;

use crate::figure::svg::{
    self, FAINT_INK, INK, SUBTITLE, TITLE, TextStyle, fitted, middle_text, tenths, text_width, wrapped,
};
use crate::format::{label, provenance};
use crate::{FigureError, Result};

const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 20.0;
/// Pixels of a bar from its top to the next one's.
const ROW: f64 = 26.0;
const BAR: f64 = 18.0;
/// Pixels above the first bar, and of the names left of the bars.
const TOP: f64 = 92.0;
const NAMES: f64 = 440.0;
/// Pixels of the sample of a legend.
const SAMPLE: f64 = 14.0;
/// The sources' colours, which readers with any colour vision can tell apart, and the ink on each.
const COLOURS: [(&str, &str); 3] = [("#0072b2", "#ffffff"), ("#e69f00", INK), ("#d5d5d5", INK)];
const NAME: TextStyle = TextStyle { size: 12.0, colour: INK, anchor: "end" };
const LEGEND: TextStyle = TextStyle { size: 12.0, colour: INK, anchor: "start" };
const NOTE: TextStyle = TextStyle { size: 10.5, colour: FAINT_INK, anchor: "start" };
/// How to read the bars.
const HOW: &str = "Shares in the variance over all pairs of a seed of the initial weights and one of the batch order. The interaction is \
                   what a pair does beyond what its two seeds do by themselves; nothing else varies.";

/// The shares of every metric that varies, as an SVG.
///
/// # Errors
/// [`FigureError::NoRuns`] if no metric varies.
pub fn variance_figure(crossed: &Crossed) -> Result<String> {
    let of_metric = |metric: Metric| Some((metric, crossed.sources(metric)?.shares?));
    let rows: Vec<(Metric, [Share; 3])> = Metric::ALL.into_iter().filter_map(of_metric).collect();
    if rows.is_empty() {
        return Err(FigureError::NoRuns);
    }
    let title = format!("{}: where variation comes from", label(&crossed.spec.title, &crossed.records[0], false));
    let records: Vec<_> = crossed.records.iter().collect();
    let bottom = TOP + ROW * rows.len() as f64 + 14.0;
    let notes = wrapped(HOW, NOTE.size, WIDTH - 2.0 * MARGIN);
    let content = html! {
        (svg::text((MARGIN, 28.0), TITLE, &fitted(&title, TITLE.size, WIDTH - 2.0 * MARGIN)))
        (svg::text((MARGIN, 46.7), SUBTITLE, &fitted(&provenance(&records), SUBTITLE.size, WIDTH - 2.0 * MARGIN)))
        (legend())
        @for (index, (metric, shares)) in rows.iter().enumerate() {
            (bar(TOP + ROW * index as f64, *metric, shares))
        }
        @for (index, line) in notes.iter().enumerate() {
            (svg::text((MARGIN, bottom + 16.0 * index as f64), NOTE, line))
        }
    };
    Ok(svg::document((WIDTH, bottom + 16.0 * notes.len() as f64), &title, &content))
}

fn legend() -> Markup {
    let left = |index: usize| {
        let before = Crossed::SOURCES[..index].iter().map(|name| SAMPLE + 34.0 + text_width(name, LEGEND.size));
        NAMES + before.sum::<f64>()
    };
    html! {
        @for (index, name) in Crossed::SOURCES.into_iter().enumerate() {
            rect x=(tenths(left(index))) y="64" width=(SAMPLE) height=(SAMPLE) fill=(COLOURS[index].0) {}
            (middle_text((left(index) + SAMPLE + 8.0, 64.0 + SAMPLE / 2.0), LEGEND, name))
        }
    }
}

fn bar(top: f64, metric: Metric, shares: &[Share; 3]) -> Markup {
    let (width, middle) = (WIDTH - MARGIN - NAMES, top + BAR / 2.0);
    let left = |index: usize| NAMES + width * shares[..index].iter().map(|share| share.share).sum::<f64>();
    html! {
        (middle_text((NAMES - 10.0, middle), NAME, &fitted(&metric.title(), NAME.size, NAMES - 10.0 - MARGIN)))
        @for (index, (fill, ink)) in COLOURS.into_iter().enumerate() {
            @let wide = width * shares[index].share;
            @let label = format!("{:.0} %", 100.0 * shares[index].share);
            rect x=(tenths(left(index))) y=(tenths(top)) width=(tenths(wide)) height=(BAR) fill=(fill) {}
            @if text_width(&label, NAME.size) + 8.0 < wide {
                (middle_text((left(index) + wide / 2.0, middle), TextStyle { colour: ink, anchor: "middle", ..NAME }, &label))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::to_png;
    use test_support::synthetic::crossed_records;

    fn crossed(init: u64, order: u64) -> Crossed {
        let records = crossed_records(init, order);
        Crossed::among(&records[0].spec, &records).expect("crossed runs")
    }

    #[test]
    fn every_metric_that_varies_has_a_bar_of_its_shares() {
        let crossed = crossed(4, 3);
        let drawn = variance_figure(&crossed).expect("a figure");
        for text in ["best validation accuracy", "initial weights", "batch order", "interaction", "4 x 3", "%<"] {
            assert!(drawn.contains(text), "{text}: {drawn}");
        }
        assert!(!drawn.contains("best test accuracy"), "no run was tested");
        assert!(!drawn.contains("NaN") && to_png(&drawn, 92).is_ok());
    }

    #[test]
    fn no_metric_s_name_is_cut_off() {
        for metric in Metric::ALL {
            let title = metric.title();
            assert_eq!(fitted(&title, NAME.size, NAMES - 10.0 - MARGIN), title);
        }
    }

    #[test]
    fn without_variation_there_is_no_figure() {
        assert!(matches!(variance_figure(&crossed(1, 3)), Err(FigureError::NoRuns)), "only one seed varies");
    }
}

//! Where variation comes from, as a table: one row per metric.

use evidence::{Crossed, Share, Sources};
use spec::Metric;

use super::Columns;
use crate::document::Table;
use crate::format::{NOTHING, capitalized, label, provenance};
use crate::measure;

/// The mean and the standard deviation of every metric over crossed runs, and the shares of its sources in the variance.
#[must_use]
pub fn variance_table(crossed: &Crossed) -> Table {
    let of_metric = |metric: Metric| Some((metric, crossed.sources(metric)?));
    let rows: Vec<(Metric, Sources)> = Metric::ALL.into_iter().filter_map(of_metric).collect();
    let mut columns = Columns::of(&rows)
        .words("Metric", |(metric, _)| metric.title())
        .numbers("Mean", |(metric, sources)| measure::value(*metric, sources.mean))
        .numbers("Standard deviation", |(metric, sources)| {
            measure::unsigned_difference(*metric, sources.standard_deviation)
        });
    for (index, name) in Crossed::SOURCES.into_iter().enumerate() {
        columns = columns.numbers(&capitalized(name), |(_, sources)| {
            sources.shares.map_or_else(|| NOTHING.to_owned(), |shares| share(shares[index]))
        });
    }
    let records: Vec<_> = crossed.records.iter().collect();
    let title = label(&crossed.spec.title, &crossed.records[0], false);
    columns.table(&format!("{title}: {}. Shares in the variance, with their 95 % intervals.", provenance(&records)))
}

/// `62 % (31 to 88)`.
pub(crate) fn share(Share { share, interval }: Share) -> String {
    format!("{:.0} % ({:.0} to {:.0})", 100.0 * share, 100.0 * interval.low, 100.0 * interval.high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::to_terminal;
    use test_support::synthetic::crossed_records;

    fn crossed(init: u64, order: u64) -> Crossed {
        let records = crossed_records(init, order);
        Crossed::among(&records[0].spec, &records).expect("crossed runs")
    }

    #[test]
    fn every_metric_has_the_shares_of_its_sources() {
        let text = to_terminal(&variance_table(&crossed(4, 3)), None);
        let line = text.lines().find(|line| line.starts_with("best validation accuracy")).unwrap_or_default();
        assert_eq!(line.matches(" % (").count(), 3, "{text}");
        assert!(text.contains("4 x 3 seeds"), "{text}");
        let one_order = to_terminal(&variance_table(&crossed(3, 1)), None);
        assert!(!one_order.contains(" to ") && one_order.contains("best validation accuracy"), "{one_order}");
    }
}

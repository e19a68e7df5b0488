//! A run as it was after some validations.

use record::Measured;
use spec::Metric;

#[test]
fn a_run_seen_at_a_validation_has_the_metrics_of_that_moment() {
    let record = test_support::record();
    let seen = record.until(0);
    assert_eq!((seen.steps, seen.history.validations.len()), (0, 1));
    assert_eq!((seen.history.step_losses.len(), seen.history.probes.len()), (0, 1));
    assert_eq!(seen.measure(Metric::BestValidationLoss), Some(Measured::Exactly(2.000_000_000_000_000_4)));
    let rest = record.history.since(seen.steps, 1);
    assert_eq!(rest.step_losses, record.history.step_losses);
    assert_eq!(
        (&rest.validations[..], &rest.probes[..]),
        (&record.history.validations[1..], &record.history.probes[1..])
    );
    assert_eq!(record.until(1), record);
    assert_eq!(record.until(100), record, "a run that ended earlier is seen as it is");
}

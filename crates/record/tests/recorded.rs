//! Rows that `recorded!` describes: their values and columns.

use mlp::recorded;
use mlp::recorded::{Quantity, Recorded};

recorded! {
    /// A row.
    pub struct Row {
        /// A count
        /// on two lines.
        pub count: usize = Count,
        /// A share.
        pub share: Option<f64> = Share,
    }
}

#[test]
fn a_row_is_its_values() {
    for row in [Row { count: 3, share: None }, Row { count: 0, share: Some(0.1 + 0.2) }] {
        assert_eq!(Row::from_values(row.values()), Some(row));
        assert!(row.is_possible());
    }
    assert!(!Row { count: 3, share: Some(1.5) }.is_possible());
}

#[test]
fn what_is_not_a_row_is_none() {
    for values in [&[][..], &[Some(1.0)], &[None, None], &[Some(0.5), None], &[Some(-1.0), None], &[Some(1e300), None]]
    {
        assert_eq!(Row::from_values(values.iter().copied()), None, "{values:?}");
    }
}

#[test]
fn columns_say_what_their_doc_comments_say() {
    let columns: Vec<_> = Row::COLUMNS.iter().map(|column| (column.meaning, column.is_optional)).collect();
    assert_eq!(columns, [("A count on two lines.", false), ("A share.", true)]);
}

#[test]
fn numbers_are_written_with_the_fewest_digits() {
    let written = [Some(125.0), Some(0.1 + 0.2), Some(f64::NAN), None].map(|number| Quantity::Size.write(number));
    assert_eq!(written, ["125.0", "0.30000000000000004", "NaN", ""]);
    assert_eq!(Quantity::Count.write(Some(125.0)), "125");
}

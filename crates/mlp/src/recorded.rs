//! Values that are recorded at every validation. Each is described once, in [`recorded!`](crate::recorded!): tables,
//! checkpoints, JSON and docs follow from that.

/// What kind of number a value is: which numbers it can be, and how tables write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// A whole number, written without a point.
    Count,
    /// Epochs, fractions included: finite, at least 0.
    Epochs,
    /// A cross-entropy, natural logarithm: finite.
    Loss,
    /// A share, 0 to 1.
    Share,
    /// A root mean square; any number, because a training that is about to diverge may have any.
    Size,
}

/// A value of a row: a column of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in tables, checkpoints and JSON.
    pub name: &'static str,
    /// What kind of number it is.
    pub quantity: Quantity,
    /// Its description, a sentence or two.
    pub meaning: &'static str,
    /// Whether a row may lack it.
    pub is_optional: bool,
}

/// A row of values, as [`recorded!`](crate::recorded!) describes it.
pub trait Recorded: Sized {
    /// The columns, in the order of the values.
    const COLUMNS: &'static [Column];

    /// Every value; `None` where the row lacks it.
    fn values(&self) -> Vec<Option<f64>>;

    /// The row of these values; `None` if one is not of its type, or is missing but not optional.
    fn from_values(values: impl IntoIterator<Item = Option<f64>>) -> Option<Self>;

    /// Whether every value is one that its quantity can have.
    fn is_possible(&self) -> bool {
        let mut values = Self::COLUMNS.iter().zip(self.values());
        values.all(|(column, value)| value.is_none_or(|value| column.quantity.allows(value)))
    }
}

/// A type that a recorded value may have.
pub trait Value: Sized {
    /// Whether a row may lack it.
    const IS_OPTIONAL: bool = false;

    /// The value as a number.
    fn to_number(self) -> Option<f64>;

    /// The value from a number; `None` if the number is not of this type.
    fn from_number(number: Option<f64>) -> Option<Self>;
}

impl Quantity {
    /// The name in the documentation.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Count => "whole number",
            Self::Epochs => "epochs",
            Self::Loss => "loss",
            Self::Share => "share, 0 to 1",
            Self::Size => "root mean square",
        }
    }

    /// Whether a number can be such a quantity.
    #[must_use]
    pub fn allows(self, number: f64) -> bool {
        match self {
            Self::Count => number >= 0.0 && number.fract() == 0.0,
            Self::Epochs => number >= 0.0 && number.is_finite(),
            Self::Loss => number.is_finite(),
            Self::Share => (0.0..=1.0).contains(&number),
            Self::Size => true,
        }
    }

    /// The number as tables have it: the fewest digits that read back equal; empty if there is none.
    #[must_use]
    pub fn write(self, number: Option<f64>) -> String {
        match (self, number) {
            (_, None) => String::new(),
            (Self::Count, Some(number)) => number.to_string(),
            (_, Some(number)) => format!("{number:?}"),
        }
    }
}

impl Value for f64 {
    fn to_number(self) -> Option<f64> {
        Some(self)
    }

    fn from_number(number: Option<f64>) -> Option<Self> {
        number
    }
}

impl Value for Option<f64> {
    const IS_OPTIONAL: bool = true;

    fn to_number(self) -> Option<f64> {
        self
    }

    fn from_number(number: Option<f64>) -> Option<Self> {
        Some(number)
    }
}

impl Value for usize {
    fn to_number(self) -> Option<f64> {
        Some(self as f64)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and small enough")]
    fn from_number(number: Option<f64>) -> Option<Self> {
        let exact = 0.0..=2.0_f64.powi(53);
        number.filter(|number| exact.contains(number) && number.fract() == 0.0).map(|number| number as Self)
    }
}

/// Declares a row of recorded values, each with its meaning (the doc comment), name, type and [`Quantity`].
#[macro_export]
macro_rules! recorded {
    (
        $(#[$attribute:meta])*
        pub struct $row:ident {
            $($(#[doc = $meaning:literal])+ pub $name:ident: $type:ty = $quantity:ident,)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        pub struct $row {
            $($(#[doc = $meaning])+ pub $name: $type,)+
        }

        impl $crate::recorded::Recorded for $row {
            const COLUMNS: &'static [$crate::recorded::Column] = &[$($crate::recorded::Column {
                name: stringify!($name),
                quantity: $crate::recorded::Quantity::$quantity,
                meaning: concat!($($meaning),+).trim_ascii_start(),
                is_optional: <$type as $crate::recorded::Value>::IS_OPTIONAL,
            }),+];

            fn values(&self) -> Vec<Option<f64>> {
                vec![$($crate::recorded::Value::to_number(self.$name)),+]
            }

            fn from_values(values: impl IntoIterator<Item = Option<f64>>) -> Option<Self> {
                let mut values = values.into_iter();
                Some(Self { $($name: $crate::recorded::Value::from_number(values.next()?)?),+ })
            }
        }
    };
}

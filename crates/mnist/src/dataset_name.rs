//! The names of the datasets, as written on the command line and in records.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::catalogue::DatasetSpec;
use crate::error::Problem;
use crate::{DataError, ImageShape};

/// A dataset of grey images, each of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatasetName {
    /// Handwritten digits, the data of the report.
    Mnist,
    /// Articles of clothing, Xiao, Rasul and Vollgraf (2017).
    FashionMnist,
    /// Cursive Japanese characters, Clanuwat et al. (2018).
    Kmnist,
    /// Handwritten digits of NIST's Special Database 19, Cohen et al. (2017); its files hold rows and columns exchanged.
    EmnistDigits,
    /// MNIST with all 60,000 test images, Yadav and Bottou (2019).
    Qmnist,
    /// A dataset of the user in the form of MNIST's, of any size and number of classes.
    Own,
    /// Digits drawn by this crate.
    MadeUp,
}

impl DatasetName {
    /// Every dataset, the default first.
    pub const ALL: [Self; 7] =
        [Self::Mnist, Self::FashionMnist, Self::Kmnist, Self::EmnistDigits, Self::Qmnist, Self::Own, Self::MadeUp];

    /// The name on the command line, in records and of the dataset's folder: `fashion-mnist`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion-mnist",
            Self::Kmnist => "kmnist",
            Self::EmnistDigits => "emnist-digits",
            Self::Qmnist => "qmnist",
            Self::Own => "own",
            Self::MadeUp => "made-up",
        }
    }

    /// The name in prose, in tables and in figures: `Fashion-MNIST`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::FashionMnist => "Fashion-MNIST",
            Self::Kmnist => "KMNIST",
            Self::EmnistDigits => "EMNIST digits",
            Self::Qmnist => "QMNIST",
            Self::Own => "own dataset",
            Self::MadeUp => "made-up digits",
        }
    }

    /// The number of its training images; none of a dataset of the user.
    #[must_use]
    pub fn train_images(self) -> Option<usize> {
        (self != Self::Own).then(|| DatasetSpec::published(self).files[0].count)
    }

    /// Size and classes of its images; MNIST's for a dataset of the user, whose files say it ([`shape`](crate::shape)).
    #[must_use]
    pub(crate) fn shape(self) -> ImageShape {
        DatasetSpec::published(self).shape
    }

    /// The name of a NumPy archive with its arrays.
    pub(crate) fn archive(self) -> String {
        format!("{self}.npz")
    }

    /// The folder in which torchvision keeps it.
    pub(crate) fn torchvision(self) -> String {
        self.title().split(' ').next().unwrap_or_default().replace('-', "")
    }
}

impl fmt::Display for DatasetName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for DatasetName {
    type Err = DataError;

    fn from_str(name: &str) -> Result<Self, DataError> {
        let known = Self::ALL.into_iter().find(|known| known.as_str() == name);
        Ok(known.ok_or_else(|| Problem::UnknownDataset { name: name.to_owned() })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_and_is_the_same_in_json() {
        for name in DatasetName::ALL {
            assert_eq!(name.to_string().parse::<DatasetName>().unwrap(), name);
            assert_eq!(serde_json::to_string(&name).unwrap(), format!("\"{name}\""));
        }
    }

    #[test]
    fn unknown_name_is_refused_with_the_known_ones() {
        let error = "cifar".parse::<DatasetName>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`cifar` is not a dataset, expected one of mnist, fashion-mnist, kmnist, emnist-digits, qmnist, own, made-up"
        );
    }
}

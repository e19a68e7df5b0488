//! `Band`: where the curves of correct seeds lie.

use std::collections::{BTreeMap, BTreeSet};

use crate::models::Fit;
use crate::{Curve, Quantity, TrainLoss};

/// Seeds that must still train at a step, so that the band reaches it.
const LEAST_SEEDS: usize = 3;

/// A band around the curves of some seeds.
///
/// At every validation it is a mean and a number of standard deviations on either side, on the scale of
/// [`Quantity::scaled`]. That number is the same everywhere, and the smallest with which every seed stays in the band of the other
/// seeds. So a further curve of a correct program leaves it with a chance of about one in as many as there are seeds, plus one.
#[derive(Debug, Clone)]
pub struct Band {
    /// Seeds that it was made from.
    pub seeds: usize,
    /// Steps between two validations.
    every: usize,
    train_loss: TrainLoss,
    places: Places,
    width: f64,
}

/// At a step, how the values of a quantity scatter.
type Places = BTreeMap<(usize, Quantity), Fit>;

/// Where a curve leaves the band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outside {
    /// The step.
    pub step: usize,
    /// What leaves it.
    pub quantity: Quantity,
    /// Its value.
    pub value: f64,
    /// The band there.
    pub band: [f64; 2],
}

impl Band {
    /// The band of some seeds; none if there are too few.
    #[must_use]
    pub fn of(seeds: &[Curve], every: usize, train_loss: TrainLoss) -> Option<Self> {
        if seeds.len() < LEAST_SEEDS {
            return None;
        }
        let all: Vec<&Curve> = seeds.iter().collect();
        let mut band = Self { seeds: seeds.len(), every, train_loss, places: Places::new(), width: 0.0 };
        for (left_out, seed) in seeds.iter().enumerate() {
            let others = all.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, curve)| *curve);
            band.places = band.places(&others.collect::<Vec<_>>());
            band.width = band.distances(seed).map(|(_, _, _, distance)| distance.abs()).fold(band.width, f64::max);
        }
        band.places = band.places(&all);
        Some(band)
    }

    fn places(&self, seeds: &[&Curve]) -> Places {
        let steps: BTreeSet<usize> = seeds
            .iter()
            .flat_map(|seed| seed.0.keys())
            .copied()
            .filter(|step| step.is_multiple_of(self.every))
            .collect();
        let mut scattered: BTreeMap<(usize, Quantity), Vec<Vec<f64>>> = BTreeMap::new();
        for place @ (step, quantity) in steps.into_iter().flat_map(|step| Quantity::ALL.map(|one| (step, one))) {
            let values = seeds.iter().filter_map(|seed| self.value(seed, quantity, step));
            let values: Vec<Vec<f64>> = values.map(|value| vec![quantity.scaled(value)]).collect();
            // Beyond, the few that still train are not typical.
            if values.len() >= LEAST_SEEDS.saturating_sub(1).max(seeds.len().div_ceil(2)) {
                scattered.insert(place, values);
            }
        }
        let usual = Quantity::ALL.map(|quantity| {
            let of_quantity = scattered.iter().filter(|((_, one), _)| *one == quantity);
            Fit::usual(&of_quantity.map(|(_, values)| values.as_slice()).collect::<Vec<_>>())
        });
        let fit = |quantity: Quantity, values: &[Vec<f64>]| {
            Fit::of(&values.iter().collect::<Vec<_>>(), &usual[quantity as usize])
        };
        scattered.iter().map(|(&place, values)| (place, fit(place.1, values))).collect()
    }

    fn value(&self, curve: &Curve, quantity: Quantity, step: usize) -> Option<f64> {
        curve.at(quantity, step, self.every, self.train_loss)
    }

    /// Step, quantity, value, and distance from the middle of the band in standard deviations, in the order of the steps.
    fn distances(&self, curve: &Curve) -> impl Iterator<Item = (usize, Quantity, f64, f64)> {
        self.places.iter().filter_map(|(&(step, quantity), fit)| {
            let value = self.value(curve, quantity, step)?;
            Some((step, quantity, value, fit.standardised(&[quantity.scaled(value)])[0]))
        })
    }

    /// Where a curve is outside the band first.
    #[must_use]
    pub fn first_outside(&self, curve: &Curve) -> Option<Outside> {
        let (step, quantity, value, _) = self.distances(curve).find(|(.., distance)| distance.abs() > self.width)?;
        Some(Outside { step, quantity, value, band: self.ends(step, quantity) })
    }

    /// The values of a curve that have a place in the band.
    #[must_use]
    pub fn compared(&self, curve: &Curve) -> usize {
        self.distances(curve).count()
    }

    fn ends(&self, step: usize, quantity: Quantity) -> [f64; 2] {
        [-1.0, 1.0].map(|side| quantity.unscaled(self.places[&(step, quantity)].at(side * self.width)))
    }

    /// The band of a quantity: step, lower and upper end.
    #[must_use]
    pub fn around(&self, quantity: Quantity) -> Vec<(usize, [f64; 2])> {
        let of_quantity = self.places.keys().filter(|(_, one)| *one == quantity);
        of_quantity.map(|&(step, _)| (step, self.ends(step, quantity))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Point;

    /// A falling loss with some noise.
    fn curve(seed: usize, shift: f64) -> Curve {
        let loss = |at: usize| {
            let noise = ((seed * 977 + at * 131) as f64 * 12.9898).sin() * 43_758.545;
            Some((2.3 - 0.1 * at as f64) * (1.0 + 0.02 * (noise - noise.floor() - 0.5)) + shift)
        };
        let point = |at: usize| (at * 125, Point { validation_loss: loss(at), ..Point::default() });
        Curve((0..15).map(point).collect())
    }

    #[test]
    fn a_band_holds_further_seeds_and_shows_where_another_curve_leaves_it() {
        let seeds: Vec<Curve> = (0..20).map(|seed| curve(seed, 0.0)).collect();
        let band = Band::of(&seeds, 125, TrainLoss::Batches).unwrap();
        let outside = (100..200).filter(|&seed| band.first_outside(&curve(seed, 0.0)).is_some()).count();
        assert!(outside < 15, "{outside} of 100");
        let mut wrong = curve(300, 0.0);
        wrong.0.get_mut(&500).unwrap().validation_loss = Some(2.2);
        let first = band.first_outside(&wrong).unwrap();
        assert_eq!((first.step, first.quantity), (500, Quantity::ValidationLoss));
        assert!(first.band[0] < 1.9 && first.band[1] < 2.2 && first.band[1] > 1.85, "{first:?}");
        assert_eq!(band.around(Quantity::ValidationLoss).len(), 15);
        assert_eq!(band.around(Quantity::TrainLoss), []);
    }

    #[test]
    fn two_seeds_are_no_band() {
        assert!(Band::of(&[curve(1, 0.0), curve(2, 0.0)], 125, TrainLoss::Batches).is_none());
    }
}

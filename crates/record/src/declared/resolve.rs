//! `Declared -> ExperimentSpec`: every rule about a value is checked here, once.

mod claim;
mod model;
mod rules;
mod training;

use toml::Spanned;

use super::document::Document;
use super::error::DeclaredError;
use super::{Declared, DeclaredComparison};
use crate::{ComparisonSpec, ExperimentSpec};
use rules::Rules;

impl Declared {
    /// The experiment of that name, checked.
    pub(crate) fn resolve(self, name: &str, document: &Document) -> Result<ExperimentSpec, DeclaredError> {
        let rules = Rules { document };
        let baseline = self.baseline.as_ref().map(Spanned::get_ref);
        let claims = self.claims.iter().enumerate().map(|(index, claim)| rules.claim(index, claim, baseline));
        let claims = claims.collect::<Result<_, _>>()?;
        let train_images = self.data.train_images.span();
        let data = rules.data(&self.data)?;
        let training = rules.training(&self.training, data.train_images, &train_images)?;
        Ok(ExperimentSpec {
            name: name.to_owned(),
            title: rules.title(&self.title)?,
            baseline: self.baseline.map(Spanned::into_inner),
            data,
            model: rules.model(&self.model)?,
            optimizer: rules.optimizer(&self.optimizer)?,
            training,
            checkpoint: rules.checkpoint(self.checkpoint.as_ref())?,
            claims,
        })
    }

    /// Seeds that the file asks for; 1 where it says nothing.
    pub(crate) fn seeds(&self, document: &Document) -> Result<usize, DeclaredError> {
        Rules { document }.seeds(self.seeds.as_ref())
    }
}

impl DeclaredComparison {
    /// The comparison of that name; whether its runs are declared is for the catalogue to say.
    pub(crate) fn resolve(&self, name: &str, document: &Document) -> Result<ComparisonSpec, DeclaredError> {
        let rules = Rules { document };
        let runs: Vec<String> = self.runs.get_ref().iter().map(|run| run.get_ref().clone()).collect();
        if runs.is_empty() {
            return Err(rules.broken(
                "runs",
                "empty",
                "a comparison draws at least one experiment",
                &[&self.runs.span()],
            ));
        }
        let repeated = (1..runs.len()).find(|index| runs[..*index].contains(&runs[*index]));
        if let Some(index) = repeated {
            let span = self.runs.get_ref()[index].span();
            let key = format!("runs[{index}]");
            return Err(rules.broken(&key, format!("`{}`", runs[index]), "that run is listed before", &[&span]));
        }
        let seeds = rules.seeds(self.seeds.as_ref())?;
        Ok(ComparisonSpec { name: name.to_owned(), title: rules.title(&self.title)?, seeds, runs })
    }
}

#[cfg(test)]
mod tests {
    use crate::example::{DECLARED, declared_with, refusal};

    #[test]
    fn values_out_of_bounds_are_refused() {
        for (line, message) in [
            ("title = \" \"", "1: `title` is empty, but tables and figures need a name to show"),
            ("title = \"a\\u0007\"", "1: `title` is \"a\\u{7}\", but a title is one line without control characters"),
            ("train_images = 0", "4: `data.train_images` is 0, but it must be 1 to 60,000"),
            ("train_images = 60_001", "4: `data.train_images` is 60,001, but it must be 1 to 60,000"),
            ("validation_images = 10_001", "5: `data.validation_images` is 10,001, but it must be 1 to 10,000"),
            (
                "hidden_units = [8, 0]",
                "8: `model.hidden_units[1]` is 0, but every hidden layer needs at least one unit",
            ),
            (
                "hidden_units = [-64]",
                "8: `model.hidden_units[0]` is -64, but every hidden layer needs at least one unit",
            ),
            (
                "hidden_units = [1_000_001]",
                "8: `model.hidden_units[0]` is 1,000,001, but a hidden layer has at most 1,000,000 units",
            ),
            (
                "hidden_units = [1_000_000, 1_000_000]",
                "8: `model.hidden_units` is a network of 1,000,795,000,000 parameters, \
                 but they would take 3728.3 GiB, and 8 GiB is the limit",
            ),
            ("learning_rate = 0", "13: `optimizer.learning_rate` is 0, but it must be a finite number above 0"),
            ("learning_rate = nan", "13: `optimizer.learning_rate` is NaN, but it must be a finite number above 0"),
            ("momentum = 1.0", "14: `optimizer.momentum` is 1, but it must be at least 0 and below 1"),
            ("momentum = inf", "14: `optimizer.momentum` is inf, but it must be at least 0 and below 1"),
            ("batch_size = 0", "16: `training.batch_size` is 0, but it must be 1 to 60,000"),
            ("batch_size = 20_001", "16: `training.batch_size` is 20,001, but there are 20,000 training images"),
            ("max_epochs = 0", "18: `training.max_epochs` is 0, but it must be 1 to 10,000"),
            ("seeds = 0", "1: `seeds` is 0, but it must be 1 to 1,000"),
            ("margin = 0", "25: `claim[0].margin` is 0, but it must be a finite number above 0"),
            ("margin = inf", "25: `claim[0].margin` is inf, but it must be a finite number above 0"),
            ("says = \"\"", "22: `claim[0].says` is empty, but a statement has words"),
            (
                "says = \"a\\u001b[31m\"",
                "22: `claim[0].says` is \"a\\u{1b}[31m\", but a statement is one line without control characters",
            ),
            ("checkpoint.every_validations = 0", "1: `checkpoint.every_validations` is 0, but it must be 1 to 100,000"),
            ("patience_validations = 0", "20: `training.patience_validations` is 0, but it must be 1 to 1,000,000"),
        ] {
            let word = line.split(' ').next().expect("a key");
            // A key that the example has not stands before its title.
            let known = DECLARED.lines().any(|known| known.starts_with(word));
            let file = if known { declared_with(word, line) } else { format!("{line}\n{DECLARED}") };
            assert_eq!(refusal(&file, &[]), format!("x.toml:{message}"), "{line}");
        }
    }

    #[test]
    fn the_bounds_themselves_are_valid() {
        for line in [
            "train_images = 60_000",
            "hidden_units = []",
            "hidden_units = [1_000_000]",
            "learning_rate = 1",
            "momentum = 0",
            "baseline = \"x\"",
            "patience_validations = 1",
        ] {
            let word = line.split(' ').next().expect("a key");
            assert_eq!(refusal(&declared_with(word, line), &[]), "valid", "{line}");
        }
    }

    #[test]
    fn validations_divide_an_epoch_evenly() {
        let refused = |line: &str| refusal(&declared_with("validations_per_epoch", line), &[]);
        insta::assert_snapshot!(refused("validations_per_epoch = 4"), @"x.toml:19: `training.validations_per_epoch` is 4, but it must divide the 625 steps of an epoch evenly | 1, 5 or 25 would do");
        insta::assert_snapshot!(refused("validations_per_epoch = 626"), @"x.toml:19: `training.validations_per_epoch` is 626, but it must divide the 625 steps of an epoch evenly | 125 or 625 would do");
        insta::assert_snapshot!(refused("validations_per_epoch = 0"), @"x.toml:19: `training.validations_per_epoch` is 0, but it must be 1 to 60,000");
    }

    #[test]
    fn a_run_has_a_length_that_a_record_can_keep() {
        let refused = |line: &str| {
            refusal(&declared_with("max_epochs", line), &["data.train_images=60_000", "training.batch_size=1"])
        };
        assert_eq!(refused("max_epochs = 100"), "valid");
        insta::assert_snapshot!(refused("max_epochs = 200"), @"--set training.batch_size=1: `training.max_epochs` is 200, but that makes 12,000,000 steps, and 10,000,000 is the limit");
    }

    #[test]
    fn a_claim_needs_a_baseline() {
        insta::assert_snapshot!(refusal(&declared_with("baseline", ""), &[]), @"x.toml:21: `baseline` is missing, but a claim compares with it | or say `against = \"…\"` in the claim");
        let against = declared_with("baseline", "").replace("margin", "against = \"task4e\"\nmargin");
        assert_eq!(refusal(&against, &[]), "valid");
    }
}

//! Training one run: from its last checkpoint to its record.

use std::time::SystemTime;

use export::tensorboard::{EventFile, Run};
use inputs::ComputePath;
use kernels::Instructions;
use mlp::Network;
use record::{
    BackendInfo, Checkpoint, DatasetInfo, History, OwnedRun, Predictions, RunKey, RunRecord, RunStore, TestScores,
    weights_file,
};
use spec::thousands;
use training::{Classifier, Images, Outcome, Threads, Training, evaluation, predict};

use super::Runner;
use crate::failure::Failure;
use crate::plan::PlannedRun;
use crate::terminal::View;
use crate::{data, host, live, predictions, saver};

impl Runner<'_> {
    /// Trains a run from its last checkpoint and saves its record.
    pub(super) fn train(
        &self,
        run: &PlannedRun,
        mut owned: OwnedRun,
        threads: Threads,
        view: View,
    ) -> Result<RunRecord, Failure> {
        let running = self.stop.running(run.label());
        let started = host::time(SystemTime::now());
        let (checkpoint, computed_by) = self.resumption(run, &mut owned)?;
        let started_at = checkpoint.as_ref().map_or(started, |checkpoint| checkpoint.started_at.clone());
        let instructions = all_instructions(checkpoint.as_ref(), computed_by);
        let computed_by = computed_by.unwrap_or_else(Instructions::in_use);
        let to_checkpoint = |state| Checkpoint {
            id: self.id(run),
            experiment: run.spec.name.clone(),
            seed: run.seed,
            settings: run.settings_hash(),
            started_at: started_at.clone(),
            instructions: instructions.clone(),
            state,
        };
        let steps = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.state.history.step_losses.len());
        running.has_saved(steps);
        let (dataset, images) = self.images.get(&run.spec.data, &self.dataset, &self.backend.device)?;
        let past = checkpoint.as_ref().map(|checkpoint| &checkpoint.state.history);
        let curves = self.curves(run, &dataset, &started_at, past)?;
        let (outcome, unwritten) =
            self.workspace.terminal.show(view, (&run.spec, run.label()), steps, &running, |renderer| {
                live::while_writing(curves, |progress| {
                    saver::while_saving(&mut owned, to_checkpoint, &running, |checkpoints| {
                        let training = Training {
                            progress,
                            threads,
                            instructions: computed_by,
                            resume: checkpoint.as_ref().map(|checkpoint| &checkpoint.state),
                            until: run.until(),
                            checkpoints: Some(checkpoints),
                            order_seed: run.seeds().order,
                            ..Training::new(&run.spec, run.seed, &images, &self.backend.device)
                        };
                        training.run(renderer, &running)
                    })
                })
            });
        if let Some(error) = unwritten {
            let words = format!("{}: its curves for TensorBoard cannot be written: {error}", run.label());
            self.workspace
                .terminal
                .warning(&words, Some("`experiments export --to tensorboard` writes them from the record"));
        }
        let outcome = outcome?;
        let outcome = outcome.map_err(|error| Failure::outside(format!("{}: {error}", run.label())))?;
        let predictions = computed_by.within(|| self.predictions(run, &images, &outcome))?;
        let test = computed_by.within(|| self.test_scores(run, &images, &outcome))?;
        let backend = self.backend.info(instructions.clone());
        let record = self.save(run, (started_at.clone(), backend), dataset, outcome, predictions, test)?;
        if record.stop_reason.is_finished() {
            owned.finish();
        }
        // A trial is reported with its score.
        if run.trial.is_none() {
            self.workspace.terminal.finished(&format!("{}: {}", run.label(), report::run_in_words(&record)));
        }
        Ok(record)
    }

    /// The event file of a run for TensorBoard, if the user wants one.
    fn curves(
        &self,
        run: &PlannedRun,
        dataset: &DatasetInfo,
        started_at: &str,
        past: Option<&History>,
    ) -> Result<Option<EventFile>, Failure> {
        let Some(folder) = &self.tensorboard else { return Ok(None) };
        let name = RunStore::folder_name(&run.spec.name, run.seed, &self.id(run));
        let of = Run {
            name: &name,
            spec: &run.spec,
            seed: run.seed,
            dataset: &dataset.title,
            shape: dataset.shape,
            started_at,
        };
        live::begin(folder, &of, past).map(Some).map_err(|error| Failure::io(&folder.join(&name), "write", &error))
    }

    /// The checkpoint that a run resumes from, and the instructions that compute the rest: those that computed its beginning, on
    /// which its bits depend. Where this processor lacks them, or the user asks for others, the run begins again, unless the user
    /// lets them mix. Tells the user.
    fn resumption(
        &self,
        run: &PlannedRun,
        owned: &mut OwnedRun,
    ) -> Result<(Option<Checkpoint>, Option<Instructions>), Failure> {
        let options = &self.workspace.options;
        let (checkpoint, usual) = (self.latest(run, owned)?, self.backend.instructions(&run.spec));
        let began = checkpoint.as_ref().and_then(|checkpoint| checkpoint.instructions.last());
        let (Some(began), Some(ours)) = (began, usual) else { return Ok((self.resumed(run, checkpoint, ""), usual)) };
        if *began == ours.to_string() {
            return Ok((self.resumed(run, checkpoint, ""), usual));
        }
        if options.mix_instructions {
            let how = format!(", computed with {began} so far and with {ours} from here on");
            return Ok((self.resumed(run, checkpoint, &how), usual));
        }
        let same = began.parse::<Instructions>().ok().filter(|began| began.is_available());
        if let Some(same) = same.filter(|_| options.instructions.is_none() && self.backend.computes_fused(&run.spec)) {
            let how = format!(", computed with {same} as it began");
            return Ok((self.resumed(run, checkpoint, &how), Some(same)));
        }
        let label = run.label();
        let note =
            format!("{label}: starts from the beginning with {ours}, because its checkpoint was computed with {began}");
        self.workspace.terminal.note(&note);
        owned.begin_again()?;
        Ok((None, usual))
    }

    /// Tells the user from where a run resumes.
    fn resumed(&self, run: &PlannedRun, checkpoint: Option<Checkpoint>, how: &str) -> Option<Checkpoint> {
        if let Some(checkpoint) = &checkpoint {
            let steps = thousands(checkpoint.state.history.step_losses.len());
            let words = format!("{}: resumes from step {steps}{how}", run.label());
            let terminal = &self.workspace.terminal;
            // Trials are promoted all the time.
            if run.trial.is_some() { terminal.detail(&words) } else { terminal.note(&words) }
        }
        checkpoint
    }

    /// The newest checkpoint of a run. Warns about damaged ones.
    fn latest(&self, run: &PlannedRun, owned: &mut OwnedRun) -> Result<Option<Checkpoint>, Failure> {
        let terminal = &self.workspace.terminal;
        let (id, shape) = (&self.id(run), data::shape(self.dataset.shape));
        let latest = owned.latest(RunKey { id, spec: &run.spec, seed: run.seed, shape })?;
        latest.damaged.iter().for_each(|error| terminal.warning(&error.to_string(), None));
        if latest.checkpoint.is_none() && !latest.damaged.is_empty() {
            terminal.note(&format!("{}: starts from the beginning", run.label()));
        }
        Ok(latest.checkpoint)
    }

    /// Saves the record of a run with its weights.
    fn save(
        &self,
        run: &PlannedRun,
        (started_at, backend): (String, BackendInfo),
        dataset: DatasetInfo,
        Outcome { stop_reason, state }: Outcome,
        predictions: Option<Predictions>,
        test: Option<TestScores>,
    ) -> Result<RunRecord, Failure> {
        let record = RunRecord {
            format: RunRecord::FORMAT,
            id: self.id(run),
            spec: run.spec.clone(),
            overrides: run.overrides.clone(),
            seed: run.seed,
            order_seed: run.order_seed,
            backend,
            code: host::code(),
            host: host::host(),
            parameters: run.spec.model.parameters(dataset.shape),
            stop_reason,
            dataset,
            steps: state.history.step_losses.len(),
            started_at,
            wall_seconds: state.wall.as_secs_f64(),
            cpu_seconds: state.cpu.as_secs_f64(),
            history: state.history,
            predictions,
            test,
        };
        let weights = [(weights_file::LAST, Some(&state.last)), (weights_file::BEST, state.best.as_ref())];
        let keeps_weights = run.trial.as_ref().is_none_or(|trial| trial.keeps_weights);
        let weights = weights.into_iter().filter(|_| keeps_weights);
        let weights = weights.filter_map(|(file, weights)| Some((file, weights_file::encode(weights?))));
        let folder = self.workspace.store.save(&record, weights)?;
        self.workspace.terminal.detail(&format!("saved in {}", folder.display()));
        Ok(record)
    }

    /// The scores of a complete run on its test images.
    fn test_scores(&self, run: &PlannedRun, images: &Images, outcome: &Outcome) -> Result<Option<TestScores>, Failure> {
        match &outcome.state.best {
            Some(best) if outcome.stop_reason.is_complete() => {
                self.scorer().of_weights(&run.spec, images, best, &outcome.state.last)
            }
            _ => Ok(None),
        }
    }

    /// The predictions of a finished run's best network for the validation images.
    fn predictions(
        &self,
        run: &PlannedRun,
        images: &Images,
        outcome: &Outcome,
    ) -> Result<Option<Predictions>, Failure> {
        // They serve to look closely at the weights, which most trials of a sweep do not keep.
        let is_wanted = outcome.stop_reason.is_finished() && run.trial.as_ref().is_none_or(|trial| trial.keeps_weights);
        let Some(best) = outcome.state.best.as_ref().filter(|_| is_wanted) else {
            return Ok(None);
        };
        let network = Network::new(&run.spec.model, images.shape, best, &self.backend.device);
        // Logits come from Burn's modules, also where kernels train and evaluate.
        let validation = evaluation(&images.validation, ComputePath::Plain);
        let predictions = predict(&Classifier { network }, &*validation);
        let predictions = predictions.map_err(|error| Failure::outside(format!("{}: {error}", run.label())))?;
        Ok(Some(predictions::of(&predictions, &self.dataset.test)))
    }
}

/// The instructions that computed a run, in their order: those of its checkpoint, then others. Unknown ones stay unknown.
fn all_instructions(checkpoint: Option<&Checkpoint>, now: Option<Instructions>) -> Vec<String> {
    let now = now.map(|now| now.to_string());
    let Some(Checkpoint { instructions, .. }) = checkpoint else { return now.into_iter().collect() };
    let is_new = |now: &String| instructions.last().is_some_and(|last| last != now);
    instructions.iter().cloned().chain(now.filter(is_new)).collect()
}

//! RO-Crate: a folder of records as a research object, with a model card.
//!
//! Sources: <https://www.researchobject.org/ro-crate/specification/1.1/> and its profile for runs of programs,
//! <https://www.researchobject.org/workflow-run-crate/profiles/process_run_crate/>.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use files::sha256;
use record::{DatasetInfo, RunRecord, StopReason};
use serde_json::{Value, json};

use crate::points::results;
use crate::{LICENCE, about};

/// The name of the metadata.
pub const METADATA: &str = "ro-crate-metadata.json";
/// The name of the model card.
pub const CARD: &str = "model-card.md";

/// A run in a crate.
#[derive(Debug)]
pub struct CrateRun {
    /// The record.
    pub record: RunRecord,
    /// Its files: name, size, SHA-256.
    pub files: Vec<(String, usize, String)>,
}

impl CrateRun {
    /// A run with these files, `(name, bytes)`.
    #[must_use]
    pub fn new(record: RunRecord, files: &[(String, Vec<u8>)]) -> Self {
        let file = |(name, bytes): &(String, Vec<u8>)| (name.clone(), bytes.len(), sha256(bytes));
        Self { record, files: files.iter().map(file).collect() }
    }

    fn id(&self) -> String {
        format!("{}/", self.record.folder_name())
    }
}

/// The datasets of these runs, each once.
#[must_use]
pub fn datasets(runs: &[CrateRun]) -> Vec<&DatasetInfo> {
    let datasets = runs.iter().map(|run| &run.record.dataset);
    datasets.map(|one| (&one.digest, one)).collect::<BTreeMap<_, _>>().into_values().collect()
}

/// The metadata of a folder with these runs and a model card, as JSON.
#[must_use]
pub fn metadata(runs: &[CrateRun], card: &str) -> String {
    let refer = |id: &str| json!({ "@id": id });
    let programs: BTreeMap<String, Value> =
        runs.iter().map(|run| (program_id(&run.record), program(&run.record))).collect();
    let parts: Vec<Value> =
        [CARD.to_owned()].into_iter().chain(runs.iter().map(CrateRun::id)).map(|id| refer(&id)).collect();
    let actions: Vec<Value> = runs.iter().map(|run| refer(&action_id(&run.record))).collect();
    let published = runs.iter().map(ended).fold(0.0, f64::max);
    let mut graph = vec![
        json!({
            "@id": METADATA, "@type": "CreativeWork", "about": refer("./"),
            "conformsTo": refer("https://w3id.org/ro/crate/1.1"),
        }),
        json!({
            "@id": "./", "@type": "Dataset", "name": "Runs of neural networks on images of digits",
            "description": "Records, curves and weights of trainings, made by the program `experiments`.",
            "datePublished": date(published), "license": LICENCE,
            "conformsTo": refer(PROFILE), "hasPart": parts, "mentions": actions,
        }),
        json!({ "@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5" }),
        json!({
            "@id": CARD, "@type": "File", "name": "Model card", "encodingFormat": "text/markdown",
            "contentSize": card.len().to_string(), "sha256": sha256(card.as_bytes()),
        }),
    ];
    graph.extend(programs.into_values());
    graph.extend(datasets(runs).into_iter().map(dataset));
    graph.extend(runs.iter().flat_map(entities));
    let context = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"];
    format!("{:#}\n", json!({ "@context": context, "@graph": graph }))
}

const PROFILE: &str = "https://w3id.org/ro/wfrun/process/0.5";

/// A run: what was done, the folder that came of it, and everything in it.
fn entities(run: &CrateRun) -> Vec<Value> {
    let record = &run.record;
    let id = action_id(record);
    let property = |key: &str, name: &str, value: Value| json!({ "@id": format!("{id}#{key}"), "@type": "PropertyValue", "name": name, "value": value });
    let settings = about::settings(&record.spec).into_iter().chain([("seed".to_owned(), record.seed.into())]);
    let values: Vec<Value> = settings.map(|(key, value)| property(&key, &key, value)).collect();
    let results: Vec<Value> =
        results(record).map(|(name, value)| property(&format!("result-{name}"), name, value.into())).collect();
    let ids = |entities: &[Value]| entities.iter().map(|one| json!({ "@id": one["@id"] })).collect::<Vec<_>>();
    let files: Vec<Value> = run.files.iter().map(|file| described(&run.record, file)).collect();
    let status = if record.stop_reason.is_complete() { "CompletedActionStatus" } else { "FailedActionStatus" };
    let objects = [vec![json!({ "@id": dataset_id(&record.dataset) })], ids(&values)].concat();
    let made = [vec![json!({ "@id": run.id() })], ids(&results)].concat();
    let mut action = json!({
        "@id": id, "@type": "CreateAction",
        "name": format!("Training of {}, seed {}", record.spec.name, record.seed),
        "description": record.spec.title,
        "instrument": { "@id": program_id(record) },
        "object": objects,
        "result": made,
        "startTime": record.started_at,
        "endTime": date(ended(run)),
        "actionStatus": format!("http://schema.org/{status}"),
    });
    if let Some(error) = error(record.stop_reason) {
        action["error"] = error.into();
    }
    let folder = json!({
        "@id": run.id(), "@type": "Dataset", "name": record.folder_name(),
        "description": format!("Record of {}, seed {}: curves, probes, weights", record.spec.name, record.seed),
        "hasPart": ids(&files),
    });
    [vec![action, folder], files, values, results].concat()
}

fn error(reason: StopReason) -> Option<&'static str> {
    match reason {
        StopReason::EarlyStopping | StopReason::MaxEpochs => None,
        StopReason::Interrupted => Some("the training was interrupted"),
        StopReason::Diverged => Some("the loss became NaN or infinite"),
    }
}

fn described(record: &RunRecord, (name, size, digest): &(String, usize, String)) -> Value {
    let format = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("json") => "application/json",
        Some("csv") => "text/csv",
        _ => "application/octet-stream",
    };
    json!({
        "@id": format!("{}/{name}", record.folder_name()), "@type": "File", "name": name, "encodingFormat": format,
        "contentSize": size.to_string(), "sha256": digest,
    })
}

fn dataset(dataset: &DatasetInfo) -> Value {
    json!({
        "@id": dataset_id(dataset), "@type": "Dataset", "name": dataset.title,
        "description": format!("Images of {}", shape_words(dataset)),
        "identifier": format!("sha256:{}", dataset.digest),
    })
}

/// The shape of a dataset's images: `28 x 28 pixels in 10 classes`.
#[must_use]
pub fn shape_words(dataset: &DatasetInfo) -> String {
    format!("{} x {} pixels in {} classes", dataset.shape.height, dataset.shape.width, dataset.shape.classes)
}

fn program(record: &RunRecord) -> Value {
    let commit = record.code.git_commit.as_ref().map(|commit| format!(", commit {commit}")).unwrap_or_default();
    json!({
        "@id": program_id(record), "@type": "SoftwareApplication", "name": "experiments",
        "softwareVersion": format!("{}{commit}", record.code.version), "license": LICENCE,
        "description": format!("Trains declared experiments with Burn {}; backend {}", record.code.burn, record.backend.name),
    })
}

fn program_id(record: &RunRecord) -> String {
    let commit = record.code.git_commit.as_deref().unwrap_or("unknown");
    format!("#experiments-{}-{commit}-{}", record.code.version, record.backend.name)
}

fn dataset_id(dataset: &DatasetInfo) -> String {
    format!("#dataset-{}", dataset.digest)
}

fn action_id(record: &RunRecord) -> String {
    format!("#training-{}", record.id)
}

/// When a run ended, in seconds since 1970.
fn ended(run: &CrateRun) -> f64 {
    about::seconds(&run.record.started_at) + run.record.wall_seconds
}

fn date(seconds: f64) -> String {
    /// The last second of the year 9999; a record from elsewhere may have any time.
    const LATEST: f64 = 253_402_300_799.0;
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs_f64(seconds.clamp(0.0, LATEST))).to_string()
}

/// A model card with these tables of the datasets and of the results, in Markdown.
///
/// Source of its sections: Mitchell et al., "Model Cards for Model Reporting" (2019).
#[must_use]
pub fn card(datasets: &str, results: &str) -> String {
    format!(
        "# Model card\n\n\
         **What they are.** Networks that classify grey images into classes, trained by the program `experiments` with Burn. A folder \
         next to this page holds each run: its settings (`record.json`), curves, probes and weights in safetensors.\n\n\
         **Intended use.** Teaching, and comparing training methods. They are not made for reading real documents.\n\n\
         **Training data.**\n\n{datasets}\n\
         **Pixels.** A network takes grey values from 0 to 255, standardised with the mean and the standard deviation in its record if \
         its settings say so; each `record.json` has them.\n\n\
         **Limits.** The validation images also decide when a training stops, so only scores on the test images are unbiased. Other \
         handwriting, sizes, positions and noise were not tested.\n\n\
         **Licence.** {LICENCE}; the dataset has its own.\n\n## Results\n\n{results}\n"
    )
}

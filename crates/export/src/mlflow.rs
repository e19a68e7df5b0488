//! MLflow: runs on a tracking server, through its REST API.
//!
//! Source: <https://mlflow.org/docs/latest/api_reference/rest-api.html>. Artifacts go through the server's proxy
//! (`mlflow-artifacts`), so no access to its storage is needed.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use record::{RunRecord, StopReason};
use serde_json::{Value, json};
use thiserror::Error;
use ureq::Agent;
use ureq::http::{Method, Request, Uri};

use crate::about;
use crate::points::{Point, points, results};

/// The tag with a run's identity, by which a run that was sent before is found.
const IDENTITY: &str = "experiments.run";
/// The tag with the steps of the record that was sent: an interrupted run may have gone on since.
const STEPS: &str = "experiments.steps";
/// The most values, settings and tags that the server takes at once.
const MOST_METRICS: usize = 1_000;
const MOST_SETTINGS: usize = 100;
/// Limits for a connection, and for an answer.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_mins(1);
/// Size limit of an answer.
const MOST_BYTES: u64 = 1 << 24;

/// Why runs cannot be sent.
#[derive(Debug, Error)]
pub enum MlflowError {
    /// The address is not one of a server.
    #[error("`{0}` is not the address of an MLflow server, such as http://127.0.0.1:5000")]
    Address(String),
    /// No answer.
    #[error("{server}: no MLflow server answers: {cause}")]
    NoAnswer {
        /// The address.
        server: String,
        /// Why.
        cause: ureq::Error,
    },
    /// An answer that refuses.
    #[error("{server}: the server refuses `{call}`: {answer}")]
    Refused {
        /// The address.
        server: String,
        /// What was asked.
        call: String,
        /// The HTTP status.
        status: u16,
        /// The status with the server's words.
        answer: String,
    },
    /// An answer without what it should have.
    #[error("{server}: the answer to `{call}` is not that of an MLflow server")]
    NotMlflow {
        /// The address.
        server: String,
        /// What was asked.
        call: String,
    },
}

type Result<T> = std::result::Result<T, MlflowError>;

/// What came of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It was sent.
    Now,
    /// It was there already.
    Before,
}

/// What a server that wants a login asks for.
pub enum Login {
    /// Name and password.
    Name(String, String),
    /// A token.
    Token(String),
}

impl Login {
    /// Takes the login out of an address, `http://name:password@host`, whose special characters are written as `%40`.
    fn taken_from(address: &mut String) -> Option<Self> {
        let (begin, end) = (address.find("://")? + 3, address.rfind('@')?);
        let login = address.get(begin..end)?.to_owned();
        address.replace_range(begin..=end, "");
        let (name, password) = login.split_once(':').unwrap_or((&login, ""));
        let [name, password] = [name, password].map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned());
        Some(Self::Name(name, password))
    }

    /// The header `Authorization`.
    fn header(&self) -> String {
        match self {
            Self::Name(name, password) => format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}"))),
            Self::Token(token) => format!("Bearer {token}"),
        }
    }
}

/// A tracking server.
pub struct Server {
    address: String,
    authorization: Option<String>,
    agent: Agent,
}

impl Server {
    /// The server at an address such as `http://127.0.0.1:5000`, which may contain the login. Asks it nothing yet.
    ///
    /// # Errors
    /// It is not such an address.
    pub fn new(address: &str, login: Option<Login>) -> Result<Self> {
        let mut address = address.trim_end_matches('/').to_owned();
        let login_inside = Login::taken_from(&mut address);
        if !is_of_a_server(&address) {
            return Err(MlflowError::Address(address));
        }
        let config = Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .http_status_as_error(false);
        let agent = config.build().into();
        Ok(Self { address, authorization: login.or(login_inside).map(|login| login.header()), agent })
    }

    /// Its address, without a login.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Sends a run, named as its folder is, with its curves, settings, metrics and files (name, bytes), unless it is there.
    ///
    /// # Errors
    /// The server does not answer, or refuses. The next call replaces what was sent of the run.
    pub fn send(&self, record: &RunRecord, files: &[(String, Vec<u8>)]) -> Result<Sent> {
        let experiment = self.experiment(&record.spec.name)?;
        for run in self.runs(&experiment, &record.id)? {
            let tag =
                |name: &str| run["data"]["tags"].as_array()?.iter().find(|tag| tag["key"] == name)?["value"].as_str();
            if run["info"]["status"] != "RUNNING" && tag(STEPS) == Some(record.steps.to_string().as_str()) {
                return Ok(Sent::Before);
            }
            self.post("runs/delete", &json!({ "run_id": run["info"]["run_id"] }))?;
        }
        let run = self.create(&experiment, record)?;
        let id = text(&run["info"]["run_id"]);
        self.log(&id, record)?;
        self.upload(&text(&run["info"]["artifact_uri"]), files)?;
        let status = match record.stop_reason {
            StopReason::EarlyStopping | StopReason::MaxEpochs => "FINISHED",
            StopReason::Diverged => "FAILED",
            StopReason::Interrupted => "KILLED",
        };
        self.post("runs/update", &json!({ "run_id": id, "status": status, "end_time": time(record, record.steps) }))?;
        Ok(Sent::Now)
    }

    /// The number of the experiment of this name, which is made if it is missing.
    fn experiment(&self, name: &str) -> Result<String> {
        const CALL: &str = "experiments/get-by-name";
        match self.get(&format!("{CALL}?experiment_name={name}")) {
            Ok(found) => self.known(&found["experiment"]["experiment_id"], CALL),
            Err(MlflowError::Refused { status: 404, answer, .. }) if answer.contains("RESOURCE_DOES_NOT_EXIST") => {
                let created = self.post("experiments/create", &json!({ "name": name }))?;
                self.known(&created["experiment_id"], "experiments/create")
            }
            Err(error) => Err(error),
        }
    }

    /// The runs with this identity that are not deleted.
    fn runs(&self, experiment: &str, identity: &str) -> Result<Vec<Value>> {
        let filter = format!("tags.`{IDENTITY}` = '{identity}'");
        let found = self.post("runs/search", &json!({ "experiment_ids": [experiment], "filter": filter }))?;
        Ok(found["runs"].as_array().cloned().unwrap_or_default())
    }

    fn create(&self, experiment: &str, record: &RunRecord) -> Result<Value> {
        let mut tags = vec![
            (IDENTITY, record.id.clone()),
            (STEPS, record.steps.to_string()),
            ("experiments.title", record.spec.title.clone()),
            ("experiments.backend", record.backend.name.clone()),
            ("experiments.dataset_sha256", record.dataset.digest.clone()),
            ("experiments.host", record.host.name.clone()),
            ("mlflow.source.name", format!("experiments {}", record.code.version)),
            ("mlflow.source.type", "LOCAL".to_owned()),
        ];
        tags.extend(record.code.git_commit.clone().map(|commit| ("mlflow.source.git.commit", commit)));
        let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        let asked = json!({
            "experiment_id": experiment, "run_name": record.folder_name(), "start_time": time(record, 0), "tags": tags,
        });
        let created = self.post("runs/create", &asked)?;
        self.known(&created["run"]["info"]["run_id"], "runs/create")?;
        Ok(created["run"].clone())
    }

    /// Sends settings, curves and metrics.
    fn log(&self, id: &str, record: &RunRecord) -> Result<()> {
        let mut settings = about::settings(&record.spec);
        settings.extend([
            ("seed".to_owned(), record.seed.into()),
            ("dataset".to_owned(), record.dataset.title.clone().into()),
        ]);
        let settings: Vec<Value> =
            settings.iter().map(|(key, value)| json!({ "key": key, "value": text(value) })).collect();
        for settings in settings.chunks(MOST_SETTINGS) {
            self.post("runs/log-batch", &json!({ "run_id": id, "params": settings }))?;
        }
        let layers = record.layers();
        let result = |(name, value): (&str, f64)| Point { step: record.steps, metric: name.to_owned(), value };
        let all: Vec<Point> = points(&record.history, &layers, 0).chain(results(record).map(result)).collect();
        for points in all.chunks(MOST_METRICS) {
            let metrics: Vec<Value> = points.iter().map(|point| metric(record, point)).collect();
            self.post("runs/log-batch", &json!({ "run_id": id, "metrics": metrics }))?;
        }
        Ok(())
    }

    /// Sends files. A server without the proxy for artifacts gets none.
    fn upload(&self, place: &str, files: &[(String, Vec<u8>)]) -> Result<()> {
        let Some(place) = place.strip_prefix("mlflow-artifacts:") else { return Ok(()) };
        for (name, bytes) in files {
            let call = format!("mlflow-artifacts/artifacts/{}/{name}", place.trim_start_matches('/'));
            self.ask(Method::PUT, &call, bytes)?;
        }
        Ok(())
    }

    fn get(&self, call: &str) -> Result<Value> {
        self.ask(Method::GET, &format!("mlflow/{call}"), &[])
    }

    fn post(&self, call: &str, asked: &Value) -> Result<Value> {
        self.ask(Method::POST, &format!("mlflow/{call}"), asked.to_string().as_bytes())
    }

    fn ask(&self, method: Method, call: &str, body: &[u8]) -> Result<Value> {
        let server = || self.address.clone();
        let mut request = Request::builder().method(method).uri(format!("{}/api/2.0/{call}", self.address));
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        let address = |_| MlflowError::Address(self.address.clone());
        let request = request.header("Content-Type", "application/json").body(body).map_err(address)?;
        let no_answer = |cause| MlflowError::NoAnswer { server: server(), cause };
        let mut response = self.agent.run(request).map_err(no_answer)?;
        let status = response.status();
        let answer = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(no_answer)?;
        let call = call.split('?').next().unwrap_or(call).to_owned();
        if status.is_success() {
            let no_json = |_| MlflowError::NotMlflow { server: server(), call };
            return if answer.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&answer).map_err(no_json) };
        }
        let answer = serde_json::from_slice::<Value>(&answer).unwrap_or_default();
        let [code, message] = [&answer["error_code"], &answer["message"]].map(text);
        let status = status.as_u16();
        let answer = format!("{status} {code} {message}").trim_end().to_owned();
        Err(MlflowError::Refused { server: server(), call, status, answer })
    }

    /// A text that an answer must have.
    fn known(&self, value: &Value, call: &str) -> Result<String> {
        let not_mlflow = || MlflowError::NotMlflow { server: self.address.clone(), call: call.to_owned() };
        value.as_str().map(str::to_owned).ok_or_else(not_mlflow)
    }
}

fn is_of_a_server(address: &str) -> bool {
    address.parse::<Uri>().is_ok_and(|uri| {
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        let has_place = uri.authority().is_some_and(|at| at.as_str() == at.host() || at.port_u16().is_some());
        is_web && has_place && uri.query().is_none()
    })
}

/// A point as the server takes it: numbers that are not finite are text.
fn metric(record: &RunRecord, Point { step, metric, value }: &Point) -> Value {
    let value = match value {
        value if value.is_finite() => json!(value),
        value if value.is_nan() => json!("NaN"),
        value => json!(if *value > 0.0 { "Infinity" } else { "-Infinity" }),
    };
    json!({ "key": metric, "value": value, "timestamp": time(record, *step), "step": step })
}

/// When a run took a step, in milliseconds since 1970, as if all of its steps had taken the same time.
#[expect(clippy::cast_possible_truncation, reason = "a time fits")]
fn time(record: &RunRecord, step: usize) -> i64 {
    let share = step as f64 / record.steps.max(1) as f64;
    ((about::seconds(&record.started_at) + share * record.wall_seconds) * 1000.0) as i64
}

/// A value as text; empty for none.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

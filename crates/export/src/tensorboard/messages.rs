//! The messages of an event file: the part of TensorFlow's and TensorBoard's definitions that is in use.

use std::collections::BTreeMap;

use prost::{Message, Oneof};
use serde_json::Value as Json;

/// `tensorflow.Event`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Event {
    #[prost(double, tag = "1")]
    pub(super) wall_time: f64,
    #[prost(int64, tag = "2")]
    pub(super) step: i64,
    #[prost(oneof = "What", tags = "3, 5, 7")]
    pub(super) what: Option<What>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum What {
    #[prost(string, tag = "3")]
    FileVersion(String),
    #[prost(message, tag = "5")]
    Summary(Summary),
    #[prost(message, tag = "7")]
    SessionLog(SessionLog),
}

/// `tensorflow.SessionLog`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct SessionLog {
    /// 1 is `START`.
    #[prost(int32, tag = "1")]
    status: i32,
}

/// `tensorflow.Summary`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Value>,
}

/// `tensorflow.Summary.Value`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Value {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(message, optional, tag = "9")]
    metadata: Option<Metadata>,
    #[prost(oneof = "Content", tags = "2, 4")]
    content: Option<Content>,
}

#[derive(Clone, PartialEq, Oneof)]
enum Content {
    #[prost(float, tag = "2")]
    Scalar(f32),
    #[prost(message, tag = "4")]
    Image(Image),
}

/// `tensorflow.Summary.Image`.
#[derive(Clone, PartialEq, Message)]
struct Image {
    #[prost(int32, tag = "1")]
    height: i32,
    #[prost(int32, tag = "2")]
    width: i32,
    /// 4 is RGBA.
    #[prost(int32, tag = "3")]
    colorspace: i32,
    #[prost(bytes = "vec", tag = "4")]
    encoded: Vec<u8>,
}

/// `tensorflow.SummaryMetadata`.
#[derive(Clone, PartialEq, Message)]
struct Metadata {
    #[prost(message, optional, tag = "1")]
    plugin_data: Option<PluginData>,
}

/// `tensorflow.SummaryMetadata.PluginData`.
#[derive(Clone, PartialEq, Message)]
struct PluginData {
    #[prost(string, tag = "1")]
    plugin_name: String,
    #[prost(bytes = "vec", tag = "2")]
    content: Vec<u8>,
}

/// `tensorboard.hparams.HParamsPluginData`, version 0.
#[derive(Clone, PartialEq, Message)]
struct Hyperparameters {
    #[prost(message, optional, tag = "3")]
    start: Option<SessionStart>,
    #[prost(message, optional, tag = "4")]
    end: Option<SessionEnd>,
}

/// `tensorboard.hparams.SessionStartInfo`.
#[derive(Clone, PartialEq, Message)]
struct SessionStart {
    #[prost(btree_map = "string, message", tag = "1")]
    settings: BTreeMap<String, Setting>,
    #[prost(double, tag = "5")]
    start_time_secs: f64,
}

/// `tensorboard.hparams.SessionEndInfo`.
#[derive(Clone, PartialEq, Message)]
struct SessionEnd {
    #[prost(int32, tag = "1")]
    status: i32,
    #[prost(double, tag = "2")]
    end_time_secs: f64,
}

/// `google.protobuf.Value`.
#[derive(Clone, PartialEq, Message)]
struct Setting {
    #[prost(oneof = "SettingKind", tags = "2, 3, 4")]
    kind: Option<SettingKind>,
}

#[derive(Clone, PartialEq, Oneof)]
enum SettingKind {
    #[prost(double, tag = "2")]
    Number(f64),
    #[prost(string, tag = "3")]
    Text(String),
    #[prost(bool, tag = "4")]
    Flag(bool),
}

/// `tensorboard.hparams.Status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionStatus {
    Success = 1,
    Failure = 2,
    Running = 3,
}

#[expect(clippy::cast_possible_wrap, reason = "a count of steps is far below 2^63")]
impl Event {
    /// An event with a value.
    pub(super) fn of(wall_time: f64, step: usize, value: Value) -> Self {
        Self { wall_time, step: step as i64, what: Some(What::Summary(Summary { value: vec![value] })) }
    }

    /// A point of a curve.
    #[expect(clippy::cast_possible_truncation, reason = "the format has single precision")]
    pub(super) fn scalar(wall_time: f64, step: usize, tag: &str, value: f64) -> Self {
        let content = Some(Content::Scalar(value as f32));
        Self::of(wall_time, step, Value { tag: tag.to_owned(), metadata: None, content })
    }

    /// Makes readers forget the points of older files.
    pub(super) fn start(wall_time: f64) -> Self {
        Self { wall_time, step: 0, what: Some(What::SessionLog(SessionLog { status: 1 })) }
    }
}

/// The settings of a run, for the tab HParams.
pub(super) fn hyperparameters(settings: &[(String, Json)], started: f64) -> Value {
    let kind = |value: &Json| match value {
        Json::Number(number) => SettingKind::Number(number.as_f64().unwrap_or(f64::NAN)),
        Json::Bool(flag) => SettingKind::Flag(*flag),
        Json::String(text) => SettingKind::Text(text.clone()),
        other => SettingKind::Text(other.to_string()),
    };
    let settings = settings.iter().map(|(key, value)| (key.clone(), Setting { kind: Some(kind(value)) }));
    let start = SessionStart { settings: settings.collect(), start_time_secs: started };
    plugin_data("_hparams_/session_start_info", &Hyperparameters { start: Some(start), end: None })
}

/// How a run ended, for the same tab.
pub(super) fn session_end(status: SessionStatus, ended: f64) -> Value {
    let end = SessionEnd { status: status as i32, end_time_secs: ended };
    plugin_data("_hparams_/session_end_info", &Hyperparameters { start: None, end: Some(end) })
}

fn plugin_data(tag: &str, content: &Hyperparameters) -> Value {
    let plugin_data = Some(PluginData { plugin_name: "hparams".to_owned(), content: content.encode_to_vec() });
    Value { tag: tag.to_owned(), metadata: Some(Metadata { plugin_data }), content: None }
}

/// A picture, from a PNG.
pub(super) fn image(tag: &str, png: &[u8]) -> Value {
    // Width and height are the first values of its first chunk.
    let size =
        |at: usize| png.get(at..at + 4).map_or(0, |bytes| i32::from_be_bytes(bytes.try_into().unwrap_or_default()));
    let image = Image { width: size(16), height: size(20), colorspace: 4, encoded: png.to_vec() };
    Value { tag: tag.to_owned(), metadata: None, content: Some(Content::Image(image)) }
}

//! ONNX: a network with its standardisation inside, for ONNX Runtime and other inference programs.
//!
//! The input is what the files of the dataset hold, so that nothing has to be known besides the file: grey values from 0 to 255,
//! `[batch, 1, rows, columns]` as image loaders batch them, for dense networks too.
//!
//! Source: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>, of which the messages below are the part in use.

use mlp::{Elementary, Layer, NamedTensor, Operation};
use prost::Message;

use crate::Trained;
use crate::about;

/// The first operator set whose definitions of all operators below are in force, and the version of the format that came with
/// it: every ONNX Runtime since 2021 reads them.
const OPERATOR_SET: i64 = 13;
const FORMAT: i64 = 7;
/// ONNX's number for single precision.
const FLOAT: i32 = 1;

/// The network as an ONNX file. Input `image`, outputs `logits` and `probabilities`, for any batch size.
#[must_use]
pub fn file(trained: &Trained<'_>) -> Vec<u8> {
    let dataset = &trained.record.dataset;
    let mut graph = Builder::default();
    graph.standardise(trained);
    for operation in trained.operations() {
        graph.add(trained, &operation);
    }
    graph.finish();
    let Builder { nodes, initializers, .. } = graph;
    let [height, width, classes] = [dataset.shape.height, dataset.shape.width, dataset.shape.classes].map(fixed);
    let output = |name| value(name, vec![batch(), classes.clone()]);
    let graph = Graph {
        node: nodes,
        name: trained.name(),
        initializer: initializers,
        input: vec![value(INPUT, vec![batch(), fixed(1), height, width])],
        output: vec![output(LOGITS), output("probabilities")],
    };
    let entry = |(key, value): (&str, String)| Entry { key: key.to_owned(), value };
    let model = Model {
        ir_version: FORMAT,
        producer_name: "experiments".to_owned(),
        producer_version: trained.record.code.version.clone(),
        doc_string: format!(
            "{}. Input: grey values from 0 to 255, [batch, 1, rows, columns]. Outputs: logits and their softmax.",
            trained.record.spec.title
        ),
        graph: Some(graph),
        opset_import: vec![OperatorSet { version: OPERATOR_SET }],
        metadata_props: about::origin(trained).into_iter().map(entry).collect(),
    };
    model.encode_to_vec()
}

const INPUT: &str = "image";
const LOGITS: &str = "logits";

/// A graph under construction: a chain of nodes.
#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    initializers: Vec<Tensor>,
    /// The last layer with weights.
    layer: String,
}

impl Builder {
    /// Adds a node that reads the output of the one before it, and these parameters.
    fn node(&mut self, operator: &str, name: &str, parameters: &[String], attribute: Vec<Attribute>) {
        let before = self.nodes.last().map_or(INPUT, |node| &node.output[0]).to_owned();
        self.nodes.push(Node {
            input: [before].into_iter().chain(parameters.iter().cloned()).collect(),
            output: vec![name.to_owned()],
            name: name.to_owned(),
            op_type: operator.to_owned(),
            attribute,
        });
    }

    /// Adds a node that computes with one number.
    #[expect(clippy::cast_possible_truncation, reason = "networks compute in single precision")]
    fn number(&mut self, operator: &str, name: &str, parameter: &str, number: f64) {
        self.initializers.push(Tensor::new(parameter, &[], &[number as f32]));
        self.node(operator, name, &[parameter.to_owned()], Vec::new());
    }

    /// `(image - mean) / std`.
    fn standardise(&mut self, trained: &Trained<'_>) {
        if let Some([mean, std]) = trained.standardisation() {
            self.number("Sub", "centred", "pixel_mean", mean);
            self.number("Div", "standardised", "pixel_std", std);
        }
    }

    fn add(&mut self, trained: &Trained<'_>, operation: &Operation) {
        match operation {
            Operation::Flatten => self.node("Flatten", "flat", &[], Vec::new()),
            Operation::Dense(layer) => self.layer("Gemm", trained, layer, Vec::new()),
            Operation::Convolution(layer, padding) => {
                self.layer("Conv", trained, layer, vec![Attribute::numbers("pads", &[*padding; 4])]);
            }
            Operation::MaxPool => {
                let name = format!("{}.pool", self.layer);
                let two = |what| Attribute::numbers(what, &[2, 2]);
                self.node("MaxPool", &name, &[], vec![two("kernel_shape"), two("strides")]);
            }
            Operation::Activation => self.activate(trained),
        }
    }

    fn activate(&mut self, trained: &Trained<'_>) {
        let layer = self.layer.clone();
        for (step, elementary) in (1..).zip(trained.record.spec.model.activation().elementary()) {
            let name = format!("{layer}.activation.{step}");
            match elementary {
                Elementary::Times(factor) => self.number("Mul", &name, &format!("{name}.factor"), factor),
                Elementary::Function(operator) => self.node(operator, &name, &[], Vec::new()),
            }
        }
    }

    fn layer(&mut self, operator: &str, trained: &Trained<'_>, layer: &Layer, attributes: Vec<Attribute>) {
        let parameters: Vec<String> = layer.shapes().map(|parameter| parameter.name).collect();
        let tensors = parameters.iter().filter_map(|name| trained.weights.get(name));
        self.initializers.extend(tensors.map(|NamedTensor { name, shape, values }| Tensor::new(name, shape, values)));
        self.node(operator, &layer.name, &parameters, attributes);
        self.layer.clone_from(&layer.name);
    }

    /// Names the outputs.
    fn finish(&mut self) {
        if let Some(last) = self.nodes.last_mut() {
            last.output = vec![LOGITS.to_owned()];
        }
        // Over the last axis, the classes.
        self.node("Softmax", "probabilities", &[], Vec::new());
    }
}

fn value(name: &str, dim: Vec<Dimension>) -> Value {
    let tensor_type = Some(TensorType { elem_type: FLOAT, shape: Some(Shape { dim }) });
    Value { name: name.to_owned(), r#type: Some(Type { tensor_type }) }
}

fn batch() -> Dimension {
    Dimension { size: Some(Size::Any("batch".to_owned())) }
}

fn fixed(size: usize) -> Dimension {
    Dimension { size: Some(Size::Fixed(whole(size))) }
}

/// A size as ONNX has it.
fn whole(size: usize) -> i64 {
    i64::try_from(size).expect("sizes of a network are far below 2^63")
}

/// `ModelProto`.
#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(int64, tag = "1")]
    ir_version: i64,
    #[prost(string, tag = "2")]
    producer_name: String,
    #[prost(string, tag = "3")]
    producer_version: String,
    #[prost(string, tag = "6")]
    doc_string: String,
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<OperatorSet>,
    #[prost(message, repeated, tag = "14")]
    metadata_props: Vec<Entry>,
}

/// `OperatorSetIdProto`, of the standard domain.
#[derive(Clone, PartialEq, Message)]
struct OperatorSet {
    #[prost(int64, tag = "2")]
    version: i64,
}

/// `StringStringEntryProto`.
#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
}

/// `GraphProto`.
#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<Value>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<Value>,
}

/// `NodeProto`.
#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    op_type: String,
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
}

/// `AttributeProto`.
#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int64, repeated, packed = "false", tag = "8")]
    ints: Vec<i64>,
    #[prost(int32, tag = "20")]
    r#type: i32,
}

impl Attribute {
    /// Whole numbers.
    fn numbers(name: &str, values: &[usize]) -> Self {
        let ints = values.iter().map(|&value| whole(value)).collect();
        Self { name: name.to_owned(), ints, r#type: 7 }
    }
}

/// `TensorProto`.
#[derive(Clone, PartialEq, Message)]
struct Tensor {
    #[prost(int64, repeated, packed = "false", tag = "1")]
    dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(string, tag = "8")]
    name: String,
    #[prost(bytes = "vec", tag = "9")]
    raw_data: Vec<u8>,
}

impl Tensor {
    fn new(name: &str, shape: &[usize], values: &[f32]) -> Self {
        Self {
            dims: shape.iter().map(|&size| whole(size)).collect(),
            data_type: FLOAT,
            name: name.to_owned(),
            raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }
}

/// `ValueInfoProto`.
#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    r#type: Option<Type>,
}

/// `TypeProto`.
#[derive(Clone, PartialEq, Message)]
struct Type {
    #[prost(message, optional, tag = "1")]
    tensor_type: Option<TensorType>,
}

/// `TypeProto.Tensor`.
#[derive(Clone, PartialEq, Message)]
struct TensorType {
    #[prost(int32, tag = "1")]
    elem_type: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<Shape>,
}

/// `TensorShapeProto`.
#[derive(Clone, PartialEq, Message)]
struct Shape {
    #[prost(message, repeated, tag = "1")]
    dim: Vec<Dimension>,
}

/// `TensorShapeProto.Dimension`.
#[derive(Clone, PartialEq, Message)]
struct Dimension {
    #[prost(oneof = "Size", tags = "1, 2")]
    size: Option<Size>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Size {
    #[prost(int64, tag = "1")]
    Fixed(i64),
    #[prost(string, tag = "2")]
    Any(String),
}

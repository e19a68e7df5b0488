//! The space of a sweep: every key is a coordinate between 0 and 1.

use serde_json::Value;
use spec::{Domain, Parameter, Settings};

/// The value at a place between 0 and 1.
pub(crate) fn value_at(domain: &Domain, place: f64) -> Value {
    match domain {
        Domain::Values(values) => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
            let index = (place * values.len() as f64) as usize;
            values[index.min(values.len() - 1)].clone()
        }
        Domain::Range { .. } => {
            let (low, high) = ends(domain);
            let inside = low + place * (high - low);
            domain.rounded(if is_log(domain) { inside.exp() } else { inside })
        }
    }
}

/// The place of a number between 0 and 1.
pub(crate) fn place_of(domain: &Domain, value: &Value) -> f64 {
    let (low, high) = ends(domain);
    let value = value.as_f64().unwrap_or(low);
    (((if is_log(domain) { value.ln() } else { value }) - low) / (high - low)).clamp(0.0, 1.0)
}

/// The bounds of a range, in logarithms where equal ratios count; those of whole numbers have a half more on either side, so
/// that all are equally wide.
fn ends(domain: &Domain) -> (f64, f64) {
    let &Domain::Range { low, high, is_log, is_whole } = domain else { return (0.0, 1.0) };
    let (low, high) = if is_whole { (low - 0.5, high + 0.5) } else { (low, high) };
    if is_log { (low.ln(), high.ln()) } else { (low, high) }
}

fn is_log(domain: &Domain) -> bool {
    matches!(domain, Domain::Range { is_log: true, .. })
}

/// The settings with these values, in the order of the parameters, without keys whose condition does not hold.
pub(crate) fn settled(parameters: &[Parameter], values: impl IntoIterator<Item = Value>) -> Settings {
    let all: Settings = parameters.iter().map(|one| one.key.clone()).zip(values).collect();
    let applies = |key: &String| parameters.iter().any(|one| one.key == *key && one.applies(&all));
    all.clone().into_iter().filter(|(key, _)| applies(key)).collect()
}

//! Another size of an image, or of a part of it.

/// The part of an image from this column and row on with another size, `step` pixels becoming one; the strongest ink is 255.
pub(super) fn scaled(
    ink: &[u8],
    from: usize,
    [left, top]: [f64; 2],
    step: f64,
    [width, height]: [usize; 2],
) -> Vec<u8> {
    let across: Vec<Vec<f64>> =
        ink.chunks_exact(from).map(|row| resampled(width, left, step, from, |column| f64::from(row[column]))).collect();
    let columns: Vec<Vec<f64>> =
        (0..width).map(|column| resampled(height, top, step, across.len(), |row| across[row][column])).collect();
    let strongest = columns.iter().flatten().copied().fold(0.0, f64::max);
    (0..height).flat_map(|row| columns.iter().map(move |column| byte(column[row], strongest))).collect()
}

/// A value as a byte, where the strongest is 255.
pub(super) fn byte(value: f64, strongest: f64) -> u8 {
    u8::try_from(whole(value * 255.0 / strongest)).unwrap_or(u8::MAX)
}

/// `to` values along a line of `length` values, each for `step` of them from `start` on.
///
/// Each is a mean, weighted by the distance from its centre; the weight is 0 from half a step and half a value on. A step below
/// 1 counts as 1, which is linear interpolation.
fn resampled(to: usize, start: f64, step: f64, length: usize, value: impl Fn(usize) -> f64) -> Vec<f64> {
    let reach = f64::midpoint(step.max(1.0), 1.0);
    let mean = |index: usize| {
        let centre = start + (index as f64 + 0.5) * step;
        let (first, last) = (whole_below(centre - reach - 0.5), whole_below(centre + reach + 0.5).min(length - 1));
        let (mut sum, mut weights) = (0.0, 0.0);
        for at in first.min(last)..=last {
            let weight = (reach - (at as f64 + 0.5 - centre).abs()).max(0.0);
            sum += weight * value(at);
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
    };
    (0..to).map(mean).collect()
}

/// Where ink begins and ends along an axis.
pub(super) fn edges(profile: &[u8], within: f64) -> (f64, f64) {
    let reversed: Vec<u8> = profile.iter().rev().copied().collect();
    (edge(profile, within), profile.len() as f64 - edge(&reversed, within))
}

/// Where ink begins: where a blurred edge has half its height.
///
/// An enlarged image is blurred over a pixel of the original: its edge rises linearly to the value of the outermost pixel. After
/// three quarters of the way it has three quarters of that value, of which two thirds are the half. A sharp edge has its full
/// value at once.
fn edge(profile: &[u8], within: f64) -> f64 {
    let first = profile.iter().position(|&ink| ink > 0).unwrap_or(0);
    let inner = profile[whole_below(first as f64 + within).min(profile.len() - 1)];
    let half = 2.0 * f64::from(inner) / 3.0;
    let at = first + profile[first..].iter().position(|&ink| f64::from(ink) >= half).unwrap_or(0);
    if at == first {
        return first as f64;
    }
    let [before, after] = [profile[at - 1], profile[at]].map(f64::from);
    at as f64 - 0.5 + (half - before) / (after - before)
}

/// Rounded to the nearest whole number, halves up; the number must not be negative.
pub(super) fn whole(number: f64) -> usize {
    whole_below(number + 0.5)
}

/// The fraction cut off; 0 for a negative number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
pub(super) fn whole_below(number: f64) -> usize {
    number as usize
}

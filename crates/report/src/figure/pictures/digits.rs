//! Digits that a network gets wrong, each with what it is, what it is taken for, and how sure the network is.

use base64::prelude::{BASE64_STANDARD, Engine};
use maud::{Markup, html};
use record::Mistake;
use spec::ImageShape;

use super::pixels::png;
use crate::figure::svg::{self, FAINT_INK, INK, TextStyle, text};
use crate::{FigureError, Result};

const COLUMNS: usize = 10;
/// Pixels from one column to the next.
const CELL_WIDTH: f64 = 92.0;
/// Pixels from one row to the next.
const CELL_HEIGHT: f64 = 132.0;
/// Pixels of an image across and down.
const IMAGE: f64 = 76.0;
/// The two lines of a caption; large, so that they can be read where the page is narrow.
const CLASSES: TextStyle = TextStyle { size: 18.0, colour: INK, anchor: "middle" };
const PROBABILITY: TextStyle = TextStyle { size: 16.0, colour: FAINT_INK, anchor: "middle" };

/// The images in rows of ten, dark on white, as an SVG: below each `4 as 9` and the network's probability for the 9.
///
/// # Errors
/// [`FigureError::Pixels`] if an image has more or fewer pixels than `shape`.
pub(crate) fn digits(mistakes: &[&Mistake], shape: ImageShape) -> Result<String> {
    let cells: Vec<Markup> =
        mistakes.iter().enumerate().map(|(index, mistake)| cell(index, mistake, shape)).collect::<Result<_>>()?;
    let rows = mistakes.len().div_ceil(COLUMNS).max(1);
    let size = (CELL_WIDTH * COLUMNS as f64, CELL_HEIGHT * rows as f64);
    let content = html! { @for cell in &cells { (cell) } };
    Ok(svg::document(size, "Misclassified digits", &content))
}

fn cell(index: usize, mistake: &Mistake, shape: ImageShape) -> Result<Markup> {
    let corner = (CELL_WIDTH * (index % COLUMNS) as f64, CELL_HEIGHT * (index / COLUMNS) as f64);
    let (left, top) = (corner.0 + (CELL_WIDTH - IMAGE) / 2.0, corner.1 + 6.0);
    let (middle, first_line) = (corner.0 + CELL_WIDTH / 2.0, top + IMAGE + 20.0);
    let expected = shape.pixels();
    if mistake.pixels.len() != expected {
        return Err(FigureError::Pixels { what: "an image of a digit", found: mistake.pixels.len(), expected });
    }
    // Dark on white, as on paper.
    let inverted: Vec<u8> = mistake.pixels.iter().map(|pixel| u8::MAX - pixel).collect();
    let image = BASE64_STANDARD.encode(png(&inverted, (shape.width, shape.height), None)?);
    let classes = format!("{} as {}", mistake.class, mistake.predicted);
    // `optimizeSpeed` says the same as `pixelated` to readers that know only the older word.
    Ok(html! {
        image x=(left) y=(top) width=(IMAGE) height=(IMAGE) image-rendering="optimizeSpeed"
            style="image-rendering:pixelated" href={ "data:image/png;base64," (image) } {}
        rect x=(left) y=(top) width=(IMAGE) height=(IMAGE) fill="none" stroke="#cccccc" {}
        (text((middle, first_line), CLASSES, &classes))
        (text((middle, first_line + 20.0), PROBABILITY, &percent(mistake.probability)))
    })
}

/// A probability in whole percent; one that is nearly 1 is not called certain.
fn percent(probability: f32) -> String {
    let percent = 100.0 * probability;
    if probability < 1.0 && percent >= 99.5 { "> 99 %".to_owned() } else { format!("{percent:.0} %") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::to_png;
    use resvg::tiny_skia::Pixmap;

    const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };

    fn digit(pixels: &[u8]) -> Mistake {
        Mistake { image: 0, pixels: pixels.to_vec(), class: 4, predicted: 9, probability: 0.974 }
    }

    #[test]
    fn every_image_has_its_classes_and_its_probability() {
        let pixels = [0; 784];
        let drawn = digits(&[&digit(&pixels); 12], SHAPE).unwrap();
        for (text, times) in [(">4 as 9<", 12), (">97 %<", 12), ("data:image/png;base64,", 12)] {
            assert_eq!(drawn.matches(text).count(), times, "{text}");
        }
        assert!(drawn.contains(r#"width="920" height="264""#));
    }

    #[test]
    fn images_are_rastered_dark_on_white_and_without_smoothing() {
        let mut pixels = [0; 784];
        pixels[..28].fill(255);
        let raster = to_png(&digits(&[&digit(&pixels)], SHAPE).unwrap(), 920).unwrap();
        let raster = Pixmap::decode_png(&raster).unwrap();
        let grey = |y| raster.pixel(46, y).unwrap().red();
        assert_eq!((grey(8), grey(11)), (0, 255));
    }

    #[test]
    fn what_is_nearly_certain_is_not_called_certain() {
        for (probability, words) in [(0.974, "97 %"), (0.4, "40 %"), (0.9999, "> 99 %"), (1.0, "100 %")] {
            assert_eq!(percent(probability), words);
        }
    }

    #[test]
    fn an_image_of_another_size_is_refused() {
        assert!(matches!(
            digits(&[&digit(&[0; 783])], SHAPE),
            Err(FigureError::Pixels { found: 783, expected: 784, .. })
        ));
    }
}

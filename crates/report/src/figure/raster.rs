//! From the SVG to a PNG, with the embedded font: the same bytes on every machine.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::svg::FONT;
use crate::format::whole;
use crate::{FigureError, Result};

/// Pixels across at most: the memory of a picture grows with its square.
const MOST_WIDTH: u32 = 8_192;

/// The SVG of a figure as a PNG, `width` pixels across.
///
/// # Errors
/// [`FigureError::Svg`] if the text is not an SVG, [`FigureError::Width`] if the picture would be empty or too large.
pub fn to_png(svg: &str, width: u32) -> Result<Vec<u8>> {
    let tree = Tree::from_str(svg, &options())?;
    let scale = f64::from(width) / f64::from(tree.size().width());
    let height = u32::try_from(whole((f64::from(tree.size().height()) * scale).ceil())).unwrap_or(u32::MAX);
    let too_large = || FigureError::Width { width, most: MOST_WIDTH };
    if width.max(height) > MOST_WIDTH {
        return Err(too_large());
    }
    let mut pixels = Pixmap::new(width, height).ok_or_else(too_large)?;
    #[expect(clippy::cast_possible_truncation, reason = "the rasterizer computes in single precision")]
    let scale = scale as f32;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| FigureError::Png(error.to_string()))
}

fn options() -> Options<'static> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_source(fontdb::Source::Binary(Arc::new(FONT)));
    fonts.set_sans_serif_family("Open Sans");
    Options { fontdb: Arc::new(fonts), font_family: "Open Sans".to_owned(), ..Options::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><text y="9">Ag</text></svg>"#;

    #[test]
    fn a_png_has_the_width_that_was_asked_for() {
        let pixels = Pixmap::decode_png(&to_png(SVG, 40).unwrap()).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (40, 20));
        assert!(pixels.data().iter().any(|&value| value > 0), "text is drawn with the embedded font");
    }

    #[test]
    fn what_cannot_be_rastered_is_refused() {
        for width in [0, MOST_WIDTH + 1, u32::MAX] {
            assert!(matches!(to_png(SVG, width), Err(FigureError::Width { .. })), "{width}");
        }
        assert!(matches!(to_png("no svg", 40), Err(FigureError::Svg(_))));
    }
}

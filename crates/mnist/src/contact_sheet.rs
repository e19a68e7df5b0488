//! A contact sheet: one picture that shows what the images of a dataset look like.

use crate::{ImageSet, ImageShape};

/// Pixels of the sheet for a pixel of an image, along each axis.
const MAGNIFICATION: usize = 2;
/// Black pixels between two images.
const GAP: usize = 2;

/// The sheet as a greyscale PNG: one row per class, with the first `columns` images of that class.
#[must_use]
pub fn contact_sheet(images: &ImageSet, columns: usize) -> Vec<u8> {
    let columns = columns.max(1);
    let ImageShape { height, width, classes } = images.shape;
    let [cell_height, cell_width] = [height, width].map(|side| side * MAGNIFICATION + GAP);
    let (width, height) = (columns * cell_width + GAP, classes * cell_height + GAP);
    let mut sheet = vec![0; width * height];
    for class in 0..classes {
        let of_class = (0..images.len()).filter(|&index| usize::from(images.labels[index]) == class).take(columns);
        for (column, index) in of_class.enumerate() {
            let corner = (GAP + class * cell_height) * width + GAP + column * cell_width;
            paste(&mut sheet[corner..], width, images.image(index).chunks(images.shape.width));
        }
    }
    png(&sheet, width, height)
}

/// Copies the rows of one image, magnified, to the start of `sheet`, whose rows have `width` pixels.
fn paste<'a>(sheet: &mut [u8], width: usize, rows: impl Iterator<Item = &'a [u8]>) {
    for (y, row) in rows.flat_map(|row| [row; MAGNIFICATION]).enumerate() {
        for (x, &pixel) in row.iter().flat_map(|pixel| [pixel; MAGNIFICATION]).enumerate() {
            sheet[y * width + x] = pixel;
        }
    }
}

fn png(sheet: &[u8], width: usize, height: usize) -> Vec<u8> {
    let side = |pixels: usize| u32::try_from(pixels).expect("a sheet is far smaller than 2^32 pixels wide");
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(width), side(height));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("the sheet has a width and a height, and memory takes every write");
    writer.write_image_data(sheet).expect("the sheet is width times height, and memory takes every write");
    writer.finish().expect("memory takes every write");
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };
    const CELL: usize = 28 * MAGNIFICATION + GAP;

    fn decoded(png: Vec<u8>) -> (usize, usize, Vec<u8>) {
        let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        (frame.width as usize, frame.height as usize, pixels)
    }

    #[test]
    fn row_shows_the_first_images_of_its_class() {
        let shade = |image: u8| [image; 784];
        let labels = vec![3, 0, 3, 3];
        let images = ImageSet { shape: SHAPE, pixels: [shade(10), shade(20), shade(30), shade(40)].concat(), labels };
        let (width, height, pixels) = decoded(contact_sheet(&images, 2));
        assert_eq!((width, height), (2 * CELL + GAP, 10 * CELL + GAP));
        let middle = |row: usize, column: usize| pixels[(row * CELL + CELL / 2) * width + column * CELL + CELL / 2];
        assert_eq!([middle(3, 0), middle(3, 1), middle(0, 0), middle(0, 1), middle(9, 0)], [10, 30, 20, 0, 0]);
    }

    #[test]
    fn sheet_without_images_is_still_a_picture() {
        let (_, _, pixels) = decoded(contact_sheet(&ImageSet::default(), 0));
        assert!(pixels.iter().all(|&pixel| pixel == 0));
    }
}

//! Digits of every size, place and polarity, and what is not a digit.

use test_support::pictures::{EXPORTS, Export};

use super::*;
use crate::{DatasetName, ImageSet, Request, load};

/// Real MNIST where `MNIST_DIR` names it, else made-up digits; and whether it is MNIST.
fn digits(count: usize) -> (ImageSet, bool) {
    let mnist_dir = test_support::mnist_dir();
    let is_mnist = mnist_dir.is_some();
    let dataset = Some(if is_mnist { DatasetName::Mnist } else { DatasetName::MadeUp });
    let request = Request { dataset, mnist_dir, test_images: Some(count), offline: true, ..Request::default() };
    (load(&request, &mut |_| {}).unwrap().test, is_mnist)
}

fn square(side: usize, pixels: Vec<u8>) -> GreyImage {
    GreyImage { width: side, height: side, pixels }
}

/// An image with ink where the rule says, on black.
fn drawn(width: usize, height: usize, has_ink: impl Fn(usize, usize) -> bool) -> GreyImage {
    let pixels = (0..width * height).map(|at| if has_ink(at % width, at / width) { 255 } else { 0 }).collect();
    GreyImage { width, height, pixels }
}

/// A ring with a stroke, as wide as high.
fn ring(side: usize, [x, y]: [usize; 2], radius: usize, stroke: usize) -> GreyImage {
    drawn(side, side, |column, row| {
        let distance = column.abs_diff(x).pow(2) + row.abs_diff(y).pow(2);
        (radius.pow(2)..=(radius + stroke).pow(2)).contains(&distance)
    })
}

/// The mean difference of two images' pixels.
fn difference(one: &[u8], other: &[u8]) -> f64 {
    one.iter().zip(other).map(|(one, other)| f64::from(one.abs_diff(*other))).sum::<f64>() / one.len() as f64
}

#[test]
fn images_of_mnist_are_left_as_they_are_in_either_polarity() {
    let (images, is_mnist) = digits(10_000);
    for index in (0..images.len()).take(if is_mnist { 10_000 } else { 0 }) {
        let image = images.image(index);
        let inverted = image.iter().map(|pixel| 255 - pixel).collect();
        let expected = Prepared { pixels: image.to_vec(), doubt: None };
        assert_eq!(square(SIDE, image.to_vec()).prepare(), expected, "image {index}");
        assert_eq!(square(SIDE, inverted).prepare(), expected, "image {index}, inverted");
    }
}

#[test]
fn an_enlarged_image_becomes_the_original_again() {
    let (images, _) = digits(100);
    let prepared = (0..images.len()).map(|index| square(SIDE, images.image(index).to_vec()).prepare().pixels);
    // The strongest ink becomes 255; that of a few images of MNIST is weaker.
    let strong = |pixels: Vec<u8>| {
        let strongest = pixels.iter().copied().max().unwrap_or(0).into();
        pixels.into_iter().map(|ink| scaling::byte(ink.into(), strongest)).collect()
    };
    let originals: Vec<Vec<u8>> = prepared.filter(|pixels| is_placed_within(pixels, 0)).map(strong).collect();
    assert!(originals.len() > 95);
    for (side, is_smooth, is_inverted) in [
        (42, false, false),
        (42, true, true),
        (56, false, true),
        (56, true, false),
        (100, true, true),
        (280, true, false),
    ] {
        let export = Export { side, is_smooth, is_inverted, margins: [0; 4] };
        let again = |original: &Vec<u8>| {
            let (width, height, pixels) = export.of(original);
            difference(&GreyImage { width, height, pixels }.prepare().pixels, original)
        };
        let mean = originals.iter().map(again).sum::<f64>() / originals.len() as f64;
        assert!(mean < if is_smooth { 0.5 } else { 0.01 }, "{export:?}: the pixels differ by {mean} of 255");
    }
}

/// As the pen of the page: it has no pixels of an original, and every new pixel is a mean of those that it covers.
#[test]
fn a_sharp_drawing_is_no_enlargement() {
    for side in [56, 140, 280, 500] {
        let ring = ring(side, [side / 2, side / 2], side / 4, side / 10);
        assert_eq!(enlargement::original(&ring.pixels, side), None, "{side}");
    }
}

#[test]
fn exports_of_a_digit_become_nearly_the_same_image() {
    let (images, _) = digits(200);
    for export in EXPORTS {
        let differences = (0..images.len()).map(|index| {
            let original = square(SIDE, images.image(index).to_vec()).prepare();
            let (width, height, pixels) = export.of(images.image(index));
            let prepared = GreyImage { width, height, pixels }.prepare();
            assert_eq!(prepared.doubt, None, "{export:?}, image {index}");
            difference(&prepared.pixels, &original.pixels)
        });
        let mean = differences.sum::<f64>() / images.len() as f64;
        assert!(mean < 8.0, "{export:?}: the pixels differ by {mean} of 255");
    }
}

#[test]
fn the_result_has_the_size_and_place_of_mnist() {
    for (side, middle, radius) in [(28, [14, 14], 5), (100, [20, 70], 15), (1_000, [500, 400], 280), (40, [20, 20], 4)]
    {
        let image = ring(side, middle, radius, radius / 4 + 1).prepare();
        assert_eq!((extents(&image.pixels, SIDE), image.doubt), ([20, 20], None), "{side}, {middle:?}");
        assert_eq!(centre_of_mass(&image.pixels, SIDE), [MIDDLE; 2]);
        assert_eq!(image.pixels.iter().max(), Some(&255));
    }
}

#[test]
fn proportions_are_kept() {
    let image = drawn(300, 300, |x, y| (100..130).contains(&x) && (50..250).contains(&y)).prepare();
    assert_eq!(extents(&image.pixels, SIDE), [3, 20]);
}

#[test]
fn a_prepared_image_is_prepared_already() {
    let once = ring(200, [60, 90], 40, 10).prepare();
    assert_eq!(square(SIDE, once.pixels.clone()).prepare(), once);
}

#[test]
fn noise_and_uneven_light_do_not_count() {
    let clean = ring(200, [100, 100], 60, 14);
    // Paper that darkens towards the right, with grain.
    let paper = |at: usize| 230 - u8::try_from(at % 200 / 8 + at * 7_919 % 11).unwrap();
    let photo = clean.pixels.iter().enumerate().map(|(at, &ink)| if ink > 0 { 30 } else { paper(at) }).collect();
    let prepared = square(200, photo).prepare();
    assert!(difference(&prepared.pixels, &clean.prepare().pixels) < 4.0);
    assert_eq!(prepared.doubt, None);
}

#[test]
fn ink_on_middle_grey_is_found_in_either_direction() {
    let expected = ring(100, [50, 50], 30, 8).prepare();
    for ink in [0, 255] {
        let pixels = ring(100, [50, 50], 30, 8).pixels.into_iter().map(|stroke| if stroke > 0 { ink } else { 128 });
        assert_eq!(square(100, pixels.collect()).prepare(), expected);
    }
}

#[test]
fn what_is_not_a_digit_is_named() {
    let noise = |at: usize| u8::try_from(at * at % 65_521 * 31 % 256).unwrap();
    let grain = |at: usize| u8::try_from(at * 7_919 % 20).unwrap();
    for (image, doubt) in [
        (square(50, vec![255; 2_500]), Doubt::Empty),
        (square(1, vec![7]), Doubt::Empty),
        (square(50, (0..2_500).map(grain).collect()), Doubt::Empty),
        // A pixel, a cross of five, a stroke of four.
        (drawn(28, 28, |x, y| (x, y) == (9, 9)), Doubt::Small),
        (drawn(28, 28, |x, y| x.abs_diff(9) + y.abs_diff(9) < 2), Doubt::Small),
        (drawn(500, 300, |x, y| x == 400 && (9..13).contains(&y)), Doubt::Small),
        // Noise, a dot, a page.
        (square(200, (0..40_000).map(noise).collect()), Doubt::Solid),
        (ring(300, [100, 100], 0, 9), Doubt::Solid),
        (drawn(300, 300, |x, y| x > 20 && y > 20 && x < 200 && y < 200), Doubt::Solid),
        (drawn(300, 300, |x, y| (20..280).contains(&x) && (100..110).contains(&y)), Doubt::Flat),
        (drawn(300, 300, |x, y| x % 60 > 45 && y % 60 > 45), Doubt::Scattered),
    ] {
        assert_eq!(image.prepare().doubt, Some(doubt));
    }
}

/// As of a font of 3 x 5 pixels, or of the images of 8 x 8 pixels that scikit-learn has.
#[test]
fn a_digit_of_few_pixels_is_one() {
    let seven = drawn(8, 8, |x, y| (3..6).contains(&x) && (2..7).contains(&y) && (y == 2 || x == 5));
    assert_eq!(seven.prepare().doubt, None);
}

#[test]
fn the_smallest_images_are_prepared() {
    for (width, height) in [(1, 1), (1, 2), (2, 1), (1, 300), (300, 1), (3, 3)] {
        let mut pixels = vec![0; width * height];
        pixels[width * height / 2] = 255;
        assert_eq!(GreyImage { width, height, pixels }.prepare().pixels.len(), SIDE * SIDE, "{width} x {height}");
    }
}

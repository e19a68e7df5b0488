//! PNG, JPEG and IDX files: of every kind, broken, and of sizes that they only claim.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use test_support::Tamper;
use test_support::pictures::{grey_jpeg, grey_png, idx};

use super::*;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("file");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn read(&self, bytes: &[u8]) -> Result<Vec<GreyImage>, String> {
        read_pictures(&self.file(bytes))
            .map_err(|error| error.to_string().replace(&*self.0.path().to_string_lossy(), "SCRATCH"))
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn coloured_png(
    colour: ColorType,
    depth: png::BitDepth,
    palette: Option<&[u8]>,
    (width, height): (u32, u32),
    bytes: &[u8],
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if let Some(palette) = palette {
        encoder.set_palette(palette);
    }
    encoder.write_header().unwrap().write_image_data(bytes).unwrap();
    file
}

#[test]
fn every_kind_of_png_becomes_grey() {
    use png::BitDepth::{Eight, One, Sixteen};
    let folder = Folder::new();
    for (colour, depth, palette, bytes, expected) in [
        (ColorType::Grayscale, Eight, None, &[0, 90, 255][..], [0, 90, 255]),
        (ColorType::Grayscale, One, None, &[0b0110_0000], [0, 255, 255]),
        (ColorType::Grayscale, Sixteen, None, &[0, 255, 90, 0, 255, 255], [0, 90, 255]),
        (ColorType::Rgb, Eight, None, &[255, 0, 0, 0, 255, 0, 0, 0, 255], [76, 150, 29]),
        (ColorType::Indexed, Eight, Some(&[255, 255, 255, 10, 10, 10][..]), &[0, 1, 0], [255, 10, 255]),
        // Dark strokes on nothing, and light ones.
        (ColorType::GrayscaleAlpha, Eight, None, &[99, 0, 20, 255, 99, 0], [255, 20, 255]),
        (ColorType::Rgba, Eight, None, &[9, 9, 9, 0, 240, 240, 240, 255, 240, 240, 240, 128], [0, 240, 120]),
    ] {
        let images = folder.read(&coloured_png(colour, depth, palette, (3, 1), bytes));
        assert_eq!(
            images,
            Ok(vec![GreyImage { width: 3, height: 1, pixels: expected.to_vec() }]),
            "{colour:?} {depth:?}"
        );
    }
}

#[test]
fn jpeg_files_are_read() {
    let pixels: Vec<u8> = (0..64 * 32).map(|at| if at % 64 < 32 { 20 } else { 200 }).collect();
    let image = &Folder::new().read(&grey_jpeg(64, 32, &pixels, 95)).unwrap()[0];
    assert_eq!((image.width, image.height), (64, 32));
    assert!(image.pixels.iter().zip(&pixels).all(|(one, other)| one.abs_diff(*other) < 12));
}

#[test]
fn idx_files_hold_many_images_packed_or_not() {
    let folder = Folder::new();
    let file = idx(&[2, 1, 3], &[1, 2, 3, 4, 5, 6]);
    for bytes in [file.clone(), gzipped(&file)] {
        let images = folder.read(&bytes).unwrap();
        assert_eq!(
            images,
            [[1, 2, 3], [4, 5, 6]].map(|pixels| GreyImage { width: 3, height: 1, pixels: pixels.to_vec() })
        );
    }
    assert_eq!(read_labels(&folder.file(&idx(&[3], &[7, 0, 9]))).unwrap(), [7, 0, 9]);
}

#[test]
fn wrong_files_are_refused_with_a_reason() {
    let folder = Folder::new();
    let png = grey_png(30, 20, &[9; 600]);
    let jpeg = grey_jpeg(64, 64, &(0..4_096).map(|at| u8::try_from(at * 31 % 251).unwrap()).collect::<Vec<_>>(), 90);
    for (bytes, expected) in [
        (&b""[..], "is not a PNG, JPEG or IDX file of images"),
        (b"GIF89a", "is not a PNG, JPEG or IDX file of images"),
        (&idx(&[2], &[1, 2]), "is not a PNG, JPEG or IDX file of images"),
        (&png[..png.len() / 2], "is a broken PNG file"),
        (&png[..20], "is a broken PNG file"),
        (&jpeg[..jpeg.len() / 2], "is a broken JPEG file"),
        (&jpeg[..3], "is a broken JPEG file"),
        (&[0x1f, 0x8b, 8, 0], "is a broken gzip file"),
        (&idx(&[2, 1, 3], &[1; 5]), "announces 2 x 1 x 3 bytes, but 5 bytes follow"),
        (
            &idx(&[u32::MAX as usize; 3], &[1; 5]),
            "announces 4,294,967,295 x 4,294,967,295 x 4,294,967,295 bytes, but 5 bytes follow",
        ),
        (&idx(&[0, 28, 28], &[]), "announces 0 x 28 x 28 bytes, but 0 bytes follow"),
        (&[0, 0, 8, 3, 0, 0], "announces no size, but 0 bytes follow"),
    ] {
        assert_eq!(folder.read(bytes).unwrap_err(), format!("SCRATCH/file: {expected}"));
    }
    let labels = read_labels(&folder.file(&idx(&[1, 1, 1], &[1]))).unwrap_err();
    assert!(labels.to_string().ends_with("is not an IDX file of labels"), "{labels}");
}

#[test]
fn a_bomb_stays_packed() {
    let folder = Folder::new();
    // A header of 60,000 x 60,000 pixels before nothing.
    let mut huge = grey_png(1, 1, &[0]);
    huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let header = crc32(&huge[12..29]).to_be_bytes();
    huge[29..33].copy_from_slice(&header);
    let refusal = folder.read(&huge).unwrap_err();
    assert!(refusal.ends_with("has 60,000 x 60,000 pixels, expected 1 to 64,000,000 in all"), "{refusal}");

    let zeros = gzipped(&vec![0; usize::try_from(MOST_BYTES).unwrap() + 10]);
    let refusal = folder.read(&zeros).unwrap_err();
    assert!(refusal.ends_with("unpacks to more than 268,435,456 bytes, the limit for such a file"), "{refusal}");
}

/// CRC-32 of a chunk (PNG specification, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[test]
fn no_change_of_bytes_ends_in_a_panic() {
    let folder = Folder::new();
    let pixels: Vec<u8> = (0..400).map(|at| u8::try_from(at * 37 % 256).unwrap()).collect();
    let samples = vec![grey_png(20, 20, &pixels), grey_jpeg(20, 20, &pixels, 80), gzipped(&idx(&[1, 20, 20], &pixels))];
    let mut tamper = Tamper::new(1);
    for _ in 0..test_support::Scale::chosen().of(500, 20_000, 200_000) {
        if let Ok(images) = folder.read(&tamper.changed(&samples)) {
            for image in &images {
                let _ = image.prepare();
            }
        }
    }
}

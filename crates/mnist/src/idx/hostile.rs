//! Files changed at random, and headers and streams that lie about their size, are refused or have the original content.

use std::fs::{self, File};
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use test_support::{Scale, Tamper};

use super::*;

const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };
const IMAGES: Items = Items::Images(SHAPE);
const LABELS: Items = Items::Labels(SHAPE);
/// Items of every file.
const COUNT: usize = 3;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Labels and images, both plain and packed, and a packed megabyte of zeros.
fn samples() -> Vec<Vec<u8>> {
    let labels = write(LABELS, &[0, 9, 4]);
    let images = write(IMAGES, &vec![7; COUNT * SHAPE.pixels()]);
    let bomb = packed(&vec![0; 1 << 20]);
    vec![packed(&labels), packed(&images), labels, images, bomb]
}

#[test]
fn torture_files_of_data_are_refused_or_the_very_content() {
    let inputs = Scale::chosen().of(2_000, 100_000, 1_000_000);
    // In memory if the system has such a folder: a million files on a disk take a quarter of an hour.
    let in_memory = Path::new("/dev/shm");
    let parent = if in_memory.is_dir() { in_memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(parent).unwrap();
    let path = folder.path().join("file");
    let (samples, mut tamper, mut read_whole, mut gzipped) = (samples(), Tamper::new(9), 0, 0);
    for _ in 0..inputs {
        let bytes = tamper.changed(&samples);
        gzipped += usize::from(bytes.starts_with(&[0x1f, 0x8b]));
        fs::write(&path, &bytes).unwrap();
        for items in [LABELS, IMAGES] {
            if let Ok(content) = read(&path, items, COUNT, COUNT) {
                assert_eq!(content.bytes.len(), COUNT * items.item_bytes());
                assert!(items == IMAGES || content.bytes.iter().all(|label| usize::from(*label) < SHAPE.classes));
                read_whole += 1;
            }
        }
    }
    let memory = test_support::check_memory();
    let figure = format!("{inputs} inputs, {gzipped} of them gzip, {read_whole} read, 0 panics, {memory} MiB");
    test_support::row("inputs to the IDX and gzip parsers", figure);
}

#[test]
fn torture_bombs_stay_packed() {
    const GIBIBYTES: usize = 1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb");
    let mut encoder = GzEncoder::new(File::create(&path).unwrap(), Compression::fast());
    let mebibyte = vec![0; 1 << 20];
    // A gibibyte of zeros after the images.
    encoder.write_all(&write(IMAGES, &vec![7; COUNT * SHAPE.pixels()])).unwrap();
    for _ in 0..GIBIBYTES << 10 {
        encoder.write_all(&mebibyte).unwrap();
    }
    let packed = encoder.finish().unwrap().metadata().unwrap().len();
    let problem = read(&path, IMAGES, COUNT, COUNT).unwrap_err();
    assert!(matches!(problem, FileProblem::TooLong { .. }), "{problem}");
    let memory = test_support::check_memory();
    test_support::row("a gzip bomb of 1 GiB", format!("{packed} bytes packed, refused, {memory} MiB"));
}

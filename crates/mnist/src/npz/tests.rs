//! Which archives are read; all others are refused with a message that says why, at no cost of memory.

use std::io::{Cursor, Write};

use test_support::{Scale, Tamper};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::ImageShape;
use crate::idx::{self, Items};

const LABELS: Items = Items::Labels(ImageShape { height: 28, width: 28, classes: 10 });

/// A `.npy` file as NumPy writes it.
pub(crate) fn array(numbers: &str, dimensions: &str, content: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{numbers}', 'fortran_order': False, 'shape': ({dimensions}), }}\n");
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY".as_slice(), &[1, 0], &length, header.as_bytes(), content].concat()
}

/// A packed archive of these files.
pub(crate) fn packed(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// What an archive with this array of three labels is read as.
fn labels_in(archive: &[u8]) -> Result<Vec<u8>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mnist.npz");
    fs::write(&path, archive).unwrap();
    idx::read(&path.join("y_test.npy"), LABELS, 3, 3)
        .map(|content| content.bytes)
        .map_err(|problem| problem.to_string())
}

#[test]
fn array_is_read_packed_or_not_and_in_every_version_of_its_header() {
    let first = array("|u1", "3,", &[4, 0, 9]);
    let later = |version: u8| {
        let length = [first[8], first[9], 0, 0];
        [&first[..6], &[version, 0], &length, &first[10..]].concat()
    };
    for bytes in [first.clone(), later(2), later(3), array("u1", " 3 ,", &[4, 0, 9])] {
        assert_eq!(labels_in(&packed(&[("y_test.npy", bytes)])), Ok(vec![4, 0, 9]));
    }
    let mut stored = ZipWriter::new(Cursor::new(Vec::new()));
    stored
        .start_file("y_test.npy", SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
        .unwrap();
    stored.write_all(&first).unwrap();
    assert_eq!(labels_in(&stored.finish().unwrap().into_inner()), Ok(vec![4, 0, 9]));
}

#[test]
fn other_archives_and_arrays_are_refused_with_the_reason() {
    let of = |bytes: Vec<u8>| packed(&[("y_test.npy", bytes)]);
    let good = array("|u1", "3,", &[4, 0, 9]);
    let text = |old: &str, new: &str| {
        let header = String::from_utf8_lossy(&good[10..good.len() - 3]).replace(old, new);
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        of([b"\x93NUMPY".as_slice(), &[1, 0], &length, header.as_bytes(), &[4, 0, 9]].concat())
    };
    for (archive, message) in [
        (b"no archive".to_vec(), "cannot be unpacked from the archive: "),
        (packed(&[("x_test.npy", good.clone())]), "it lacks this array"),
        (of(b"text, not an array".to_vec()), "it is not in NumPy's format"),
        (of(good[..9].to_vec()), "it ends in its header"),
        (of(good[..20].to_vec()), "it ends in its header"),
        (of([&good[..6], &[2, 0, 0, 0, 0, 9]].concat()), "it has a header of 150994944 bytes, expected at most 4096"),
        (of(array("<f8", "3,", &[0; 24])), "its numbers are of the type `<f8`, expected `|u1` (unsigned bytes)"),
        (text("False", "True"), "it is in Fortran order"),
        (text("'shape'", "'form'"), "it has an unclear header"),
        (text("3,", "3, -1"), "it has an unclear header"),
        (text("3,", "99999999999,"), "its shape is [99999999999], more than 2^32 on a side"),
        (text("3,", "3, 1"), "begins with 0x00000802, expected 0x00000801"),
        (text("3,", "4,"), "holds 4 labels, expected 3"),
        (of(array("|u1", "3,", &[4, 0])), "unpacked to 10 bytes, expected 11"),
        (of(array("|u1", "3,", &[4, 0, 9, 1])), "unpacks to more than 11 bytes"),
        (of(array("|u1", "3,", &[4, 10, 9])), "label 1 (from 0) is 10, expected 0 to 9"),
    ] {
        let error = labels_in(&archive).unwrap_err();
        assert!(error.contains(message), "{error} lacks {message}");
    }
}

#[test]
fn torture_archives_are_refused_or_the_very_content() {
    let inputs = Scale::chosen().of(1_000, 20_000, 200_000);
    let many = packed(&[("x.npy", vec![7; 900]), ("y_test.npy", array("|u1", "3,", &[4, 0, 9])), ("z", Vec::new())]);
    let samples = [packed(&[("y_test.npy", array("|u1", "3,", &[4, 0, 9]))]), many];
    let (mut tamper, mut read_whole) = (Tamper::new(19), 0);
    for _ in 0..inputs {
        if let Ok(labels) = labels_in(&tamper.changed(&samples)) {
            assert!(labels.len() == 3 && labels.iter().all(|label| *label < 10), "{labels:?}");
            read_whole += 1;
        }
    }
    let memory = test_support::check_memory();
    test_support::row(
        "inputs to the NPZ parser",
        format!("{inputs} inputs, {read_whole} read, 0 panics, {memory} MiB"),
    );
}

#[test]
fn torture_archives_that_unpack_to_a_gibibyte_stay_packed() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file("y_test.npy", options).unwrap();
    archive.write_all(&array("|u1", "3,", &[4, 0, 9])).unwrap();
    for _ in 0..1 << 10 {
        archive.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let error = labels_in(&archive.finish().unwrap().into_inner()).unwrap_err();
    assert!(error.contains("unpacks to more than 11 bytes"), "{error}");
    let memory = test_support::check_memory();
    test_support::row("an NPZ bomb of 1 GiB", format!("refused, {memory} MiB"));
}

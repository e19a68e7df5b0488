//! Which files are accepted; all others are refused with a message that says why.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const SHAPE: ImageShape = ImageShape { height: 28, width: 28, classes: 10 };
const IMAGES: Items = Items::Images(SHAPE);
const LABELS: Items = Items::Labels(SHAPE);

fn images() -> Vec<u8> {
    write(IMAGES, &vec![7; 3 * SHAPE.pixels()])
}

fn labels() -> Vec<u8> {
    write(LABELS, &[0, 9, 4])
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn changed(mut bytes: Vec<u8>, index: usize, value: u8) -> Vec<u8> {
    bytes[index] = value;
    bytes
}

fn read_bytes(bytes: &[u8], items: Items) -> Result<Content, FileProblem> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    read(&path, items, 3, 3)
}

#[test]
fn plain_and_packed_files_read_the_same() {
    for (bytes, items) in [(images(), IMAGES), (labels(), LABELS)] {
        let plain = read_bytes(&bytes, items).unwrap();
        assert_eq!(plain.bytes, bytes[items.header_bytes()..]);
        assert_eq!(read_bytes(&packed(&bytes), items).unwrap(), plain);
    }
}

#[test]
fn first_items_are_kept_and_the_digest_is_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, labels()).unwrap();
    let all = read(&path, LABELS, 3, usize::MAX).unwrap();
    let first = read(&path, LABELS, 3, 2).unwrap();
    assert_eq!((first.bytes.as_slice(), first.sha256), (&[0, 9][..], all.sha256));
}

#[test]
fn bad_file_is_refused_and_the_message_says_why() {
    let bomb = packed(&[images(), vec![0; 50_000_000]].concat());
    assert!(bomb.len() < 1_000_000);
    let middle = packed(&images()).len() / 2;
    let cases = [
        (vec![], "is empty, expected 2,368 bytes unpacked"),
        (packed(&[]), "unpacked to 0 bytes, expected 2,368"),
        (images()[..10].to_vec(), "unpacked to 10 bytes, expected 2,368"),
        (images()[..2_000].to_vec(), "unpacked to 2,000 bytes, expected 2,368"),
        (packed(&images()[..2_000]), "unpacked to 2,000 bytes, expected 2,368"),
        ([images(), vec![0]].concat(), "unpacks to more than 2,368 bytes"),
        (packed(&[images(), vec![0]].concat()), "unpacks to more than 2,368 bytes"),
        (bomb, "unpacks to more than 2,368 bytes"),
        (packed(&images())[..middle].to_vec(), "the gzip stream ends early"),
        (packed(&images())[..5].to_vec(), "the gzip stream ends early"),
        (packed(&images())[..packed(&images()).len() - 3].to_vec(), "the gzip stream ends early"),
        (changed(packed(&images()), middle, 0xff), "the gzip stream is corrupt"),
        (changed(packed(&images()), packed(&images()).len() - 6, 0xff), "the gzip stream is corrupt"),
        ([packed(&images()), b"garbage".to_vec()].concat(), "bytes follow the end of the gzip stream"),
        ([packed(&images()), packed(&images())].concat(), "bytes follow the end of the gzip stream"),
        (b"<!DOCTYPE html><html>not found</html>".to_vec(), "begins with 0x3c21444f, expected 0x00000803"),
        (labels(), "unpacked to 11 bytes, expected 2,368"),
        ([labels(), vec![0; 9]].concat(), "begins with 0x00000801, expected 0x00000803"),
        (changed(images(), 2, 0x0d), "begins with 0x00000d03, expected 0x00000803"),
        (changed(images(), 11, 32), "holds images of 32 x 28 pixels, expected 28 x 28"),
        (changed(images(), 14, 1), "holds images of 28 x 284 pixels, expected 28 x 28"),
        (changed(images(), 7, 4), "holds 4 images, expected 3"),
        (changed(images(), 4, 0xff), "holds 4,278,190,083 images, expected 3"),
    ];
    for (bytes, expected) in cases {
        let message = read_bytes(&bytes, IMAGES).unwrap_err().to_string();
        assert!(message.contains(expected), "{message:?} does not say {expected:?}");
    }
}

#[test]
fn bad_labels_are_refused_and_the_message_says_why() {
    let cases = [
        (changed(labels(), 9, 10), "label 1 (from 0) is 10, expected 0 to 9"),
        (changed(labels(), 10, 255), "label 2 (from 0) is 255, expected 0 to 9"),
        (write(LABELS, &[1; 2]), "holds 2 labels, expected 3"),
        (images(), "begins with 0x00000803, expected 0x00000801"),
    ];
    for (bytes, expected) in cases {
        let message = read_bytes(&bytes, LABELS).unwrap_err().to_string();
        assert!(message.contains(expected), "{message:?} does not say {expected:?}");
    }
}

#[test]
fn any_single_broken_byte_of_a_packed_file_is_an_error_or_harmless() {
    let good = read_bytes(&labels(), LABELS).unwrap();
    let packed = packed(&labels());
    for index in 0..packed.len() {
        for value in [0x00, 0x7f, 0xff] {
            if let Ok(content) = read_bytes(&changed(packed.clone(), index, value), LABELS) {
                // Only the name, time and system in gzip's header may change unnoticed.
                assert_eq!(content, good, "byte {index}");
            }
        }
    }
}

#[test]
fn folder_in_place_of_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(read(folder.path(), LABELS, 3, 3), Err(FileProblem::NotAFile)));
}

#[cfg(unix)]
#[test]
fn unreadable_file_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, labels()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        eprintln!("skipped: root reads every file");
        return;
    }
    let message = read(&path, LABELS, 3, 3).unwrap_err().to_string();
    assert!(message.starts_with("cannot be read: Permission denied"), "{message}");
}

//! `predict`: images of the user through the binary, as files that other programs write.

use std::fs;

use mnist::{DatasetName, ImageSet, Request};
use serde_json::Value;
use test_support::pictures::{EXPORTS, grey_jpeg, grey_png, idx};

use crate::common::{Ended, Scratch};

/// Share of MNIST's images that keep their class, at least, if they are exported as a whole.
const KEPT: f64 = 0.99;
/// The same of made-up digits: they do not have the size and place of MNIST, so that the originals are scaled as well.
const KEPT_OF_MADE_UP: f64 = 0.98;
/// The same with other margins, from which the original frame cannot be told.
const KEPT_WITH_MARGINS: f64 = 0.97;

/// A scratch folder with a run of task 3c's network after five epochs: on MNIST where `MNIST_DIR` names it, else on made-up
/// digits; and test images.
struct Trained {
    scratch: Scratch,
    images: ImageSet,
}

impl Trained {
    fn new(count: usize) -> Self {
        let (scratch, mnist_dir) = (Scratch::new(), test_support::mnist_dir());
        let dataset = Some(if mnist_dir.is_some() { DatasetName::Mnist } else { DatasetName::MadeUp });
        let declared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/task3c.toml");
        let declared = fs::read_to_string(declared).unwrap().replace("max_epochs = 50", "max_epochs = 5");
        scratch.file("mine.toml", &declared.replace("test_images = 10_000", "test_images = 0"));
        let mut run = scratch.program(&["run", "mine.toml", "--no-baseline", "--quiet"]);
        match &mnist_dir {
            Some(folder) => run.arg("--data-dir").arg(folder),
            None => run.args(["--dataset", "made-up"]),
        };
        Ended::with(0, &mut run);
        let request = Request { dataset, mnist_dir, test_images: Some(count), offline: true, ..Request::default() };
        Self { scratch, images: mnist::load(&request, &mut |_| {}).unwrap().test }
    }

    /// A folder of images, each written by the function, in subfolders by their label.
    fn folder(&self, name: &str, count: usize, write: impl Fn(&[u8]) -> Vec<u8>) -> String {
        for index in 0..count {
            let folder = self.scratch.path(name).join(self.images.labels[index].to_string());
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(format!("{index:05}.png")), write(self.images.image(index))).unwrap();
        }
        name.to_owned()
    }

    fn predict(&self, arguments: &[&str]) -> Value {
        let words = [&["predict", "mine.toml", "--json"], arguments].concat();
        serde_json::from_str(&self.scratch.stdout(&words)).unwrap()
    }

    /// The class of every image of a folder, in one order for all folders of the same images.
    fn classes(&self, folder: &str) -> Vec<Value> {
        let predictions = self.predict(&[folder]);
        predictions["images"].as_array().unwrap().iter().map(|image| image["top"][0]["class"].clone()).collect()
    }
}

/// The share of equal classes.
fn agreement(one: &[Value], other: &[Value]) -> f64 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).filter(|(one, other)| one == other).count() as f64 / one.len() as f64
}

#[test]
fn predictions_survive_size_polarity_margins_and_jpeg() {
    let count = 500;
    let trained = Trained::new(count);
    let original = trained.classes(&trained.folder("original", count, |image| grey_png(28, 28, image)));
    for (number, export) in EXPORTS.iter().enumerate() {
        let png = |image: &[u8]| {
            let (width, height, pixels) = export.of(image);
            grey_png(width, height, &pixels)
        };
        let jpeg = |image: &[u8]| {
            let (width, height, pixels) = export.of(image);
            grey_jpeg(width, height, &pixels, 90)
        };
        let exported = trained.classes(&trained.folder(&format!("png{number}"), count, png));
        let of_whole = if test_support::mnist_dir().is_some() { KEPT } else { KEPT_OF_MADE_UP };
        let least = if export.margins == [0; 4] { of_whole } else { KEPT_WITH_MARGINS };
        let kept = agreement(&original, &exported);
        assert!(kept >= least, "{export:?} as PNG: {kept}");
        // In a small image, the blocks of a JPEG are as large as strokes.
        if export.side >= 140 {
            let exported = trained.classes(&trained.folder(&format!("jpeg{number}"), count, jpeg));
            let kept = agreement(&original, &exported);
            assert!(kept >= KEPT_WITH_MARGINS, "{export:?} as JPEG: {kept}");
        }
    }
}

#[test]
fn labels_give_an_accuracy_and_a_confusion_matrix() {
    let count = 300;
    let trained = Trained::new(count);
    let (images, scratch) = (&trained.images, &trained.scratch);
    fs::write(scratch.path("digits"), idx(&[count, 28, 28], &images.pixels)).unwrap();
    fs::write(scratch.path("labels"), idx(&[count], &images.labels)).unwrap();
    let by_file = trained.predict(&["digits", "--labels", "labels"]);
    let folder = trained.folder("folder", count, |image| grey_png(28, 28, image));
    let by_folder = trained.predict(&[&folder]);
    for key in ["accuracy", "confusion"] {
        assert_eq!(by_file[key], by_folder[key], "{key}");
    }
    let accuracy = by_file["accuracy"].as_f64().unwrap();
    assert!(accuracy > 0.85, "{accuracy}");
    let diagonal: u64 = (0..10).map(|class: usize| by_file["confusion"][class][class].as_u64().unwrap()).sum();
    assert!((accuracy - diagonal as f64 / count as f64).abs() < 1e-12);
    assert_eq!(by_file["images"][12]["image"], "digits[12]");
    assert_eq!(trained.predict(&["digits"])["accuracy"], Value::Null);

    let text = scratch.stdout(&["predict", "mine.toml", &folder]);
    assert!(text.contains(&format!("Accuracy: {:.2} % of 300 images with a label", 100.0 * accuracy)), "{text}");
    assert!(text.contains("Images by label, down, and class, across."), "{text}");
}

#[test]
fn classes_come_by_their_probability_and_both_weights_can_be_used() {
    let trained = Trained::new(1);
    fs::write(trained.scratch.path("a.png"), grey_png(28, 28, trained.images.image(0))).unwrap();
    let all = trained.predict(&["a.png", "--top", "10"]);
    let top = all["images"][0]["top"].as_array().unwrap();
    let probabilities: Vec<f64> = top.iter().map(|class| class["probability"].as_f64().unwrap()).collect();
    assert_eq!((top.len(), all["weights"].as_str()), (10, Some("best")));
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12 && probabilities.is_sorted_by(|a, b| a >= b));
    assert_eq!(trained.predict(&["a.png"])["images"][0]["top"].as_array().unwrap().len(), 2);
    let last = trained.predict(&["a.png", "--weights", "last", "--top", "10"]);
    assert_eq!(last["weights"], "last");
    assert_eq!(trained.predict(&["a.png", "--seed", "1"])["seed"], 1);
}

#[test]
fn the_image_and_what_speaks_for_its_class_are_shown() {
    let trained = Trained::new(10);
    let scratch = &trained.scratch;
    fs::write(scratch.path("digits"), idx(&[10, 28, 28], &trained.images.pixels)).unwrap();
    let ended = Ended::with(
        0,
        &mut scratch.program(&["predict", "mine.toml", "digits", "--show", "new/seen.png", "--explain", "why.png"]),
    );
    assert!(ended.stderr.contains("picture: new/seen.png"), "{}", ended.stderr);
    for file in ["new/seen.png", "why.png"] {
        let bytes = fs::read(scratch.path(file)).unwrap();
        let size = [16, 20].map(|at| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()));
        assert_eq!(size, [8 * (28 * 8 + 8) + 8, 2 * (28 * 8 + 8) + 8], "{file}");
    }
    // What is shown is what is classified.
    fs::write(scratch.path("one.png"), grey_png(28, 28, trained.images.image(0))).unwrap();
    scratch.stdout(&["predict", "mine.toml", "one.png", "--show", "one-seen.png"]);
    let [one, seen] =
        ["one.png", "one-seen.png"].map(|file| trained.predict(&[file])["images"][0]["top"][0]["class"].clone());
    assert_eq!(one, seen);
}

#[test]
fn what_is_not_a_digit_is_not_classified() {
    let trained = Trained::new(1);
    let scratch = &trained.scratch;
    fs::write(scratch.path("empty.png"), grey_png(40, 40, &[200; 1_600])).unwrap();
    let line: Vec<u8> = (0..10_000).map(|at| if at / 100 == 50 { 0 } else { 255 }).collect();
    fs::write(scratch.path("line.png"), grey_png(100, 100, &line)).unwrap();
    let text = scratch.stdout(&["predict", "mine.toml", "empty.png", "line.png"]);
    assert!(text.contains("empty") && text.contains("not a digit: more than 2.5 times as wide as high"), "{text}");
    let images = trained.predict(&["empty.png", "line.png"])["images"].clone();
    assert_eq!((&images[0]["top"], &images[0]["remark"]), (&Value::Array(Vec::new()), &Value::from("empty")));
}

#[test]
fn what_cannot_be_classified_is_refused_before_anything_is_written() {
    let scratch = Scratch::new();
    let refused = |arguments: &[&str], expected: &str| {
        let words = [&["predict"], arguments, &["--show", "seen.png", "--dataset", "made-up"]].concat();
        let message = scratch.refusal(&words, 2);
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert!(!scratch.path("seen.png").exists());
    };
    refused(&["task2c", "a.png"], "`task2c` has no finished run");
    refused(&["task2c", "a.png", "--seed", "4"], "train it: `experiments run task2c --no-baseline --seed 4`");
    refused(&["task3", "a.png"], "name one of task2c, task3a, task3b, task3c");
    refused(&["task2x", "a.png"], "task2x");
    scratch.stdout(&["run", "task2c", "--quiet", "--dataset", "made-up"]);
    refused(&["task2c", "a.png"], "a.png: cannot be read");
    refused(&["task2c", "a.png", "--seed", "4"], "`task2c` has no finished run with seed 4 on made-up digits by flex");
    refused(&["task2c", "a.png", "--top", "0"], "--top");
    scratch.file("text.png", "no picture");
    refused(&["task2c", "text.png"], "text.png: is not a PNG, JPEG or IDX file of images");
    fs::write(scratch.path("cut.png"), &grey_png(28, 28, &[7; 784])[..60]).unwrap();
    refused(&["task2c", "cut.png"], "cut.png: is a broken PNG file");
    fs::create_dir(scratch.path("folder")).unwrap();
    scratch.file("folder/notes.txt", "nothing");
    refused(&["task2c", "folder"], "folder: has no images, neither in it nor in subfolders named 0 to 9");
    fs::write(scratch.path("ok.png"), grey_png(28, 28, &[7; 784])).unwrap();
    fs::write(scratch.path("labels"), idx(&[2], &[1, 2])).unwrap();
    refused(
        &["task2c", "ok.png", "--labels", "labels"],
        "labels: holds 2 labels, expected one for each of the 1 images",
    );
    fs::write(scratch.path("labels"), idx(&[1], &[12])).unwrap();
    refused(&["task2c", "ok.png", "--labels", "labels"], "label 0 (from 0) is 12, expected 0 to 9");
}

#[test]
fn weights_of_another_network_are_refused() {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task2c", "task4a", "--no-baseline", "--quiet", "--dataset", "made-up"]);
    fs::copy(scratch.run("task4a").join("best.safetensors"), scratch.run("task2c").join("best.safetensors")).unwrap();
    fs::write(scratch.path("a.png"), grey_png(28, 28, &[7; 784])).unwrap();
    let message = scratch.refusal(&["predict", "task2c", "a.png"], 1);
    assert!(message.contains("best.safetensors"), "{message}");
    scratch.stdout(&["predict", "task2c", "a.png", "--weights", "last"]);
}

/// What a page with a canvas holds.
pub(crate) fn embedded(page: &str) -> Value {
    let (_, data) = page.split_once("<script type=\"application/json\">").unwrap();
    serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn the_page_to_draw_on_has_the_networks_of_finished_runs() {
    let scratch = Scratch::new();
    let none = scratch.refusal(&["demo"], 2);
    assert!(none.contains("no declared experiment has a finished run") && !scratch.path("demo").exists(), "{none}");
    scratch.stdout(&["run", "task2c", "lenet", "--no-baseline", "--quiet", "--dataset", "made-up", "--seed", "2..3"]);
    scratch.stdout(&["demo", "--out", "new/page"]);
    let page = fs::read_to_string(scratch.path("new/page/index.html")).unwrap();
    let data = embedded(&page);
    let networks: Vec<_> =
        data["networks"].as_array().unwrap().iter().map(|one| (&one["name"], &one["seed"])).collect();
    assert_eq!(networks, [(&Value::from("task2c"), &Value::from("2")), (&Value::from("lenet"), &Value::from("2"))]);
    let labels: Vec<u64> =
        data["digits"].as_array().unwrap().iter().map(|digit| digit["label"].as_u64().unwrap()).collect();
    assert_eq!(labels, (0..10).cycle().take(30).collect::<Vec<_>>());
    assert!(page.contains("made-up digits"), "the warning");

    fs::write(scratch.run("task2c-seed2").join("best.safetensors"), "damaged").unwrap();
    let ended = Ended::with(0, &mut scratch.program(&["demo"]));
    assert!(ended.stderr.contains("task2c, seed 2 is not on the page"), "{}", ended.stderr);
}

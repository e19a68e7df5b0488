//! Which source is taken, which broken file is refused, and what the made-up digits are, on tiny datasets.

use std::env;
use std::fs;

use super::*;
use crate::idx::{self, Items};
use crate::{IMAGE_PIXELS, Normalization, Splits};

/// A dataset of three training and two test images whose digests are known, and its files' bytes.
fn tiny(name: DatasetName) -> (DatasetSpec, [Vec<u8>; 4]) {
    let files = [
        idx::write(Items::Images, &[1; 3 * IMAGE_PIXELS]),
        idx::write(Items::Labels, &[0, 1, 2]),
        idx::write(Items::Images, &[2; 2 * IMAGE_PIXELS]),
        idx::write(Items::Labels, &[3, 4]),
    ];
    let folder = tempfile::tempdir().unwrap();
    let spec = DatasetSpec::new(name, [3, 2], None);
    put(folder.path(), &spec, &files);
    let paths = folder::find(folder.path(), &spec, Place::Given).unwrap().unwrap();
    let contents = folder::read(&paths, &spec, ALL, Place::Given).unwrap();
    (DatasetSpec::new(name, [3, 2], Some(contents.files.map(|file| file.sha256))), files)
}

const ALL: Keep = Keep { train: usize::MAX, test: usize::MAX };

fn put(folder: &Path, spec: &DatasetSpec, files: &[Vec<u8>; 4]) {
    fs::create_dir_all(folder).unwrap();
    for (file, bytes) in spec.files.iter().zip(files) {
        fs::write(folder.join(file.name), bytes).unwrap();
    }
}

fn quick() -> Waits {
    Waits { backoff: std::time::Duration::from_millis(1), ..Waits::default() }
}

fn get(spec: &DatasetSpec, request: &Request) -> Result<Dataset, DataError> {
    load_spec(spec, request, &quick(), &mut |_| {})
}

/// An empty home: a project folder and a cache, both there and empty; the network is off.
struct Home {
    folder: tempfile::TempDir,
    request: Request,
}

fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let request = Request {
        project_data_dir: Some(folder.path().join("data")),
        cache_dir: Some(folder.path().join("cache")),
        offline: true,
        ..Request::default()
    };
    Home { folder, request }
}

#[test]
fn sources_are_taken_in_their_order() {
    let (spec, files) = tiny(DatasetName::Mnist);
    let Home { folder, mut request } = home();
    let place = |name: &str| folder.path().join(name);

    put(&place("cache/mnist"), &spec, &files);
    assert_eq!(get(&spec, &request).unwrap().source, Source::Cache(place("cache/mnist")));
    put(&place("data/mnist"), &spec, &files);
    assert_eq!(get(&spec, &request).unwrap().source, Source::Folder(place("data/mnist")));
    put(&place("mine"), &spec, &files);
    request.mnist_dir = Some(place("mine"));
    assert_eq!(get(&spec, &request).unwrap().source, Source::Folder(place("mine")));
    put(&place("named/mnist"), &spec, &files);
    request.data_dir = Some(place("named"));
    assert_eq!(get(&spec, &request).unwrap().source, Source::Folder(place("named/mnist")));
}

#[test]
fn made_up_digits_stand_in_with_all_reasons_only_when_nothing_was_asked_for() {
    let (spec, _) = tiny(DatasetName::Mnist);
    let Home { folder, mut request } = home();
    let stand_in = get(&spec, &request).unwrap();
    assert_eq!((stand_in.name, stand_in.train.len(), stand_in.test.len()), (DatasetName::MadeUp, 20_000, 10_000));
    let warning = stand_in.warning().unwrap();
    for reason in ["has none of its files", "it is not in the cache", "downloading is switched off"] {
        assert!(warning.contains(reason), "{warning}");
    }
    assert!(stand_in.hint().unwrap().contains("MNIST_DIR"));

    request.dataset = Some(DatasetName::Mnist);
    let error = get(&spec, &request).unwrap_err();
    assert!(error.to_string().starts_with("MNIST is not at hand: "), "{error}");
    assert!(error.hint().unwrap().contains("data/mnist/"));

    // The digits drawn above are in the cache now, and are the same ones.
    request.dataset = Some(DatasetName::MadeUp);
    let mut drawn = false;
    let cached = load(&request, &mut |step| drawn |= matches!(step, Progress::Drawing { .. })).unwrap();
    assert!(!drawn && cached.warning().is_none());
    assert!(cached.train == stand_in.train && cached.test == stand_in.test && cached.files == stand_in.files);

    // A broken cache is not believed, and is mended.
    let labels = folder.path().join("cache/made-up/t10k-labels-idx1-ubyte");
    let mut bytes = fs::read(&labels).unwrap();
    bytes[8] = (bytes[8] + 1) % 10;
    fs::write(&labels, bytes).unwrap();
    request.train_images = Some(7);
    for expected in [true, false] {
        let mut drawn = false;
        let mended = load(&request, &mut |step| drawn |= matches!(step, Progress::Drawing { .. })).unwrap();
        assert!(drawn == expected && mended.digest == cached.digest && mended.test == cached.test);
        assert_eq!(mended.train, cached.train.first(7));
    }
}

#[test]
fn made_up_digits_are_the_same_bytes_on_every_machine() {
    let request = Request { dataset: Some(DatasetName::MadeUp), ..Request::default() };
    let dataset = load(&request, &mut |_| {}).unwrap();
    assert_eq!(dataset.files.map(|file| file.sha256), made_up::SHA256);
}

#[test]
fn cache_that_cannot_be_written_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    fs::write(&blocked, "not a folder").unwrap();
    let request = Request {
        dataset: Some(DatasetName::MadeUp),
        cache_dir: Some(blocked),
        train_images: Some(1),
        ..Request::default()
    };
    assert_eq!(load(&request, &mut |_| {}).unwrap().train.len(), 1);
}

#[test]
fn named_folder_that_is_missing_or_empty_is_an_error() {
    let (spec, files) = tiny(DatasetName::Mnist);
    let Home { folder, request } = home();
    put(&folder.path().join("data/mnist"), &spec, &files);
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let cases = [
        ("nowhere", "nowhere: no such folder"),
        ("empty", "empty: `train-images-idx3-ubyte` is missing, plain or with `.gz` (needed for MNIST)"),
        ("file", "file: is not a folder"),
    ];
    for (name, message) in cases {
        for named_by_option in [true, false] {
            let mut request = request.clone();
            let field = if named_by_option { &mut request.data_dir } else { &mut request.mnist_dir };
            *field = Some(folder.path().join(name));
            let error = get(&spec, &request).unwrap_err();
            assert!(error.to_string().ends_with(message), "{error}");
            assert!(error.hint().unwrap().contains("MNIST_DIR"));
        }
    }
}

#[test]
fn mnist_dir_says_nothing_of_other_datasets() {
    let (spec, files) = tiny(DatasetName::FashionMnist);
    let Home { folder, mut request } = home();
    put(&folder.path().join("data/fashion-mnist"), &spec, &files);
    request.mnist_dir = Some(folder.path().join("nowhere"));
    request.dataset = Some(DatasetName::FashionMnist);
    assert_eq!(get(&spec, &request).unwrap().name, DatasetName::FashionMnist);
}

#[test]
fn broken_file_of_the_user_is_an_error_and_never_passed_over() {
    let (spec, files) = tiny(DatasetName::Mnist);
    let cases: [(usize, Option<Vec<u8>>, &str); 6] = [
        (1, None, "data/mnist: `train-labels-idx1-ubyte` is missing"),
        (0, Some(files[0][..900].to_vec()), "train-images-idx3-ubyte: unpacked to 900 bytes, expected 2,368"),
        (1, Some(files[3].clone()), "train-labels-idx1-ubyte: holds 2 labels, expected 3"),
        (2, Some(files[0].clone()), "t10k-images-idx3-ubyte: holds 3 images, expected 2"),
        (3, Some(idx::write(Items::Labels, &[3, 44])), "t10k-labels-idx1-ubyte: label 1 (from 0) is 44"),
        (3, Some(idx::write(Items::Labels, &[3, 5])), "t10k-labels-idx1-ubyte: the SHA-256 of its unpacked bytes is "),
    ];
    for (index, bytes, message) in cases {
        let Home { folder, request } = home();
        let data = folder.path().join("data/mnist");
        put(&data, &spec, &files);
        put(&folder.path().join("cache/mnist"), &spec, &files);
        let broken = data.join(spec.files[index].name);
        match bytes {
            Some(bytes) => fs::write(broken, bytes).unwrap(),
            None => fs::remove_file(broken).unwrap(),
        }
        let error = get(&spec, &request).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.hint().unwrap().ends_with("run `make data`"));
    }
}

#[cfg(unix)]
#[test]
fn broken_link_is_an_error() {
    let (spec, files) = tiny(DatasetName::Mnist);
    let Home { folder, request } = home();
    let data = folder.path().join("data/mnist");
    put(&data, &spec, &files);
    fs::remove_file(data.join(spec.files[1].name)).unwrap();
    std::os::unix::fs::symlink("nowhere", data.join(spec.files[1].name)).unwrap();
    let error = get(&spec, &request).unwrap_err();
    assert!(error.to_string().contains("train-labels-idx1-ubyte: cannot be read"), "{error}");
}

#[test]
fn other_spelling_and_unknown_digest_are_taken() {
    let (_, files) = tiny(DatasetName::Kmnist);
    let spec = DatasetSpec::new(DatasetName::Kmnist, [3, 2], None);
    let Home { folder, mut request } = home();
    put(&folder.path().join("mine"), &spec, &files);
    let name = |end: &str| folder.path().join("mine").join(format!("train-images{end}"));
    fs::rename(name("-idx3-ubyte"), name(".idx3-ubyte")).unwrap();
    request.dataset = Some(DatasetName::Kmnist);
    request.data_dir = Some(folder.path().join("mine"));
    let dataset = get(&spec, &request).unwrap();
    assert_eq!(dataset.files[0].name, "train-images-idx3-ubyte");
    assert_eq!((dataset.train.labels, dataset.test.labels), (vec![0, 1, 2], vec![3, 4]));
}

#[test]
fn files_of_another_dataset_are_named() {
    let Home { folder, mut request } = home();
    // The made-up digits as IDX files, in a folder that is said to hold MNIST, or KMNIST, of as many images.
    request.dataset = Some(DatasetName::MadeUp);
    load(&request, &mut |_| {}).unwrap();
    request.data_dir = Some(folder.path().join("cache/made-up"));
    for name in [DatasetName::Mnist, DatasetName::Kmnist] {
        request.dataset = Some(name);
        let error = get(&DatasetSpec::new(name, [20_000, 10_000], None), &request).unwrap_err();
        assert!(error.to_string().contains("is a file of made-up digits, going by its SHA-256"), "{error}");
        assert_eq!(error.hint().unwrap(), "to use it, ask for it with `--dataset made-up`");
    }
}

#[test]
fn wrong_digest_in_a_named_folder_asks_for_the_datasets_name() {
    let (spec, mut files) = tiny(DatasetName::Mnist);
    let Home { folder, mut request } = home();
    files[1][8] = 7;
    put(&folder.path().join("mine"), &spec, &files);
    request.data_dir = Some(folder.path().join("mine"));
    assert!(get(&spec, &request).unwrap_err().hint().unwrap().contains("--dataset fashion-mnist"));
}

#[test]
fn real_mnist_has_the_published_mean_and_std() {
    let Ok(folder) = env::var("MNIST_DIR") else {
        eprintln!("skipped: MNIST_DIR is not set");
        return;
    };
    let request = Request { mnist_dir: Some(folder.into()), train_images: Some(20_000), ..Request::default() };
    let dataset = load(&request, &mut |_| {}).unwrap();
    assert_eq!((dataset.name, dataset.train.len(), dataset.test.len()), (DatasetName::Mnist, 20_000, 10_000));
    let Normalization { mean, std } = Splits::new(&dataset, 20_000, 10_000).unwrap().normalization;
    assert_eq!((format!("{mean:.4}"), format!("{std:.4}")), ("33.5527".into(), "78.8755".into()));
}

#[test]
fn real_mnist_asked_for_as_fashion_mnist_is_refused() {
    let Ok(folder) = env::var("MNIST_DIR") else {
        eprintln!("skipped: MNIST_DIR is not set");
        return;
    };
    let dataset = Some(DatasetName::FashionMnist);
    let error = load(&Request { dataset, data_dir: Some(folder.into()), ..Request::default() }, &mut |_| {});
    assert!(error.unwrap_err().to_string().contains("is a file of MNIST, going by its SHA-256"));
}

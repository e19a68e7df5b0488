//! Made-up digits instead of a dataset.

use super::*;

#[test]
fn made_up_digits_stand_in_with_all_reasons_only_when_nothing_was_asked_for() {
    let (spec, _) = tiny(DatasetName::Mnist);
    let Home { folder, mut request } = home();
    let stand_in = get(&spec, &request).unwrap();
    assert_eq!((stand_in.name, stand_in.train.len(), stand_in.test.len()), (DatasetName::MadeUp, 20_000, 10_000));
    let warning = stand_in.warning().unwrap();
    for reason in ["it is not in ", "data/MNIST/raw", "cache/mnist", "keras/mnist", "downloading is switched off"] {
        assert!(warning.contains(reason), "{warning}");
    }
    assert!(stand_in.hint().unwrap().contains("MNIST_DIR"));

    request.dataset = Some(DatasetName::Mnist);
    let error = get(&spec, &request).unwrap_err();
    assert!(error.to_string().starts_with("MNIST was not found: "), "{error}");
    assert!(error.hint().unwrap().contains("data/mnist/"));

    // The same digits are now in the cache.
    request.dataset = Some(DatasetName::MadeUp);
    let mut drawn = false;
    let cached = load(&request, &mut |step| drawn |= matches!(step, Progress::Drawing { .. })).unwrap();
    assert!(!drawn && cached.warning().is_none());
    assert!(cached.train == stand_in.train && cached.test == stand_in.test && cached.files == stand_in.files);

    // A broken cache is not trusted, and is repaired.
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

//! Where files are looked for, and what is wrong with them.

use super::*;

#[test]
fn places_are_tried_in_their_order() {
    let (spec, files) = tiny(DatasetName::Mnist);
    let Home { folder, mut request } = home();
    let place = |name: &str| folder.path().join(name);

    put(&place("cache/mnist"), &spec, &files);
    assert_eq!(get(&spec, &request).unwrap().origin, Origin::Cache(place("cache/mnist")));
    put(&place("data/mnist"), &spec, &files);
    assert_eq!(get(&spec, &request).unwrap().origin, Origin::Folder(place("data/mnist")));
    put(&place("mine"), &spec, &files);
    request.mnist_dir = Some(place("mine"));
    assert_eq!(get(&spec, &request).unwrap().origin, Origin::Folder(place("mine")));
    put(&place("named/mnist"), &spec, &files);
    request.data_dir = Some(place("named"));
    assert_eq!(get(&spec, &request).unwrap().origin, Origin::Folder(place("named/mnist")));
}

#[test]
fn local_files_are_those_that_loading_finds_without_a_download() {
    let (spec, files) = tiny(DatasetName::Mnist);
    let (mnist, kmnist, drawn) = (DatasetName::Mnist, DatasetName::Kmnist, DatasetName::MadeUp);
    for place in ["data/mnist", "cache/mnist"] {
        let Home { folder, mut request } = home();
        assert!(!has_local_files(&request, mnist) && has_local_files(&request, drawn));
        put(&folder.path().join(place), &spec, &files);
        assert!(has_local_files(&request, mnist) && !has_local_files(&request, kmnist));
        // A named folder is the only place.
        request.mnist_dir = Some(folder.path().join("elsewhere"));
        assert!(!has_local_files(&request, mnist));
        put(&folder.path().join("elsewhere/mnist"), &spec, &files);
        assert!(has_local_files(&request, mnist));
        request.data_dir = Some(folder.path().join(place));
        assert!(has_local_files(&request, mnist));
        fs::remove_file(folder.path().join(place).join(spec.files[3].name)).unwrap();
        assert!(!has_local_files(&request, mnist));
    }
}

#[test]
fn cache_that_cannot_be_written_is_not_an_error() {
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
    let cases =
        [("nowhere", "nowhere: no such folder"), ("empty", "empty/MNIST/raw"), ("file", "file: is not a folder")];
    for (name, message) in cases {
        for named_by_option in [true, false] {
            let mut request = request.clone();
            let field = if named_by_option { &mut request.data_dir } else { &mut request.mnist_dir };
            *field = Some(folder.path().join(name));
            let error = get(&spec, &request).unwrap_err();
            assert!(error.to_string().ends_with(message), "{error}");
            let is_empty =
                error.to_string().contains("has neither `train-images-idx3-ubyte` (plain or with `.gz`) nor");
            assert_eq!(is_empty, name == "empty");
            assert!(error.hint().unwrap().contains("MNIST_DIR"));
        }
    }
}

#[test]
fn mnist_dir_is_for_mnist_only() {
    let (spec, files) = tiny(DatasetName::FashionMnist);
    let Home { folder, mut request } = home();
    put(&folder.path().join("data/fashion-mnist"), &spec, &files);
    request.mnist_dir = Some(folder.path().join("nowhere"));
    request.dataset = Some(DatasetName::FashionMnist);
    assert_eq!(get(&spec, &request).unwrap().name, DatasetName::FashionMnist);
}

#[test]
fn broken_file_of_the_user_is_an_error_and_never_skipped() {
    let (spec, files) = tiny(DatasetName::Mnist);
    let cases: [(usize, Option<Vec<u8>>, &str); 6] = [
        (1, None, "data/mnist: `train-labels-idx1-ubyte` is missing"),
        (0, Some(files[0][..900].to_vec()), "train-images-idx3-ubyte: unpacked to 900 bytes, expected 2,368"),
        (1, Some(files[3].clone()), "train-labels-idx1-ubyte: holds 2 labels, expected 3"),
        (2, Some(files[0].clone()), "t10k-images-idx3-ubyte: holds 3 images, expected 2"),
        (3, Some(idx::write(LABELS, &[3, 44])), "t10k-labels-idx1-ubyte: label 1 (from 0) is 44"),
        (3, Some(idx::write(LABELS, &[3, 5])), "t10k-labels-idx1-ubyte: the SHA-256 of its unpacked bytes is "),
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
        let hint = error.hint().unwrap();
        assert!(hint.ends_with("run `experiments data`") && !hint.contains("delete"), "{hint}");
    }
}

#[test]
fn files_are_found_where_other_tools_leave_them() {
    let (spec, files) = tiny(DatasetName::Mnist);
    for (place, given) in [
        ("data/MNIST/raw", None),
        ("data", None),
        ("torch/MNIST/raw", Some("torch")),
        ("torch/MNIST/raw", Some("torch/MNIST")),
        ("torch/MNIST/raw", Some("torch/MNIST/raw")),
        ("several/mnist", Some("several")),
    ] {
        let Home { folder, mut request } = home();
        put(&folder.path().join(place), &spec, &files);
        request.data_dir = given.map(|given| folder.path().join(given));
        assert_eq!(get(&spec, &request).unwrap().train.labels, [0, 1, 2], "{place}, {given:?}");
    }
}

#[test]
fn a_folder_named_like_a_file_is_searched_and_never_in_the_way() {
    let (spec, files) = tiny(DatasetName::Mnist);
    // Next to the file under its other spelling, with a copy in it, and instead of the file.
    for (beside, inside) in [(true, false), (true, true), (false, true)] {
        let Home { folder, request } = home();
        let data = folder.path().join("data/mnist");
        put(&data, &spec, &files);
        let named = |file: &str| data.join(file);
        let file = spec.files[0].name;
        let dotted = file.replacen("-idx", ".idx", 1);
        fs::rename(named(file), named(&dotted)).unwrap();
        fs::create_dir(named(file)).unwrap();
        if inside {
            fs::copy(named(&dotted), named(file).join(&dotted)).unwrap();
        }
        if !beside {
            fs::remove_file(named(&dotted)).unwrap();
        }
        assert_eq!(get(&spec, &request).unwrap().train.labels, [0, 1, 2], "{beside} {inside}");
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
    let spec = DatasetSpec::new(DatasetName::Kmnist, SHAPE, [3, 2], None);
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

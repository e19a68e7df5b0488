//! What is read: datasets of other shapes, archives, the variants of MNIST, files of a wrong dataset.

use super::*;

#[test]
fn dataset_of_another_shape_goes_from_its_files_to_batches_and_a_contact_sheet() {
    // Letters, 15 rows of 11 pixels each; letter n has n bright pixels in its first row and one in its last.
    const LETTERS: ImageShape = ImageShape { height: 15, width: 11, classes: 26 };
    let images = |labels: &[u8]| {
        let pixel = |label: u8, index: usize| match index {
            154 => 200,
            _ => 100 * u8::from(index < usize::from(label).min(11)),
        };
        let pixels: Vec<u8> = labels.iter().flat_map(|&label| (0..165).map(move |index| pixel(label, index))).collect();
        idx::write(Items::Images(LETTERS), &pixels)
    };
    let sets: [&[u8]; 2] = [&[25, 0, 3, 3, 11], &[24, 1]];
    let [train, test] = sets.map(|labels| (images(labels), idx::write(Items::Labels(LETTERS), labels)));
    let spec = DatasetSpec::new(DatasetName::Kmnist, LETTERS, [5, 2], None);
    let Home { folder, mut request } = home();
    put(&folder.path().join("data/kmnist"), &spec, &[train.0, train.1, test.0.clone(), test.1]);
    request.dataset = Some(DatasetName::Kmnist);
    let dataset = get(&spec, &request).unwrap();
    assert_eq!((dataset.shape, dataset.train.shape, dataset.test.shape), (LETTERS, LETTERS, LETTERS));
    assert_eq!(
        (dataset.train.labels.as_slice(), dataset.train.image(2)[..5].to_vec()),
        (sets[0], vec![100, 100, 100, 0, 0])
    );

    let splits = Splits::new(&dataset, 4, 2).unwrap();
    assert_eq!((splits.train.shape, splits.train.pixels.len()), (LETTERS, 4 * 165));
    let device = Device::flex();
    for path in [inputs::ComputePath::Fused, inputs::ComputePath::Plain] {
        let batcher = MnistBatcher::new(&splits.train, &Normalization::identity(), &device, path);
        let batch = batcher.gather(&[3, 1]);
        let pixels: Vec<f32> = batch.images.to_tensor(&device).into_data().try_into_vec().unwrap();
        let expected = [splits.train.image(3), splits.train.image(1)].concat();
        assert_eq!(pixels, expected.into_iter().map(f32::from).collect::<Vec<_>>());
        assert_eq!(batch.targets, [3, 0]);
    }
    let mut sheet = png::Decoder::new(Cursor::new(contact_sheet(&dataset.train, 2))).read_info().unwrap();
    assert_eq!((sheet.info().width, sheet.info().height), (2 * 24 + 2, 26 * 32 + 2));
    let mut pixels = vec![0; sheet.output_buffer_size().unwrap()];
    sheet.next_frame(&mut pixels).unwrap();
    assert_eq!(pixels[(2 + 25 * 32 + 28) * 50 + 2..][..3], [200, 200, 0], "the last row of letter 25");

    // Files of MNIST's shape are refused, and so is a 27th letter.
    let broken = [
        (0, idx::write(IMAGES, &[0; 784]), "holds images of 28 x 28 pixels, expected 15 x 11"),
        (3, idx::write(Items::Labels(LETTERS), &[0, 26]), "label 1 (from 0) is 26, expected 0 to 25"),
    ];
    for (index, bytes, message) in broken {
        let path = folder.path().join("data/kmnist").join(spec.files[index].name);
        let good = fs::read(&path).unwrap();
        fs::write(&path, bytes).unwrap();
        let error = get(&spec, &request).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        fs::write(&path, good).unwrap();
    }
}

/// An archive as Keras has it, with the same content as these IDX files.
fn archive(files: &[Vec<u8>; 4]) -> Vec<u8> {
    let [train, train_labels, test, test_labels] = files;
    let array = |file: &[u8], dimensions: &str, header: usize| npz::tests::array("|u1", dimensions, &file[header..]);
    npz::tests::packed(&[
        (npz::ARRAYS[0], array(train, "3, 28, 28", 16)),
        (npz::ARRAYS[1], array(train_labels, "3,", 8)),
        (npz::ARRAYS[2], array(test, "2, 28, 28", 16)),
        (npz::ARRAYS[3], array(test_labels, "2,", 8)),
    ])
}

#[test]
fn archive_of_keras_holds_the_very_bytes_of_the_idx_files() {
    let (spec, files) = tiny(DatasetName::Mnist);
    for (place, given) in [
        ("keras/mnist.npz", None),
        ("data/mnist.npz", None),
        ("data/mnist/mnist.npz", None),
        ("mine/mnist.npz", Some("mine")),
        ("mine/digits.npz", Some("mine/digits.npz")),
    ] {
        let Home { folder, mut request } = home();
        let path = folder.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, archive(&files)).unwrap();
        request.data_dir = given.map(|given| folder.path().join(given));
        assert!(has_local_files(&request, DatasetName::Mnist), "{place}");
        // The digests of the specification are those of the IDX files.
        let dataset = get(&spec, &request).unwrap();
        assert_eq!((dataset.train.labels, dataset.train.pixels[0]), (vec![0, 1, 2], 1), "{place}");
    }
}

#[test]
fn broken_archive_is_an_error_where_the_user_put_it_and_a_reason_where_keras_did() {
    let (spec, files) = tiny(DatasetName::Mnist);
    let Home { folder, mut request } = home();
    fs::create_dir(folder.path().join("keras")).unwrap();
    let path = folder.path().join("keras/mnist.npz");
    fs::write(&path, &archive(&files)[..500]).unwrap();
    request.dataset = Some(DatasetName::Mnist);
    let error = get(&spec, &request).unwrap_err().to_string();
    assert!(error.starts_with("MNIST was not found: ") && error.contains("cannot be unpacked"), "{error}");
    request.data_dir = Some(path);
    let error = get(&spec, &request).unwrap_err().to_string();
    assert!(error.contains("keras/mnist.npz/x_train.npy: cannot be unpacked from the archive: "), "{error}");
}

#[test]
fn dataset_of_the_user_has_the_size_of_its_headers_and_the_classes_of_its_labels() {
    let form = ImageShape { height: 5, width: 7, classes: 12 };
    let images = |count: usize| idx::write(Items::Images(form), &vec![9; count * form.pixels()]);
    let labels = |labels: &[u8]| idx::write(Items::Labels(form), labels);
    let files = [images(4), labels(&[0, 11, 3, 3]), images(2), labels(&[1, 2])];
    let own = DatasetSpec::published(DatasetName::Own);
    for (place, given) in [("mine", Some("mine")), ("mine/raw", Some("mine")), ("data/own", None)] {
        let Home { folder, mut request } = home();
        put(&folder.path().join(place), &own, &files);
        request.dataset = Some(DatasetName::Own);
        request.data_dir = given.map(|given| folder.path().join(given));
        assert_eq!(shape(&request, DatasetName::Own), form, "{place}");
        let dataset = load(&request, &mut |_| {}).unwrap();
        assert_eq!((dataset.shape, dataset.train_images, dataset.test.len()), (form, 4, 2));
    }

    let Home { folder, mut request } = home();
    request.data_dir = Some(folder.path().join("mine"));
    request.dataset = Some(DatasetName::Own);
    let mut huge = idx::write(Items::Images(form), &[]);
    huge[4..].copy_from_slice(&[0, 0x10, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0]);
    let mut flat = huge.clone();
    flat[8..12].copy_from_slice(&[0; 4]);
    for (index, bytes, message) in [
        (0, huge, "train-images-idx3-ubyte: holds 1099511627776 bytes of pixels, expected at most 1073741824"),
        (2, flat, "holds 1,048,576 images of 0 x 1024 pixels, expected at least one, with sides of 1 to 1,024"),
        (0, labels(&[1; 9]), "begins with 0x00000801, expected 0x00000803"),
        (0, vec![0; 9], "unpacked to 9 bytes, expected 16"),
        (1, labels(&[1, 2]), "holds 2 labels, expected 4"),
        (0, images(3), "train-labels-idx1-ubyte: holds 4 labels, expected 3"),
        (2, images(2)[..60].to_vec(), "unpacked to 60 bytes, expected 86"),
    ] {
        put(&folder.path().join("mine"), &own, &files);
        fs::write(folder.path().join("mine").join(own.files[index].name), bytes).unwrap();
        let error = load(&request, &mut |_| {}).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        // Reading it fails when a command needs it; until then its size does not matter.
        assert!(shape(&request, DatasetName::Own).classes >= 2);
    }
}

#[test]
fn emnist_is_turned_upright() {
    let spec = DatasetSpec::new(DatasetName::EmnistDigits, SHAPE, [1, 1], None);
    let image: Vec<u8> = (0..SHAPE.pixels()).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let files =
        [idx::write(IMAGES, &image), idx::write(LABELS, &[7]), idx::write(IMAGES, &image), idx::write(LABELS, &[2])];
    let Home { folder, mut request } = home();
    put(&folder.path().join("data/EMNIST/raw"), &spec, &files);
    request.dataset = Some(DatasetName::EmnistDigits);
    let dataset = get(&spec, &request).unwrap();
    assert_eq!((dataset.train.pixels[1], dataset.train.pixels[28], dataset.train.labels[0]), (image[28], image[1], 7));
    assert_eq!(spec.files[3].name, "emnist-digits-test-labels-idx1-ubyte");
}

#[test]
fn first_number_of_a_label_of_qmnist_is_its_class() {
    let spec = DatasetSpec::new(DatasetName::Qmnist, SHAPE, [2, 1], None);
    let row = |class: u8| [[0, 0, 0, class].as_slice(), &[1; 28]].concat();
    let wide = Items::WideLabels(SHAPE);
    let images = |count: usize| idx::write(IMAGES, &vec![5; count * SHAPE.pixels()]);
    let good = [images(2), idx::write(wide, &[row(9), row(4)].concat()), images(1), idx::write(wide, &row(3))];
    let Home { folder, mut request } = home();
    let data = folder.path().join("data/QMNIST/raw");
    put(&data, &spec, &good);
    request.dataset = Some(DatasetName::Qmnist);
    let dataset = get(&spec, &request).unwrap();
    assert_eq!((dataset.train.labels, dataset.test.labels), (vec![9, 4], vec![3]));
    for (bytes, message) in [
        (idx::write(wide, &row(10)), "label 0 (from 0) is 10, expected 0 to 9"),
        (idx::write(wide, &[[0xff; 4].as_slice(), &[1; 28]].concat()), "label 0 (from 0) is 4294967295"),
        (idx::write(LABELS, &[3; 36]), "begins with 0x00000801, expected 0x00000c02"),
    ] {
        fs::write(data.join("qmnist-test-labels-idx2-int"), bytes).unwrap();
        let error = get(&spec, &request).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn files_of_another_dataset_are_named() {
    let Home { folder, mut request } = home();
    // The made-up digits as IDX files, passed off as MNIST or KMNIST with as many images.
    request.dataset = Some(DatasetName::MadeUp);
    load(&request, &mut |_| {}).unwrap();
    request.data_dir = Some(folder.path().join("cache/made-up"));
    for name in [DatasetName::Mnist, DatasetName::Kmnist] {
        request.dataset = Some(name);
        let error = get(&DatasetSpec::new(name, SHAPE, [20_000, 10_000], None), &request).unwrap_err();
        assert!(error.to_string().contains("is a file of made-up digits, going by its SHA-256"), "{error}");
        assert_eq!(error.hint().unwrap(), "to use it, pass `--dataset made-up`");
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
    let Some(folder) = test_support::mnist_dir() else {
        eprintln!("skipped: MNIST_DIR is not set");
        return;
    };
    let request = Request { mnist_dir: Some(folder), train_images: Some(20_000), ..Request::default() };
    let dataset = load(&request, &mut |_| {}).unwrap();
    assert_eq!((dataset.name, dataset.train.len(), dataset.test.len()), (DatasetName::Mnist, 20_000, 10_000));
    let Normalization { mean, std } = Splits::new(&dataset, 20_000, 10_000).unwrap().normalization;
    assert_eq!((format!("{mean:.4}"), format!("{std:.4}")), ("33.5527".into(), "78.8755".into()));
}

#[test]
fn real_mnist_asked_for_as_fashion_mnist_is_refused() {
    let Some(folder) = test_support::mnist_dir() else {
        eprintln!("skipped: MNIST_DIR is not set");
        return;
    };
    let dataset = Some(DatasetName::FashionMnist);
    let error = load(&Request { dataset, data_dir: Some(folder), ..Request::default() }, &mut |_| {});
    assert!(error.unwrap_err().to_string().contains("is a file of MNIST, going by its SHA-256"));
}

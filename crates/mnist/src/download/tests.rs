//! Downloads from a local server that fails in every way in which mirrors fail.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::idx::{self, Items};
use crate::{DatasetName, made_up};

const IMAGES: Items = Items::Images(made_up::SHAPE);
const LABELS: Items = Items::Labels(made_up::SHAPE);

/// How the server answers one request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// The file, or the requested range.
    Serve,
    /// The whole file, whatever range was requested.
    ServeWhole,
    /// The start of the file, then the connection breaks.
    Break,
    /// A status without a file.
    Status(u16),
    /// A page instead of the file.
    Page,
    /// A range that was not requested.
    OtherRange,
    /// Endless bytes.
    Endless,
}

/// The received requests: path, then the range if any.
type Log = Arc<Mutex<Vec<(String, Option<u64>)>>>;

/// Serves `files` in a thread, first with the given answers, then with proper ones.
fn serve(files: Vec<(String, Vec<u8>)>, answers: &[Answer]) -> (String, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let log = Log::default();
    let (answers, shared) = (answers.to_vec(), Arc::clone(&log));
    thread::spawn(move || {
        let mut answers = answers.into_iter();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let Some(path) = lines.next().and_then(|line| Some(line.split(' ').nth(1)?.to_owned())) else { continue };
            let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let range = headers
                .iter()
                .find_map(|line| line.to_lowercase().strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok());
            shared.lock().unwrap().push((path.clone(), range));
            let file = files.iter().find(|(name, _)| path == format!("/{name}")).map(|(_, bytes)| bytes.as_slice());
            // A client may hang up early: that is not a failure of the server.
            let _ = respond(&mut stream, answers.next().unwrap_or(Answer::Serve), file, range);
        }
    });
    (address, log)
}

fn respond(stream: &mut impl Write, answer: Answer, file: Option<&[u8]>, range: Option<u64>) -> io::Result<()> {
    let mut send = |head: &str, length: usize, body: &[u8]| {
        write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n")?;
        stream.write_all(body)
    };
    let Some(file) = file else { return send("404 Not Found", 0, b"") };
    let from = range.map_or(0, |start| usize::try_from(start).unwrap());
    match answer {
        Answer::Serve if from == 0 => send("200 OK", file.len(), file),
        Answer::Serve if from >= file.len() => send("416 Range Not Satisfiable", 0, b""),
        Answer::Serve => {
            let head = format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{}", file.len() - 1, file.len());
            send(&head, file.len() - from, &file[from..])
        }
        Answer::ServeWhole => send("200 OK", file.len(), file),
        Answer::Break => send("200 OK", file.len(), &file[..file.len() / 2]),
        Answer::Status(status) => send(&format!("{status} Status"), 0, b""),
        Answer::Page => send("200 OK", 15, b"<html>no</html>"),
        Answer::OtherRange => send("206 Partial Content\r\nContent-Range: bytes 1-2/3", 2, b"xx"),
        Answer::Endless => loop {
            send("200 OK", usize::MAX >> 8, &[0; 1 << 14])?;
        },
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A small dataset, and its files as a mirror has them.
fn dataset() -> (DatasetSpec, Vec<(String, Vec<u8>)>) {
    let digits = made_up::draw(1, made_up::Split::Train, 5);
    let files = [
        idx::write(IMAGES, &digits.pixels),
        idx::write(LABELS, &digits.labels),
        idx::write(IMAGES, &[9; 2 * made_up::SHAPE.pixels()]),
        idx::write(LABELS, &[1, 2]),
    ];
    let spec = DatasetSpec::new(
        DatasetName::Mnist,
        made_up::SHAPE,
        [5, 2],
        Some(files.each_ref().map(|file| files::sha256(file))),
    );
    let served = spec.files.iter().zip(&files).map(|(file, bytes)| (format!("{}.gz", file.name), packed(bytes)));
    (spec.clone(), served.collect())
}

/// Fetches the small dataset; returns the files in the folder and the reported progress.
fn fetch_into(folder: &Path, mirrors: &[String]) -> (Result<Vec<PathBuf>, DownloadError>, Vec<String>) {
    let told = RefCell::new(Vec::new());
    let spec = DatasetSpec { mirrors: mirrors.to_vec(), ..dataset().0 };
    let result = fetch(&spec, folder, Duration::from_millis(1), &mut |step| match step {
        Progress::Retrying { reason, .. } => told.borrow_mut().push(reason.to_owned()),
        Progress::Downloaded { file } => told.borrow_mut().push(format!("have {file}")),
        _ => {}
    });
    (result, told.into_inner())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.filter(|name| name != "lock").collect();
    names.sort();
    names
}

const WHOLE: [&str; 4] = [
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
];

#[test]
fn four_files_are_fetched_checked_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let (mirror, log) = serve(dataset().1, &[]);
    fetch_into(folder.path(), std::slice::from_ref(&mirror)).0.unwrap();
    assert_eq!(names(folder.path()), WHOLE);
    // Good files are not requested again.
    fetch_into(folder.path(), &[mirror]).0.unwrap();
    assert_eq!(log.lock().unwrap().len(), 4);
}

#[test]
fn misbehaving_mirror_is_tolerated() {
    let cases: [(&[Answer], &str); 8] = [
        (&[Answer::Break], "the transfer broke"),
        (&[Answer::Break, Answer::ServeWhole], "the transfer broke"),
        (&[Answer::Break, Answer::OtherRange], "it sent a range that was not requested"),
        (&[Answer::Break, Answer::Status(416)], "the received file is wrong: the gzip stream ends early"),
        (&[Answer::Status(503), Answer::Status(429)], "it answered 503"),
        (&[Answer::Status(500), Answer::Status(502), Answer::Status(504)], "it answered 504"),
        (&[Answer::Page], "the received file is wrong: unpacked to 15 bytes, expected 3,936"),
        (&[Answer::Break, Answer::Page], "the received file is wrong"),
    ];
    for (answers, reason) in cases {
        let folder = tempfile::tempdir().unwrap();
        let (mirror, _) = serve(dataset().1, answers);
        let (result, told) = fetch_into(folder.path(), &[mirror]);
        result.unwrap();
        assert!(told.iter().any(|line| line.starts_with(reason)), "{told:?} does not say {reason:?}");
        assert_eq!(names(folder.path()), WHOLE);
    }
}

#[test]
fn broken_transfer_is_continued_where_it_broke() {
    let folder = tempfile::tempdir().unwrap();
    let (_, files) = dataset();
    let (mirror, log) = serve(files.clone(), &[Answer::Break]);
    fetch_into(folder.path(), &[mirror]).0.unwrap();
    let log = log.lock().unwrap();
    assert_eq!((log[0].1, log[1].1), (None, Some(files[0].1.len() as u64 / 2)));
    assert_eq!(fs::read(folder.path().join(&files[0].0)).unwrap(), files[0].1);
}

#[test]
fn part_of_an_interrupted_run_is_continued_and_a_wrong_one_is_fetched_anew() {
    let (_, files) = dataset();
    let image_bytes = &files[0].1;
    let parts = [image_bytes[..100].to_vec(), image_bytes.clone(), vec![0x55; 100], vec![0x55; 1 << 16]];
    for part in parts {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("train-images-idx3-ubyte.gz.part"), &part).unwrap();
        let (mirror, log) = serve(files.clone(), &[]);
        fetch_into(folder.path(), &[mirror]).0.unwrap();
        assert_eq!(log.lock().unwrap()[0].1, Some(part.len() as u64));
        assert_eq!(&fs::read(folder.path().join(&files[0].0)).unwrap(), image_bytes);
        assert_eq!(names(folder.path()), WHOLE);
    }
}

#[test]
fn file_in_the_cache_that_broke_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (mirror, log) = serve(dataset().1, &[]);
    fetch_into(folder.path(), std::slice::from_ref(&mirror)).0.unwrap();
    fs::write(folder.path().join(WHOLE[1]), "broken").unwrap();
    fetch_into(folder.path(), &[mirror]).0.unwrap();
    assert_eq!(log.lock().unwrap()[4].0, format!("/{}", WHOLE[1]));
    assert_eq!((log.lock().unwrap().len(), names(folder.path())), (5, WHOLE.map(str::to_owned).to_vec()));
}

#[test]
fn next_mirror_is_asked_when_one_fails() {
    let closed = format!("http://{}/", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let (without, _) = serve(Vec::new(), &[]);
    let (endless, _) = serve(dataset().1, &[Answer::Endless; 4]);
    let (wrong, _) = serve(dataset().1, &[Answer::Page; 8]);
    for bad in [closed, without, endless, wrong] {
        let folder = tempfile::tempdir().unwrap();
        let (good, _) = serve(dataset().1, &[]);
        let (result, told) = fetch_into(folder.path(), &[bad, good]);
        result.unwrap();
        assert!(told[..3].iter().any(|line| line.starts_with("127.0.0.1")), "{told:?}");
        assert_eq!(names(folder.path()), WHOLE);
    }
}

#[test]
fn failure_leaves_nothing_that_is_later_trusted_and_says_why() {
    let (spec, mut files) = dataset();
    files[1].1 = packed(&idx::write(LABELS, &[0, 1, 2, 3, 4]));
    let folder = tempfile::tempdir().unwrap();
    let (mirror, _) = serve(files, &[]);
    let error = fetch_into(folder.path(), &[mirror]).0.unwrap_err().to_string();
    assert!(error.starts_with("downloading train-labels-idx1-ubyte failed: 127.0.0.1:"), "{error}");
    assert!(error.contains("the received file is wrong: the SHA-256 of its unpacked bytes is"), "{error}");
    assert_eq!(names(folder.path()), ["train-images-idx3-ubyte.gz"]);
    assert!(folder::find_file(folder.path(), &spec.files[1]).unwrap().is_none());
}

#[test]
fn machine_without_network_gives_up_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let closed = format!("http://{}/", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let started = std::time::Instant::now();
    let (result, told) = fetch_into(folder.path(), &[closed.clone(), closed]);
    assert!(result.unwrap_err().to_string().contains("refused"), "{told:?}");
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(told.len(), 2, "each mirror is tried once");
}

#[test]
fn folder_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = fetch_into(&file.join("cache"), &[]).0.unwrap_err().to_string();
    assert!(error.contains("cannot be written"), "{error}");
}

//! `predict` and `demo` where names are hostile and the disk is full: nothing half-written, and no name controls a terminal or a page.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use serde_json::Value;
use test_support::pictures::{grey_png, idx};

use crate::common::{Ended, Scratch};
use crate::predict::embedded;
use crate::run::under_shell;

/// A scratch folder with a run of task 2c on made-up digits.
fn with_a_run() -> Scratch {
    let scratch = Scratch::new();
    scratch.stdout(&["run", "task2c", "--quiet", "--dataset", "made-up"]);
    scratch
}

/// Names that control a terminal or a page, look like an option, are not UTF-8, or are as long as the system allows.
const HOSTILE: [&[u8]; 9] = [
    b"a b.png",
    b"new\nline.png",
    b"--top=3.png",
    b"-",
    b"bad\xff\xfe.png",
    b"<img src=x onerror=alert(1)>.png",
    b"esc\x1b[2J\x1b]0;title\x07.png",
    "\u{202e}gnp.png".as_bytes(),
    &[b'x'; 255],
];

fn option(start: &str, value: &OsStr) -> OsString {
    OsString::from_vec([start.as_bytes(), value.as_bytes()].concat())
}

#[test]
fn a_hostile_name_of_an_image_is_shown_and_controls_nothing() {
    let scratch = with_a_run();
    for name in HOSTILE.map(OsStr::from_bytes) {
        let plain = |ended: Ended| {
            let text = ended.stdout + &ended.stderr;
            assert!(text.chars().all(|c| spec::is_plain(c) || c == '\n'), "{text:?}");
            text
        };
        let predict = |options: &[&str], code: i32| {
            let mut program = scratch.program(&[&["predict", "task2c"], options, &["--"]].concat());
            plain(Ended::with(code, program.arg(name)))
        };
        assert!(predict(&[], 2).contains(": cannot be read"), "{name:?} does not exist yet");
        fs::write(scratch.path("").join(name), grey_png(28, 28, mnist::made_up_digits(1).image(0))).unwrap();
        assert_eq!(predict(&[], 0).lines().filter(|line| line.contains(" %")).count(), 1, "{name:?}");
        let json: Value = serde_json::from_str(&predict(&["--json"], 0)).unwrap();
        assert_eq!(json["images"][0]["image"], *name.to_string_lossy());
        // The picture replaces the image.
        let shown = option("--show=", name);
        let text = plain(Ended::with(0, scratch.program(&["predict", "task2c"]).arg(shown).arg("--").arg(name)));
        assert!(text.contains("picture: ") && scratch.path("").join(name).is_file(), "{name:?}: {text}");
    }
}

#[test]
fn a_hostile_name_of_the_page_or_title_in_it_controls_nothing() {
    let scratch = with_a_run();
    let declared = fs::read_to_string(scratch.path("experiments/task2c.toml")).unwrap();
    let title = "</script><img src=x onerror=alert(1)>";
    scratch.file("experiments/task2c.toml", &declared.replace("Baseline: sigmoid, uniform weights", title));
    for name in HOSTILE.map(OsStr::from_bytes) {
        let out = option("--out=", name);
        let ended = Ended::with(0, scratch.program(&["demo"]).arg(out));
        assert!(ended.stderr.chars().all(|c| spec::is_plain(c) || c == '\n'), "{ended:?}");
        let page = fs::read_to_string(scratch.path("").join(name).join("index.html")).unwrap();
        assert!(!page.contains("<img") && page.chars().all(|c| spec::is_plain(c) || "\n\t".contains(c)));
        assert_eq!(embedded(&page)["networks"][0]["title"], title);
    }
}

/// A limit on the size of files fails like a full disk.
#[test]
fn a_full_disk_is_reported_and_leaves_nothing_half_written() {
    let scratch = with_a_run();
    fs::write(scratch.path("digits"), idx(&[64, 28, 28], &mnist::made_up_digits(64).pixels)).unwrap();
    fs::create_dir(scratch.path("out")).unwrap();
    for (arguments, file) in [
        (&["predict", "task2c", "digits", "--show", "out/seen.png"][..], "out/seen.png"),
        (&["predict", "task2c", "digits", "--explain", "out/why.png"], "out/why.png"),
        (&["demo", "--out", "out"], "out/index.html"),
    ] {
        for _ in 0..2 {
            let message = under_shell(&scratch, "ulimit -f 1", arguments, 1);
            assert!(message.contains(&format!("{file}: cannot write: File too large")), "{message}");
            // The second time, an older file is there.
            scratch.file(file, "old");
        }
        assert_eq!(fs::read(scratch.path(file)).unwrap(), b"old");
    }
    assert_eq!(scratch.path("out").read_dir().unwrap().count(), 3);
    let message = under_shell(&scratch, "exec > /dev/full", &["predict", "task2c", "digits"], 1);
    assert!(message.contains("stdout: cannot write: No space left on device"), "{message}");
}

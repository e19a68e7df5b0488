//! The same command in other environments: threads, jobs, folder, language, time zone.

use std::collections::BTreeSet;

use test_support::{Scale, row};

use crate::common::{Scratch, Size};
use crate::files::Files;
use crate::process::Process;

const THREADS: [&str; 5] = ["1", "2", "3", "8", "0"];
const JOBS: [&str; 4] = ["1", "2", "3", "8"];
const LANGUAGES: [&str; 3] = ["C", "de_DE.UTF-8", "tr_TR.UTF-8"];
const TIME_ZONES: [&str; 4] = ["UTC", "Asia/Tokyo", "America/St_Johns", ":/etc/localtime"];

#[test]
fn torture_the_same_command_leaves_the_same_bytes_in_any_environment() {
    let runs = Scale::chosen().of(4, 20, 200);
    let outcomes: BTreeSet<Files> = (0..runs)
        .map(|number| {
            let scratch = Scratch::new();
            let jobs = ["--seed", "1..2", "--jobs", JOBS[number % JOBS.len()]].map(str::to_owned);
            let mut command = scratch.program(&[Size::SMALL.arguments(), jobs.to_vec()].concat());
            command
                .env("RAYON_NUM_THREADS", THREADS[number % THREADS.len()])
                .env("LC_ALL", LANGUAGES[number % LANGUAGES.len()])
                .env("LANG", LANGUAGES[(number + 1) % LANGUAGES.len()])
                .env("TZ", TIME_ZONES[(number / 2) % TIME_ZONES.len()])
                .env("COLUMNS", if number.is_multiple_of(2) { "40" } else { "200" });
            if number % 3 == 1 {
                command.current_dir("/");
            }
            let ended = Process::start(command).ended().expect("it ends");
            assert_eq!(ended.code, Some(0), "{}", ended.said);
            Files::of(&scratch.runs())
        })
        .collect();

    let distinct = outcomes.len();
    row(
        &format!("the same command {runs} times over threads, jobs, folder, language and time zone"),
        format!("{distinct} distinct outcome{}, byte for byte", if distinct == 1 { "" } else { "s" }),
    );
    assert_eq!(outcomes.first().map(Files::runs), Some(2));
    let difference = outcomes.first().zip(outcomes.last()).and_then(|(first, last)| first.difference(last));
    assert_eq!(difference, None);
}

//! Replicates, claims and the report, through the binary.

use serde_json::Value;

use crate::common::{Ended, Scratch};

#[test]
fn replicates_are_summarised_and_drawn_once() {
    let scratch = Scratch::new();
    let text = scratch.stdout(&["run", "task4a", "--seeds", "3"]);
    assert!(text.contains("Means over the seeds"), "{text}");
    assert_eq!(scratch.runs().len(), 6, "32 units and the standard model, three seeds each");
    assert!(scratch.path("runs/figures/task4a-3-seeds-made-up.svg").exists());
    assert!(scratch.refusal(&["run", "task4a", "--seeds", "0"], 2).contains("is not a valid number of seeds"));
    assert!(scratch.refusal(&["run", "task4a", "--seeds", "2", "--seed", "1"], 2).contains("cannot be used with"));
}

#[test]
fn a_file_sets_its_number_of_seeds() {
    let scratch = Scratch::new();
    let declared = std::fs::read_to_string(scratch.path("experiments/task2c.toml")).unwrap();
    let mine = scratch.file("mine.toml", &format!("seeds = 2\n{declared}"));
    scratch.stdout(&["run", &mine]);
    assert_eq!(scratch.runs().len(), 2);
    scratch.stdout(&["run", &mine, "--seed", "7"]);
    assert_eq!(scratch.runs().len(), 3);
}

#[test]
fn claims_are_tested_on_the_runs_there_are() {
    let scratch = Scratch::new();
    let claims = |arguments: &[&str]| -> Value {
        serde_json::from_str(&scratch.stdout(&[&["claims", "--json"], arguments].concat())).unwrap()
    };
    let before = claims(&["task4a"]);
    assert_eq!((&before[0]["pairs"], &before[0]["verdict"]), (&Value::from(0), &Value::from("undecided")));
    scratch.stdout(&["run", "task4a", "--seeds", "2"]);
    assert_eq!(claims(&["task4a"])[0]["pairs"], 2);
    // The report has more than twenty statements.
    assert!(claims(&[]).as_array().unwrap().len() > 24);
    let table = scratch.stdout(&["claims", "task4a"]);
    assert!(table.contains("2 claims: "), "{table}");
    assert!(scratch.refusal(&["claims", "task4d", "--strict"], 1).contains("5 of 5 claims do not hold"));
}

#[test]
fn seeds_are_added_until_every_claim_is_decided_or_has_all_its_seeds() {
    let scratch = Scratch::new();
    let claims = &["claims", "task4a", "--until-decided", "--max-seeds", "4", "--jobs", "1"];
    let said = scratch.refusal(claims, 0);
    assert!(said.contains("2 of 2 claims are undecided; next task4a and task3c, seeds 1 to 3"), "{said}");
    assert!(said.trim_end().ends_with("2 of 2 claims are undecided; no more seeds are added"), "{said}");
    assert_eq!(scratch.runs().len(), 8, "four seeds of each");
    let table = scratch.stdout(&["claims", "task4a"]);
    // An image of 200 is half a percentage point.
    assert!(table.contains("the metric is only known to 0.50 points, more than the margin"), "{table}");
    // The first claim differs by far more than its margin in every seed.
    let said = scratch.refusal(&["run", "task4a", "--max-seeds", "20", "--jobs", "1"], 0);
    assert!(said.contains("1 of 2 claims are undecided; no more seeds are added"), "{said}");
    let n_runs = scratch.runs().len();
    assert!((12..40).contains(&n_runs), "{n_runs}");
    let text = scratch.stdout(&["run", "task4a", "--max-seeds", "20", "--jobs", "1"]);
    assert!(text.contains("Means over the seeds") && scratch.runs().len() == n_runs, "{text}");
    assert!(scratch.refusal(&["claims", "task4a", "--max-seeds", "0"], 2).contains("is not a valid number of seeds"));
}

#[test]
fn a_report_trains_what_is_missing_and_names_the_made_up_digits() {
    let scratch = Scratch::new();
    scratch.stdout(&["report", "--seeds", "2"]);
    let page = std::fs::read_to_string(scratch.path("report/index.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.find("Made-up digits").unwrap() < page.find("Task 1").unwrap());
    for heading in ["1a:", "1b:", "2a:", "2b:", "2c:", "2d:", "Task 3:", "4a and 4b:", "4c:", "4d:", "4e:", "4f:"] {
        assert!(page.contains(heading), "{heading}");
    }
    let n_runs = scratch.runs().len();
    scratch.stdout(&["report", "--seeds", "2", "--out", "again"]);
    assert_eq!(scratch.runs().len(), n_runs, "nothing is trained twice");
    assert_eq!(std::fs::read_to_string(scratch.path("again/index.html")).unwrap(), page);
}

#[cfg(unix)]
#[test]
fn the_pdf_comes_from_the_program_next_to_this_one() {
    use std::os::unix::fs::PermissionsExt as _;

    let scratch = Scratch::new();
    let (program, typesetter) = (scratch.path("experiments-copy"), scratch.path("report-pdf"));
    std::fs::copy(env!("CARGO_BIN_EXE_experiments"), &program).unwrap();
    let report = |code| {
        Ended::with(code, &mut scratch.program_at(&program, &["report", "--no-train", "--seeds", "2", "--pdf"])).stderr
    };
    let pdf = scratch.path("report/report.pdf");
    let missing = report(2);
    assert!(missing.contains("report-pdf") && missing.contains("make report-pdf"), "{missing}");
    assert!(!scratch.path("report").exists(), "nothing is written without it");
    let install = |script: &str| {
        scratch.file("report-pdf", &format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(&typesetter, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    install("echo 'error: no such font' >&2; exit 1");
    assert!(report(1).contains("report-pdf: error: no such font"));
    assert!(!pdf.exists());
    install("document=$(cat); printf 'pages\\n%s' \"$document\"");
    report(0);
    let written = std::fs::read_to_string(pdf).unwrap();
    assert!(written.starts_with("pages\n{") && written.contains("\"sections\""), "{written}");
}

#[test]
fn a_report_without_runs_names_what_is_missing() {
    let scratch = Scratch::new();
    scratch.stdout(&["report", "--no-train", "--seeds", "2"]);
    let page = std::fs::read_to_string(scratch.path("report/index.html")).unwrap();
    assert!(page.contains("Missing or incomplete:") && page.contains("seeds 1, 2 not trained"));
    assert!(scratch.runs().is_empty());
}

#[test]
fn a_report_names_runs_that_diverged() {
    let scratch = Scratch::new();
    let declared = std::fs::read_to_string(scratch.path("experiments/task4f.toml")).unwrap();
    scratch.file("experiments/task4f.toml", &declared.replace("learning_rate = 0.02", "learning_rate = 1e30"));
    scratch.stdout(&["report", "--seeds", "2"]);
    let page = std::fs::read_to_string(scratch.path("report/index.html")).unwrap();
    assert!(page.contains("seed 1 diverged"));
}

#[test]
fn hostile_titles_and_claims_are_text() {
    let scratch = Scratch::new();
    let declared = std::fs::read_to_string(scratch.path("experiments/task4a.toml")).unwrap();
    let hostile = declared
        .replace("title = \"", "title = \"<script>alert(1)</script> ")
        .replace("says = \"", "says = \"</td><img src=x onerror=alert(2)> ");
    assert_ne!(hostile, declared);
    scratch.file("experiments/task4a.toml", &hostile);
    scratch.stdout(&["report", "--seeds", "2"]);
    let page = std::fs::read_to_string(scratch.path("report/index.html")).unwrap();
    assert!(!page.contains("<script>alert(1)") && !page.contains("<img src=x"));
    assert!(page.contains("&lt;script&gt;alert(1)"));
}

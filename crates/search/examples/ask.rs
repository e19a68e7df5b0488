//! A search as a conversation: a line of JSON with the tasks of a round on stdout, a line with their scores on stdin.
//!
//! `ask experiments/sweeps/x.toml 7` replaces the seed of the file by 7. benches/search compares it with Optuna.

use std::error::Error;
use std::io::{BufRead as _, Write as _};

use search::{Outcome, Search};
use serde_json::{Value, json};
use spec::{Catalog, ImageShape};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("the path of a sweep is missing")?;
    let shape = ImageShape { height: 28, width: 28, classes: 10 };
    let mut sweep = Catalog::new("experiments", shape).sweep(&file)?.spec;
    if let Some(seed) = arguments.next() {
        sweep.method.seed = seed.parse()?;
    }
    let mut search = Search::new(&sweep);
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let tasks = search.round();
        let asked = tasks.iter().map(|task| {
            json!({ "trial": task.trial, "settings": search.trials()[task.trial].settings, "until": task.until })
        });
        println!("{}", Value::Array(asked.collect()));
        std::io::stdout().flush()?;
        if tasks.is_empty() {
            return Ok(());
        }
        let answers: Vec<Value> = serde_json::from_str(&lines.next().ok_or("the scores are missing")??)?;
        for (task, answer) in tasks.into_iter().zip(&answers) {
            let is_complete = answer["is_complete"].as_bool().unwrap_or(false);
            search.tell(task, Outcome { score: answer["score"].as_f64(), is_complete });
        }
    }
}

//! How fast a training is: `measure` prints a table, `measure scaling` a table over sizes, `measure json` one figure. How fast
//! records are read: `measure records`. What a network computes, for comparison with other programs: `measure logits`.
//!
//! It uses MNIST if `MNIST_DIR` names its folder, else made-up digits; the tables say which.

mod bound;
mod checkpoints;
mod logits;
mod ours;
mod records;
mod scaling;
mod setting;
mod table;
mod timing;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use inputs::ComputePath;
use kernels::Instructions;
use setting::Digits;
use timing::Timing;

/// The same allocator as in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Times steps, validations and a whole run, next to a hand-written loop.
#[derive(Debug, Parser)]
struct Cli {
    /// Use no wider vector instructions than these: avx512, avx2 or scalar
    #[arg(long, global = true, env = "EXPERIMENTS_INSTRUCTIONS")]
    instructions: Option<Instructions>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Steps over width, depth and batch size
    Scaling,
    /// Logits of a run's best weights for 1,000 test images, as a NumPy archive
    Logits {
        /// Folder of the run
        run: PathBuf,
        /// File to write
        out: PathBuf,
    },
    /// `list`, `claims` and a `run` with nothing to train, over the number of records
    Records,
    /// One figure as JSON
    Json {
        /// Which implementation
        #[arg(long)]
        who: Who,
        /// Which part of a training
        #[arg(long)]
        what: What,
        /// Hidden layers of 64 units
        #[arg(long, default_value_t = 1)]
        hidden_layers: usize,
        /// Threads for validations
        #[arg(long, default_value_t = 2)]
        threads: usize,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Who {
    /// A training through Burn's learner, with metrics, early stopping and journal
    Ours,
    /// The same by Burn's modules, operation by operation
    Plain,
    /// A hand-written loop without a framework
    Bound,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Forward, backward and update of a batch of 32
    Step,
    /// Loss and accuracy of 30,000 images
    Evaluation,
}

fn main() {
    let Cli { instructions, command } = Cli::parse();
    instructions.into_iter().for_each(Instructions::limit);
    match command {
        None => table::print(&Digits::load()),
        Some(Command::Logits { run, out }) => logits::write(&run, &out),
        Some(Command::Records) => records::print(),
        Some(Command::Scaling) => scaling::print(&Digits::load()),
        Some(Command::Json { who, what, hidden_layers, threads }) => {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().expect("nothing has used the pool yet");
            let timing = measure(&Digits::load(), who, what, hidden_layers);
            let (name, unit) = match what {
                What::Step => ("us_per_step", 1e6),
                What::Evaluation => ("ms_per_evaluation", 1e3),
            };
            let [median, fastest] = [timing.median(), timing.fastest()].map(|seconds| seconds * unit);
            println!("{}", serde_json::json!({ name: { "median": median, "fastest": fastest } }));
        }
    }
}

fn measure(digits: &Digits, who: Who, what: What, hidden_layers: usize) -> Timing {
    let spec = setting::report(hidden_layers);
    let path = if matches!(who, Who::Plain) { ComputePath::Plain } else { ComputePath::Fused };
    match (who, what) {
        (Who::Bound, What::Step) => bound::steps(digits, &spec),
        (Who::Bound, What::Evaluation) => bound::validations(digits, &spec),
        (_, What::Step) => ours::steps_through_the_learner(digits, &spec, path),
        (_, What::Evaluation) => ours::bare_validations(digits, &spec, path),
    }
}

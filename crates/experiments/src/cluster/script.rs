//! The scripts of a batch, which a person can read, change and submit.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use spec::ClusterSpec;

use super::batch::log_of;

/// Seconds before its time limit at which a task is told to save.
const USUAL_NOTICE: usize = 60;

/// What the scripts of a batch say.
pub(crate) struct Script<'a> {
    /// Name of the job.
    pub(crate) name: &'a str,
    /// The program.
    pub(crate) program: PathBuf,
    /// The folder in which it runs.
    pub(crate) folder: PathBuf,
    /// The command without `--shard`.
    pub(crate) command: &'a [String],
    /// The commands after the last task.
    pub(crate) finally: Vec<Vec<String>>,
    /// How often all tasks run: each time after the last one has ended.
    pub(crate) rounds: usize,
    /// Into how many shares the runs are divided, and the numbers of those with missing runs.
    pub(crate) shares: (usize, &'a [usize]),
    /// The folder of the batch.
    pub(crate) batch: &'a Path,
    pub(crate) cluster: &'a ClusterSpec,
}

impl Script<'_> {
    /// All that Slurm gets.
    pub(crate) fn slurm(&self) -> String {
        let rounds = match self.rounds {
            1 => String::new(),
            rounds => format!("# Submitted {rounds} times, each with --dependency=afterany:<the job before>.\n"),
        };
        format!("{rounds}{}\n{}", self.slurm_task(), self.slurm_report())
    }

    /// A task of a Slurm job array.
    pub(crate) fn slurm_task(&self) -> String {
        let (count, numbers) = self.shares;
        let throttle = self.cluster.throttle.map_or_else(String::new, |most| format!("%{most}"));
        let notice = self.cluster.notice.unwrap_or(USUAL_NOTICE);
        let mut text = self.slurm_head(self.name, &log_of(self.batch, 0).with_file_name("task-%a.log"));
        let _ = write!(
            text,
            "#SBATCH --array={}{throttle}
#SBATCH --requeue
#SBATCH --signal=B:USR1@{notice}
{}
{} --shard \"$SLURM_ARRAY_TASK_ID/{count}\" &
program=$!
# Before the time limit: save, and put this task, not the whole array, back into the queue.
again() {{
    kill -USR1 \"$program\"
    wait \"$program\"
    scontrol requeue \"${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}\"
    exit
}}
# Where the cluster cancels: save. `experiments submit` with the same arguments continues.
end() {{
    kill -TERM \"$program\"
    wait \"$program\"
    exit 130
}}
trap again USR1
trap end TERM
wait \"$program\"
",
            ranges(numbers),
            self.surroundings(),
            self.command_line(self.command),
        );
        text
    }

    /// The Slurm job after the last task.
    pub(crate) fn slurm_report(&self) -> String {
        let head = self.slurm_head(&format!("{}-report", self.name), &self.batch.join("report.log"));
        format!("{head}{}\n{}", self.surroundings(), self.last_commands())
    }

    /// All shares as processes of this machine, then the last commands.
    pub(crate) fn local(&self) -> String {
        let (count, numbers) = self.shares;
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let log = shell_word(&self.batch.join("task-").to_string_lossy());
        format!(
            "#!/bin/bash
{}
trap 'kill -TERM $(jobs -p) 2> /dev/null; wait; exit 130' TERM
for round in $(seq {}); do
    rm -f {log}*.ended
    for share in {}; do
        {{
            {} --shard \"$share/{count}\" >> {log}\"$share.log\" 2>&1
            touch {log}\"$share.ended\"
        }} &
    done
    wait
done
{}",
            self.surroundings(),
            self.rounds,
            numbers.join(" "),
            self.command_line(self.command),
            self.last_commands(),
        )
    }

    fn slurm_head(&self, name: &str, log: &Path) -> String {
        let ClusterSpec { partition, account, time, memory, gres, cpus, .. } = self.cluster;
        let cpus = cpus.map(|cpus| cpus.to_string());
        let asked = [
            ("partition", partition),
            ("account", account),
            ("time", time),
            ("mem", memory),
            ("gres", gres),
            ("cpus-per-task", &cpus),
        ];
        let mut text = format!(
            "#!/bin/bash\n#SBATCH --job-name={name}\n#SBATCH --output=\"{}\"\n#SBATCH --open-mode=append\n",
            log.display()
        );
        for (option, value) in asked {
            if let Some(value) = value {
                let _ = writeln!(text, "#SBATCH --{option}={value}");
            }
        }
        text
    }

    /// What a command needs around it.
    fn surroundings(&self) -> String {
        let modules = self.cluster.modules.iter().map(|module| format!("module load {module}\n"));
        let folder = shell_word(&self.folder.to_string_lossy());
        // A task has as many trainings at the same time as processors, so each of them computes in one thread.
        format!("{}cd {folder} || exit\nexport RAYON_NUM_THREADS=1", modules.collect::<String>())
    }

    fn last_commands(&self) -> String {
        self.finally.iter().map(|command| self.command_line(command) + "\n").collect()
    }

    fn command_line(&self, arguments: &[String]) -> String {
        let program = self.program.to_string_lossy();
        let words = std::iter::once(&*program).chain(arguments.iter().map(String::as_str));
        words.map(shell_word).collect::<Vec<_>>().join(" ")
    }
}

/// A text as one word of a shell's command line.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._:+=,/@%-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Ascending numbers as Slurm writes them: `1-3,7`.
fn ranges(numbers: &[usize]) -> String {
    let of_run = |run: &[usize]| match run {
        [first, .., last] => format!("{first}-{last}"),
        run => run[0].to_string(),
    };
    numbers.chunk_by(|one, next| one + 1 == *next).map(of_run).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_shares_are_a_range() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1-3,7,9-10");
    }

    #[test]
    fn a_word_of_a_shell_stays_one_word() {
        assert_eq!(shell_word("model.hidden_units=[16]"), "'model.hidden_units=[16]'");
        assert_eq!(shell_word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell_word("task4"), "task4");
        assert_eq!(shell_word(""), "''");
    }
}

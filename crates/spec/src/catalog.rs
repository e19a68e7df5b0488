//! `Catalog`: the folder of declared experiments. It finds them by name or path and resolves their baselines.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use mlp::ImageShape;

use crate::declared::error::DeclaredError;
use crate::declared::file::{DeclaredFile, Spec, stem};
use crate::declared::overrides::Override;
use crate::{ComparisonSpec, ExperimentSpec, MistakeSpec, Sweep, suggest};

/// Length limit of a chain of baselines; the report's has four.
const MOST_BASELINES: usize = 100;

/// A folder of declared experiments and comparisons.
#[derive(Debug, Clone)]
pub struct Catalog {
    folder: PathBuf,
    /// Files instead of the folder's: path in the folder, text.
    built_in: &'static [(&'static str, &'static str)],
    extras: PathBuf,
    sweeps: PathBuf,
    shape: ImageShape,
}

/// What a file declares, with its baselines resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Declaration {
    /// One experiment.
    Experiment(Box<Experiment>),
    /// Several experiments drawn together.
    Comparison(Comparison),
}

/// An experiment and what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// The experiment, overrides applied.
    pub spec: ExperimentSpec,
    /// Its baseline, with those of the overrides that change the images or the training: else the two were not comparable.
    pub baseline: Option<ExperimentSpec>,
    /// The overrides of the baseline as they were given.
    pub baseline_overrides: Vec<String>,
    /// The experiments, other than the baseline, that its claims compare it with, as declared.
    pub against: Vec<ExperimentSpec>,
    /// The overrides as they were given.
    pub overrides: Vec<String>,
}

/// A comparison and its experiments.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The comparison.
    pub spec: ComparisonSpec,
    /// Its experiments in the order of the legend, overrides applied to each.
    pub runs: Vec<Experiment>,
}

impl Catalog {
    /// The catalogue in a folder; it reads nothing yet. Networks must be small enough for images of this shape.
    #[must_use]
    pub fn new(folder: impl AsRef<Path>, shape: ImageShape) -> Self {
        let folder = folder.as_ref();
        let [extras, sweeps] = ["extras", "sweeps"].map(|name| folder.join(name));
        Self { extras, sweeps, folder: folder.to_owned(), built_in: &[], shape }
    }

    /// The catalogue of files inside the program, each with its path in the folder: `extras/adam.toml`.
    #[must_use]
    pub fn built_in(files: &'static [(&'static str, &'static str)], shape: ImageShape) -> Self {
        Self { built_in: files, ..Self::new("built-in experiments", shape) }
    }

    /// Names of all declared files, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>, DeclaredError> {
        self.names_in(&self.folder)
    }

    /// All names: those of the report's files, then those in the subfolder `extras`, which do not belong to the report.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn all_names(&self) -> Result<Vec<String>, DeclaredError> {
        let extras = if self.has(&self.extras) { self.names_in(&self.extras)? } else { Vec::new() };
        Ok([self.names()?, extras].concat())
    }

    /// An experiment or comparison by its name (`task4e`, extra ones included) or by its path (`path/to/mine.toml`).
    ///
    /// Baselines and the runs of a comparison are looked up next to the file first, then in the catalogue.
    ///
    /// # Errors
    /// The file does not exist, it breaks a rule, or an override does not fit.
    pub fn load(&self, name_or_path: &str, overrides: &[Override]) -> Result<Declaration, DeclaredError> {
        let file = self.read(&self.path_of(name_or_path)?, overrides)?;
        match file.spec(self.shape)? {
            Spec::Experiment(spec) => Ok(Declaration::Experiment(self.experiment(*spec, &file)?.into())),
            Spec::Comparison(spec) => Ok(Declaration::Comparison(self.comparison(spec, &file)?)),
        }
    }

    /// What a file declares by itself: the files that it names need not be right.
    ///
    /// # Errors
    /// The file does not exist or breaks a rule.
    pub fn spec(&self, name_or_path: &str) -> Result<Spec, DeclaredError> {
        self.read(&self.path_of(name_or_path)?, &[])?.spec(self.shape)
    }

    /// Names of the declared sweeps, those in the subfolder `sweeps`, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn sweeps(&self) -> Result<Vec<String>, DeclaredError> {
        if self.has(&self.sweeps) { self.names_in(&self.sweeps) } else { Ok(Vec::new()) }
    }

    /// A sweep by its name or path. Its base is looked up next to the file first, then in the catalogue.
    ///
    /// # Errors
    /// The file does not exist, it breaks a rule, or a value is one that its key does not take.
    pub fn sweep(&self, name_or_path: &str) -> Result<Sweep, DeclaredError> {
        let path = match as_path(name_or_path) {
            Some(path) => path,
            None => self
                .find(name_or_path, &[&self.sweeps])
                .map_err(|known| unknown("sweep", name_or_path, &self.sweeps, &known))?,
        };
        let file = self.read(&path, &[])?;
        let (base, spec) = self.declared("base", &file.sweep()?.base, &file, &[])?;
        Sweep::new(&file, (spec, base), self.shape)
    }

    /// The texts of a folder inside the program, by name; none if the folder is on disk.
    fn texts_in(&self, folder: &Path) -> Option<impl Iterator<Item = (String, &'static str)>> {
        let inside = folder.strip_prefix(&self.folder).ok().filter(|_| !self.built_in.is_empty())?.to_owned();
        let texts = self.built_in.iter().map(|(path, text)| (Path::new(path), *text));
        let texts =
            texts.filter(move |(path, _)| path.parent() == Some(&inside) && path.extension().is_some_and(is_toml));
        Some(texts.map(|(path, text)| (stem(path), text)))
    }

    fn has(&self, folder: &Path) -> bool {
        self.texts_in(folder).is_some() || folder.is_dir()
    }

    fn names_in(&self, folder: &Path) -> Result<Vec<String>, DeclaredError> {
        match self.texts_in(folder) {
            Some(texts) => Ok(texts.map(|(name, _)| name).collect()),
            None => names_in(folder),
        }
    }

    fn read(&self, path: &Path, overrides: &[Override]) -> Result<DeclaredFile, DeclaredError> {
        let mut texts = path.parent().and_then(|folder| self.texts_in(folder)).into_iter().flatten();
        match texts.find(|(name, _)| *name == stem(path)) {
            Some((_, text)) => DeclaredFile::new(path, text.to_owned(), overrides),
            None => DeclaredFile::read(path, overrides),
        }
    }

    /// The file of that name in the first of these folders that has it.
    ///
    /// # Errors
    /// None has it; the error is the sorted list of names that they have.
    fn find(&self, name: &str, folders: &[&Path]) -> Result<PathBuf, Vec<String>> {
        let mut known = BTreeSet::new();
        for folder in folders {
            let here = self.names_in(folder).unwrap_or_default();
            if here.iter().any(|known| known == name) {
                return Ok(folder.join(format!("{name}.toml")));
            }
            known.extend(here);
        }
        Err(known.into_iter().collect())
    }

    /// The declared mistakes, those in the subfolder `mistakes`, sorted by name.
    ///
    /// # Errors
    /// The folder cannot be read, or a file breaks a rule.
    pub fn mistakes(&self) -> Result<Vec<MistakeSpec>, DeclaredError> {
        let folder = self.mistakes_folder();
        let read = |name: &String| self.read(&folder.join(format!("{name}.toml")), &[])?.mistake();
        if self.has(&folder) { self.names_in(&folder)?.iter().map(read).collect() } else { Ok(Vec::new()) }
    }

    /// The folder of the declared mistakes.
    #[must_use]
    pub fn mistakes_folder(&self) -> PathBuf {
        self.folder.join("mistakes")
    }

    fn path_of(&self, name_or_path: &str) -> Result<PathBuf, DeclaredError> {
        if let Some(path) = as_path(name_or_path) {
            return Ok(path);
        }
        // Fails if the folder cannot be read.
        self.names()?;
        self.find(name_or_path, &[&self.folder, &self.extras]).map_err(|known| match self.sweeps() {
            Ok(sweeps) if sweeps.iter().any(|sweep| sweep == name_or_path) => {
                let hint = format!("`experiments sweep {name_or_path}` runs it");
                DeclaredError::in_file(self.sweeps.display(), format!("`{name_or_path}` is a sweep"), Some(hint))
            }
            _ => unknown("experiment or comparison", name_or_path, &self.folder, &known),
        })
    }

    fn experiment(&self, spec: ExperimentSpec, file: &DeclaredFile) -> Result<Experiment, DeclaredError> {
        let against = self.against(&spec, file)?;
        // An overridden experiment may have the declared one as its baseline: that is not a circle.
        let visited = if file.overrides.is_empty() { vec![file.path.clone()] } else { Vec::new() };
        let baseline = self.baseline(&spec, file, visited)?;
        let texts = |overrides: &[Override]| overrides.iter().map(ToString::to_string).collect();
        let (overrides, baseline_overrides) = (texts(&file.overrides), texts(&file.protocol()));
        Ok(Experiment { spec, baseline, baseline_overrides, against, overrides })
    }

    /// The experiments that claims name, without the baseline.
    fn against(&self, spec: &ExperimentSpec, file: &DeclaredFile) -> Result<Vec<ExperimentSpec>, DeclaredError> {
        let named = spec.claims.iter().map(|claim| &claim.against).enumerate();
        let others = named.filter(|(_, named)| Some(*named) != spec.baseline.as_ref());
        let declared = |(index, named): (usize, &String)| {
            self.declared(&format!("claim[{index}].against"), named, file, &[]).map(|(_, spec)| spec)
        };
        others.map(declared).collect()
    }

    /// The baseline that a file names. The chain of its baselines is followed to the end; a circle is refused.
    fn baseline(
        &self,
        spec: &ExperimentSpec,
        file: &DeclaredFile,
        mut visited: Vec<PathBuf>,
    ) -> Result<Option<ExperimentSpec>, DeclaredError> {
        let Some(named) = &spec.baseline else { return Ok(None) };
        let refuse = |rule: String| Err(file.refuse_name("baseline", named, &rule, None));
        let (found, spec) = self.declared("baseline", named, file, &file.protocol())?;
        let is_circle = visited.contains(&found.path);
        visited.push(found.path.clone());
        if is_circle {
            let circle: Vec<String> = visited.iter().map(|path| stem(path)).collect();
            return refuse(format!("baselines must not form a circle: {}", circle.join(" → ")));
        }
        if visited.len() > MOST_BASELINES {
            return refuse(format!("a chain of baselines has at most {MOST_BASELINES} experiments"));
        }
        self.baseline(&spec, &found, visited)?;
        Ok(Some(spec))
    }

    fn comparison(&self, spec: ComparisonSpec, file: &DeclaredFile) -> Result<Comparison, DeclaredError> {
        let run = |(index, named): (usize, &String)| {
            let (run, spec) = self.declared(&format!("runs[{index}]"), named, file, &file.overrides)?;
            self.experiment(spec, &run)
        };
        let runs = spec.runs.iter().enumerate().map(run).collect::<Result<_, _>>()?;
        Ok(Comparison { spec, runs })
    }

    /// The experiment that a key of a file names, next to that file or in the catalogue.
    fn declared(
        &self,
        key: &str,
        named: &str,
        file: &DeclaredFile,
        overrides: &[Override],
    ) -> Result<(DeclaredFile, ExperimentSpec), DeclaredError> {
        let next_to = file.path.parent().unwrap_or(Path::new(""));
        let path = self.find(named, &[next_to, &self.folder, &self.extras]).map_err(|known| {
            let others = known.iter().map(String::as_str).filter(|name| *name != file.name);
            let rule = format!("no experiment in {} has that name", self.folder.display());
            file.refuse_name(key, named, &rule, suggest::did_you_mean(named, others))
        })?;
        let found = self.read(&path, overrides)?;
        match found.spec(self.shape)? {
            Spec::Experiment(spec) => Ok((found, *spec)),
            Spec::Comparison(_) => Err(file.refuse_name(key, named, "that is a comparison, not an experiment", None)),
        }
    }
}

/// A path, if a file is named by one: it ends in `.toml` or has a folder.
fn as_path(name_or_path: &str) -> Option<PathBuf> {
    let path = Path::new(name_or_path);
    let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    (is_toml || path.components().count() > 1).then(|| path.to_owned())
}

/// The error of a name that no file of a folder has.
fn unknown(what: &str, name: &str, folder: &Path, known: &[String]) -> DeclaredError {
    let all = || match known {
        [] => format!("declare one in {}/{name}.toml", folder.display()),
        known => format!("there are {}", suggest::listed(known, "and")),
    };
    let hint = match name.split_once('=') {
        Some(_) => format!("a setting is changed with `--set {name}`"),
        None => suggest::did_you_mean(name, known.iter().map(String::as_str)).unwrap_or_else(all),
    };
    DeclaredError::in_file(folder.display(), format!("no {what} is called `{name}`"), Some(hint))
}

fn is_toml(extension: &OsStr) -> bool {
    extension == "toml"
}

/// Sorted names of the TOML files of a folder, without hidden ones, which editors leave.
fn names_in(folder: &Path) -> Result<Vec<String>, DeclaredError> {
    let readable = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let hint = "run in the project's folder, or name the folder with `--experiments-dir`";
    let unreadable = |error: io::Error| {
        DeclaredError::in_file(readable.display(), format!("cannot read: {error}"), Some(hint.to_owned()))
    };
    let mut names = Vec::new();
    for entry in readable.read_dir().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = stem(&path);
        if path.extension().is_some_and(is_toml) && path.is_file() && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

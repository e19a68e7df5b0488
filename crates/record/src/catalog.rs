//! `Catalog`: the folder of declared experiments, found by name or by path, their baselines resolved.

mod source;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use toml::Spanned;

use crate::declared::error::{DeclaredError, Problem};
use crate::declared::overrides::Override;
use crate::declared::{Declared, DeclaredComparison, DeclaredFile};
use crate::{ComparisonSpec, ExperimentSpec, suggest};
use source::{Source, file_of, names_in, stem};

/// Baselines of baselines that are followed: the report's ladder has four.
const MOST_BASELINES: usize = 100;

/// A folder of declared experiments and comparisons.
#[derive(Debug, Clone)]
pub struct Catalog {
    folder: PathBuf,
}

/// What a file declares, resolved.
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
    /// Its baseline as declared, without overrides.
    pub baseline: Option<ExperimentSpec>,
    /// What its claims compare it with beside the baseline, as declared.
    pub against: Vec<ExperimentSpec>,
    /// The overrides as they were given.
    pub overrides: Vec<String>,
    /// Seeds that it is trained with, unless the command says otherwise.
    pub seeds: usize,
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
    /// The catalogue in a folder; nothing is read yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Names of all declared files, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>, DeclaredError> {
        names_in(&self.folder)
    }

    /// Names of the experiments beside the report's, in the folder's `extras`, sorted; none without that folder.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn extras(&self) -> Result<Vec<String>, DeclaredError> {
        let folder = self.extras_folder();
        if folder.is_dir() { names_in(&folder) } else { Ok(Vec::new()) }
    }

    /// Names of everything that is declared: the report's files, then the extra ones.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn all_names(&self) -> Result<Vec<String>, DeclaredError> {
        let mut names = self.names()?;
        names.extend(self.extras()?);
        Ok(names)
    }

    fn extras_folder(&self) -> PathBuf {
        self.folder.join("extras")
    }

    /// An experiment or comparison by its name in the catalogue (`task4e`, an extra one too) or by its path (`path/to/mine.toml`).
    ///
    /// A baseline, or a run of a comparison, is looked for beside the file first and then in the catalogue.
    ///
    /// # Errors
    /// There is no such file, something in it is wrong, or an override does not fit.
    pub fn load(&self, name_or_path: &str, overrides: &[Override]) -> Result<Declaration, DeclaredError> {
        let path = self.path_of(name_or_path)?;
        let source = Source::read(&path, overrides)?;
        match DeclaredFile::parse(&source.document)? {
            DeclaredFile::Experiment(declared) => self
                .experiment(*declared, &source, overrides)
                .map(|experiment| Declaration::Experiment(experiment.into())),
            DeclaredFile::Comparison(declared) => {
                self.comparison(&declared, &source, overrides).map(Declaration::Comparison)
            }
        }
    }

    fn path_of(&self, name_or_path: &str) -> Result<PathBuf, DeclaredError> {
        let path = Path::new(name_or_path);
        let is_path = path.extension().is_some_and(|extension| extension == "toml") || path.components().count() > 1;
        if is_path {
            return Ok(path.to_owned());
        }
        let mut names = self.names()?;
        if names.iter().any(|name| name == name_or_path) {
            return Ok(file_of(&self.folder, name_or_path));
        }
        names.extend(self.extras()?);
        if names.iter().any(|name| name == name_or_path) {
            return Ok(file_of(&self.extras_folder(), name_or_path));
        }
        let all = || format!("there are {}", suggest::all_of(&names));
        let hint = suggest::did_you_mean(name_or_path, names.iter().map(String::as_str)).unwrap_or_else(all);
        let problem = Problem::UnknownName { name: name_or_path.to_owned() };
        Err(DeclaredError::in_file(self.folder.display(), problem).with_hint(Some(hint)))
    }

    fn experiment(
        &self,
        declared: Declared,
        source: &Source,
        overrides: &[Override],
    ) -> Result<Experiment, DeclaredError> {
        let named = declared.baseline.clone();
        let against = self.against(&declared, source)?;
        let seeds = declared.seeds(&source.document)?;
        let spec = declared.resolve(&source.name, &source.document)?;
        // What is overridden is no longer the declared experiment, which it may be compared with.
        let visited = if overrides.is_empty() { vec![source.path.clone()] } else { Vec::new() };
        let baseline = named.map(|named| self.baseline(&named, source, visited)).transpose()?;
        let overrides = overrides.iter().map(ToString::to_string).collect();
        Ok(Experiment { spec, baseline, against, overrides, seeds })
    }

    /// The experiments that claims name.
    fn against(&self, declared: &Declared, source: &Source) -> Result<Vec<ExperimentSpec>, DeclaredError> {
        let claims = declared.claims.iter().map(Spanned::get_ref).enumerate();
        let named = claims.filter_map(|(index, claim)| Some((index, claim.against.as_ref()?)));
        let resolved = |(index, named): (usize, &Spanned<String>)| {
            let (found, declared) = self.declared(&format!("claim[{index}].against"), named, source, &[])?;
            declared.resolve(&found.name, &found.document)
        };
        named.map(resolved).collect()
    }

    /// The baseline that a file names; its own baselines are followed to the end, and a circle is refused.
    fn baseline(
        &self,
        named: &Spanned<String>,
        source: &Source,
        mut visited: Vec<PathBuf>,
    ) -> Result<ExperimentSpec, DeclaredError> {
        let (baseline, declared) = self.declared("baseline", named, source, &[])?;
        visited.push(baseline.path.clone());
        if visited[..visited.len() - 1].contains(&baseline.path) {
            let circle: Vec<String> = visited.iter().map(|path| stem(path)).collect();
            return Err(source.refuse("baseline", named, &format!("that is a circle: {}", circle.join(" → "))));
        }
        if visited.len() > MOST_BASELINES {
            let rule = format!("more than {MOST_BASELINES} baselines follow one another");
            return Err(source.refuse("baseline", named, &rule));
        }
        let next = declared.baseline.clone();
        let spec = declared.resolve(&baseline.name, &baseline.document)?;
        if let Some(next) = next {
            self.baseline(&next, &baseline, visited)?;
        }
        Ok(spec)
    }

    fn comparison(
        &self,
        declared: &DeclaredComparison,
        source: &Source,
        overrides: &[Override],
    ) -> Result<Comparison, DeclaredError> {
        let spec = declared.resolve(&source.name, &source.document)?;
        let run = |(index, named)| {
            let (run, declared) = self.declared(&format!("runs[{index}]"), named, source, overrides)?;
            self.experiment(declared, &run, overrides)
        };
        let runs = declared.runs.get_ref().iter().enumerate().map(run).collect::<Result<_, _>>()?;
        Ok(Comparison { spec, runs })
    }

    /// The experiment that a key of a file names, beside that file or in the catalogue.
    fn declared(
        &self,
        key: &str,
        named: &Spanned<String>,
        source: &Source,
        overrides: &[Override],
    ) -> Result<(Source, Declared), DeclaredError> {
        let beside = source.path.parent().unwrap_or(Path::new("")).to_owned();
        let mut known = Vec::new();
        for folder in [&beside, &self.folder, &self.extras_folder()] {
            let here = names_in(folder).unwrap_or_default();
            if here.contains(named.get_ref()) {
                let found = Source::read(&file_of(folder, named.get_ref()), overrides)?;
                return match DeclaredFile::parse(&found.document)? {
                    DeclaredFile::Experiment(declared) => Ok((found, *declared)),
                    DeclaredFile::Comparison(_) => {
                        Err(source.refuse(key, named, "that is a comparison, not an experiment"))
                    }
                };
            }
            known.extend(here);
        }
        known.sort();
        known.dedup();
        let hint = suggest::did_you_mean(
            named.get_ref(),
            known.iter().map(String::as_str).filter(|name| *name != source.name),
        );
        let rule = format!("no experiment of that name lies in {}", self.folder.display());
        Err(source.refuse(key, named, &rule).with_hint(hint))
    }
}

//! `Files`: everything that runs leave on the disk, byte for byte, except three times.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The keys in which two trainings of the same run may differ.
const TIMES: [&str; 3] = ["\"started_at\": ", "\"wall_seconds\": ", "\"cpu_seconds\": "];

/// Every file below a folder, by path, without hidden ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// The current files; none if the folder does not exist.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(folder, "", &mut files);
        Self(files)
    }

    /// The folders of runs.
    pub(crate) fn runs(&self) -> usize {
        self.0.keys().filter(|path| path.ends_with("/record.json")).count()
    }

    /// A short description of the first difference from other files; none if they are equal.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        let paths = self.0.keys().chain(other.0.keys());
        let different = |path: &&String| self.0.get(*path) != other.0.get(*path);
        paths.filter(different).map(|path| self.what_differs(other, path)).next()
    }

    fn what_differs(&self, other: &Self, path: &str) -> String {
        match (self.0.get(path), other.0.get(path)) {
            (Some(expected), Some(found)) => {
                let common = expected.iter().zip(found).take_while(|(left, right)| left == right).count();
                let around = |bytes: &[u8]| {
                    let part = bytes.iter().skip(common.saturating_sub(40)).take(80).copied().collect::<Vec<_>>();
                    String::from_utf8_lossy(&part).into_owned()
                };
                format!("{path} differs from byte {common}: {:?} became {:?}", around(expected), around(found))
            }
            (Some(_), None) => format!("{path} is missing"),
            _ => format!("{path} is one too many"),
        }
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for name in crate::common::names_in(folder).into_iter().filter(|name| !name.starts_with('.')) {
        let (path, relative) = (folder.join(&name), format!("{prefix}{name}"));
        if path.is_dir() {
            collect(&path, &format!("{relative}/"), files);
        } else {
            let bytes = fs::read(&path).expect("a file of a run can be read");
            files.insert(relative, if name == "record.json" { without_times(&bytes) } else { bytes });
        }
    }
}

fn without_times(record: &[u8]) -> Vec<u8> {
    let is_time = |line: &&str| TIMES.iter().any(|time| line.trim_start().starts_with(time));
    let text = String::from_utf8_lossy(record);
    assert_eq!(text.lines().filter(is_time).count(), TIMES.len(), "a record has its three times: {text}");
    text.lines().filter(|line| !is_time(line)).flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
}

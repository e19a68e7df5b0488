//! Files that appear at once: written under a hidden name next to their place, then renamed.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file so that at every moment it is there whole, on the disk, or not at all.
///
/// Until it is whole it has a name that begins with `prefix`, in the same folder, which has to be there. A process that is
/// killed meanwhile leaves it. What was at the path before is replaced, and after an error it is still there.
///
/// # Errors
/// When the system refuses any of it.
pub fn write_whole(path: &Path, prefix: &str, bytes: &[u8]) -> io::Result<()> {
    // A path without a folder has an empty parent.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    open_to_all(&mut builder, 0o666);
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder)
}

/// Lets temporary files and folders, which are private, be as readable as any other: with this mode less the process's mask.
pub fn open_to_all(builder: &mut tempfile::Builder, mode: u32) {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = (builder, mode);
}

/// Makes the names in a folder last through a power cut, where a folder can be opened to say so; elsewhere the system decides.
///
/// # Errors
/// When the disk fails.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    let Ok(file) = File::open(folder) else { return Ok(()) };
    match file.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for bytes in [b"one".as_slice(), b"other"] {
            write_whole(&path, ".new-", bytes).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn a_file_is_as_readable_as_any_other() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let [ours, usual] = ["ours", "usual"].map(|name| folder.path().join(name));
        write_whole(&ours, ".new-", b"").unwrap();
        std::fs::write(&usual, b"").unwrap();
        let [ours, usual] = [ours, usual].map(|path| path.metadata().unwrap().permissions().mode());
        assert_eq!(ours, usual);
    }

    #[test]
    fn after_an_error_the_old_file_is_there_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        // A folder that is not empty cannot be replaced by a file.
        let path = folder.path().join("a");
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("b"), b"old").unwrap();
        write_whole(&path, ".new-", b"new").unwrap_err();
        assert_eq!(std::fs::read(path.join("b")).unwrap(), b"old");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }
}

//! Files that appear at once: written under a hidden name next to their place, then renamed.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use crate::bounded::not_regular;

/// Writes a file so that at every moment it exists whole and on the disk, or not at all.
///
/// Until it is whole, its name begins with `prefix`; it is in the same folder, which must exist. A process that is killed
/// meanwhile leaves it behind. A file that was at the path before is replaced; after an error it is unchanged.
///
/// # Errors
/// If the system refuses any step, or something other than a regular file is at the path, such as a device or a link.
pub fn write_whole(path: &Path, prefix: &str, bytes: &[u8]) -> io::Result<()> {
    write_whole_with(path, prefix, |file| file.write_all(bytes))
}

/// The same for what a function writes, which need not be in memory at once.
///
/// # Errors
/// As [`write_whole`], or those of the function.
pub fn write_whole_with(path: &Path, prefix: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    // The file takes the place of what is there: without this check, root would lose /dev/full or /dev/stdout, which is a link.
    if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
        return Err(not_regular());
    }
    // A path without a folder has an empty parent.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = unfinished(prefix, 0o666).tempfile_in(folder)?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder)
}

/// A maker of files and folders whose names begin with a prefix, and that have this mode minus the process's mask, as any other
/// file. Temporary files are private by default.
#[must_use]
#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has modes"))]
pub fn unfinished(prefix: &str, mode: u32) -> tempfile::Builder<'_, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    builder
}

/// Makes the names in a folder survive a power cut, on systems where a folder can be synchronised.
///
/// # Errors
/// If the disk fails.
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
    #[cfg(unix)]
    fn what_is_not_a_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link, socket] = ["file", "link", "socket"].map(|name| folder.path().join(name));
        std::fs::write(&file, b"old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for path in [&link, &socket] {
            let refused = write_whole(path, ".new-", b"new").unwrap_err();
            assert_eq!(refused.to_string(), "it is not a regular file");
            assert!(!path.symlink_metadata().unwrap().is_file());
        }
        assert_eq!(std::fs::read(&file).unwrap(), b"old");
        assert_eq!(folder.path().read_dir().unwrap().count(), 3);
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

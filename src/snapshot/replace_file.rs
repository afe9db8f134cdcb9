//! A file that is there whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;

use crate::error::Error;

/// Temporary files of programs that were stopped, of which another may have had the same number.
const LEFT_OVER: u32 = 1000;

/// Writes a file under another name beside it, and gives it its name when it has reached the disk.
pub(super) fn replace_file(path: &Path, write: impl FnOnce(&mut File) -> Result<(), Error>) -> Result<(), Error> {
    let name =
        path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this path has no file name"))?;
    // The folder of a name alone is the empty path.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (mut file, temporary) = create_beside(folder, name.to_owned())?;
    let written = write(&mut file).and_then(|()| Ok(file.sync_all()?));
    drop(file);
    let renamed = written.and_then(|()| Ok(fs::rename(&temporary, path)?));
    if renamed.is_err() {
        // The first error says more than one of removing it.
        let _ = fs::remove_file(&temporary);
    }
    renamed?;
    // The new name too. Other systems do not open a folder.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// A new file with a name that no other has.
fn create_beside(folder: &Path, name: OsString) -> io::Result<(File, PathBuf)> {
    let mut number = 0;
    loop {
        let mut other = OsString::from(".");
        other.push(&name);
        other.push(format!(".{}-{number}.tmp", process::id()));
        let path = folder.join(other);
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < LEFT_OVER => number += 1,
            created => return Ok((created?, path)),
        }
    }
}

//! Where patterns go: standard output, a device or pipe, or a file that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempPath;

use crate::failure::Failure;

/// The exit status after Ctrl-C, as shells have it.
const INTERRUPTED: i32 = 130;

/// Writes patterns; [`finish`](Output::finish) makes sure that all arrived.
pub(crate) struct Output {
    writer: BufWriter<Writer>,
    name: String,
}

enum Writer {
    Standard(StdoutLock<'static>),
    /// Opened in place, a device or a pipe.
    Direct(File),
    /// A regular file, written beside its place.
    Whole(File, Temporary),
}

impl Output {
    /// Opens standard output, or what the path leads to.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let (name, writer) = match path {
            None => ("standard output".to_string(), Ok(Writer::Standard(io::stdout().lock()))),
            Some(path) => (path.display().to_string(), open_file(path)),
        };
        let writer = writer.map_err(|error| Failure::of_output(&name, &error))?;
        Ok(Output { writer: BufWriter::with_capacity(64 << 10, writer), name })
    }

    /// What errors call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether patterns and a progress bar would come to the same terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        match self.writer.get_ref() {
            Writer::Standard(out) => out.is_terminal(),
            Writer::Direct(file) => file.is_terminal(),
            Writer::Whole(..) => false,
        }
    }

    /// Writes what is left, and puts a regular file in its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Output { writer, name } = self;
        let done = writer.into_inner().map_err(io::IntoInnerError::into_error).and_then(|writer| match writer {
            Writer::Standard(mut out) => out.flush(),
            Writer::Direct(mut file) => file.flush(),
            Writer::Whole(file, temporary) => {
                drop(file);
                temporary.persist()
            }
        });
        done.map_err(|error| Failure::of_output(&name, &error))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Writer::Standard(out) => out.write(bytes),
            Writer::Direct(file) | Writer::Whole(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Writer::Standard(out) => out.flush(),
            Writer::Direct(file) | Writer::Whole(file, _) => file.flush(),
        }
    }
}

fn open_file(path: &Path) -> io::Result<Writer> {
    // What these lead to is already open, also where that is a regular file: it is not ours to replace or to cut.
    let open_already = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"].iter().any(|open| path.starts_with(open));
    // This follows links, so that a link stays one and the file that it leads to is written.
    let place = match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && !open_already => {
            // A file that must not be written must not be replaced either.
            OpenOptions::new().write(true).open(path)?;
            fs::canonicalize(path)?
        }
        Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => return OpenOptions::new().append(true).open(path).map(Writer::Direct),
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.file_name().is_some() => path.to_path_buf(),
        Err(error) => return Err(error),
    };
    Temporary::beside(place).map(|(file, temporary)| Writer::Whole(file, temporary))
}

/// A file beside the place that it is to take, removed unless it gets there: on errors, and on Ctrl-C.
struct Temporary {
    place: PathBuf,
    /// `None` when it is in its place or removed. The handler of Ctrl-C has the other reference.
    path: Arc<Mutex<Option<TempPath>>>,
}

impl Temporary {
    fn beside(place: PathBuf) -> io::Result<(File, Self)> {
        let path: Arc<Mutex<Option<TempPath>>> = Arc::default();
        // Where there is no handler, Ctrl-C leaves the file behind, which is no reason not to run.
        let _ = ctrlc::set_handler({
            let path = Arc::clone(&path);
            move || {
                // The lock is kept, so that the file cannot get to its place any more.
                let mut path = path.lock().unwrap_or_else(PoisonError::into_inner);
                path.take();
                std::process::exit(INTERRUPTED);
            }
        });
        let folder = match place.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // So that the system says what is wrong with it; errors of the next call name the temporary file.
        fs::metadata(folder)?;
        let mut open = path.lock().unwrap_or_else(PoisonError::into_inner);
        let file = builder().tempfile_in(folder).map_err(|error| error.kind())?;
        if let Ok(metadata) = fs::metadata(&place) {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        let (file, temporary) = file.into_parts();
        *open = Some(temporary);
        drop(open);
        Ok((file, Temporary { place, path }))
    }

    fn persist(self) -> io::Result<()> {
        let mut path = self.path.lock().unwrap_or_else(PoisonError::into_inner);
        match path.take() {
            Some(temporary) => temporary.persist(&self.place).map_err(|error| error.error),
            None => Ok(()),
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        self.path.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Temporary files are private unless told otherwise; an output has the rights of any new file.
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mine-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

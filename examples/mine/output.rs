//! Where results go: standard output, a device or pipe, or a file that appears whole or not at all.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Stderr, Stdout, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::TempPath;

use crate::deadline::Deadline;
use crate::failure::Failure;

/// The exit status after Ctrl-C, as in shells. The handler does not learn which signal it was.
const INTERRUPTED: i32 = 130;

/// The name of standard output in errors.
pub(crate) const STANDARD_OUTPUT: &str = "standard output";

/// Names of what is already open as the program's standard output or standard error. Opening them again would start at
/// the beginning of a regular file, over what others wrote before.
const OUTPUT_NAMES: [&str; 3] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
const ERROR_NAMES: [&str; 3] = ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"];

/// Where results should go: checked before the work, opened after it.
pub(crate) struct Destination {
    place: Place,
    name: String,
}

enum Place {
    StandardOutput,
    StandardError,
    /// A device or a pipe, which is open already: opening it changes nothing.
    Direct(File),
    /// A regular file, or none yet.
    Whole(PathBuf),
}

impl Destination {
    /// Standard output, or what the path leads to. An output that cannot be written is an error here already, as far as
    /// that can be known without leaving anything behind.
    pub(crate) fn new(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Destination { place: Place::StandardOutput, name: STANDARD_OUTPUT.to_string() });
        };
        let name = path.display().to_string();
        match Place::of(path) {
            Ok(place) => Ok(Destination { place, name }),
            Err(error) => Err(Failure::of_output(&name, &error)),
        }
    }

    /// Opens it.
    pub(crate) fn open(self) -> Result<Output, Failure> {
        let Destination { place, name } = self;
        let writer = match place {
            Place::StandardOutput => Ok(Writer::Output(io::stdout())),
            Place::StandardError => Ok(Writer::Error(io::stderr())),
            Place::Direct(file) => Ok(Writer::Direct(file)),
            Place::Whole(path) => Temporary::beside(path).map(|(file, temporary)| Writer::Whole(file, temporary)),
        };
        match writer {
            Ok(writer) => Ok(Output { writer: BufWriter::with_capacity(64 << 10, writer), name }),
            Err(error) => Err(Failure::of_output(&name, &error)),
        }
    }
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        let is_one_of = |names: [&str; 3]| cfg!(unix) && names.iter().any(|name| path == Path::new(name));
        if is_one_of(OUTPUT_NAMES) {
            return Ok(Place::StandardOutput);
        }
        if is_one_of(ERROR_NAMES) {
            return Ok(Place::StandardError);
        }
        // What these lead to is open already, even if it is a regular file: it is not ours to replace or truncate. If
        // nothing is open, there is no folder to make a file in.
        let open_already = cfg!(unix) && ["/dev/fd", "/proc"].iter().any(|open| path.starts_with(open));
        // This follows links, so a link stays a link and the file that it leads to is written.
        let place = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if metadata.is_file() && !open_already => {
                // A file that must not be written must not be replaced either.
                OpenOptions::new().write(true).open(path)?;
                fs::canonicalize(path)?
            }
            Ok(_) => return OpenOptions::new().append(true).open(path).map(Place::Direct),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !open_already => match path.file_name() {
                Some(name) if ends_with(path, name) => path.to_path_buf(),
                // `folder/` and `folder/.`, without such a folder.
                Some(_) => return Err(io::ErrorKind::IsADirectory.into()),
                None => return Err(error),
            },
            Err(error) => return Err(error),
        };
        let folder = folder(&place);
        // So that the system says what is wrong with it.
        fs::metadata(folder)?;
        // An unnamed file shows whether one can be made there, and is gone however the program ends.
        tempfile::tempfile_in(folder).map_err(without_path)?;
        Ok(Place::Whole(place))
    }
}

/// Whether the path as given ends with this name.
fn ends_with(path: &Path, name: &OsStr) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(name.as_encoded_bytes())
}

/// The folder that contains a file.
fn folder(place: &Path) -> &Path {
    match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The error without the name of the temporary file, which means nothing to the user.
fn without_path(error: io::Error) -> io::Error {
    if error.raw_os_error().is_some() { error } else { error.kind().into() }
}

/// Writes results; [`finish`](Output::finish) makes sure that all of them arrived.
pub(crate) struct Output {
    writer: BufWriter<Writer>,
    name: String,
}

enum Writer {
    Output(Stdout),
    /// Not locked, as the progress bar writes there from its own thread.
    Error(Stderr),
    /// Opened in place, a device or a pipe.
    Direct(File),
    /// A regular file, written next to its place.
    Whole(File, Temporary),
}

impl Output {
    /// Its name in errors.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether results and a progress bar would share a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        match self.writer.get_ref() {
            Writer::Output(out) => out.is_terminal(),
            Writer::Error(out) => out.is_terminal(),
            Writer::Direct(file) => file.is_terminal(),
            Writer::Whole(..) => false,
        }
    }

    /// Writes the rest, and puts a regular file in its place. The run has succeeded.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        self.put(true)
    }

    /// The same in the course of a run.
    pub(crate) fn finish_before_the_end(self) -> Result<(), Failure> {
        self.put(false)
    }

    fn put(self, ends_run: bool) -> Result<(), Failure> {
        let Output { writer, name } = self;
        let done = writer.into_inner().map_err(io::IntoInnerError::into_error).and_then(|writer| match writer {
            Writer::Whole(file, temporary) => {
                drop(file);
                temporary.persist(ends_run)
            }
            mut writer => writer.flush(),
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
            Writer::Output(out) => out.write(bytes),
            Writer::Error(out) => out.write(bytes),
            Writer::Direct(file) | Writer::Whole(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Writer::Output(out) => out.flush(),
            Writer::Error(out) => out.flush(),
            Writer::Direct(file) | Writer::Whole(file, _) => file.flush(),
        }
    }
}

/// A file next to the place that it should take, removed unless it gets there: on errors, on Ctrl-C and when
/// terminated.
struct Temporary {
    place: PathBuf,
}

/// The temporary file, until it is in its place or removed. A program has one output at a time.
static TEMPORARY: Mutex<Option<TempPath>> = Mutex::new(None);

/// Removes the temporary file, if there is one, before the program ends.
pub(crate) fn remove_temporary_file() {
    let mut path = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner);
    path.take();
    // The lock is kept, so that the file can no longer get to its place.
    std::mem::forget(path);
}

impl Temporary {
    fn beside(place: PathBuf) -> io::Result<(File, Self)> {
        // Set only now: before, there is nothing to remove, and the system ends the program as it does any other. A
        // signal that is ignored, as under `nohup`, stays ignored. If the handler cannot be set, a signal can leave the
        // file behind, which is no reason not to run.
        let _ = ctrlc::try_set_handler(|| {
            remove_temporary_file();
            std::process::exit(INTERRUPTED);
        });
        let mut open = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner);
        let file = builder().tempfile_in(folder(&place)).map_err(without_path)?;
        if let Ok(metadata) = fs::metadata(&place) {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        let (file, temporary) = file.into_parts();
        *open = Some(temporary);
        drop(open);
        Ok((file, Temporary { place }))
    }

    fn persist(self, ends_run: bool) -> io::Result<()> {
        // A whole file of results means that the run has succeeded.
        if let Some(deadline) = Deadline::of_run().filter(|_| ends_run) {
            deadline.complete();
        }
        let mut path = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner);
        match path.take() {
            Some(temporary) => temporary.persist(&self.place).map_err(|error| error.error),
            None => Ok(()),
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Temporary files are private by default; an output has the permissions of any new file.
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

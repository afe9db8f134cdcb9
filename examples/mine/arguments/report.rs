//! Options about the report and the plots.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use itemset::report::Plot;

use super::Arguments;

/// What is written besides rules.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Also write a report for people, one HTML page that needs nothing else; with --rules
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,

    /// Also draw the rules as an SVG picture: scatter, graph, matrix or parallel, or of the baskets items or lengths; with
    /// --rules, can be given several times
    #[arg(long, num_args = 2, value_names = ["KIND", "FILE.svg"])]
    plot: Vec<OsString>,
}

impl ReportArguments {
    /// The plots and where they go.
    pub(crate) fn plots(&self) -> impl Iterator<Item = (Plot, &Path)> {
        // The parser takes pairs, and the names were checked.
        let plots = self.plot.chunks_exact(2).map(|pair| (pair[0].to_string_lossy().parse(), Path::new(&pair[1])));
        plots.filter_map(|(plot, path)| Some((plot.ok()?, path)))
    }

    pub(crate) fn is_given(&self) -> bool {
        self.report.is_some() || !self.plot.is_empty()
    }
}

impl Arguments {
    /// Refuses unknown plots, files that two results would go to, and the file that is read.
    pub(super) fn check_report(&self) -> Result<(), String> {
        for pair in self.pictures.plot.chunks(2) {
            let name = pair[0].to_string_lossy();
            let plot: Plot = name.parse().map_err(|error| format!("--plot: {error}"))?;
            if self.passes.two_pass && matches!(plot, Plot::Items | Plot::Lengths) {
                return Err(format!("--two-pass does not hold all items, which --plot {plot} shows"));
            }
        }
        let plots = self.pictures.plots().map(|(_, path)| path);
        let pictures: Vec<&Path> = plots.chain(self.pictures.report.as_deref()).collect();
        if let Some(path) = pictures.iter().find(|path| **path == Path::new("-")) {
            let expected = "--report and --plot take names of files, such as ./- or /dev/stdout";
            return Err(format!("{}: {expected}", path.display()));
        }
        let reading = &self.reading;
        let input = (!reading.reads_standard_input()).then(|| resolved(&reading.file));
        if let Some(path) = pictures.iter().find(|path| Some(resolved(path)) == input) {
            return Err(format!("{}: is read, --report and --plot take other files", path.display()));
        }
        let paths = pictures.into_iter().chain(self.output.as_deref());
        let mut paths: Vec<(PathBuf, &Path)> = paths.map(|path| (resolved(path), path)).collect();
        paths.sort_unstable();
        match paths.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(format!("{}: a file takes one of --output, --report and --plot", pair[1].1.display())),
            None => Ok(()),
        }
    }
}

/// What a path leads to, however it is written, also where there is no file yet.
fn resolved(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let in_folder = || Some(fs::canonicalize(folder).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(in_folder).unwrap_or(path.to_path_buf())
}

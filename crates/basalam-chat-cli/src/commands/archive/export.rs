//! `export` and `import`.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use basalam_chat_archive::{Archive, Export, ExportReport, Language};
use tempfile::NamedTempFile;

use super::OpenArchive;
use crate::arguments::{ExportFormat, ExportOptions, ImportOptions, PageLanguage};
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::prompt::{self, blocking};
use crate::text::counted;

pub(crate) async fn export(context: &Context<'_>, options: ExportOptions) -> Result<(), Failure> {
    check_target(&options)?;
    let open = OpenArchive::existing(context, options.archive.as_deref()).await?;
    if let Some(path) = options.path.as_deref().filter(|path| path.is_file()) {
        let question = format!("Replace {}?", path.display());
        prompt::confirm(context, &question).await?;
    }
    let archive = open.archive.clone();
    let write = blocking(move || write(&archive, &options));
    // The thread ends with the process. A file is complete or not there.
    let (report, path) = context.interrupt.or(write).await???;
    let Some(path) = path else {
        return Ok(());
    };
    let output = context.output;
    if output.is_json {
        return output.json("export_report", report);
    }
    let line = format!(
        "Exported {} of {} to {}.",
        counted(report.messages, "message"),
        counted(report.chats, "chat"),
        path.display()
    );
    output.line(output.view.line().own(&line))
}

/// Refuses targets before the archive is opened.
fn check_target(options: &ExportOptions) -> Result<(), Failure> {
    match (&options.path, options.format) {
        (None, ExportFormat::Html) => Err(Failure::usage("the directory of the pages is missing")
            .hint("Pass it as the last argument.")),
        // Messages can contain what controls a terminal.
        (None, _) if io::stdout().is_terminal() => {
            Err(Failure::usage("an export is not written to a terminal")
                .hint("Pass a file as the last argument, or use a pipe."))
        }
        _ => Ok(()),
    }
}

/// Writes an export. Returns the path, unless it is standard output.
fn write(
    archive: &Archive,
    options: &ExportOptions,
) -> Result<(ExportReport, Option<PathBuf>), Failure> {
    let export = configured(archive, options);
    match (&options.path, options.format) {
        (Some(path), ExportFormat::Html) => Ok((export.html(path)?, Some(path.clone()))),
        (Some(path), format) => {
            let failed = |error: io::Error| Failure::io(path.display(), &error);
            let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
            // Only its user can read it, and it is complete or not there.
            let file = NamedTempFile::new_in(directory.unwrap_or(Path::new(".")));
            let mut writer = BufWriter::new(file.map_err(failed)?);
            let report = write_lines(export, format, &mut writer)?;
            let file = writer
                .into_inner()
                .map_err(|error| failed(error.into_error()))?;
            file.persist(path).map_err(|error| failed(error.error))?;
            Ok((report, Some(path.clone())))
        }
        (None, format) => {
            let is_closed = Arc::new(AtomicBool::new(false));
            let mut writer = BufWriter::new(Pipe {
                stdout: io::stdout(),
                is_closed: is_closed.clone(),
            });
            let written = write_lines(export, format, &mut writer);
            let flushed = writer.flush();
            if is_closed.load(Ordering::Relaxed) {
                return Err(Failure::new(Kind::BrokenPipe, "the output is closed"));
            }
            flushed.map_err(|error| Failure::io("standard output", &error))?;
            Ok((written?, None))
        }
    }
}

fn configured(archive: &Archive, options: &ExportOptions) -> Export {
    let mut export = archive.export().language(match options.language {
        PageLanguage::Fa => Language::Persian,
        PageLanguage::En => Language::English,
    });
    for chat in &options.chat {
        export = export.chat(*chat);
    }
    if let Some(time) = &options.since {
        export = export.since(time.as_str());
    }
    if let Some(time) = &options.until {
        export = export.until(time.as_str());
    }
    match &options.title {
        Some(title) => export.title(title),
        None => export,
    }
}

fn write_lines(
    export: Export,
    format: ExportFormat,
    writer: impl Write,
) -> Result<ExportReport, Failure> {
    Ok(match format {
        ExportFormat::Csv => export.csv(writer)?,
        _ => export.json_lines(writer)?,
    })
}

/// Standard output, which remembers whether its reader is gone.
struct Pipe {
    stdout: io::Stdout,
    is_closed: Arc<AtomicBool>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.stdout.write(bytes);
        if let Err(error) = &result
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            self.is_closed.store(true, Ordering::Relaxed);
        }
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}

pub(crate) async fn import(context: &Context<'_>, options: ImportOptions) -> Result<(), Failure> {
    let open = OpenArchive::create(context, options.archive.as_deref()).await?;
    let archive = open.archive.clone();
    let path = options.path;
    let file = File::open(&path).map_err(|error| Failure::io(path.display(), &error))?;
    let import = blocking(move || archive.import_json_lines(BufReader::new(file)));
    let report = context.interrupt.or(import).await???;
    let output = context.output;
    if output.is_json {
        return output.json("import_report", report);
    }
    let line = format!(
        "Imported {} of {}.",
        counted(report.messages_added, "message"),
        counted(report.chats, "chat")
    );
    output.line(output.view.line().own(&line))
}

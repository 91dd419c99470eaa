//! `export` and `import`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use basalam_chat_archive::{Archive, CsvSeparator, Export, ExportReport, Language};
use tempfile::NamedTempFile;

use super::OpenArchive;
use crate::arguments::{ColumnSeparator, ExportFormat, ExportOptions, ImportOptions, PageLanguage};
use crate::context::Context;
use crate::failure::{Failure, Kind};
use crate::prompt::{self, blocking};
use crate::text::counted;

/// Standard input or output as a path.
const STANDARD: &str = "-";

pub(crate) async fn export(
    context: &Context<'_>,
    mut options: ExportOptions,
) -> Result<(), Failure> {
    let path = options.path.take().filter(|it| it.as_os_str() != STANDARD);
    check_target(path.as_deref(), options.format)?;
    let open = OpenArchive::existing(context, options.archive.as_deref()).await?;
    if let Some(path) = path.as_deref().filter(|path| path.is_file()) {
        let question = format!("Replace {}?", path.display());
        prompt::confirm(context, &question).await?;
    }
    let export = configured(&open.archive, &options);
    let (report, path) = match (path, options.format) {
        (None, format) => return write(context, export, format, io::stdout()).await.map(drop),
        (Some(path), ExportFormat::Html) => (write_pages(context, export, &path).await?, path),
        (Some(path), format) => (write_file(context, export, format, &path).await?, path),
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
fn check_target(path: Option<&Path>, format: ExportFormat) -> Result<(), Failure> {
    match (path, format) {
        (None, ExportFormat::Html) => Err(Failure::usage("the directory of the pages is missing")
            .hint("Pass it as the last argument.")),
        // Messages can contain escape sequences.
        (None, _) if io::stdout().is_terminal() => {
            Err(Failure::usage("an export is not written to a terminal")
                .hint("Pass a file as the last argument, or use a pipe."))
        }
        (Some(path), ExportFormat::Csv | ExportFormat::Jsonl) if path.is_dir() => {
            Err(Failure::usage(format!("{} is a directory", path.display()))
                .hint("Pass the path of a file."))
        }
        (Some(path), ExportFormat::Csv | ExportFormat::Jsonl) if !directory(path).is_dir() => {
            let missing = directory(path).display().to_string();
            Err(Failure::usage(format!("there is no directory {missing}"))
                .hint("Create it, or pass another path."))
        }
        _ => Ok(()),
    }
}

/// Returns the directory of a path.
fn directory(path: &Path) -> &Path {
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
    directory.unwrap_or(Path::new("."))
}

fn configured(archive: &Archive, options: &ExportOptions) -> Export {
    let language = match options.language {
        PageLanguage::Fa => Language::Persian,
        PageLanguage::En => Language::English,
    };
    let separator = match options.csv_separator {
        ColumnSeparator::Comma => CsvSeparator::Comma,
        ColumnSeparator::Semicolon => CsvSeparator::Semicolon,
        ColumnSeparator::Tab => CsvSeparator::Tab,
    };
    let export = archive.export().language(language);
    let mut export = export.csv_separator(separator);
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

async fn write_pages(
    context: &Context<'_>,
    export: Export,
    directory: &Path,
) -> Result<ExportReport, Failure> {
    let directory = directory.to_owned();
    let write = context
        .interrupt
        .or(blocking(move || export.html(directory)))
        .await;
    let hint = context.again("The pages are incomplete. To write them again", &[], "");
    Ok(write.map_err(|interrupted| interrupted.hint_if(hint))???)
}

/// Writes a file, which only its user can read. It is replaced when the export is complete.
async fn write_file(
    context: &Context<'_>,
    export: Export,
    format: ExportFormat,
    path: &Path,
) -> Result<ExportReport, Failure> {
    let failed = |error: io::Error| Failure::io(path.display(), &error);
    if path.exists() && !path.is_file() {
        // A device or a named pipe, which waits for its reader.
        let target = path.to_owned();
        let open = blocking(move || OpenOptions::new().write(true).open(target));
        let file = context.interrupt.or(open).await??.map_err(failed)?;
        return write(context, export, format, file).await;
    }
    // A symbolic link stays.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // It is deleted if anything fails, and after Ctrl-C.
    let file = NamedTempFile::new_in(directory(&target)).map_err(failed)?;
    let writer = file.as_file().try_clone().map_err(failed)?;
    let report = write(context, export, format, writer).await?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(report)
}

/// Writes lines.
async fn write(
    context: &Context<'_>,
    export: Export,
    format: ExportFormat,
    writer: impl Write + Send + 'static,
) -> Result<ExportReport, Failure> {
    let is_closed = Arc::new(AtomicBool::new(false));
    let pipe = Pipe {
        writer,
        is_closed: is_closed.clone(),
    };
    let write = blocking(move || {
        let mut writer = BufWriter::new(pipe);
        let report = match format {
            ExportFormat::Csv => export.csv(&mut writer),
            _ => export.json_lines(&mut writer),
        };
        let flushed = writer.flush();
        report.map(|report| (report, flushed))
    });
    let written = context.interrupt.or(write).await;
    let hint = context.again("The export is incomplete. To start again", &[], "");
    let written = written.map_err(|interrupted| interrupted.hint_if(hint))??;
    if is_closed.load(Ordering::Relaxed) {
        return Err(Failure::new(Kind::BrokenPipe, "the output is closed"));
    }
    let (report, flushed) = written?;
    flushed.map_err(|error| Failure::io("the export cannot be written", &error))?;
    Ok(report)
}

/// An output that remembers whether its reader is gone.
struct Pipe<W> {
    writer: W,
    is_closed: Arc<AtomicBool>,
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.writer.write(bytes);
        if let Err(error) = &result
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            self.is_closed.store(true, Ordering::Relaxed);
        }
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

pub(crate) async fn import(context: &Context<'_>, options: ImportOptions) -> Result<(), Failure> {
    let path = options.path;
    let reader = open_input(&path)?;
    let open = OpenArchive::create(context, options.archive.as_deref()).await?;
    let archive = open.archive.clone();
    let import = blocking(move || archive.import_json_lines(reader));
    let imported = context.interrupt.or(import).await;
    let hint = context.again("Nothing was imported. To start again", &[], "");
    let report = imported.map_err(|interrupted| interrupted.hint_if(hint))???;
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

fn open_input(path: &Path) -> Result<Box<dyn BufRead + Send>, Failure> {
    if path.as_os_str() == STANDARD {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path).map_err(|error| Failure::io(path.display(), &error))?;
    Ok(Box::new(BufReader::new(file)))
}

//! Messages for people.

use basalam_chat::messages::{Message, MessageContent, MessageFile, MessageType};

use crate::failure::Failure;
use crate::output::Output;
use crate::text;
use crate::view::{Line, faint, strong};

/// The indentation of texts below the line with the sender.
const INDENT: &str = "    ";

/// How messages are shown.
#[derive(Clone, Copy)]
pub(crate) struct MessageView<'a> {
    pub(crate) output: &'a Output,
    /// Long texts are not cut.
    pub(crate) is_full: bool,
    /// The chat is shown, since there are several.
    pub(crate) has_chat: bool,
}

impl MessageView<'_> {
    /// Prints a message: the time, the id and the sender on a line, and the content below. `what` is what happened
    /// to it, and may be empty.
    pub(crate) fn print(&self, message: &Message, what: &str) -> Result<(), Failure> {
        let mut line = self.output.view.line().styled(faint(), |line| {
            let line = line.column(message.created_at.as_str(), 19);
            let line = match self.has_chat {
                true => line.own(&format!("chat {}  ", message.chat_id)),
                false => line,
            };
            line.own(&format!("{}  ", message.id))
        });
        let sender = message.sender.as_ref();
        let name = sender.and_then(|sender| sender.name.as_deref());
        line = line.styled(strong(), |line| match (name, message.sender_id()) {
            (Some(name), _) if !name.is_empty() => line.foreign(name),
            (_, Some(id)) => line.own(&format!("user {id}")),
            _ => line.own("unknown sender"),
        });
        if let Some(replied) = &message.replied_message {
            line = line.own(&format!("  reply to {}", replied.id));
        }
        if !what.is_empty() {
            line = line.own("  (").own(what).own(")");
        }
        self.output.line(line)?;
        self.print_content(&message.message_type, &message.content)
    }

    fn print_content(
        &self,
        message_type: &MessageType,
        content: &MessageContent,
    ) -> Result<(), Failure> {
        if *message_type != MessageType::Text {
            let line = self.indented().own("[").foreign(message_type.as_str());
            let line = match content.entity_id {
                Some(entity) => line.own(&format!(" {entity}")),
                None => line,
            };
            self.output.line(line.own("]"))?;
        }
        for file in content.files.iter().flatten() {
            self.output.line(file_line(self.indented(), file))?;
        }
        match content.text.as_deref() {
            Some(text) if !text.is_empty() => self.print_text(text),
            _ if *message_type == MessageType::Text => {
                self.output.line(self.indented().own("(no text)"))
            }
            _ => Ok(()),
        }
    }

    fn print_text(&self, text: &str) -> Result<(), Failure> {
        let limit = match self.is_full {
            true => usize::MAX,
            false => text::MAX_MESSAGE,
        };
        let shown = text::lines(text, limit);
        for line in &shown.lines {
            self.output.line(self.indented().isolated(line))?;
        }
        if shown.cut > 0 {
            let cut = text::grouped(shown.cut as u64);
            let notice = format!("… {cut} more characters; show them with --full");
            self.output.line(self.indented().own(&notice))?;
        }
        Ok(())
    }

    fn indented(&self) -> Line {
        self.output.view.line().own(INDENT)
    }
}

fn file_line(line: Line, file: &MessageFile) -> Line {
    let mut line = match file.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => line.foreign(name),
        None => line.own("file"),
    };
    if let (Some(width), Some(height)) = (file.width, file.height) {
        line = line.own(&format!("  {width}×{height}"));
    }
    if let Some(size) = file.size.and_then(|size| u64::try_from(size).ok()) {
        line = line.own(&format!("  {} bytes", text::grouped(size)));
    }
    match file.url() {
        Some(url) => line.own("  ").foreign(url),
        None => line,
    }
}

/// Returns the first line of a message, for lists of chats.
pub(crate) fn summary(message: &Message) -> String {
    match message.content.text.as_deref() {
        Some(text) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => format!("[{}]", message.message_type),
    }
}

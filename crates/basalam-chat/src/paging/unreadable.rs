//! The error for an item of a list that cannot be decoded.

use basalam_chat_api::UnreadableItem;
use basalam_chat_api::operation::Operation;

use crate::{Error, ErrorKind};

impl Error {
    pub(super) fn unreadable(item: UnreadableItem, operation: &'static Operation) -> Error {
        Error::new(
            ErrorKind::UnreadableItem,
            item.to_string(),
            "read on for the items after it",
        )
        .with_operation(operation)
        .with_attachment(item)
    }

    /// Returns the item of a list that cannot be decoded; see
    /// [`is_unreadable_item`](Error::is_unreadable_item).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::{ChatId, Client};
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let mut history = client.get_messages(ChatId(183_583_802)).stream();
    /// while let Some(message) = history.next().await {
    ///     match message {
    ///         Ok(message) => println!("{}", message.id),
    ///         Err(error) => match error.unreadable_item() {
    ///             Some(item) => println!("skipped a message: {item}"),
    ///             None => return Err(error),
    ///         },
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn unreadable_item(&self) -> Option<&UnreadableItem> {
        self.attachment()
    }
}

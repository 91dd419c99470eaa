//! Long lists of ids.

// ANCHOR: program
use basalam_chat::{CallOutcome, Client, Error, MessageId};

/// Deletes any number of messages. Returns those that are left for another try.
pub async fn delete_all(client: &Client, messages: &[MessageId]) -> Result<Vec<MessageId>, Error> {
    // Sent in several calls of 30 ids.
    let Err(error) = client.delete_message(messages.iter().copied()).await else {
        return Ok(Vec::new());
    };
    match error.batch::<MessageId>() {
        Some(report) => {
            let accepted = report.ids_with_outcome(CallOutcome::Accepted);
            println!("{} deleted, then: {error}", accepted.count());
            let failed = report.ids_with_outcome(CallOutcome::Failed);
            let not_sent = report.ids_with_outcome(CallOutcome::NotSent);
            Ok(failed.chain(not_sent).copied().collect())
        }
        None => Err(error),
    }
}
// ANCHOR_END: program

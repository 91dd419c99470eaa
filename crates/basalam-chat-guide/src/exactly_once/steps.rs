//! A handler with several replies.

// ANCHOR: program
use basalam_chat::watch::Delivery;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Sends a greeting and an answer. If the program dies between them, only the answer is sent again.
pub async fn handle<F>(delivery: Delivery, ask_model: impl Fn(String) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<Option<String>, Error>>,
{
    let Some(message) = delivery.event().received() else {
        return Ok(());
    };
    delivery.reply("سلام! یک لحظه.").step("greeting").await?;
    let question = message.content.text.clone().unwrap_or_default();
    // Different calls in each attempt are no problem, since each reply has a name.
    if let Some(answer) = ask_model(question).await? {
        delivery.reply(answer).step("answer").await?;
    }
    Ok(())
}
// ANCHOR_END: program

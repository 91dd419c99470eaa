//! The calls of the SDK program with reqwest alone and hand-written types.

use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const BASE_URL: &str = "https://openapi.basalam.com";

#[derive(Deserialize)]
struct Response<T> {
    data: T,
}

#[derive(Deserialize)]
struct Chats {
    chats: Vec<Chat>,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
    #[serde(default)]
    unseen_message_count: i64,
}

#[derive(Deserialize)]
struct Messages {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    id: i64,
    created_at: String,
    content: Content,
}

#[derive(Deserialize)]
struct Content {
    text: Option<String>,
}

#[derive(Serialize)]
struct NewChat {
    user_id: i64,
}

#[derive(Serialize)]
struct NewMessage<'a> {
    message_type: &'a str,
    content: Text<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

async fn send<T: DeserializeOwned>(request: RequestBuilder, token: &str) -> reqwest::Result<T> {
    let response = request.bearer_auth(token).send().await?.error_for_status()?;
    Ok(response.json::<Response<T>>().await?.data)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let token = std::env::var("BASALAM_TOKEN")?;
    let http = Client::builder().timeout(Duration::from_secs(30)).build()?;
    let chats = format!("{BASE_URL}/v1/chats");

    let chat: Chat = send(http.post(&chats).json(&NewChat { user_id: 123 }), &token).await?;
    let messages = format!("{chats}/{}/messages", chat.id);
    let hello = NewMessage {
        message_type: "text",
        content: Text { text: "Hello, how can I help you?" },
    };
    let sent: Message = send(http.post(&messages).json(&hello), &token).await?;
    println!("sent as {}", sent.id);

    let page: Messages = send(http.get(&messages).query(&[("limit", 20)]), &token).await?;
    for message in page.messages {
        println!("{} {:?}", message.created_at, message.content.text);
    }
    let unseen = [("limit", "30"), ("filters", "unseen")];
    let page: Chats = send(http.get(&chats).query(&unseen), &token).await?;
    for chat in page.chats {
        println!("{} {}", chat.id, chat.unseen_message_count);
    }
    Ok(())
}

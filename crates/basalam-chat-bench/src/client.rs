//! The compared clients behind a common interface.

mod facade;
mod generated;
mod hand_written;
mod hyper_baseline;

pub use facade::Facade;
pub use generated::Generated;
pub use hand_written::HandWritten;
pub use hyper_baseline::HyperBaseline;

/// Maximum size of a response, the default of the facade.
pub const MAX_RESPONSE_BYTES: usize = 32 * 1024 * 1024;

/// A compared client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `basalam-chat`.
    Facade,
    /// `basalam-chat-api` without the facade.
    Generated,
    /// reqwest and serde.
    HandWritten,
    /// hyper and serde.
    HyperBaseline,
}

/// A benchmarked call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Case {
    /// Sends one text message.
    CreateMessage,
    /// Lists a page of 20 messages.
    GetMessages20,
    /// Lists a page of 100 messages.
    GetMessages100,
    /// Lists a page of 30 chats.
    GetChats30,
}

macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal,)+ }) => {
        impl $type {
            /// All values.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// Returns the name used in reports and on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $($type::$variant => $name,)+
                }
            }

            /// Returns the value with this name.
            pub fn from_name(name: &str) -> Option<$type> {
                $type::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}

names! { Kind {
    Facade = "facade",
    Generated = "generated",
    HandWritten = "hand-written",
    HyperBaseline = "hyper",
} }

names! { Case {
    CreateMessage = "create_message",
    GetMessages20 = "get_messages-20",
    GetMessages100 = "get_messages-100",
    GetChats30 = "get_chats-30",
} }

/// A client of any kind.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum AnyClient {
    Facade(Facade),
    Generated(Generated),
    HandWritten(HandWritten),
    HyperBaseline(HyperBaseline),
}

impl AnyClient {
    /// Creates a client for the server at `base_url`.
    ///
    /// # Errors
    ///
    /// Returns an error if the client cannot be created or cannot connect.
    pub async fn new(kind: Kind, base_url: &str) -> anyhow::Result<AnyClient> {
        Ok(match kind {
            Kind::Facade => AnyClient::Facade(Facade::new(base_url)?),
            Kind::Generated => AnyClient::Generated(Generated::new(base_url)?),
            Kind::HandWritten => AnyClient::HandWritten(HandWritten::new(base_url)?),
            Kind::HyperBaseline => AnyClient::HyperBaseline(HyperBaseline::new(base_url).await?),
        })
    }

    /// Creates a client for another task, with shared connections if the client supports that.
    ///
    /// # Errors
    ///
    /// Returns an error if the client cannot connect.
    pub async fn try_clone(&self) -> anyhow::Result<AnyClient> {
        Ok(match self {
            AnyClient::Facade(client) => AnyClient::Facade(client.clone()),
            AnyClient::Generated(client) => AnyClient::Generated(client.clone()),
            AnyClient::HandWritten(client) => AnyClient::HandWritten(client.clone()),
            AnyClient::HyperBaseline(client) => AnyClient::HyperBaseline(client.try_clone().await?),
        })
    }

    /// Makes a call and returns the number of received messages or chats.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails.
    pub async fn call(&mut self, case: Case) -> anyhow::Result<usize> {
        macro_rules! call {
            ($client:expr) => {
                match case {
                    Case::CreateMessage => $client.create_message().await.map(|_| 1),
                    Case::GetMessages20 => $client.get_messages(20).await.map(|list| list.len()),
                    Case::GetMessages100 => $client.get_messages(100).await.map(|list| list.len()),
                    Case::GetChats30 => $client.get_chats(30).await.map(|list| list.len()),
                }
            };
        }
        match self {
            AnyClient::Facade(client) => call!(client),
            AnyClient::Generated(client) => call!(client),
            AnyClient::HandWritten(client) => call!(client),
            AnyClient::HyperBaseline(client) => call!(client),
        }
    }
}

//! The clients, under one hood: what each is asked, and how to get one by its name.

mod by_hand;
mod facade;
mod floor;
mod generated;

pub use by_hand::ByHand;
pub use facade::Facade;
pub use floor::Floor;
pub use generated::Generated;

/// No client reads more of an answer: the facade's own limit.
pub const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// One of the clients.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `basalam-chat`.
    Facade,
    /// `basalam-chat-api` alone.
    Generated,
    /// reqwest and serde.
    ByHand,
    /// hyper and serde.
    Floor,
}

/// What is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Case {
    /// One small write.
    CreateMessage,
    /// A page of 20 messages.
    GetMessages20,
    /// A page of 100 messages.
    GetMessages100,
    /// A page of 30 chats.
    GetChats30,
}

macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal,)+ }) => {
        impl $type {
            /// All of them.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// Its name in reports and on command lines.
            pub fn name(self) -> &'static str {
                match self {
                    $($type::$variant => $name,)+
                }
            }

            /// The one of this name.
            pub fn named(name: &str) -> Option<$type> {
                $type::ALL.iter().copied().find(|it| it.name() == name)
            }
        }
    };
}

names! { Kind {
    Facade = "facade",
    Generated = "generated",
    ByHand = "by-hand",
    Floor = "hyper",
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
    ByHand(ByHand),
    Floor(Floor),
}

impl AnyClient {
    /// Makes a client of a kind for the server at `base_url`.
    ///
    /// # Errors
    ///
    /// Gives an error where the client cannot be made, or the server not be reached.
    pub async fn new(kind: Kind, base_url: &str) -> anyhow::Result<AnyClient> {
        Ok(match kind {
            Kind::Facade => AnyClient::Facade(Facade::new(base_url)?),
            Kind::Generated => AnyClient::Generated(Generated::new(base_url)?),
            Kind::ByHand => AnyClient::ByHand(ByHand::new(base_url)?),
            Kind::Floor => AnyClient::Floor(Floor::new(base_url).await?),
        })
    }

    /// Another one for another task. Connections are shared where the client can share them.
    ///
    /// # Errors
    ///
    /// Gives an error where the server cannot be reached.
    pub async fn another(&self) -> anyhow::Result<AnyClient> {
        Ok(match self {
            AnyClient::Facade(client) => AnyClient::Facade(client.clone()),
            AnyClient::Generated(client) => AnyClient::Generated(client.clone()),
            AnyClient::ByHand(client) => AnyClient::ByHand(client.clone()),
            AnyClient::Floor(client) => AnyClient::Floor(client.another().await?),
        })
    }

    /// Makes a call, and gives how many messages or chats came back.
    ///
    /// # Errors
    ///
    /// Gives an error where the call fails.
    pub async fn call(&mut self, case: Case) -> anyhow::Result<usize> {
        macro_rules! call {
            ($client:expr) => {
                match case {
                    Case::CreateMessage => $client.create_message().await.map(|_| 1),
                    Case::GetMessages20 => $client.get_messages(20).await.map(|it| it.len()),
                    Case::GetMessages100 => $client.get_messages(100).await.map(|it| it.len()),
                    Case::GetChats30 => $client.get_chats(30).await.map(|it| it.len()),
                }
            };
        }
        match self {
            AnyClient::Facade(client) => call!(client),
            AnyClient::Generated(client) => call!(client),
            AnyClient::ByHand(client) => call!(client),
            AnyClient::Floor(client) => call!(client),
        }
    }
}

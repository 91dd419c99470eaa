//! The same with async-nats alone, as a careful program does it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{Config, DiscardPolicy};
use async_nats::jetstream::{AckKind, Context};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

pub(crate) struct Bare {
    context: Context,
    name: String,
    partitions: u32,
}

impl Bare {
    pub(crate) async fn open(url: &str, name: &str, partitions: u32) -> anyhow::Result<Bare> {
        let context = async_nats::jetstream::new(async_nats::connect(url).await?);
        let config = Config {
            name: name.to_owned(),
            subjects: vec![format!("{name}.>")],
            discard: DiscardPolicy::New,
            max_age: Duration::from_secs(7 * 86_400),
            duplicate_window: Duration::from_secs(600),
            ..Config::default()
        };
        let stream = context.create_stream(config).await?;
        for partition in 0..partitions {
            let config = pull::Config {
                durable_name: Some(format!("partition-{partition}")),
                filter_subject: format!("{name}.{partition}.>"),
                ack_policy: AckPolicy::Explicit,
                ack_wait: Duration::from_secs(10),
                max_ack_pending: 1,
                ..pull::Config::default()
            };
            stream.create_consumer(config).await?;
        }
        Ok(Bare {
            context,
            name: name.to_owned(),
            partitions,
        })
    }

    /// Publishes payloads of chats and consumes them meanwhile. Returns the elapsed time.
    pub(crate) async fn run(
        &self,
        payloads: &[(i64, u32, Bytes)],
        concurrency: usize,
    ) -> anyhow::Result<Duration> {
        let (handled, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let mut consumers = JoinSet::new();
        let stream = self.context.get_stream(&self.name).await?;
        for partition in 0..self.partitions {
            let consumer: PullConsumer = stream
                .get_consumer(&format!("partition-{partition}"))
                .await
                .map_err(|error| anyhow::anyhow!("{error}"))?;
            let mut messages = consumer
                .stream()
                .max_messages_per_batch(1)
                .expires(Duration::from_secs(30))
                .heartbeat(Duration::from_secs(5))
                .messages()
                .await?;
            let (handled, done, count) = (handled.clone(), done.clone(), payloads.len());
            consumers.spawn(async move {
                while let Some(message) = messages.next().await {
                    let message = message?;
                    let acknowledged = message.double_ack_with(AckKind::Ack).await;
                    acknowledged.map_err(|error| anyhow::anyhow!("{error}"))?;
                    if handled.fetch_add(1, Ordering::SeqCst) + 1 == count {
                        done.notify_one();
                    }
                }
                anyhow::Ok(())
            });
        }
        let start = Instant::now();
        let permits = Arc::new(Semaphore::new(concurrency));
        let mut publishers = JoinSet::new();
        for (chat, partition, payload) in payloads {
            let permit = permits.clone().acquire_owned().await?;
            let (context, payload) = (self.context.clone(), payload.clone());
            let subject = format!("{}.{partition}.{chat}", self.name);
            publishers.spawn(async move {
                let _permit = permit;
                context.publish(subject, payload).await?.await?;
                anyhow::Ok(())
            });
        }
        while let Some(published) = publishers.join_next().await {
            published??;
        }
        done.notified().await;
        Ok(start.elapsed())
    }
}

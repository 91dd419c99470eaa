"""Answers the events of a queue in Python, beside or instead of workers in Rust.

    pip install nats-py
    NATS_URL=nats://localhost:4222 QUEUE=chat \
    BASALAM_URL=https://services.example BASALAM_TOKEN=access-token REPLY_SECRET=a-long-random-string \
    python worker.py

A relay of basalam-chat-nats publishes the events; event.schema.json describes them. Each partition hands out one event
at a time, so the events of a chat are handled in order.

A reply has an idempotency key in its metadata, and before one is sent, the worker looks for it. So an event that is
delivered again is not answered again, unless its worker died within the seconds before the reply was listed. Workers in
Rust exclude that, too. Do not let workers in both languages answer the same login: their keys differ.
"""

import asyncio
import hashlib
import hmac
import json
import os
import signal
import urllib.parse
import urllib.request

import nats
from nats.js.errors import NotFoundError

QUEUE = os.environ.get("QUEUE", "chat")
STREAM = f"{QUEUE}_EVENTS"
VERSION = 1
# Shorter than the acknowledgement wait of the queue.
PROGRESS_SECONDS = 0.5
MAX_ATTEMPTS = 5
KEY = "basalam_chat_idempotency_key"


def call(method, path, parameters=None, body=None):
    url = os.environ["BASALAM_URL"].rstrip("/") + path
    if parameters:
        url += "?" + urllib.parse.urlencode(parameters)
    headers = {"Authorization": "Bearer " + os.environ["BASALAM_TOKEN"], "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def reply_key(event, step):
    """Returns a key that is the same for each attempt, and that the other side cannot guess."""
    parts = [event["user_id"], event["message"]["id"], event["revision"], step]
    return hmac.new(os.environ["REPLY_SECRET"].encode(), json.dumps(parts).encode(), hashlib.sha256).hexdigest()


def has_reply(event, key):
    """Looks for a reply after the message that it answers."""
    path = f"/v1/chats/{event['chat_id']}/messages"
    after = event["message"]["id"]
    while True:
        page = call("GET", path, {"message_id": after, "cmp": "gt", "order": "asc", "limit": 100})
        messages = page.get("data", {}).get("messages") or []
        for message in messages:
            metadata = message.get("content", {}).get("metadata") or {}
            if metadata.get(KEY) == key:
                return True
        if len(messages) < 100:
            return False
        after = messages[-1]["id"]


def reply(event, text, step):
    key = reply_key(event, step)
    if has_reply(event, key):
        return
    body = {
        "message_type": "text",
        "content": {"text": text},
        "replied_message_id": event["message"]["id"],
        "message_metadata": {KEY: key},
    }
    call("POST", f"/v1/chats/{event['chat_id']}/messages", body=body)


def handle(event):
    """The work of this worker."""
    if event["type"] == "message_received":
        reply(event, "python: " + (event["message"]["content"].get("text") or ""), "answer")


async def keep(message):
    """Extends the acknowledgement deadline while the handler runs."""
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        await message.in_progress()


async def work(message, stream):
    event = json.loads(message.data)
    progress = asyncio.create_task(keep(message))
    try:
        if event["version"] != VERSION:
            raise ValueError(f"the event has version {event['version']}")
        await asyncio.to_thread(handle, event)
    except Exception as error:
        print(f"event {message.metadata.sequence.stream} failed: {error!r}", flush=True)
        progress.cancel()
        if message.metadata.num_delivered < MAX_ATTEMPTS:
            return await message.nak(delay=message.metadata.num_delivered)
        # The dead letter is stored before the event is given up.
        subject = message.subject.replace(".event.", ".dead.", 1)
        sequence = str(message.metadata.sequence.stream)
        headers = {"Nats-Msg-Id": f"{STREAM} {sequence}", "Basalam-Chat-Reason": "attempts_exhausted"}
        await stream.publish(subject, message.data, headers=headers)
        return await message.term()
    finally:
        progress.cancel()
    # Waits for the confirmation.
    await message.ack_sync()


async def partition(stream, number, stopped):
    consumer = await stream.pull_subscribe_bind(f"partition-{number}", STREAM)
    while not stopped.is_set():
        try:
            messages = await consumer.fetch(1, timeout=5)
        except (nats.errors.TimeoutError, nats.errors.ConnectionClosedError):
            continue
        for message in messages:
            await work(message, stream)


async def main():
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    connection = await nats.connect(os.environ.get("NATS_URL", "nats://localhost:4222"), max_reconnect_attempts=-1)
    stream = connection.jetstream()
    try:
        info = await stream.stream_info(STREAM)
    except NotFoundError:
        raise SystemExit(f"the stream {STREAM} is missing; start a relay first")
    count = int(info.config.metadata["basalam_chat_partitions"])
    print(f"working on {count} partitions", flush=True)
    partitions = [asyncio.create_task(partition(stream, number, stopped)) for number in range(count)]
    await stopped.wait()
    await asyncio.gather(*partitions)
    await connection.close()


asyncio.run(main())

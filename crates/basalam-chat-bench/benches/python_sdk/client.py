"""Does a task with the vendor's Python SDK, and prints the seconds that it takes.

Usage: client.py BASE_URL TASK SYNC_OR_ASYNC CHAT COUNT
"""

import asyncio
import sys
import time

from basalam_sdk import BasalamClient
from basalam_sdk.auth import PersonalToken
from basalam_sdk.chat.models import GetMessagesRequest, MessageInput, MessageRequest
from basalam_sdk.config import BasalamConfig

PAGE = 100


def message(chat):
    content = MessageInput(text="Thank you for your message.")
    return MessageRequest(chat_id=chat, message_type="text", content=content)


def send_sync(service, chat, count):
    for _ in range(count):
        service.create_message_sync(message(chat))
    return count


async def send(service, chat, count):
    for _ in range(count):
        await service.create_message(message(chat))
    return count


async def send_8(service, chat, count):
    limit = asyncio.Semaphore(8)

    async def send_one():
        async with limit:
            await service.create_message(message(chat))

    await asyncio.gather(*(send_one() for _ in range(count)))
    return count


def read_sync(service, chat, _count):
    total, last = 0, None
    while True:
        request = GetMessagesRequest(chat_id=chat, message_id=last, limit=PAGE)
        page = service.get_messages_sync(request).data.messages
        total += len(page)
        if len(page) < PAGE:
            return total
        last = page[-1].id


async def read(service, chat, _count):
    total, last = 0, None
    while True:
        request = GetMessagesRequest(chat_id=chat, message_id=last, limit=PAGE)
        page = (await service.get_messages(request)).data.messages
        total += len(page)
        if len(page) < PAGE:
            return total
        last = page[-1].id


def main():
    base_url, task, mode, chat, count = sys.argv[1:]
    config = BasalamConfig()
    # `custom_base_url` has no effect on the services.
    config.service_urls = dict.fromkeys(config.service_urls, base_url)
    client = BasalamClient(auth=PersonalToken("seller-token"), config=config)
    arguments = (client.chat, int(chat), int(count))
    start = time.perf_counter()
    if mode == "sync":
        done = {"send": send_sync, "read": read_sync}[task](*arguments)
    else:
        done = asyncio.run({"send": send, "send_8": send_8, "read": read}[task](*arguments))
    seconds = time.perf_counter() - start
    if done != int(count):
        sys.exit(f"{done} instead of {count}")
    print(seconds)


if __name__ == "__main__":
    main()

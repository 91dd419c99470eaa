"""Runs the vendor's own Python SDK against a running emulator.

Usage: python_sdk.py BASE_URL

Every public method of its chat and upload clients is called and its answer looked at,
in its async and its sync form, and both of its OAuth flows are gone through. A method
that is not covered here fails the run, so that a new release of the SDK cannot go
unnoticed.
"""

import asyncio
import inspect
import io
import sys
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
from basalam_sdk import BasalamClient
from basalam_sdk.auth import AuthorizationCode, ClientCredentials, PersonalToken
from basalam_sdk.chat import models as chat
from basalam_sdk.chat.client import ChatService
from basalam_sdk.config import BasalamConfig
from basalam_sdk.upload.client import UploadService
from basalam_sdk.upload.models import UserUploadFileTypeEnum

CALLBACK = "https://example.com/callback"
SELLER, CUSTOMER = 501, 502


def seed():
    """What the emulator starts with: one bot for each way of logging out, and one more."""
    bots = [
        {
            "name": f"Bot {number}",
            "token": f"{number}:the-token-of-an-emulated-bot-is-no-secret",
            "webhook_url": "https://example.com/hook",
        }
        for number in range(9001, 9006)
    ]
    return {
        "users": [
            {"name": "Seller", "id": SELLER, "token": "sdk-seller-token"},
            {"name": "Customer", "id": CUSTOMER, "hash_id": "sdk", "token": "sdk-customer-token"},
        ],
        "bots": bots,
        "oauth_clients": [
            {"id": "sdk", "secret": "sdk-secret", "redirect_uris": [CALLBACK], "acting_for": SELLER}
        ],
    }


class World:
    """The emulator, and clients of the SDK for it."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.http = httpx.Client(base_url=base_url)
        self.post("/_emulator/seed", seed())
        self.config = BasalamConfig(
            custom_auth_urls={
                "authorize": f"{base_url}/accounts/sso",
                "token": f"{base_url}/oauth/token",
            }
        )
        # Its base URL can be configured, and the services do not look at it.
        self.config.service_urls = dict.fromkeys(self.config.service_urls, base_url)
        self.seller = self.client(PersonalToken("sdk-seller-token"))
        self.customer = self.client(PersonalToken("sdk-customer-token"))
        self.bots_to_log_out = [f"{n}:the-token-of-an-emulated-bot-is-no-secret" for n in range(9002, 9006)]
        self.bot = "9001:the-token-of-an-emulated-bot-is-no-secret"

    def client(self, auth):
        auth.config = self.config
        return BasalamClient(auth=auth, config=self.config)

    def post(self, path, body):
        response = self.http.post(path, json=body)
        response.raise_for_status()
        return response.json()

    def chat_id(self):
        request = chat.CreateChatRequest(user_id=CUSTOMER)
        return self.seller.chat.create_chat_sync(request).data.id

    def message_id(self, text="prepared"):
        request = chat.MessageRequest(
            chat_id=self.chat_id(), message_type="text", content=chat.MessageInput(text=text)
        )
        return self.seller.chat.create_message_sync(request).data.id


def same(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r} is not {wanted!r}")


# Each case is a generator: it yields the arguments of the call, is given what the SDK
# made of the answer, and looks at it. So the async and the sync form share it.


def create_chat(world):
    answer = yield (chat.CreateChatRequest(user_id=CUSTOMER), "tag", "session", "info")
    same((answer.data.chat_type, answer.data.contact_id), ("private", CUSTOMER))
    again = yield (chat.CreateChatRequest(hash_id="sdk"),)
    same(again.data.id, answer.data.id)


def create_message(world):
    chat_id = world.chat_id()
    for kind in chat.MessageTypeEnum:
        request = chat.MessageRequest(
            chat_id=chat_id,
            message_type=kind,
            content=chat.MessageInput(text="سلام", entity_id=7, quick_message_id=8),
            attachment=chat.Attachment(
                files=[chat.AttachmentFile(id=1, url="https://example.com/a.jpg", type="image", width=2)]
            ),
            message_metadata={"key": None},
            temp_id=5,
        )
        answer = yield (request, "agent", "info")
        same(answer.temp_id, 5)
        same((answer.data.message_type, answer.data.content.text), (kind.value, "سلام"))
        same(answer.data.sender.id, str(SELLER))
        same(answer.data.content.files[0].url, "https://example.com/a.jpg")
    # The SDK cannot read a reply to a message that nobody has seen yet.
    world.post("/_emulator/seen", {"chat_id": chat_id, "user_id": CUSTOMER})
    request = chat.MessageRequest(
        chat_id=chat_id, message_type="text", content=chat.MessageInput(text="reply"), replied_message_id=answer.data.id
    )
    reply = yield (request,)
    same(reply.data.replied_message.id, answer.data.id)


def get_messages(world):
    chat_id = world.chat_id()
    ids = [world.message_id() for _ in range(3)]
    world.post("/_emulator/seen", {"chat_id": chat_id, "user_id": CUSTOMER})
    page = yield (chat.GetMessagesRequest(chat_id=chat_id, limit=3),)
    same([it.id for it in page.data.messages], ids[::-1])
    page = yield (
        chat.GetMessagesRequest(chat_id=chat_id, message_id=ids[0], order="asc", cmp="gte", limit=2),
    )
    same([it.id for it in page.data.messages], ids[:2])


def get_chats(world):
    chat_id = world.chat_id()
    world.message_id()
    world.post("/_emulator/seen", {"chat_id": chat_id, "user_id": CUSTOMER})
    chats = yield (chat.GetChatsRequest(),)
    same([it.id for it in chats.data.chats], [chat_id])
    chats = yield (
        chat.GetChatsRequest(
            limit=1,
            order_by=chat.MessageOrderByEnum.MODIFIED_AT,
            updated_from="2000-01-01 00:00:00",
            updated_before="9000-01-01 00:00:00",
            modified_from="2000-01-01 00:00:00",
            modified_before="9000-01-01 00:00:00",
            filters=chat.MessageFiltersEnum.UNSEEN,
        ),
    )
    same(chats.data.chats, [])


def edit_message(world):
    request = chat.EditMessageRequest(message_id=world.message_id(), content=chat.MessageInput(text="edited"))
    answer = yield (request, "info")
    same(answer.data.content.text, "edited")


def delete_message(world):
    answer = yield (chat.DeleteMessageRequest(message_ids=[world.message_id(), world.message_id()]),)
    same(answer.data, True)


def delete_chats(world):
    answer = yield (chat.DeleteChatsRequest(chat_ids=[world.chat_id()]),)
    same(answer.data, True)


def forward_message(world):
    request = chat.ForwardMessageRequest(message_ids=[world.message_id()], chat_ids=[world.chat_id()])
    answer = yield (request, "agent", "info")
    same(answer.data, True)


def get_unseen_chat_count(world):
    chat_id = world.chat_id()
    world.customer.chat.create_message_sync(
        chat.MessageRequest(chat_id=chat_id, message_type="text", content=chat.MessageInput(text="new"))
    )
    answer = yield ()
    same((answer.count, answer.more_than_count), (1, False))
    world.post("/_emulator/seen", {"chat_id": chat_id, "user_id": SELLER})


def get_me(world):
    answer = yield (world.bot,)
    same((answer.ok, answer.result["id"]), (True, 9001))


def get_webhook_info(world):
    answer = yield (world.bot,)
    same((answer.ok, "url" in answer.result), (True, True))


def delete_webhook(world):
    answer = yield (world.bot,)
    same((answer.ok, answer.result), (True, True))


def log_out(world):
    answer = yield (world.bots_to_log_out.pop(),)
    same((answer.ok, answer.result), (True, True))


CHAT_CASES = {
    "create_chat": create_chat,
    "create_message": create_message,
    "get_messages": get_messages,
    "get_chats": get_chats,
    "edit_message": edit_message,
    "delete_message": delete_message,
    "delete_chats": delete_chats,
    "forward_message": forward_message,
    "get_unseen_chat_count": get_unseen_chat_count,
    "get_me": get_me,
    "get_me_post": get_me,
    "get_webhook_info": get_webhook_info,
    "get_webhook_info_post": get_webhook_info,
    "delete_webhook": delete_webhook,
    "delete_webhook_post": delete_webhook,
    "delete_webhook_delete": delete_webhook,
    "log_out": log_out,
    "log_out_post": log_out,
}


def upload_file(world):
    picture = io.BytesIO(b"a picture")
    picture.name = "parcel.jpg"
    answer = yield (picture, UserUploadFileTypeEnum.CHAT_PHOTO)
    same((answer.size, answer.creator_user_id), (9, SELLER))
    stored = world.http.get(urlsplit(answer.urls["primary"]).path)
    same((stored.status_code, stored.content), (200, b"a picture"))
    named = io.BytesIO(b"a voice")
    answer = yield (named, UserUploadFileTypeEnum.CHAT_VOICE, f"voice-{answer.id}.ogg", 5)
    same(answer.file_name_alone.startswith("voice-"), True)


UPLOAD_CASES = {"upload_file": upload_file}


def methods(service):
    """Names every public method that the service itself has."""
    members = vars(service).items()
    return [name for name, it in members if inspect.isfunction(it) and not name.startswith("_")]


def run_case(world, case, method):
    """Calls a method with everything that its case yields."""
    steps = case(world)
    arguments = next(steps)
    while True:
        answer = method(*arguments)
        if inspect.isawaitable(answer):
            answer = asyncio.run(answer)
        try:
            arguments = steps.send(answer)
        except StopIteration:
            return


def run_service(report, world, service, cases):
    covered = set()
    for name in methods(type(service)):
        base = name.removesuffix("_sync")
        with report.check(f"{type(service).__name__}.{name}"):
            if base not in cases:
                raise AssertionError("this method is not covered; add it to the cases")
            covered.add(base)
            run_case(world, cases[base], getattr(service, name))
    for name in sorted(cases.keys() - covered):
        with report.check(f"{type(service).__name__}.{name}"):
            raise AssertionError("the SDK has no such method any more; take it out of the cases")


def run_oauth(report, world):
    for is_async in (True, False):
        form = "async" if is_async else "sync"

        def token(auth, *arguments, is_async=is_async):
            if is_async:
                return asyncio.run(auth.get_token(*arguments))
            return auth.get_token_sync(*arguments)

        def count(auth, is_async=is_async):
            """Uses the token for a call."""
            service = world.client(auth).chat
            if is_async:
                return asyncio.run(service.get_unseen_chat_count()).count
            return service.get_unseen_chat_count_sync().count

        with report.check(f"client credentials, {form}"):
            auth = ClientCredentials("sdk", "sdk-secret", config=world.config)
            granted = token(auth)
            same((granted.token_type, granted.refresh_token), ("Bearer", None))
            same(count(auth), 0)

        with report.check(f"authorization code, {form}"):
            auth = AuthorizationCode("sdk", "sdk-secret", CALLBACK, config=world.config)
            url = auth.get_authorization_url(state="a state")
            # The page itself lists users; naming one is what choosing it does.
            sent_back = httpx.get(f"{url}&user_id={CUSTOMER}", follow_redirects=False)
            same(sent_back.status_code, 302)
            query = parse_qs(urlsplit(sent_back.headers["location"]).query)
            same(query["state"], ["a state"])
            granted = token(auth, query["code"][0])
            same(granted.token_type, "Bearer")
            same(isinstance(granted.refresh_token, str), True)
            same(count(auth) >= 0, True)


class Report:
    """What passed and what failed."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    @contextmanager
    def check(self, name):
        try:
            yield
        # Whatever the SDK raises is a failure of this one check, and no reason to stop.
        except Exception as error:
            self.failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}")
        else:
            self.passed += 1
            print(f"passed  {name}")


def main():
    world = World(sys.argv[1])
    report = Report()
    run_service(report, world, world.seller.chat, CHAT_CASES)
    run_service(report, world, world.seller.upload, UPLOAD_CASES)
    run_oauth(report, world)
    print(f"{report.passed} passed, {report.failed} failed")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()

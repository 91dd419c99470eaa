"""Runs the vendor's Python SDK against a running emulator.

Usage: python_sdk.py BASE_URL

Calls every public method of the chat and upload clients, async and sync, checks the responses,
and runs both OAuth flows. A method without a test case fails the run, so that methods
added by new releases of the SDK are noticed.
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
    """Returns the seed data: one bot for each call that logs a bot out, and one for all other calls."""
    bots = [
        {
            "name": f"Bot {bot_id}",
            "token": f"{bot_id}:the-token-of-an-emulated-bot-is-no-secret",
            "webhook_url": "https://example.com/hook",
        }
        for bot_id in range(9001, 9006)
    ]
    return {
        "users": [
            {"name": "Seller", "id": SELLER, "token": "sdk-seller-token"},
            {"name": "Customer", "id": CUSTOMER, "hash_id": "sdk", "token": "sdk-customer-token"},
        ],
        "bots": bots,
        "oauth_clients": [
            {"id": "sdk", "secret": "sdk-secret", "redirect_uris": [CALLBACK], "user_id": SELLER}
        ],
    }


class Fixture:
    """The emulator and SDK clients for it."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.http = httpx.Client(base_url=base_url, headers={"X-Basalam-Emulator": "1"})
        self.post("/_emulator/seed", seed())
        self.config = BasalamConfig(
            custom_auth_urls={
                "authorize": f"{base_url}/accounts/sso",
                "token": f"{base_url}/oauth/token",
            }
        )
        # The services ignore the configured base URL.
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


def assert_equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


# Each case is a generator that yields the arguments of a call, receives the return value of the
# SDK method and checks it. This way the async and the sync method share one case.


def create_chat(fixture):
    response = yield (chat.CreateChatRequest(user_id=CUSTOMER), "tag", "session", "info")
    assert_equal((response.data.chat_type, response.data.contact_id), ("private", CUSTOMER))
    existing = yield (chat.CreateChatRequest(hash_id="sdk"),)
    assert_equal(existing.data.id, response.data.id)


def create_message(fixture):
    chat_id = fixture.chat_id()
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
        response = yield (request, "agent", "info")
        assert_equal(response.temp_id, 5)
        assert_equal((response.data.message_type, response.data.content.text), (kind.value, "سلام"))
        assert_equal(response.data.sender.id, str(SELLER))
        assert_equal(response.data.content.files[0].url, "https://example.com/a.jpg")
    # The SDK fails to parse a reply to a message that has not been seen.
    fixture.post("/_emulator/seen", {"chat_id": chat_id, "user_id": CUSTOMER})
    request = chat.MessageRequest(
        chat_id=chat_id,
        message_type="text",
        content=chat.MessageInput(text="reply"),
        replied_message_id=response.data.id,
    )
    reply = yield (request,)
    assert_equal(reply.data.replied_message.id, response.data.id)


def get_messages(fixture):
    chat_id = fixture.chat_id()
    ids = [fixture.message_id() for _ in range(3)]
    fixture.post("/_emulator/seen", {"chat_id": chat_id, "user_id": CUSTOMER})
    page = yield (chat.GetMessagesRequest(chat_id=chat_id, limit=3),)
    assert_equal([it.id for it in page.data.messages], ids[::-1])
    page = yield (
        chat.GetMessagesRequest(chat_id=chat_id, message_id=ids[0], order="asc", cmp="gte", limit=2),
    )
    assert_equal([it.id for it in page.data.messages], ids[:2])


def get_chats(fixture):
    chat_id = fixture.chat_id()
    fixture.message_id()
    fixture.post("/_emulator/seen", {"chat_id": chat_id, "user_id": CUSTOMER})
    chats = yield (chat.GetChatsRequest(),)
    assert_equal([it.id for it in chats.data.chats], [chat_id])
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
    assert_equal(chats.data.chats, [])


def edit_message(fixture):
    request = chat.EditMessageRequest(message_id=fixture.message_id(), content=chat.MessageInput(text="edited"))
    response = yield (request, "info")
    assert_equal(response.data.content.text, "edited")


def delete_message(fixture):
    response = yield (chat.DeleteMessageRequest(message_ids=[fixture.message_id(), fixture.message_id()]),)
    assert_equal(response.data, True)


def delete_chats(fixture):
    response = yield (chat.DeleteChatsRequest(chat_ids=[fixture.chat_id()]),)
    assert_equal(response.data, True)


def forward_message(fixture):
    request = chat.ForwardMessageRequest(message_ids=[fixture.message_id()], chat_ids=[fixture.chat_id()])
    response = yield (request, "agent", "info")
    assert_equal(response.data, True)


def get_unseen_chat_count(fixture):
    chat_id = fixture.chat_id()
    fixture.customer.chat.create_message_sync(
        chat.MessageRequest(chat_id=chat_id, message_type="text", content=chat.MessageInput(text="new"))
    )
    response = yield ()
    assert_equal((response.count, response.more_than_count), (1, False))
    fixture.post("/_emulator/seen", {"chat_id": chat_id, "user_id": SELLER})


def get_me(fixture):
    response = yield (fixture.bot,)
    assert_equal((response.ok, response.result["id"]), (True, 9001))


def get_webhook_info(fixture):
    response = yield (fixture.bot,)
    assert_equal((response.ok, "url" in response.result), (True, True))


def delete_webhook(fixture):
    response = yield (fixture.bot,)
    assert_equal((response.ok, response.result), (True, True))


def log_out(fixture):
    response = yield (fixture.bots_to_log_out.pop(),)
    assert_equal((response.ok, response.result), (True, True))


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


def upload_file(fixture):
    picture = io.BytesIO(b"a picture")
    picture.name = "parcel.jpg"
    response = yield (picture, UserUploadFileTypeEnum.CHAT_PHOTO)
    assert_equal((response.size, response.creator_user_id), (9, SELLER))
    stored = fixture.http.get(urlsplit(response.urls["primary"]).path)
    assert_equal((stored.status_code, stored.content), (200, b"a picture"))
    named = io.BytesIO(b"a voice")
    response = yield (named, UserUploadFileTypeEnum.CHAT_VOICE, f"voice-{response.id}.ogg", 5)
    assert_equal(response.file_name_alone.startswith("voice-"), True)


UPLOAD_CASES = {"upload_file": upload_file}


def methods(service):
    """Returns the names of the public methods that the class itself defines."""
    attributes = vars(service).items()
    return [name for name, it in attributes if inspect.isfunction(it) and not name.startswith("_")]


def run_case(fixture, case, method):
    """Calls a method with each set of arguments that the case yields."""
    steps = case(fixture)
    arguments = next(steps)
    while True:
        response = method(*arguments)
        if inspect.isawaitable(response):
            response = asyncio.run(response)
        try:
            arguments = steps.send(response)
        except StopIteration:
            return


def run_service(report, fixture, service, cases):
    covered = set()
    for name in methods(type(service)):
        base = name.removesuffix("_sync")
        with report.check(f"{type(service).__name__}.{name}"):
            if base not in cases:
                raise AssertionError("no test case; add one to the cases")
            covered.add(base)
            run_case(fixture, cases[base], getattr(service, name))
    for name in sorted(cases.keys() - covered):
        with report.check(f"{type(service).__name__}.{name}"):
            raise AssertionError("the SDK no longer has this method; remove it from the cases")


def run_oauth(report, fixture):
    for is_async in (True, False):
        mode = "async" if is_async else "sync"

        def token(auth, *arguments, is_async=is_async):
            if is_async:
                return asyncio.run(auth.get_token(*arguments))
            return auth.get_token_sync(*arguments)

        def count(auth, is_async=is_async):
            """Calls the API with the token."""
            service = fixture.client(auth).chat
            if is_async:
                return asyncio.run(service.get_unseen_chat_count()).count
            return service.get_unseen_chat_count_sync().count

        with report.check(f"client credentials, {mode}"):
            auth = ClientCredentials("sdk", "sdk-secret", config=fixture.config)
            token_info = token(auth)
            assert_equal((token_info.token_type, token_info.refresh_token), ("Bearer", None))
            assert_equal(count(auth), 0)

        with report.check(f"authorization code, {mode}"):
            auth = AuthorizationCode("sdk", "sdk-secret", CALLBACK, config=fixture.config)
            url = auth.get_authorization_url(state="a state")
            # `user_id` skips the page on which a user is chosen.
            redirect = httpx.get(f"{url}&user_id={CUSTOMER}", follow_redirects=False)
            assert_equal(redirect.status_code, 302)
            query = parse_qs(urlsplit(redirect.headers["location"]).query)
            assert_equal(query["state"], ["a state"])
            token_info = token(auth, query["code"][0])
            assert_equal(token_info.token_type, "Bearer")
            assert_equal(isinstance(token_info.refresh_token, str), True)
            assert_equal(count(auth) >= 0, True)


class Report:
    """Counts and prints passed and failed checks."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    @contextmanager
    def check(self, name):
        try:
            yield
        # An exception fails this check only.
        except Exception as error:
            self.failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}")
        else:
            self.passed += 1
            print(f"passed  {name}")


def main():
    fixture = Fixture(sys.argv[1])
    report = Report()
    run_service(report, fixture, fixture.seller.chat, CHAT_CASES)
    run_service(report, fixture, fixture.seller.upload, UPLOAD_CASES)
    run_oauth(report, fixture)
    print(f"{report.passed} passed, {report.failed} failed")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()

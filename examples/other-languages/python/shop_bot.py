"""A bot with the vendor's Python SDK, which the tests run against the emulator."""

# ANCHOR: bot
from basalam_sdk import BasalamClient
from basalam_sdk.chat.models import GetMessagesRequest, MessageInput, MessageRequest


def answer(client: BasalamClient, chat_id: int, own_id: int) -> bool:
    """Answers the newest message of a chat, unless it is our own. Returns whether it did."""
    page = client.chat.get_messages_sync(GetMessagesRequest(chat_id=chat_id, limit=1))
    newest = page.data.messages
    if not newest or newest[0].sender.id == str(own_id):
        return False
    content = MessageInput(text="Thank you for your message.")
    client.chat.create_message_sync(
        MessageRequest(chat_id=chat_id, message_type="text", content=content)
    )
    return True


# ANCHOR_END: bot

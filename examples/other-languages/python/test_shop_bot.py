"""Run with `python -m unittest` while an emulator is running; see docs/guide/other-languages.md."""

# ANCHOR: test
import unittest

import emulator
from basalam_sdk.chat.models import GetMessagesRequest
from basalam_sdk.errors import BasalamAPIError
from shop_bot import answer

SELLER, CUSTOMER, CHAT = 430, 431, 7


class ShopBotTest(unittest.TestCase):
    def setUp(self):
        emulator.control("reset")
        message = {"sender_id": CUSTOMER, "text": "سلام، موجود است؟"}
        chat = {"id": CHAT, "chat_type": "private", "member_ids": [SELLER, CUSTOMER], "messages": [message]}
        emulator.control("seed", {"chats": [chat]})
        self.client = emulator.client("seller-token")

    def texts(self):
        page = self.client.chat.get_messages_sync(GetMessagesRequest(chat_id=CHAT, order="asc"))
        return [message.content.text for message in page.data.messages]

    def test_answers_each_message_once(self):
        self.assertTrue(answer(self.client, CHAT, SELLER))
        self.assertFalse(answer(self.client, CHAT, SELLER))
        self.assertEqual(self.texts(), ["سلام، موجود است؟", "Thank you for your message."])

    def test_answers_after_the_service_was_down(self):
        emulator.control("faults", {"fault": "status", "status": 503, "operation": "create_message", "times": 1})
        with self.assertRaises(BasalamAPIError):
            answer(self.client, CHAT, SELLER)
        self.assertTrue(answer(self.client, CHAT, SELLER))
        self.assertEqual(len(self.texts()), 2)


# ANCHOR_END: test

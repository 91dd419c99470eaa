"""Lets schemathesis ask for what is there, in most of its requests.

Numbers at random hit no chat and no message, so that only refusals would be looked at.
The numbers here are those of the emulator's seeds/shop.json, as its user Sara sees them.
Requests that delete or log out keep theirs: there must be something left to read.
"""

import schemathesis

CHATS = [1001, 1002, 1003, 1004]
MESSAGES = [10001, 10002, 10003, 10004, 10005, 10006, 10007]
OWN_TEXTS = [10003, 10005]
USERS = [502, 503, 430, 431]
BOT = "9001:the-token-of-an-emulated-bot-is-no-secret"


def there(number, numbers):
    """Gives one of the numbers for most numbers, and always the same for the same."""
    if isinstance(number, bool) or not isinstance(number, int) or number % 4 == 0:
        return number
    return numbers[number % len(numbers)]


def all_there(list_of_numbers, numbers):
    if not isinstance(list_of_numbers, list):
        return list_of_numbers
    return [there(number, numbers) for number in list_of_numbers]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    operation = context.operation.definition.raw.get("operationId", "")
    if isinstance(path_parameters, dict):
        if "chat_id" in path_parameters:
            path_parameters["chat_id"] = there(path_parameters["chat_id"], CHATS)
        token = path_parameters.get("token")
        if isinstance(token, str) and len(token) % 2 and not operation.startswith("log_out"):
            path_parameters["token"] = BOT
    return path_parameters


@schemathesis.hook
def map_query(context, query):
    if isinstance(query, dict) and "message_id" in query:
        query["message_id"] = there(query["message_id"], MESSAGES)
    return query


@schemathesis.hook
def map_body(context, body):
    operation = context.operation.definition.raw.get("operationId", "")
    if not isinstance(body, dict):
        return body
    if operation == "create_message":
        for name in ("replied_message_id", "forward_from"):
            if name in body:
                body[name] = there(body[name], MESSAGES)
    elif operation == "edit_message" and "message_id" in body:
        body["message_id"] = there(body["message_id"], OWN_TEXTS)
    elif operation == "forward_message":
        for name, numbers in (("message_ids", MESSAGES), ("chat_ids", CHATS)):
            if name in body:
                body[name] = all_there(body[name], numbers)
    elif operation == "create_chat" and "user_id" in body:
        body["user_id"] = there(body["user_id"], USERS)
    return body

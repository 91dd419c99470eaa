"""Replaces most ids in the requests of schemathesis with ids that exist.

Random ids match no chat and no message, so most responses would be errors. The ids below are
those of the emulator's seeds/shop.json that its user Sara can see. Operations that delete
something or log out keep random ids, so that later requests still find data.
"""

import schemathesis

CHATS = [1001, 1002, 1003, 1004]
MESSAGES = [10001, 10002, 10003, 10004, 10005, 10006, 10007]
OWN_TEXT_MESSAGES = [10003, 10005]
USERS = [502, 503, 430, 431]
BOT = "9001:the-token-of-an-emulated-bot-is-no-secret"


def existing(value, ids):
    """Maps three of four integers to an existing id, deterministically."""
    if isinstance(value, bool) or not isinstance(value, int) or value % 4 == 0:
        return value
    return ids[value % len(ids)]


def all_existing(values, ids):
    if not isinstance(values, list):
        return values
    return [existing(value, ids) for value in values]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    operation = context.operation.definition.raw.get("operationId", "")
    if isinstance(path_parameters, dict):
        if "chat_id" in path_parameters:
            path_parameters["chat_id"] = existing(path_parameters["chat_id"], CHATS)
        token = path_parameters.get("token")
        if isinstance(token, str) and len(token) % 2 and not operation.startswith("log_out"):
            path_parameters["token"] = BOT
    return path_parameters


@schemathesis.hook
def map_query(context, query):
    if isinstance(query, dict) and "message_id" in query:
        query["message_id"] = existing(query["message_id"], MESSAGES)
    return query


@schemathesis.hook
def map_body(context, body):
    operation = context.operation.definition.raw.get("operationId", "")
    if not isinstance(body, dict):
        return body
    if operation == "create_message":
        for name in ("replied_message_id", "forward_from"):
            if name in body:
                body[name] = existing(body[name], MESSAGES)
    elif operation == "edit_message" and "message_id" in body:
        body["message_id"] = existing(body["message_id"], OWN_TEXT_MESSAGES)
    elif operation == "forward_message":
        for name, ids in (("message_ids", MESSAGES), ("chat_ids", CHATS)):
            if name in body:
                body[name] = all_existing(body[name], ids)
    elif operation == "create_chat" and "user_id" in body:
        body["user_id"] = existing(body["user_id"], USERS)
    return body

"""The emulator, for tests."""

# ANCHOR: emulator
import os

import httpx
from basalam_sdk import BasalamClient
from basalam_sdk.auth import PersonalToken
from basalam_sdk.config import BasalamConfig

URL = os.environ.get("BASALAM_URL", "http://127.0.0.1:8080")


def control(path: str, body: dict | None = None) -> dict:
    """Changes the emulator; see "Control endpoints"."""
    headers = {"X-Basalam-Emulator": "1"}
    response = httpx.post(f"{URL}/_emulator/{path}", headers=headers, json=body or {})
    response.raise_for_status()
    return response.json()


def client(token: str) -> BasalamClient:
    """Returns a client of the vendor's SDK for the emulator."""
    config = BasalamConfig()
    # `custom_base_url` has no effect on the services.
    config.service_urls = dict.fromkeys(config.service_urls, URL)
    return BasalamClient(auth=PersonalToken(token), config=config)


# ANCHOR_END: emulator

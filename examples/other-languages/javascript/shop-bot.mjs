// A bot with plain `fetch`, which the tests run against the emulator.

// ANCHOR: bot
import { setTimeout as sleep } from "node:timers/promises";

/** Sends a request, and waits if the service asks for it. */
async function call({ url, token }, method, path, body) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    if (response.status === 429 && attempt < 5) {
      await sleep(1000 * Number(response.headers.get("retry-after") ?? 1));
      continue;
    }
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return (await response.json()).data;
  }
}

/** Answers the newest message of a chat, unless it is our own. Returns whether it did. */
export async function answer(shop, chatId, ownId) {
  const path = `/v1/chats/${chatId}/messages`;
  const { messages } = await call(shop, "GET", `${path}?limit=1`);
  if (messages.length === 0 || Number(messages[0].sender.id) === ownId) {
    return false;
  }
  await call(shop, "POST", path, {
    message_type: "text",
    content: { text: "Thank you for your message." },
  });
  return true;
}
// ANCHOR_END: bot

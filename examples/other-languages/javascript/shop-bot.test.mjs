// Run with `node --test` while an emulator is running; see docs/guide/other-languages.md.

// ANCHOR: test
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { answer } from "./shop-bot.mjs";

const url = process.env.BASALAM_URL ?? "http://127.0.0.1:8080";
const shop = { url, token: "seller-token" };
const [seller, customer, chat] = [430, 431, 7];

/** Sends a request to a control endpoint of the emulator. */
async function control(method, path, body) {
  const response = await fetch(new URL(`/_emulator/${path}`, url), {
    method,
    headers: { "x-basalam-emulator": "1", "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.equal(response.status, 200, path);
  return response.json();
}

beforeEach(async () => {
  await control("POST", "reset", {});
  await control("POST", "seed", {
    chats: [
      {
        id: chat,
        chat_type: "private",
        member_ids: [seller, customer],
        messages: [{ sender_id: customer, text: "سلام، موجود است؟" }],
      },
    ],
  });
});

test("each message is answered once", async () => {
  assert.equal(await answer(shop, chat, seller), true);
  assert.equal(await answer(shop, chat, seller), false);
});

test("a rate limit delays the answer", async () => {
  const fault = { fault: "status", status: 429, operation: "create_message", times: 2, retry_after: "0" };
  await control("POST", "faults", fault);
  assert.equal(await answer(shop, chat, seller), true);
  const { requests } = await control("GET", "requests");
  const sent = requests.filter((request) => request.operation === "create_message");
  assert.deepEqual(sent.map((request) => request.status), [429, 429, 200]);
});
// ANCHOR_END: test

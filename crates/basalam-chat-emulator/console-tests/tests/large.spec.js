import { expect, test } from '../support/test.js';

const COUNT = 100_000;
const BATCH = 1000;

/** The number of elements of the whole page that is usual for a long list; each message has about twenty. */
const MAX_ELEMENTS = 3000;

const elements = (page) => page.evaluate(() => document.querySelectorAll('*').length);

test('a chat of 100,000 messages opens, scrolls and stays live', async ({ console, emulator, page }) => {
  const chat = await emulator.seedChat();
  // The emulator accepts at most 1,000 at once.
  for (let sent = 0; sent < COUNT; sent += BATCH) {
    await emulator.control('POST', 'simulate', { kind: 'messages', chat_id: chat, sender_id: 430, count: BATCH });
  }
  await emulator.service(
    'POST',
    `/v1/chats/${chat}/messages`,
    { message_type: 'text', content: { text: 'the latest' } },
    'seller-token',
  );
  await console.open({ as: 431, chat });
  await expect(console.message('the latest')).toBeVisible();
  await expect(page.getByText('100,001 messages')).toBeVisible();
  expect(await elements(page)).toBeLessThan(MAX_ELEMENTS);
  for (let page_ = 0; page_ < 5; page_ += 1) {
    const first = () => console.messages.getByRole('article').first().textContent();
    const before = await first();
    await console.messages.evaluate((it) => it.scrollTo(0, 0));
    await expect.poll(first).not.toBe(before);
    expect(await elements(page)).toBeLessThan(MAX_ELEMENTS);
  }
  await emulator.service(
    'POST',
    `/v1/chats/${chat}/messages`,
    { message_type: 'text', content: { text: 'the newest' } },
    'seller-token',
  );
  await page.getByRole('button', { name: 'New messages' }).click();
  await expect(console.message('the newest')).toBeVisible();
});

test('thousands of chats and requests keep the page small', async ({ console, emulator, page }) => {
  const users = Array.from({ length: 3000 }, (_, index) => ({ name: `Customer ${index}`, id: 1000 + index }));
  const chats = users.map(({ id }) => ({
    chat_type: 'private',
    member_ids: [id, 430],
    messages: [{ sender_id: id, text: 'hello' }],
  }));
  await emulator.seed({ users, chats });
  await console.open({ as: 430 });
  for (let batch = 0; batch < 20; batch += 1) {
    await Promise.all(Array.from({ length: 100 }, () => emulator.service('GET', '/v1/users/me')));
  }
  await expect(page.getByText(/^2,000 of 2,000/)).toBeVisible();
  expect(await elements(page)).toBeLessThan(MAX_ELEMENTS);
  await console.chats.focus();
  await page.keyboard.press('End');
  await expect(page.locator('#chat-count')).toHaveText(/^(600\+?|[1-3],\d{3}\+?)$/);
  expect(await elements(page)).toBeLessThan(MAX_ELEMENTS);
});

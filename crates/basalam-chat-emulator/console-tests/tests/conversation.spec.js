import { expect, test } from '../support/test.js';

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==',
  'base64',
);

test('messages of the chosen user reach the other side, which sees them in its own view', async ({ console, page }) => {
  await console.open();
  await console.be('Customer');
  await page.getByRole('button', { name: 'New chat' }).click();
  await console.user('Seller').click();
  await console.write('سلام، این محصول موجود است؟');
  const own = console.message('سلام، این محصول موجود است؟');
  await expect(own).toHaveClass(/own/);
  await expect(own.locator('.message-text')).toHaveCSS('direction', 'rtl');
  await console.be('Seller');
  const chat = console.chats.getByRole('option', { name: 'Customer' });
  await expect(chat.getByLabel('1 unseen')).toBeVisible();
  await chat.click();
  await expect(own).not.toHaveClass(/own/);
  await page.getByRole('button', { name: 'Mark as seen' }).click();
  await expect(chat.getByLabel('1 unseen')).toBeHidden();
  await console.be('Customer');
  await expect(own.getByRole('img', { name: 'Seen by Seller' })).toBeVisible();
});

test('messages of other programs appear at once', async ({ console, emulator }) => {
  const chat = await emulator.seedChat([{ sender_id: 430, text: 'first' }]);
  await console.open({ as: 431, chat });
  await expect(console.message('first')).toBeVisible();
  await emulator.service(
    'POST',
    `/v1/chats/${chat}/messages`,
    { message_type: 'text', content: { text: 'second' } },
    'seller-token',
  );
  await expect(console.message('second')).toBeVisible();
  await expect(console.chats.getByRole('option').first()).toContainText('second');
});

test('Shift+Enter starts a new line, and each line has its own direction', async ({ console, emulator }) => {
  const chat = await emulator.seedChat();
  await console.open({ as: 431, chat });
  await console.composer.fill('Hello');
  await console.composer.press('Shift+Enter');
  await console.composer.pressSequentially('سلام');
  await console.composer.press('Enter');
  const text = console.message('Hello').locator('.message-text');
  await expect(text).toHaveText('Hello\nسلام', { useInnerText: true });
  await expect(text).toHaveCSS('unicode-bidi', 'plaintext');
});

test('pictures, products and locations can be sent', async ({ console, emulator, page }) => {
  const chat = await emulator.seedChat();
  await console.open({ as: 431, chat });
  await page.getByRole('button', { name: 'Send a picture' }).click();
  await page.getByLabel('Choose a file').setInputFiles({ name: 'red.png', mimeType: 'image/png', buffer: PICTURE });
  await page.getByLabel('Caption').fill('like this');
  await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
  const picture = console.message('like this').getByRole('img', { name: 'red.png' });
  await expect.poll(() => picture.evaluate((it) => it.naturalWidth)).toBe(2);
  await page.getByRole('button', { name: 'Send a product' }).click();
  await page.getByLabel('Product id').fill('77');
  await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
  await expect(console.message('Product 77')).toBeVisible();
  await page.getByRole('button', { name: 'Send a location' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
  await expect(console.message('35.6997, 51.338')).toBeVisible();
  const { messages } = await emulator.control('GET', `chats/${chat}/messages`);
  expect(messages.map((it) => it.message_type)).toEqual(['picture', 'product', 'location']);
  expect(messages[0].content.files[0]).toMatchObject({ name: 'red.png', width: 2, height: 2 });
});

test('a reply shows the message that it answers, and a button sends its label', async ({ console, emulator, page }) => {
  const reply_markup = [[{ id: 1, label: 'می‌خرم', type: 'msg', data: {} }]];
  const chat = await emulator.seedChat([{ sender_id: 430, text: 'Which colour?', reply_markup }]);
  await console.open({ as: 431, chat });
  await console.message('Which colour?').hover();
  await page.getByRole('button', { name: 'Reply', exact: true }).click();
  await console.write('blue');
  await expect(console.message('blue').locator('.quote')).toContainText('Which colour?');
  await page.getByRole('button', { name: 'می‌خرم' }).click();
  await expect(console.message('می‌خرم').last()).toHaveClass(/own/);
});

test('a message that fails is kept until it is sent again', async ({ console, emulator }) => {
  const chat = await emulator.seedChat();
  await emulator.control('POST', 'faults', { rule: '503,operation=create_message,times=1' });
  await console.open({ as: 431, chat });
  await console.write('important');
  await expect(console.outbox).toContainText('503');
  await console.outbox.getByRole('button', { name: 'Send again' }).click();
  await expect(console.message('important')).toBeVisible();
  await expect(console.outbox.getByRole('listitem')).toHaveCount(0);
});

test('the last messages of a user can be replayed', async ({ console, emulator }) => {
  const chat = await emulator.seedChat([
    { sender_id: 431, text: 'one' },
    { sender_id: 430, text: 'answer' },
    { sender_id: 431, text: 'two' },
  ]);
  await console.open({ as: 431, chat });
  await expect(console.message('two')).toBeVisible();
  await console.choose('Replay the last 5 messages');
  await expect(console.messages.getByRole('article')).toHaveCount(5);
  const { messages } = await emulator.control('GET', `chats/${chat}/messages`);
  expect(messages.map((it) => it.content.text)).toEqual(['one', 'answer', 'two', 'one', 'two']);
});

test('messages and customers can be simulated', async ({ console, emulator, page }) => {
  const chat = await emulator.seedChat();
  await console.open({ as: 430, chat });
  await console.choose('Simulate…');
  await page.getByRole('button', { name: 'Run: Messages in this chat' }).click();
  await expect.poll(async () => (await emulator.control('GET', `chats/${chat}/messages`)).total).toBe(50);
  await page.getByRole('button', { name: 'Run: A burst of customers' }).click();
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(console.chats.getByRole('option')).toHaveCount(11);
  await expect(page.getByText('50 messages')).toBeVisible();
});

test('groups, channels and chats of others can be seen, and joined as one of their members', async ({
  console,
  emulator,
  page,
}) => {
  await emulator.seed({
    chats: [
      {
        chat_type: 'group',
        title: 'Neighbours',
        member_ids: [430, 431],
        messages: [{ sender_id: 430, text: 'Good morning' }],
      },
    ],
  });
  await console.open();
  await console.openChat('Neighbours');
  await expect(console.message('Good morning')).toContainText('Seller');
  await page.getByRole('button', { name: 'Write as Customer' }).click();
  await console.write('Good morning to you');
  await expect(console.message('Good morning to you')).toHaveClass(/own/);
});

test('everything is reachable by keyboard', async ({ console, emulator, page }) => {
  await emulator.seedChat([{ sender_id: 430, text: 'hello' }]);
  await console.open();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the conversation' })).toBeFocused();
  await page.getByRole('button', { name: 'You are' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Custo');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'You are Customer' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await console.chats.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(console.message('hello')).toBeVisible();
  await console.messages.focus();
  await page.keyboard.press('ArrowUp');
  await expect(console.message('hello')).toBeFocused();
  await page.getByRole('tab', { name: 'Requests' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tabpanel', { name: 'Faults' })).toBeVisible();
});

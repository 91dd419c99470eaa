import { expect, test } from '../support/test.js';

const MARKUP = [
  '<img src=x onerror="window.attacked = true">',
  '<script>window.attacked = true</script>',
  '"><svg onload=window.attacked=true>',
  'javascript:window.attacked=true',
  '{{constructor.constructor("window.attacked=true")()}}',
];

test('markup and scripts show as text', async ({ console, emulator, page }) => {
  await emulator.seed({ users: [{ name: MARKUP[0], id: 501 }] });
  const messages = MARKUP.map((text) => ({ sender_id: 501, text }));
  const chat = await emulator.seedChat(messages, { chat_type: 'group', title: MARKUP[1], member_ids: [501, 431] });
  await console.open({ as: 431, chat });
  for (const text of MARKUP) await expect(console.message(text).last()).toBeVisible();
  await expect(page.getByRole('heading', { name: MARKUP[1] })).toBeVisible();
  await page.getByRole('button', { name: 'You are' }).click();
  await expect(console.user(MARKUP[0])).toBeVisible();
  expect(await page.evaluate(() => window.attacked)).toBeUndefined();
});

test('buttons and files with dangerous addresses do nothing', async ({ console, emulator, page }) => {
  const button = (url) => [{ id: 1, label: `to ${url}`, type: 'url', data: { url } }];
  const chat = await emulator.seedChat([
    {
      sender_id: 430,
      text: 'press',
      reply_markup: [button('javascript:window.attacked=true'), button('data:text/html,<script>1</script>')],
      message_type: 'picture',
      files: [
        { id: 1, url: 'javascript:alert(1)' },
        { id: 2, url: 'http://attacker.test/pixel.png' },
      ],
    },
  ]);
  const foreign = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(emulator.origin)) foreign.push(request.url());
  });
  await console.open({ as: 431, chat });
  await expect(console.message('press').getByRole('link')).toHaveCount(0);
  await expect(console.message('press').getByText('On another host; not loaded')).toHaveCount(2);
  await page.getByRole('button', { name: 'to javascript' }).click();
  expect(await page.evaluate(() => window.attacked)).toBeUndefined();
  expect(foreign).toEqual([]);
});

test('bidi overrides stay within their message', async ({ console, emulator }) => {
  const chat = await emulator.seedChat(
    [
      { sender_id: 430, text: '\u202Egnp.exe\u202D\u2067' },
      { sender_id: 430, text: 'plain' },
    ],
    {
      chat_type: 'group',
      title: '\u202Egroup',
      member_ids: [430, 431],
    },
  );
  await console.open({ as: 431, chat });
  await expect(console.message('gnp.exe')).toContainText('Contains characters that change the text direction');
  await expect(console.message('gnp.exe').locator('.message-text')).toHaveText('\u202Egnp.exe\u202D\u2067');
  await expect(console.message('gnp.exe').locator('.bubble')).toHaveCSS('unicode-bidi', 'isolate');
  // The number of messages follows the title in the page, and must not be reversed by it.
  const order = await console.chats
    .getByRole('option')
    .first()
    .evaluate((it) => {
      const title = it.querySelector('.chat-title').getBoundingClientRect();
      return title.left < it.querySelector('time').getBoundingClientRect().left;
    });
  expect(order).toBe(true);
});

test('a text of 1 MB is cut, and shown whole on request', async ({ console, emulator, page }) => {
  const long = `${'سلام <b>x</b> '.repeat(70_000)}END`;
  const chat = await emulator.seedChat([
    { sender_id: 430, text: long },
    { sender_id: 430, text: 'after' },
  ]);
  await console.open({ as: 431, chat });
  await expect(console.message('after')).toBeVisible();
  expect(await console.messages.evaluate((it) => it.textContent.length)).toBeLessThan(20_000);
  await page.getByRole('button', { name: /^Show all/ }).click();
  const whole = page.getByRole('dialog').locator('.whole-text');
  await expect(whole).toBeVisible();
  expect(await whole.evaluate((it) => it.textContent)).toBe(long);
  await page.keyboard.press('Escape');
  await expect(whole).toBeHidden();
});

test('messages of odd content are shown', async ({ console, emulator }) => {
  const chat = await emulator.seedChat();
  await console.open({ as: 431, chat });
  await emulator.control('POST', 'simulate', { kind: 'odd', chat_id: chat, sender_id: 430 });
  await expect(console.messages.getByRole('article').first()).toBeVisible();
  const { total } = await emulator.control('GET', `chats/${chat}/messages`);
  expect(total).toBeGreaterThan(1);
  await console.write('still working');
  await expect(console.message('still working')).toBeVisible();
});

test('the page allows neither foreign content nor inline code', async ({ emulator, request }) => {
  const response = await request.get(emulator.console);
  const policy = response.headers()['content-security-policy'];
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toContain('unsafe');
  expect(response.headers()).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  });
});

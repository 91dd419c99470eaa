import { readFile } from 'node:fs/promises';
import { startReceiver } from '../support/server.js';
import { expect, test } from '../support/test.js';

const text = (words) => ({ message_type: 'text', content: { text: words } });

test('requests appear live and can be filtered', async ({ console, emulator, page }) => {
  const chat = await emulator.seedChat();
  await console.open({ as: 431, chat });
  await emulator.service('POST', `/v1/chats/${chat}/messages`, text('hello'));
  await emulator.service('GET', '/v1/chats?limit=none').catch(() => {});
  const options = console.requests.getByRole('option');
  await expect(options).toHaveCount(2);
  await expect(options.first()).toContainText('422');
  await page.getByLabel('Only errors').check();
  await expect(options).toHaveCount(1);
  await page.getByLabel('Only errors').uncheck();
  await page.getByLabel('Operation', { exact: true }).first().selectOption('create_message');
  await expect(options).toHaveText(/create_message/);
  await page.getByLabel('Path, user or error').fill('nobody');
  await expect(page.getByText('No request matches the filters.')).toBeVisible();
  await page.getByLabel('Path, user or error').fill('customer');
  await expect(options).toHaveCount(1);
});

test('a request shows its bodies without tokens, and can be copied as curl', async ({
  console,
  context,
  emulator,
  page,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const chat = await emulator.seedChat();
  await console.open({ as: 431, chat });
  await console.write("it's a test");
  await console.requests.getByRole('option', { name: 'create_message' }).click();
  const detail = page.getByRole('region', { name: /^Request / });
  await expect(detail).toContainText("it's a test");
  for (const section of await detail.getByText('Headers').all()) await section.click();
  await expect(detail).toContainText('content-type');
  await expect(detail).not.toContainText('customer-token');
  await detail.getByRole('button', { name: 'Copy as curl' }).click();
  await expect(page.getByText('Copied')).toBeVisible();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain(`curl -X POST '${emulator.origin}/v1/chats/${chat}/messages'`);
  expect(command).toContain('Bearer customer-token');
  expect(command).toContain("it'\\''s a test");
  await page.keyboard.press('Escape');
  await expect(detail).toBeHidden();
});

test('requests can be downloaded as HAR', async ({ console, emulator, page }) => {
  await console.open({ as: 431 });
  await emulator.service('GET', '/v1/chats');
  await expect(console.requests.getByRole('option')).toHaveCount(1);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download HAR' }).click(),
  ]);
  const har = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(har.log.version).toBe('1.2');
  expect(har.log.entries.at(-1).request.url).toContain('/v1/chats');
  expect(JSON.stringify(har)).not.toContain('customer-token');
});

test('a fault is switched on, happens, and is switched off', async ({ console, emulator }) => {
  const chat = await emulator.seedChat();
  await console.open({ as: 431, chat });
  const faults = await console.tab('Faults');
  const toggle = faults.getByRole('switch', { name: /^An error status/ });
  await toggle.click();
  await expect(toggle).toBeChecked();
  await expect(faults.locator('.rules')).toContainText('operation=create_message');
  await console.write('will fail');
  await expect(console.outbox).toContainText('503');
  await console.tab('Requests');
  await expect(console.requests.getByRole('option').first()).toContainText('Fault');
  await console.tab('Faults');
  await toggle.click();
  await expect(toggle).not.toBeChecked();
  await console.outbox.getByRole('button', { name: 'Send again' }).click();
  await expect(console.message('will fail')).toBeVisible();
});

test('rules are written as on the command line, and an invalid one is explained', async ({
  console,
  emulator,
  page,
}) => {
  await console.open({ as: 431 });
  const faults = await console.tab('Faults');
  const rule = faults.getByRole('textbox', { name: 'Rule' });
  await rule.fill('503,often');
  await faults.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText(/often/).last()).toBeVisible();
  await rule.fill('429,operation=get_chats,times=2,retry_after=1');
  await faults.getByRole('button', { name: 'Add' }).click();
  await expect(faults.locator('.rules')).toContainText('2 left');
  await emulator.service('GET', '/v1/chats').catch(() => {});
  await expect(faults.locator('.rules')).toContainText('1 left');
  await faults.getByRole('button', { name: /^Remove the rule/ }).click();
  await expect(faults.getByText('No rule is active.')).toBeVisible();
});

test('latency and rate limit can be changed', async ({ console, emulator, page }) => {
  await console.open({ as: 431 });
  const faults = await console.tab('Faults');
  await faults.getByRole('spinbutton', { name: 'Latency' }).fill('5');
  await faults.getByLabel('Rate limit').fill('1/m');
  await faults.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('Applied')).toBeVisible();
  expect(await emulator.control('GET', 'settings')).toMatchObject({ latency_ms: 5, rate_limit: '1/m' });
  await emulator.service('GET', '/v1/chats');
  await expect(emulator.service('GET', '/v1/chats')).rejects.toThrow('429');
});

test('the clock pauses, steps and jumps', async ({ console, emulator, page }) => {
  await emulator.control('POST', 'clock', { now: '2026-07-22 10:30:00' });
  await console.open({ as: 431 });
  const clock = await console.tab('Clock');
  await expect(clock).toContainText('22 Jul 2026, 10:30:00');
  await clock.getByRole('button', { name: '+1 minute' }).click();
  await expect(clock).toContainText('10:31:00');
  await clock.getByRole('button', { name: '+1 hour' }).click();
  await expect(clock).toContainText('11:31:00');
  await clock.getByLabel('Seconds').fill('5');
  await clock.getByRole('button', { name: 'Step' }).click();
  await expect(page.locator('#clock-chip')).toHaveText('11:31:05');
  await clock.getByLabel('Jump to').fill('2027-01-02T03:04:05');
  await clock.getByRole('button', { name: 'Jump' }).click();
  await expect(clock).toContainText('2 Jan 2027, 03:04:05');
  expect(await emulator.control('GET', 'clock')).toMatchObject({ now: '2027-01-02 03:04:05', state: 'stopped' });
  await clock.getByRole('button', { name: 'Resume' }).click();
  await expect(clock.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('a delivery to a webhook is listed and can be sent again', async ({ console, emulator }) => {
  const chat = await emulator.seedChat();
  const receiver = await startReceiver(emulator);
  await console.open({ as: 431, chat });
  const webhooks = await console.tab('Webhooks');
  await expect(webhooks).toContainText('/events');
  await console.write('to the webhook');
  const again = webhooks.getByRole('button', { name: /^Send again/ });
  await expect(again).toHaveCount(1);
  await webhooks.getByText('Body').click();
  await expect(webhooks).toContainText('to the webhook');
  await again.click();
  await expect(again).toHaveCount(2);
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(receiver.received[1]).toEqual(receiver.received[0]);
  await receiver.stop();
});

test('the emulator can be seeded and reset', async ({ console, page }) => {
  await console.open();
  const data = await console.tab('Data');
  await data.getByLabel('JSON').fill(
    JSON.stringify({
      users: [{ name: 'Sara', id: 501 }],
      chats: [{ chat_type: 'private', member_ids: [501, 430], messages: [{ sender_id: 501, text: 'seeded' }] }],
    }),
  );
  await data.getByRole('button', { name: 'Apply' }).click();
  await expect(console.chats.getByRole('option')).toContainText('seeded');
  await console.be('Sara');
  await data.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
  await expect(page.getByText('No chats yet.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'You are Everyone' })).toBeVisible();
});

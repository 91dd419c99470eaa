import { readFile } from 'node:fs/promises';
import { startReceiver } from '../support/server.js';
import { expect, test } from '../support/test.js';

/** Answers each message of the customer, as a bot under test does. */
function startBot(emulator) {
  return startReceiver(emulator, (event) =>
    emulator.service(
      'POST',
      `/v1/chats/${event.chat_id}/messages`,
      {
        message_type: 'text',
        content: { text: `answer to ${event.message.text}` },
      },
      'seller-token',
    ),
  );
}

test('a chat is saved as a transcript, and played again with the bot of today', async ({ console, emulator, page }) => {
  const bot = await startBot(emulator);
  const chat = await emulator.seedChat();
  await console.open({ as: 431, chat });
  await console.write('first question');
  await expect(console.message('answer to first question')).toBeVisible();
  await console.write('second question');
  await expect(console.message('answer to second question')).toBeVisible();
  await console.choose('Save transcript…');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save' }).click(),
  ]);
  const path = await download.path();
  const transcript = JSON.parse(await readFile(path, 'utf8'));
  expect(transcript.version).toBe(1);
  expect(transcript.turns.filter((it) => it.wait)).toHaveLength(2);

  await emulator.control('POST', 'reset');
  await bot.stop();
  const other = await startReceiver(emulator, (event) =>
    emulator.service(
      'POST',
      `/v1/chats/${event.chat_id}/messages`,
      {
        message_type: 'text',
        content: { text: 'another answer' },
      },
      'seller-token',
    ),
  );
  const another = await emulator.seedChat([], { chat_type: 'group', title: 'Another', member_ids: [431] });
  await console.open({ as: 431, chat: another });
  await console.choose('Play a transcript…');
  await page.getByLabel('Choose a file').setInputFiles(path);
  await page.getByLabel('Without the original pauses').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Play' }).click();
  await expect(page.getByText('Transcript finished')).toBeVisible();
  await expect(console.message('second question')).toBeVisible();
  await expect(console.message('another answer')).toHaveCount(2);
  await other.stop();
});

test('a file that is no transcript is refused with the reason', async ({ console, emulator, page }) => {
  const chat = await emulator.seedChat();
  await console.open({ as: 431, chat });
  await console.choose('Play a transcript…');
  const file = page.getByLabel('Choose a file');
  const play = page.getByRole('dialog').getByRole('button', { name: 'Play' });
  await file.setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{') });
  await play.click();
  await expect(page.getByText('The file is not JSON.')).toBeVisible();
  await file.setInputFiles({ name: 'b.json', mimeType: 'application/json', buffer: Buffer.from('{"version": 99}') });
  await play.click();
  await expect(page.locator('.notice').getByText(/^400/)).toBeVisible();
});

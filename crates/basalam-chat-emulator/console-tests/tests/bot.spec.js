// The answering bot of the README against the console. Its base URL is fixed, so nothing else may use the port.

import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '../support/emulator.js';
import { botProgram } from '../support/paths.js';
import { expect, test } from '../support/test.js';

test.use({ emulatorPort: 8080 });

test('the answer of a real bot arrives @bot', async ({ console, page }) => {
  const isBuilt = await access(botProgram).then(
    () => true,
    () => false,
  );
  test.skip(!isBuilt, `${botProgram} is not built`);
  const directory = await mkdtemp(join(tmpdir(), 'answering-bot-'));
  // It reports its start, before which no message is its own to answer.
  const bot = await startProgram(botProgram, [], { cwd: directory });
  await console.open();
  await console.be('Customer');
  await page.getByRole('button', { name: 'New chat' }).click();
  await console.user('Seller').click();
  await console.write('سلام، این محصول موجود است؟');
  await expect(console.message('A person will answer soon.')).toBeVisible({ timeout: 45_000 });
  await bot.stop();
  await rm(directory, { recursive: true });
});

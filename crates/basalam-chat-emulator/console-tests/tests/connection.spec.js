import { Emulator } from '../support/emulator.js';
import { expect, test } from '../support/test.js';

test('the page connects again and reads everything again after a restart', async ({ console, emulator, page }) => {
  await emulator.seedChat([{ sender_id: 430, text: 'before' }]);
  await console.open({ as: 431 });
  await expect(console.chats.getByRole('option')).toHaveCount(1);
  await emulator.stop();
  await expect(page.getByText('Disconnected, trying again').or(page.getByText('Connecting'))).toBeVisible();
  const again = await Emulator.start(new URL(emulator.origin).port);
  await again.seed({ chats: [{ chat_type: 'group', title: 'After', member_ids: [431] }] });
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect(console.chats.getByRole('option')).toContainText('After');
  await again.stop();
});

test('more tabs than the browser has connections are announced', async ({ console, context, emulator }) => {
  await console.open();
  let last;
  for (let tab = 0; tab < 5; tab += 1) {
    last = await context.newPage();
    await last.goto(emulator.console);
    await last
      .locator('#stream')
      .filter({ hasText: /Live|Connecting/ })
      .waitFor();
  }
  await expect(last.getByRole('alert')).toContainText('tabs of this console are open');
});

test('a hidden tab gives up its connection, and reads what changed when it is shown', async ({
  console,
  emulator,
  page,
}) => {
  await console.open({ as: 431 });
  // The browser of a test shows all its tabs.
  const setHidden = (isHidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  await setHidden(true);
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();
  await emulator.seed({ chats: [{ chat_type: 'group', title: 'Meanwhile', member_ids: [431] }] });
  await setHidden(false);
  await expect(console.chats.getByRole('option')).toContainText('Meanwhile');
});

test.describe('in a Persian browser', () => {
  test.use({ locale: 'fa-IR' });

  test('the interface is Persian and right-to-left, and can be switched', async ({ emulator, page }) => {
    await page.goto(emulator.console);
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    await expect(page.getByRole('heading', { name: 'گفتگوها' })).toBeVisible();
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.locator('html')).toHaveAttribute('dir', 'ltr');
    await expect(page.getByRole('heading', { name: 'Chats' })).toBeVisible();
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });
});

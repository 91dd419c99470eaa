// Accessibility by axe-core, and screenshots to look at, in target/console/screenshots.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { artifacts } from '../support/paths.js';
import { fillScene, sendRequests } from '../support/scene.js';
import { startReceiver } from '../support/server.js';
import { expect, test } from '../support/test.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

const VARIANTS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', ...PHONE },
  rtl: { colorScheme: 'light', locale: 'fa-IR' },
};

/** Serious and critical faults that axe-core finds in a part of the page. */
async function faultsOf(page, part = 'html') {
  const { violations } = await page.evaluate((it) => window.axe.run(it, { resultTypes: ['violations'] }), part);
  return violations
    .filter((it) => ['serious', 'critical'].includes(it.impact))
    .map((it) => `${it.id}: ${it.nodes.map((node) => node.html.slice(0, 150)).join(' | ')}`);
}

for (const [name, options] of Object.entries(VARIANTS)) {
  test.describe(name, () => {
    // The policy of the page forbids the script of axe-core.
    test.use({ bypassCSP: true, reducedMotion: 'reduce', ...options });

    test(`is accessible: ${name}`, async ({ emulator, page }) => {
      const chat = await fillScene(emulator);
      const receiver = await startReceiver(emulator);
      await emulator.control('POST', 'faults', { rule: 'latency,delay_ms=300,operation=get_webhooks,probability=0.5' });
      const shot = (part) => page.screenshot({ path: join(artifacts, 'screenshots', `${name}-${part}.png`) });
      await page.goto(`${emulator.console}#as=431&chat=${chat}`);
      await page.locator('#stream[data-status="live"]').waitFor({ state: 'attached' });
      await sendRequests(emulator, chat);
      await page.addScriptTag({ path: AXE });
      const view = async (part) => {
        if (PHONE.viewport.width === page.viewportSize().width)
          await page.locator(`.view-button[data-view="${part}"]`).click();
      };
      await view('chats');
      await expect(page.locator('.chat-option')).toHaveCount(4);
      await shot('chats');
      expect(await faultsOf(page)).toEqual([]);
      await view('conversation');
      await expect(page.getByText('کد رهگیری: 4417').last()).toBeVisible();
      await expect(page.locator('.picture-file')).toBeVisible();
      await shot('conversation');
      expect(await faultsOf(page)).toEqual([]);
      await view('inspector');
      await expect(page.locator('.request-option').filter({ hasText: 'upload_file' })).toBeVisible();
      for (const tab of ['requests', 'faults', 'clock', 'webhooks', 'data']) {
        await page.locator(`#tab-${tab}`).click();
        await shot(tab);
        expect(await faultsOf(page, '#inspector-pane'), tab).toEqual([]);
      }
      await page.locator('#tab-requests').click();
      await page.locator('.request-option').filter({ hasText: 'create_message' }).first().click();
      await expect(page.locator('.detail pre').first()).toBeVisible();
      await shot('request');
      expect(await faultsOf(page, '#inspector-pane'), 'request').toEqual([]);
      await view('chats');
      await page.locator('#me').click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await shot('users');
      expect(await faultsOf(page, 'dialog'), 'users').toEqual([]);
      await receiver.stop();
    });
  });
}

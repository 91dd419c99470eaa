// The test function with an emulator and the console of it. Tests fail if the page reports an error.

import { expect, test as base } from 'playwright/test';
import { Console } from './console.js';
import { Emulator } from './emulator.js';

export { expect };

export const test = base.extend({
  /** The port of the emulator; any free one by default. */
  emulatorPort: [0, { option: true }],

  emulator: async ({ emulatorPort }, use) => {
    const emulator = await Emulator.start(emulatorPort);
    await use(emulator);
    await emulator.stop();
  },

  /** Errors of scripts and violations of the Content-Security-Policy. */
  pageErrors: async ({}, use) => {
    const errors = [];
    await use(errors);
    expect(errors).toEqual([]);
  },

  console: async ({ page, emulator, pageErrors }, use) => {
    page.on('pageerror', (error) => pageErrors.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/.test(message.text())) pageErrors.push(message.text());
    });
    await use(new Console(page, emulator));
  },
});

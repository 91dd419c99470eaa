// The console in Debian's Chromium, or the browser that CHROMIUM names.

import { defineConfig } from 'playwright/test';
import { artifacts, browserProgram } from './support/paths.js';

export default defineConfig({
  testDir: 'tests',
  outputDir: `${artifacts}/results`,
  reporter: [['list']],
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: browserProgram,
      // CI runs as root, where the sandbox of Chromium does not start. Names of test hosts lead to this computer.
      args: ['--no-sandbox', '--host-resolver-rules=MAP *.test 127.0.0.1'],
    },
  },
});

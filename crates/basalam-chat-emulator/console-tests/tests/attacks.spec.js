// Pages of other sites that a developer visits while the emulator runs.

import { startServer } from '../support/server.js';
import { expect, test } from '../support/test.js';

let site;

test.beforeEach(async () => {
  site = await startServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>Attack</title><body><p id="shown">');
  });
});

test.afterEach(() => site.stop());

/** Whatever an attack could change. */
async function stateOf(emulator) {
  const { users, bots } = await emulator.control('GET', '');
  const [{ chats }, { faults }, settings, { webhooks }] = await Promise.all(
    ['chats', 'faults', 'settings', 'webhooks'].map((it) => emulator.control('GET', it)),
  );
  const clock = await emulator.control('GET', 'clock');
  return { users, bots, chats, faults, settings, webhooks, clock: clock.state };
}

/** Uploads a file as the customer, and returns its URLs. */
async function upload(emulator, name, type, content) {
  const form = new FormData();
  form.append('file', new Blob([content], { type }), name);
  form.append('file_type', 'chat.file');
  const response = await fetch(`${emulator.origin}/v1/files`, {
    method: 'POST',
    headers: { Authorization: 'Bearer customer-token' },
    body: form,
  });
  return (await response.json()).urls;
}

const CHANGES = [
  ['POST', '/_emulator/reset', ''],
  ['POST', '/_emulator/seed', '{"users": [{"name": "Attacker", "id": 666, "token": "attacker-token"}]}'],
  ['POST', '/_emulator/faults', '{"rule": "disconnect"}'],
  ['POST', '/_emulator/clock', '{"pause": true}'],
  ['POST', '/_emulator/simulate', '{"kind": "customers", "count": 10, "user_id": 430, "messages": 1}'],
  ['POST', '/_emulator/seen', '{"chat_id": 7, "user_id": 430}'],
];

// The same computer under another port, and another name.
for (const host of ['localhost', 'evil.test']) {
  test(`a page of ${host} can neither read nor change anything with requests`, async ({ emulator, page }) => {
    await emulator.seedChat([{ sender_id: 431, text: 'private' }]);
    const before = await stateOf(emulator);
    await page.goto(`http://${host}:${site.port}/`);
    const outcomes = await page.evaluate(
      async ({ origin, changes }) => {
        const results = [];
        const run = async (path, init) => {
          try {
            const response = await fetch(origin + path, init);
            results.push(response.type === 'opaque' ? 'opaque' : `read ${path}`);
          } catch {
            results.push('blocked');
          }
        };
        for (const path of [
          '/_emulator/',
          '/_emulator/chats',
          '/_emulator/requests',
          '/_emulator/console/',
          '/v1/chats',
        ]) {
          await run(path, {});
          await run(path, { mode: 'no-cors' });
        }
        for (const [method, path, body] of changes) {
          for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
            await run(path, { method, body, mode: 'no-cors', headers: { 'Content-Type': type } });
          }
          await run(path, { method, body, headers: { 'Content-Type': 'application/json', 'X-Basalam-Emulator': '1' } });
        }
        return results;
      },
      { origin: emulator.origin, changes: CHANGES },
    );
    expect(outcomes.filter((it) => it.startsWith('read'))).toEqual([]);
    expect(await stateOf(emulator)).toEqual(before);
  });

  test(`forms of a page of ${host} change nothing`, async ({ emulator, page }) => {
    await emulator.seedChat([{ sender_id: 431, text: 'private' }]);
    const before = await stateOf(emulator);
    for (const [, path, body] of CHANGES) {
      await page.goto(`http://${host}:${site.port}/`);
      await Promise.all([
        page.waitForURL(emulator.origin + path),
        page.evaluate(
          ({ action, body: json }) => {
            const form = document.createElement('form');
            Object.assign(form, { method: 'post', action, enctype: 'text/plain' });
            const input = document.createElement('input');
            // With this encoding, name and value together are the body.
            const [name, value] = json.split(/(?<=:)/, 1).concat(json.slice(json.indexOf(':') + 1));
            Object.assign(input, { name, value });
            form.append(input);
            document.body.append(form);
            form.submit();
          },
          { action: emulator.origin + path, body },
        ),
      ]);
    }
    expect(await stateOf(emulator)).toEqual(before);
  });

  test(`a page of ${host} can neither embed files nor frame the console`, async ({ emulator, page }) => {
    const urls = await upload(emulator, 'a.js', 'text/javascript', 'window.stolen = true;');
    await page.goto(`http://${host}:${site.port}/`);
    const loaded = await page.evaluate(
      async ({ file, app }) => {
        const load = (tag, attribute, url) =>
          new Promise((resolve) => {
            const element = document.createElement(tag);
            element.addEventListener('load', () => resolve(`${tag} loaded`));
            element.addEventListener('error', () => resolve(`${tag} blocked`));
            element[attribute] = url;
            document.body.append(element);
          });
        return [
          await load('script', 'src', file),
          await load('img', 'src', `${app}icon.svg`),
          await load('script', 'src', `${app}main.js`),
        ];
      },
      { file: urls.primary, app: emulator.console },
    );
    expect(loaded).toEqual(['script blocked', 'img blocked', 'script blocked']);
    expect(await page.evaluate(() => window.stolen)).toBeUndefined();
    const frame = (url) =>
      page.evaluate(
        (src) =>
          new Promise((resolve) => {
            const element = document.createElement('iframe');
            element.addEventListener('load', resolve);
            element.src = src;
            document.body.append(element);
          }),
        url,
      );
    // A page that allows it shows that the test would see the console.
    await frame(`http://localhost:${site.port}/?shown`);
    await frame(emulator.console);
    const framed = (index) => page.frameLocator(`iframe >> nth=${index}`);
    await expect(framed(0).locator('#shown')).toHaveCount(1);
    await expect(framed(1).locator('#chats-pane')).toHaveCount(0);
  });
}

test('a name that was rebound to this computer reaches nothing', async ({ emulator, page }) => {
  const chat = await emulator.seedChat([{ sender_id: 431, text: 'private' }]);
  const before = await stateOf(emulator);
  const { port } = new URL(emulator.origin);
  for (const path of [
    '/_emulator/',
    '/_emulator/console/',
    '/_emulator/requests',
    `/_emulator/chats/${chat}/messages`,
    '/v1/chats',
    '/accounts/sso',
    '/files/1/a',
  ]) {
    // A navigation is a GET without `Origin`, as are the requests of a page to its own rebound name.
    const response = await page.goto(`http://evil.test:${port}${path}`);
    expect(response.status(), path).toBe(403);
    expect(await response.text()).not.toContain('private');
  }
  const statuses = await page.evaluate(async (changes) => {
    const results = [];
    for (const [method, path, body] of changes) {
      const response = await fetch(path, {
        method,
        body,
        headers: { 'Content-Type': 'application/json', 'X-Basalam-Emulator': '1' },
      });
      results.push(response.status);
    }
    return results;
  }, CHANGES);
  expect(new Set(statuses)).toEqual(new Set([403]));
  expect(await stateOf(emulator)).toEqual(before);
});

test('an uploaded page is a download, and runs nothing', async ({ emulator, page }) => {
  const urls = await upload(emulator, 'a.html', 'text/html', '<script>document.title = "attacked"</script>');
  const response = await fetch(urls.primary);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
  expect(response.headers.get('content-security-policy')).toContain('sandbox');
  const download = page.waitForEvent('download');
  await page.goto(urls.primary).catch(() => {});
  await (await download).cancel();
  expect(await page.title()).not.toBe('attacked');
});

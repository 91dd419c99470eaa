import { expect, test } from '../support/test.js';

/** English has forms for one and for many; in Persian they are the same. */
const withoutPlurals = (strings) =>
  Object.keys(strings)
    .filter((it) => !it.endsWith('-one'))
    .sort();

const placeholders = (string) => [...string.matchAll(/\{\w+\}/g)].map(String).sort();

test('both languages have the same strings with the same placeholders', async ({ console, page }) => {
  await console.open();
  const [en, fa] = await page.evaluate(async () => {
    const modules = ['en', 'fa'].map((it) => import(`/_emulator/console/strings-${it}.js`));
    return (await Promise.all(modules)).map((it) => it.default);
  });
  expect(withoutPlurals(fa)).toEqual(withoutPlurals(en));
  for (const key of withoutPlurals(en)) expect(placeholders(fa[key]), key).toEqual(placeholders(en[key]));
});

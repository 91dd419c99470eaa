import en from '../../console/strings-en.js';
import fa from '../../console/strings-fa.js';
import { expect, test } from 'playwright/test';

/** English has forms for one and for many; in Persian they are the same. */
const withoutPlurals = (strings) => Object.keys(strings).filter((it) => !it.endsWith('-one')).sort();

const placeholders = (string) => [...string.matchAll(/\{\w+\}/g)].map(String).sort();

test('both languages have the same strings with the same placeholders', () => {
  expect(withoutPlurals(fa)).toEqual(withoutPlurals(en));
  for (const key of withoutPlurals(en)) expect(placeholders(fa[key]), key).toEqual(placeholders(en[key]));
});

// The languages of the interface, and the formats of numbers and times.

import { byId } from './dom.js';
import { emit } from './store.js';
import en from './strings-en.js';
import fa from './strings-fa.js';

const LANGUAGES = {
  en: { strings: en, dir: 'ltr', locale: 'en-GB', next: 'fa' },
  fa: { strings: fa, dir: 'rtl', locale: 'fa-IR', next: 'en' },
};
const KEY = 'language';

let language = initial();
let formats = makeFormats();

function initial() {
  const stored = localStorage.getItem(KEY);
  if (stored in LANGUAGES) return stored;
  return navigator.language.toLowerCase().startsWith('fa') ? 'fa' : 'en';
}

function makeFormats() {
  const { locale } = LANGUAGES[language];
  // The service's times have no zone, so they are shown as they are.
  const time = (options) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  return {
    number: new Intl.NumberFormat(locale),
    plural: new Intl.PluralRules(locale),
    time: time({ hour: '2-digit', minute: '2-digit', hour12: false }),
    seconds: time({ hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }),
    day: time({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    full: time({ dateStyle: 'medium', timeStyle: 'medium' }),
    // Requests have a zone, so they are shown in that of this computer.
    local: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }),
    localFull: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }),
  };
}

/** Returns a string of the interface, with `{name}` replaced by parameters. */
export function t(key, parameters = {}) {
  const { strings } = LANGUAGES[language];
  const count = parameters.count === undefined ? '' : `-${formats.plural.select(parameters.count)}`;
  const string = strings[key + count] ?? strings[key] ?? key;
  return string.replace(/\{(\w+)\}/g, (_, name) => {
    const value = parameters[name];
    return typeof value === 'number' ? formats.number.format(value) : String(value ?? '');
  });
}

export const number = (value) => formats.number.format(value);

/** Parses a time of the service: `2026-07-22 10:30:00`, or the same with `T` and `Z`. */
export function parseTime(text) {
  const date = new Date(`${String(text).replace(' ', 'T').replace(/Z$/, '')}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/**
 * Formats a time of the service; `form`: `time`, `seconds`, `day`, `full`, or `local` and
 * `localFull` for times with a zone.
 */
export function formatTime(text, form = 'time') {
  const date = text instanceof Date ? text : parseTime(text);
  return date ? formats[form].format(date) : String(text ?? '');
}

/** Formats bytes. */
export function formatBytes(bytes) {
  if (bytes < 1024) return t('bytes', { n: bytes });
  if (bytes < 1024 * 1024) return t('kibibytes', { n: Math.round(bytes / 1024) });
  return t('mebibytes', { n: Math.round((bytes / 1024 / 1024) * 10) / 10 });
}

export function start() {
  byId('language').addEventListener('click', () => {
    language = LANGUAGES[language].next;
    localStorage.setItem(KEY, language);
    formats = makeFormats();
    apply();
    emit('language');
  });
  apply();
}

/** Sets the strings of the static elements. */
function apply() {
  const root = document.documentElement;
  root.lang = language;
  root.dir = LANGUAGES[language].dir;
  document.title = t('pageTitle');
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-t-label]')) {
    element.setAttribute('aria-label', t(element.dataset.tLabel));
  }
  const next = byId('language');
  next.textContent = t('otherLanguage');
  next.lang = LANGUAGES[language].next;
}

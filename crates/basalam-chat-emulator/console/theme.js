// Light and dark: the system's choice unless one is chosen.

import { byId, icon } from './dom.js';
import { on } from './store.js';
import { t } from './i18n.js';

const KEY = 'theme';
const THEMES = ['system', 'light', 'dark'];
const ICONS = { system: 'contrast', light: 'sun', dark: 'moon' };

let theme = THEMES.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : 'system';

export function start() {
  byId('theme').addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    localStorage.setItem(KEY, theme);
    apply();
  });
  on('language', apply);
  apply();
}

function apply() {
  document.documentElement.dataset.theme = theme;
  const label = `${t('theme')}: ${t(`theme-${theme}`)}`;
  const element = byId('theme');
  element.setAttribute('aria-label', label);
  element.title = label;
  element.replaceChildren(icon(ICONS[theme]));
}

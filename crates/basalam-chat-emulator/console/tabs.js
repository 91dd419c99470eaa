// The tabs of the inspector, and the views of narrow windows.

import { byId, h } from './dom.js';
import { on } from './store.js';
import { t } from './i18n.js';

const TABS = ['requests', 'faults', 'clock', 'webhooks', 'data'];
const VIEWS = ['chats', 'conversation', 'inspector'];

let selected = TABS[0];

/** Creates the tabs; returns the panels by name. */
export function start() {
  const panels = Object.fromEntries(
    TABS.map((name) => [
      name,
      h('div', {
        id: `panel-${name}`,
        class: `panel panel-${name}`,
        role: 'tabpanel',
        'aria-labelledby': `tab-${name}`,
      }),
    ]),
  );
  byId('tabs').append(
    ...TABS.map((name) =>
      h('button', {
        type: 'button',
        role: 'tab',
        id: `tab-${name}`,
        class: 'tab',
        'aria-controls': `panel-${name}`,
        data: { t: `tab-${name}` },
        on: { click: () => selectTab(name), keydown: moveBetweenTabs },
      }),
    ),
  );
  byId('tab-panels').append(...Object.values(panels));
  selectTab(selected);
  byId('views').append(
    ...VIEWS.map((name) =>
      h('button', {
        type: 'button',
        class: 'view-button',
        data: { view: name, t: `view-${name}` },
        on: { click: () => showView(name) },
      }),
    ),
  );
  showView('chats');
  on('language', label);
  label();
  return panels;
}

function label() {
  for (const element of document.querySelectorAll('.tab, .view-button')) element.textContent = t(element.dataset.t);
}

function selectTab(name) {
  selected = name;
  for (const it of TABS) {
    const tab = byId(`tab-${it}`);
    tab.setAttribute('aria-selected', String(it === name));
    tab.tabIndex = it === name ? 0 : -1;
    byId(`panel-${it}`).hidden = it !== name;
  }
}

function moveBetweenTabs(event) {
  const isRightToLeft = document.documentElement.dir === 'rtl';
  const steps = { ArrowRight: isRightToLeft ? -1 : 1, ArrowLeft: isRightToLeft ? 1 : -1 };
  if (!(event.key in steps)) return;
  const next = (TABS.indexOf(selected) + steps[event.key] + TABS.length) % TABS.length;
  selectTab(TABS[next]);
  byId(`tab-${TABS[next]}`).focus();
}

/** Shows one part of the page, where there is no room for all. */
export function showView(name) {
  document.body.dataset.view = name;
  for (const element of document.querySelectorAll('.view-button')) {
    if (element.dataset.view === name) element.setAttribute('aria-current', 'page');
    else element.removeAttribute('aria-current');
  }
}

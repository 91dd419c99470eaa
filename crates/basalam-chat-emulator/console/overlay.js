// Dialogs, menus and notices.

import { button, byId, h, iconButton } from './dom.js';
import { t } from './i18n.js';

const NOTICE_MS = 6000;
let count = 0;

/** Shows a modal dialog; the browser keeps the focus inside, and Escape closes it. Returns a function that closes it. */
export function showDialog(title, content, { actions = [], isWide = false, onClose = () => {} } = {}) {
  const opener = document.activeElement;
  count += 1;
  const id = `dialog-title-${count}`;
  const dialog = h(
    'dialog',
    { class: isWide ? 'dialog wide' : 'dialog', 'aria-labelledby': id },
    h(
      'header',
      { class: 'dialog-head' },
      h('h2', { id, text: title }),
      iconButton('close', t('close'), () => dialog.close(), { class: 'ghost' }),
    ),
    h('div', { class: 'dialog-body' }, content),
    actions.length > 0 && h('footer', { class: 'dialog-foot' }, actions),
  );
  dialog.addEventListener('click', (event) => {
    // A click on the backdrop hits the dialog itself.
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    onClose();
    opener?.focus?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return () => dialog.close();
}

/** Asks before something that cannot be undone. */
export function confirmDialog(title, text, label, action) {
  const close = showDialog(title, h('p', { text }), {
    actions: [
      button(t('cancel'), () => close()),
      button(
        label,
        () => {
          close();
          action();
        },
        { class: 'danger' },
      ),
    ],
  });
}

/** Makes a button open a menu of `items()`: `[label, action]` or `null` for those that are left out. */
export function attachMenu(opener, items) {
  const menu = h('div', { class: 'menu', role: 'menu', popover: 'auto' });
  opener.setAttribute('aria-haspopup', 'menu');
  opener.setAttribute('aria-expanded', 'false');
  menu.addEventListener('toggle', (event) => {
    opener.setAttribute('aria-expanded', String(event.newState === 'open'));
    if (event.newState === 'closed') menu.remove();
  });
  menu.addEventListener('keydown', (event) => moveInMenu(menu, opener, event));
  opener.addEventListener('click', () => {
    const entries = items()
      .filter(Boolean)
      .map(([label, action]) =>
        h('button', {
          type: 'button',
          role: 'menuitem',
          class: 'menu-item',
          text: label,
          on: {
            click() {
              menu.hidePopover();
              opener.focus();
              action();
            },
          },
        }),
      );
    menu.replaceChildren(...entries);
    opener.after(menu);
    menu.showPopover();
    place(menu, opener);
    entries[0]?.focus();
  });
}

function moveInMenu(menu, opener, event) {
  const entries = [...menu.children];
  const index = entries.indexOf(document.activeElement);
  const moves = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: entries.length - 1 };
  if (event.key in moves) {
    event.preventDefault();
    entries[(moves[event.key] + entries.length) % entries.length]?.focus();
  } else if (event.key === 'Escape') {
    menu.hidePopover();
    opener.focus();
  }
}

/** Places a menu below its button, or above it if there is no room, and inside the window. */
function place(menu, opener) {
  const anchor = opener.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const isRightToLeft = document.documentElement.dir === 'rtl';
  const left = isRightToLeft ? anchor.left : anchor.right - width;
  const hasRoom = anchor.bottom + height + 8 < innerHeight;
  menu.style.left = `${Math.min(Math.max(8, left), innerWidth - width - 8)}px`;
  menu.style.top = `${hasRoom ? anchor.bottom + 4 : Math.max(8, anchor.top - height - 4)}px`;
}

/** Shows a short message, which screen readers announce. */
export function notify(text, isError = false) {
  const notice = h('p', { class: isError ? 'notice error' : 'notice', dir: 'auto', text });
  byId('notices').append(notice);
  setTimeout(() => notice.remove(), NOTICE_MS);
}

/** Runs an action; if it fails, shows why. Returns its result, or `undefined`. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    notify(describeError(error), true);
    return undefined;
  }
}

/** Describes an error of a request: the status, if there was a response, and the reason. */
export function describeError(error) {
  if (error.status) return `${error.status} · ${error.message}`;
  return error.message === 'timeout' ? t('timeout') : error.status === null ? t('noResponse') : String(error.message);
}

/** Copies a text; the clipboard needs a secure context, without which the text is shown to be copied by hand. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    notify(t('copied'));
  } catch {
    const area = h('textarea', { class: 'code', dir: 'ltr', rows: '8', readonly: true, 'aria-label': t('copyThis') });
    area.value = text;
    showDialog(t('copyThis'), area);
    area.select();
  }
}

// Messages on their way: sent one after another, so that they arrive in order, and kept if they fail.

import { button, byId, h } from './dom.js';
import { t } from './i18n.js';
import { describeError } from './overlay.js';
import { on } from './store.js';

/** `{ label, run, state: 'waiting' | 'sending' | 'failed', error }` */
let entries = [];
let isSending = false;

export function start() {
  on('language', show);
}

/** Sends something, after what was added before: `run` sends it, `label` describes it. */
export function add(label, run) {
  entries.push({ label, run, state: 'waiting', error: null });
  sendNext();
}

async function sendNext() {
  if (isSending) return;
  const entry = entries.find((it) => it.state === 'waiting');
  if (!entry) return;
  isSending = true;
  entry.state = 'sending';
  show();
  try {
    await entry.run();
    entries = entries.filter((it) => it !== entry);
  } catch (error) {
    entry.state = 'failed';
    entry.error = error;
  }
  isSending = false;
  show();
  sendNext();
}

function show() {
  byId('outbox').replaceChildren(
    ...entries.map((entry) =>
      h(
        'li',
        { class: `outgoing ${entry.state}` },
        h('span', { class: 'outgoing-state', text: t(entry.state) }),
        h('bdi', { class: 'outgoing-label', text: entry.label }),
        entry.state === 'failed' && h('span', { class: 'outgoing-error', role: 'alert', text: reason(entry.error) }),
        entry.state === 'failed' &&
          button(
            t('tryAgain'),
            () => {
              entry.state = 'waiting';
              sendNext();
            },
            { class: 'small' },
          ),
        entry.state === 'failed' &&
          button(
            t('dismiss'),
            () => {
              entries = entries.filter((it) => it !== entry);
              show();
            },
            { class: 'small ghost' },
          ),
      ),
    ),
  );
}

function reason(error) {
  // Without a response, nobody knows what the service did.
  return error.status === null ? `${describeError(error)}. ${t('mayBeSent')}` : describeError(error);
}

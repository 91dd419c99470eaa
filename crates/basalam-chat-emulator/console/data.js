// Reset and seed, and what a client needs to connect.

import { control } from './api.js';
import { button, field, h, iconButton, replaceChildren } from './dom.js';
import { t } from './i18n.js';
import { attempt, confirmDialog, copyText, notify } from './overlay.js';
import { emit, on, state } from './store.js';

let panel;
let users;

export function start(element) {
  panel = element;
  on('language', build);
  on('users', showConnection);
  build();
}

function build() {
  users = h('section', { class: 'card-section' });
  panel.replaceChildren(users, seed(), reset());
  showConnection();
}

/** Lists what a client needs; users can be added at any time. */
function showConnection() {
  const { base_url: url = location.origin, oauth_clients: clients = [] } = state.info;
  const row = (label, value, secret) =>
    h(
      'li',
      { class: 'secret' },
      h(
        'span',
        { class: 'grow' },
        h('bdi', { text: label }),
        h('span', { class: 'hint code', dir: 'ltr', text: value }),
      ),
      iconButton('copy', `${t('copyToken')}: ${label}`, () => copyText(secret), {
        class: 'ghost small',
        data: { keep: `copy-${label}` },
      }),
    );
  replaceChildren(
    users,
    h('h3', { text: t('connection') }),
    h(
      'ul',
      { class: 'plain' },
      row(t('baseUrl'), url, url),
      // Of thousands of simulated customers, the first are those of the seed.
      state.info.users.slice(0, 20).map((it) => row(it.name, `${it.id} · ${it.token}`, it.token)),
      state.info.bots.slice(0, 20).map((it) => row(it.name, String(it.id), it.token)),
      clients.map((it) => row(it.id, it.secret, it.secret)),
    ),
  );
}

function seed() {
  const text = h('textarea', {
    class: 'code seed-text',
    dir: 'ltr',
    rows: '8',
    spellcheck: 'false',
    placeholder: '{ "users": [{ "name": "Sara", "id": 501 }] }',
  });
  const file = h('input', { type: 'file', accept: 'application/json,.json', class: 'file-input' });
  file.addEventListener('change', async () => {
    if (file.files[0]) text.value = await file.files[0].text();
  });
  const form = h(
    'form',
    { class: 'card-section form' },
    h('h3', { text: t('seed') }),
    h('p', { class: 'hint', text: t('seedHint') }),
    field(t('loadFile'), file),
    field(t('seedText'), text),
    h(
      'div',
      { class: 'form-foot' },
      button(t('applySeed'), () => {}, { class: 'primary', type: 'submit' }),
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    await attempt(async () => {
      await control('POST', 'seed', JSON.parse(text.value));
      text.value = '';
      notify(t('seeded'));
      emit('users-changed');
      emit('resync');
    });
  });
  return form;
}

function reset() {
  return h(
    'section',
    { class: 'card-section' },
    h('h3', { text: t('reset') }),
    h('p', { class: 'hint', text: t('resetHint') }),
    button(
      t('reset'),
      () =>
        confirmDialog(t('resetTitle'), t('resetHint'), t('reset'), () =>
          attempt(async () => {
            await control('POST', 'reset');
            notify(t('wasReset'));
            emit('users-changed');
            emit('resync');
          }),
        ),
      { class: 'danger' },
    ),
  );
}

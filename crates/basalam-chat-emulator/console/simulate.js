// Traffic on request: many messages, many customers, odd messages.

import { control } from './api.js';
import { button, field, h, select } from './dom.js';
import { t } from './i18n.js';
import { attempt, notify, showDialog } from './overlay.js';
import { openChatInfo, state } from './store.js';

/** The bounds of the emulator. */
const MAX_MESSAGES = 1000;
const MAX_CUSTOMERS = 100;
const MAX_OF_EACH = 20;

const count = (value, max) => h('input', { type: 'number', min: '1', max: String(max), value: String(value) });

/** Shows the dialog for the open chat. */
export function open() {
  const members = openChatInfo()?.members ?? state.info.users;
  const senders = members.filter((it) => !it.is_bot).map((it) => [String(it.id), it.name]);
  const users = state.info.users.map((it) => [String(it.id), it.name]);
  const me = String(state.memberId ?? senders[0]?.[0] ?? '');
  const sender = select(senders, me);
  const messages = count(50, MAX_MESSAGES);
  const receiver = select(users, users[0]?.[0]);
  const customers = count(10, MAX_CUSTOMERS);
  const each = count(3, MAX_OF_EACH);
  showDialog(t('simulateTitle'), [
    part(t('simulateMessages'), null, [field(t('sender'), sender), field(t('count'), messages)], () => ({
      kind: 'messages',
      chat_id: state.chatId,
      sender_id: Number(sender.value),
      count: messages.valueAsNumber,
    })),
    part(t('simulateOdd'), t('simulateOddHint'), [], () => ({
      kind: 'odd',
      chat_id: state.chatId,
      sender_id: Number(sender.value),
    })),
    part(
      t('simulateCustomers'),
      null,
      [field(t('writeTo'), receiver), field(t('count'), customers), field(t('messagesEach'), each)],
      () => ({
        kind: 'customers',
        user_id: Number(receiver.value),
        count: customers.valueAsNumber,
        messages: each.valueAsNumber,
      }),
    ),
  ]);
}

function part(title, hint, fields, body) {
  const form = h(
    'form',
    { class: 'form simulate-part' },
    h('h3', { text: title }),
    hint && h('p', { class: 'hint', text: hint }),
    h(
      'div',
      { class: 'form-row' },
      fields,
      button(t('run'), () => {}, { class: 'primary', type: 'submit', 'aria-label': `${t('run')}: ${title}` }),
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const done = await attempt(() => control('POST', 'simulate', body()));
    if (done) notify(t('simulated'));
  });
  return form;
}

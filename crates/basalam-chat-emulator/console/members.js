// Who the page is: the chosen user, the dialog that chooses another, and new chats.

import { service } from './api.js';
import { avatar, button, byId, h, icon, iconButton } from './dom.js';
import { number, t } from './i18n.js';
import { Listbox } from './listbox.js';
import { attempt, copyText, showDialog } from './overlay.js';
import { chooseMember, member, on, openChat, state } from './store.js';
import { showView } from './tabs.js';

const EVERYONE = 'everyone';

export function start() {
  byId('me').addEventListener('click', () =>
    showUsers(t('pickMember'), {
      hasEveryone: true,
      hasBots: true,
      selected: state.memberId ?? EVERYONE,
      choose: (id) => chooseMember(id === EVERYONE ? null : id),
    }),
  );
  byId('new-chat').addEventListener('click', () =>
    showUsers(t('newChatWith'), { exclude: state.memberId, choose: writeTo }),
  );
  for (const event of ['member', 'users', 'language']) on(event, show);
  show();
}

function show() {
  const me = member();
  const name = me?.name ?? t('everyone');
  byId('me').replaceChildren(
    me ? avatar(me.id, me.name) : h('span', { class: 'avatar all' }, icon('users')),
    h(
      'span',
      { class: 'me-text' },
      h('span', { class: 'me-label', text: t('you') }),
      h('bdi', { class: 'me-name', text: name }),
    ),
    icon('chevron'),
  );
  byId('new-chat').disabled = !me;
}

/** Creates or opens the private chat with another user. */
async function writeTo(userId) {
  const result = await attempt(() => service('POST', '/v1/chats', member(), { user_id: userId }));
  if (!result?.data?.id) return;
  openChat(result.data.id);
  showView('conversation');
}

function showUsers(title, { choose, selected, exclude, hasEveryone = false, hasBots = false }) {
  const search = h('input', {
    type: 'search',
    role: 'combobox',
    'aria-expanded': 'true',
    'aria-controls': 'user-options',
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    placeholder: t('searchUsers'),
    'aria-label': t('searchUsers'),
    autofocus: true,
  });
  const scroller = h('div', { class: 'scroller user-options', id: 'user-options', 'aria-label': t('users') });
  const empty = h('p', { class: 'empty', text: t('noUsers'), hidden: true });
  // Users can be added while the dialog is open.
  const stopListening = on('users', () => filter());
  const close = showDialog(title, [search, scroller, empty, hasBots && bots()], { onClose: stopListening });
  const listbox = new Listbox(scroller, {
    input: search,
    estimate: 56,
    render: (row) => userOption(row.user),
    isSelected: (row) => row.key === selected,
    choose(row) {
      close();
      choose(row.key);
    },
  });
  const filter = () => {
    const users = matching(search.value, exclude);
    const rows = users.map((user) => ({ key: user.id, signature: user.name, user }));
    if (hasEveryone && search.value === '') rows.unshift({ key: EVERYONE, signature: EVERYONE, user: null });
    listbox.setRows(rows);
    empty.hidden = rows.length > 0;
  };
  search.addEventListener('input', filter);
  filter();
}

function matching(text, exclude) {
  const words = text.toLowerCase().trim();
  return state.info.users.filter(
    (it) =>
      it.id !== exclude && (words === '' || it.name.toLowerCase().includes(words) || String(it.id).includes(words)),
  );
}

function userOption(user) {
  if (!user) {
    return h(
      'div',
      { class: 'option' },
      h('span', { class: 'avatar all' }, icon('users')),
      h(
        'span',
        { class: 'option-text' },
        h('span', { class: 'option-title', text: t('everyone') }),
        h('span', { class: 'hint', text: t('everyoneHint') }),
      ),
    );
  }
  return h(
    'div',
    { class: 'option' },
    avatar(user.id, user.name),
    h(
      'span',
      { class: 'option-text' },
      h('bdi', { class: 'option-title', text: user.name }),
      h('span', { class: 'hint code', dir: 'ltr', text: `${user.id} · ${user.token}` }),
    ),
  );
}

/** The bots, as which nobody writes here, with their tokens. */
function bots() {
  const { bots: all } = state.info;
  return (
    all.length > 0 &&
    h(
      'section',
      { class: 'bots' },
      h('h3', { text: `${t('bots')} (${number(all.length)})` }),
      h(
        'ul',
        { class: 'plain' },
        all.map((bot) =>
          h(
            'li',
            { class: 'option' },
            avatar(bot.id, bot.name),
            h(
              'span',
              { class: 'option-text' },
              h('bdi', { class: 'option-title', text: bot.name }),
              h('span', { class: 'hint code', dir: 'ltr', text: String(bot.id) }),
            ),
            iconButton('copy', t('copyToken'), () => copyText(bot.token), { class: 'ghost' }),
          ),
        ),
      ),
    )
  );
}

/** Buttons that make the page a member of a chat, for when it is none. */
export function memberButtons(members) {
  return members
    .filter((it) => !it.is_bot)
    .slice(0, 8)
    .map((it) =>
      button(h('bdi', { text: it.name }), () => chooseMember(it.id), {
        class: 'small member-button',
        'aria-label': `${t('writeAs')} ${it.name}`,
      }),
    );
}

// The list of chats, newest first, with what the chosen user has not seen.

import { control, query } from './api.js';
import { avatar, byId, h, icon } from './dom.js';
import { formatTime, number, t } from './i18n.js';
import { Listbox } from './listbox.js';
import { attempt } from './overlay.js';
import { chatTitle, coalesce, emit, on, openChat, state } from './store.js';
import { showView } from './tabs.js';

const PAGE = 100;
const MAX_PAGE = 500;

let listbox;
let chats = [];
let next = null;
let isLoading = false;

const refresh = coalesce(() => attempt(reload));

export function start() {
  listbox = new Listbox(byId('chat-list'), {
    estimate: 68,
    render: (row) => chatOption(row.chat),
    isSelected: (row) => row.key === state.chatId,
    choose(row) {
      openChat(row.key);
      showView('conversation');
    },
    onEnd: loadMore,
  });
  on('chats-changed', refresh);
  on('resync', refresh);
  on('member', () => {
    chats = [];
    next = null;
    show();
    refresh();
  });
  on('chat', () => listbox.list.decorate());
  on('language', () => {
    show();
    listbox.list.refresh();
  });
  return attempt(reload);
}

async function read(after, limit) {
  return control('GET', `chats${query({ as: state.memberId, after, limit })}`);
}

/** Reads what is shown again: changed chats move to the front, and counts change in place. */
async function reload() {
  const asMember = state.memberId;
  const limit = Math.min(Math.max(PAGE, chats.length), MAX_PAGE);
  const page = await read(null, limit);
  if (asMember !== state.memberId) return;
  const ids = new Set(page.chats.map((it) => it.id));
  // Chats beyond one page keep what was read of them until they change, which moves them to the front.
  const isWhole = chats.length <= limit || page.next === null;
  chats = isWhole ? page.chats : [...page.chats, ...chats.slice(limit).filter((it) => !ids.has(it.id))];
  if (isWhole) next = page.next;
  show();
}

async function loadMore() {
  if (isLoading || next === null) return;
  isLoading = true;
  const asMember = state.memberId;
  const page = await attempt(() => read(next, MAX_PAGE));
  isLoading = false;
  if (!page || asMember !== state.memberId) return;
  const ids = new Set(chats.map((it) => it.id));
  chats = [...chats, ...page.chats.filter((it) => !ids.has(it.id))];
  next = page.next;
  show();
}

function show() {
  state.chats = new Map(chats.map((it) => [it.id, it]));
  listbox.setRows(chats.map((chat) => ({ key: chat.id, signature: signature(chat), chat })));
  byId('chats-empty').hidden = chats.length > 0;
  byId('chat-count').textContent = chats.length > 0 ? number(chats.length) + (next === null ? '' : '+') : '';
  emit('chats');
}

function signature(chat) {
  return [
    chat.updated_at,
    chat.unseen_count,
    chat.message_count,
    chat.last_message?.id,
    chat.last_message?.text,
    chat.title,
  ].join('\u0000');
}

function chatOption(chat) {
  const unseen = chat.unseen_count;
  return h(
    'div',
    { class: 'chat-option' },
    chatPicture(chat),
    h(
      'span',
      { class: 'chat-text' },
      h(
        'span',
        { class: 'chat-line' },
        h('bdi', { class: 'chat-title', text: chatTitle(chat) }),
        h('time', { class: 'hint', text: chatTime(chat) }),
      ),
      h(
        'span',
        { class: 'chat-line' },
        h('bdi', { class: 'chat-preview', text: preview(chat) }),
        unseen > 0 && h('span', { class: 'badge', 'aria-label': t('unseen', { count: unseen }) }, number(unseen)),
      ),
    ),
  );
}

export function chatPicture(chat) {
  const picture =
    chat.chat_type === 'private'
      ? (chat.members.find((it) => it.id !== state.memberId) ?? chat.members[0])
      : { id: chat.id, name: chat.title };
  const isShared = chat.chat_type !== 'private';
  return h(
    'span',
    { class: 'picture' },
    avatar(picture?.id, picture?.name),
    isShared &&
      h(
        'span',
        { class: `type type-${chat.chat_type}`, title: t(`type-${chat.chat_type}`) },
        icon(chat.chat_type === 'group' ? 'users' : chat.chat_type === 'bot' ? 'code' : 'send'),
      ),
  );
}

const chatTime = (chat) => formatTime(chat.updated_at, 'time');

function preview(chat) {
  const last = chat.last_message;
  if (!last) return t('noMessages');
  const text = last.text || describeType(last.message_type);
  const sender = chat.members.find((it) => it.id === last.sender_id);
  const isNamed = sender && (chat.chat_type === 'group' || state.memberId === null);
  return isNamed ? `${sender.name}: ${text}` : text;
}

function describeType(type) {
  const known = ['picture', 'file', 'location'];
  return known.includes(type) ? t(type) : type;
}

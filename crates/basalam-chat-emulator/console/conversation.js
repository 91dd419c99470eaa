// The open chat as the chosen user sees it.

import { control, query } from './api.js';
import * as composer from './composer.js';
import { byId, button, h, icon, iconButton } from './dom.js';
import { chatPicture } from './chats.js';
import { t } from './i18n.js';
import { renderMessage } from './message.js';
import { attachMenu, attempt } from './overlay.js';
import * as simulate from './simulate.js';
import { chatTitle, coalesce, member, on, openChatInfo, state } from './store.js';
import { showView } from './tabs.js';
import * as transcript from './transcript.js';
import { VirtualList } from './virtual-list.js';

const PAGE = 100;
const OLDER_PAGE = 300;

let list;
let messages = [];
let hasMore = false;
let isLoading = false;
/** Increments with every opened chat, so that a late response for another one is ignored. */
let opening = 0;

const refresh = coalesce(() => attempt(readLatest), 150);

export function start() {
  const scroller = byId('messages');
  scroller.setAttribute('role', 'feed');
  scroller.tabIndex = 0;
  list = new VirtualList(scroller, {
    stick: 'end',
    estimate: 72,
    render: (row) => renderMessage(row, { reply: composer.replyTo, press: composer.sendText }),
    decorate(element, row, index) {
      element.setAttribute('aria-posinset', String(index + 1));
      element.setAttribute('aria-setsize', hasMore ? '-1' : String(list.rows.length));
    },
    onStart: loadOlder,
    onScroll: showNewButton,
  });
  scroller.addEventListener('keydown', moveBetweenMessages);
  byId('new-messages').addEventListener('click', () => {
    list.scrollToEnd();
    showNewButton();
  });
  on('chat', open);
  on('chats', updateHead);
  on('chats-changed', (ids) => {
    if (state.chatId !== null && (ids === null || ids.includes(state.chatId))) refresh();
  });
  on('resync', () => {
    if (state.chatId !== null) refresh();
  });
  on('language', () => {
    buildHead();
    list.refresh();
  });
  open();
}

function open() {
  opening += 1;
  messages = [];
  hasMore = false;
  isLoading = false;
  list.setRows([]);
  list.scrollToEnd();
  byId('no-chat').hidden = state.chatId !== null;
  byId('messages').hidden = state.chatId === null;
  byId('no-messages').hidden = true;
  buildHead();
  if (state.chatId !== null) attempt(readLatest);
}

const read = (parameters) =>
  control('GET', `chats/${state.chatId}/messages${query({ as: state.memberId, ...parameters })}`);

/** Reads the latest messages, and takes over what was added, changed or deleted among them. */
async function readLatest() {
  const current = opening;
  if (state.chatId === null) return;
  const page = await read({ limit: PAGE });
  if (current !== opening) return;
  const first = page.messages[0]?.id ?? Infinity;
  const older = messages.filter((it) => it.id < first);
  // Without overlap, messages between the pages are missing: begin with the new page.
  const isContiguous = messages.some((it) => it.id >= first);
  // After a reset, the same chat can have other messages.
  const isStale = older.length + page.messages.length > page.total || !page.has_more;
  const keepsOlder = isContiguous && !isStale;
  messages = keepsOlder ? [...older, ...page.messages] : page.messages;
  if (!keepsOlder || older.length === 0) hasMore = page.has_more;
  show();
}

async function loadOlder() {
  if (isLoading || !hasMore || messages.length === 0) return;
  isLoading = true;
  const current = opening;
  byId('messages').setAttribute('aria-busy', 'true');
  const before = messages[0].id;
  const page = await attempt(() => read({ before, limit: OLDER_PAGE }));
  if (current !== opening) return;
  isLoading = false;
  byId('messages').removeAttribute('aria-busy');
  // Meanwhile, other messages may have been read.
  if (!page || messages[0]?.id !== before) return;
  messages = [...page.messages, ...messages];
  hasMore = page.has_more;
  show();
}

function show() {
  const showsSender = state.memberId === null || openChatInfo()?.chat_type !== 'private';
  let previous = null;
  list.setRows(
    messages.map((message) => {
      const isNewDay = previous?.created_at.slice(0, 10) !== message.created_at.slice(0, 10);
      const row = {
        key: message.id,
        message,
        day: isNewDay ? message.created_at : null,
        isFirst: isNewDay || previous?.sender?.id !== message.sender?.id,
        showsSender,
      };
      row.signature = signature(row);
      previous = message;
      return row;
    }),
  );
  byId('no-messages').hidden = messages.length > 0;
  showNewButton();
}

/** Whatever may change a message or how it is shown. */
function signature({ message, day, isFirst, showsSender }) {
  const { updated_at: updated, visible_at: visible, seen_by: seen, content, replied_message: replied } = message;
  return [
    updated,
    visible,
    seen?.join(),
    content?.text?.length,
    content?.text?.slice(0, 100),
    replied?.updated_at,
    day,
    isFirst,
    showsSender,
  ].join('\u0000');
}

/** Offers the way to the end if new messages are out of view. */
function showNewButton() {
  const element = byId('new-messages');
  element.hidden = list.isAtEnd || messages.length === 0;
  element.textContent = t('newMessages');
}

function moveBetweenMessages(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  const article = document.activeElement.closest('article');
  if (!(event.key in steps) || event.target.closest('a, button')) return;
  event.preventDefault();
  const index = article ? Number(article.getAttribute('aria-posinset')) - 1 + steps[event.key] : list.rows.length - 1;
  const row = list.rows[Math.min(Math.max(index, 0), list.rows.length - 1)];
  if (!row) return;
  list.reveal(list.indexOf(row.key));
  list.elementOf(row.key)?.focus({ preventScroll: true });
}

/** The parts of the head that change with every message; the rest stays, since the focus may be in it. */
const parts = {};

/** Shows the head and the composer of the open chat. */
function buildHead() {
  const head = byId('conversation-head');
  head.hidden = state.chatId === null;
  composer.show();
  if (state.chatId === null) return;
  const more = iconButton('more', t('moreActions'), () => {}, { class: 'ghost' });
  attachMenu(more, () => [
    ...composer.replayActions(() => messages),
    [t('simulate'), () => simulate.open()],
    [t('saveTranscript'), () => transcript.save()],
    [t('playTranscript'), () => transcript.choose()],
  ]);
  parts.picture = h('span', { class: 'picture' });
  parts.title = h('bdi');
  parts.description = h('p', { class: 'hint' });
  parts.seen = button([icon('seen'), h('span', { class: 'wide-only', text: t('markSeen') })], markSeen, {
    class: 'small',
    'aria-label': t('markSeen'),
  });
  parts.isKnown = openChatInfo() !== undefined;
  head.replaceChildren(
    iconButton('back', t('back'), () => showView('chats'), { class: 'ghost narrow-only flips' }),
    parts.picture,
    h('div', { class: 'conversation-title' }, h('h2', {}, parts.title), parts.description),
    parts.seen,
    more,
  );
  updateHead();
}

function updateHead() {
  if (state.chatId === null) return;
  const chat = openChatInfo();
  // The members of the chat were not known before.
  if (chat && !parts.isKnown) {
    buildHead();
    return;
  }
  parts.picture.replaceChildren(...(chat ? [chatPicture(chat)] : []));
  parts.title.textContent = chat ? chatTitle(chat) : t('chatNumber', { id: String(state.chatId) });
  parts.description.textContent = chat ? describe(chat) : '';
  parts.seen.hidden = !member() || !(chat?.unseen_count > 0);
}

function describe(chat) {
  const id = `#${chat.id}`;
  return [
    t(`type-${chat.chat_type}`),
    id,
    t('members', { count: chat.member_count }),
    t('messagesCount', { count: chat.message_count }),
  ].join(' · ');
}

async function markSeen() {
  await attempt(() => control('POST', 'seen', { chat_id: state.chatId, user_id: state.memberId }));
}

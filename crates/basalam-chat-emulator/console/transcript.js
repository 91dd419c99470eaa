// Transcripts: a chat saved as a file, and a file played again.

import { control, controlUrl, query } from './api.js';
import { button, byId, field, h, select } from './dom.js';
import { number, t } from './i18n.js';
import { attempt, notify, showDialog } from './overlay.js';
import { on, openChat, openChatInfo, state } from './store.js';

const POLL_MS = 400;

/** `{ id, status }` of the transcript that is played. */
let playing = null;

export function start() {
  on('language', show);
}

/** Saves the open chat: the messages of the bot under test become waits for as many answers. */
export function save() {
  const members = openChatInfo()?.members ?? [];
  const bot = select([['', '—'], ...members.map((it) => [String(it.id), it.name])], defaultBot(members));
  const link = h('a', { class: 'button primary', download: `chat-${state.chatId}.json`, text: t('save') });
  const update = () =>
    link.setAttribute('href', controlUrl(`chats/${state.chatId}/transcript${query({ bot: bot.value || null })}`));
  bot.addEventListener('change', update);
  update();
  const close = showDialog(t('saveTranscript'), field(t('botMember'), bot, t('botMemberHint')), { actions: [link] });
  link.addEventListener('click', () => setTimeout(close));
}

/** The other side of the chat, since the page is usually the customer. */
function defaultBot(members) {
  const other = members.find((it) => it.id !== state.memberId);
  return String(other?.id ?? '');
}

/** Asks for a file and plays it. */
export function choose() {
  const input = h('input', { type: 'file', accept: 'application/json,.json', class: 'file-input' });
  const fast = h('input', { type: 'checkbox' });
  const form = h(
    'form',
    { class: 'form' },
    field(t('chooseFile'), input),
    h('label', { class: 'check' }, fast, h('span', { text: t('playFast') })),
    h(
      'div',
      { class: 'form-foot' },
      button(t('play'), () => {}, { class: 'primary', type: 'submit' }),
    ),
  );
  const close = showDialog(t('playTranscript'), form);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const [file] = input.files;
    if (!file) return;
    const transcript = await parse(file);
    if (transcript && (await play(transcript, fast.checked ? 0 : 1))) close();
  });
}

async function parse(file) {
  try {
    return JSON.parse(await file.text());
  } catch {
    notify(t('notTranscript'), true);
    return null;
  }
}

async function play(transcript, speed) {
  const started = await attempt(() => control('POST', 'transcripts', { transcript, speed }));
  if (!started) return false;
  playing = { id: started.id, status: { state: 'playing', turn: 0, turns: transcript.turns?.length ?? 0 } };
  show();
  if (started.chat_id) openChat(started.chat_id);
  poll(started.id);
  return true;
}

async function poll(id) {
  const status = await attempt(() => control('GET', `transcripts/${id}`));
  if (playing?.id !== id) return;
  if (!status) {
    playing = null;
  } else {
    playing.status = status;
    if (isRunning(status)) setTimeout(() => poll(id), POLL_MS);
  }
  show();
}

const isRunning = (status) => ['playing', 'waiting'].includes(status.state);

async function stop() {
  const { id, status } = playing;
  playing = null;
  show();
  if (isRunning(status)) await attempt(() => control('DELETE', `transcripts/${id}`));
}

function show() {
  const bar = byId('play');
  bar.hidden = playing === null;
  if (!playing) return;
  const { state: phase, turn = 0, turns = 0, message } = playing.status;
  const progress = h('progress', { max: String(Math.max(turns, 1)), 'aria-label': t('playing') });
  progress.value = phase === 'finished' ? Math.max(turns, 1) : turn;
  bar.replaceChildren(
    h('span', { class: `play-state ${phase}`, role: 'status', text: t(`play-${phase}`) }),
    progress,
    h('span', { class: 'hint', text: message ?? t('turns', { turn: number(turn), turns: number(turns) }) }),
    button(isRunning(playing.status) ? t('stop') : t('dismiss'), stop, { class: 'small' }),
  );
}

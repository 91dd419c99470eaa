// The box to write as the chosen user, through the service's own operations.

import { service } from './api.js';
import { button, byId, field, h, iconButton } from './dom.js';
import { t } from './i18n.js';
import { memberButtons } from './members.js';
import * as outbox from './outbox.js';
import { notify, showDialog } from './overlay.js';
import { member, on, openChatInfo, state } from './store.js';

/** How many messages can be replayed at once. */
const REPLAYS = [5, 20];

let replied = null;
let text;
let replyBar;
let sendButton;

export function start() {
  text = h('textarea', { id: 'composer-text', rows: '1', dir: 'auto', enterkeyhint: 'send' });
  text.addEventListener('keydown', (event) => {
    // Enter also confirms the word of an input method.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape' && replied) {
      replyTo(null);
    }
  });
  text.addEventListener('input', grow);
  byId('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  on('chat', () => replyTo(null));
}

/** Shows the composer for the open chat, or, if the page is no member, the buttons that change that. */
export function show() {
  const composer = byId('composer');
  const me = member();
  composer.hidden = state.chatId === null;
  if (composer.hidden) return;
  if (!me) {
    composer.replaceChildren(
      h(
        'div',
        { class: 'observe' },
        h('span', { class: 'hint', text: t('observeHint') }),
        memberButtons(openChatInfo()?.members ?? []),
      ),
    );
    return;
  }
  const hadFocus = document.activeElement === text;
  text.placeholder = t('writeAsName', { name: me.name });
  text.setAttribute('aria-label', t('writeMessage'));
  text.title = t('sendHint');
  replyBar = h('div', { class: 'reply-bar', hidden: true });
  sendButton = iconButton('send', t('send'), () => {}, { class: 'primary flips', type: 'submit' });
  composer.replaceChildren(
    replyBar,
    h(
      'div',
      { class: 'composer-row' },
      iconButton('picture', t('addPicture'), choosePicture, { class: 'ghost' }),
      iconButton('product', t('addProduct'), chooseProduct, { class: 'ghost' }),
      iconButton('location', t('addLocation'), chooseLocation, { class: 'ghost' }),
      text,
      sendButton,
    ),
  );
  grow();
  showReply();
  if (hadFocus) text.focus();
}

/** Adapts the height to the text, and the direction, which without a text is that of the placeholder. */
function grow() {
  text.dir = text.value === '' ? document.documentElement.dir : 'auto';
  text.style.height = 'auto';
  text.style.height = `${Math.min(text.scrollHeight + 2, 200)}px`;
}

/** Makes the next message a reply. */
export function replyTo(message) {
  replied = message;
  showReply();
  if (message) text.focus();
}

function showReply() {
  if (!replyBar) return;
  replyBar.hidden = !replied;
  if (!replied) return;
  replyBar.replaceChildren(
    h(
      'span',
      { class: 'reply-text' },
      h('strong', { text: t('replyingTo', { name: replied.sender?.name ?? '?' }) }),
      h('bdi', { class: 'hint', text: (replied.content?.text ?? replied.message_type).slice(0, 120) }),
    ),
    iconButton('close', t('cancelReply'), () => replyTo(null), { class: 'ghost small' }),
  );
}

function submit() {
  const message = text.value;
  if (message.trim() === '') return;
  text.value = '';
  grow();
  sendText(message);
}

/** Sends a text as the chosen user. */
export function sendText(message) {
  send(message, { message_type: 'text', content: { text: message } });
}

/** Sends a message, as a reply if one was chosen. */
function send(label, message) {
  const [me, chatId] = [member(), state.chatId];
  const body = replied ? { ...message, replied_message_id: replied.id } : message;
  replyTo(null);
  outbox.add(label.slice(0, 200), () => create(me, chatId, body));
}

const create = (me, chatId, body) => service('POST', `/v1/chats/${chatId}/messages`, me, body);

/** The menu entries that send the chosen user's last messages of a chat again. */
export function replayActions(messages) {
  if (!member()) return [];
  const replay = (count) => () => {
    const own = messages().filter((it) => Number(it.sender?.id) === state.memberId);
    if (own.length === 0) notify(t('nothingToReplay'));
    const [me, chatId] = [member(), state.chatId];
    for (const message of own.slice(-count)) {
      outbox.add(message.content?.text?.slice(0, 200) ?? message.message_type, () =>
        create(me, chatId, copyOf(message)),
      );
    }
  };
  return [[t('replayLast'), replay(1)], ...REPLAYS.map((count) => [t('replayMany', { n: count }), replay(count)])];
}

/** Returns the body that sends a message again. */
function copyOf({ message_type: type, content }) {
  const { text: words, entity_id: entity, files, metadata, reply_markup: buttons } = content ?? {};
  return {
    message_type: type,
    content: { text: words ?? null, entity_id: entity ?? null },
    ...(files ? { attachment: { files } } : {}),
    ...(metadata ? { message_metadata: metadata } : {}),
    ...(buttons ? { inline_markup_button: buttons } : {}),
  };
}

function choosePicture() {
  const input = h('input', { type: 'file', accept: 'image/*', class: 'file-input' });
  const caption = h('input', { type: 'text', dir: 'auto' });
  const preview = h('div', { class: 'preview' });
  input.addEventListener('change', () => {
    const [file] = input.files;
    preview.replaceChildren();
    if (!file) return;
    const url = URL.createObjectURL(file);
    const picture = h('img', { src: url, alt: file.name });
    picture.addEventListener('load', () => URL.revokeObjectURL(url));
    picture.addEventListener('error', () => URL.revokeObjectURL(url));
    preview.append(picture);
  });
  sendDialog(t('addPicture'), [field(t('chooseFile'), input), preview, field(t('caption'), caption)], () => {
    const [file] = input.files;
    if (!file) return false;
    sendPicture(file, caption.value, preview.querySelector('img'));
    return true;
  });
}

function sendPicture(file, caption, { naturalWidth: width, naturalHeight: height }) {
  const [me, chatId, reply] = [member(), state.chatId, replied];
  replyTo(null);
  outbox.add(file.name, async () => {
    const form = new FormData();
    form.append('file', file, file.name);
    form.append('file_type', 'chat.photo');
    const uploaded = await service('POST', '/v1/files', me, form);
    const url = uploaded.url ?? uploaded.urls?.primary ?? uploaded.urls?.original;
    // Sizes of 0 mean that the browser cannot show the file.
    const size = width > 0 ? { width, height } : {};
    await create(me, chatId, {
      message_type: 'picture',
      content: { text: caption === '' ? null : caption },
      attachment: { files: [{ id: uploaded.id, url, name: file.name, size: file.size, ...size }] },
      ...(reply ? { replied_message_id: reply.id } : {}),
    });
  });
}

function chooseProduct() {
  const id = h('input', { type: 'number', min: '1', step: '1', value: '24835', inputmode: 'numeric' });
  const caption = h('input', { type: 'text', dir: 'auto' });
  sendDialog(t('addProduct'), [field(t('productId'), id), field(t('caption'), caption)], () => {
    const entity = Number.parseInt(id.value, 10);
    if (!(entity > 0)) return false;
    send(t('product', { id: String(entity) }), {
      message_type: 'product',
      content: { entity_id: entity, text: caption.value || null },
    });
    return true;
  });
}

/** The fields of a location are unknown; the current contract has none, so they are sent as text and as metadata. */
function chooseLocation() {
  const latitude = h('input', { type: 'number', step: 'any', min: '-90', max: '90', value: '35.6997' });
  const longitude = h('input', { type: 'number', step: 'any', min: '-180', max: '180', value: '51.338' });
  sendDialog(t('addLocation'), [field(t('latitude'), latitude), field(t('longitude'), longitude)], () => {
    const [geo_width, geo_length] = [latitude.valueAsNumber, longitude.valueAsNumber];
    if (Number.isNaN(geo_width) || Number.isNaN(geo_length)) return false;
    send(t('location'), {
      message_type: 'location',
      content: { text: `${geo_width}, ${geo_length}` },
      message_metadata: { location: { geo_width, geo_length } },
    });
    return true;
  });
}

/** Shows a form; `submitForm` returns whether it is complete. */
function sendDialog(title, fields, submitForm) {
  const form = h(
    'form',
    { class: 'form' },
    fields,
    h(
      'div',
      { class: 'form-foot' },
      button(t('send'), () => {}, { class: 'primary', type: 'submit' }),
    ),
  );
  const close = showDialog(title, form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (submitForm()) close();
  });
}

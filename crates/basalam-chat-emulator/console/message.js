// One message. Its content comes from anyone: only text nodes and checked URLs reach the document.

import { control } from './api.js';
import { avatar, button, h, icon, iconButton } from './dom.js';
import { formatBytes, formatTime, t } from './i18n.js';
import { attempt, copyText, notify, showDialog } from './overlay.js';
import { state, userById } from './store.js';

/** Characters that make text appear in another order than it is stored. */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;

/** The length of the parts in which a long text is laid out. */
const LONG_PART = 8000;

/**
 * Renders a message. `row`: `message`, `day` (shown above), `isFirst` of several by one sender, `showsSender`.
 * `actions`: `reply(message)`, `press(label)`.
 */
export function renderMessage({ message, day, isFirst, showsSender }, actions) {
  const { sender } = message;
  const isOwn = sender !== null && Number(sender?.id) === state.memberId;
  const name = sender?.name ?? '?';
  return h(
    'article',
    {
      class: `message${isOwn ? ' own' : ''}${isFirst ? ' first' : ''}`,
      tabindex: '-1',
      'aria-label': `${name}, ${formatTime(message.created_at)}`,
    },
    day && h('div', { class: 'day' }, h('span', { text: formatTime(day, 'day') })),
    h(
      'div',
      { class: 'message-row' },
      showsSender && h('span', { class: 'message-avatar' }, isFirst && avatar(sender?.id, name)),
      h(
        'div',
        { class: 'bubble' },
        showsSender && isFirst && h('bdi', { class: 'sender', text: name }),
        message.forward_from && h('span', { class: 'hint', text: t('forwarded') }),
        message.replied_message && quote(message.replied_message),
        content(message),
        foot(message, isOwn),
      ),
      h(
        'div',
        { class: 'message-tools' },
        state.memberId !== null &&
          iconButton('reply', t('reply'), () => actions.reply(message), { class: 'ghost small' }),
        iconButton('code', t('showJson'), () => showJson(message), { class: 'ghost small' }),
      ),
    ),
    markup(message.content?.reply_markup, actions),
  );
}

function content(message) {
  const { text, files, entity_id: entity } = message.content ?? {};
  const type = message.message_type;
  const hasCard = entity !== null && entity !== undefined;
  const parts = [
    files?.length > 0 &&
      h(
        'div',
        { class: 'files' },
        files.map((it) => file(it, type)),
      ),
    hasCard &&
      card(
        type === 'product' ? 'product' : 'code',
        type === 'product' ? t('product', { id: String(entity) }) : t('entity', { type, id: String(entity) }),
      ),
    type === 'location' && card('location', t('location')),
    text && body(message, text),
  ];
  const isEmpty = !parts.some(Boolean);
  const isUnusual = !['text', 'picture', 'product', 'location', 'file'].includes(type);
  return [
    isUnusual && h('span', { class: 'tag code', dir: 'ltr', text: type }),
    ...parts,
    isEmpty && h('span', { class: 'hint', text: t('emptyContent') }),
  ];
}

function body(message, text) {
  return [
    // Each line has the direction of its own first letter, so that Persian and English lines can follow one another.
    h('p', { class: 'message-text', dir: 'auto', text }),
    message.text_length &&
      button(t('showWhole', { n: message.text_length }), () => showWhole(message.id), { class: 'small' }),
    BIDI_CONTROLS.test(text) && h('span', { class: 'tag warn', text: t('bidiControls') }),
  ];
}

function card(name, text) {
  return h('div', { class: 'card' }, icon(name), h('span', { text }));
}

function file(it, type) {
  const url = localFile(it.url);
  const name = it.name || t('file');
  const size = Number.isFinite(it.size) ? formatBytes(it.size) : '';
  const isPicture = ['picture', 'gallery', 'sticker'].includes(type);
  if (url && isPicture) {
    const picture = h('img', {
      class: 'picture-file',
      src: url,
      alt: it.name || t('picture'),
      loading: 'lazy',
      width: it.width,
      height: it.height,
    });
    picture.addEventListener('error', () => picture.replaceWith(h('span', { class: 'hint', text: t('fileMissing') })));
    return picture;
  }
  const label = h(
    'span',
    { class: 'option-text' },
    h('bdi', { text: name }),
    h('span', { class: 'hint', text: url ? size : t('foreignFile') }),
  );
  return url
    ? h('a', { class: 'card', href: url, download: name }, icon('copy'), label)
    : h('div', { class: 'card', title: String(it.url) }, icon('picture'), label);
}

/** Returns the path of a file on this emulator: files of other hosts are not loaded. */
function localFile(url) {
  const parsed = URL.parse?.(url, location.href);
  return parsed &&
    /^https?:$/.test(parsed.protocol) &&
    parsed.port === location.port &&
    parsed.pathname.startsWith('/files/')
    ? parsed.pathname
    : null;
}

function quote(replied) {
  return h(
    'blockquote',
    { class: 'quote' },
    h('bdi', { class: 'sender', text: replied.sender?.name ?? '?' }),
    h('p', { dir: 'auto', text: (replied.content?.text || replied.message_type).slice(0, 200) }),
  );
}

function foot(message, isOwn) {
  const names = (message.seen_by ?? [])
    .filter((id) => id !== Number(message.sender?.id))
    .map((id) => userById(id)?.name ?? String(id));
  const isEdited = message.updated_at !== message.created_at;
  const seen = names.length > 0 ? t('seenBy', { names: names.slice(0, 10).join(', ') }) : t('notSeen');
  return h(
    'footer',
    { class: 'message-foot' },
    message.visible_at &&
      h('span', { class: 'tag warn', text: t('late', { time: formatTime(message.visible_at, 'seconds') }) }),
    isEdited && h('span', { text: t('edited') }),
    h('time', {
      datetime: message.created_at.replace(' ', 'T'),
      title: formatTime(message.created_at, 'full'),
      text: formatTime(message.created_at),
    }),
    (isOwn || state.memberId === null) &&
      h(
        'span',
        { class: `ticks${names.length > 0 ? ' seen' : ''}`, role: 'img', 'aria-label': seen, title: seen },
        icon(names.length > 0 ? 'seen' : 'sent'),
      ),
  );
}

function markup(rows, actions) {
  if (!Array.isArray(rows) || rows.length === 0) return null;
  return h(
    'div',
    { class: 'markup' },
    rows.map((row) =>
      h(
        'div',
        { class: 'markup-row' },
        row.map((it) => markupButton(it, actions)),
      ),
    ),
  );
}

/** A button under a message: `msg` sends its label, `url` opens an address, `cb` calls its creator outside this API. */
function markupButton(it, actions) {
  const label = h('bdi', { text: String(it.label) });
  const url = it.type === 'url' ? URL.parse?.(it.data?.url) : null;
  if (url && /^https?:$/.test(url.protocol)) {
    return h('a', { class: 'button small', href: url.href, target: '_blank', rel: 'noopener noreferrer' }, label);
  }
  const press = () => (it.type === 'msg' ? actions.press(String(it.label)) : notify(t('buttonCallback')));
  return button(label, press, { class: 'small', disabled: state.memberId === null });
}

async function showWhole(id) {
  const message = await attempt(() => control('GET', `messages/${id}`));
  const text = message?.content?.text;
  if (typeof text === 'string') showDialog(t('wholeText'), longText(text), { isWide: true });
}

/**
 * Shows a text of any length in parts, of which the browser lays out only those in view: a megabyte in one paragraph
 * takes it twenty seconds.
 */
function longText(text) {
  const parts = [];
  for (let start = 0; start < text.length;) {
    const end = Math.min(start + LONG_PART, text.length);
    // Between words, if there are any.
    const space = end < text.length ? Math.max(text.lastIndexOf(' ', end), text.lastIndexOf('\n', end)) + 1 : end;
    const next = space > start ? space : end;
    parts.push(h('div', { class: 'long-part', dir: 'auto', text: text.slice(start, next) }));
    start = next;
  }
  return h('div', { class: 'whole-text', tabindex: '0', role: 'document' }, parts);
}

function showJson(message) {
  const json = JSON.stringify(message, null, 2);
  showDialog(
    t('messageJson', { id: String(message.id) }),
    h('pre', { class: 'code block', dir: 'ltr', tabindex: '0', text: json }),
    {
      isWide: true,
      actions: [button(t('copyJson'), () => copyText(json))],
    },
  );
}

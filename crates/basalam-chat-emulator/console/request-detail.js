// One request: its headers and bodies, and the same request for curl.

import { control } from './api.js';
import { button, h, iconButton } from './dom.js';
import { formatTime, t } from './i18n.js';
import { attempt, copyText } from './overlay.js';
import { nameOf, pretty, statusTag } from './request-format.js';
import { userById } from './store.js';

/** Shows a request over the list of `panel`. */
export async function open(panel, logged, onClose) {
  panel.querySelector('.detail')?.remove();
  const content = h('div', { class: 'detail-content' });
  const close = () => {
    view.remove();
    onClose();
  };
  const closer = iconButton('back', t('back'), close, { class: 'ghost flips' });
  const copy = button(t('curl'), () => {}, { class: 'small', disabled: true });
  const view = h(
    'div',
    { class: 'detail', role: 'region', 'aria-label': t('requestDetail', { number: String(logged.number) }) },
    h(
      'header',
      { class: 'detail-head' },
      closer,
      statusTag(logged.status),
      h('h3', { class: 'code', dir: 'ltr', text: `${logged.method} ${logged.operation ?? ''}` }),
      copy,
    ),
    content,
  );
  view.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
  });
  panel.append(view);
  closer.focus();
  content.append(facts(logged));
  const recorded = await attempt(() => read(logged.number));
  if (!recorded) {
    content.append(h('p', { class: 'hint', text: t('notRecorded') }));
    return;
  }
  copy.disabled = false;
  copy.addEventListener('click', () => copyText(curl(recorded.request, logged)));
  content.append(
    ...part(t('request'), recorded.request),
    ...(recorded.response ? part(t('response'), recorded.response) : []),
  );
}

/** Returns headers and bodies, or `null` if they were not recorded or are gone. */
async function read(number) {
  try {
    return await control('GET', `requests/${number}`);
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

function facts(logged) {
  const name = nameOf(logged);
  const rows = [
    ['URL', logged.path],
    [t('user'), name],
    [t('time'), logged.started_at && formatTime(logged.started_at, 'localFull')],
    [t('status'), logged.status ?? t('noStatus')],
    [t('error'), logged.error],
    [t('fault'), logged.fault],
  ].filter(([, value]) => value !== null && value !== undefined);
  return h(
    'dl',
    { class: 'facts' },
    rows.map(([label, value]) => [h('dt', { text: label }), h('dd', {}, h('bdi', { text: String(value) }))]),
  );
}

function part(title, { headers = [], body, body_truncated: isCut, body_base64: isBase64 }) {
  const table = h(
    'table',
    { class: 'headers' },
    h(
      'tbody',
      {},
      headers.map(([name, value]) => h('tr', {}, h('th', { scope: 'row', text: name }), h('td', { text: value }))),
    ),
  );
  return [
    h(
      'details',
      { class: 'section' },
      h('summary', { text: `${title}: ${t('headers')}` }),
      h('div', { class: 'code', dir: 'ltr' }, table),
    ),
    h(
      'details',
      { class: 'section', open: true },
      h('summary', { text: `${title}: ${t('body')}` }),
      body
        ? h('pre', { class: 'code block', dir: 'ltr', tabindex: '0', text: isBase64 ? body : pretty(body) })
        : h('p', { class: 'hint', text: t('noBody') }),
      isBase64 && h('p', { class: 'hint', text: t('base64') }),
      isCut && h('p', { class: 'hint', text: t('bodyTruncated') }),
    ),
  ];
}

/** Headers that curl sets itself. */
const OWN_HEADERS = new Set(['host', 'content-length', 'connection', 'accept-encoding', 'transfer-encoding']);

/** Returns the shell command of a request, with the user's token for the redacted one. */
function curl(request, logged) {
  const token = userById(logged.user_id)?.token;
  const headers = request.headers
    .filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()))
    .map(([name, value]) => {
      const isToken = name.toLowerCase() === 'authorization' && token;
      return `-H ${quote(`${name}: ${isToken ? `Bearer ${token}` : value}`)}`;
    });
  const url = new URL(request.url, location.origin).href;
  const body = request.body ? [`--data-raw ${quote(request.body)}`] : [];
  return [`curl -X ${request.method} ${quote(url)}`, ...headers, ...body].join(' \\\n  ');
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

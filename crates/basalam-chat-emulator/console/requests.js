// The requests to the service, live, with filters.

import { control, controlUrl, query } from './api.js';
import { button, h, select } from './dom.js';
import { formatTime, number, t } from './i18n.js';
import { Listbox } from './listbox.js';
import { attempt, confirmDialog } from './overlay.js';
import * as detail from './request-detail.js';
import { nameOf, statusTag } from './request-format.js';
import { coalesce, on, state } from './store.js';

/** As many as the emulator keeps. */
const CAPACITY = 5000;
const PAGE = 500;

let panel;
let listbox;
/** Oldest first. */
let requests = [];
let total = 0;
/** Up to where requests were read, in the order in which they finished. */
let position = 0;
let skipped = 0;
let selected = null;
const filters = { operation: '', status: '', text: '', onlyErrors: false };
const shown = { count: null, empty: null, list: null };

export function start(element) {
  panel = element;
  build();
  on('requests', ({ requests: added = [], skipped_requests: missed = 0 }) => append(added, missed));
  on('hello', () => attempt(readNew));
  on('resync', () => {
    requests = [];
    skipped = 0;
    total = 0;
    position = 0;
    attempt(readNew);
  });
  on('users', show);
  on('language', build);
}

/** Reads what came since the last request that was read. */
async function readNew() {
  for (;;) {
    const page = await control('GET', `requests${query({ after: position, limit: PAGE })}`);
    position = page.next ?? position;
    total = page.total;
    append(page.requests, 0);
    if (page.requests.length < PAGE) return;
  }
}

function append(added, missed) {
  // Events repeat requests that were read meanwhile.
  const known = new Set(requests.map((it) => it.number));
  requests.push(...added.filter((it) => !known.has(it.number)));
  if (requests.length > CAPACITY) requests = requests.slice(-CAPACITY);
  skipped += missed;
  total = Math.max(total, ...added.map((it) => it.number));
  showSoon();
}

const showSoon = coalesce(show, 100);

function build() {
  const search = h('input', {
    type: 'search',
    placeholder: t('searchRequests'),
    'aria-label': t('searchRequests'),
    dir: 'auto',
  });
  const operations = [['', t('anyOperation')], ...state.info.operations.map((it) => [it, it])];
  const operation = select(operations, filters.operation, { 'aria-label': t('operation'), class: 'operation-filter' });
  const status = select(
    [
      ['', t('anyStatus')],
      ['2', '2xx'],
      ['3', '3xx'],
      ['4', '4xx'],
      ['5', '5xx'],
      ['none', t('noStatus')],
    ],
    filters.status,
    { 'aria-label': t('status') },
  );
  const onlyErrors = h('input', { type: 'checkbox' });
  search.value = filters.text;
  onlyErrors.checked = filters.onlyErrors;
  const filter = () => {
    Object.assign(filters, {
      text: search.value.toLowerCase(),
      operation: operation.value,
      status: status.value,
      onlyErrors: onlyErrors.checked,
    });
    show();
  };
  for (const input of [search, operation, status, onlyErrors]) input.addEventListener('input', filter);
  shown.count = h('span', { class: 'count' });
  shown.empty = h('div', { class: 'empty' });
  shown.list = h('div', { class: 'scroller request-list', 'aria-label': t('requests') });
  listbox = new Listbox(shown.list, {
    estimate: 54,
    render: (row) => requestOption(row.request),
    isSelected: (row) => row.key === selected,
    choose: open,
  });
  panel.replaceChildren(
    h(
      'div',
      { class: 'filters' },
      search,
      h('div', { class: 'filter-row' }, operation, status),
      h(
        'div',
        { class: 'filter-row' },
        h('label', { class: 'check' }, onlyErrors, h('span', { text: t('onlyErrors') })),
        shown.count,
        h('span', { class: 'topbar-space' }),
        h('a', { class: 'button small', href: controlUrl('requests.har'), download: 'requests.har', text: t('har') }),
        button(t('clear'), clear, { class: 'small' }),
      ),
    ),
    shown.list,
    shown.empty,
  );
  show();
}

function matches(request) {
  const { operation, status, text, onlyErrors } = filters;
  if (operation !== '' && request.operation !== operation) return false;
  if (status !== '' && status !== (request.status === null ? 'none' : String(request.status)[0])) return false;
  if (onlyErrors && !isError(request)) return false;
  if (text === '') return true;
  const parts = [
    request.path,
    request.operation,
    request.error,
    request.fault,
    request.method,
    nameOf(request),
    request.user_id,
  ];
  return parts.some((it) =>
    String(it ?? '')
      .toLowerCase()
      .includes(text),
  );
}

const isError = (request) =>
  request.status === null || request.status >= 400 || Boolean(request.error) || Boolean(request.fault);

function show() {
  if (!listbox) return;
  const matching = requests.filter(matches).reverse();
  listbox.setRows(matching.map((request) => ({ key: request.number, signature: '', request })));
  shown.count.textContent = [
    t('requestsCount', { shown: matching.length, total }),
    skipped > 0 && t('skipped', { n: skipped }),
  ]
    .filter(Boolean)
    .join(' · ');
  shown.list.hidden = matching.length === 0;
  shown.empty.hidden = matching.length > 0;
  if (matching.length === 0) showEmpty();
}

function showEmpty() {
  if (requests.length > 0) {
    shown.empty.replaceChildren(h('p', { text: t('noMatch') }));
  } else {
    shown.empty.replaceChildren(
      h('p', { text: t('noRequests') }),
      h('p', { text: t('noRequestsHint', { url: location.origin }) }),
    );
  }
}

function requestOption(request) {
  const name = nameOf(request);
  const reason = request.fault ? `${t('fault')}: ${request.fault}` : request.error;
  return h(
    'div',
    { class: 'request-option' },
    h(
      'span',
      { class: 'request-line' },
      statusTag(request.status),
      h('span', { class: 'request-operation code', dir: 'ltr', text: request.operation ?? request.path }),
      h('span', {
        class: 'hint nowrap',
        dir: 'ltr',
        text: t('duration', { ms: Math.round(request.duration_ms * 10) / 10 }),
      }),
      h('time', {
        class: 'hint nowrap',
        text: request.started_at ? formatTime(request.started_at, 'local') : `#${number(request.number)}`,
      }),
    ),
    h(
      'span',
      { class: 'request-line second' },
      h('span', {
        class: 'request-path code',
        dir: 'ltr',
        text: request.operation ? `${request.method} ${request.path}` : request.method,
      }),
      reason
        ? h('bdi', { class: 'request-reason', text: reason })
        : name && h('bdi', { class: 'request-who', text: name }),
    ),
  );
}

function open(row) {
  selected = row.key;
  listbox.list.decorate();
  detail.open(panel, row.request, () => {
    selected = null;
    listbox.list.decorate();
    shown.list.focus();
  });
}

function clear() {
  confirmDialog(t('clear'), t('requests'), t('clear'), async () => {
    // The emulator answers with `resync`.
    await attempt(() => control('DELETE', 'requests'));
  });
}

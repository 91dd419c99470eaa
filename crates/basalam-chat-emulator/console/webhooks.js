// Registered webhooks and what was delivered to them.

import { control } from './api.js';
import { button, h, replaceChildren } from './dom.js';
import { formatTime, t } from './i18n.js';
import { attempt, notify } from './overlay.js';
import { pretty, statusTag } from './request-format.js';
import { coalesce, on, userById } from './store.js';

const LIMIT = 100;

let panel;
let webhooks = [];
let bots = [];
let deliveries = [];
/** Deliveries whose body is shown, so that a new one does not close them. */
const opened = new Set();

export function start(element) {
  panel = element;
  const refresh = coalesce(() => attempt(read));
  on('deliveries', refresh);
  // Registrations are made by requests of the service.
  on('requests', ({ requests = [] }) => {
    if (requests.some((it) => it.operation?.includes('webhook'))) refresh();
  });
  on('resync', refresh);
  on('language', show);
  return attempt(read);
}

async function read() {
  ({ webhooks, bots } = await control('GET', 'webhooks'));
  ({ deliveries } = await control('GET', `deliveries?limit=${LIMIT}`));
  show();
}

function show() {
  const registered = [...webhooks.map(webhook), ...bots.filter((it) => it.url).map(bot)];
  replaceChildren(
    panel,
    h(
      'section',
      { class: 'card-section' },
      h('h3', { text: t('webhooks') }),
      registered.length > 0
        ? h('ul', { class: 'plain' }, registered)
        : h('p', { class: 'hint', text: t('noWebhooks') }),
    ),
    h(
      'section',
      { class: 'card-section' },
      h('h3', { text: t('deliveries') }),
      deliveries.length > 0
        ? h('ul', { class: 'plain deliveries' }, deliveries.map(delivery))
        : h('p', { class: 'hint', text: t('noDeliveries') }),
    ),
  );
}

function webhook({ id, url, events = [], user_ids: users = [], is_active: isActive }) {
  const names = users.map((it) => userById(it)?.name ?? String(it)).join(', ');
  return h(
    'li',
    { class: 'webhook' },
    h(
      'p',
      { class: 'section-head' },
      h('strong', { text: t('webhook', { id: String(id) }) }),
      h('span', { class: `tag ${isActive ? 'good' : ''}`, text: t(isActive ? 'active' : 'inactive') }),
    ),
    h('p', { class: 'code', dir: 'ltr', text: url }),
    h('p', { class: 'hint' }, h('bdi', { text: `${t('events')}: ${events.map((it) => it?.name ?? it).join(', ')}` })),
    names && h('p', { class: 'hint' }, h('bdi', { text: `${t('webhookUsers')}: ${names}` })),
  );
}

function bot({ id, url }) {
  return h(
    'li',
    { class: 'webhook' },
    h('strong', { text: t('bot', { id: String(id) }) }),
    h('p', { class: 'code', dir: 'ltr', text: url }),
  );
}

function delivery({
  id,
  webhook_id: webhookId,
  event,
  status,
  attempt: count,
  created_at: created,
  duration_ms: duration,
  error,
  body,
}) {
  // Bodies above 64 KiB are left out, and a status of 0 stands for no response.
  const text = typeof body === 'string' ? pretty(body) : JSON.stringify(body, null, 2);
  const details = h(
    'details',
    { open: opened.has(id) },
    h('summary', { text: t('body'), data: { keep: `body-${id}` } }),
    h('pre', { class: 'code block', dir: 'ltr', tabindex: '0', text: text ?? '' }),
  );
  details.addEventListener('toggle', () => (details.open ? opened.add(id) : opened.delete(id)));
  return h(
    'li',
    { class: 'delivery' },
    h(
      'div',
      { class: 'section-head' },
      statusTag(status || null),
      h('span', { class: 'code grow', dir: 'ltr', text: String(event ?? '') }),
      h('time', { class: 'hint nowrap', text: formatTime(created, 'seconds') }),
      button(t('sendAgain'), () => resend(id), {
        class: 'small',
        data: { keep: `delivery-${id}` },
        'aria-label': `${t('sendAgain')}: ${t('delivery', { id: String(id) })}`,
      }),
    ),
    h('p', {
      class: 'hint',
      text: [
        t('webhook', { id: String(webhookId) }),
        t('attemptNumber', { n: count ?? 1 }),
        Number.isFinite(duration) && t('duration', { ms: Math.round(duration) }),
      ]
        .filter(Boolean)
        .join(' · '),
    }),
    error && h('p', { class: 'request-reason', dir: 'auto', text: error }),
    body !== null && details,
  );
}

async function resend(id) {
  if (await attempt(() => control('POST', `deliveries/${id}/resend`))) notify(t('queued'));
}

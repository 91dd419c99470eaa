// Faults as switches, rules as on the command line, latency and rate limit.

import { control } from './api.js';
import { button, field, h, iconButton, replaceChildren, select } from './dom.js';
import { t } from './i18n.js';
import { attempt, notify } from './overlay.js';
import { coalesce, on, state } from './store.js';

/** Faults of deliveries to webhooks, which have no operation of the service. */
const OF_DELIVERIES = new Set(['lost', 'repeated', 'reordered', 'wrong_header']);

/** Faults that replace the response, before which the request can be handled. */
const CAN_FOLLOW = new Set(['status', 'html', 'redirect', 'disconnect', 'hang']);

let panel;
let rules = [];
const scope = { operation: 'create_message', times: '', probability: '', afterHandling: false };

export function start(element) {
  panel = element;
  on(
    'faults',
    coalesce(() => attempt(read)),
  );
  on('settings', () => attempt(readAll));
  on('resync', () => attempt(readAll));
  on('language', build);
  build();
  return attempt(readAll);
}

async function readAll() {
  state.info.settings = await control('GET', 'settings');
  showSettings();
  await read();
}

async function read() {
  rules = (await control('GET', 'faults')).faults;
  show();
}

/** The shortest rule with a fault, which has the options that it needs. */
const exampleOf = (kind) => state.info.fault_examples?.[kind] ?? kind;

/** The rule of a switch, in the grammar of the command line. */
function ruleOf(kind) {
  const isDelivery = OF_DELIVERIES.has(kind);
  return [
    exampleOf(kind),
    !isDelivery && scope.operation && `operation=${scope.operation}`,
    scope.times && `times=${scope.times}`,
    scope.probability && `probability=${scope.probability}`,
    scope.afterHandling && CAN_FOLLOW.has(kind) && 'after_handling',
  ]
    .filter(Boolean)
    .join(',');
}

/**
 * The kind of an active rule: `503` is short for `status,status=503`. Rules that Rust code defines have no grammar.
 */
function kindOf({ rule, fault }) {
  const [kind] = (rule ?? fault).split(/[, ]/);
  return /^\d+$/.test(kind) ? 'status' : kind;
}

async function add(rule) {
  const added = await attempt(() => control('POST', 'faults', { rule }));
  await attempt(read);
  return Boolean(added);
}

async function remove(removed) {
  for (const { id } of removed) await attempt(() => control('DELETE', `faults/${id}`));
  await attempt(read);
}

/** The parts that change with the rules; the rest stays, since someone may be typing in it. */
const parts = { switches: new Map(), active: null, latency: null, rateLimit: null };

function build() {
  parts.switches.clear();
  parts.active = h('section', { class: 'card-section' });
  panel.replaceChildren(network(), switches(), freeRule(), parts.active);
  showSettings();
  show();
}

function showSettings() {
  const { latency_ms: latency = 0, rate_limit: rate } = state.info.settings;
  for (const [input, value] of [
    [parts.latency, String(latency)],
    [parts.rateLimit, rate ?? ''],
  ]) {
    if (input !== document.activeElement) input.value = value;
  }
}

/** Shows which rules are active. */
function show() {
  for (const [kind, element] of parts.switches) element.setAttribute('aria-checked', String(rulesOf(kind).length > 0));
  replaceChildren(
    parts.active,
    h(
      'div',
      { class: 'section-head' },
      h('h3', { text: t('rules') }),
      rules.length > 1 && button(t('removeAll'), () => remove(rules), { class: 'small' }),
    ),
    rules.length === 0
      ? h('p', { class: 'hint', text: t('noRules') })
      : h('ul', { class: 'plain rules' }, rules.map(activeRule)),
  );
}

function activeRule(it) {
  const text = it.rule ?? it.fault;
  const hasLimit = it.times_left !== null && it.times_left !== undefined;
  return h(
    'li',
    { class: 'rule' },
    h('span', { class: 'code', dir: 'ltr', text }),
    hasLimit && h('span', { class: 'tag', text: t('timesLeft', { n: it.times_left }) }),
    iconButton('trash', `${t('removeRule')}: ${text}`, () => remove([it]), {
      class: 'ghost small',
      data: { keep: `rule-${it.id}` },
    }),
  );
}

const rulesOf = (kind) => rules.filter((it) => kindOf(it) === kind);

function network() {
  const delay = h('input', { type: 'number', min: '0', step: '1' });
  const limit = h('input', { type: 'text', dir: 'ltr', placeholder: '10/s' });
  Object.assign(parts, { latency: delay, rateLimit: limit });
  const form = h(
    'form',
    { class: 'card-section' },
    h('h3', { text: t('network') }),
    h(
      'div',
      { class: 'form-row' },
      field(t('latency'), delay, t('latencyHint')),
      field(t('rateLimit'), limit, t('rateLimitHint')),
      button(t('apply'), () => {}, { type: 'submit' }),
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const settings = { latency_ms: delay.valueAsNumber || 0, rate_limit: limit.value.trim() || null };
    const applied = await attempt(() => control('PATCH', 'settings', settings));
    if (!applied) return;
    state.info.settings = settings;
    notify(t('applied'));
  });
  return form;
}

function switches() {
  const operation = select(
    [['', t('anyOperation')], ...state.info.operations.map((it) => [it, it])],
    scope.operation,
    {},
  );
  const times = h('input', { type: 'number', min: '1', value: scope.times, placeholder: t('unlimited') });
  const probability = h('input', {
    type: 'number',
    min: '0',
    max: '1',
    step: '0.05',
    value: scope.probability,
    placeholder: '1',
  });
  const afterHandling = h('input', { type: 'checkbox', checked: scope.afterHandling });
  const update = () =>
    Object.assign(scope, {
      operation: operation.value,
      times: times.value,
      probability: probability.value,
      afterHandling: afterHandling.checked,
    });
  for (const input of [operation, times, probability, afterHandling]) input.addEventListener('input', update);
  const kinds = state.info.fault_kinds;
  return h(
    'section',
    { class: 'card-section' },
    h('h3', { text: t('faultSwitches') }),
    h('p', { class: 'hint', text: t('faultsHint') }),
    h(
      'div',
      { class: 'form-row scope' },
      field(t('operation'), operation),
      field(t('times'), times),
      field(t('probability'), probability),
    ),
    h('label', { class: 'check' }, afterHandling, h('span', { text: t('afterHandling') })),
    h('ul', { class: 'plain switches' }, kinds.filter((it) => !OF_DELIVERIES.has(it)).map(faultSwitch)),
    h('h4', { text: t('deliveries') }),
    h('ul', { class: 'plain switches' }, kinds.filter((it) => OF_DELIVERIES.has(it)).map(faultSwitch)),
  );
}

function faultSwitch(kind) {
  const id = `switch-${kind}`;
  const toggle = h('button', {
    type: 'button',
    role: 'switch',
    class: 'switch',
    id,
    'aria-checked': 'false',
    'aria-labelledby': `${id}-label`,
    on: { click: () => (rulesOf(kind).length > 0 ? remove(rulesOf(kind)) : add(ruleOf(kind))) },
  });
  parts.switches.set(kind, toggle);
  return h(
    'li',
    { class: 'switch-row' },
    h(
      'label',
      { for: id, id: `${id}-label` },
      h('span', { text: t(`fault-${kind}`) }),
      h('span', { class: 'hint code', dir: 'ltr', text: exampleOf(kind) }),
    ),
    toggle,
  );
}

function freeRule() {
  const rule = h('input', {
    type: 'text',
    class: 'code',
    dir: 'ltr',
    spellcheck: 'false',
    autocomplete: 'off',
    placeholder: '503,operation=create_message,times=2',
  });
  const form = h(
    'form',
    { class: 'card-section' },
    h(
      'div',
      { class: 'form-row' },
      field(t('freeRule'), rule, t('freeRuleHint')),
      button(t('addRule'), () => {}, { type: 'submit' }),
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = rule.value.trim();
    // A rule that is refused stays, to be corrected.
    if (text !== '' && (await add(text))) rule.value = '';
  });
  return form;
}

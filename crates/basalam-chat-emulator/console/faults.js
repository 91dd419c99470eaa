// Faults as switches, rules as on the command line, latency and rate limit.

import { control } from './api.js';
import { button, field, h, iconButton, select } from './dom.js';
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
  on('faults', coalesce(() => attempt(read)));
  on('settings', () => attempt(readAll));
  on('resync', () => attempt(readAll));
  on('language', show);
  on('users', show);
  return attempt(readAll);
}

async function readAll() {
  state.info.settings = await control('GET', 'settings');
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
    exampleOf(kind), !isDelivery && scope.operation && `operation=${scope.operation}`, scope.times && `times=${scope.times}`,
    scope.probability && `probability=${scope.probability}`, scope.afterHandling && CAN_FOLLOW.has(kind) && 'after_handling',
  ].filter(Boolean).join(',');
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

function show() {
  // What is being typed must survive changes from elsewhere.
  const focused = panel.contains(document.activeElement) ? document.activeElement.dataset.keep : undefined;
  const typed = panel.querySelector('[data-keep="rule"]')?.value ?? '';
  panel.replaceChildren(network(), switches(), freeRule(typed), active());
  if (focused) panel.querySelector(`[data-keep="${focused}"]`)?.focus();
}

function network() {
  const { latency_ms: latency = 0, rate_limit: rate } = state.info.settings;
  const delay = h('input', { type: 'number', min: '0', step: '1', value: String(latency), data: { keep: 'latency' } });
  const limit = h('input', { type: 'text', dir: 'ltr', value: rate ?? '', placeholder: '10/s', data: { keep: 'rate' } });
  const form = h('form', { class: 'card-section' }, h('h3', { text: t('network') }), h('div', { class: 'form-row' },
    field(t('latency'), delay, t('latencyHint')), field(t('rateLimit'), limit, t('rateLimitHint')),
    button(t('apply'), () => {}, { type: 'submit' })));
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
  const operation = select([['', t('anyOperation')], ...state.info.operations.map((it) => [it, it])], scope.operation, { data: { keep: 'operation' } });
  const times = h('input', { type: 'number', min: '1', value: scope.times, placeholder: t('unlimited'), data: { keep: 'times' } });
  const probability = h('input', { type: 'number', min: '0', max: '1', step: '0.05', value: scope.probability, placeholder: '1', data: { keep: 'probability' } });
  const afterHandling = h('input', { type: 'checkbox', checked: scope.afterHandling, data: { keep: 'after' } });
  const update = () => Object.assign(scope, {
    operation: operation.value, times: times.value, probability: probability.value, afterHandling: afterHandling.checked,
  });
  for (const input of [operation, times, probability, afterHandling]) input.addEventListener('input', update);
  const kinds = state.info.fault_kinds;
  return h('section', { class: 'card-section' }, h('h3', { text: t('faultSwitches') }), h('p', { class: 'hint', text: t('faultsHint') }),
    h('div', { class: 'form-row scope' }, field(t('operation'), operation), field(t('times'), times), field(t('probability'), probability)),
    h('label', { class: 'check' }, afterHandling, h('span', { text: t('afterHandling') })),
    h('ul', { class: 'plain switches' }, kinds.filter((it) => !OF_DELIVERIES.has(it)).map(faultSwitch)),
    h('h4', { text: t('deliveries') }),
    h('ul', { class: 'plain switches' }, kinds.filter((it) => OF_DELIVERIES.has(it)).map(faultSwitch)));
}

function faultSwitch(kind) {
  const matching = rules.filter((it) => kindOf(it) === kind);
  const isOn = matching.length > 0;
  const id = `switch-${kind}`;
  const toggle = h('button', {
    type: 'button', role: 'switch', class: 'switch', id, 'aria-checked': String(isOn), 'aria-labelledby': `${id}-label`, data: { keep: id },
    on: { click: () => (isOn ? remove(matching) : add(ruleOf(kind))) },
  });
  return h('li', { class: 'switch-row' }, h('label', { for: id, id: `${id}-label` }, h('span', { text: t(`fault-${kind}`) }),
    h('span', { class: 'hint code', dir: 'ltr', text: exampleOf(kind) })), toggle);
}

function freeRule(typed) {
  const rule = h('input', { type: 'text', class: 'code', dir: 'ltr', spellcheck: 'false', autocomplete: 'off', placeholder: '503,operation=create_message,times=2', data: { keep: 'rule' } });
  rule.value = typed;
  const form = h('form', { class: 'card-section' }, h('div', { class: 'form-row' }, field(t('freeRule'), rule, t('freeRuleHint')), button(t('addRule'), () => {}, { type: 'submit' })));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = rule.value.trim();
    // Reading the rules shows the field again, with what was typed unless it was taken.
    if (text !== '' && (await add(text))) panel.querySelector('[data-keep="rule"]').value = '';
  });
  return form;
}

function active() {
  return h('section', { class: 'card-section' },
    h('div', { class: 'section-head' }, h('h3', { text: t('rules') }), rules.length > 1 && button(t('removeAll'), () => remove(rules), { class: 'small' })),
    rules.length === 0 ? h('p', { class: 'hint', text: t('noRules') }) : h('ul', { class: 'plain rules' }, rules.map((it) => h('li', { class: 'rule' },
      h('span', { class: 'code', dir: 'ltr', text: it.rule ?? it.fault }),
      it.times_left !== null && it.times_left !== undefined && h('span', { class: 'tag', text: t('timesLeft', { n: it.times_left }) }),
      iconButton('trash', `${t('removeRule')}: ${it.rule ?? it.fault}`, () => remove([it]), { class: 'ghost small' })))));
}

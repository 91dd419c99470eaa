// The clock of the service: pause, step and jump.

import { control } from './api.js';
import { button, byId, field, h } from './dom.js';
import { formatTime, parseTime, t } from './i18n.js';
import { attempt } from './overlay.js';
import { on } from './store.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const TICK_MS = 1000;

let panel;
/** The time that was read, and when it was read by this computer's clock. */
let clock = { now: null, isRunning: true, readAt: 0 };
let timeText;
let stateText;
let pauseButton;
let jumpInput;

export function start(element) {
  panel = element;
  on('clock', take);
  on('hello', ({ now, clock: phase }) => take({ now, state: phase }));
  on('resync', () => attempt(read));
  on('language', build);
  build();
  setInterval(showTime, TICK_MS);
  return attempt(read);
}

async function read() {
  take(await control('GET', 'clock'));
}

function take({ now, state }) {
  clock = { now: parseTime(now), isRunning: state !== 'stopped', readAt: performance.now() };
  showTime();
}

async function change(body) {
  const changed = await attempt(() => (body ? control('POST', 'clock', body) : control('DELETE', 'clock')));
  // The response need not contain the state.
  if (changed) await attempt(read);
}

function build() {
  timeText = h('p', { class: 'clock-time' });
  stateText = h('p', { class: 'hint' });
  pauseButton = button('', () => change(clock.isRunning ? { pause: true } : { resume: true }));
  const seconds = h('input', { type: 'number', min: '1', value: '10' });
  const step = h(
    'form',
    { class: 'form-row' },
    field(t('customStep'), seconds),
    button(t('step'), () => {}, { type: 'submit' }),
  );
  step.addEventListener('submit', (event) => {
    event.preventDefault();
    if (seconds.valueAsNumber > 0) change({ advance_seconds: Math.round(seconds.valueAsNumber) });
  });
  const when = h('input', { type: 'datetime-local', step: '1', dir: 'ltr' });
  jumpInput = when;
  const jump = h(
    'form',
    { class: 'form-row' },
    field(t('jump'), when),
    button(t('jumpTo'), () => {}, { type: 'submit' }),
  );
  jump.addEventListener('submit', (event) => {
    event.preventDefault();
    if (when.value) change({ now: serviceTime(when.value) });
  });
  panel.replaceChildren(
    h(
      'section',
      { class: 'card-section' },
      h('h3', { text: t('now') }),
      timeText,
      stateText,
      h(
        'div',
        { class: 'button-row' },
        pauseButton,
        button(t('stepMinute'), () => change({ advance_seconds: MINUTE })),
        button(t('stepHour'), () => change({ advance_seconds: HOUR })),
        button(t('stepDay'), () => change({ advance_seconds: 24 * HOUR })),
      ),
    ),
    h(
      'section',
      { class: 'card-section' },
      step,
      jump,
      button(t('resetClock'), () => change(null)),
      h('p', { class: 'hint', text: t('clockHint') }),
    ),
  );
  showTime();
}

/** Returns a time in the form of the service. Browsers leave out seconds that are 0. */
const serviceTime = (value) => `${value.replace('T', ' ')}${value.length === 16 ? ':00' : ''}`.slice(0, 19);

function showTime() {
  const { now, isRunning, readAt } = clock;
  if (!now) return;
  if (jumpInput.value === '') jumpInput.value = now.toISOString().slice(0, 19);
  const time = isRunning ? new Date(now.getTime() + performance.now() - readAt) : now;
  const phase = t(isRunning ? 'running' : 'stopped');
  timeText.textContent = formatTime(time, 'full');
  stateText.textContent = phase;
  pauseButton.textContent = t(isRunning ? 'pause' : 'resume');
  const chip = byId('clock-chip');
  chip.textContent = formatTime(time, 'seconds');
  chip.title = t('clockChip', { time: formatTime(time, 'full'), state: phase });
  chip.classList.toggle('stopped', !isRunning);
}

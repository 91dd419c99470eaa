// The stream of changes. A browser opens at most six connections to one origin, so hidden tabs close their stream.

import { controlUrl } from './api.js';
import { emit } from './store.js';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;

/** The number of open streams from which the next tab may wait for a connection. */
const MAX_STREAMS = 5;
const LOCK = 'basalam-chat-emulator-stream';

let source = null;
let delay = FIRST_DELAY_MS;
let timer = null;
let wasConnected = false;
let releaseLock = null;

export function start() {
  document.addEventListener('visibilitychange', () => (document.hidden ? close('paused') : connect()));
  if (document.hidden) emit('stream', 'paused');
  else connect();
}

function connect() {
  if (source) return;
  clearTimeout(timer);
  emit('stream', 'connecting');
  source = new EventSource(controlUrl('events'));
  source.addEventListener('hello', (event) => {
    delay = FIRST_DELAY_MS;
    emit('stream', 'live');
    emit('hello', JSON.parse(event.data));
    // What changed while there was no stream is unknown.
    if (wasConnected) emit('resync');
    wasConnected = true;
  });
  source.addEventListener('changes', (event) => dispatch(JSON.parse(event.data)));
  source.addEventListener('resync', () => emit('resync'));
  source.addEventListener('error', reconnect);
  countStreams();
}

function dispatch(changes) {
  if (changes.requests?.length || changes.skipped_requests) emit('requests', changes);
  if (changes.users) emit('users-changed');
  // `null` stands for more chats than fit into one event.
  if (changes.chats === null || changes.chats?.length) emit('chats-changed', changes.chats);
  if (changes.deliveries) emit('deliveries');
  if (changes.settings) emit('settings');
  if (changes.faults) emit('faults');
  if (changes.clock) emit('clock', changes.clock);
}

/** Connects again with exponential backoff. The browser's own retry is constant, and none after an error status. */
function reconnect() {
  close('disconnected');
  timer = setTimeout(connect, delay * (0.5 + Math.random() / 2));
  delay = Math.min(delay * 2, MAX_DELAY_MS);
}

function close(status) {
  clearTimeout(timer);
  source?.close();
  source = null;
  releaseLock?.();
  releaseLock = null;
  emit('stream', status);
}

/** Counts the open streams of all tabs by locks, which need a secure context such as a loopback address. */
async function countStreams() {
  if (!navigator.locks) return;
  navigator.locks.request(`${LOCK}-${crypto.randomUUID()}`, () => new Promise((resolve) => (releaseLock = resolve)));
  const { held } = await navigator.locks.query();
  const count = held.filter((it) => it.name.startsWith(LOCK)).length;
  emit('streams', { count, isTooMany: count > MAX_STREAMS });
}

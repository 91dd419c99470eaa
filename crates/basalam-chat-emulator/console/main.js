// Starts the parts of the page.

import { control } from './api.js';
import * as chats from './chats.js';
import * as clock from './clock.js';
import * as composer from './composer.js';
import * as conversation from './conversation.js';
import * as data from './data.js';
import { byId } from './dom.js';
import * as events from './events.js';
import * as faults from './faults.js';
import * as i18n from './i18n.js';
import * as members from './members.js';
import * as outbox from './outbox.js';
import { attempt } from './overlay.js';
import * as requests from './requests.js';
import { coalesce, on, readHash, setInfo } from './store.js';
import * as tabs from './tabs.js';
import * as theme from './theme.js';
import * as transcript from './transcript.js';
import * as webhooks from './webhooks.js';

const { t } = i18n;

let streamStatus = 'connecting';

async function readInfo() {
  const info = await control('GET', '');
  setInfo(info);
  byId('version').textContent = info.version ?? '';
}

function showStream() {
  const element = byId('stream');
  element.textContent = t(`stream-${streamStatus}`);
  element.dataset.status = streamStatus;
}

async function start() {
  i18n.start();
  theme.start();
  showStream();
  on('language', showStream);
  on('stream', (status) => {
    streamStatus = status;
    showStream();
  });
  on('streams', ({ count, isTooMany }) => {
    byId('banner').hidden = !isTooMany;
    byId('banner').textContent = isTooMany ? t('tooManyTabs', { n: count }) : '';
  });
  await attempt(readInfo);
  readHash();
  const refreshInfo = coalesce(() => attempt(readInfo), 1000);
  on('users-changed', refreshInfo);
  on('resync', refreshInfo);
  const panels = tabs.start();
  members.start();
  composer.start();
  outbox.start();
  transcript.start();
  await chats.start();
  conversation.start();
  requests.start(panels.requests);
  data.start(panels.data);
  for (const [part, name] of [
    [faults, 'faults'],
    [clock, 'clock'],
    [webhooks, 'webhooks'],
  ])
    part.start(panels[name]);
  events.start();
}

start();

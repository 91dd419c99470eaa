// How requests and responses are shown, in lists and details.

import { h } from './dom.js';
import { userById } from './store.js';

/** Who sent a request. */
export function nameOf(request) {
  if (request.user_id === undefined || request.user_id === null) return null;
  return userById(request.user_id)?.name ?? String(request.user_id);
}

/** Creates the mark of a status; `null` means no response. */
export function statusTag(status) {
  const kind = status === null ? 'none' : `s${String(status)[0]}`;
  return h('span', { class: `status ${kind}`, dir: 'ltr', text: status === null ? '—' : String(status) });
}

/** Indents JSON; other text stays as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

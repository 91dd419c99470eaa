// Requests to the emulator: the control endpoints, and the service's operations as one of its users.

const CONTROL = '/_emulator/';

/** Tells the emulator that the request comes from a script of its own page: forms of other sites cannot send it. */
const HEADERS = { 'X-Basalam-Emulator': '1' };

/** The time after which the page gives up waiting for the service, which a fault may let hang. */
const SERVICE_TIMEOUT_MS = 20_000;

/** A request that failed; `status` is `null` if there was no response. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function send(method, url, { headers = {}, body, signal } = {}) {
  const isForm = body instanceof FormData;
  const init = { method, signal, cache: 'no-store', redirect: 'manual', headers: { ...HEADERS, ...headers } };
  if (body !== undefined) {
    init.body = isForm ? body : JSON.stringify(body);
    if (!isForm) init.headers['Content-Type'] = 'application/json';
  }
  let response;
  let text;
  try {
    response = await fetch(url, init);
    text = await response.text();
  } catch (error) {
    throw new ApiError(error.name === 'TimeoutError' ? 'timeout' : 'no response', null);
  }
  const json = parse(text);
  if (!response.ok) throw new ApiError(reason(json, text) || response.statusText, response.status);
  if (json === undefined) throw new ApiError('the response is not JSON', response.status);
  return json;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the reason in an error body, of which the service has several forms. */
function reason(json, text) {
  const detail = json?.detail?.map?.((it) => `${it.loc?.join('.')}: ${it.msg}`).join('; ');
  const errors = json?.errors?.map?.((it) => it.message).join('; ');
  return json?.message || detail || errors || json?.error_description || json?.error || text.slice(0, 200);
}

/** Sends a request to a control endpoint, which is neither logged nor counted. */
export const control = (method, path, body) => send(method, CONTROL + path, { body });

/** Sends a request to the service as a user, so that faults, rate limit and log apply. */
export function service(method, path, user, body) {
  const signal = AbortSignal.timeout(SERVICE_TIMEOUT_MS);
  return send(method, path, { body, signal, headers: { Authorization: `Bearer ${user.token}` } });
}

/** Returns the URL of a control endpoint, for links and streams. */
export const controlUrl = (path) => CONTROL + path;

/** Formats query parameters, without those that are null. */
export function query(parameters) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined);
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
}

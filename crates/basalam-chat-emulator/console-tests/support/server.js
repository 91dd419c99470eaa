// HTTP servers of tests: receivers of webhooks, and pages of other sites.

import { createServer } from 'node:http';

/** Starts a server on a free port; returns its port and a function that stops it. */
export async function startServer(handle) {
  const server = createServer(handle);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { port: server.address().port, stop };
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || 'null');
}

/** Receives the seller's events; `onEvent` is called with each. */
export async function startReceiver(emulator, onEvent = () => {}) {
  const received = [];
  const server = await startServer(async (request, response) => {
    const event = await readBody(request);
    received.push(event);
    response.end('{}');
    await onEvent(event);
  });
  await emulator.service(
    'POST',
    '/v1/webhooks',
    {
      event_ids: [1],
      request_method: 'POST',
      url: `http://127.0.0.1:${server.port}/events`,
      register_me: true,
    },
    'seller-token',
  );
  return { received, stop: server.stop };
}

// Emulators for tests: each test has its own, on a free port.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { emulatorProgram } from './paths.js';

/** Starts a program; resolves with the first line of its output, and keeps reading so that the pipe stays empty. */
export async function startProgram(program, programArguments = [], options = {}) {
  const child = spawn(program, programArguments, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  const lines = createInterface({ input: child.stdout });
  const line = await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  lines.on('line', () => {});
  const stop = () =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      child.once('exit', resolve);
      child.kill();
    });
  return { line, stop };
}

/** An emulator and what tests ask of it. */
export class Emulator {
  #program;

  constructor(program, origin) {
    this.#program = program;
    this.origin = origin;
    this.console = `${origin}/_emulator/console/`;
  }

  /** Starts an emulator on any free port by default. */
  static async start(port = 0, ...options) {
    const program = await startProgram(emulatorProgram, ['--port', String(port), ...options]);
    const [origin] = program.line.match(/http:\/\/[^\s/]+/) ?? [];
    if (!origin) throw new Error(`no address in ${program.line}`);
    return new Emulator(program, origin);
  }

  stop() {
    return this.#program.stop();
  }

  /** Sends a control request, as a program would. */
  control(method, path, body) {
    return this.#send(method, `/_emulator/${path}`, {}, body);
  }

  /** Sends a request of the service with a user's token. */
  service(method, path, body, token = 'customer-token') {
    return this.#send(method, path, { Authorization: `Bearer ${token}` }, body);
  }

  async #send(method, path, headers, body) {
    const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const response = await fetch(this.origin + path, {
      method,
      headers: { 'X-Basalam-Emulator': '1', ...json, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }

  seed(seed) {
    return this.control('POST', 'seed', seed);
  }

  /** Seeds a private chat of the seller and the customer with messages; returns its id. */
  async seedChat(messages = [], chat = {}) {
    const seeded = await this.seed({ chats: [{ chat_type: 'private', member_ids: [430, 431], ...chat, messages }] });
    return seeded.chat_ids[0];
  }
}

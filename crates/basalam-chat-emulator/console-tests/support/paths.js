// Where the programs under test and the results are.

import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspace = fileURLToPath(new URL('../../../../', import.meta.url));
const target = process.env.CARGO_TARGET_DIR || join(workspace, 'target');

/** The browser: the variable CHROMIUM is a path or a name in PATH. */
export const browserProgram = find(process.env.CHROMIUM || 'chromium');

function find(program) {
  if (isAbsolute(program)) return program;
  const paths = process.env.PATH.split(delimiter).map((it) => join(it, program));
  return paths.find((it) => existsSync(it)) ?? program;
}

export const emulatorProgram = join(target, 'debug/basalam-chat-emulator');
export const botProgram = join(target, 'debug/examples/answering_bot');
export const artifacts = join(target, 'console');
export const shopSeed = join(workspace, 'crates/basalam-chat-emulator/seeds/shop.json');

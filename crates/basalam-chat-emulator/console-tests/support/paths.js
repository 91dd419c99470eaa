// Where the programs under test and the results are.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspace = fileURLToPath(new URL('../../../../', import.meta.url));
const target = process.env.CARGO_TARGET_DIR || join(workspace, 'target');

export const emulatorProgram = join(target, 'debug/basalam-chat-emulator');
export const botProgram = join(target, 'debug/examples/answering_bot');
export const artifacts = join(target, 'console');
export const shopSeed = join(workspace, 'crates/basalam-chat-emulator/seeds/shop.json');

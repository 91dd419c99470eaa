// What the parts of the page share: the emulator's users, who the user of the page is, and which chat is open.

const bus = new EventTarget();

/**
 * Events: `users`, `member` (another user was chosen), `chat` (another chat was opened), `chats` (the list was read),
 * `language`; from the stream `hello`, `requests`, `chats-changed`, `users-changed`,
 * `deliveries`, `faults`, `settings`, `clock`, `resync`, `stream` (its status), `streams` (of all tabs). Returns a function that removes
 * the listener.
 */
export function on(event, listener) {
  const handle = ({ detail }) => listener(detail);
  bus.addEventListener(event, handle);
  return () => bus.removeEventListener(event, handle);
}

export function emit(event, detail) {
  bus.dispatchEvent(new CustomEvent(event, { detail }));
}

export const state = {
  /** The response of `GET /_emulator/`. */
  info: { users: [], bots: [], operations: [], fault_kinds: [], settings: {} },
  /** The id of the user that the page writes as; `null` to see the chats of all. */
  memberId: null,
  /** The id of the open chat. */
  chatId: null,
  /** The chats that were read, by id. */
  chats: new Map(),
};

let usersById = new Map();

export function setInfo(info) {
  state.info = { ...state.info, ...info };
  usersById = new Map(state.info.users.map((it) => [it.id, it]));
  if (state.memberId !== null && !usersById.has(state.memberId)) chooseMember(null);
  emit('users');
}

export const userById = (id) => usersById.get(Number(id));

/** The user that the page writes as, or `undefined`. */
export const member = () => userById(state.memberId);

/** The open chat, or `undefined` if it is not in a list that was read. */
export const openChatInfo = () => state.chats.get(state.chatId);

export function chooseMember(id) {
  if (state.memberId === id) return;
  state.memberId = id;
  const chat = openChatInfo();
  // Only the first members of a large chat are listed.
  const sees =
    id === null || !chat || chat.member_count > chat.members.length || chat.members.some((it) => it.id === id);
  if (!sees) state.chatId = null;
  writeHash();
  emit('member');
  emit('chat');
}

export function openChat(id) {
  state.chatId = id;
  writeHash();
  emit('chat');
}

/** Restores who and which chat from the address, so that a reload or a bookmark shows the same. */
export function readHash() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const number = (name) => Number.parseInt(hash.get(name) ?? '', 10) || null;
  const id = number('as');
  state.memberId = usersById.has(id) ? id : null;
  state.chatId = number('chat');
}

function writeHash() {
  const hash = new URLSearchParams();
  if (state.memberId !== null) hash.set('as', state.memberId);
  if (state.chatId !== null) hash.set('chat', state.chatId);
  history.replaceState(null, '', `#${hash}`);
}

/** Returns the title of a chat as the chosen member sees it. */
export function chatTitle(chat) {
  if (chat.title) return chat.title;
  const others = chat.members.filter((it) => it.id !== state.memberId);
  return (others.length > 0 ? others : chat.members).map((it) => it.name).join(' · ');
}

/**
 * Returns a function that runs `action` now, or when its run ends if it is running, and at most once per `pause`
 * milliseconds: a busy emulator reports changes ten times a second, which is more than a person can read.
 */
export function coalesce(action, pause = 300) {
  let isRunning = false;
  let isWanted = false;
  return async function run() {
    if (isRunning) {
      isWanted = true;
      return;
    }
    isRunning = true;
    isWanted = false;
    try {
      await action();
    } finally {
      setTimeout(() => {
        isRunning = false;
        if (isWanted) run();
      }, pause);
    }
  };
}

-- The account that the archive belongs to: no row before the first sync or import, then one.
CREATE TABLE account (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    user_id INTEGER NOT NULL,
    name TEXT,
    hash_id TEXT,
    -- The host of the service.
    service TEXT NOT NULL,
    -- RFC 3339, UTC.
    last_synced_at TEXT
) STRICT;

CREATE TABLE chats (
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    title TEXT,
    contact_id INTEGER,
    created_at TEXT,
    updated_at TEXT,
    modified_at TEXT,
    -- The newest message, as the list of chats has it.
    last_message_id INTEGER,
    unseen_count INTEGER,
    json TEXT NOT NULL,
    -- The times that the list had when the newest page was last read.
    read_updated_at TEXT,
    read_modified_at TEXT
) STRICT;

-- Senders, as in their newest message.
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT,
    hash_id TEXT,
    avatar TEXT,
    message_id INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
    -- The message id, unless a message of another chat has it.
    row INTEGER PRIMARY KEY,
    chat_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    type TEXT NOT NULL,
    sender_id INTEGER,
    sent_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    seen_at TEXT,
    text TEXT,
    entity_id INTEGER,
    reply_to INTEGER,
    forward_from INTEGER,
    -- When it was found to be missing on the service. RFC 3339, UTC.
    deleted_at TEXT,
    -- As received, byte for byte.
    json TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_by_chat ON messages (chat_id, id);

-- Messages that cannot be decoded, as received.
CREATE TABLE unreadable (
    chat_id INTEGER NOT NULL,
    id INTEGER,
    json TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (chat_id, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
    chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    file_id INTEGER,
    url TEXT,
    name TEXT,
    type TEXT,
    size INTEGER,
    -- pending, done, failed or skipped.
    status TEXT NOT NULL DEFAULT 'pending',
    reason TEXT,
    -- The SHA-256 of the downloaded file, in hexadecimal.
    sha256 TEXT,
    bytes INTEGER,
    PRIMARY KEY (chat_id, message_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_status ON files (status) WHERE status <> 'done';
CREATE INDEX files_by_url ON files (url) WHERE status = 'done';

-- The ranges of ids, inclusive, in which every message of a chat was read. They neither overlap nor touch.
CREATE TABLE coverage (
    chat_id INTEGER NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    PRIMARY KEY (chat_id, low)
) STRICT, WITHOUT ROWID;

-- The folded texts, by messages.row. The words are separated by spaces before they are indexed.
CREATE VIRTUAL TABLE search USING fts5 (
    body, joined, meta,
    content = '', contentless_delete = 1, tokenize = 'ascii'
);
-- A sync writes in many transactions, each of which adds a segment. Merging fewer than 16 of them writes entries too
-- often. They are merged a few at a time up to 32, and above that all at once.
INSERT INTO search (search, rank) VALUES ('automerge', 16);
INSERT INTO search (search, rank) VALUES ('crisismerge', 32);

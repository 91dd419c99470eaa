//! Encrypted values.

use std::sync::Arc;

use basalam_chat::random::RandomSource;
use basalam_chat::state::{
    Entry, MemoryState, PutMode, PutRequest, StateError, StateKey, StateStore,
};
use basalam_chat_state::{EncryptedState, EncryptionKey};

fn key(id: u32) -> EncryptionKey {
    EncryptionKey::new(id, &[id as u8; 32])
}

fn encrypted(store: &MemoryState, ids: &[u32]) -> EncryptedState<MemoryState> {
    EncryptedState::new(store.clone(), ids.iter().map(|id| key(*id))).unwrap()
}

fn name(name: &str) -> StateKey {
    StateKey::new(name).unwrap()
}

async fn stored(store: &MemoryState, at: &str) -> Vec<u8> {
    store.get(&name(at)).await.unwrap().unwrap().value
}

async fn overwrite(store: &MemoryState, at: &str, value: &[u8]) {
    store
        .put(&name(at), value, PutMode::Overwrite)
        .await
        .unwrap();
}

async fn read(store: &EncryptedState<MemoryState>, at: &str) -> Result<Option<Entry>, StateError> {
    store.get(&name(at)).await
}

#[tokio::test]
async fn stored_values_do_not_contain_the_value_and_differ() {
    let memory = MemoryState::new();
    let store = encrypted(&memory, &[1]);
    let mut seen = Vec::new();
    for at in ["a", "b", "c"] {
        store
            .put(&name(at), b"canary", PutMode::Create)
            .await
            .unwrap();
        let value = stored(&memory, at).await;
        assert_eq!(value.len(), 6 + 45);
        assert!(!value.windows(6).any(|it| it == b"canary"));
        // The nonce and what follows it.
        assert!(!seen.contains(&value[5..].to_vec()));
        seen.push(value[5..].to_vec());
        assert_eq!(read(&store, at).await.unwrap().unwrap().value, b"canary");
    }
    assert!(!format!("{store:?}").contains("canary"));
}

#[tokio::test]
async fn value_moved_to_another_key_is_corrupt() {
    let memory = MemoryState::new();
    let store = encrypted(&memory, &[1]);
    for at in ["tokens/1", "tokens/2"] {
        store
            .put(&name(at), at.as_bytes(), PutMode::Create)
            .await
            .unwrap();
    }
    let (one, two) = (
        stored(&memory, "tokens/1").await,
        stored(&memory, "tokens/2").await,
    );
    overwrite(&memory, "tokens/1", &two).await;
    overwrite(&memory, "tokens/2", &one).await;
    for at in ["tokens/1", "tokens/2"] {
        assert!(read(&store, at).await.unwrap_err().is_corrupt());
    }
    let listed = store.list("tokens/", None, 9).await;
    assert!(listed.unwrap_err().is_corrupt());
    overwrite(&memory, "tokens/1", &one).await;
    assert_eq!(
        read(&store, "tokens/1").await.unwrap().unwrap().value,
        b"tokens/1"
    );
}

#[tokio::test]
async fn changed_byte_is_corrupt_wherever_it_is() {
    let memory = MemoryState::new();
    let store = encrypted(&memory, &[1, 0]);
    store
        .put(&name("a"), b"canary", PutMode::Create)
        .await
        .unwrap();
    let value = stored(&memory, "a").await;
    for position in 0..value.len() {
        let mut changed = value.clone();
        changed[position] ^= 1;
        overwrite(&memory, "a", &changed).await;
        let error = read(&store, "a").await.unwrap_err();
        assert!(
            error.is_corrupt() && !error.to_string().contains("canary"),
            "{position}"
        );
    }
    for length in 0..value.len() {
        overwrite(&memory, "a", &value[..length]).await;
        assert!(
            read(&store, "a").await.unwrap_err().is_corrupt(),
            "{length}"
        );
    }
    let longer = [&value[..], b"\0"].concat();
    overwrite(&memory, "a", &longer).await;
    assert!(read(&store, "a").await.unwrap_err().is_corrupt());
}

#[tokio::test]
async fn unencrypted_values_are_corrupt() {
    let memory = MemoryState::new();
    let store = encrypted(&memory, &[1]);
    for value in [&b""[..], b"{\"access_token\":\"canary\"}", &[1, 1, 0, 0, 0]] {
        overwrite(&memory, "a", value).await;
        let error = read(&store, "a").await.unwrap_err();
        assert!(
            error.is_corrupt() && !error.to_string().contains("canary"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn missing_and_wrong_keys_are_reported() {
    let memory = MemoryState::new();
    let store = encrypted(&memory, &[7]);
    store
        .put(&name("a"), b"value", PutMode::Create)
        .await
        .unwrap();
    let error = read(&encrypted(&memory, &[8]), "a").await.unwrap_err();
    assert!(
        error.is_corrupt() && error.to_string().contains("the key 7"),
        "{error}"
    );
    let wrong = EncryptionKey::new(7, &[0; 32]);
    let wrong = EncryptedState::new(memory, [wrong]).unwrap();
    assert!(read(&wrong, "a").await.unwrap_err().is_corrupt());
}

#[tokio::test]
async fn keys_are_rotated() {
    let memory = MemoryState::new();
    let old = encrypted(&memory, &[1]);
    for number in 0..250 {
        let at = name(&format!("old/{number}"));
        old.put(&at, b"value", PutMode::Create).await.unwrap();
    }
    let both = encrypted(&memory, &[2, 1]);
    both.put(&name("new"), b"value", PutMode::Create)
        .await
        .unwrap();
    assert!(read(&old, "new").await.unwrap_err().is_corrupt());
    assert_eq!(read(&both, "old/7").await.unwrap().unwrap().value, b"value");
    assert_eq!(both.reencrypt().await.unwrap(), 250);
    assert_eq!(both.reencrypt().await.unwrap(), 0);
    let new = encrypted(&memory, &[2]);
    assert_eq!(new.list("", None, 999).await.unwrap().len(), 251);
    // The old key is still missing if a value is left.
    old.put(&name("left"), b"value", PutMode::Create)
        .await
        .unwrap();
    assert!(new.reencrypt().await.unwrap_err().is_corrupt());
}

#[tokio::test]
async fn each_step_of_a_rotation_can_be_deployed_process_by_process() {
    let memory = MemoryState::new();
    let steps: [&[u32]; 4] = [&[1], &[1, 2], &[2, 1], &[2]];
    for (step, keys) in steps.windows(2).enumerate() {
        let (before, after) = (encrypted(&memory, keys[0]), encrypted(&memory, keys[1]));
        if keys[1].len() == 1 {
            assert_eq!(before.reencrypt().await.unwrap(), 3);
        }
        for (number, (writer, reader)) in [(&before, &after), (&after, &before)]
            .into_iter()
            .enumerate()
        {
            let at = format!("{step}/{number}");
            let written = writer.put(&name(&at), b"value", PutMode::Create).await;
            let entry = read(reader, &at).await.unwrap().unwrap();
            assert_eq!(
                (entry.version, &*entry.value),
                (written.unwrap(), &b"value"[..])
            );
        }
    }
}

#[tokio::test]
async fn sets_of_keys_are_checked() {
    let none = EncryptedState::new(MemoryState::new(), []);
    assert!(none.unwrap_err().is_configuration());
    let twice = EncryptedState::new(MemoryState::new(), [key(3), key(1), key(3)]);
    let error = twice.unwrap_err();
    assert!(
        error.is_configuration() && error.to_string().contains("id 3"),
        "{error}"
    );
}

#[test]
fn hexadecimal_keys_are_checked_and_not_shown() {
    let digits = "00112233445566778899aabbccddeeFF".repeat(2);
    let key = EncryptionKey::from_hex(9, &digits).unwrap();
    assert_eq!(format!("{key:?}"), "EncryptionKey { id: 9, .. }");
    for wrong in [
        "",
        &digits[1..],
        &format!("{digits}0"),
        &digits.replace('0', "g"),
        &"é".repeat(32),
    ] {
        let error = EncryptionKey::from_hex(9, wrong).unwrap_err();
        assert!(error.is_invalid_input());
        assert!(
            wrong.is_empty() || !error.to_string().contains(wrong),
            "{error}"
        );
    }
}

#[tokio::test]
async fn hexadecimal_and_binary_keys_are_the_same() {
    let memory = MemoryState::new();
    let bytes = EncryptionKey::new(1, &[0xab; 32]);
    let store = EncryptedState::new(memory.clone(), [bytes]).unwrap();
    store
        .put(&name("a"), b"value", PutMode::Create)
        .await
        .unwrap();
    let hex = EncryptionKey::from_hex(1, &"aB".repeat(32)).unwrap();
    let store = EncryptedState::new(memory, [hex]).unwrap();
    assert_eq!(read(&store, "a").await.unwrap().unwrap().value, b"value");
}

#[derive(Debug)]
struct Constant;

impl RandomSource for Constant {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(5);
    }
}

#[tokio::test]
async fn format_is_stable() {
    let memory = MemoryState::new();
    let store = encrypted(&memory, &[0x0102]).random_source(Arc::new(Constant));
    store
        .put(&name("a/b"), b"value", PutMode::Create)
        .await
        .unwrap();
    let hex: String = stored(&memory, "a/b")
        .await
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect();
    assert_eq!(&hex[..58], format!("0102010000{}", "05".repeat(24)));
    assert_eq!(&hex[58..], "cce56aebbe695d0f6b7c95e0cf3574732bd3ab2294");
}

#[tokio::test]
async fn batches_keep_their_order_around_refused_values() {
    let memory = MemoryState::new();
    let store = encrypted(&memory, &[1]);
    let large = vec![0; EncryptedState::<MemoryState>::MAX_VALUE_BYTES + 1];
    let requests = [
        PutRequest::new(name("a"), large.clone(), PutMode::Create),
        PutRequest::new(name("b"), "b", PutMode::Create),
        PutRequest::new(name("b"), "c", PutMode::Create),
        PutRequest::new(name("c"), large, PutMode::Create),
        PutRequest::new(name("d"), "d", PutMode::Create),
    ];
    let results = store.put_many(&requests).await.unwrap();
    let kinds: Vec<_> = results
        .iter()
        .map(|it| it.as_ref().err().map(StateError::kind))
        .collect();
    use basalam_chat::state::StateErrorKind::{Conflict, InvalidInput};
    assert_eq!(
        kinds,
        [
            Some(InvalidInput),
            None,
            Some(Conflict),
            Some(InvalidInput),
            None
        ]
    );
    assert_eq!(read(&store, "d").await.unwrap().unwrap().value, b"d");
}

//! Keys and values at their limits.

use basalam_chat::state::{MAX_KEY_BYTES, PutMode, StateError, StateKey};

use super::context::{Context, expect_error, value};
use super::report::{CheckResult, ensure};

pub(super) async fn keys_are_exact(context: &Context) -> CheckResult {
    let store = context.open().await?;
    let longest = MAX_KEY_BYTES - context.prefix().len();
    let long: String = "k/".repeat(longest / 2 - 1);
    let names = [
        "a",
        "A",
        "a/b",
        "a.b",
        "a-b",
        "a_b",
        "a=b",
        "a/b/c",
        "a/B",
        "-",
        "_",
        "=",
        "0",
        "00",
        &format!("{long}x"),
        &format!("{long}y"),
        &"z".repeat(longest),
        &"z".repeat(longest - 1),
    ];
    let keys: Result<Vec<StateKey>, _> = names.iter().map(|name| context.key(name)).collect();
    let keys = keys?;
    for key in &keys {
        store
            .put(key, key.as_str().as_bytes(), PutMode::Create)
            .await?;
    }
    for key in &keys {
        let entry = store.get(key).await?;
        ensure!(
            value(&entry) == Some(key.as_str().as_bytes()),
            "`{key}` read {entry:?}"
        );
    }
    Ok(())
}

pub(super) async fn values_are_bytes(context: &Context) -> CheckResult {
    let (store, key) = (context.open().await?, context.key("a")?);
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let values: [&[u8]; 8] = [
        b"",
        b"\0",
        b"\0\0\0",
        &all,
        b"\xff\xfe",
        "سلام".as_bytes(),
        b"{\"json\": [1]}",
        b"line\r\nline\n",
    ];
    for written in values {
        store.put(&key, written, PutMode::Overwrite).await?;
        let entry = store.get(&key).await?;
        ensure!(
            value(&entry) == Some(written),
            "wrote {written:?}, read {:?}",
            value(&entry)
        );
        let listed = store.list(context.prefix(), None, 10).await?;
        let listed = listed.first().map(|entry| entry.value.as_slice());
        ensure!(
            listed == Some(written),
            "wrote {written:?}, listed {listed:?}"
        );
    }
    Ok(())
}

pub(super) async fn values_are_limited(context: &Context) -> CheckResult {
    let (store, key) = (context.open().await?, context.key("a")?);
    let max = context.factory.max_value_bytes();
    // Incompressible, so that it is stored in full.
    let mut state = 1_u32;
    let largest: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    })
    .take(max)
    .collect();
    store.put(&key, &largest, PutMode::Create).await?;
    let entry = store.get(&key).await?;
    ensure!(
        value(&entry) == Some(&largest[..]),
        "a value of {max} bytes was changed"
    );
    let too_large = vec![1; max + 1];
    for mode in [PutMode::Overwrite, PutMode::Create] {
        let result = store.put(&key, &too_large, mode).await;
        expect_error(
            result,
            StateError::is_invalid_input,
            "writing a byte too many",
        )?;
    }
    let entry = store.get(&key).await?;
    ensure!(
        value(&entry) == Some(&largest[..]),
        "a refused value replaced the old one"
    );
    Ok(())
}

pub(super) async fn errors_show_no_values(context: &Context) -> CheckResult {
    let (store, key) = (context.open().await?, context.key("a")?);
    let (text, bytes) = ("canary-5d0c", format!("{:?}", b"canary-5d0c"));
    let mut large = text.as_bytes().to_vec();
    large.resize(context.factory.max_value_bytes() + 1, b' ');
    store.put(&key, text.as_bytes(), PutMode::Create).await?;
    let mut lease = context.lease("a", std::time::Duration::from_secs(600))?;
    let errors = [
        store
            .put(&key, text.as_bytes(), PutMode::Create)
            .await
            .err(),
        store.put(&key, &large, PutMode::Overwrite).await.err(),
        // Stores that keep leases elsewhere return none.
        store.try_acquire_lease(&mut lease).await.err(),
    ];
    let mut shown = vec![format!("{store:?}")];
    shown.extend(
        errors
            .iter()
            .flatten()
            .map(|error| format!("{error} {error:?}")),
    );
    shown.push(format!("{:?}", store.get(&key).await?));
    for shown in shown {
        let is_shown = shown.contains(text) || shown.contains(bytes.trim_matches(['[', ']']));
        ensure!(!is_shown, "a value is shown: {shown}");
    }
    Ok(())
}

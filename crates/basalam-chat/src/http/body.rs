//! Buffer for a response body.

use bytes::{Bytes, BytesMut};

/// A body that is being read. A body of a single chunk, as small responses have, is not copied.
#[derive(Default)]
pub(super) struct BodyBuffer {
    first: Bytes,
    /// The whole body, once there is more than one chunk.
    all: BytesMut,
}

/// The maximum number of bytes to allocate for an announced body before it arrives.
const MAX_PREALLOCATION: u64 = 1024 * 1024;

impl BodyBuffer {
    pub(super) fn len(&self) -> usize {
        self.first.len().max(self.all.len())
    }

    /// Appends a chunk. `content_length` is the announced length of the whole body.
    pub(super) fn push(&mut self, chunk: Bytes, content_length: u64) {
        if self.len() == 0 {
            self.first = chunk;
            return;
        }
        if self.all.is_empty() {
            let capacity = content_length.min(MAX_PREALLOCATION);
            let capacity = usize::try_from(capacity).unwrap_or_default();
            self.all
                .reserve(capacity.max(self.first.len() + chunk.len()));
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&chunk);
    }

    pub(super) fn into_bytes(self) -> Bytes {
        match self.all.is_empty() {
            true => self.first,
            false => self.all.freeze(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&'static str], content_length: u64) -> Bytes {
        let mut body = BodyBuffer::default();
        for chunk in chunks {
            body.push(Bytes::from_static(chunk.as_bytes()), content_length);
        }
        let length: usize = chunks.iter().map(|chunk| chunk.len()).sum();
        assert_eq!(body.len(), length);
        body.into_bytes()
    }

    #[test]
    fn joins_chunks_whatever_content_length_was_announced() {
        for content_length in [0, 3, 6, u64::MAX] {
            assert_eq!(read(&[], content_length), "");
            assert_eq!(read(&["abc"], content_length), "abc");
            assert_eq!(read(&["", "abc", "", "def"], content_length), "abcdef");
        }
    }

    #[test]
    fn does_not_copy_a_single_chunk() {
        let chunk = "abc";
        assert_eq!(read(&[chunk], 3).as_ptr(), chunk.as_ptr());
    }
}

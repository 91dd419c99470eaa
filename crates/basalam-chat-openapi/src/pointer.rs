//! JSON pointers.

use std::fmt;

use serde_json::Value;

/// A location in a JSON document: a JSON pointer (RFC 6901).
///
/// [`Pointer::default`] is the root of the document. `Display` prints the string form,
/// which is empty for the root.
///
/// ```
/// use basalam_chat_openapi::Pointer;
///
/// let pointer = Pointer::default().child("paths").child("/v1/chats").child("get");
/// assert_eq!(pointer.to_string(), "/paths/~1v1~1chats/get");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// Returns the pointer to a property or an element of this location.
    ///
    /// `segment` is the unescaped property name or the index of the element.
    #[must_use]
    pub fn child(&self, segment: impl fmt::Display) -> Pointer {
        let segment = segment.to_string().replace('~', "~0").replace('/', "~1");
        Pointer(format!("{}/{segment}", self.0))
    }

    /// Returns the string form: empty for the root, otherwise a `/` before each escaped segment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` if this is the root of the document.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the unescaped segments, starting at the root.
    pub fn segments(&self) -> impl Iterator<Item = String> + '_ {
        self.0
            .split('/')
            .skip(1)
            .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
    }

    /// Returns the value at this location in `root`, or `None` if it does not exist.
    #[must_use]
    pub fn find<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        root.pointer(&self.0)
    }

    /// Parses the fragment of a reference, after the `#` and percent-decoded.
    pub(crate) fn from_fragment(fragment: &str) -> Option<Pointer> {
        let escapes_are_valid = fragment
            .split('~')
            .skip(1)
            .all(|rest| rest.starts_with(['0', '1']));
        let has_valid_start = fragment.is_empty() || fragment.starts_with('/');
        (escapes_are_valid && has_valid_start).then(|| Pointer(fragment.to_owned()))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn root_is_the_empty_string() {
        assert_eq!(Pointer::default().to_string(), "");
        assert!(Pointer::default().is_root());
        assert_eq!(Pointer::default().segments().count(), 0);
    }

    #[test]
    fn segments_escape_and_unescape_slashes_and_tildes() {
        let pointer = Pointer::default().child("a/b").child("~1").child("");
        assert_eq!(pointer.to_string(), "/a~1b/~01/");
        assert_eq!(pointer.segments().collect::<Vec<_>>(), ["a/b", "~1", ""]);
    }

    #[test]
    fn find_returns_the_value_at_the_pointer() {
        let root = json!({"a/b": [{"~": 7}]});
        let pointer = Pointer::default().child("a/b").child(0).child("~");
        assert_eq!(pointer.find(&root), Some(&json!(7)));
        assert_eq!(pointer.child("more").find(&root), None);
    }

    #[test]
    fn rejects_fragment_with_invalid_escape() {
        assert_eq!(Pointer::from_fragment("/a~2"), None);
        assert_eq!(Pointer::from_fragment("/a~"), None);
        assert_eq!(Pointer::from_fragment("anchor"), None);
        assert!(Pointer::from_fragment("/a~0b").is_some());
    }
}

//! JSON pointers.

use std::fmt;

use serde_json::Value;

/// A place in a JSON document, as an RFC 6901 JSON pointer.
///
/// [`Pointer::default`] is the root of the document. `Display` gives the standard
/// text form, which is empty for the root.
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
    /// Gives the pointer to a member or an element of the place this one names.
    ///
    /// `segment` is the member's name or the element's index, as it stands in the
    /// document; `~` and `/` in it are escaped here.
    #[must_use]
    pub fn child(&self, segment: impl fmt::Display) -> Pointer {
        let segment = segment.to_string().replace('~', "~0").replace('/', "~1");
        Pointer(format!("{}/{segment}", self.0))
    }

    /// Gives the standard text form: empty for the root, else `/` before each segment.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether this is the root of the document.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the unescaped segments, from the root downwards.
    pub fn segments(&self) -> impl Iterator<Item = String> + '_ {
        self.0
            .split('/')
            .skip(1)
            .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
    }

    /// Looks the place up in `root`, or gives `None` where there is no such place.
    #[must_use]
    pub fn find<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        root.pointer(&self.0)
    }

    /// Reads the part of a reference after `#`, already percent-decoded.
    pub(crate) fn from_fragment(fragment: &str) -> Option<Pointer> {
        let escapes_are_valid = fragment
            .split('~')
            .skip(1)
            .all(|rest| rest.starts_with(['0', '1']));
        let starts_right = fragment.is_empty() || fragment.starts_with('/');
        (escapes_are_valid && starts_right).then(|| Pointer(fragment.to_owned()))
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
    fn the_root_is_the_empty_text() {
        assert_eq!(Pointer::default().to_string(), "");
        assert!(Pointer::default().is_root());
        assert_eq!(Pointer::default().segments().count(), 0);
    }

    #[test]
    fn slashes_and_tildes_are_escaped_and_come_back() {
        let pointer = Pointer::default().child("a/b").child("~1").child("");
        assert_eq!(pointer.to_string(), "/a~1b/~01/");
        assert_eq!(pointer.segments().collect::<Vec<_>>(), ["a/b", "~1", ""]);
    }

    #[test]
    fn a_pointer_finds_what_it_names() {
        let root = json!({"a/b": [{"~": 7}]});
        let pointer = Pointer::default().child("a/b").child(0).child("~");
        assert_eq!(pointer.find(&root), Some(&json!(7)));
        assert_eq!(pointer.child("more").find(&root), None);
    }

    #[test]
    fn a_fragment_with_a_broken_escape_is_no_pointer() {
        assert_eq!(Pointer::from_fragment("/a~2"), None);
        assert_eq!(Pointer::from_fragment("/a~"), None);
        assert_eq!(Pointer::from_fragment("anchor"), None);
        assert!(Pointer::from_fragment("/a~0b").is_some());
    }
}

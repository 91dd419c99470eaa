//! `x-feature` of a tag: the Cargo feature of the client's crate that the operations of the tag need.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Document, Operation, Pointer};
use serde_json::Value;

use super::lowering::Lowering;
use super::model::Features;
use super::reachability::ReachableSchemas;
use crate::names;

const FEATURE: &str = "x-feature";

impl<'a> Lowering<'a> {
    /// Returns the features of methods, and of the structs that no other operations use.
    pub(super) fn lower_features(&mut self, operations: &[Operation<'a>]) -> Features {
        let tags = self.features_of_tags();
        let feature_of = |operation: &Operation<'a>| {
            let names = operation.value["tags"].as_array();
            let mut names = names.into_iter().flatten().filter_map(Value::as_str);
            names.find_map(|name| tags.get(name).copied())
        };
        let methods = operations.iter().filter_map(|operation| {
            let method = names::function_name(operation.id?)?;
            Some((method, feature_of(operation)?.to_owned()))
        });
        Features {
            methods: methods.collect(),
            structs: structs(self.document, operations, feature_of),
        }
    }

    fn features_of_tags(&mut self) -> BTreeMap<&'a str, &'a str> {
        let mut features = BTreeMap::new();
        let tags = self.document.root()["tags"].as_array();
        for (index, tag) in tags.into_iter().flatten().enumerate() {
            let (Some(name), Some(feature)) = (tag["name"].as_str(), tag.get(FEATURE)) else {
                continue;
            };
            match feature.as_str().filter(|it| is_feature_name(it)) {
                Some(feature) => _ = features.insert(name, feature),
                None => self.report(
                    &Pointer::default().child("tags").child(index).child(FEATURE),
                    "`x-feature` must be the name of a Cargo feature",
                    "write ASCII letters, digits, `-` and `_`",
                ),
            }
        }
        features
    }
}

fn is_feature_name(name: &str) -> bool {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
    !name.is_empty() && name.bytes().all(is_allowed)
}

/// Returns the structs all of whose operations need the same feature.
fn structs<'a>(
    document: &Document,
    operations: &[Operation<'a>],
    feature_of: impl Fn(&Operation<'a>) -> Option<&'a str>,
) -> BTreeMap<String, String> {
    let mut features: BTreeMap<String, Option<&str>> = BTreeMap::new();
    for operation in operations {
        let feature = feature_of(operation);
        let used = ReachableSchemas::collect(document, std::slice::from_ref(operation));
        for name in used.response_types.union(&used.request_types) {
            let known = features.entry(name.clone()).or_insert(feature);
            *known = known.filter(|known| feature == Some(*known));
        }
    }
    let gated = features.into_iter();
    gated
        .filter_map(|(name, feature)| Some((name, feature?.to_owned())))
        .collect()
}

//! Lowering of named schemas.

use serde_json::{Map, Value, json};

use super::lowering::{Class, Lowering};
use super::model::{Newtype, NewtypeKind};
use super::reachability::ReachableSchemas;

impl Lowering<'_> {
    /// Lowers every named schema that the generated client uses.
    pub(super) fn lower_components(&mut self, reachable: &ReachableSchemas) -> Value {
        let mut lowered = Map::new();
        for (name, component) in self.components.clone() {
            let schema = match component.class {
                Class::Struct if reachable.is_generated(name) => {
                    let is_response = reachable.response_types.contains(name);
                    let is_request = reachable.request_types.contains(name);
                    self.lower_struct(component.schema, &component.at, is_response, is_request)
                }
                // The item struct of a list that is used in multipart bodies only is not generated.
                Class::Newtype(NewtypeKind::LenientList(_)) if !reachable.is_generated(name) => {
                    continue;
                }
                // progenitor replaces these by name and only needs their presence.
                Class::Newtype(NewtypeKind::Id) => json!({ "type": "integer" }),
                Class::Newtype(_) => json!({ "type": "string" }),
                Class::Struct | Class::Alias(_) | Class::Invalid => continue,
            };
            lowered.insert(name.to_owned(), schema);
        }
        Value::Object(lowered)
    }

    /// Returns the newtypes, sorted by name.
    pub(super) fn newtypes(&self, reachable: &ReachableSchemas) -> Vec<Newtype> {
        self.components
            .iter()
            .filter_map(|(name, component)| {
                let Class::Newtype(kind) = &component.class else {
                    return None;
                };
                if matches!(kind, NewtypeKind::LenientList(_)) && !reachable.is_generated(name) {
                    return None;
                }
                let description = component.schema["description"].as_str();
                Some(Newtype {
                    name: (*name).to_owned(),
                    description: description.unwrap_or_default().to_owned(),
                    kind: kind.clone(),
                })
            })
            .collect()
    }
}

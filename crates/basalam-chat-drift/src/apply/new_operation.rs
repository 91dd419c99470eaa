//! Addition of whole operations.

use std::collections::BTreeMap;

use basalam_chat_openapi::{Method, ParameterLocation, Pointer, StatusPattern, reference_target};
use serde_json::{Map, Value, json};

use super::components::reference;
use super::editor::{DocumentEditor, EditResult, add_needs};
use super::insert::insert_property;
use super::names;
use crate::difference::only_in_document;
use crate::locate;
use crate::needs::NEEDS;
use crate::place::{Part, Place};
use crate::shape::{
    OperationShape, ResponseShape, ShapeId, parameter_names, server_path, without_names,
};

impl DocumentEditor<'_> {
    /// Adds the operation at a place, with every schema that it needs.
    pub(super) fn add_operation(&mut self, place: &Place) -> EditResult<()> {
        let theirs = self.source.shape.operation(place.method, &place.path);
        let theirs = theirs.ok_or("the contract has no such operation")?.clone();
        let path = self.document_path(&theirs.path);
        let neighbor = self.neighbor(&path, theirs.method);
        let from_neighbor =
            |name: &str| neighbor.as_ref().and_then(|(_, it)| it.get(name)).cloned();

        let tags = match &neighbor {
            Some((nearest, _)) if area(nearest) == area(&path) => from_neighbor("tags"),
            _ => None,
        };
        let tags = tags.unwrap_or_else(|| self.new_tag(area(&path)));
        let is_secret = |it: &str| it.ends_with("token}") || it.ends_with("secret}");
        let has_secret = path.split('/').any(is_secret);
        let security = match has_secret {
            // The secret in the path authorizes the caller.
            true => None,
            false => from_neighbor("security"),
        };
        let mut operation = json!({
            "tags": tags,
            "operationId": self.operation_id(&theirs),
            "security": security.unwrap_or(json!([])),
            // Not retried until a person decides.
            "x-idempotent": false,
            NEEDS: ["summary", "description", "security", "x-idempotent"],
        });
        let names = theirs.parameters.values().map(|it| &it.name);
        let needs = names.map(|name| format!("parameters.{name}.description"));
        let mut needs: Vec<String> = needs.collect();
        let parameters = self.parameters(&theirs, &path)?;
        if !parameters.is_empty() {
            operation["parameters"] = Value::Array(parameters);
        }
        if let Some(body) = &theirs.body {
            let part = |media_type| Part::Body(Some(media_type));
            let content = self.content(&theirs, &body.content, "Body", part)?;
            operation["requestBody"] = json!({ "required": body.required, "content": content });
        }
        operation["responses"] = self.responses(&theirs, from_neighbor("responses"))?;
        let is_undescribed = |it: &(&String, &Value)| it.1["description"] == "";
        let undescribed = entries(operation.get("responses")).filter(is_undescribed);
        needs.extend(undescribed.map(|(status, _)| format!("responses.{status}.description")));
        add_needs(&mut operation, &needs);
        let neighbor = neighbor.into_iter().map(|(path, _)| path).collect();
        self.insert_operation(&path, theirs.method, operation, neighbor)
    }

    /// Returns the path as written in the document, which can use other parameter names and have
    /// the path of its server elsewhere.
    fn document_path(&self, theirs: &str) -> String {
        let servers = self.document.get("servers").and_then(Value::as_array);
        let mut server_paths = servers.into_iter().flatten().filter_map(server_path);
        let below_server = server_paths.find_map(|it| theirs.strip_prefix(&it));
        let theirs = below_server.unwrap_or(theirs);
        let mut paths = entries(self.document.get("paths")).map(|(path, _)| path);
        let ours = paths.find(|path| without_names(path) == without_names(theirs));
        ours.map_or(theirs, String::as_str).to_owned()
    }

    /// Adds the tag of an area that has no operation yet.
    fn new_tag(&mut self, area: &str) -> Value {
        if let Some(Value::Array(tags)) = self.document.get_mut("tags")
            && !tags.iter().any(|it| it["name"] == area)
        {
            tags.push(json!({ "name": area, NEEDS: ["description"] }));
        }
        json!([area])
    }

    /// Returns the operation from which missing information is copied, with its path: one with the
    /// same method in the same area, if there is one, that has the most segments in common.
    fn neighbor(&self, path: &str, method: Method) -> Option<(String, Value)> {
        let closeness = |(theirs, theirs_method, _): &(&String, &String, &Value)| {
            let pairs = theirs.split('/').zip(path.split('/'));
            let common = pairs.take_while(|(left, right)| left == right).count();
            let is_in_area = area(theirs) == area(path);
            (is_in_area, *theirs_method == method.key(), common)
        };
        let (path, _, operation) = self.operations().max_by_key(closeness)?;
        Some((path.clone(), operation.clone()))
    }

    /// Returns every operation with its path and method.
    fn operations(&self) -> impl Iterator<Item = (&String, &String, &Value)> {
        let items = entries(self.document.get("paths"));
        let all = items.flat_map(|(path, item)| {
            entries(Some(item)).map(move |(method, it)| (path, method, it))
        });
        all.filter(|(_, method, _)| Method::ALL.iter().any(|it| it.key() == *method))
    }

    /// Returns the first of these that no other operation has: the vendor's name, also with the
    /// method, and a name derived from the path.
    fn operation_id(&self, theirs: &OperationShape) -> String {
        let method = theirs.method.key();
        let contract = &self.source.contract;
        let vendor_id = locate::operation(contract, theirs.method, &theirs.path)
            .and_then(|at| at.child("operationId").find(contract)?.as_str())
            .and_then(|id| names::operation(id, method));
        let from_path = names::from_path(method, &theirs.path);
        let operations = self.operations();
        let ids: Vec<&str> = operations
            .filter_map(|(_, _, it)| it["operationId"].as_str())
            .collect();
        let with_method = vendor_id.iter().map(|it| format!("{it}_{method}"));
        let numbered = (2..).map(|number| format!("{from_path}_{number}"));
        let names = vendor_id.iter().cloned().chain(with_method);
        let mut names = names.chain([from_path.clone()]).chain(numbered);
        let unused = names.find(|name| !ids.contains(&name.as_str()));
        unused.unwrap_or(from_path)
    }

    fn parameters(&mut self, theirs: &OperationShape, path: &str) -> EditResult<Vec<Value>> {
        let names = parameter_names(path);
        let mut parameters = Vec::new();
        for ((location, key), parameter) in &theirs.parameters {
            // The key of a path parameter is its position.
            let in_path = key.parse().ok().and_then(|it: usize| names.get(it));
            let name = match location {
                ParameterLocation::Path => in_path.copied().unwrap_or(&parameter.name),
                _ => &parameter.name,
            };
            let part = Part::Parameter(*location, name.to_owned());
            let place = Place::new(theirs.method, path, part);
            parameters.push(self.parameter(&place, parameter, name)?);
        }
        Ok(parameters)
    }

    fn content(
        &mut self,
        theirs: &OperationShape,
        content: &BTreeMap<String, ShapeId>,
        suffix: &str,
        part: impl Fn(String) -> Part,
    ) -> EditResult<Value> {
        let mut written = Map::new();
        for (media_type, id) in content {
            let place = Place::new(theirs.method, &theirs.path, part(media_type.clone()));
            let value = self.source.shape.value(*id).clone();
            let name = format!("{} {suffix}", self.operation_id(theirs));
            let schema = self.schema(&place, &value, *id, &name)?;
            written.insert(media_type.clone(), json!({ "schema": schema }));
        }
        Ok(Value::Object(written))
    }

    /// Error responses are shared with the neighbor if they have the same content, or if a deviation
    /// allows every contract to omit them.
    fn responses(&mut self, theirs: &OperationShape, neighbor: Option<Value>) -> EditResult<Value> {
        let deviations = self.source.deviations;
        let shared = entries(neighbor.as_ref()).filter(|(_, it)| it.get("$ref").is_some());
        let shared = shared.map(|(status, it)| (status.clone(), it.clone()));
        let mut shared: BTreeMap<String, Value> = shared.collect();
        let mut responses = Map::new();
        for (status, response) in &theirs.responses {
            let key = status.to_string();
            let is_reference = |it: &&Value| it.get("$ref").is_some();
            let of_operation = |(_, _, it): (_, _, &Value)| {
                let response = it.get("responses")?.get(&key).filter(is_reference);
                response.cloned()
            };
            let of_any = || self.operations().find_map(of_operation);
            let shared = shared.remove(&key).or_else(of_any);
            let written = match shared {
                Some(shared) if self.is_shared(&shared, theirs, *status, response).is_some() => {
                    shared
                }
                _ => self.response(theirs, *status, response)?,
            };
            responses.insert(key, written);
        }
        shared.retain(|status, _| deviations.explains_everywhere(status));
        responses.extend(shared);
        responses.sort_keys();
        Ok(Value::Object(responses))
    }

    fn response(
        &mut self,
        theirs: &OperationShape,
        status: StatusPattern,
        response: &ResponseShape,
    ) -> EditResult<Value> {
        // OpenAPI requires a description, which a person has to write.
        let mut written = json!({ "description": "" });
        if !response.content.is_empty() {
            let part = |media_type| Part::Response(status, Some(media_type));
            written["content"] = self.content(theirs, &response.content, "Response", part)?;
        }
        Ok(written)
    }

    /// Returns `Some` if a shared error response has the same content as one of the contract, apart
    /// from known deviations.
    fn is_shared(
        &mut self,
        shared: &Value,
        theirs: &OperationShape,
        status: StatusPattern,
        response: &ResponseShape,
    ) -> Option<()> {
        let at = reference_target(shared.get("$ref")?, &Pointer::default()).ok()?;
        let mut ours = at.find(self.document)?.get("content")?.as_object()?.clone();
        for (media_type, id) in &response.content {
            let part = Part::Response(status, Some(media_type.clone()));
            let place = Place::new(theirs.method, &theirs.path, part);
            let ours = ours.remove(media_type)?;
            let known = self.known_type(&place, *id)?;
            (ours.get("schema")? == &reference(&known)).then_some(())?;
        }
        let place = Place::new(theirs.method, &theirs.path, Part::Response(status, None));
        let deviations = self.source.deviations;
        let is_known = |it: &String| deviations.contains(&place, &only_in_document(it));
        ours.keys().all(is_known).then_some(())
    }

    fn insert_operation(
        &mut self,
        path: &str,
        method: Method,
        operation: Value,
        neighbor: Vec<String>,
    ) -> EditResult<()> {
        let paths = self.document.get_mut("paths");
        let paths = paths.ok_or("the document has no paths")?;
        if paths.get(path).is_none() {
            insert_property(paths, path, json!({}), &neighbor);
        }
        let item = paths.get_mut(path).and_then(Value::as_object_mut);
        let item = item.ok_or("the path is not an object")?;
        // Insert it after the methods that precede it, or first.
        let methods = Method::ALL.iter().rev();
        let mut preceding = methods.skip_while(|it| **it != method).skip(1);
        let position = |it: &Method| item.keys().position(|key| key == it.key());
        let index = preceding.find_map(position).map_or(0, |it| it + 1);
        item.shift_insert(index, method.key().to_owned(), operation);
        Ok(())
    }
}

/// Returns the properties of an object; a missing object has none.
fn entries(object: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.and_then(Value::as_object).into_iter().flatten()
}

/// Returns the area of a path: its first segment that is neither a version nor a parameter.
fn area(path: &str) -> &str {
    names::words_in_path(path).next().unwrap_or("service")
}

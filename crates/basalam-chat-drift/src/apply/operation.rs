//! Writing operations of a contract into the document.

use std::collections::BTreeMap;

use crate::ShapeId;
use crate::difference::{Part, Place};
use crate::shape::{AnswerShape, OperationShape};
use basalam_chat_openapi::{Method, ParameterLocation, Pointer, StatusPattern};

use super::build::{Builder, NEEDS, Taken};
use super::json::Json;
use super::{locate, names};

impl Builder<'_> {
    /// Adds the operation at a place, with every schema that it needs.
    pub(super) fn operation(&mut self, place: &Place) -> Taken<()> {
        let there = self.source.there.operation(place.method, &place.path);
        let there = there.ok_or("the contract has no such operation")?.clone();
        let path = self.path_here(&there.path);
        let neighbour = self.neighbour(&path);
        let from_neighbour = |name: &str| neighbour.as_ref().and_then(|it| it.get(name)).cloned();

        let mut operation = Json::Object(Vec::new());
        let tags = match self.nearest(&path) {
            Some(nearest) if area(nearest) == area(&path) => from_neighbour("tags"),
            _ => None,
        };
        let tags = tags.unwrap_or_else(|| self.new_tag(area(&path)));
        operation.set("tags", tags);
        operation.set("operationId", Json::String(self.operation_name(&there)));
        let secret = path
            .split('/')
            .any(|it| it.ends_with("token}") || it.ends_with("secret}"));
        let security = match secret {
            // The secret in the path is what lets the caller in.
            true => Json::Array(Vec::new()),
            false => from_neighbour("security").unwrap_or(Json::Array(Vec::new())),
        };
        operation.set("security", security);
        // Until somebody says otherwise it is never sent twice.
        operation.set("x-idempotent", Json::from(false));
        let needs = ["summary", "description", "security", "x-idempotent"];
        operation.set(NEEDS, Json::strings(needs));
        let parameters = self.parameters(&there, &path)?;
        if !parameters.is_empty() {
            operation.set("parameters", Json::Array(parameters));
        }
        if let Some(body) = &there.body {
            let part = |media| Part::Body(Some(media));
            let content = self.content(&there, &body.content, "Body", part)?;
            let body = [
                ("required", Json::from(body.required)),
                ("content", content),
            ];
            operation.set("requestBody", Json::object(body));
        }
        let responses = self.responses(&there)?;
        operation.set("responses", responses);
        self.put(&path, there.method, operation)
    }

    /// The path as the document writes it, where it has it with other names for its parameters.
    fn path_here(&self, theirs: &str) -> String {
        let bare = |path: &str| -> Vec<String> {
            let segment = |it: &str| {
                if it.starts_with('{') {
                    "{}".to_owned()
                } else {
                    it.to_owned()
                }
            };
            path.split('/').map(segment).collect()
        };
        let here = self.paths().find(|path| bare(path) == bare(theirs));
        here.unwrap_or(theirs).to_owned()
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        let paths = self
            .document
            .get("paths")
            .map(Json::members)
            .unwrap_or_default();
        paths.iter().map(|(path, _)| path.as_str())
    }

    /// The path with most segments in common, the later one of two.
    fn nearest(&self, path: &str) -> Option<&str> {
        let common = |it: &&str| {
            let pairs = it.split('/').zip(path.split('/'));
            pairs.take_while(|(one, two)| one == two).count()
        };
        self.paths().max_by_key(common)
    }

    /// The tag of an area that has no operation yet.
    fn new_tag(&mut self, area: &str) -> Json {
        let is = |it: &Json| it.get("name").and_then(Json::as_str) == Some(area);
        if let Some(Json::Array(tags)) = self.document.get_mut("tags")
            && !tags.iter().any(is)
        {
            let needs = Json::strings(["description"]);
            tags.push(Json::object([("name", Json::from(area)), (NEEDS, needs)]));
        }
        Json::strings([area])
    }

    /// An operation nearby, for what nobody says of a new one.
    fn neighbour(&self, path: &str) -> Option<Json> {
        let path = self.nearest(path)?;
        let item = self
            .document
            .find(&Pointer::default().child("paths").child(path))?;
        let is_method = |name: &str| Method::ALL.iter().any(|it| it.key() == name);
        let mut operations = item.members().iter().filter(|(name, _)| is_method(name));
        operations.next().map(|(_, operation)| operation.clone())
    }

    /// As the vendor calls it where that tells it from others, else after its path; the method is
    /// added where an operation of that name is there.
    fn operation_name(&self, there: &OperationShape) -> String {
        let method = there.method.key();
        let name = self.bare_name(there);
        let with_method = format!("{name}_{method}");
        // Of several methods with one name the first takes it bare, which is GET.
        let is_first = !Method::ALL
            .iter()
            .take_while(|it| **it != there.method)
            .any(|it| {
                let other = self.source.there.operation(*it, &there.path);
                other.is_some_and(|other| self.bare_name(other) == name)
            });
        let is_free = |name: &str| !self.operation_names().any(|it| it == name);
        let numbered = (2..).map(|number| format!("{with_method}_{number}"));
        let bare = is_first.then(|| name.clone()).into_iter();
        let mut names = bare.chain([with_method.clone()]).chain(numbered);
        names.find(|name| is_free(name)).unwrap_or(with_method)
    }

    fn bare_name(&self, there: &OperationShape) -> String {
        let method = there.method.key();
        let theirs = self.contracts.iter().find_map(|contract| {
            let at = locate::operation(contract, there.method, &there.path)?;
            let id = contract.find(&at.child("operationId"))?.as_str()?;
            let name = names::operation(id, method)?;
            // One name for several paths is no name.
            let paths = contract.get("paths").map(Json::members).unwrap_or_default();
            let elsewhere = paths.iter().filter(|(path, _)| *path != there.path);
            let mut others = elsewhere.flat_map(|(_, item)| item.members());
            let is_shared = others.any(|(method, operation)| {
                let id = operation.get("operationId").and_then(Json::as_str);
                id.and_then(|id| names::operation(id, method)).as_ref() == Some(&name)
            });
            (!is_shared).then_some(name)
        });
        theirs.unwrap_or_else(|| names::from_path(method, &there.path))
    }

    fn operation_names(&self) -> impl Iterator<Item = &str> {
        let paths = self
            .document
            .get("paths")
            .map(Json::members)
            .unwrap_or_default();
        let operations = paths.iter().flat_map(|(_, item)| item.members());
        operations.filter_map(|(_, operation)| operation.get("operationId")?.as_str())
    }

    fn parameters(&mut self, there: &OperationShape, path: &str) -> Taken<Vec<Json>> {
        let segments: Vec<&str> = path.split('/').collect();
        let mut parameters = Vec::new();
        for ((location, key), parameter) in &there.parameters {
            let in_path = key
                .parse::<usize>()
                .ok()
                .and_then(|index| segments.get(index));
            let in_path = in_path.and_then(|it| it.strip_prefix('{')?.strip_suffix('}'));
            let name = match location {
                ParameterLocation::Path => in_path.unwrap_or(&parameter.name),
                _ => &parameter.name,
            };
            let part = Part::Parameter(*location, name.to_owned());
            let place = Place::at(there.method, path, part);
            parameters.push(self.parameter(&place, parameter, name)?);
        }
        Ok(parameters)
    }

    fn content(
        &mut self,
        there: &OperationShape,
        content: &BTreeMap<String, ShapeId>,
        what: &str,
        part: impl Fn(String) -> Part,
    ) -> Taken<Json> {
        let mut described = Vec::new();
        for (media, id) in content {
            let place = Place::at(there.method, &there.path, part(media.clone()));
            let value = self.source.there.value(*id).clone();
            let name = format!("{} {what}", self.operation_name(there));
            let schema = self.value(&place, &value, Some(*id), &name)?;
            described.push((media.clone(), Json::object([("schema", schema)])));
        }
        Ok(Json::Object(described))
    }

    fn responses(&mut self, there: &OperationShape) -> Taken<Json> {
        let mut responses: BTreeMap<String, Json> = self.usual_errors();
        for (status, answer) in &there.answers {
            let response = match self.known_answer(*status, answer) {
                Some(name) => {
                    let reference = format!("#/components/responses/{name}");
                    Json::object([("$ref", Json::String(reference))])
                }
                None => self.answer(there, *status, answer)?,
            };
            responses.insert(status.to_string(), response);
        }
        Ok(Json::Object(responses.into_iter().collect()))
    }

    fn answer(
        &mut self,
        there: &OperationShape,
        status: StatusPattern,
        answer: &AnswerShape,
    ) -> Taken<Json> {
        // OpenAPI demands the description, and nobody but a person can write it.
        let mut described = Json::object([("description", Json::from(""))]);
        if !answer.content.is_empty() {
            let part = |media| Part::Answer(status, Some(media));
            let content = self.content(there, &answer.content, "Answer", part)?;
            described.set("content", content);
        }
        described.set(NEEDS, Json::strings(["description"]));
        Ok(described)
    }

    /// The answer that all operations share under this status, if it holds the same.
    fn known_answer(&self, status: StatusPattern, answer: &AnswerShape) -> Option<String> {
        if matches!(
            status,
            StatusPattern::Code(200..=299) | StatusPattern::Range(2)
        ) {
            return None;
        }
        let name = self.shared_answer(&status.to_string())?;
        let at = Pointer::default()
            .child("components")
            .child("responses")
            .child(&name);
        let content = self.document.find(&at)?.get("content")?.members();
        let same = content.len() == answer.content.len()
            && content.iter().all(|(media, described)| {
                let schema = described.get("schema").and_then(|it| it.get("$ref"));
                let ours = schema.and_then(Json::as_str);
                let theirs = answer.content.get(media).and_then(|id| self.alike.get(id));
                let theirs = theirs.map(|name| format!("#/components/schemas/{name}"));
                ours.is_some() && ours == theirs.as_deref()
            });
        same.then_some(name)
    }

    /// What operations refer to for a status, where all that have it refer to the same.
    fn shared_answer(&self, status: &str) -> Option<String> {
        let mut shared = None;
        for operation in self.operations() {
            let Some(response) = operation.get("responses").and_then(|it| it.get(status)) else {
                continue;
            };
            let reference = response.get("$ref")?.as_str()?;
            let name = reference
                .strip_prefix("#/components/responses/")?
                .to_owned();
            if *shared.get_or_insert_with(|| name.clone()) != name {
                return None;
            }
        }
        shared
    }

    fn operations(&self) -> impl Iterator<Item = &Json> {
        let paths = self
            .document
            .get("paths")
            .map(Json::members)
            .unwrap_or_default();
        let members = paths.iter().flat_map(|(_, item)| item.members());
        members
            .map(|(_, operation)| operation)
            .filter(|it| it.get("responses").is_some())
    }

    /// The errors that every operation of the document describes, and that need no contract.
    fn usual_errors(&self) -> BTreeMap<String, Json> {
        let mut statuses: Option<Vec<(String, Json)>> = None;
        for operation in self.operations() {
            let responses = operation
                .get("responses")
                .map(Json::members)
                .unwrap_or_default();
            match &mut statuses {
                None => statuses = Some(responses.to_vec()),
                Some(so_far) => so_far.retain(|it| responses.contains(it)),
            }
        }
        let explained = |status: &str| self.source.deviations.is_everywhere(status);
        let statuses = statuses.unwrap_or_default().into_iter();
        statuses
            .filter(|(status, it)| it.get("$ref").is_some() && explained(status))
            .collect()
    }

    fn put(&mut self, path: &str, method: Method, operation: Json) -> Taken<()> {
        let nearest = self.nearest(path).map(str::to_owned);
        let paths = self
            .document
            .get_mut("paths")
            .ok_or("the document has no paths")?;
        if paths.get(path).is_none() {
            let neighbours: Vec<String> = nearest.into_iter().collect();
            paths.insert(path, Json::Object(Vec::new()), &neighbours);
        }
        let item = paths.get_mut(path).ok_or("the path was not added")?;
        // Behind the methods that come before it, as they stand elsewhere.
        let before = Method::ALL
            .iter()
            .rev()
            .skip_while(|it| **it != method)
            .skip(1);
        let before: Vec<String> = before.map(|it| it.key().to_owned()).collect();
        let is_first = !before.iter().any(|it| item.get(it).is_some());
        match item {
            Json::Object(members) if is_first => {
                members.insert(0, (method.key().to_owned(), operation));
            }
            item => item.insert(method.key(), operation, &before),
        }
        Ok(())
    }
}

/// What a path is about: its first segment that is neither a version nor a parameter.
fn area(path: &str) -> &str {
    let mut segments = path.split('/').filter(|it| {
        let version = it
            .strip_prefix('v')
            .is_some_and(|it| it.parse::<u32>().is_ok());
        !it.is_empty() && !it.starts_with('{') && !version
    });
    segments.next().unwrap_or("service")
}

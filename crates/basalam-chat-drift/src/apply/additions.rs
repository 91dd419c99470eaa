//! Addition of enum values, properties and parameters.

use serde_json::{Value, json};

use super::editor::{DocumentEditor, EditResult, add_needs, wrap_reference};
use super::insert::{insert_property, insert_string};
use crate::locate;
use crate::place::{Part, Place, Step};
use crate::shape::{ParameterShape, ShapeId};

impl DocumentEditor<'_> {
    /// Adds a value to the enum at a place.
    pub(super) fn add_enum_value(
        &mut self,
        place: &Place,
        value: &str,
        predecessors: &[String],
    ) -> EditResult<()> {
        let holder = locate::schema(self.document, place)
            .and_then(|at| locate::with_keyword(self.document, &at, "enum"))
            .ok_or("the document has no enum here")?;
        let values = self.document.pointer_mut(holder.child("enum").as_str());
        let values = values.ok_or("the document has no enum here")?;
        insert_string(values, value, predecessors);
        Ok(())
    }

    /// Marks what is at a place as deprecated.
    pub(super) fn deprecate(&mut self, place: &Place) -> EditResult<()> {
        let at = match &place.part {
            Part::Whole => locate::operation(self.document, place.method, &place.path),
            _ => locate::schema(self.document, place),
        };
        let deprecated = at.and_then(|at| self.document.pointer_mut(at.as_str()));
        let deprecated = deprecated.ok_or("the document does not describe this here")?;
        wrap_reference(deprecated);
        deprecated["deprecated"] = json!(true);
        Ok(())
    }

    /// Adds the property at a place to its object.
    pub(super) fn add_property(
        &mut self,
        place: &Place,
        required: bool,
        value: ShapeId,
        predecessors: &[String],
    ) -> EditResult<()> {
        let mut parent = place.clone();
        let Some(Step::Property(name)) = parent.steps.pop() else {
            return Err("this is not a property of an object".to_owned());
        };
        let holder = locate::schema(self.document, &parent)
            .and_then(|at| locate::with_keyword(self.document, &at, "properties"))
            .ok_or("the object has no `properties` here; add a named schema for it first")?;
        self.start_ancestors(&parent);
        self.owner = locate::component(self.document, &holder).unwrap_or_default();
        let (required, schema) = self.property_schema(place, required, value)?;
        let object = self.document.pointer_mut(holder.as_str());
        let object = object.ok_or("the document has no object here")?;
        if required {
            require(object, &name, predecessors);
        }
        add_needs(object, &[format!("properties.{name}.description")]);
        insert_property(&mut object["properties"], &name, schema, predecessors);
        Ok(())
    }

    /// Registers the named schemas of a place and its ancestors, for values that contain their own
    /// type.
    fn start_ancestors(&mut self, place: &Place) {
        let shape = self.source.shape;
        let mut at = place.clone();
        loop {
            let ours = locate::schema(self.document, &at);
            let ours = ours.and_then(|it| locate::component(self.document, &it));
            if let (Some(ours), Some(theirs)) = (ours, at.value_in(shape)) {
                self.started.entry(theirs).or_insert(ours);
            }
            if at.steps.pop().is_none() {
                break;
            }
        }
    }

    /// Adds the parameter at a place to its operation.
    pub(super) fn add_parameter(&mut self, place: &Place, key: &str) -> EditResult<()> {
        let Part::Parameter(location, _) = place.part else {
            return Err("this is not a parameter".to_owned());
        };
        let theirs = self.source.shape.operation(place.method, &place.path);
        let theirs = theirs.and_then(|it| it.parameters.get(&(location, key.to_owned())));
        let theirs = theirs.ok_or("the contract has no such parameter")?.clone();
        let parameter = self.parameter(place, &theirs, &theirs.name)?;
        let at = locate::operation(self.document, place.method, &place.path);
        let operation = at.and_then(|at| self.document.pointer_mut(at.as_str()));
        let operation = operation.ok_or("the document has no such operation")?;
        let need = format!("parameters.{}.description", theirs.name);
        add_needs(operation, &[need]);
        match operation.get_mut("parameters") {
            Some(Value::Array(parameters)) => parameters.push(parameter),
            _ => {
                let before = "x-idempotent security description summary operationId";
                let before: Vec<String> = before.split(' ').map(str::to_owned).collect();
                insert_property(operation, "parameters", json!([parameter]), &before);
            }
        }
        Ok(())
    }

    /// Writes a parameter. Parameters cannot be null.
    pub(super) fn parameter(
        &mut self,
        place: &Place,
        parameter: &ParameterShape,
        name: &str,
    ) -> EditResult<Value> {
        let mut value = self.source.shape.value(parameter.value).clone();
        value.nullable = false;
        let schema = self.schema(place, &value, parameter.value, name)?;
        let Part::Parameter(location, _) = &place.part else {
            return Err("this is not a parameter".to_owned());
        };
        Ok(json!({
            "name": name,
            "in": location.as_str(),
            "required": parameter.required,
            "schema": schema,
        }))
    }
}

/// Adds a name to the required properties of an object, in their order.
fn require(object: &mut Value, name: &str, predecessors: &[String]) {
    match object.get_mut("required") {
        Some(names) => insert_string(names, name, predecessors),
        None => {
            let after = ["type".to_owned(), "description".to_owned()];
            insert_property(object, "required", json!([name]), &after);
        }
    }
}

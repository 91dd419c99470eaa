//! The named schemas of a document that describe values of a contract.

use super::editor::DocumentEditor;
use crate::difference::{Difference, Direction, Kind, Severity, compare_values};
use crate::locate::described;
use crate::place::{Part, Place, Step};
use crate::shape::{ShapeId, similarity};

/// The share of common property names from which a named schema can describe a value.
const SIMILAR: f64 = 0.5;

impl DocumentEditor<'_> {
    /// Returns the named schema that describes the object, except for known deviations and, in a
    /// response, additions; the one with the most property names in common.
    pub(super) fn known_type(&mut self, place: &Place, id: ShapeId) -> Option<String> {
        // A value can be nullable in one place and not in the other.
        let object = &self.source.shape.value(id).object;
        let mut started = self.started.iter();
        let started = started.find(|(it, _)| self.source.shape.value(**it).object == *object);
        if let Some(known) = self.known.get(&id).or(started.map(|(_, name)| name)) {
            return Some(known.clone());
        }
        let (ours, theirs) = (&self.components.shape, self.source.shape);
        let names = theirs.names(id);
        let ids = self.components.ids.iter();
        let objects = ids.filter(|(_, it)| ours.value(**it).object.is_some());
        let similar = objects.map(|(name, it)| (similarity(&ours.names(*it), &names), name, *it));
        let mut similar: Vec<_> = similar.filter(|(it, ..)| *it >= SIMILAR).collect();
        similar.sort_by(|left, right| right.0.total_cmp(&left.0));
        let direction = match place.part {
            Part::Response(..) | Part::Header(..) => Direction::Response,
            _ => Direction::Request,
        };
        let is_loose = direction == Direction::Response && !names.is_empty();
        let (_, name, _) = similar.into_iter().find(|(_, name, it)| {
            let ours_at = self.components.place.child(Step::Property((*name).clone()));
            let differences = compare_values((ours, theirs), &ours_at, (*it, id), direction);
            let is_accepted =
                |it: &Difference| is_loose && is_tolerated(it) || self.is_known(it, place);
            differences.iter().all(is_accepted)
        })?;
        let name = name.clone();
        self.known.insert(id, name.clone());
        Some(name)
    }

    /// Returns `true` if the difference of a named schema from the value at `place` is written beside
    /// the reference, or is a known deviation.
    fn is_known(&self, difference: &Difference, place: &Place) -> bool {
        use Kind::{Default, Deprecated, Nullable};

        // The first step is the name of the schema.
        let steps = difference.place.steps.get(1..).unwrap_or_default();
        let is_beside = [Default, Deprecated, Nullable].contains(&difference.kind);
        let mut place = place.clone();
        place.steps.extend_from_slice(steps);
        let statement = difference.statement();
        let schema = || described(&self.components.document, &difference.place);
        (is_beside && steps.is_empty())
            || self.source.deviations.contains(&place, &statement)
            || schema().is_some_and(|it| self.explained.contains(&(it, statement)))
    }
}

/// Returns `true` if a response with this difference can be read as the named schema, and loses
/// nothing but additions, which are kept raw.
fn is_tolerated(difference: &Difference) -> bool {
    use Kind::{AdditionalProperties, Binary, Rule, Type};

    let loses_type = [AdditionalProperties, Binary, Rule, Type].contains(&difference.kind);
    difference.severity != Severity::Breaking && !loses_type
}

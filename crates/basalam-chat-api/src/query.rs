//! Query parameters that are arrays.

use std::fmt::Display;

use serde::{Serialize, Serializer};

/// An array in one query parameter, with commas between the items (`explode: false` in OpenAPI).
///
/// No parameter is sent for an empty or absent array.
#[derive(Debug)]
pub struct CommaSeparated<'a> {
    name: &'a str,
    joined: Option<String>,
}

impl<'a> CommaSeparated<'a> {
    /// Joins the items of a required or optional array.
    pub fn new<'b, T: Display + 'b>(
        name: &'a str,
        items: impl Into<Option<&'b Vec<T>>>,
    ) -> CommaSeparated<'a> {
        let items = items.into().filter(|items| !items.is_empty());
        CommaSeparated {
            name,
            joined: items.map(|items| join(items)),
        }
    }
}

impl Serialize for CommaSeparated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pair = self.joined.as_ref().map(|joined| (self.name, joined));
        serializer.collect_seq(pair)
    }
}

/// Returns the items with commas between them.
#[must_use]
pub fn join<T: Display>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(",")
}

#[cfg(test)]
mod tests {
    use super::CommaSeparated;

    fn query(parameter: &CommaSeparated<'_>) -> Option<String> {
        let request = reqwest::Client::new().get("http://localhost/");
        let request = request.query(parameter).build().unwrap();
        request.url().query().map(str::to_owned)
    }

    #[test]
    fn joins_items_in_one_parameter() {
        let items = vec![1, 2, 3];
        assert_eq!(
            query(&CommaSeparated::new("ids", &items)).as_deref(),
            Some("ids=1%2C2%2C3")
        );
        assert_eq!(
            query(&CommaSeparated::new("ids", Some(&items))).as_deref(),
            Some("ids=1%2C2%2C3")
        );
    }

    #[test]
    fn omits_absent_and_empty_arrays() {
        assert_eq!(query(&CommaSeparated::new("ids", None::<&Vec<i64>>)), None);
        assert_eq!(query(&CommaSeparated::new("ids", &Vec::<i64>::new())), None);
    }
}

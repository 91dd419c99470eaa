//! Lists of ids that are longer than one call may carry.

use std::collections::HashSet;
use std::hash::Hash;

use crate::Error;

/// What became of a list of ids: which calls were made, and which ids each of them carried.
///
/// The contract allows only so many ids in a call, so a longer list is sent in several calls, one after
/// the other. An operation gives the report where every call was accepted. Where one fails, the
/// rest is not sent, and the operation gives the call's error, which holds the report:
/// [`Error::batch`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BatchReport<Id> {
    calls: Vec<BatchCall<Id>>,
}

/// One call of a [`BatchReport`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct BatchCall<Id> {
    /// The ids that the call carried, or would have carried, in the order in which they were sent.
    pub ids: Vec<Id>,
    /// What became of the call.
    pub outcome: CallOutcome,
}

/// What became of a [`BatchCall`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// The service accepted it.
    Accepted,
    /// It failed, with the error that holds the report. Whether the service has done some of it all the
    /// same, [`Error::may_have_succeeded`] says.
    Failed,
    /// It was not sent, because a call before it failed.
    NotSent,
}

impl<Id> BatchReport<Id> {
    /// The calls, in the order in which they were made.
    pub fn calls(&self) -> &[BatchCall<Id>] {
        &self.calls
    }

    /// Every id, in the order in which they were sent.
    pub fn ids(&self) -> impl Iterator<Item = &Id> {
        self.calls.iter().flat_map(|call| &call.ids)
    }

    /// The ids of the calls of which this became.
    pub fn ids_with_outcome(&self, outcome: CallOutcome) -> impl Iterator<Item = &Id> {
        let calls = self.calls.iter();
        let calls = calls.filter(move |call| call.outcome == outcome);
        calls.flat_map(|call| &call.ids)
    }
}

/// Refuses an empty list, and takes out what stands in the list a second time.
pub(crate) fn check<Id: Copy + Eq + Hash>(argument: &str, ids: Vec<Id>) -> Result<Vec<Id>, Error> {
    if ids.is_empty() {
        return Err(Error::invalid_input(
            argument,
            "is an empty list",
            "give at least one id",
        ));
    }
    let mut known = HashSet::with_capacity(ids.len());
    Ok(ids.into_iter().filter(|id| known.insert(*id)).collect())
}

/// Makes one call after the other, each with `per_call` ids at most, until one fails. `call` tells
/// whether the service accepted the ids.
pub(crate) async fn run<Id, F>(
    ids: &[Id],
    per_call: usize,
    mut call: impl FnMut(Vec<Id>) -> F,
) -> Result<BatchReport<Id>, Error>
where
    Id: Copy + Send + Sync + 'static,
    F: Future<Output = Result<bool, Error>>,
{
    let mut calls: Vec<BatchCall<Id>> = ids
        .chunks(per_call)
        .map(|ids| BatchCall {
            ids: ids.to_vec(),
            outcome: CallOutcome::NotSent,
        })
        .collect();
    for position in 0..calls.len() {
        let error = match call(calls[position].ids.clone()).await {
            Ok(true) => {
                calls[position].outcome = CallOutcome::Accepted;
                continue;
            }
            Ok(false) => Error::declined(None, None),
            Err(error) => error,
        };
        calls[position].outcome = CallOutcome::Failed;
        return Err(error.within(BatchReport { calls }));
    }
    Ok(BatchReport { calls })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_stands_twice_in_a_list_counts_where_it_stands_first() {
        assert_eq!(check("ids", vec![3, 1, 3, 2, 1]).unwrap(), [3, 1, 2]);
    }

    #[test]
    fn an_empty_list_is_refused_by_its_name() {
        let error = check::<i64>("ids", Vec::new()).unwrap_err();
        assert!(error.is_invalid_input());
        assert!(error.to_string().contains("`ids` is an empty list"));
    }
}

//! Batches: lists of ids that are longer than the service allows in one call.

use std::collections::HashSet;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::request::check_id;
use crate::{Error, ErrorKind};

/// The calls that were made for a list of ids, and the outcome of each.
///
/// The contract limits the number of ids in a call, so a longer list is split into several calls, which are
/// sent one after the other. An operation returns the report if every call was accepted. If one fails, the
/// rest is not sent, and the operation returns that call's error, which contains the report:
/// [`Error::batch`].
///
/// It serializes as `{"calls": [{"ids": [1, 2], "outcome": "accepted"}]}`, so that a later run can send the
/// rest. The outcomes are `accepted`, `failed` and `not_sent`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct BatchReport<Id> {
    calls: Vec<BatchCall<Id>>,
}

/// One call of a [`BatchReport`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BatchCall<Id> {
    /// The ids of the call, in the order in which they are sent.
    pub ids: Vec<Id>,
    /// The outcome of the call.
    pub outcome: CallOutcome,
}

/// The outcome of a [`BatchCall`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallOutcome {
    /// The service accepted the call.
    Accepted,
    /// The call failed with the error that contains the report. Its
    /// [`may_have_succeeded`](Error::may_have_succeeded) applies to the ids of this call.
    Failed,
    /// The call was not sent, because an earlier one failed.
    NotSent,
}

impl<Id> BatchReport<Id> {
    /// The calls, in the order in which they are sent.
    pub fn calls(&self) -> &[BatchCall<Id>] {
        &self.calls
    }

    /// All ids, in the order in which they are sent.
    pub fn ids(&self) -> impl Iterator<Item = &Id> {
        self.calls.iter().flat_map(|call| &call.ids)
    }

    /// The ids of the calls with this outcome.
    pub fn ids_with_outcome(&self, outcome: CallOutcome) -> impl Iterator<Item = &Id> {
        let calls = self.calls.iter();
        let calls = calls.filter(move |call| call.outcome == outcome);
        calls.flat_map(|call| &call.ids)
    }
}

/// Rejects an empty list and ids that cannot exist, and removes duplicates.
pub(crate) fn unique_ids<Id: Copy + Eq + Hash + Into<i64>>(
    argument: &str,
    ids: Vec<Id>,
) -> Result<Vec<Id>, Error> {
    if ids.is_empty() {
        return Err(Error::invalid_input(
            argument,
            "is an empty list",
            "pass at least one id",
        ));
    }
    for id in &ids {
        check_id(argument, (*id).into())?;
    }
    let mut seen = HashSet::with_capacity(ids.len());
    Ok(ids.into_iter().filter(|id| seen.insert(*id)).collect())
}

/// Makes one call after the other, each with at most `per_call` ids, until one fails. `call` returns
/// `true` if the service accepted the ids.
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
            Ok(false) => Error::not_accepted(),
            Err(error) => error,
        };
        calls[position].outcome = CallOutcome::Failed;
        return Err(error.with_batch(BatchReport { calls }));
    }
    Ok(BatchReport { calls })
}

impl Error {
    /// Returns the outcome per id if a list of ids was sent in several calls and one of them failed.
    ///
    /// `Id` is the type of the ids: [`MessageId`](crate::MessageId) or [`ChatId`](crate::ChatId). There is
    /// a report whenever something was sent.
    ///
    /// ```no_run
    /// # use basalam_chat::{CallOutcome, Client, Error, MessageId};
    /// # async fn run(client: Client, old: Vec<MessageId>) -> Result<(), Error> {
    /// if let Err(error) = client.delete_message(old).await {
    ///     for call in error.batch::<MessageId>().into_iter().flat_map(|batch| batch.calls()) {
    ///         println!("{:?}: {:?}", call.outcome, call.ids);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch<Id: 'static>(&self) -> Option<&BatchReport<Id>> {
        self.attachment()
    }

    /// The response has status 200 and `data: false`.
    fn not_accepted() -> Error {
        let problem = "the service reported that it did not accept the call";
        Error::new(ErrorKind::Unsuccessful, problem, "").with_attempts(1)
    }

    fn with_batch<Id: Send + Sync + 'static>(mut self, batch: BatchReport<Id>) -> Error {
        if batch.calls.len() > 1 {
            let count = |outcome| match batch.ids_with_outcome(outcome).count() {
                1 => "1 was".to_owned(),
                count => format!("{count} were"),
            };
            self = self.with_detail(format!(
                "of {} ids, {} accepted in earlier calls, {} in the failed call, and {} not sent",
                batch.ids().count(),
                count(CallOutcome::Accepted),
                count(CallOutcome::Failed),
                count(CallOutcome::NotSent),
            ));
        }
        self.with_attachment(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_first_occurrence_of_duplicate_ids() {
        assert_eq!(unique_ids("ids", vec![3, 1, 3, 2, 1]).unwrap(), [3, 1, 2]);
    }

    #[test]
    fn empty_list_error_names_the_argument() {
        let error = unique_ids::<i64>("ids", Vec::new()).unwrap_err();
        assert!(error.is_invalid_input());
        assert!(error.to_string().contains("`ids` is an empty list"));
    }

    #[test]
    fn ids_below_one_are_rejected() {
        for id in [0, -1, i64::MIN] {
            let error = unique_ids("ids", vec![1, id]).unwrap_err();
            assert!(error.is_invalid_input());
            assert!(error.to_string().contains(&format!("`ids` is the id {id}")));
        }
    }

    #[test]
    fn report_roundtrips_through_json() {
        let call = |ids: &[i64], outcome| BatchCall {
            ids: ids.to_vec(),
            outcome,
        };
        let report = BatchReport {
            calls: vec![
                call(&[1, 2], CallOutcome::Accepted),
                call(&[3], CallOutcome::Failed),
                call(&[4], CallOutcome::NotSent),
            ],
        };
        let json = serde_json::json!({ "calls": [
            { "ids": [1, 2], "outcome": "accepted" },
            { "ids": [3], "outcome": "failed" },
            { "ids": [4], "outcome": "not_sent" },
        ] });
        assert_eq!(serde_json::to_value(&report).unwrap(), json);
        let read: BatchReport<i64> = serde_json::from_value(json).unwrap();
        assert_eq!(read, report);
    }
}

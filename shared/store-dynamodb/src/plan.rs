//! From a batch to the actions of one transaction: what each write demands becomes a condition, and what became of it is known in
//! advance, because the condition holds it to that.
//!
//! Where a write may go two ways (*keep*, *replace*, *delete if there*, adding to a counter in company) the likelier way is planned
//! first. If its condition fails, the database shows what stands there, and the batch is planned again from that.

use crate::item::{Build, Item, View, bytes, key, number, text};
use crate::names::{self, Name};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete as DeleteItem, Put as PutItem, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use reconnect_store::batch::{Change, Delete, ExpectAssoc, ExpectObject, Put};
use reconnect_store::{AssocKind, Batch, CommitError, Conflict, Counted, Id, Outcome, StoreError, Time, Write};
use std::collections::HashMap;

/// It is there, and others see it.
const LIVE: &str = "attribute_exists(pk) AND (attribute_not_exists(x) OR x > :now)";
/// It is not there, or has expired.
const GONE: &str = "(attribute_not_exists(pk) OR x <= :now)";
/// Fails, so that the database shows what stands there.
const NEVER: &str = "attribute_exists(pk) AND attribute_not_exists(pk)";

/// What is known of the item that a write names.
#[derive(Clone, Debug, Default)]
pub(crate) enum Seen {
    /// Nothing yet.
    #[default]
    Nothing,
    /// What stood there a moment ago.
    Item(Option<Item>),
}

/// A transaction, and what it comes to if all its conditions hold.
#[derive(Debug)]
pub(crate) struct Plan {
    /// One action for each write, in their order; behind them the counts.
    pub(crate) actions: Vec<TransactWriteItem>,
    /// In the order of the writes.
    pub(crate) outcomes: Vec<Outcome>,
}

/// Why there is no plan.
enum Obstacle {
    Conflict(Conflict),
    Store(StoreError),
}

impl From<Conflict> for Obstacle {
    fn from(conflict: Conflict) -> Obstacle {
        Obstacle::Conflict(conflict)
    }
}

impl From<StoreError> for Obstacle {
    fn from(error: StoreError) -> Obstacle {
        Obstacle::Store(error)
    }
}

impl From<BuildError> for Obstacle {
    fn from(error: BuildError) -> Obstacle {
        Obstacle::Store(StoreError::Refused(error.to_string()))
    }
}

/// Plans a valid batch, from what is known of its items at this moment.
pub(crate) fn plan(table: &str, batch: &Batch, seen: &[Seen], now: Time) -> Result<Plan, CommitError> {
    let mut plan = Plan { actions: Vec::with_capacity(batch.actions()), outcomes: Vec::new() };
    let mut counts = Counts::default();
    for (index, (write, seen)) in batch.writes().iter().zip(seen).enumerate() {
        let step = Desk { table, now, seen }.step(write).map_err(|obstacle| match obstacle {
            Obstacle::Conflict(conflict) => CommitError::Conflict { write: index, conflict },
            Obstacle::Store(error) => commit_error(error),
        })?;
        plan.actions.push(step.action);
        plan.outcomes.push(step.outcome);
        counts.note(write, step.outcome);
    }
    plan.actions.extend(counts.actions(table).map_err(|error| CommitError::Refused(error.to_string()))?);
    Ok(plan)
}

/// The same failure, met while writing.
pub(crate) fn commit_error(error: StoreError) -> CommitError {
    match error {
        StoreError::Unavailable(why) => CommitError::Unavailable(why),
        StoreError::Refused(why) => CommitError::Refused(why),
        StoreError::Corrupt(why) => CommitError::Corrupt(why),
    }
}

/// The action of one write, and what becomes of it.
struct Step {
    action: TransactWriteItem,
    outcome: Outcome,
}

type Stepped = Result<Step, Obstacle>;

/// What is known of the state that a write finds.
#[derive(Clone, Copy)]
enum Known<'a> {
    Nothing,
    Absent,
    There(View<'a>),
}

/// Where one write is planned.
struct Desk<'a> {
    table: &'a str,
    now: Time,
    seen: &'a Seen,
}

impl Desk<'_> {
    fn step(&self, write: &Write) -> Stepped {
        match write {
            Write::PutObject { id, kind, data, expires, expect } => {
                let item = |version: u64| {
                    Build::named(&Name::object(*id))
                        .with("k", number(kind.code))
                        .with("v", number(version))
                        .with("d", bytes(data))
                        .expiring(*expires)
                        .done()
                };
                match self.version(*expect)? {
                    None => self.put(item(1), self.gone(), Outcome::Created),
                    Some(version) => {
                        let condition = self.live().and("v = :v", ":v", number(version));
                        self.put(item(version.saturating_add(1)), condition, Outcome::Replaced)
                    }
                }
            }
            Write::DeleteObject { id, version } => self.delete_object(*id, *version),
            Write::CheckObject { id, expect } => {
                let condition = match self.version(*expect)? {
                    None => self.gone(),
                    Some(version) => self.live().and("v = :v", ":v", number(version)),
                };
                self.check(&Name::object(*id), condition, Outcome::Checked)
            }
            Write::PutAssoc { from, kind, to, time, data, expires, mode } => {
                let mut item =
                    Build::named(&Name::assoc(*from, kind, *to)).with("t", number(time)).with("d", bytes(data));
                if kind.ordered {
                    item = item.with("lt", text(names::place(*time, *to)));
                }
                self.put_assoc(&Name::assoc(*from, kind, *to), kind, mode, item.expiring(*expires).done())
            }
            Write::DeleteAssoc { from, kind, to, mode } => self.delete_assoc(&Name::assoc(*from, kind, *to), mode),
            Write::CheckAssoc { from, kind, to, expect } => self.check_assoc(&Name::assoc(*from, kind, *to), expect),
            Write::PutUnique { space, text: name, id, expires } => match self.known()? {
                Known::There(_) => Err(Conflict::Exists.into()),
                Known::Nothing | Known::Absent => {
                    let item =
                        Build::named(&Name::unique(space, name)).with("id", number(id.0)).with("text", text(name));
                    self.put(item.expiring(*expires).done(), self.gone(), Outcome::Created)
                }
            },
            Write::DeleteUnique { space, text, id } => match self.known()? {
                Known::Absent => Err(Conflict::Missing.into()),
                Known::There(item) if item.id("id")? != *id => Err(Conflict::Data.into()),
                Known::Nothing | Known::There(_) => {
                    let condition = self.live().and("id = :id", ":id", number(id.0));
                    self.delete(&Name::unique(space, text), condition, Outcome::Deleted)
                }
            },
            Write::ChangeCounter { owner, kind, sub, change, floor, ceiling, expires } => {
                let item = |value| {
                    Build::named(&Name::counter(*owner, kind.code, *sub))
                        .with("n", number(value))
                        .expiring(*expires)
                        .done()
                };
                self.change_counter(&Name::counter(*owner, kind.code, *sub), *change, (*floor, *ceiling), item)
            }
        }
    }

    /// The version that must stand there: none, where nothing must.
    fn version(&self, expect: ExpectObject) -> Result<Option<u64>, Obstacle> {
        match (expect, self.known()?) {
            (ExpectObject::Absent, Known::There(_)) => Err(Conflict::Exists.into()),
            (ExpectObject::Absent, _) => Ok(None),
            (ExpectObject::Version(_), Known::Absent) => Err(Conflict::Missing.into()),
            (ExpectObject::Version(version), Known::There(item)) if item.number::<u64>("v")? != version => {
                Err(Conflict::Version.into())
            }
            (ExpectObject::Version(version), _) => Ok(Some(version)),
        }
    }

    fn delete_object(&self, id: Id, version: Option<u64>) -> Stepped {
        let condition = match (version, self.known()?) {
            (_, Known::Absent) => return Err(Conflict::Missing.into()),
            (Some(version), Known::There(item)) if item.number::<u64>("v")? != version => {
                return Err(Conflict::Version.into());
            }
            (Some(version), _) => self.live().and("v = :v", ":v", number(version)),
            (None, _) => self.live(),
        };
        self.delete(&Name::object(id), condition, Outcome::Deleted)
    }

    fn put_assoc(&self, name: &Name, kind: &AssocKind, mode: &Put, item: Item) -> Stepped {
        match (mode, self.known()?) {
            (Put::Insert, Known::There(_)) => Err(Conflict::Exists.into()),
            (Put::Keep, Known::There(_)) => self.check(name, self.live(), Outcome::Kept),
            (Put::Insert | Put::Keep, _) | (Put::Replace, Known::Absent) => {
                self.put(item, self.gone(), Outcome::Created)
            }
            (Put::Replace, Known::There(_)) => self.put(item, self.live(), Outcome::Replaced),
            // A note to self is mostly there already; an entry of a list is mostly new.
            (Put::Replace, Known::Nothing) if kind.ordered => self.put(item, self.gone(), Outcome::Created),
            (Put::Replace, Known::Nothing) => self.put(item, self.live(), Outcome::Replaced),
            (Put::ReplaceIf(_), Known::Absent) => Err(Conflict::Missing.into()),
            (Put::ReplaceIf(old), Known::There(item)) if item.data()? != *old => Err(Conflict::Data.into()),
            (Put::ReplaceIf(old), _) => self.put(item, self.live_with(old), Outcome::Replaced),
        }
    }

    fn delete_assoc(&self, name: &Name, mode: &Delete) -> Stepped {
        match (mode, self.known()?) {
            (Delete::IfThere, Known::Absent) => self.check(name, self.gone(), Outcome::Absent),
            (Delete::OrFail | Delete::IfData(_), Known::Absent) => Err(Conflict::Missing.into()),
            (Delete::IfData(old), Known::There(item)) if item.data()? != *old => Err(Conflict::Data.into()),
            (Delete::IfData(old), _) => self.delete(name, self.live_with(old), Outcome::Deleted),
            (Delete::IfThere | Delete::OrFail, _) => self.delete(name, self.live(), Outcome::Deleted),
        }
    }

    fn check_assoc(&self, name: &Name, expect: &ExpectAssoc) -> Stepped {
        let condition = match (expect, self.known()?) {
            (ExpectAssoc::Absent, Known::There(_)) => return Err(Conflict::Exists.into()),
            (ExpectAssoc::Absent, _) => self.gone(),
            (ExpectAssoc::Present | ExpectAssoc::Data(_), Known::Absent) => return Err(Conflict::Missing.into()),
            (ExpectAssoc::Data(data), Known::There(item)) if item.data()? != *data => return Err(Conflict::Data.into()),
            (ExpectAssoc::Present, _) => self.live(),
            (ExpectAssoc::Data(data), _) => self.live_with(data),
        };
        self.check(name, condition, Outcome::Checked)
    }

    /// In company the new value has to be told, which no transaction does: it is computed from the old one, which the condition
    /// then holds fast.
    fn change_counter(
        &self,
        name: &Name,
        change: Change,
        (floor, ceiling): (Option<i64>, Option<i64>),
        item: impl Fn(i64) -> Item,
    ) -> Stepped {
        let known = self.known()?;
        let old = match known {
            Known::There(item) => item.number("n")?,
            Known::Nothing | Known::Absent => 0,
        };
        let Some(value) = change.apply(old, floor, ceiling) else {
            return match known {
                Known::Nothing => self.check(name, Condition::never(), Outcome::Checked),
                Known::Absent | Known::There(_) => Err(Conflict::Bound(old).into()),
            };
        };
        let outcome = Outcome::Counter { value, changed: true };
        match (change, known) {
            (Change::Set(_), _) => self.put(item(value), Condition::none(), outcome),
            (Change::Add(_), Known::There(_)) => {
                self.put(item(value), self.live().and("n = :old", ":old", number(old)), outcome)
            }
            (Change::Add(_), _) => self.put(item(value), self.gone(), outcome),
        }
    }

    fn known(&self) -> Result<Known<'_>, StoreError> {
        Ok(match self.seen {
            Seen::Nothing => Known::Nothing,
            Seen::Item(Some(item)) if View(item).is_live(self.now)? => Known::There(View(item)),
            Seen::Item(_) => Known::Absent,
        })
    }

    fn live(&self) -> Condition {
        Condition::of(LIVE).with(":now", number(self.now.0))
    }

    fn live_with(&self, data: &[u8]) -> Condition {
        self.live().and("d = :data", ":data", bytes(data))
    }

    fn gone(&self) -> Condition {
        Condition::of(GONE).with(":now", number(self.now.0))
    }

    fn put(&self, item: Item, condition: Condition, outcome: Outcome) -> Stepped {
        let put = PutItem::builder()
            .table_name(self.table)
            .set_item(Some(item))
            .set_condition_expression(condition.expression)
            .set_expression_attribute_values(condition.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        Ok(Step { action: TransactWriteItem::builder().put(put).build(), outcome })
    }

    fn delete(&self, name: &Name, condition: Condition, outcome: Outcome) -> Stepped {
        let delete = DeleteItem::builder()
            .table_name(self.table)
            .set_key(Some(key(name)))
            .set_condition_expression(condition.expression)
            .set_expression_attribute_values(condition.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        Ok(Step { action: TransactWriteItem::builder().delete(delete).build(), outcome })
    }

    fn check(&self, name: &Name, condition: Condition, outcome: Outcome) -> Stepped {
        let check = ConditionCheck::builder()
            .table_name(self.table)
            .set_key(Some(key(name)))
            .set_condition_expression(condition.expression)
            .set_expression_attribute_values(condition.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        Ok(Step { action: TransactWriteItem::builder().condition_check(check).build(), outcome })
    }
}

/// A condition with its values.
struct Condition {
    expression: Option<String>,
    values: Option<HashMap<String, AttributeValue>>,
}

impl Condition {
    fn none() -> Condition {
        Condition { expression: None, values: None }
    }

    fn never() -> Condition {
        Condition::of(NEVER)
    }

    fn of(expression: &str) -> Condition {
        Condition { expression: Some(expression.to_owned()), values: None }
    }

    fn with(mut self, name: &str, value: AttributeValue) -> Condition {
        self.values.get_or_insert_default().insert(name.to_owned(), value);
        self
    }

    fn and(mut self, more: &str, name: &str, value: AttributeValue) -> Condition {
        let expression = self.expression.take().unwrap_or_default();
        self.expression = Some(format!("{expression} AND {more}"));
        self.with(name, value)
    }
}

/// The lengths of the lists that a batch touches: one sum for each shard that is touched.
#[derive(Default)]
struct Counts(Vec<(Name, i64)>);

impl Counts {
    fn note(&mut self, write: &Write, outcome: Outcome) {
        let (Write::PutAssoc { from, kind, to, .. } | Write::DeleteAssoc { from, kind, to, .. }) = write else {
            return;
        };
        let delta = match outcome {
            Outcome::Created => 1,
            Outcome::Deleted => -1,
            _ => return,
        };
        if kind.counted == Counted::No {
            return;
        }
        let name = Name::count(*from, kind, kind.shard(*to));
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += delta,
            None => self.0.push((name, delta)),
        }
    }

    fn actions(&self, table: &str) -> Result<Vec<TransactWriteItem>, BuildError> {
        let changed = self.0.iter().filter(|(_, delta)| *delta != 0);
        changed
            .map(|(name, delta)| {
                let update = Update::builder()
                    .table_name(table)
                    .set_key(Some(key(name)))
                    .update_expression("ADD n :delta")
                    .expression_attribute_values(":delta", number(delta))
                    .build()?;
                Ok(TransactWriteItem::builder().update(update).build())
            })
            .collect()
    }
}

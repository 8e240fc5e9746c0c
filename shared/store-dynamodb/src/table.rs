//! The table itself: made, recognised, prepared, filled by an import, opened.
//!
//! A table of ours holds a record of its own, with the version of the schema and a phase. Functions of the cloud only read it: they
//! have no right to look whether a table is empty, so the owner's first verb prepares it.

use crate::attempt::{Repeat, Stop};
use crate::connect::{self, connector};
use crate::error::{OpenError, describe};
use crate::item::{Build, Item, View, key, number, text};
use crate::names::{INDEX, Name};
use crate::options::Options;
use crate::read::{batch_get, found};
use crate::store::DynamoStore;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, DeleteRequest, KeySchemaElement, KeyType, LocalSecondaryIndex, Projection,
    ProjectionType, ScalarAttributeType, TableDescription, TableStatus, TimeToLiveSpecification, WriteRequest,
};
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use reconnect_store::{Clock, Found, Id, Key};
use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

/// The version of the schema that this program writes.
const SCHEMA: u32 = 1;
/// Items that one request deletes.
const DELETES: usize = 25;

/// Phases of a table.
const READY: &str = "ready";
const IMPORTING: &str = "importing";

/// The table's own record.
struct Schema {
    version: u32,
    phase: String,
}

impl DynamoStore {
    /// Opens a table that is prepared. One request, which also makes the connection stand.
    pub async fn open(options: Options, clock: Arc<dyn Clock>) -> Result<DynamoStore, OpenError> {
        DynamoStore::open_reading(options, clock, &[]).await.map(|(store, _)| store)
    }

    /// The same, and in the same request reads what is needed first: a few keys, consistently.
    pub async fn open_reading(
        options: Options,
        clock: Arc<dyn Clock>,
        keys: &[Key],
    ) -> Result<(DynamoStore, Vec<Found>), OpenError> {
        let opening = Opening::new(options)?;
        let (schema, items) = opening.look(keys).await?;
        let Some(schema) = schema else { return Err(OpenError::NotPrepared { table: opening.options.table }) };
        let store = opening.judge(schema, clock)?;
        let found: Result<Vec<Found>, _> =
            keys.iter().map(|key| found(key, &Name::of(key), &items, store.now())).collect();
        match found {
            Ok(found) => Ok((store, found)),
            Err(error) => Err(OpenError::Foreign { table: store.table().to_owned(), why: error.to_string() }),
        }
    }

    /// The same through an HTTP connector of one's own: for tests that count requests or lose them.
    pub async fn open_through(
        options: Options,
        clock: Arc<dyn Clock>,
        connector: SharedHttpConnector,
    ) -> Result<DynamoStore, OpenError> {
        let opening = Opening::through(options, connector);
        match opening.schema().await? {
            None => Err(OpenError::NotPrepared { table: opening.options.table }),
            Some(schema) => opening.judge(schema, clock),
        }
    }

    /// For the owner: opens a table, and prepares it if it is empty.
    pub async fn open_or_prepare(options: Options, clock: Arc<dyn Clock>) -> Result<DynamoStore, OpenError> {
        let opening = Opening::new(options)?;
        if opening.schema().await?.is_none() {
            opening.recognise().await?;
            if !opening.some_names(1).await?.is_empty() {
                return Err(opening.foreign("it holds items, but no record of ours"));
            }
            opening.prepare().await?;
        }
        match opening.schema().await? {
            None => Err(OpenError::NotPrepared { table: opening.options.table }),
            Some(schema) => opening.judge(schema, clock),
        }
    }

    /// Makes the table, for a stand-in or by hand, and prepares it. In an account of one's own `template.yaml` makes it.
    pub async fn create_table(options: &Options) -> Result<(), OpenError> {
        let opening = Opening::new(options.clone())?;
        opening.create().await?;
        opening.prepare().await
    }

    /// Opens a table for filling it with an export. It must be empty, but for the object `spare`, which is deleted; or hold half an
    /// import, which is cleared away. Until [`finish_import`](DynamoStore::finish_import) nobody else can open it.
    pub async fn begin_import(options: Options, clock: Arc<dyn Clock>, spare: Id) -> Result<Importing, OpenError> {
        let opening = Opening::new(options)?;
        let import = uuid::Uuid::new_v4().to_string();
        let found = opening.schema().await?;
        let halfway = found.as_ref().is_some_and(|schema| schema.phase == IMPORTING);
        if !halfway {
            opening.recognise().await?;
            let spare = Name::object(spare);
            let others =
                opening.some_names(3).await?.into_iter().filter(|name| *name != Name::schema() && *name != spare);
            if others.count() > 0 {
                return Err(OpenError::NotEmpty { table: opening.options.table });
            }
        }
        opening.write_schema(IMPORTING, Some(&import), None).await?;
        opening.clear().await?;
        let Opening { client, options } = opening;
        Ok(Importing { store: DynamoStore::over(client, options, clock, SCHEMA), import })
    }
}

/// A table that is being filled.
#[derive(Debug)]
pub struct Importing {
    store: DynamoStore,
    import: String,
}

impl Importing {
    /// Where the records go.
    pub fn store(&self) -> &DynamoStore {
        &self.store
    }

    /// The import is whole: the table is opened to everybody, if nobody has begun another one meanwhile.
    pub async fn finish(self) -> Result<(), OpenError> {
        let opening = Opening { client: self.store.client().clone(), options: self.store.options().clone() };
        let mine = Condition { expression: "import_id = :import", import: Some(&self.import) };
        let written = opening.write_schema(READY, None, Some(mine)).await?;
        // A refusal may mean that this very request was done before, and its reply was lost.
        if written || opening.schema().await?.is_some_and(|schema| schema.phase == READY) {
            return Ok(());
        }
        Err(OpenError::Overtaken { table: opening.options.table })
    }
}

/// What must hold of the table's own record before it is written.
#[derive(Clone, Copy)]
struct Condition<'a> {
    expression: &'static str,
    import: Option<&'a str>,
}

/// A table before it is a store.
struct Opening {
    client: Client,
    options: Options,
}

impl Opening {
    fn new(options: Options) -> Result<Opening, OpenError> {
        let connector = connector(&options).map_err(OpenError::Setting)?;
        Ok(Opening::through(options, connector))
    }

    fn through(options: Options, connector: SharedHttpConnector) -> Opening {
        Opening { client: connect::client(&options, connect::http_client(connector)), options }
    }

    /// The table's own record.
    async fn schema(&self) -> Result<Option<Schema>, OpenError> {
        self.look(&[]).await.map(|(schema, _)| schema)
    }

    /// The table's own record, and in the same request the items of a few keys.
    async fn look(&self, keys: &[Key]) -> Result<(Option<Schema>, HashMap<Name, Item>), OpenError> {
        let names = keys.iter().flat_map(Name::of).chain([Name::schema()]);
        let wanted = names.map(|name| key(&name)).collect();
        let items = batch_get(&self.client, &self.options.table, wanted, true, self.patience()).await;
        let items = items.map_err(|stop| self.stopped(stop))?;
        let named = items.into_iter().map(|item| View(&item).name().map(|name| (name, item)));
        let mut items: HashMap<Name, Item> =
            named.collect::<Result<_, _>>().map_err(|_| self.foreign("its keys are not texts"))?;
        let Some(own) = items.remove(&Name::schema()) else { return Ok((None, items)) };
        match (View(&own).number("version"), View(&own).text("phase")) {
            (Ok(version), Ok(phase)) => Ok((Some(Schema { version, phase: phase.to_owned() }), items)),
            _ => Err(self.foreign("its record is not one of ours")),
        }
    }

    fn judge(self, schema: Schema, clock: Arc<dyn Clock>) -> Result<DynamoStore, OpenError> {
        let table = self.options.table.clone();
        match schema {
            Schema { version, .. } if version > SCHEMA => {
                Err(OpenError::Newer { table, found: version, known: SCHEMA })
            }
            Schema { phase, .. } if phase == IMPORTING => Err(OpenError::HalfImported { table }),
            Schema { version, .. } => Ok(DynamoStore::over(self.client, self.options, clock, version)),
        }
    }

    /// Lets an empty table begin. When somebody else has done so meanwhile, all the better.
    async fn prepare(&self) -> Result<(), OpenError> {
        let fresh = Condition { expression: "attribute_not_exists(pk)", import: None };
        self.write_schema(READY, None, Some(fresh)).await.map(|_| ())
    }

    /// Writes the table's own record; false where the condition did not hold.
    async fn write_schema(
        &self,
        phase: &str,
        import: Option<&str>,
        condition: Option<Condition<'_>>,
    ) -> Result<bool, OpenError> {
        let mut item = Build::named(&Name::schema()).with("version", number(SCHEMA)).with("phase", text(phase));
        if let Some(import) = import {
            item = item.with("import_id", text(import));
        }
        let item = item.done();
        let values =
            condition.and_then(|condition| condition.import).map(|import| (":import".to_owned(), text(import)));
        let values: Option<Item> = values.map(|value| Item::from([value]));
        let send = || {
            let put = self.client.put_item().table_name(&self.options.table).set_item(Some(item.clone()));
            let put = put.set_condition_expression(condition.map(|condition| condition.expression.to_owned()));
            put.set_expression_attribute_values(values.clone()).send()
        };
        match self.patience().insist(Repeat::Freely, send).await {
            Ok(_) => Ok(true),
            Err(Stop::Final(error)) if code(&error) == Some("ConditionalCheckFailedException") => Ok(false),
            Err(stop) => Err(self.stopped(stop)),
        }
    }

    /// Whether keys and index are ours.
    async fn recognise(&self) -> Result<(), OpenError> {
        let send = || self.client.describe_table().table_name(&self.options.table).send();
        let answer = self.patience().insist(Repeat::Freely, send).await.map_err(|stop| self.stopped(stop))?;
        let table = answer.table.ok_or_else(|| self.foreign("it cannot be described"))?;
        if !has_keys(table.key_schema(), "sk") {
            return Err(self.foreign("its keys are not pk and sk"));
        }
        let index = table.local_secondary_indexes().iter().find(|index| index.index_name() == Some(INDEX));
        match index {
            Some(index) if has_keys(index.key_schema(), "lt") => Ok(()),
            _ => Err(self.foreign("it has no local index by_time over pk and lt")),
        }
    }

    async fn create(&self) -> Result<(), OpenError> {
        let created = match self.creation() {
            Ok(creation) => creation.send().await,
            Err(error) => return Err(OpenError::Setting(error.to_string())),
        };
        match created {
            Ok(_) => {}
            Err(error) if code(&error) == Some("ResourceInUseException") => {
                return Err(OpenError::Exists { table: self.options.table.clone() });
            }
            Err(error) => return Err(self.stopped(Stop::Final(Box::new(error)))),
        }
        let mut patience = self.patience();
        while !self.is_active().await? {
            if !patience.wait().await {
                return Err(self.unreachable("the new table does not become active".to_owned()));
            }
        }
        let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("ttl").build();
        let ttl = ttl.map_err(|error| OpenError::Setting(error.to_string()))?;
        let send = || {
            let update = self.client.update_time_to_live().table_name(&self.options.table);
            update.time_to_live_specification(ttl.clone()).send()
        };
        patience.insist(Repeat::Freely, send).await.map(|_| ()).map_err(|stop| self.stopped(stop))
    }

    fn creation(
        &self,
    ) -> Result<
        aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder,
        aws_sdk_dynamodb::error::BuildError,
    > {
        let attribute = |name: &str| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
        };
        let index = LocalSecondaryIndex::builder()
            .index_name(INDEX)
            .key_schema(key_element("pk", KeyType::Hash)?)
            .key_schema(key_element("lt", KeyType::Range)?)
            .projection(Projection::builder().projection_type(ProjectionType::All).build())
            .build()?;
        let creation = self.client.create_table().table_name(&self.options.table);
        Ok(creation
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("pk")?)
            .attribute_definitions(attribute("sk")?)
            .attribute_definitions(attribute("lt")?)
            .key_schema(key_element("pk", KeyType::Hash)?)
            .key_schema(key_element("sk", KeyType::Range)?)
            .local_secondary_indexes(index))
    }

    async fn is_active(&self) -> Result<bool, OpenError> {
        let send = || self.client.describe_table().table_name(&self.options.table).send();
        let answer = self.patience().insist(Repeat::Freely, send).await.map_err(|stop| self.stopped(stop))?;
        let status = answer.table.as_ref().and_then(TableDescription::table_status);
        Ok(status == Some(&TableStatus::Active))
    }

    /// The names of some items.
    async fn some_names(&self, limit: i32) -> Result<Vec<Name>, OpenError> {
        let send = || {
            let scan = self.client.scan().table_name(&self.options.table).consistent_read(true).limit(limit);
            scan.projection_expression("pk, sk").send()
        };
        let answer = self.patience().insist(Repeat::Freely, send).await.map_err(|stop| self.stopped(stop))?;
        let items: Vec<Item> = answer.items.unwrap_or_default();
        items.iter().map(|item| View(item).name().map_err(|_| self.foreign("its keys are not texts"))).collect()
    }

    /// Deletes everything but the table's own record.
    async fn clear(&self) -> Result<(), OpenError> {
        loop {
            let names: Vec<Name> =
                self.some_names(1000).await?.into_iter().filter(|name| *name != Name::schema()).collect();
            if names.is_empty() {
                return Ok(());
            }
            for some in names.chunks(DELETES) {
                self.delete(some).await?;
            }
        }
    }

    async fn delete(&self, names: &[Name]) -> Result<(), OpenError> {
        let request = |name: &Name| {
            let delete = DeleteRequest::builder().set_key(Some(key(name))).build();
            delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
        };
        let requests: Result<Vec<WriteRequest>, _> = names.iter().map(request).collect();
        let mut left = requests.map_err(|error| OpenError::Setting(error.to_string()))?;
        let mut patience = self.patience();
        while !left.is_empty() {
            let send = || self.client.batch_write_item().request_items(&self.options.table, left.clone()).send();
            let answer = patience.insist(Repeat::Freely, send).await.map_err(|stop| self.stopped(stop))?;
            left =
                answer.unprocessed_items.and_then(|mut tables| tables.remove(&self.options.table)).unwrap_or_default();
            if !left.is_empty() && !patience.wait().await {
                return Err(self.unreachable("the table is too busy to be cleared".to_owned()));
            }
        }
        Ok(())
    }

    fn patience(&self) -> crate::attempt::Patience {
        crate::attempt::Patience::new(self.options.deadline)
    }

    fn foreign(&self, why: &str) -> OpenError {
        OpenError::Foreign { table: self.options.table.clone(), why: why.to_owned() }
    }

    fn unreachable(&self, why: String) -> OpenError {
        OpenError::Unreachable { table: self.options.table.clone(), why }
    }

    /// What an error of the database means for the table.
    fn stopped<E: ProvideErrorMetadata + Error + Send + Sync + 'static>(&self, stop: Stop<E>) -> OpenError {
        let error = match stop {
            Stop::TooLong(why) | Stop::Unknown(why) => return self.unreachable(why),
            Stop::Final(error) => error,
        };
        let (table, why) = (self.options.table.clone(), describe(&error));
        match code(&error) {
            Some("ResourceNotFoundException") => {
                let region = &self.options.region;
                let place =
                    self.options.endpoint.as_ref().map_or_else(|| format!("the region {region}"), String::clone);
                OpenError::NoTable { table, place }
            }
            Some("ValidationException") => OpenError::Foreign { table, why },
            Some(code) if NO_RIGHT.contains(&code) => OpenError::NoRight { table, why },
            _ => OpenError::Unreachable { table, why },
        }
    }
}

/// Errors of credentials and rights.
const NO_RIGHT: [&str; 8] = [
    "AccessDeniedException",
    "AccessDenied",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
];

fn code<E: ProvideErrorMetadata + Error>(error: &crate::error::SdkErrorOf<E>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

fn key_element(name: &str, kind: KeyType) -> Result<KeySchemaElement, aws_sdk_dynamodb::error::BuildError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build()
}

fn has_keys(keys: &[KeySchemaElement], range: &str) -> bool {
    let named = |kind: KeyType| keys.iter().find(|key| *key.key_type() == kind).map(KeySchemaElement::attribute_name);
    named(KeyType::Hash) == Some("pk") && named(KeyType::Range) == Some(range)
}

//! Which tables are opened, and what is said of the others, in one line.

use crate::support::{LIKE, PERSON, batch, options, runtime};
use reconnect_store::{Id, Store, StoreExt, SystemClock};
use reconnect_store_dynamodb::{DynamoStore, OpenError, Options};
use reconnect_tests::Request;
use reconnect_tests::standins::Dynoxide;
use std::sync::Arc;
use std::time::Duration;

async fn open(options: &Options) -> Result<DynamoStore, String> {
    let opened = DynamoStore::open(options.clone(), Arc::new(SystemClock)).await;
    opened.map_err(|error| {
        let text = error.to_string();
        assert!(!text.contains('\n') && text.contains(&options.table), "one line that names the table: {text}");
        text
    })
}

/// Sends a request of the service as any other program would.
fn raw(endpoint: &str, operation: &str, body: &str) {
    let request = Request::post("/", "application/x-amz-json-1.0", body)
        .header("X-Amz-Target", &format!("DynamoDB_20120810.{operation}"))
        .header("Authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
        .header("X-Amz-Date", "20260101T000000Z");
    let answer = request.send(endpoint.strip_prefix("http://").unwrap()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_table_that_is_not_there_is_named() {
    let dynoxide = Dynoxide::start();
    runtime().block_on(async {
        let error = open(&options(&dynoxide.endpoint, "nowhere")).await.unwrap_err();
        assert_eq!(error, format!("there is no table nowhere in {}", dynoxide.endpoint));
    });
}

#[test]
fn a_database_that_is_not_there_is_told_in_time() {
    runtime().block_on(async {
        let options = options("http://127.0.0.1:9", "graph");
        let error = open(&Options { deadline: Duration::from_millis(200), ..options }).await.unwrap_err();
        assert!(error.starts_with("DynamoDB cannot be reached for the table graph: "), "{error}");
    });
}

#[test]
fn a_table_with_other_keys_is_refused() {
    let dynoxide = Dynoxide::start();
    raw(
        &dynoxide.endpoint,
        "CreateTable",
        r#"{"TableName":"songs","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"Artist","AttributeType":"S"}],"KeySchema":[{"AttributeName":"Artist","KeyType":"HASH"}]}"#,
    );
    runtime().block_on(async {
        let options = options(&dynoxide.endpoint, "songs");
        let error = open(&options).await.unwrap_err();
        assert!(error.starts_with("the table songs is not one of ours"), "{error}");
        let error = DynamoStore::open_or_prepare(options.clone(), Arc::new(SystemClock)).await.unwrap_err();
        assert!(error.to_string().starts_with("the table songs is not one of ours"), "{error}");
        assert!(matches!(DynamoStore::create_table(&options).await, Err(OpenError::Exists { .. })));
    });
}

#[test]
fn a_table_without_the_index_or_with_items_of_others_is_refused() {
    let dynoxide = Dynoxide::start();
    let keys = r#""BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
        {"AttributeName":"sk","AttributeType":"S"},{"AttributeName":"lt","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]"#;
    let without = keys
        .replace(r#",{"AttributeName":"lt","AttributeType":"S"}"#, "")
        .replace(",\n        {\"AttributeName\":\"lt\",\"AttributeType\":\"S\"}", "");
    raw(&dynoxide.endpoint, "CreateTable", &format!(r#"{{"TableName":"plain",{without}}}"#));
    let index = r#""LocalSecondaryIndexes":[{"IndexName":"by_time","Projection":{"ProjectionType":"ALL"},
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"lt","KeyType":"RANGE"}]}]"#;
    raw(&dynoxide.endpoint, "CreateTable", &format!(r#"{{"TableName":"others",{keys},{index}}}"#));
    raw(&dynoxide.endpoint, "PutItem", r#"{"TableName":"others","Item":{"pk":{"S":"song"},"sk":{"S":"1"}}}"#);
    runtime().block_on(async {
        for (table, why) in
            [("plain", "it has no local index by_time"), ("others", "it holds items, but no record of ours")]
        {
            let options = options(&dynoxide.endpoint, table);
            assert!(open(&options).await.unwrap_err().contains("not prepared"), "{table}");
            let error = DynamoStore::open_or_prepare(options, Arc::new(SystemClock)).await.unwrap_err().to_string();
            assert!(error.contains(why), "{table}: {error}");
        }
    });
}

#[test]
fn an_empty_table_is_prepared_by_the_owner_only() {
    let dynoxide = Dynoxide::start();
    runtime().block_on(async {
        let options = options(&dynoxide.endpoint, "graph");
        DynamoStore::create_table(&options).await.unwrap();
        raw_delete_schema(&dynoxide.endpoint);
        assert!(open(&options).await.unwrap_err().contains("not prepared yet"));
        let store = DynamoStore::open_or_prepare(options.clone(), Arc::new(SystemClock)).await.unwrap();
        assert_eq!(store.schema_version(), 1);
        assert!(open(&options).await.is_ok());
    });
}

fn raw_delete_schema(endpoint: &str) {
    raw(endpoint, "DeleteItem", r#"{"TableName":"graph","Key":{"pk":{"S":"reconnect"},"sk":{"S":"schema"}}}"#);
}

#[test]
fn a_table_of_a_newer_program_is_refused() {
    let dynoxide = Dynoxide::start();
    runtime().block_on(async {
        let options = options(&dynoxide.endpoint, "graph");
        DynamoStore::create_table(&options).await.unwrap();
        raw(&dynoxide.endpoint, "PutItem", r#"{"TableName":"graph","Item":{"pk":{"S":"reconnect"},"sk":{"S":"schema"},"version":{"N":"2"},"phase":{"S":"ready"}}}"#);
        let error = open(&options).await.unwrap_err();
        assert_eq!(error, "the table graph has the schema 2, this program knows 1; use a newer program");
    });
}

#[test]
fn half_an_import_is_refused_and_cleared_by_the_next() {
    let dynoxide = Dynoxide::start();
    runtime().block_on(async {
        let options = options(&dynoxide.endpoint, "graph");
        let clock = Arc::new(SystemClock);
        DynamoStore::create_table(&options).await.unwrap();
        let store = DynamoStore::open(options.clone(), clock.clone()).await.unwrap();
        store.commit(batch(|b| b.create(Id(1), &PERSON, Vec::new()))).await.unwrap();

        let broken = DynamoStore::begin_import(options.clone(), clock.clone(), Id(1)).await.unwrap();
        assert_eq!(broken.store().object(Id(1)).await.unwrap(), None, "the object that may be there is deleted");
        for some in 0..3 {
            let many = batch(|b| {
                for n in 0..90 {
                    b.link(Id(5), &LIKE, Id(some * 90 + n), 0, Vec::new());
                }
                b
            });
            broken.store().commit(many).await.unwrap();
        }
        assert!(open(&options).await.unwrap_err().contains("holds half an import"));

        let next = DynamoStore::begin_import(options.clone(), clock.clone(), Id(1)).await.unwrap();
        assert_eq!(next.store().count(Id(5), &LIKE).await.unwrap(), 0);
        next.store().commit(batch(|b| b.create(Id(9), &PERSON, Vec::new()))).await.unwrap();
        assert!(matches!(broken.finish().await, Err(OpenError::Overtaken { .. })));
        assert!(open(&options).await.is_err(), "the one that was overtaken opens nothing");
        next.finish().await.unwrap();
        assert!(open(&options).await.unwrap().object(Id(9)).await.unwrap().is_some());

        let refused = DynamoStore::begin_import(options.clone(), clock, Id(1)).await;
        assert!(matches!(refused, Err(OpenError::NotEmpty { .. })));
        assert!(open(&options).await.is_ok(), "a refused import changes nothing");
    });
}

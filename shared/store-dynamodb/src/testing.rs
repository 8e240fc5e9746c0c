//! For tests: a wire between the store and the database, on which requests are counted, and on which they are refused, lost, or
//! answered by half.

use crate::connect::connector;
use crate::options::Options;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What befalls a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The database is too busy and does nothing.
    Throttled,
    /// A transaction meets another one at the same item; everything else is throttled.
    Conflict,
    /// The connection breaks before the request is through.
    RequestLost,
    /// The request is done, and its reply lost.
    ReplyLost,
    /// The request is done, and the service answers that something went wrong.
    ServerError,
    /// A batch of reads is answered by half; everything else as ever.
    Half,
}

/// Decides what befalls the request of that operation, as the service names it (`BatchGetItem`).
pub type Fate = dyn Fn(&str) -> Option<Fault> + Send + Sync;

/// The wire. Clones share one count.
#[derive(Clone)]
pub struct Wire {
    inner: SharedHttpConnector,
    requests: Arc<Mutex<BTreeMap<String, usize>>>,
    fate: Arc<Fate>,
}

impl Wire {
    /// To the database of these options, with this fate for every request.
    pub fn new(options: &Options, fate: impl Fn(&str) -> Option<Fault> + Send + Sync + 'static) -> Wire {
        let inner = match connector(options) {
            Ok(connector) => connector,
            Err(why) => unreachable_connector(why),
        };
        Wire { inner, requests: Arc::default(), fate: Arc::new(fate) }
    }

    /// On which nothing happens.
    pub fn safe(options: &Options) -> Wire {
        Wire::new(options, |_| None)
    }

    /// For [`crate::DynamoStore::open_through`].
    pub fn connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }

    /// How many requests went out since the last time this was asked, by operation.
    pub fn take(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut *self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("requests", &self.requests).finish_non_exhaustive()
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        *self.requests.lock().unwrap_or_else(PoisonError::into_inner).entry(operation.clone()).or_default() += 1;
        let (fault, inner) = ((self.fate)(&operation), self.inner.clone());
        HttpConnectorFuture::new(async move {
            match fault {
                None => inner.call(request).await,
                Some(Fault::Throttled) => throttled(),
                Some(Fault::Conflict) if operation == "TransactWriteItems" => conflict(&request),
                Some(Fault::Conflict) => throttled(),
                Some(Fault::RequestLost) => Err(ConnectorError::io("the connection broke".into())),
                Some(Fault::ReplyLost) => {
                    inner.call(request).await?;
                    Err(ConnectorError::timeout("the reply was lost".into()))
                }
                Some(Fault::ServerError) => {
                    inner.call(request).await?;
                    answer(500, &error("InternalServerError"))
                }
                Some(Fault::Half) if operation == "BatchGetItem" => half(&inner, request).await,
                Some(Fault::Half) => inner.call(request).await,
            }
        })
    }
}

type Answered = Result<HttpResponse, ConnectorError>;

fn throttled() -> Answered {
    answer(400, &error("ProvisionedThroughputExceededException"))
}

/// Cancelled, with one reason for each action, as the service does.
fn conflict(request: &HttpRequest) -> Answered {
    let sent: Value = parsed(request.body().bytes().unwrap_or_default())?;
    let actions = sent["TransactItems"].as_array().map_or(1, Vec::len);
    let mut reasons = vec![json!({ "Code": "None" }); actions];
    reasons[actions - 1] = json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" });
    let mut body = error("TransactionCanceledException");
    body["CancellationReasons"] = json!(reasons);
    answer(400, &body)
}

/// Only the first half of the keys reaches the database; the rest comes back unprocessed.
async fn half(inner: &SharedHttpConnector, mut request: HttpRequest) -> Answered {
    let mut sent: Value = parsed(request.body().bytes().unwrap_or_default())?;
    let mut left = json!({});
    for (table, asked) in sent["RequestItems"].as_object_mut().into_iter().flatten() {
        let Some(keys) = asked["Keys"].as_array_mut().filter(|keys| keys.len() > 1) else { continue };
        let rest = keys.split_off(keys.len() / 2);
        let mut unprocessed = asked.clone();
        unprocessed["Keys"] = json!(rest);
        left[table] = unprocessed;
    }
    let body = sent.to_string();
    request.headers_mut().insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
    let response = inner.call(request).await?;
    let mut told: Value = parsed(response.body().bytes().unwrap_or_default())?;
    told["UnprocessedKeys"] = left;
    answer(response.status().as_u16(), &told)
}

fn error(code: &str) -> Value {
    json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "injected" })
}

fn answer(status: u16, body: &Value) -> Answered {
    let user = |why: String| ConnectorError::user(why.into());
    let answer = http::Response::builder().status(status).body(SdkBody::from(body.to_string()));
    let answer = answer.map_err(|error| user(error.to_string()))?;
    HttpResponse::try_from(answer).map_err(|error| user(error.to_string()))
}

fn parsed(body: &[u8]) -> Result<Value, ConnectorError> {
    serde_json::from_slice(body).map_err(|error| ConnectorError::user(error.into()))
}

/// A wire that leads nowhere, and says why.
fn unreachable_connector(why: String) -> SharedHttpConnector {
    #[derive(Debug)]
    struct Nowhere(String);
    impl HttpConnector for Nowhere {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            HttpConnectorFuture::ready(Err(ConnectorError::user(self.0.clone().into())))
        }
    }
    SharedHttpConnector::new(Nowhere(why))
}

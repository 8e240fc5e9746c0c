//! The client: the SDK over the HTTP client that the house has already.
//!
//! The SDK's own retries are off: `attempt` tries again, because it knows which writes may be repeated and which may not.

use crate::error::NotSent;
use crate::options::Options;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, HttpClient, Region, StalledStreamProtectionConfig};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take to stand. Within a region it takes a millisecond or two.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(800);
/// An idle connection is let go before the other side does it: a function may have been frozen meanwhile.
const IDLE: Duration = Duration::from_secs(15);

/// A client for these options, which sends its requests through `http`.
pub(crate) fn client(options: &Options, http: impl HttpClient + 'static) -> Client {
    let mut config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(options.region.clone()))
        .credentials_provider(options.credentials.clone())
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(http);
    if let Some(endpoint) = &options.endpoint {
        config = config.endpoint_url(endpoint);
    }
    Client::from_conf(config.build())
}

/// The HTTP side: kept connections, TLS with the roots that are compiled in, so that nothing is read from the disk at start. Public
/// so that tests can put something between the store and the network.
pub fn connector(options: &Options) -> Result<SharedHttpConnector, String> {
    Ok(SharedHttpConnector::new(Connector(http(options.request_timeout)?)))
}

/// The client below: of the house's own, so that table and bucket are spoken to alike.
pub(crate) fn http(timeout: Duration) -> Result<reqwest::Client, String> {
    // The choice of crypto library is the process's; the first one to make it wins, and all of ours make the same.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(timeout)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(|error| error.to_string())
}

/// The same as the SDK takes it.
pub(crate) fn http_client(connector: SharedHttpConnector) -> SharedHttpClient {
    http_client_fn(move |_, _| connector.clone())
}

#[derive(Debug)]
struct Connector(reqwest::Client);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move { send(&client, request).await })
    }
}

async fn send(client: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let user = |why: String| ConnectorError::user(why.into());
    let request = request.try_into_http1x().map_err(|error| user(error.to_string()))?;
    let (head, body) = request.into_parts();
    let body = body.bytes().ok_or_else(|| user("a body that is not in memory".to_owned()))?.to_vec();
    let request = reqwest::Request::try_from(http::Request::from_parts(head, body)).map_err(|e| user(e.to_string()))?;
    let mut response = client.execute(request).await.map_err(failure)?;
    let mut answer = http::Response::builder().status(response.status());
    if let Some(headers) = answer.headers_mut() {
        std::mem::swap(headers, response.headers_mut());
    }
    let body = response.bytes().await.map_err(failure)?;
    let answer = answer.body(SdkBody::from(body)).map_err(|error| user(error.to_string()))?;
    HttpResponse::try_from(answer).map_err(|error| user(error.to_string()))
}

fn failure(error: reqwest::Error) -> ConnectorError {
    if error.is_connect() {
        return ConnectorError::io(NotSent(error).into()).never_connected();
    }
    if error.is_timeout() { ConnectorError::timeout(error.into()) } else { ConnectorError::io(error.into()) }
}

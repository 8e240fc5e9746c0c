//! A Lambda function that does nothing: the floor that `bootstrap` is measured against. The same runtime crate with the same features,
//! the same log, the same events and answers; no store, no methods, no settings.

use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use lambda_http::lambda_runtime::{self, LambdaEvent, service_fn};
use lambda_http::{Body, Error};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// About as long as the answer of a small method.
const ANSWER: &str = "\"Hello, world. I was never asked who you are.\"";

fn main() -> Result<(), Error> {
    let filter = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("lambda_runtime", LevelFilter::INFO)
        .with_target("reconnect", LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stdout).with_ansi(false);
    tracing_subscriber::registry().with(lines).with(filter).init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(lambda_runtime::run(service_fn(answer)))
}

async fn answer(_: LambdaEvent<ApiGatewayV2httpRequest>) -> Result<ApiGatewayV2httpResponse, Error> {
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = 200;
    answer.body = Some(Body::Text(ANSWER.to_owned()));
    Ok(answer)
}

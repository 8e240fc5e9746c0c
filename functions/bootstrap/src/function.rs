//! Invocations: the function is made ready before the first one, and answers one after the other.
//!
//! When it cannot be made ready (a setting that is wrong, a table that is not there) it says so in one line of the log and answers
//! error 2, as a server does whose database is away. What may pass is tried again at the next invocation.

use crate::config::{self, Config};
use crate::event;
use crate::place::Opened;
use crate::role::Role;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::StatusCode;
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use lambda_http::lambda_runtime::{self, LambdaEvent, service_fn};
use reconnect_core::Services;
use reconnect_functions::site::Site;
use reconnect_functions::{registry, router};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Mutex;
use tower::ServiceExt;

type Outcome<T> = Result<T, lambda_http::Error>;

/// Answers invocations until the runtime ends the process.
pub(crate) async fn run() -> Outcome<()> {
    let function = Function::start(Config::read(&|name| std::env::var(name).ok())).await;
    let function = &function;
    if function.works_off() {
        lambda_runtime::run(service_fn(move |_: LambdaEvent<Value>| function.work_off())).await
    } else {
        let answer = move |event: LambdaEvent<ApiGatewayV2httpRequest>| function.answer(event.payload);
        lambda_runtime::run(service_fn(answer)).await
    }
}

/// What this process serves.
struct Function {
    config: Result<Config, String>,
    ready: Mutex<Option<Ready>>,
}

/// What is there once the store is open.
#[derive(Clone)]
struct Ready {
    services: Arc<Services>,
    router: Router,
}

impl Function {
    /// Opens the store before the first invocation: what is done now costs no caller any time.
    async fn start(config: Result<Config, String>) -> Function {
        let function = Function { config, ready: Mutex::new(None) };
        let _ = function.ready().await;
        function
    }

    fn works_off(&self) -> bool {
        matches!(&self.config, Ok(Config { role: Role::Intents, .. }))
    }

    /// What is ready, or why nothing is; the reason has been logged.
    async fn ready(&self) -> Result<Ready, ()> {
        let mut ready = self.ready.lock().await;
        if let Some(ready) = &*ready {
            return Ok(ready.clone());
        }
        let opened = match &self.config {
            Ok(config) => open(config).await,
            Err(why) => Err(why.clone()),
        };
        match opened {
            Ok(opened) => Ok(ready.insert(opened).clone()),
            Err(why) => {
                tracing::error!(target: "reconnect", "this function cannot serve: {why}");
                Err(())
            }
        }
    }

    /// An event of the gateway.
    async fn answer(&self, told: ApiGatewayV2httpRequest) -> Outcome<ApiGatewayV2httpResponse> {
        let router = match self.ready().await {
            Ok(ready) => ready.router,
            Err(()) => router::out_of_service(config::limits()),
        };
        let secret = self.config.as_ref().ok().and_then(|config| config.front_secret.as_deref());
        let response = match event::request(told, secret) {
            Ok(request) => router.oneshot(request).await?,
            Err(why) => unreadable(why),
        };
        event::answer(response).await
    }

    /// The schedule's event. A failure is one of the invocation, for the alarms.
    async fn work_off(&self) -> Outcome<Value> {
        let ready = self.ready().await.map_err(|()| "this function cannot serve; its log says why")?;
        let done = ready.services.carry_out_due().await?;
        Ok(json!({ "done": done }))
    }
}

async fn open(config: &Config) -> Result<Ready, String> {
    let clock = reconnect_functions::settings::clock(config.clock);
    let Opened { store, blobs, server } = config.place.open(Arc::clone(&clock)).await?;
    let registry = match config.role {
        Role::Method(method) => registry().only(method),
        _ => registry(),
    };
    let services = Services::open_knowing(store, blobs, clock, registry, config.settings.clone(), server.as_ref())
        .await
        .map_err(|e| e.to_string())?;
    refuse_demo(config, &services).await?;
    let site = Site {
        services: Arc::clone(&services),
        public_url: config.public_url.clone(),
        trusted_proxies: config.trusted_proxies.clone().into(),
        faces: None,
    };
    let router = match config.role {
        Role::Method(_) | Role::Restserver => router::api(site),
        Role::Web | Role::Intents => router::web(site),
    };
    Ok(Ready { services, router })
}

/// The passwords and secrets of a demo world are public.
async fn refuse_demo(config: &Config, services: &Services) -> Result<(), String> {
    if config.place.is_local() || services.graph.demo().await.map_err(|e| e.to_string())?.is_empty() {
        return Ok(());
    }
    Err("the table holds demo people or applications, whose passwords and secrets are public; remove them with \
         `reconnect world clear --table TABLE`"
        .to_owned())
}

fn unreadable(why: &'static str) -> Response {
    let mut response = Response::new(Body::from(why));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

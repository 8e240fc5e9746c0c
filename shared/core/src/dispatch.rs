//! The one road of a call: authenticated, run, rendered. HTTP, Lambda, batch.run and the tests all walk it.

use crate::authenticate::authenticate;
use crate::context::{Caller, Context, Request, Services, SiteCookie};
use crate::error::{Error, Result};
use crate::method::File;
use reconnect_store::Id;
use reconnect_wire::{Call, Code, Document, Format, render};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What a call came to.
#[derive(Debug)]
pub struct Performed {
    /// The answer; its HTTP status is 200, for errors too.
    pub document: Document,
    /// Cookies beside it.
    pub cookies: Vec<SiteCookie>,
}

/// Performs a call, and writes its one line to the log.
pub async fn perform(services: &Arc<Services>, request: Request, call: &Call) -> Performed {
    let began = Instant::now();
    let mut line = Line::default();
    let (document, cookies) = match walk(services, request, call, None, &mut line).await {
        Ok(done) => done,
        Err(error) => (failed(services, call, &error, &mut line), Vec::new()),
    };
    line.write(services, call, began);
    Performed { document, cookies }
}

impl Context {
    /// Performs one entry of a batch, a form-encoded call: the same road, for the same request, checked in full as if it had been
    /// sent alone. A batch inside a batch is refused (953); a failing entry is a document like any other.
    pub async fn run_entry(&self, entry: &str) -> Document {
        let began = Instant::now();
        let mut line = Line::default();
        let call = Call::from_query(entry.as_bytes(), self.format);
        let walked = Box::pin(walk(&self.services, self.request.clone(), &call, Some(&self.caller), &mut line)).await;
        let document = match walked {
            Ok((document, _)) => document,
            Err(error) => failed(&self.services, &call, &error, &mut line),
        };
        line.write(&self.services, &call, began);
        document
    }
}

async fn walk(
    services: &Arc<Services>,
    request: Request,
    call: &Call,
    outer: Option<&Caller>,
    line: &mut Line,
) -> Result<(Document, Vec<SiteCookie>)> {
    let (caller, handler) = authenticate(services, &request, call, outer, &mut line.app).await?;
    line.viewer = caller.viewer();
    if outer.is_some() && (handler.name == "batch.run" || handler.access.file == File::Required) {
        return Err(Code::BatchMethodNotAllowedInBatchMode.into());
    }
    let (services, upload) = (Arc::clone(services), call.upload.clone());
    let cx = Context { services, caller, request, format: call.format, upload, cookies: Mutex::default() };
    let document = handler.run(&cx, call).await?;
    Ok((document, cx.cookies.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

fn failed(services: &Services, call: &Call, error: &Error, line: &mut Line) -> Document {
    let told = error.on_the_wire();
    line.code = told.code.number();
    if error.is_ours() {
        tracing::error!(target: "reconnect", method = &*name_of(services, call), %error, "a call failed on our side");
    }
    render::error(call, &told)
}

/// The one line of a call in the log: names and numbers, never a secret, a signature, a key or a token.
#[derive(Default)]
struct Line {
    app: Option<Id>,
    viewer: Option<Id>,
    code: u16,
}

impl Line {
    fn write(&self, services: &Services, call: &Call, began: Instant) {
        tracing::info!(
            target: "reconnect::call",
            method = &*name_of(services, call),
            app = self.app.map(|id| id.0),
            viewer = self.viewer.map(|id| id.0),
            format = match call.format { Format::Xml => "xml", Format::Json => "json", Format::JsonStrings => "json-strings" },
            code = self.code,
            us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
        );
    }
}

/// The method's name as it is documented. Of a name that is none, what a name could be made of, and not much of it: a log is no place
/// for whatever a stranger sends.
fn name_of(services: &Services, call: &Call) -> Cow<'static, str> {
    let Some(name) = &call.method else { return Cow::Borrowed("-") };
    match services.registry.find(name.folded()) {
        Some(handler) => Cow::Borrowed(handler.name),
        None => {
            name.folded().chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')).take(64).collect()
        }
    }
}

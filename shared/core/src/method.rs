//! What a method is: one declaration from which come routing, argument decoding, access, documentation and deployment; and the
//! registry in which all of them stand.

use crate::context::Context;
use crate::error::Result;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reconnect_wire::{Call, Document, decode, render};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::future::Future;

/// Whether a method is called for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// A session is neither needed nor used.
    None,
    /// A session is used where there is one.
    Optional,
    /// Without a session: error 102.
    Required,
}

/// What a method does to the graph: chooses the role of its function in the cloud, and whether the read-only host serves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Only reads.
    Read,
    /// Writes.
    Write,
    /// Runs other methods.
    All,
}

/// Whether a file comes with a call of a method. Where it may, or files go, the method's function in the cloud reaches the
/// files; where it must, the method is no entry of a batch, which carries none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// None.
    None,
    /// None; but with what it removes go files.
    Removed,
    /// There may be one.
    Optional,
    /// It is about one.
    Required,
}

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whether it is called for a person.
    pub session: Session,
    /// Whether a caller who knows only a session secret, or has only a person's access token, may call it; else error 15.
    pub session_secret: bool,
    /// Whether it answers without any signature: public data.
    pub unsigned: bool,
    /// The extended permission that it needs.
    pub permission: Option<&'static str>,
    /// What it does to the graph.
    pub rights: Rights,
    /// Whether the read-only host serves it although it writes.
    pub on_read_host: bool,
    /// Whether a file comes with it.
    pub file: File,
}

impl Access {
    /// Only with the application's secret; no session is used.
    pub const fn app_secret() -> Access {
        Access {
            session: Session::None,
            session_secret: false,
            unsigned: false,
            permission: None,
            rights: Rights::Read,
            on_read_host: false,
            file: File::None,
        }
    }

    /// For the person of a session, which must be given. A session secret will do.
    pub const fn session() -> Access {
        Access { session: Session::Required, session_secret: true, ..Access::app_secret() }
    }

    /// For the person of a session, or for one that the arguments name. A session secret will do.
    pub const fn optional_session() -> Access {
        Access { session: Session::Optional, session_secret: true, ..Access::app_secret() }
    }

    /// Public data: no signature is needed, not even an application.
    pub const fn public() -> Access {
        Access { unsigned: true, session_secret: true, ..Access::app_secret() }
    }

    /// The same, but a session secret will not do.
    pub const fn no_session_secret(self) -> Access {
        Access { session_secret: false, ..self }
    }

    /// The same, and it writes.
    pub const fn writes(self) -> Access {
        Access { rights: Rights::Write, ..self }
    }

    /// The same, and it runs other methods.
    pub const fn runs_others(self) -> Access {
        Access { rights: Rights::All, ..self }
    }

    /// The same, and the read-only host serves it although it writes.
    pub const fn on_read_host(self) -> Access {
        Access { on_read_host: true, ..self }
    }

    /// The same, and with what it removes go files.
    pub const fn removes_files(self) -> Access {
        Access { file: File::Removed, ..self }
    }

    /// The same, and a file may come with it.
    pub const fn takes_file(self) -> Access {
        Access { file: File::Optional, ..self }
    }

    /// The same, and it is about a file that comes with it.
    pub const fn needs_file(self) -> Access {
        Access { file: File::Required, ..self }
    }

    /// The same, and it needs an extended permission.
    pub const fn needs(self, permission: &'static str) -> Access {
        Access { permission: Some(permission), ..self }
    }
}

/// How sure it is that a method is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fidelity {
    /// Schemas, servers and clients of the time agree.
    Authentic,
    /// Parts are inferred; `docs/FIDELITY.md` says which.
    Inferred,
}

/// A method of the API: policy only. No HTTP, no XML, no JSON, no SQL.
pub trait Method: Send + Sync + 'static {
    /// Its canonical name, `namespace.method`.
    const NAME: &'static str;
    /// Other names that clients call it by.
    const ALIASES: &'static [&'static str] = &[];
    /// One sentence: what it does.
    const SUMMARY: &'static str;
    /// Who may call it.
    const ACCESS: Access;
    /// How sure it is that it is as it was.
    const FIDELITY: Fidelity;
    /// What it takes besides the common arguments. Field names are the wire's.
    type Args: DeserializeOwned + JsonSchema + Send;
    /// What it answers. Field order is document order.
    type Answer: Serialize + JsonSchema + Send + Sync;
    /// Looks at the graph, decides, writes, answers.
    fn call(cx: &Context, args: Self::Args) -> impl Future<Output = Result<Self::Answer>> + Send;
}

type Run = for<'a> fn(&'a Context, &'a Call) -> BoxFuture<'a, Result<Document>>;

/// A method with its types erased: one boxed future a call, so that the road around the methods is compiled once.
#[derive(Clone, Copy)]
pub struct Handler {
    /// Its canonical name.
    pub name: &'static str,
    /// Other names that clients call it by.
    pub aliases: &'static [&'static str],
    /// One sentence: what it does.
    pub summary: &'static str,
    /// Who may call it.
    pub access: Access,
    /// How sure it is that it is as it was.
    pub fidelity: Fidelity,
    /// JSON schema of its arguments.
    pub args_schema: fn() -> Schema,
    /// JSON schema of its answer.
    pub answer_schema: fn() -> Schema,
    run: Run,
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handler").field("name", &self.name).field("access", &self.access).finish_non_exhaustive()
    }
}

impl Handler {
    /// The handler of a method.
    pub const fn of<M: Method>() -> Handler {
        Handler {
            name: M::NAME,
            aliases: M::ALIASES,
            summary: M::SUMMARY,
            access: M::ACCESS,
            fidelity: M::FIDELITY,
            args_schema: schema::<M::Args>,
            answer_schema: schema::<M::Answer>,
            run: run::<M>,
        }
    }

    /// Runs it: the arguments decoded, the method called, its answer rendered.
    pub fn run<'a>(&self, cx: &'a Context, call: &'a Call) -> BoxFuture<'a, Result<Document>> {
        (self.run)(cx, call)
    }
}

fn schema<T: JsonSchema>() -> Schema {
    schemars::schema_for!(T)
}

fn run<'a, M: Method>(cx: &'a Context, call: &'a Call) -> BoxFuture<'a, Result<Document>> {
    async move {
        let args: M::Args = decode::decode(&call.args)?;
        let answer = M::call(cx, args).await?;
        render::answer(call, &answer).map_err(|e| crate::Error::Internal(format!("rendering {}: {e}", M::NAME)))
    }
    .boxed()
}

/// All methods that this process serves.
#[derive(Debug)]
pub struct Registry {
    handlers: &'static [Handler],
    by_name: HashMap<String, &'static Handler>,
    only: Option<&'static Handler>,
}

impl Registry {
    /// Of an explicit list.
    pub fn new(handlers: &'static [Handler]) -> Registry {
        let names = |h: &'static Handler| std::iter::once(h.name).chain(h.aliases.iter().copied());
        let by_name = handlers.iter().flat_map(|h| names(h).map(move |name| (name.to_ascii_lowercase(), h))).collect();
        Registry { handlers, by_name, only: None }
    }

    /// The same, but calls from outside reach this one method only: what a function of the cloud serves. A method that runs others
    /// by its nature still finds them.
    pub fn only(self, handler: &'static Handler) -> Registry {
        Registry { only: Some(handler), ..self }
    }

    /// The method that calls from outside are restricted to.
    pub fn restricted_to(&self) -> Option<&'static Handler> {
        self.only
    }

    /// Whether a call from outside may reach this method.
    pub fn opens_to(&self, handler: &Handler) -> bool {
        self.only.is_none_or(|only| only.name == handler.name)
    }

    /// By name in lower case, without `facebook.`.
    pub fn find(&self, folded: &str) -> Option<&'static Handler> {
        self.by_name.get(folded).copied()
    }

    /// In the order of the list.
    pub fn all(&self) -> &'static [Handler] {
        self.handlers
    }
}

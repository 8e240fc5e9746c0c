//! What a method sees of the call that it answers: who calls, for whom, and the services of the house.

use crate::apps::Apps;
use crate::error::{Error, Result, invalid};
use crate::graph::Graph;
use crate::method::Registry;
use crate::model::{Application, Grant, Session};
use crate::outbound::{Outbound, Reach};
use crate::password::Passwords;
use crate::picture::Pictures;
use crate::secrets::Secrets;
use reconnect_store::{Blobs, Clock, Id, Object, Store, Time};
use reconnect_wire::{Code, Format, Limits, Upload};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the owner of the server decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Sizes and counts beyond which a request is refused.
    pub limits: Limits,
    /// Access tokens are taken over plain http; else error 8.
    pub tokens_over_http: bool,
    /// How long an application is kept in memory; at most 5 s.
    pub keep_applications: Duration,
    /// Which addresses of applications the server may call.
    pub reach: Reach,
    /// Where the server may fetch pages that callers name. Apart from `reach`: what a page says is told to whoever asks.
    pub pages: Reach,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            limits: Limits::default(),
            tokens_over_http: false,
            keep_applications: Duration::from_secs(5),
            reach: Reach::Nowhere,
            pages: Reach::Nowhere,
        }
    }
}

/// What all calls share.
#[derive(Debug)]
pub struct Services {
    /// The graph.
    pub graph: Graph,
    /// The files that people uploaded.
    pub blobs: Arc<dyn Blobs>,
    /// All methods.
    pub registry: Registry,
    /// What is derived from the server's key.
    pub secrets: Secrets,
    /// What the owner decided.
    pub settings: Settings,
    /// Applications by key.
    pub apps: Apps,
    /// Hashing of passwords.
    pub passwords: Passwords,
    /// Decoding of pictures.
    pub pictures: Pictures,
    /// The guarded client for the addresses of applications.
    pub outbound: Outbound,
    /// The guarded client for pages that callers name.
    pub pages: Outbound,
}

impl Services {
    /// On a store, with the files beside it; makes the server's key when the store is new.
    pub async fn open(
        store: Arc<dyn Store>,
        blobs: Arc<dyn Blobs>,
        clock: Arc<dyn Clock>,
        registry: Registry,
        settings: Settings,
    ) -> Result<Arc<Services>> {
        Services::open_knowing(store, blobs, clock, registry, settings, None).await
    }

    /// The same, where the server's own record ([`kinds::SERVER_ID`](crate::kinds::SERVER_ID)) has been read already: it never
    /// changes.
    pub async fn open_knowing(
        store: Arc<dyn Store>,
        blobs: Arc<dyn Blobs>,
        clock: Arc<dyn Clock>,
        registry: Registry,
        settings: Settings,
        server: Option<&Object>,
    ) -> Result<Arc<Services>> {
        let graph = Graph::new(store, clock);
        let key = match server {
            Some(server) => Graph::server_key_in(server)?,
            None => graph.server_key().await?,
        };
        let secrets = Secrets::new(key);
        Ok(Arc::new(Services {
            graph,
            blobs,
            registry,
            secrets,
            apps: Apps::new(settings.keep_applications.min(Duration::from_secs(5))),
            passwords: Passwords::default(),
            pictures: Pictures::default(),
            outbound: Outbound::new(settings.reach),
            pages: Outbound::new(settings.pages),
            settings,
        }))
    }
}

/// Which of the historic API hosts a request came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Host {
    /// `api`, or any name that is none of the others.
    #[default]
    Api,
    /// `api-read`: methods that write answer error 16.
    Read,
    /// `api-video`: video.upload.
    Video,
}

/// What is known of the request besides its arguments.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The caller's address: the socket's, or the gateway's; forwarded headers count only from a trusted proxy.
    pub address: Option<IpAddr>,
    /// Whether it came over TLS.
    pub https: bool,
    /// The host it came to.
    pub host: Host,
    /// `scheme://host[:port]` of the pages and pictures, as whoever asks reaches them. Empty where nobody serves any: addresses in answers
    /// are paths then.
    pub site: Arc<str>,
}

/// How a call proved who makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// With the application's secret, or an application's access token: by a server of the application.
    AppSecret,
    /// With a session secret: by a program in a person's hands.
    SessionSecret,
    /// With a person's access token.
    UserToken,
    /// Not at all: public data.
    Nothing,
}

/// Who makes a call, and for whom.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The application; one without id where public data was asked for and none was named.
    pub app: Arc<Application>,
    /// The session, where there is one.
    pub session: Option<Session>,
    /// The authorisation that the session comes from.
    pub grant: Option<Grant>,
    /// How it proved that.
    pub signed: Signed,
}

impl Caller {
    /// The person of the session.
    pub fn viewer(&self) -> Option<Id> {
        self.session.as_ref().and_then(|session| session.person)
    }

    /// Whether it knows the application's secret.
    pub fn knows_app_secret(&self) -> bool {
        self.signed == Signed::AppSecret
    }

    /// Whether it is the application's own server: it knows a secret that nobody else does. That of a desktop application is in the hands of
    /// everybody who has the program.
    pub fn is_server(&self) -> bool {
        self.knows_app_secret() && !self.app.desktop
    }
}

/// A cookie that an answer sets beside its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteCookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The domain, without leading dot.
    pub domain: String,
    /// When it ends, in seconds since 1970; 0 with the browser's session.
    pub expires: i64,
}

/// One call under way.
#[derive(Debug)]
pub struct Context {
    /// What all calls share.
    pub services: Arc<Services>,
    /// Who makes it, and for whom.
    pub caller: Caller,
    /// What is known of the request besides its arguments.
    pub request: Request,
    /// How the call wants to be answered.
    pub format: Format,
    /// The file that came with it.
    pub upload: Option<Upload>,
    pub(crate) cookies: Mutex<Vec<SiteCookie>>,
}

impl Context {
    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.services.graph
    }

    /// What time it is.
    pub fn now(&self) -> Time {
        self.services.graph.now()
    }

    /// The application.
    pub fn app(&self) -> &Application {
        &self.caller.app
    }

    /// The session; error 102 when there is none.
    pub fn session(&self) -> Result<&Session> {
        self.caller.session.as_ref().ok_or(Error::from(Code::ParamSessionKey))
    }

    /// The person of the session; error 102 when there is none.
    pub fn viewer(&self) -> Result<Id> {
        self.caller.viewer().ok_or(Error::from(Code::ParamSessionKey))
    }

    /// The person that a call is about: the one its `uid` names, else the session's.
    ///
    /// Nobody but the application's own server may name another (error 200). A desktop application's `uid` is ignored where a session says
    /// who it is, as it was.
    pub fn subject(&self, uid: Option<u64>) -> Result<Option<Id>> {
        let viewer = self.caller.viewer();
        match (uid.map(Id), viewer) {
            (None, viewer) => Ok(viewer),
            (Some(_), Some(viewer)) if self.caller.app.desktop => Ok(Some(viewer)),
            (Some(uid), Some(viewer)) if uid == viewer => Ok(Some(viewer)),
            (Some(uid), _) if self.caller.is_server() => Ok(Some(uid)),
            (Some(uid), _) => Err(Error::Api(reconnect_wire::ApiError::from(Code::Permission).because(format!(
                "uid {uid} is not the session's user, and only the application's own server may name another"
            )))),
        }
    }

    /// The authorisation of a person: in hand when it is the session's person, else read.
    pub async fn grant_of(&self, person: Id) -> Result<Option<Grant>> {
        if self.caller.viewer() == Some(person) {
            return Ok(self.caller.grant.clone());
        }
        self.graph().grant(person, self.app().id).await
    }

    /// Sets a cookie beside the answer.
    pub fn set_cookie(&self, cookie: SiteCookie) {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner).push(cookie);
    }
}

/// Error 100 for a person that is neither named nor known from a session.
pub fn nobody_named() -> Error {
    invalid("uid is missing, and there is no session that would say whom it is about")
}

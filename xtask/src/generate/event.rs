//! One event, as the gateway hands it to a function: payload 2.0 of an HTTP API.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// What stands where a deployed stack has its API's id, and in the account's place.
const API_ID: &str = "reconnect0";
const ACCOUNT: &str = "000000000000";
/// A caller's address, from the range that is set aside for examples.
const CALLER: &str = "203.0.113.7";
/// The moment of every event: no call's answer depends on it, the server has a clock of its own.
const MOMENT: (&str, u64) = ("01/Jan/2026:00:00:00 +0000", 1_767_225_600_000);

/// A request, before it is an event.
pub(super) struct Request<'a> {
    /// The route that takes it.
    pub(super) route: String,
    /// Its path.
    pub(super) path: String,
    /// Its query, without the question mark.
    pub(super) query: &'a str,
    /// A form; without one it is a GET.
    pub(super) form: Option<String>,
}

impl Request<'_> {
    /// The event. A form travels in base64, as the gateway sends whatever it does not take for text.
    pub(super) fn event(&self) -> Value {
        let host = format!("{API_ID}.execute-api.eu-central-1.amazonaws.com");
        let mut headers = json!({
            "accept": "*/*",
            "host": &host,
            "user-agent": "reconnect-events",
            "x-forwarded-for": CALLER,
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        });
        if let Some(form) = &self.form {
            headers["content-length"] = form.len().to_string().into();
            headers["content-type"] = "application/x-www-form-urlencoded".into();
        }
        let mut event = json!({
            "version": "2.0",
            "routeKey": &self.route,
            "rawPath": &self.path,
            "rawQueryString": self.query,
            "headers": headers,
            "requestContext": self.context(&host),
            "isBase64Encoded": self.form.is_some(),
        });
        if let Some(form) = &self.form {
            event["body"] = BASE64_STANDARD.encode(form).into();
        }
        event
    }

    fn context(&self, host: &str) -> Value {
        json!({
            "accountId": ACCOUNT,
            "apiId": API_ID,
            "domainName": host,
            "domainPrefix": API_ID,
            "http": {
                "method": if self.form.is_some() { "POST" } else { "GET" },
                "path": &self.path,
                "protocol": "HTTP/1.1",
                "sourceIp": CALLER,
                "userAgent": "reconnect-events",
            },
            "requestId": "reconnect-events",
            "routeKey": &self.route,
            "stage": "$default",
            "time": MOMENT.0,
            "timeEpoch": MOMENT.1,
        })
    }
}

/// The event of the schedule that wakes the function `intents`.
pub(super) fn schedule() -> Value {
    json!({
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-01-01T00:00:00Z",
        "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:000000000000:rule/reconnect-intents"],
        "detail": {},
    })
}

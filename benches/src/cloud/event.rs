//! The gateway's events: what becomes of a request on its way to a function.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

/// The event of a form that is posted to `/method/NAME`.
pub(crate) fn event(method: &str, form: &str) -> String {
    let path = format!("/method/{method}");
    let route = format!("ANY {path}");
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "content-length": form.len().to_string(),
            "content-type": "application/x-www-form-urlencoded",
            "host": "api-id.execute-api.us-east-1.amazonaws.com",
            "user-agent": "Facebook API PHP5 Client 1.1",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api-id",
            "domainName": "api-id.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "api-id",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "Facebook API PHP5 Client 1.1",
            },
            "requestId": "bench",
            "routeKey": route,
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64,
        },
        "isBase64Encoded": true,
        "body": BASE64.encode(form),
    })
    .to_string()
}

/// The request that hands an event to the emulator.
pub(crate) fn to_emulator(event: &str) -> Vec<u8> {
    let length = event.len();
    format!(
        "POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{event}"
    )
    .into_bytes()
}

//! Uploaded files in an S3 bucket, beside the table.
//!
//! Five plain requests, signed by the part of the SDK that signs for the table, too: the SDK's own client for S3 would be one more
//! large library in every function's program. Every request may be repeated, and is, when the bucket is busy.

use crate::connect;
use crate::options::Options;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, StatusCode, header};
use reconnect_store::blobs::{BlobError, Blobs, Piece, Window, check_key, content_type};
use std::fmt;
use std::time::{Duration, SystemTime};
use tokio::time::sleep;

/// How long one request may take; a function has 10 s.
const REQUEST: Duration = Duration::from_secs(8);
/// How often a request is sent before it is given up, and the pause before the second time; the ones after it double.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// How long a browser may follow an address.
const ADDRESS_LIVES: Duration = Duration::from_secs(900);

/// The files of one bucket.
pub struct BucketBlobs {
    http: reqwest::Client,
    /// `scheme://host`, with the bucket in it or behind it.
    base: String,
    region: String,
    credentials: Credentials,
}

impl BucketBlobs {
    /// The bucket of that name, in the region of the table and as the same user. `endpoint` is where a stand-in for S3 is.
    pub fn new(bucket: &str, endpoint: Option<&str>, options: &Options) -> Result<BucketBlobs, String> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(plain) {
            return Err(format!("{bucket:?} is no name of a bucket"));
        }
        let region = options.region.clone();
        let base = match endpoint {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None if region.starts_with("cn-") => format!("https://{bucket}.s3.{region}.amazonaws.com.cn"),
            None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
        };
        Ok(BucketBlobs { http: connect::http(REQUEST)?, base, region, credentials: options.credentials.clone() })
    }

    /// Sends a request until it is answered, by whatever it is; what passes is waited out.
    async fn send(&self, request: &Request) -> Result<Answer, BlobError> {
        let mut pause = FIRST_PAUSE;
        let mut tries = 1;
        loop {
            let failed = match self.send_once(request).await {
                Ok(answer) if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS => {
                    answer.told()
                }
                Ok(answer) => return Ok(answer),
                Err(why) => why,
            };
            if tries == TRIES {
                return Err(BlobError::Unavailable(failed));
            }
            tries += 1;
            sleep(pause).await;
            pause *= 2;
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, String> {
        let sent = self.prepared(request, SystemTime::now())?;
        let sent = reqwest::Request::try_from(sent).map_err(|error| error.to_string())?;
        let answer = self.http.execute(sent).await.map_err(|error| error.to_string())?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|error| error.to_string())?;
        Ok(Answer { status, headers, body })
    }

    /// The request as it is sent, signed at that time.
    fn prepared(&self, request: &Request, at: SystemTime) -> Result<http::Request<Bytes>, String> {
        let address = format!("{}{}", self.base, request.target);
        let mut sent = http::Request::builder().method(request.method.clone()).uri(&address);
        if let Some(kind) = request.content_type {
            sent = sent.header(header::CONTENT_TYPE, kind);
        }
        if let Some(range) = &request.range {
            sent = sent.header(header::RANGE, range);
        }
        let mut sent = sent.body(request.body.clone()).map_err(|error| error.to_string())?;
        let headers = sent.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let signable =
            SignableRequest::new(request.method.as_str(), &address, headers, SignableBody::Bytes(&request.body));
        let signed = self.signed(signable.map_err(|e| e.to_string())?, None, at)?;
        signed.apply_to_request_http1x(&mut sent);
        Ok(sent)
    }

    /// The address of a file that whoever has it may follow for so long from that time on.
    fn opened(&self, key: &str, lives: Duration, at: SystemTime) -> Option<String> {
        let address = format!("{}/{key}", self.base);
        let request = SignableRequest::new("GET", &address, std::iter::empty(), SignableBody::UnsignedPayload).ok()?;
        let signed = self.signed(request, Some(lives), at).ok()?;
        let mut request = http::Request::builder().uri(&address).body(()).ok()?;
        signed.apply_to_request_http1x(&mut request);
        Some(request.uri().to_string())
    }

    /// Signs in the headers, or for so long in the address.
    fn signed(
        &self,
        request: SignableRequest<'_>,
        lives: Option<Duration>,
        at: SystemTime,
    ) -> Result<aws_sigv4::http_request::SigningInstructions, String> {
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        if let Some(lives) = lives {
            settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(lives);
        }
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(at)
            .settings(settings)
            .build()
            .map_err(|error| error.to_string())?;
        let signed = sign(request, &params.into()).map_err(|error| error.to_string())?;
        Ok(signed.into_parts().0)
    }

    /// How long a file is; none where there is none.
    async fn length(&self, key: &str) -> Result<Option<u64>, BlobError> {
        let answer = self.send(&Request::new(Method::HEAD, key)).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::OK => answer.number(header::CONTENT_LENGTH).map(Some).ok_or_else(|| answer.failed()),
            _ => Err(answer.failed()),
        }
    }
}

struct Request {
    method: Method,
    target: String,
    content_type: Option<&'static str>,
    range: Option<String>,
    body: Bytes,
}

impl Request {
    /// Keys need no escapes: see `check_key`.
    fn new(method: Method, key: &str) -> Request {
        let (content_type, range, body) = (None, None, Bytes::new());
        Request { method, target: format!("/{key}"), content_type, range, body }
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// What it says went wrong. It holds no secret: a code and a sentence.
    fn told(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let code = between(&text, "<Code>", "</Code>").next().unwrap_or("no code");
        format!("the bucket answers {} ({code})", self.status.as_u16())
    }

    fn failed(&self) -> BlobError {
        BlobError::Unavailable(self.told())
    }

    fn number(&self, name: http::HeaderName) -> Option<u64> {
        self.headers.get(name)?.to_str().ok()?.parse().ok()
    }

    /// The number behind the slash of `bytes 0-9/100`.
    fn whole(&self) -> Option<u64> {
        self.headers.get(header::CONTENT_RANGE)?.to_str().ok()?.rsplit('/').next()?.parse().ok()
    }
}

/// Whether a key can stand in an address as it is.
fn plain(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-'))
}

/// The texts between two marks.
fn between<'a>(text: &'a str, from: &'a str, to: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(from).skip(1).filter_map(move |rest| Some(rest.split_once(to)?.0))
}

impl Blobs for BucketBlobs {
    fn put<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            check_key(key)?;
            let answer = self
                .send(&Request { content_type: content_type(key), body: bytes, ..Request::new(Method::PUT, key) })
                .await?;
            if answer.status == StatusCode::OK { Ok(()) } else { Err(answer.failed()) }
        })
    }

    fn get<'a>(&'a self, key: &'a str, window: Option<Window>) -> BoxFuture<'a, Result<Option<Piece>, BlobError>> {
        Box::pin(async move {
            check_key(key)?;
            let range = window.map(|window| {
                let last = window.from.saturating_add(window.length.max(1) - 1);
                format!("bytes={}-{last}", window.from)
            });
            let answer = self.send(&Request { range, ..Request::new(Method::GET, key) }).await?;
            match answer.status {
                StatusCode::NOT_FOUND => Ok(None),
                StatusCode::OK => {
                    let whole = answer.body.len() as u64;
                    let bytes = match window {
                        Some(window) => answer.body.slice(window.within(whole)),
                        None => answer.body,
                    };
                    Ok(Some(Piece { bytes, whole }))
                }
                StatusCode::PARTIAL_CONTENT => {
                    let whole = answer.whole().ok_or_else(|| answer.failed())?;
                    Ok(Some(Piece { bytes: answer.body, whole }))
                }
                // Nothing of the window is there; how long the file is has to be asked.
                StatusCode::RANGE_NOT_SATISFIABLE => {
                    Ok(self.length(key).await?.map(|whole| Piece { bytes: Bytes::new(), whole }))
                }
                _ => Err(answer.failed()),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            check_key(key)?;
            let answer = self.send(&Request::new(Method::DELETE, key)).await?;
            let gone = answer.status.is_success() || answer.status == StatusCode::NOT_FOUND;
            if gone { Ok(()) } else { Err(answer.failed()) }
        })
    }

    fn list<'a>(&'a self, after: Option<&'a str>, limit: usize) -> BoxFuture<'a, Result<Vec<String>, BlobError>> {
        Box::pin(async move {
            let mut after = after.map(str::to_owned);
            loop {
                let from =
                    after.take().map(|key| format!("&start-after={}", key.replace('/', "%2F"))).unwrap_or_default();
                let target = format!("/?list-type=2&max-keys={}{from}", limit.clamp(1, 1000));
                let answer = self.send(&Request { target, ..Request::new(Method::GET, "") }).await?;
                if answer.status != StatusCode::OK {
                    return Err(answer.failed());
                }
                let text = String::from_utf8_lossy(&answer.body);
                let all: Vec<&str> = between(&text, "<Key>", "</Key>").collect();
                // Whatever else somebody put there is passed over.
                let keys: Vec<String> =
                    all.iter().filter(|key| check_key(key).is_ok()).map(|key| (*key).to_owned()).collect();
                match all.last() {
                    Some(last) if keys.is_empty() && text.contains("<IsTruncated>true<") && plain(last) => {
                        after = Some((*last).to_owned());
                    }
                    _ => return Ok(keys),
                }
            }
        })
    }

    fn address(&self, key: &str) -> Option<String> {
        check_key(key).ok()?;
        self.opened(key, ADDRESS_LIVES, SystemTime::now())
    }
}

/// Without the secret.
impl fmt::Debug for BucketBlobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketBlobs").field("base", &self.base).field("region", &self.region).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bucket, the key and the moment of the examples in S3's description of its signatures.
    fn example() -> (BucketBlobs, SystemTime) {
        let credentials =
            Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None, None, "test");
        let http = connect::http(REQUEST).unwrap();
        let (base, region) = ("https://examplebucket.s3.amazonaws.com".to_owned(), "us-east-1".to_owned());
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_600);
        (BucketBlobs { http, base, region, credentials }, at)
    }

    #[test]
    fn a_read_of_a_part_is_signed_as_s3_describes_it() {
        let (bucket, at) = example();
        let request = Request { range: Some("bytes=0-9".to_owned()), ..Request::new(Method::GET, "test.txt") };
        let sent = bucket.prepared(&request, at).unwrap();
        let said = sent.headers()["authorization"].to_str().unwrap();
        assert_eq!(
            said,
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
    }

    #[test]
    fn an_address_that_lives_a_day_is_signed_as_s3_describes_it() {
        let (bucket, at) = example();
        let address = bucket.opened("test.txt", Duration::from_secs(86_400), at).unwrap();
        let signature = address.split("X-Amz-Signature=").nth(1).unwrap();
        assert_eq!(signature, "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", "{address}");
    }
}

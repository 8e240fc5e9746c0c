//! Fetching a page that somebody named: as much of it as a preview needs, from where the owner of the server allows it.
//!
//! Redirects are followed by hand, since each target is judged like the first address. Nothing of the answer but its bytes and what sort
//! they are leaves this file.

use super::{Outbound, OutboundError, without_url};
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, LOCATION};
use std::time::Duration;
use url::Url;

/// How much of a page is read, in bytes; the rest is not waited for.
pub const MAX_BODY: usize = 512 * 1024;
/// How long all of it may take, redirects included.
const DEADLINE: Duration = Duration::from_secs(4);
/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;
/// How many pages are fetched at a time: each may take up its memory.
pub(super) const AT_ONCE: usize = 16;

/// What stands at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// An HTML page, or its beginning.
    Page {
        /// Where it was found in the end.
        at: Url,
        /// As the server called it, parameters included.
        content_type: String,
        /// Its bytes.
        body: Vec<u8>,
    },
    /// A picture, which nobody looked into.
    Image {
        /// Where it was found in the end.
        at: Url,
    },
    /// Something else.
    Other,
}

impl Outbound {
    /// Fetches a page.
    pub async fn fetch(&self, address: &Url) -> Result<Fetched, OutboundError> {
        let late = |_| OutboundError::Failed("it took too long".to_owned());
        tokio::time::timeout(DEADLINE, self.follow(address)).await.map_err(late)?
    }

    async fn follow(&self, address: &Url) -> Result<Fetched, OutboundError> {
        let closed = |_| OutboundError::Failed("no page is fetched any more".to_owned());
        let _place = self.fetches.acquire().await.map_err(closed)?;
        let mut address = address.clone();
        for _ in 0..=MAX_REDIRECTS {
            let url = self.check(address.as_str())?;
            if !url.username().is_empty() || url.password().is_some() {
                return Err(OutboundError::OutOfReach("an address with a password".to_owned()));
            }
            let request = self.client()?.get(url.clone()).header(ACCEPT, "text/html,image/*;q=0.8").timeout(DEADLINE);
            let answer = request.send().await.map_err(|e| OutboundError::Failed(without_url(e)))?;
            match answer.status().as_u16() {
                200..=299 => return read(url, answer).await,
                301 | 302 | 303 | 307 | 308 => address = target(&url, &answer)?,
                status => return Err(OutboundError::Status(status)),
            }
        }
        Err(OutboundError::Failed(format!("more than {MAX_REDIRECTS} redirects")))
    }
}

fn header(answer: &reqwest::Response, name: HeaderName) -> &str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn target(from: &Url, answer: &reqwest::Response) -> Result<Url, OutboundError> {
    // Headers are bytes, and some servers write UTF-8 into this one.
    let location = answer.headers().get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let nowhere = || OutboundError::Failed("a redirect that leads nowhere".to_owned());
    from.join(location.ok_or_else(nowhere)?).map_err(|_| nowhere())
}

async fn read(at: Url, mut answer: reqwest::Response) -> Result<Fetched, OutboundError> {
    let content_type = header(&answer, CONTENT_TYPE).to_owned();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // No encoding was asked for; what comes in one all the same is not unpacked.
    if !matches!(header(&answer, CONTENT_ENCODING).to_ascii_lowercase().as_str(), "" | "identity") {
        return Ok(Fetched::Other);
    }
    if essence.starts_with("image/") {
        return Ok(Fetched::Image { at });
    }
    if !matches!(essence.as_str(), "text/html" | "application/xhtml+xml") {
        return Ok(Fetched::Other);
    }
    let mut body = Vec::new();
    while let Some(some) = answer.chunk().await.map_err(|e| OutboundError::Failed(without_url(e)))? {
        let room = MAX_BODY - body.len();
        body.extend_from_slice(some.get(..room).unwrap_or(&some));
        if body.len() >= MAX_BODY {
            break;
        }
    }
    Ok(Fetched::Page { at, content_type, body })
}

#[cfg(test)]
mod tests {
    use super::super::Reach;
    use super::*;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    /// A server that answers every connection so, each in a thread of its own, for as long as the test runs.
    fn serve(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answer = std::sync::Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, answer) = (stream.unwrap(), std::sync::Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut request = [0; 4096];
                    let read = stream.read(&mut request).unwrap();
                    let path = String::from_utf8_lossy(&request[..read]).split(' ').nth(1).unwrap_or("").to_owned();
                    answer(&path, &mut stream);
                });
            }
        });
        address
    }

    fn write(stream: &mut TcpStream, text: &str) {
        let _ = stream.write_all(text.as_bytes());
    }

    async fn fetch(reach: Reach, address: &str) -> Result<Fetched, OutboundError> {
        Outbound::new(reach).fetch(&Url::parse(address).unwrap()).await
    }

    #[tokio::test]
    async fn a_page_comes_with_its_type_and_where_it_was_found() {
        let site = serve(|path, stream| match path {
            "/" => write(stream, "HTTP/1.1 302 Found\r\nLocation: /b?c\r\nContent-Length: 0\r\n\r\n"),
            "/b?c" => write(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: TEXT/HTML; charset=gbk\r\nConnection: close\r\n\r\n<title>x",
            ),
            "/d" => write(stream, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 99999\r\n\r\n"),
            "/zip" => write(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx",
            ),
            "/text" => write(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx"),
            "/bare" => write(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
            _ => write(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        });
        let url = |path: &str| Url::parse(&format!("{site}{path}")).unwrap();
        let page = Fetched::Page {
            at: url("/b?c"),
            content_type: "TEXT/HTML; charset=gbk".to_owned(),
            body: b"<title>x".to_vec(),
        };
        assert_eq!(fetch(Reach::Loopback, &site).await.unwrap(), page);
        assert_eq!(fetch(Reach::Loopback, url("/d").as_str()).await.unwrap(), Fetched::Image { at: url("/d") });
        for other in ["/zip", "/text", "/bare"] {
            assert_eq!(fetch(Reach::Loopback, url(other).as_str()).await.unwrap(), Fetched::Other, "{other}");
        }
        let missing = fetch(Reach::Loopback, url("/e").as_str()).await;
        assert!(matches!(missing, Err(OutboundError::Status(404))), "{missing:?}");
    }

    #[tokio::test]
    async fn a_redirect_is_judged_like_the_address_itself() {
        let inner = serve(|_, stream| write(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>secret"));
        for (target, reach) in [
            ("http://10.0.0.1/", Reach::Loopback),
            ("http://169.254.169.254/latest/", Reach::Loopback),
            ("http://[::ffff:10.0.0.1]/", Reach::Loopback),
            ("file:///etc/passwd", Reach::Everywhere),
            ("ftp://127.0.0.1/", Reach::Everywhere),
            ("http://a:b@127.0.0.1:1/", Reach::Everywhere),
        ] {
            let site = serve(move |_, stream| {
                write(stream, &format!("HTTP/1.1 301 Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"));
            });
            let refused = fetch(reach, &site).await;
            assert!(matches!(refused, Err(OutboundError::OutOfReach(_))), "{target}: {refused:?}");
        }
        // The same address is within reach where the owner says so, and out of it where not.
        assert!(matches!(fetch(Reach::Loopback, &inner).await, Ok(Fetched::Page { .. })));
        for reach in [Reach::Nowhere, Reach::Public] {
            assert!(matches!(fetch(reach, &inner).await, Err(OutboundError::OutOfReach(_))), "{reach:?}");
        }
        let by_name = inner.replace("127.0.0.1", "localhost");
        assert!(fetch(Reach::Public, &by_name).await.is_err(), "names are judged by what they lead to");
    }

    #[tokio::test]
    async fn redirects_end() {
        let site = serve(|path, stream| {
            let next: usize = path.trim_start_matches('/').parse::<usize>().unwrap_or(0) + 1;
            match next {
                7.. => write(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>end"),
                _ => write(
                    stream,
                    &format!(
                        "HTTP/1.1 307 Go on\r\nLocation: {next}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    ),
                ),
            }
        });
        assert!(fetch(Reach::Loopback, &format!("{site}/1")).await.is_ok(), "five are followed");
        let error = fetch(Reach::Loopback, &site).await.unwrap_err().to_string();
        assert!(error.contains("redirects"), "{error}");
        let nowhere = serve(|_, stream| write(stream, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"));
        assert!(fetch(Reach::Loopback, &nowhere).await.is_err());
    }

    #[tokio::test]
    async fn a_body_without_end_is_cut_and_a_slow_one_is_given_up() {
        let endless = serve(|_, stream| {
            write(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999\r\n\r\n<title>x</title>",
            );
            while stream.write_all(&[b'x'; 65536]).is_ok() {}
        });
        let Ok(Fetched::Page { body, .. }) = fetch(Reach::Loopback, &endless).await else { panic!("no page") };
        assert_eq!(body.len(), MAX_BODY);
        let slow = serve(|path, stream| {
            if path == "/drip" {
                write(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n");
            }
            while stream.write_all(if path == "/drip" { b"x" } else { b"" }).is_ok() {
                std::thread::sleep(Duration::from_millis(200));
            }
        });
        let begun = std::time::Instant::now();
        let (drip, silent) = (format!("{slow}/drip"), format!("{slow}/"));
        let (drip, silent) = tokio::join!(fetch(Reach::Loopback, &drip), fetch(Reach::Loopback, &silent));
        assert!(drip.is_err() && silent.is_err());
        assert!(begun.elapsed() < DEADLINE * 2, "{:?}", begun.elapsed());
    }
}
